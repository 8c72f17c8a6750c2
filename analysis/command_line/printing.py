"""What the command line prints: rows as JSON in full precision, and tables for people."""

import json
import math
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from functools import cache
from itertools import groupby

from analysis.any_table.result import Row, WeightSummary
from analysis.command_line.arguments import NeededN
from analysis.command_line.sentences import ESTIMATORS, FORMULAS, REASONS
from analysis.command_line.speech import Speech, on_one_line
from analysis.command_line.text_table import WIDTH, Heading, lines

MISSING = "–"
SHARE_DECIMALS = 2
OTHER_DECIMALS = 4
MOST_DECIMALS = 8
LINE = (
    '{"estimator": %s, "variable": %s, "domain": %s, "n": %d, "estimate": %s, "se": %s, "ci_low": %s, "ci_high": %s, '
    '"df": %d, "deff": %s, "reason": %s}'
)


def rows_as_json(rows: Sequence[Row]) -> str:
    """An array with one row a line: every number in full precision, null where there is none, never NaN."""
    if not rows:
        return "[]"
    said = cache(_json)
    estimator, variable, domain, n, estimate, se, low, high, df, deff, reason = zip(*rows, strict=True)
    domains = {id(one): _json(one) for one in {id(one): one for one in domain}.values()}
    columns = zip(
        map(said, estimator), map(said, variable), [domains[id(one)] for one in domain], n, _each(estimate), _each(se),
        _each(low), _each(high), df, _each(deff), map(said, reason), strict=True,
    )  # fmt: skip
    return "[\n" + ",\n".join([LINE % cells for cells in columns]) + "\n]"


def _each(numbers: Sequence[float | None]) -> list[str]:
    """Each number as JSON; a whole column at once is three times as quick."""
    return json.dumps(numbers, allow_nan=False)[1:-1].split(", ")


def summary_as_json(summary: WeightSummary) -> str:
    return _json(asdict(summary))


def needed_as_json(asked: NeededN, needed: int, others: Mapping[str, int]) -> str:
    return _json({**asdict(asked), "n": needed, "other_formulas": dict(others)})


def _json(value: object) -> str:
    return json.dumps(_plain(value), ensure_ascii=False, allow_nan=False)


def _plain(value: object) -> object:
    """Numbers that are none, or have no end, become null: JSON has no word for them."""
    if isinstance(value, Mapping):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def rows_as_text(rows: Sequence[Row], level: float, speech: Speech) -> str:
    """One table for the whole and one for each grouping, in the order of the rows."""
    tables: dict[tuple[str, ...], list[Row]] = {}
    for row in rows:
        tables.setdefault(tuple(row.domain), []).append(row)
    parts = []
    for columns, found in tables.items():
        title = speech.say("By {columns}", columns=on_one_line(" × ".join(columns))) if columns else speech.say("The whole table")
        parts.append("\n".join([title, *_grouping(columns, found, level, speech)]))
    return "\n\n".join(parts)


def _grouping(columns: tuple[str, ...], rows: Sequence[Row], level: float, speech: Speech) -> list[str]:
    interval = speech.short(100 * level)
    say = speech.say
    headings = [Heading(column) for column in columns]
    headings += [Heading(say("estimated"))]
    headings += [Heading(text, number=True) for text in ("n", say("estimate"), say("std. error"))]
    headings += [Heading(f"{text} {interval}%", number=True) for text in (say("low"), say("high"))]
    headings += [Heading(say("df"), number=True), Heading("deff", number=True)]
    reasons = any(row.reason for row in rows)
    decimals = _decimals(rows)
    cells: list[list[str]] = []
    for (estimator, variable), found in groupby(rows, key=lambda row: (row.estimator, row.variable)):
        if cells and len(rows) > len(decimals):
            cells.append([""] * (len(headings) + reasons))
        for row in found:
            numbers = [_number(value, row, decimals, speech) for value in (row.estimate, row.se, row.ci_low, row.ci_high)]
            deff = MISSING if row.deff is None else speech.number(row.deff, 2)
            why = [say(REASONS[row.reason]) if row.reason else ""] if reasons else []
            labels = [row.domain[column] for column in columns]
            measured = say(ESTIMATORS[estimator], variable=variable)
            cells.append([*labels, measured, speech.number(row.n), *numbers, speech.number(row.df), deff, *why])
    return lines([*headings, *([Heading(say("why missing"))] if reasons else [])], cells)


def _decimals(rows: Sequence[Row]) -> dict[tuple[str, str], int]:
    """Of each estimate of a table: as many decimals as show two digits of its typical standard error."""
    errors: dict[tuple[str, str], list[float]] = {}
    for row in rows:
        found = errors.setdefault((row.estimator, row.variable), [])
        if row.se is not None and row.se > 0:
            found.append(row.se * (100 if row.estimator == "share" else 1))
    return {key: _shown(sorted(found), key[0] == "share") for key, found in errors.items()}


def _shown(errors: Sequence[float], share: bool) -> int:
    if not errors:
        return SHARE_DECIMALS if share else OTHER_DECIMALS
    typical = errors[len(errors) // 2]
    return min(max(1 - math.floor(math.log10(typical)), SHARE_DECIMALS if share else 0), MOST_DECIMALS)


def _number(value: float | None, row: Row, decimals: Mapping[tuple[str, str], int], speech: Speech) -> str:
    if value is None:
        return MISSING
    places = decimals[row.estimator, row.variable]
    return speech.percent(value, places) if row.estimator == "share" else speech.number(value, places)


def paragraph(text: str) -> str:
    """Words over as many lines as they need."""
    return textwrap.fill(on_one_line(text), WIDTH, break_on_hyphens=False, break_long_words=False)


def summary_as_text(summary: WeightSummary, speech: Speech) -> str:
    """What the weights did, and how far each known margin is met."""
    say, short = speech.say, speech.short
    found = [
        (say("rows"), speech.number(summary.rows)),
        (say("sum of weights"), short(summary.total, 12)),
        (say("weights from … to"), f"{short(summary.low)} … {short(summary.high)}"),
        (say("factors g from … to"), f"{short(summary.factor_low)} … {short(summary.factor_high)}"),
        (say("coefficient of variation of the weights"), speech.number(summary.cv, 4)),
        (say("effective n (Kish)"), speech.number(summary.n_eff, 1)),
    ]
    if summary.coverage is not None:
        found.append((say("coverage: rows ÷ population"), speech.percent(summary.coverage)))
    found.append((say("rows with a factor beyond the bounds"), speech.number(summary.beyond_bounds)))
    found.append((say("rows with a trimmed weight"), speech.number(summary.trimmed)))
    text = lines([Heading(say("weights")), Heading("", number=True)], found)
    if summary.margins:
        headings = [Heading(say("margin")), Heading(say("categories"), number=True), Heading(say("largest error"), number=True)]
        rows = [
            [
                margin.name + (f" ({say('given up')})" if margin.given_up else ""),
                speech.number(margin.categories),
                short(margin.distance, 2),
            ]
            for margin in summary.margins
        ]
        text += ["", *lines(headings, rows)]
    return "\n".join(text)


def needed_as_text(asked: NeededN, needed: int, others: Mapping[str, int], speech: Speech) -> str:
    """n by the interval that estimate prints, and what other formulas say."""
    title = speech.say(
        "Answers needed for {share} ± {half} at a level of {level} and deff {deff}:",
        share=f"{speech.short(100 * asked.share)}%",
        half=f"{speech.short(100 * asked.half_width)}%",
        level=f"{speech.short(100 * asked.level)}%",
        deff=speech.short(asked.deff),
    )
    rows = [(speech.say(FORMULAS[name]), speech.number(n)) for name, n in {"needed_n": needed, **others}.items()]
    table = lines([Heading(speech.say("formula")), Heading("n", number=True)], rows)
    return "\n".join([title, *table, "", *map(paragraph, _comparison(asked, others, speech))])


def _comparison(asked: NeededN, others: Mapping[str, int], speech: Speech) -> Iterator[str]:
    if asked.population is None:
        yield speech.say("Slovin's formula is shown for a population without end: 1/e². --population N takes N into account.")
    else:
        yield speech.say("All formulas take into account that {population} are there in all.", population=speech.number(asked.population))
    yield speech.say(
        "Slovin's formula knows neither the share that is expected nor the clustering of answers; multiply its {n} by the deff of"
        " your design ({deff}) before you compare.",
        n=speech.number(others["slovin"]),
        deff=speech.short(asked.deff),
    )

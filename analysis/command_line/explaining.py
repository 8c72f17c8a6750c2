"""--explain: design, weights and method of one run in words, with its numbers. Sentences only; no arithmetic."""

from collections.abc import Iterator, Sequence

import numpy as np

from analysis.any_table.request import Estimator, Mean, Quantile, Ratio, Request, Share, Total
from analysis.any_table.result import DesignSummary, WeightSummary
from analysis.any_table.table import BLANK, Table
from analysis.command_line.arguments import columns_read
from analysis.command_line.sentences import DISTANCES, INTERVAL_SOURCES, INTERVALS, LONELY, VARIANCE_SOURCES, VARIANCES
from analysis.command_line.speech import Speech

NAMED = 20
"""Strata and columns named in one sentence; of the others the number is said."""


def of_estimates(table: Table, request: Request, design: DesignSummary, weights: WeightSummary, speech: Speech) -> list[str]:
    """One paragraph a subject: data, sample, weights, variance, intervals, what n and df are, sources."""
    return [
        " ".join(found)
        for found in (
            _data(table, request, speech),
            _sample(request, design, speech),
            _weights(table, request, weights, speech),
            _variance(request, speech),
            _intervals(request, speech),
            _reading(request, speech),
            _sources(request, speech),
        )
    ]


def of_weights(table: Table, request: Request, weights: WeightSummary, speech: Speech) -> list[str]:
    """The same of weights alone."""
    return [" ".join(found) for found in (_data(table, request, speech), _weights(table, request, weights, speech))]


def _data(table: Table, request: Request, speech: Speech) -> Iterator[str]:
    yield speech.say("Data: {name}, {rows} rows.", name=table.name, rows=speech.number(table.rows))
    read, _ = columns_read(request)
    items = [column for column in read if column not in (request.design.weight, request.design.fpc, request.design.fpc2)]
    blanks = _blanks(table, items, speech)
    if blanks:
        yield speech.say(
            "Blank cells (empty, NA or NULL): {blanks}. Such a row does not count for what is estimated from that column,"
            " but stays in the sample.",
            blanks=blanks,
        )
    elif items:
        yield speech.say("No cell of the columns that are estimated is blank.")
    without = _blanks(table, tuple(dict.fromkeys(column for crossing in request.by for column in crossing)), speech)
    if without:
        yield speech.say("Rows with a blank cell in a grouping column belong to no group of it: {blanks}.", blanks=without)


def _blanks(table: Table, columns: Sequence[str], speech: Speech) -> str:
    """Columns with blank cells, and how many each has."""
    found = []
    for column in columns:
        codes = table.numbers[column].codes if column in table.numbers else table.labels[column].codes
        count = int(np.count_nonzero(codes == BLANK))
        if count:
            found.append(f"{column} ({speech.number(count)})")
    return _listed(found)


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:NAMED]) + (f" … (+{len(names) - NAMED})" if len(names) > NAMED else "")


def _sample(request: Request, found: DesignSummary, speech: Speech) -> Iterator[str]:
    design, say = request.design, speech.say
    strata, psus = speech.number(found.strata), speech.number(found.psus)
    if design.stratum is None:
        yield say("Sample: no strata.")
    else:
        yield say("Sample: {strata} strata (column {column}).", strata=strata, column=design.stratum)
    if design.psu is None:
        yield say("Each row is a sampling unit of its own: {psus}.", psus=psus)
    else:
        sentence = "{psus} primary sampling units (column {column}); a label counts anew in each stratum."
        yield say(sentence, psus=psus, column=design.psu)
    if found.second_stage is not None:
        column = design.psu2 or say("each row")
        yield say("Second stage: {units} units ({column}).", units=speech.number(found.second_stage), column=column)
    if design.fpc is None:
        yield say("No finite population correction: drawn with replacement, or from so many that it makes no difference.")
    else:
        fpc = ", ".join(column for column in (design.fpc, design.fpc2) if column)
        yield say("Finite population correction from {columns}.", columns=fpc)
    if found.second_stage is not None:
        yield from _second_stage(request, speech)
    if not found.lonely:
        yield say("No stratum has a single sampling unit.")
    elif request.variance == "taylor":
        yield say("With a single sampling unit: {names}; {rule}.", names=_listed(found.lonely), rule=say(LONELY[design.lonely]))
    else:
        yield say(
            "With a single sampling unit: {names}; no replicate leaves it out, so it adds nothing to the variance."
            " The rule {rule} is for variance taylor alone.",
            names=_listed(found.lonely),
            rule=design.lonely,
        )


def _second_stage(request: Request, speech: Speech) -> Iterator[str]:
    """What of a second stage is in the variance."""
    design, say = request.design, speech.say
    if design.fpc is None:
        yield say("So the second stage adds nothing to the variance.")
    elif request.variance != "taylor":
        yield say("Replicates leave out whole primary sampling units: what the second stage adds is not in the variance.")
        if design.fpc2 and design.weight:
            yield say("So {column} does not count.", column=design.fpc2)
        elif design.fpc2:
            yield say("So {column} counts in the design weights alone.", column=design.fpc2)


def _weights(table: Table, request: Request, found: WeightSummary, speech: Speech) -> Iterator[str]:
    design, say, short = request.design, speech.say, speech.short
    if design.weight is not None:
        yield say("Design weights: column {column}.", column=design.weight)
    elif design.fpc is not None:
        yield say("Design weights: 1 ÷ the fraction drawn, from the finite population correction.")
    else:
        yield say("Design weights: 1 for every row.")
    yield from _calibration(request, found, speech)
    if request.weighting.trim:
        low, high = map(short, request.weighting.trim)
        trimmed = speech.number(found.trimmed)
        yield say("Weights were trimmed to {low} … {high}: {trimmed} rows were cut.", low=low, high=high, trimmed=trimmed)
        if found.margins:
            yield say("After trimming the margins hold only as far as the errors above say.")
    yield say(
        "The weights add up to {total}, lie between {low} and {high}, vary by {cv} and are worth {n_eff} equal ones (Kish).",
        total=short(found.total, 12),
        low=short(found.low),
        high=short(found.high),
        cv=speech.percent(found.cv, 1),
        n_eff=speech.number(found.n_eff, 1),
    )


def _calibration(request: Request, found: WeightSummary, speech: Speech) -> Iterator[str]:
    rules, say, short = request.weighting, speech.say, speech.short
    if not found.margins:
        yield say("They are not calibrated.")
        return
    fits = _listed([f"{margin.name} ({short(margin.distance, 2)})" for margin in found.margins])
    if len(found.margins) == 1 and rules.bounds is None:
        yield say("They are post-stratified to the counts known; largest relative error: {fits}.", fits=fits)
    else:
        method = say(DISTANCES[rules.distance])
        yield say("They are calibrated to the counts known by {method}; largest relative error: {fits}.", method=method, fits=fits)
    if rules.bounds:
        low, high = map(short, rules.bounds)
        beyond = speech.number(found.beyond_bounds)
        sentence = "Factors are bounded to {low} … {high} times their mean; {beyond} rows lie beyond."
        yield say(sentence, low=low, high=high, beyond=beyond)
    given_up = [margin.name for margin in found.margins if margin.given_up]
    if given_up:
        yield say("Given up, because bounds and margins could not both hold: {margins}.", margins=", ".join(given_up))
    ends = {"low": short(found.factor_low), "high": short(found.factor_high)}
    yield say("Factors g lie between {low} and {high}.", **ends)
    if found.coverage is not None:
        yield say("Rows ÷ population: {coverage}.", coverage=speech.percent(found.coverage))


def _variance(request: Request, speech: Speech) -> Iterator[str]:
    yield speech.say(VARIANCES[request.variance], draws=speech.number(request.draws), seed=request.seed)
    if request.weighting.margins and request.variance != "taylor":
        yield speech.say("Weights are calibrated anew in each replicate.")
    elif request.weighting.margins:
        yield speech.say("It counts that the margins are known: residuals from the regression on the margins take the place of values.")
    yield speech.say("A group is estimated within the whole sample; rows outside it count as zero, they are not dropped.")


def _intervals(request: Request, speech: Speech) -> Iterator[str]:
    say = speech.say
    level, interval = f"{speech.short(100 * request.level)}%", say(INTERVALS[request.ci or "kg"])
    yield say("Intervals at a level of {level}.", level=level)
    if _has(request.estimators, Share):
        yield say("Shares: {interval}.", interval=interval)
    if _has(request.estimators, Mean, Ratio, Total):
        sentence = "Means, ratios and totals: {interval}; totals of values that are never below 0 are cut there."
        yield say(sentence, interval=say(INTERVALS["t"]))
    if _has(request.estimators, Quantile):
        yield say("Quantiles: Woodruff, the interval of the share below ({interval}) read back.", interval=interval)


def _reading(request: Request, speech: Speech) -> Iterator[str]:
    say = speech.say
    yield say("n: rows of the group with an answer. df: sampling units with a row of the group less strata with one.")
    yield say("deff: variance ÷ the variance of a simple random sample of n with replacement.")
    if request.design.fpc is not None:
        yield say("A group of which every unit was drawn has no sampling error: its interval is its estimate.")
    yield say(
        "The intervals say what drawing other units would change."
        " They do not say how those who answered differ from those who did not."
    )


def _sources(request: Request, speech: Speech) -> Iterator[str]:
    found = [VARIANCE_SOURCES[request.variance]]
    if _has(request.estimators, Share):
        found.append(INTERVAL_SOURCES[request.ci or "kg"])
    if _has(request.estimators, Quantile):
        found.append("Woodruff 1952")
    if len(request.weighting.margins) > 1 or request.weighting.bounds:
        found.append("Deville, Särndal and Sautory 1993")
    yield speech.say("Sources: {sources}.", sources="; ".join(map(speech.say, dict.fromkeys(found))))


def _has(estimators: Sequence[Estimator], *kinds: type[Estimator]) -> bool:
    return any(isinstance(estimator, kinds) for estimator in estimators)

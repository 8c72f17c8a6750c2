"""What the quality rules can find, measured by simulation, what they cannot, and how far an index may be moved: for the method annex.

The numbers are those of analysis/quality/measured.py, written by `make quality`; nothing is typed in here.
"""

from analysis.quality.measured import FALSE_ALARMS, POWER, TARGETS
from analysis.quality.power import Power, blind, harm, interval
from survey_app.documents.figure_cells import View
from survey_app.documents.report import Column, Interval, Number, Panel, Paragraph, Row, Table
from survey_app.words import number, percent, say

INDICES = (70, 80, 85, 92, 97)
PARTS = (0.1, 0.2, 0.5)
PROMISED = 0.9


def power(view: View) -> Panel:
    language = view.language
    sentence = (
        "Measured on simulated months of counters whose people differ, all rules together. Below {share} lies the blind zone: there only "
        "files, codes of the system and calling people back find what is false."
    )
    parts = (
        Paragraph(say(language, sentence, share=percent(language, PROMISED, 0))),
        _targets(language),
        _found(language),
        _alarms(language),
        Paragraph(_harm_words(language)),
        _harm(language),
    )
    return Panel("panel-power", say(language, "What these checks can find, and what they cannot"), parts)


def _found(language: str) -> Table:
    unseen = blind(POWER, PROMISED)
    columns = (
        Column("rate", say(language, "Answers of a counter a day"), "number"),
        Column("sd", say(language, "Honest counters differ by (points)"), "number", "points"),
        Column("pattern", say(language, "False answers")),
        Column("counters", say(language, "Counters simulated"), "number"),
        Column("found", say(language, "Found"), "interval", "share"),
        Column("zone", say(language, "Remark")),
    )
    zone = say(language, "blind zone")
    rows = tuple(
        Row((
            Number(one.rate, number(language, one.rate)),
            Number(round(100 * one.sd, 1), number(language, 100 * one.sd, 1), 1, "points"),
            _pattern(language, one),
            Number(one.counters, number(language, one.counters)),
            _measured(language, one.found, one.counters),
            _remarks(zone if one in unseen else "", _habits(language, habits=one.habits)),
        ))
        for one in POWER
    )  # fmt: skip
    return Table("power", say(language, "How often false answers at a counter are found within a month"), columns, rows, header=2)


def _habits(language: str, *, habits: bool) -> str:
    return say(language, "here counters also differ in how alike one person's answers are") if habits else ""


def _remarks(*remarks: str) -> str:
    return "; ".join(remark for remark in remarks if remark)


def _measured(language: str, share: float, counters: int) -> Interval:
    """With its 95 % interval over the counters of the simulation."""
    low, high = interval(share, counters)
    text = f"{percent(language, share, 1)} ({number(language, 100 * low, 1)}–{number(language, 100 * high, 1)})"
    return Interval(round(share, 3), round(low, 3), round(high, 3), text, 1)


def _targets(language: str) -> Table:
    columns = (
        Column("target", say(language, "Target")),
        Column("wished", say(language, "Wished"), "number", "share"),
        Column("found", say(language, "Measured"), "interval", "share"),
        Column("met", say(language, "Remark")),
    )
    rows = []
    for one in TARGETS:
        wished = f"{'≤' if one.name.startswith('honest') else '≥'} {percent(language, one.wished, 0)}"
        measured = _measured(language, one.share, one.counters)
        met = say(language, "met") if one.met else say(language, "missed")
        rows.append(Row((_target(language, one.name), Number(one.wished, wished, 0, "share"), measured, met)))
    return Table("quality-targets", say(language, "What was asked of the rules, and what was measured"), columns, tuple(rows))


def _target(language: str, name: str) -> str:
    said = {
        "honest": say(language, "honest counters with an alarm in a month"),
        "honest_worst_cell": say(language, "the same where it is highest"),
        "one_burst": say(language, "found: one burst of 5 answers and more, a tenth of the month"),
        "daily_bursts": say(language, "found: a tenth of the month in daily bursts, from 20 answers a day"),
        "spread_half": say(language, "found: half of the month spread out, from 5 answers a day"),
    }
    return said.get(name, name)


def _pattern(language: str, one: Power) -> str:
    share = percent(language, one.false, 0)
    match one.pattern:
        case "one_burst":
            return say(language, "{share} of the month in one burst", share=share)
        case "daily_bursts":
            return say(language, "{share} as a burst every day", share=share)
        case "spread_below":
            return say(language, "{share} spread over the month, one level below the highest", share=share)
        case "sheet":
            return say(language, "{share} as codes of one day's sheets, all in a quarter of an hour", share=share)
        case _:
            return say(language, "{share} spread over the month", share=share)


def _alarms(language: str) -> Table:
    columns = (
        Column("rate", say(language, "Answers of a counter a day"), "number"),
        Column("sd", say(language, "Honest counters differ by (points)"), "number", "points"),
        Column("counters", say(language, "Counters simulated"), "number"),
        Column("alarms", say(language, "With a false alarm in a month"), "interval", "share"),
        Column("zone", say(language, "Remark")),
    )
    rows = tuple(
        Row((
            Number(one.rate, number(language, one.rate)),
            Number(round(100 * one.sd, 1), number(language, 100 * one.sd, 1), 1, "points"),
            Number(one.counters, number(language, one.counters)),
            _measured(language, one.share, one.counters),
            _habits(language, habits=one.habits),
        ))
        for one in FALSE_ALARMS
    )  # fmt: skip
    return Table("false-alarms", say(language, "How often honest counters are marked"), columns, rows)


def _harm_words(language: str) -> str:
    sentence = (
        "What stays unseen can move an index by f · (100 − H) points: f is the share of false answers at the top level, H the index of the "
        "honest ones."
    )
    return say(language, sentence)


def _harm(language: str) -> Table:
    shares = [percent(language, part, 0) for part in PARTS]
    columns = (
        Column("index", say(language, "Index H"), "number", "points"),
        *(Column(f"false_{share}", say(language, "{share} false", share=share), "number", "points") for share in shares),
    )
    rows = []
    for index in INDICES:
        points = [round(harm(part, index), 1) for part in PARTS]
        rows.append(Row((Number(index, number(language, index)), *(Number(one, number(language, one, 1), 1, "points") for one in points))))
    caption = say(language, "Possible harm: points that false answers add to an index")
    return Table("harm", caption, columns, tuple(rows))

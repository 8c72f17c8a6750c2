"""What a page is read for, said in sentences: the index of one body with its interval, and what an independent sample found of it.

Built from cells, so that a sentence says nothing that a table does not.
"""

from collections.abc import Iterator, Mapping, Sequence

from analysis.domains import Domain
from survey_app.documents import count_cells, independent_parts, sentences
from survey_app.documents import figure_cells as cells
from survey_app.documents.figure_cells import View
from survey_app.documents.independent_parts import Kept, Lies
from survey_app.documents.report import Interval, Number, Paragraph
from survey_app.words import number, of, percent, say


def index_line(view: View, about: Sequence[Domain]) -> Iterator[Paragraph]:
    """Of one body its index, or why there is none; then what stands in brackets here and in every table."""
    meaning = sentences.interval_meaning(view.language, level(view))
    if len(about) == 1 and (said := _index(view, about[0])):
        yield Paragraph(f"{said} {meaning}")
    else:
        yield Paragraph(meaning, "note")


def level(view: View) -> float:
    return next((figure.estimate.level for figure in view.release.figures if figure.estimate is not None), 0.95)


def _index(view: View, domain: Domain) -> str | None:
    language, tree = view.language, cells.headline_tree(view.instrument)
    figure, index = view.figure(domain, tree), of(tree.label, view.language)
    value, n = cells.value(view, figure, tree), count_cells.respondents(view, figure)
    if figure is None:
        return None
    if not isinstance(value, Interval) or figure.estimate is None or not isinstance(n, Number):
        return say(language, "{index}: no figure is given. {why}", index=index, why=" ".join(cells.notes(view, [(figure, tree)])))
    said = {"index": index, "n": n.text, "level": percent(language, figure.estimate.level, 0)}
    ends = [_printed(language, value, one) for one in (value.low, value.high)]
    shown = cells.bare(value)
    if shown is None:
        words = _bound(language, value)
        return say(language, "{index}: {value} (confidence interval at {level}), from {n} answers.", value=words, **said)
    if value.low is None or value.high is None:
        return say(language, "{index}: {value}, from {n} answers.", value=shown, **said)
    sentence = "{index}: {value} (confidence interval at {level}: {low}–{high}), from {n} answers."
    return say(language, sentence, value=shown, low=ends[0].removesuffix("%"), high=ends[1].removesuffix("%"), **said)


def _bound(language: str, value: Interval) -> str:
    low, high = (_printed(language, value, one) for one in (value.low, value.high))
    return say(language, "at most {value}", value=high) if value.low is None else say(language, "at least {value}", value=low)


def _printed(language: str, value: Interval, end: float | None) -> str:
    if end is None:
        return "–"
    return percent(language, end, value.decimals) if value.unit == "share" else number(language, end, value.decimals)


def finding(view: View, about: Sequence[Domain], kept: Sequence[Kept]) -> Iterator[Paragraph]:
    """Before the index: what people said who were chosen, where it differs from what is said by QR by more than chance; else that it
    does not."""
    by_id = {one.domain: one for one in kept}
    for domain in about:
        head = independent_parts.head(view, domain, by_id[domain.id]) if domain.id in by_id else None
        if head is not None:
            said = _found(view, head)
            yield Paragraph(said if len(about) == 1 else f"{view.name(domain)}: {said}", "notice")


def _found(view: View, head: independent_parts.Head) -> str:
    """`gap` is QR less independent; it is told as the sample against the answers by QR, without points beside a bound."""
    language, gap = view.language, head.gap
    share, qr = (cells.bare(one) or _bound(language, one) for one in (head.share, head.qr))
    told = {"n": head.people, "share": share, "qr": qr}
    return _beside_a_bound(language, head.lies, told) if gap is None else _by_points(language, head.lies, gap, told)


def _beside_a_bound(language: str, lies: Lies, told: Mapping[str, str]) -> str:
    match lies:
        case "lower":
            sentence = (
                "The independent sample of {n} people gives {share}, clearly lower than the answers by QR: {qr}. "
                "That number should not be used by itself."
            )
        case "higher":
            sentence = (
                "The independent sample of {n} people gives {share}, clearly higher than the answers by QR: {qr}. "
                "That number should not be used by itself."
            )
        case "indistinct":
            sentence = "The independent sample of {n} people gives {share}, not clearly different from the answers by QR: {qr}."
    return say(language, sentence, **told)


def _by_points(language: str, lies: Lies, gap: Interval, told: Mapping[str, str]) -> str:
    low, high, decimals = gap.low or 0.0, gap.high or 0.0, gap.decimals
    points = number(language, abs(gap.estimate or 0.0), decimals)
    if lies == "lower":
        sentence = (
            "The independent sample of {n} people gives {share}, {points} points lower than the answers by QR (from {low} to {high}). "
            "The number {qr} should not be used by itself."
        )
        return say(language, sentence, points=points, low=number(language, low, decimals), high=number(language, high, decimals), **told)
    if lies == "higher":
        sentence = (
            "The independent sample of {n} people gives {share}, {points} points higher than the answers by QR (from {low} to {high}). "
            "The number {qr} should not be used by itself."
        )
        return say(language, sentence, points=points, low=number(language, -high, decimals), high=number(language, -low, decimals), **told)
    sentence = (
        "The independent sample of {n} people gives {share}, not clearly different from {qr} by QR: "
        "the answers by QR less the sample are {signed} points (from {low} to {high})."
    )
    signed = number(language, gap.estimate or 0.0, decimals)
    return say(language, sentence, signed=signed, low=number(language, low, decimals), high=number(language, high, decimals), **told)

"""How many answered, how many files there are, and what share of them answered, as cells: as exact as the reader may know."""

from analysis.disclosure import FLOOR
from analysis.domains import Domain
from analysis.figures import Figure
from survey_app.documents.figure_cells import View
from survey_app.documents.report import Cell, Gap, Number
from survey_app.documents.rounding import to_five
from survey_app.words import number, percent, say


def respondents(view: View, figure: Figure | None) -> Cell:
    return _count(view, figure.estimate.n if figure is not None and figure.estimate is not None else None)


def received(view: View, figure: Figure | None) -> Cell:
    return _count(view, None if figure is None else figure.n_received)


def decided(view: View, figure: Figure | None) -> Cell:
    return _count(view, None if figure is None else figure.n_decided)


def files(view: View, domain: Domain) -> Cell:
    return None if domain.files is None else Number(domain.files, number(view.language, domain.files))


def coverage_of(view: View, figure: Figure | None) -> float | None:
    """Answers ÷ files. For whoever sees rounded counts it is taken from the rounded count, and of a count below the floor
    there is none: else it would give n back."""
    if figure is None or figure.coverage is None:
        return None
    if view.precise or not figure.n_received:
        return figure.coverage
    if figure.n_received < FLOOR:
        return None
    return figure.coverage * to_five(figure.n_received) / figure.n_received


def coverage(view: View, figure: Figure | None) -> Cell:
    share = coverage_of(view, figure)
    return None if share is None else Number(round(share, 3), percent(view.language, share, 1), 1, "share")


def _count(view: View, count: int | None) -> Cell:
    """Below the floor only Home Affairs is told how many: the audit does not take such a count for known."""
    if count is None:
        return None
    if not view.precise and count < FLOOR:
        return Gap(say(view.language, "< 10"), "too_few")
    shown = count if view.precise else to_five(count)
    return Number(shown, number(view.language, shown))

"""Former districts whose own figure is never shown: too few offices serve them, so that it would repeat what is said of one."""

from collections.abc import Iterator

from analysis.domains import Domain
from analysis.population import LEAST_UNITS
from survey_app.documents import figure_cells as cells
from survey_app.documents.figure_cells import View
from survey_app.documents.report import Paragraph
from survey_app.words import number, say


def never_shown(view: View) -> Iterator[Paragraph]:
    """One sentence for all of them on the page; how many offices serve a former district is no matter of answers."""
    language = view.language
    found = [one for one in view.release.domains if _is_narrow(one) and _is_hidden(view, one)]
    if not found:
        return
    offices = "; ".join(
        say(language, "{area} ({units} offices)", area=view.name(one), units=number(language, _offices(one)))
        if _offices(one) != 1
        else say(language, "{area} (one office)", area=view.name(one))
        for one in sorted(found, key=lambda one: one.id)
    )
    sentence = (
        "Never published as a former district: {areas}. Fewer than {least} offices serve it, so its figure would give away that of "
        "a single office. Please read the figures of the offices themselves."
    )
    yield Paragraph(say(language, sentence, areas=offices, least=number(language, LEAST_UNITS)), "notice")


def _offices(area: Domain) -> int:
    return sum(share > 0 for share in area.members.values())


def _is_narrow(domain: Domain) -> bool:
    return domain.kind == "area" and domain.pools == "received" and 0 < _offices(domain) < LEAST_UNITS


def _is_hidden(view: View, domain: Domain) -> bool:
    figure = view.figure(domain, cells.headline_tree(view.instrument))
    return figure is not None and figure.hidden is not None

"""Which answers each block goes by, where the wave had chosen the verified ones: counts alone may have changed it (methodology §2.2)."""

from collections.abc import Iterator

from analysis.bases import Basis
from analysis.domains import Domain
from analysis.every_basis import ENOUGH_ANSWERS, ENOUGH_DAYS, ENOUGH_UNITS
from survey_app.documents.compared_sentences import way
from survey_app.documents.figure_cells import View
from survey_app.documents.report import Paragraph
from survey_app.words import number, percent, say


def settled(view: View) -> Iterator[Paragraph]:
    """A sentence a block that the document speaks of and the wave had not chosen all answers for, and whom the others go by."""
    language, studies = view.language, view.release.studies
    chosen = [one for one in view.release.domains if studies.wished.get(one.id, "all") != "all"]
    if not chosen:
        return
    spoken_of = {figure.domain for figure in view.release.figures}
    for block in (one for one in chosen if one.id in studies.headlines):
        if block.id in spoken_of or not spoken_of.isdisjoint(block.members):
            yield _of_block(view, block, studies.wished[block.id], studies.headlines[block.id])
    if any(one.kind != "unit" and one.grouping != "block" and one.id in spoken_of for one in view.release.domains):
        yield Paragraph(say(language, "City and former districts go by all answers."))


def _of_block(view: View, block: Domain, wished: Basis, going: Basis) -> Paragraph:
    language = view.language
    enough, units = view.release.studies.enough.get(block.id, (0, 0))
    words = {
        "block": view.name(block), "way": way(language, wished), "enough": number(language, enough), "units": number(language, units),
        "answers": number(language, ENOUGH_ANSWERS), "days": number(language, ENOUGH_DAYS), "share": percent(language, ENOUGH_UNITS, 0),
    }  # fmt: skip
    if going == wished:
        sentence = (
            "{block} goes by “{way}”, as chosen before the wave opened: {enough} of {units} units have {answers} such answers or more on "
            "{days} different days. A unit that has too few of them is not shown by its other answers instead."
        )
        return Paragraph(say(language, sentence, **words))
    sentence = (
        "{block}: moved to all answers, because only {enough} of {units} units have {answers} answers or more by codes of the system on "
        "{days} different days; {share} of the units are needed. Chosen before the wave opened was “{way}”. Scores play no part in this."
    )
    return Paragraph(say(language, sentence, **words), "notice")

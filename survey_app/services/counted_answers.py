"""The answers that a release counts: read and coded, let in batch by batch, with the parts in which they count. Rules: analysis."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial

from analysis import admission, coverage, disclosure, parts
from analysis.arrays import Ints
from analysis.beside import OfQuality
from analysis.coded import Coded, Coder, Design
from analysis.figures import Release
from analysis.parts import LeftOut
from analysis.release import sources
from analysis.tallies import Source
from questionnaires.instrument import Instrument
from survey_app.services import counted_flags, counted_parts
from survey_app.services.fieldwork import Wave
from survey_app.storage import collected, labels, responses
from survey_app.storage.rows import Transaction


@dataclass(frozen=True, slots=True)
class Counted:
    """`sources`: population to its answers; `cuts`: batch to the position up to which it is in; `waiting`: batches with a few answers
    beyond their cut; `channels`: how the answers came in; `left`: answers that the parts leave out, for the next release."""

    sources: Mapping[str, Source]
    cuts: Mapping[str, int]
    waiting: frozenset[str]
    channels: Mapping[str, Mapping[str, int]]
    quality: OfQuality
    left: LeftOut


def counted(tx: Transaction, wave: Wave, instrument: Instrument, until: date | None, before: Release | None) -> Counted:
    """`until`: up to the first answer of a later service day, per unit; `before`: the release of this wave made before."""
    flags = counted_flags.flags(tx, wave.province, wave.code)
    answers = _coded(tx, wave, instrument).with_flags(counted_flags.positions(flags))
    ends = admission.NO_END if until is None else collected.first_positions_after(tx, wave.province, wave.code, until)
    batches = admission.batches(instrument, answers)
    offered = admission.offered(answers, batches, ends)
    cuts = disclosure.admit(offered, before.cuts if before else {})
    answers = admission.admitted(answers, batches, cuts)
    left = counted_parts.left_out(tx, wave.province, before.number) if before else parts.NOTHING
    answers, left = parts.counted(answers, admission.batches(instrument, answers), before.cuts if before else None, left)
    return Counted(
        sources(instrument, answers),
        cuts,
        _waiting(offered, cuts),
        coverage.channels(answers.texts["reception"], answers.texts["channel"]),
        OfQuality(counted_flags.by_unit(flags, answers), counted_flags.findings(tx, wave.province, wave.code)),
        left,
    )


def _coded(tx: Transaction, wave: Wave, instrument: Instrument) -> Coded:
    pages = collected.pages(tx, wave.province, wave.code)
    coder = Coder(instrument, sum(len(page.at) for page in pages))
    for page in pages:
        for part in page.parts():
            coder.add(part.psu, part.design, part.packed)
        coder.place(page.positions())
    return coder.coded(partial(labels.read, tx), lambda text: Design(*responses.read_design(text)))


def _waiting(offered: Mapping[str, Ints], cuts: Mapping[str, int]) -> frozenset[str]:
    """Batches that have a few answers beyond their cut."""
    return frozenset(name for name, positions in offered.items() if len(positions) and positions[-1] > cuts.get(name, 0))

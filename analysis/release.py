"""build(): the way of one figure, read top to bottom."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from analysis.audit_known import Known
from analysis.audit_repair import secured
from analysis.bases import Basis
from analysis.beside import NOTHING, OfQuality, beside
from analysis.cells import Merge
from analysis.channel_mix import came_by
from analysis.comparison.changed import Shown, changed
from analysis.comparison.said import Standing
from analysis.comparison.standing import Compared
from analysis.counting import InMemory, sources
from analysis.coverage import factors_digest, handling_units, studies
from analysis.disclosure import Before
from analysis.domains import Domain
from analysis.estimation import Estimate
from analysis.every_basis import OnBasis, headlines, on_every_basis, with_enough
from analysis.figures import Band, Figure, Mark, Reason, Release, State, Studies, Summary
from analysis.plain import digest_of
from analysis.screening import Rules
from analysis.survey_data import SurveyData, sectors_of
from analysis.tallies import Source
from analysis.weighting import Frame
from questionnaires.instrument import Instrument
from questionnaires.model import Fault, Refused

__all__ = [
    "About", "Band", "Basis", "Domain", "Estimate", "Figure", "Mark", "Merge", "Reason", "Release", "State", "Studies", "Summary",
    "build", "sources",
]  # fmt: skip

METHOD = "2026.1"
NO_CHANNELS: Mapping[str, Mapping[str, int]] = {}
ALL_ANSWERS: Mapping[str, Basis] = {}


@dataclass(frozen=True, slots=True)
class About:
    """What a release is told of itself. `cuts`: batch to the position up to which its answers are in; `seed`: of every draw."""

    number: int
    province: str
    wave: str
    simulated: bool
    made: datetime
    seed: int
    cuts: Mapping[str, int]


def build(
    about: About,
    *,
    instrument: Instrument,
    sources: Mapping[str, Source | SurveyData],
    frame: Frame | None,
    domains: Sequence[Domain],
    previous: Release | None,
    last: Sequence[Figure] = (),
    waiting: frozenset[str] = frozenset(),
    channels: Mapping[str, Mapping[str, int]] = NO_CHANNELS,
    headline: Mapping[str, Basis] = ALL_ANSWERS,
    earlier: Shown | None = None,
    quality: OfQuality = NOTHING,
) -> Release:
    """Counts → weights → totals per PSU → estimates → trees → disclosure → audit → a frozen release.

    sources: population to its admitted answers (none beyond a batch's cut). Populations that trees are about are weighted
    to the frame; the others have weight 1 and only the trees that are one figure (root a leaf or pooled). previous: the
    release of this wave before this one, whose figures may be held over; last: those that it does not show, as they were last shown;
    waiting: batches (disclosure.batch) with 1 to 9 answers beyond their cut; channels: how the admitted answers came in
    (coverage.channels); headline: block to the basis that the wave chose for it; earlier: the release of an earlier wave
    that this one is compared with; quality: flags and findings beside the answers.
    Refused: units with answers and no files in the frame; `previous` of another wave or instrument; an instrument without an index.
    """
    _refuse_no_index(instrument)
    _refuse_another_wave(previous, about.wave, instrument)
    rules = Rules(handling_units(frame), Before.of(previous.figures if previous else (), last), waiting, frozenset(headline.values()))
    known = {name: InMemory(source) if isinstance(source, SurveyData) else source for name, source in sources.items()}
    bases: dict[str, list[OnBasis]] = {}
    parts: dict[str, dict[Basis, int]] = {}
    for name, answers in known.items():
        made, parts[name] = on_every_basis(name, answers, instrument, frame, domains, rules)
        bases |= {name: made} if made else {}
    release = _audited(_drafted(about, instrument, frame, domains, channels, bases, parts), bases)
    release = _compared(release, instrument, bases, headline)
    release = replace(release, studies=replace(release.studies, came_by=came_by(instrument, bases)))
    if earlier is not None:
        release = _changed(release, instrument, earlier)
    release = replace(release, studies=beside(release, instrument, known, bases, previous, quality))
    return replace(release, digest=digest_of(release))


def _drafted(
    about: About,
    instrument: Instrument,
    frame: Frame | None,
    domains: Sequence[Domain],
    channels: Mapping[str, Mapping[str, int]],
    bases: Mapping[str, Sequence[OnBasis]],
    parts: Mapping[str, Mapping[Basis, int]],
) -> Release:
    """Every figure past its own floors, and what the frame says of itself."""
    everyone = [one for of_population in bases.values() for one in of_population]
    weighted = {f"{one.population.name}|{one.basis}": one.factors for one in everyone if one.population.weighted}
    return Release(
        number=about.number,
        province=about.province,
        wave=about.wave,
        kind="survey",
        state="draft",
        simulated=about.simulated,
        instrument=f"{instrument.id} {instrument.version}",
        instrument_digest=instrument.digest,
        method=METHOD,
        seed=about.seed,
        cuts=dict(sorted(about.cuts.items())),
        frame_digest=frame.digest if frame else "",
        factors_digest=factors_digest(weighted),
        digest="",
        replaces=None,
        made=about.made,
        domains=tuple(domains),
        figures=tuple(figure for one in everyone for figure in one.figures),
        studies=studies(weighted, frame, domains, channels, parts),
    )


def _audited(release: Release, bases: Mapping[str, Sequence[OnBasis]]) -> Release:
    """Without the figures that would give a hidden one away, and with what the audit came to."""
    known = Known.of((one.population, one.basis) for of_population in bases.values() for one in of_population)
    release, audit = secured(release, known=known)
    return replace(release, studies=replace(release.studies, audit=audit))


def _changed(release: Release, instrument: Instrument, earlier: Shown) -> Release:
    """With what has changed since an earlier wave's release."""
    told = release.studies
    now = Shown(instrument, release.wave, release.figures, told.channels, told.headlines, METHOD, release.number, told.came_by)
    studies = replace(release.studies, earlier=earlier.number)
    return replace(release, figures=tuple(changed(now, earlier, release.domains)), studies=studies)


def _compared(release: Release, instrument: Instrument, bases: Mapping[str, Sequence[OnBasis]], headline: Mapping[str, Basis]) -> Release:
    """The release with what comparison says of the units of every block, on the basis that the block goes by."""
    sectors = tuple(map(str, sectors_of(instrument)))
    of_basis: dict[tuple[str, Basis], list[Figure]] = {}
    for figure in release.figures:
        of_basis.setdefault((figure.population, figure.basis), []).append(figure)
    figures: list[Figure] = []
    standings: list[Standing] = []
    goes_by: Mapping[str, Basis] = {}
    enough: Mapping[str, tuple[int, int]] = {}
    for name, made_of in bases.items():
        counted = with_enough(made_of) if "verified" in headline.values() else {}
        blocks = headlines(headline, made_of, counted)
        goes_by, enough = goes_by or blocks, enough or counted
        for one in made_of:
            going = {block for block, basis in blocks.items() if basis == one.basis}
            about = Compared(one.population, one.by_channel, one.factors, sectors, release.seed)
            shown, said = about.stand(of_basis.get((name, one.basis), []), going)
            figures += shown
            standings += said
    said_of = replace(release.studies, standings=tuple(standings), headlines=goes_by, wished=dict(headline), enough=enough)
    return replace(release, figures=tuple(figures), studies=said_of)


def _refuse_no_index(instrument: Instrument) -> None:
    if not instrument.trees:
        sentence = "The questionnaire {name} has no index, so a release would say nothing. Its answers can be exported."
        raise Refused(Fault("no_index", f"instrument {instrument.id}", sentence, {"name": f"{instrument.id} {instrument.version}"}))


def _refuse_another_wave(previous: Release | None, wave: str, instrument: Instrument) -> None:
    if previous and (previous.wave, previous.instrument_digest) != (wave, instrument.digest):
        raise Refused(
            Fault(
                "previous_of_another_wave",
                f"release {previous.number}",
                "Release {number} is of another wave or instrument ({wave}); figures cannot be held over from it.",
                {"number": str(previous.number), "wave": previous.wave},
            )
        )

"""build(): the way of one figure, read top to bottom; the digest of a release; figures as flat rows and back."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields, replace
from datetime import datetime
from operator import attrgetter
from typing import Never, cast

from analysis.audit_known import Known
from analysis.audit_repair import secured
from analysis.bases import Basis
from analysis.beside import NOTHING, OfQuality, beside
from analysis.cells import Merge
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
from analysis.screening import Rules
from analysis.survey_data import SurveyData, sectors_of
from analysis.tallies import Source
from analysis.weighting import Frame
from questionnaires.instrument import Instrument
from questionnaires.model import Fault, Refused

__all__ = [
    "Band", "Basis", "Domain", "Estimate", "Figure", "Mark", "Merge", "Reason", "Release", "State", "Studies", "Summary",
    "build", "digest_of", "flat", "restored", "sources",
]  # fmt: skip

METHOD = "2026.1"
NOT_DIGESTED = {"number", "made", "digest", "state", "replaces"}
"""What changes about a release without any figure changing."""
LATER = {"channels", "further_merges", "levels", "importances", "agreements", "effects", "answered", "marked", "flags", "findings", "audit"}
"""Studies that releases made before them do not have: where they are empty they are not digested. Nor is the software."""
NO_CHANNELS: Mapping[str, Mapping[str, int]] = {}
ALL_ANSWERS: Mapping[str, Basis] = {}


def build(
    *,
    instrument: Instrument,
    sources: Mapping[str, Source | SurveyData],
    frame: Frame | None,
    domains: Sequence[Domain],
    previous: Release | None,
    cuts: Mapping[str, int],
    number: int,
    province: str,
    wave: str,
    simulated: bool,
    made: datetime,
    seed: int,
    waiting: frozenset[str] = frozenset(),
    channels: Mapping[str, Mapping[str, int]] = NO_CHANNELS,
    headline: Mapping[str, Basis] = ALL_ANSWERS,
    earlier: Shown | None = None,
    quality: OfQuality = NOTHING,
    state: State = "draft",
    replaces: int | None = None,
) -> Release:
    """Counts → weights → totals per PSU → estimates → trees → disclosure → audit → a frozen release.

    sources: population to its admitted answers (none beyond a batch's cut). Populations that trees are about are weighted
    to the frame; the others have weight 1 and only the trees that are one figure (root a leaf or pooled). previous: the
    release of this wave before this one, whose figures may be held over; waiting: batches (disclosure.batch) with 1 to 9
    answers beyond their cut; channels: how the admitted answers came in (coverage.channels); headline: block to the
    basis that the wave chose for it; earlier: the release of an earlier wave that this one is compared with; quality: flags and
    findings beside the answers.
    Refused: units with answers and no files in the frame; `previous` of another wave or instrument.
    """
    _refuse_another_wave(previous, wave, instrument)
    rules = Rules(handling_units(frame), Before.of(previous.figures if previous else ()), waiting, frozenset(headline.values()))
    bases: dict[str, list[OnBasis]] = {}
    parts: dict[str, dict[Basis, int]] = {}
    known = {name: InMemory(source) if isinstance(source, SurveyData) else source for name, source in sources.items()}
    for name, answers in known.items():
        bases[name], parts[name] = on_every_basis(name, answers, instrument, frame, domains, rules)
    everyone = [one for of_population in bases.values() for one in of_population]
    weighted = {f"{one.population.name}|{one.basis}": one.factors for one in everyone if one.population.weighted}
    release = Release(
        number=number,
        province=province,
        wave=wave,
        kind="survey",
        state=state,
        simulated=simulated,
        instrument=f"{instrument.id} {instrument.version}",
        instrument_digest=instrument.digest,
        method=METHOD,
        seed=seed,
        cuts=dict(sorted(cuts.items())),
        frame_digest=frame.digest if frame else "",
        factors_digest=factors_digest(weighted),
        digest="",
        replaces=replaces,
        made=made,
        domains=tuple(domains),
        figures=tuple(figure for one in everyone for figure in one.figures),
        studies=studies(weighted, frame, domains, channels, parts),
    )
    release, audit = secured(release, known=Known.of((one.population, one.basis) for one in everyone))
    release = replace(release, studies=replace(release.studies, audit=audit))
    release = _compared(release, instrument, bases, headline)
    if earlier is not None:
        now = Shown(instrument, wave, release.figures, channels, release.studies.headlines, METHOD, number)
        told_against = replace(release.studies, earlier=earlier.number)
        release = replace(release, figures=tuple(changed(now, earlier, domains)), studies=told_against)
    release = replace(release, studies=beside(release, instrument, known, bases, previous, quality))
    return replace(release, digest=digest_of(release))


def _compared(release: Release, instrument: Instrument, bases: Mapping[str, Sequence[OnBasis]], headline: Mapping[str, Basis]) -> Release:
    """The release with what comparison says of the units of every block, on the basis that the block goes by."""
    sectors = tuple(map(str, sectors_of(instrument)))
    figures: list[Figure] = []
    standings: list[Standing] = []
    goes_by: Mapping[str, Basis] = {}
    enough: Mapping[str, tuple[int, int]] = {}
    for name, made_of in bases.items():
        counted = with_enough(made_of) if "verified" in headline.values() else {}
        blocks = headlines(headline, made_of, counted)
        goes_by, enough = goes_by or blocks, enough or counted
        for one in made_of:
            own = [figure for figure in release.figures if (figure.population, figure.basis) == (name, one.basis)]
            going = {block for block, basis in blocks.items() if basis == one.basis}
            shown, said = Compared(one.population, one.by_channel, one.factors, sectors, release.seed).stand(own, going)
            figures += shown
            standings += said
    said_of = replace(release.studies, standings=tuple(standings), headlines=goes_by, wished=dict(headline), enough=enough)
    return replace(release, figures=tuple(figures), studies=said_of)


def digest_of(release: Release) -> str:
    """sha256 of canonical JSON: keys sorted, floats to 12 significant digits; bookkeeping is left out (NOT_DIGESTED)."""
    kept = {field.name: getattr(release, field.name) for field in fields(release) if field.name not in NOT_DIGESTED}
    kept["figures"] = [_line(figure) for figure in release.figures]
    kept["domains"] = [_plain(domain) for domain in release.domains]
    studied = asdict(release.studies)
    kept["studies"] = _rounded({name: value for name, value in studied.items() if name != "software" and (value or name not in LATER)})
    return hashlib.sha256(json.dumps(kept, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


_OF_ESTIMATE = tuple(field.name for field in fields(Estimate))
_OF_FIGURE = tuple(field.name for field in fields(Figure) if field.name != "estimate")
_ESTIMATE, _FIGURE = attrgetter(*_OF_ESTIMATE), attrgetter(*_OF_FIGURE)
_NO_NUMBERS = (None,) * len(_OF_ESTIMATE)


def flat(figure: Figure) -> dict[str, object]:
    """The figure's fields by name, its estimate's parts beside them; a hidden figure holds no number."""
    parts = _NO_NUMBERS if figure.estimate is None else _ESTIMATE(figure.estimate)
    return dict(zip((*_OF_FIGURE, *_OF_ESTIMATE), (*_FIGURE(figure), *parts), strict=True))


def restored(row: Mapping[str, object]) -> Figure:
    """The figure that flat() made a row of; columns it does not know are left alone."""
    estimate = None if row["estimate"] is None else Estimate(**_trusted(row, _OF_ESTIMATE))
    return Figure(estimate=estimate, **_trusted(row, _OF_FIGURE))


def _trusted(row: Mapping[str, object], names: Sequence[str]) -> dict[str, Never]:
    """The named values of a row that flat() made: of the right types because nothing else writes such rows."""
    return cast("dict[str, Never]", {name: row[name] for name in names})


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


def _plain(domain: Domain) -> object:
    plain: dict[str, object] = {field.name: getattr(domain, field.name) for field in fields(domain)}
    return _rounded(plain)


def _line(figure: Figure) -> list[object]:
    """The figure's fields in their order; of a hidden one whom and what it is about, and why it is hidden."""
    if figure.hidden is not None:
        about = (figure.domain, figure.population, figure.tree, figure.node, figure.basis, figure.summary)
        return [*about, figure.hidden, figure.missing]
    return [f"{value:.12g}" if type(value) is float else value for value in flat(figure).values()]


def _text(value: object) -> object:
    """A float as its 12 significant digits: the same text on every machine."""
    return f"{value:.12g}" if isinstance(value, float) else value


def _rounded(value: object) -> object:
    if isinstance(value, Mapping):
        return {str(key): _rounded(inner) for key, inner in value.items()}
    return [_rounded(inner) for inner in value] if isinstance(value, list | tuple) else _text(value)

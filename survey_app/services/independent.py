"""An independent sample beside a release: its people against the figures of one domain, factor by factor. On demand the
outcome is kept for the pages of the release (kept_comparisons.py), of the people nothing.

The arithmetic is analysis.independent's, the table of people is read in reference_sample.py.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from analysis import independent
from analysis.bases import Basis
from analysis.domains import Domain
from analysis.estimation import Estimate
from analysis.figures import Figure, Release
from analysis.independent import Compared, Measured
from analysis.survey_data import population_of
from questionnaires.instrument import Instrument
from questionnaires.model import Condition, Fault, Refused
from questionnaires.trees import IndexTree, Measure, Term, measures
from survey_app.documents import independent_tables
from survey_app.documents.figure_cells import bases_of
from survey_app.documents.independent_tables import Comparison, NotCompared, Weights
from survey_app.documents.spreadsheets import Sheet
from survey_app.services import fieldwork, kept_comparisons, reference_sample, releases
from survey_app.services.access import OPERATOR, Permission, Viewer, demand
from survey_app.services.accounts import stored_time
from survey_app.services.reference_sample import BY_QR, Codes, Person
from survey_app.storage import accounts, session


@dataclass(frozen=True, slots=True)
class _People:
    """People of one domain and population, what they were asked, and what each stands for."""

    people: Sequence[Person]
    columns: frozenset[str]
    weight: list[float]
    cluster: list[str]
    by: Weights


def compare(
    number: int, sheet: Sheet, domain: str | None, half_width: float, now: datetime, by: Viewer = OPERATOR, *, publish: bool = False
) -> Comparison:
    """The headline and its factors by QR, on the basis that the domain goes by, and by the sample; `domain`: the city unless named;
    half_width: what n is needed for; publish: the outcome is kept, and stands on the pages of the release.

    People of other domains or populations are left out and counted. Refused: see reference_sample.read; a domain that the
    release does not have.
    """
    demand(by, Permission.EXPORT_ROWS)
    release, _ = releases.show(number, by)
    instrument = releases.instrument_of(fieldwork.wave(release.wave))
    chosen = _domain(release, domain)
    units = {label: one for one in release.domains if one.kind == "unit" for label in one.members}
    sample = reference_sample.read(sheet, instrument, units)
    tree = instrument.trees[0]
    inside = [one for one in sample.people if one.unit in chosen.members]
    finished = [one for one in inside if _is_of(one, instrument, tree)]
    people = _weighted(finished, sample.columns, units)
    basis = bases_of(release).get(chosen.id, "all")
    shown = {one.node: one for one in release.figures if _headline(one, chosen, tree, basis)}
    known = {measure.id: measure for measure in measures(tree, instrument.questions)}
    rows = [_compared(id, shown.get(id), known.get(id), tree, people) for id in _factors(tree)]
    head = shown.get(tree.root)
    found = Comparison(
        release=number,
        domain=chosen,
        basis=basis,
        labels={id: (tree.nodes.get(id) or tree.leaves[id]).label for id in _factors(tree)},
        people=len(finished),
        elsewhere=len(sample.people) - len(inside),
        unfinished=len(inside) - len(finished),
        not_themselves=sum(one.answered_self is False for one in finished if one.by_qr),
        measured_twice=sum(bool(one.by_qr) for one in finished),
        weights=people.by,
        coverage=None if head is None else head.coverage,
        half_width=half_width,
        rows=tuple(rows),
        ignored=sample.ignored,
        simulated=release.simulated,
    )
    with session.transaction() as tx:
        if publish:
            kept_comparisons.keep(tx, release.province, found, stored_time(now))
        about = f"{chosen.id}, {len(inside)}{', published' if publish else ''}"
        accounts.log(tx, release.province, stored_time(now), by.name, "independent.compared", str(number), about)
    return found


def text(found: Comparison, language: str) -> str:
    """The comparison as it is printed."""
    return independent_tables.as_text(found, language)


def _domain(release: Release, wanted: str | None) -> Domain:
    for one in release.domains:
        if one.id == wanted or (wanted is None and one.kind == "city"):
            return one
    sentence = "Release {number} has no unit, area or city {domain}."
    raise Refused(Fault("no_domain", "--domain", sentence, {"number": str(release.number), "domain": wanted or "–"}))


def _headline(figure: Figure, domain: Domain, tree: IndexTree, basis: Basis) -> bool:
    return (figure.domain, figure.tree, figure.population, figure.basis, figure.summary) == (
        domain.id, tree.id, tree.population, basis, "pooled",
    )  # fmt: skip


def _factors(tree: IndexTree) -> tuple[str, ...]:
    """The headline and what it is made of."""
    return (tree.root, *(tree.nodes[tree.root].children if tree.root in tree.nodes else ()))


def _is_of(person: Person, instrument: Instrument, tree: IndexTree) -> bool:
    """Where the interviewer asked what became of the file it decides; else the sample is taken for one of finished files."""
    meaning = instrument.meanings.get("population")
    if meaning is None or meaning.question not in person.asked:
        return True
    return population_of(instrument, {id: codes[0] for id, codes in person.asked.items()}) == tree.population


def _weighted(people: Sequence[Person], columns: frozenset[str], units: dict[str, Domain]) -> _People:
    """Weights as given; else files ÷ people of the unit, where files are known; else one each."""
    files = {one.unit: units[one.unit].files for one in people}
    counted = {unit: sum(one.unit == unit for one in people) for unit in files}
    by: Weights = "equal"
    weight = [1.0 for _ in people]
    if people and people[0].weight is not None:
        by, weight = "given", [one.weight or 1.0 for one in people]
    elif all(files.values()):
        by, weight = "files", [(files[one.unit] or 0) / counted[one.unit] for one in people]
    names = [f"{one.unit}|{one.cluster}" if one.cluster else f"person {one.id}" for one in people]
    return _People(people, columns, weight, names, by)


def _compared(id: str, figure: Figure | None, measure: Measure | None, tree: IndexTree, of: _People) -> Compared | NotCompared:
    qr = None if figure is None or figure.estimate is None else _by_qr(figure.estimate)
    if qr is None:
        return NotCompared(id, "not_shown")
    if measure is None or not _is_share(id, measure, tree):
        return NotCompared(id, "no_share")
    asked = {term.question for term in measure.terms}
    if not asked <= of.columns:
        return NotCompared(id, "not_asked")
    told = [_sums(measure, one.asked) for one in of.people]
    reference = independent.sampled([y for y, _ in told], [x for _, x in told], of.weight, of.cluster, qr.value)
    if reference is None:
        return NotCompared(id, "too_few")
    told_twice = of.people if {f"{question}{BY_QR}" for question in asked} <= of.columns else ()
    both = [_twice(measure, one) for one in told_twice]
    mode, pairs = independent.paired(
        [call for call, _, _ in both], [said for _, said, _ in both], [x for _, _, x in both], of.cluster[: len(both)]
    )
    return independent.compared(id, qr, reference, mode, pairs)


def _by_qr(one: Estimate) -> Measured | None:
    if one.se is None or one.df is None:
        return None
    return Measured(one.estimate, one.se**2, one.df, one.n, low=one.ci_low, high=one.ci_high)


def _is_share(id: str, measure: Measure, tree: IndexTree) -> bool:
    node = tree.nodes.get(id)
    plain = node is None or (node.combine == "pooled" and node.range is None)
    return plain and all(value in (0, 1) for term in measure.terms for value in term.codes.values())


def _sums(measure: Measure, given: Codes) -> tuple[float, float]:
    """Satisfied and valid answers of one person."""
    said = [value for term in measure.terms if (value := _value(term, given)) is not None]
    return sum(said), len(said)


def _twice(measure: Measure, person: Person) -> tuple[float, float, float]:
    """Satisfied by call, satisfied by QR, and questions answered both ways; nothing where somebody else had answered by QR."""
    if person.answered_self is False:
        return 0.0, 0.0, 0.0
    both = [(_value(term, person.asked), _value(term, person.by_qr)) for term in measure.terms]
    pairs = [(call, qr) for call, qr in both if call is not None and qr is not None]
    return sum(call for call, _ in pairs), sum(qr for _, qr in pairs), len(pairs)


def _value(term: Term, given: Codes) -> float | None:
    """As terms.values: of several ticked options the largest; None where nothing that counts was said."""
    if term.where is not None and not _holds(term.where, given):
        return None
    values = [term.codes[code] for code in given.get(term.question, ()) if code in term.codes]
    return max(values, default=None)


def _holds(condition: Condition, given: Codes) -> bool:
    return not set(condition.codes).isdisjoint(given.get(condition.question, ()))

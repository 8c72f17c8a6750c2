"""What a release tells beside its figures: from sums over the answers of basis "all", cut to the domains whose figures are shown.

Run after every figure has got its final state, so that nothing here speaks of a hidden one. Values: told.py.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from analysis.answer_sums import AnswerSums, Asked
from analysis.bases import Basis
from analysis.every_basis import OnBasis
from analysis.figures import Figure, Release, Studies
from analysis.item_studies import agreements, codes_of, factors_of, importances, modules_of
from analysis.level_shares import asked_levels, level_shares
from analysis.population import Population
from analysis.posted import POSTED
from analysis.quality.marked import marked
from analysis.smoothing import Clustering, clustering
from analysis.survey_data import Ints
from analysis.tallies import Source
from analysis.told import Answered, ClusterEffect, GapEffect, GroupEffect, Noted
from questionnaires.instrument import Instrument

COACHED, HELPED = "coached", "staff_helped"
NO_FLAGS: Mapping[str, Mapping[str, int]] = {}


@dataclass(frozen=True, slots=True)
class OfQuality:
    """What is stored beside the answers: unit to rule to admitted answers with that flag; findings about places."""

    flags: Mapping[str, Mapping[str, int]]
    findings: tuple[Noted, ...] = ()


NOTHING = OfQuality(NO_FLAGS)


def beside(
    release: Release,
    instrument: Instrument,
    sources: Mapping[str, Source],
    bases: Mapping[str, Sequence[OnBasis]],
    previous: Release | None,
    quality: OfQuality,
) -> Studies:
    """The release's studies with levels, importance, consistency, and what is known of the quality of its answers."""
    headline = instrument.trees[0].population
    whole = {name: made[0] for name, made in bases.items()}
    sums = {name: sources[name].beside(one.factors, _asked(instrument, name == headline)) for name, one in whole.items()}
    answered = tuple(_answered(sums.values()))
    figures = [one for one in release.figures if (one.population, one.basis, one.summary) == (headline, "all", "pooled")]
    shown = {one.domain for one in figures if one.node == instrument.trees[0].root and one.hidden is None}
    found = replace(
        release.studies,
        answered=answered,
        marked=tuple(marked(release.domains, answered, shown)),
        flags=quality.flags,
        findings=quality.findings,
        further_merges={
            one.basis: one.factors.merges for made in bases.values() for one in made[1:] if one.population.weighted and one.factors.merges
        },
    )
    if headline not in whole:
        return found
    before = previous.studies.levels if previous else ()
    on_basis = {one.basis: one.population for one in bases[headline]}
    return replace(
        _studied(found, instrument, sums[headline], release, figures),
        levels=tuple(level_shares(instrument, whole[headline].population, sums[headline], figures, before)),
        effects=tuple(_effects(on_basis, release.studies.headlines, instrument.trees[0].root)),
        group_effects=tuple(_group_effects(on_basis, release.studies.headlines, instrument.trees[0].root)),
        gap_effects=tuple(_gap_effects(on_basis, instrument.trees[0].root)),
    )


def _asked(instrument: Instrument, studied: bool) -> Asked:
    """Of populations that no index is about, the facts alone."""
    if not studied:
        return Asked({}, frozenset(), (), (COACHED, HELPED))
    modules = [factors_of(instrument), *([instrument.question(id) for id in items] for items in modules_of(instrument).values())]
    levels = asked_levels(instrument)
    rotated = frozenset(id for id in levels if instrument.question(id).rotation is not None)
    return Asked(levels, rotated, [{one.id: codes_of(one) for one in module} for module in modules if module], (COACHED, HELPED))


def _studied(found: Studies, instrument: Instrument, sums: AnswerSums, release: Release, figures: Iterable[Figure]) -> Studies:
    """Of units, blocks and the city whose index is shown, compared and new: a figure held over stands for other answers."""
    tree = instrument.trees[0]
    compared = {
        one.domain
        for one in figures
        if one.node == tree.root and one.hidden is None and one.mark is None
    }
    whole = [one for one in release.domains if one.id in compared and (one.kind != "area" or one.grouping == "block")]
    pairs = list(sums.pairs)
    of_factors = [pairs.pop(0)] if factors_of(instrument) else []
    modules = dict(zip(modules_of(instrument), pairs, strict=True))
    return replace(
        found,
        importances=tuple(one for about in of_factors for one in importances(sums, about, whole, release.seed)),
        agreements=tuple(agreements(sums, modules, whole)),
    )


def _effects(made: Mapping[Basis, Population], goes_by: Mapping[str, Basis], root: str) -> Iterable[ClusterEffect]:
    """Block by block, on the basis that it goes by: of its units, as precision.py fits it."""
    for row, domain in enumerate(made["all"].domains):
        population = made.get(goes_by.get(domain.id, "all"), made["all"])
        if domain.grouping == "block" and len(units := population.units_in(row)):
            fitted = _fitted(population, units, root)
            yield ClusterEffect(domain.id, fitted.a, fitted.b)


def _group_effects(made: Mapping[Basis, Population], goes_by: Mapping[str, Basis], root: str) -> Iterable[GroupEffect]:
    """On all answers, and on every other basis that a block goes by: of all units, as precision.py fits it for groups."""
    for basis in (one for one in made if one in {"all", *goes_by.values()}):
        fitted = _fitted(made[basis], made[basis].units, root)
        yield GroupEffect(basis, fitted.a, fitted.b)


def _gap_effects(made: Mapping[Basis, Population], root: str) -> Iterable[GapEffect]:
    """Of the two sets whose gap has V0 of both: of the units of every block, and of all units for groups."""
    for basis in ("verified", POSTED) if POSTED in made else ():
        population = made[basis]
        blocks = {row: one.id for row, one in enumerate(population.domains) if one.grouping == "block"}
        for block, units in [*((id, population.units_in(row)) for row, id in blocks.items()), ("", population.units)]:
            if len(units):
                fitted = _fitted(population, units, root)
                yield GapEffect(basis, block, fitted.a, fitted.b)


def _fitted(population: Population, units: Ints, root: str) -> Clustering:
    found, at = population.precision, population.precision.place(root)
    df = population.estimates.df[units].astype(np.float64)
    return clustering(found.variance[units, at], found.expected[units, at], population.estimates.typical[units], df)


def _answered(sums: Iterable[AnswerSums]) -> Iterable[Answered]:
    """Unit by unit, all populations together."""
    total: dict[str, list[int]] = {}
    for one in (of.units for of in sums):
        facts = [table.get(name) for name in (COACHED, HELPED) for table in (one.yes, one.said)]
        for row, unit in enumerate(one.units):
            counts = [int(one.answers[row]), int(one.flagged[row]), *(0 if fact is None else int(fact[row]) for fact in facts)]
            total[unit] = [sum(pair) for pair in zip(total.get(unit, [0] * len(counts)), counts, strict=True)]
    return (Answered(unit, *counts) for unit, counts in sorted(total.items()))

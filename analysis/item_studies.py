"""Which questions a release studies together, and for whom: importance of factors, consistency of modules. Arithmetic: items.py."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from analysis.answer_sums import AnswerSums, significant
from analysis.domains import Domain
from analysis.item_draws import drawn_sums
from analysis.item_sums import PairSums, by_module
from analysis.items import MOST_FACTORS, consistencies, drivers_from
from analysis.survey_data import Bools, Floats
from analysis.told import Agreement, Importance, NotStudied
from questionnaires.instrument import Instrument
from questionnaires.model import Question, Refused
from questionnaires.trees import IndexTree, LeafValue, Mean, Proportion

UNIT_LEAST = 100
"""Answers that every pair of a unit's questions needs: of fewer, shares of importance are all interval."""
ITERATED = 6
"""Digits of omega: what the search for its factor settles."""
UNIT_DRAWS, GROUP_DRAWS = 250, 1000
"""Bootstrap draws for one unit, and for blocks and the city."""


def factors_of(instrument: Instrument) -> tuple[Question, ...]:
    """The overall question, then the scales of the headline that everybody is asked; nothing where there is no overall scale, no factor,
    or more of them than can be compared."""
    meaning = instrument.meanings.get("overall")
    if meaning is None or not instrument.trees:
        return ()
    target = instrument.question(meaning.question)
    found = [one for one in scales(instrument, instrument.trees[:1]) if one.rotation is None and one.id != target.id]
    return (target, *found) if target.kind == "scale" and 1 <= len(found) <= MOST_FACTORS else ()


def modules_of(instrument: Instrument) -> dict[str, tuple[str, ...]]:
    """Module to the scales of its indices that are asked together, two or more; the overall question is none of them."""
    overall = instrument.meanings.get("overall")
    asked = [one for one in scales(instrument, instrument.trees) if overall is None or one.id != overall.question]
    return {module: items for module, items in by_module(asked).items() if len(items) > 1}


def scales(instrument: Instrument, trees: Sequence[IndexTree]) -> list[Question]:
    """Questions of levels that a tree of the headline's population counts for everybody, in the order of the instrument."""
    population = instrument.trees[0].population
    values = [leaf.value for tree in trees if tree.population == population for leaf in tree.leaves.values() if leaf.where is None]
    named = {id for value in values if (id := _question(value)) is not None}
    return [one for one in instrument.questions if one.id in named and one.kind == "scale"]


def codes_of(question: Question) -> tuple[int, ...]:
    """Its levels as listed, from the worst to the best."""
    return tuple(option.code for option in question.options if option.code not in question.no_basis)


def importances(sums: AnswerSums, about: PairSums, domains: Sequence[Domain], seed: int) -> Iterator[Importance]:
    """Of blocks and the city, or the named reason why not; of a unit where every pair has UNIT_LEAST answers.

    Answers count where they were received, whoever they judge: importance is about people, who judge both.
    """
    whole = about.by_stratum(len(sums.strata))
    asked = [(domain, part) for domain in domains if _is_studied(domain, part := _part(whole, sums.strata, domain.members))]
    wanted = [(_inside(sums.strata, one.members), UNIT_DRAWS if one.kind == "unit" else GROUP_DRAWS) for one, _ in asked]
    for (domain, part), drawn in zip(asked, drawn_sums(about, sums.strata, wanted, seed), strict=True):
        n = int(part.together.min())
        try:
            found = drivers_from(part, drawn)
        except Refused as refused:
            yield Importance(domain.id, part.items[0], part.items[1:], (), (), (), None, n, _refusal(refused))
            continue
        low, high = _ends(found.low), _ends(found.high)
        share, explained = tuple(map(significant, found.share)), significant(found.r_squared)
        yield Importance(domain.id, found.target, found.items, share, low, high, explained, n)


def agreements(sums: AnswerSums, about: Mapping[str, PairSums], domains: Sequence[Domain]) -> Iterator[Agreement]:
    """Alpha and omega module by module; of units as for importance."""
    wholes = {module: one.by_stratum(len(sums.strata)) for module, one in about.items()}
    parts = ((domain, module, _part(whole, sums.strata, domain.members)) for domain in domains for module, whole in wholes.items())
    studied = [(domain, module, part) for domain, module, part in parts if _is_studied(domain, part)]
    found = {module: iter(consistencies([part for _, of, part in studied if of == module])) for module in wholes}
    for domain, module, part in studied:
        n, one = int(part.together.min()), next(found[module])
        if isinstance(one, Refused):
            yield Agreement(domain.id, module, part.items, None, None, n, _refusal(one))
            continue
        omega = None if one.omega is None else significant(one.omega, ITERATED)
        yield Agreement(domain.id, module, one.items, significant(one.alpha), omega, n)


def _part(sums: PairSums, strata: Sequence[str], members: Mapping[str, float]) -> PairSums:
    """PSUs of the units of a domain: they belong to it whole. sums: by stratum."""
    return sums.part(_inside(strata, members))


def _inside(strata: Sequence[str], members: Mapping[str, float]) -> Bools:
    return np.array([label in members for label in strata], np.bool_)


def _is_studied(domain: Domain, part: PairSums) -> bool:
    return domain.kind != "unit" or int(part.together.min()) >= UNIT_LEAST


def _ends(values: Floats) -> tuple[float | None, ...]:
    return tuple(None if np.isnan(value) else significant(value) for value in values)


def _refusal(refused: Refused) -> NotStudied:
    first = refused.faults[0]
    alike = [fault for fault in refused.faults if fault.code == first.code]
    items = dict.fromkeys(item for fault in alike for item in _named(fault.values))
    return NotStudied(first.code, tuple(items))


def _named(values: Mapping[str, str]) -> list[str]:
    return [item for name in ("first", "second", "item", "items") if name in values for item in values[name].split(", ")]


def _question(value: LeafValue) -> str | None:
    return value.question if isinstance(value, Proportion | Mean) else None

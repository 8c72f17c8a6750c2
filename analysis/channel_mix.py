"""How the people behind an index answered, channel by channel: of every body in the roles in which it is judged, basis by basis.

A change between two waves is not counted where these shares moved (comparison/changed.py).
"""

from collections.abc import Mapping, Sequence

import numpy as np

from analysis.bases import MIXED
from analysis.credit import Credit
from analysis.every_basis import OnBasis
from questionnaires.instrument import Instrument


def came_by(instrument: Instrument, bases: Mapping[str, Sequence[OnBasis]]) -> dict[str, dict[str, dict[str, int]]]:
    """`population|basis` to domain to channel to the people behind the first index of that population, rounded down.

    Somebody whom a body both received and decided for counts once, as in n of a figure. Populations that no index is about: none.
    """
    roots = {tree.population: tree.root for tree in reversed(instrument.trees)}
    found: dict[str, dict[str, dict[str, int]]] = {}
    for name, made in bases.items():
        for one in (one for one in made if one.basis in MIXED and name in roots):
            found[f"{name}|{one.basis}"] = _of_domains(one, roots[name])
    return found


def _of_domains(one: OnBasis, root: str) -> dict[str, dict[str, int]]:
    ids = [domain.id for domain in one.population.domains]
    found: dict[str, dict[str, int]] = {}
    for channel, sums in one.by_channel.items():
        if root in sums.measures:
            people = Credit.of(sums).respondents(sums.by_place)[:, sums.measures.index(root)]
            for row in np.flatnonzero(people >= 1).tolist():
                found.setdefault(ids[row], {})[channel] = int(people[row] + 1e-9)
    return found

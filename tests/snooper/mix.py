"""The value of a unit at the mix of its block, as a combination of answers: with other weights it speaks of people who are behind the
unit's index and the block's. Methodology §2, D_u = H_u − E_u; which thin cells stand together follows from counts, by the same program.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.bases import CHANNELS
from analysis.comparison.mix_cells import UNKNOWN_SECTOR, Answered, mix_cells
from analysis.domains import Domain
from analysis.survey_data import Floats, Ints, sectors_of
from questionnaires.trees import IndexTree, leaves_below
from tests.snooper.knowledge import Coefficients, Combination

Cell = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class _Asked:
    """One line an answer and role in which the node's questions judge somebody of the block: the place among the answers, who is judged,
    what one answer to one question weighs times the questions that were answered; `cell`: sector × mode, as one rate is taken."""

    at: Ints
    body: Sequence[str]
    role: Sequence[str]
    weight: Floats
    size: Floats
    cell: Ints


def same_mix(own: Coefficients, unit: Domain, block: Domain, tree: IndexTree, node: str) -> Combination | None:
    """H_block + H_u − Σ_c X_uc/X_u · h_c, h_c = Σ w y/Σ w x of the block in the cell c; None of a unit of which nobody speaks."""
    questions = [tree.leaves[leaf].value.question for leaf in leaves_below(tree, node)]
    asked = _asked(own, block, [(one, own.instrument.question(one).rates or "reception") for one in questions])
    inside = np.array([body in unit.members for body in asked.body], np.bool_)
    if not inside.any():
        return None
    x, cells = asked.weight * asked.size, int(asked.cell.max()) + 1
    of_unit, of_block = (np.bincount(asked.cell, x * part, cells) for part in (inside, np.ones(len(x))))
    rate = np.divide(of_unit, of_block, out=np.zeros(cells), where=of_block > 0) / of_unit.sum()
    amount = asked.weight * (1 / of_block.sum() + inside / of_unit.sum() - rate[asked.cell])
    whole = own.node(block, tree, node)
    assert whole is not None
    several = len(questions) > 1
    keys = tuple(own.inside[at].position * 2 + (several and role == "decider") for at, role in zip(asked.at, asked.role, strict=True))
    return Combination(whole.family, keys, amount, whole.people)


def _asked(own: Coefficients, block: Domain, questions: Sequence[tuple[str, str]]) -> _Asked:
    """Of everybody whose answers to these questions (with the role in which each judges) are credited to the block."""
    sectors = [*map(str, sectors_of(own.instrument)), UNKNOWN_SECTOR]
    modes = [channel for channel in CHANNELS if any(one.channel == channel for one in own.inside)]
    rows: list[tuple[int, str, str, float, float, int, int]] = []
    judged: dict[Cell, Counter[tuple[str, ...]]] = {}
    for at, one in enumerate(own.inside):
        sector = sectors.index(str(one.sector)) if str(one.sector) in sectors else len(sectors) - 1
        mode, sizes = modes.index(one.channel), Counter(role for question, role in questions if question in one.valid)
        bodies = {"reception": one.reception, "decider": one.decider}
        sides = {role: body for role, body in bodies.items() if sizes[role] and body in block.members}
        rows += [(at, body, role, float(own.weight[at]), float(sizes[role]), sector, mode) for role, body in sides.items()]
        if sides:
            judged.setdefault((0, sector, mode), Counter())[one.reception, one.decider, one.point, *sides] += 1
    n, units = np.zeros((1, len(sectors), len(modes))), {cell: _judged(counts, block) for cell, counts in judged.items()}
    for cell, counts in judged.items():
        n[cell] = counts.total()
    cells, _ = mix_cells(Answered(n, units), [block.id], sectors, modes)
    columns = list(zip(*rows, strict=True))
    return _Asked(
        np.array(columns[0], np.int64), columns[1], columns[2], np.array(columns[3]), np.array(columns[4]),
        cells[0][np.array(columns[5], np.int64), np.array(columns[6], np.int64)],
    )  # fmt: skip


def _judged(counts: Counter[tuple[str, ...]], block: Domain) -> Counter[str]:
    """How many speak of each unit. Where both bodies are of the block all count with the receiving one, if anybody there judges it."""
    found: Counter[str] = Counter()
    for (reception, decider, point, *roles), count in counts.items():
        heard = any(one[:3] == (reception, decider, point) and one[3] == "reception" for one in counts)
        both = reception in block.members and decider in block.members
        found[reception if (heard if both else "reception" in roles) else decider] += count
    return found

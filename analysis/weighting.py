"""Post-stratification: files handled by each body turned into one factor a calibration cell; the collapse rule.

Methodology §3. Raking and bounded calibration are not here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

import numpy as np

from analysis.cells import CellCounts, CellName, Factors, Merge
from analysis.diagnostics import Diagnostics, diagnose
from analysis.survey_data import Floats
from questionnaires.model import Fault, Refused


@dataclass(frozen=True, slots=True)
class FrameRow:
    """Returned files with mode = counter of one reception unit, decider and sector (None: only a total is known)."""

    reception: str
    decider: str
    sector: int | None
    point: str | None
    files: int


@dataclass(frozen=True, slots=True)
class Frame:
    """The files of a wave. `other_modes`: reception unit to files returned online or by post (never in N)."""

    rows: tuple[FrameRow, ...]
    other_modes: Mapping[str, int]
    digest: str


@dataclass(frozen=True, slots=True)
class Rules:
    """When a cell is too thin to be weighted alone (methodology §3.3): settings of a wave, fixed before it opens."""

    cell_answers: int = 5
    factor_above_median: float = 4.0
    unit_answers: int = 20


DEFAULT = Rules()


@dataclass(slots=True)
class _Cell:
    """One calibration cell while cells of a unit are being merged. `rows`: rows of the counts; `order`: its sector's."""

    decider: str | None
    order: float
    names: list[str]
    rows: list[int]
    n: int
    design_weight: float
    files: float
    why: set[str] = field(default_factory=set)

    @property
    def factor(self) -> float:
        return self.files / self.design_weight if self.design_weight else np.inf


def weigh(counts: CellCounts, frame: Frame | None, rules: Rules = DEFAULT) -> Factors:
    """g_c = N_c / Σ d over the answers of the calibration cell c (methodology §3.2).

    counts: one row a cell with answers; frame: None gives g = 1 everywhere and nothing is calibrated.
    Cells merge by §3.3, unknown sectors share by §3.4, a unit with totals only is one cell. n > N is kept and reported.
    Refused: units that have answers and no files in the frame, each by name.
    Source: Särndal, Swensson, Wretman 1992; oracle: R survey::postStratify.
    """
    names = counts.names()
    if frame is None:
        g = np.ones(len(names))
        cells = {name: row for row, name in enumerate(names)}
        return Factors(cells, g, np.arange(len(names)), "none", (), (), _diagnosed(counts, g, None))
    files = _files(frame)
    _refuse_missing(names, counts, files)
    order = {label: float(place) for place, label in enumerate(counts.keys["sector"].labels)}
    g, group = np.ones(len(names)), np.zeros(len(names), np.int64)
    merges: list[Merge] = []
    crowded: dict[str, None] = {}
    made = 0
    of_unit: dict[str, list[int]] = {}
    for row, name in enumerate(names):
        of_unit.setdefault(name[0], []).append(row)
    for unit, rows in of_unit.items():
        for cell in _cells_of_unit(rows, names, counts, files[unit], order, rules):
            g[cell.rows], group[cell.rows] = cell.factor, made
            made += 1
            if cell.why:
                merges.append(Merge(unit, tuple(cell.names), cell.n, round(cell.files), "+".join(sorted(cell.why))))
            if cell.n > cell.files:
                crowded[unit] = None
    totals = any(row.sector is None for row in frame.rows)
    covered = sum(row.files for row in frame.rows)
    cells = {name: row for row, name in enumerate(names)}
    return Factors(
        cells, g, group, "totals" if totals else "sectors", tuple(merges), tuple(crowded), _diagnosed(counts, g, covered)
    )


def _files(frame: Frame) -> dict[str, dict[tuple[str, str | None], int]]:
    """Reception unit → (decider, sector) → N; rows of several reception points add up."""
    files: dict[str, dict[tuple[str, str | None], int]] = {}
    for row in frame.rows:
        of_unit = files.setdefault(row.reception, {})
        key = (row.decider, None if row.sector is None else str(row.sector))
        of_unit[key] = of_unit.get(key, 0) + row.files
    return files


def _refuse_missing(
    names: Sequence[CellName], counts: CellCounts, files: Mapping[str, Mapping[tuple[str, str | None], int]]
) -> None:
    answers: dict[str, int] = {}
    for name, n in zip(names, counts.n, strict=True):
        answers[name[0]] = answers.get(name[0], 0) + int(n)
    faults = [
        Fault(
            "unit_not_in_frame",
            f"unit {unit}",
            "The frame has no files for {unit}, but {n} answers were received there. Import its files, then make the release again.",
            {"unit": unit, "n": str(n)},
        )
        for unit, n in answers.items()
        if not sum(files.get(unit, {}).values())
    ]
    if faults:
        raise Refused(*faults)


def _cells_of_unit(
    rows: Sequence[int],
    names: Sequence[CellName],
    counts: CellCounts,
    files: Mapping[tuple[str, str | None], int],
    order: Mapping[str, float],
    rules: Rules,
) -> list[_Cell]:
    """The calibration cells of one reception unit: known cells, then the one of unknown sector, merged until none is thin."""
    cells: dict[tuple[str | None, str | None], _Cell] = {}
    for (decider, sector), handled in files.items():
        if handled:
            cells[decider, sector] = _Cell(decider, order.get(sector or "", len(order)), [_name(decider, sector)], [], 0, 0.0, handled)
    unknown = _Cell(None, np.inf, [], [], 0, 0.0, 0.0)
    for row in rows:
        _, decided_by, asked_for = names[row]
        cell = cells.get((decided_by, asked_for), unknown) if asked_for is not None else unknown
        if cell is unknown:
            unknown.names.append(_name(decided_by, asked_for))
            if asked_for is not None:
                unknown.why.add("sector_not_in_frame")
        cell.rows.append(row)
        cell.n += int(counts.n[row])
        cell.design_weight += float(counts.design_weight[row])
    total = float(sum(files.values()))
    known = sorted(cells.values(), key=lambda cell: (cell.order, cell.decider or ""))
    everything = [*known, unknown] if unknown.rows else known
    if any(sector is None for _, sector in files):
        return [_one_cell(everything, total, "totals_only")]
    if sum(cell.n for cell in everything) < rules.unit_answers:
        return [_one_cell(everything, total, "few_answers_in_unit")]
    share = unknown.design_weight / sum(cell.design_weight for cell in everything)
    unknown.files = share * total
    for cell in known:
        cell.files *= 1 - share
    return _merged([cell for cell in everything if cell.files or cell.n], rules)


def _name(decider: str | None, sector: str | None) -> str:
    return f"{decider or '?'}|{sector or '?'}"


def _one_cell(cells: Sequence[_Cell], files: float, why: str) -> _Cell:
    one = _Cell(None, 0.0, [], [], 0, 0.0, 0.0)
    for cell in cells:
        _absorb(one, cell)
    one.files = files
    if len(one.names) > 1:
        one.why.add(why)
    return one


def _merged(cells: list[_Cell], rules: Rules) -> list[_Cell]:
    """The collapse rule: the first thin cell, in the order of the sector file, joins its next one; then look again."""
    while len(cells) > 1:
        middle = median([cell.factor for cell in cells if cell.n])
        thin = next((cell for cell in cells if _why_thin(cell, middle, rules)), None)
        if thin is None:
            break
        thin.why.add(_why_thin(thin, middle, rules))
        partner = _partner(thin, cells)
        cells.remove(partner)
        _absorb(thin, partner)
        cells.sort(key=lambda cell: (cell.order, cell.decider or ""))
    return cells


def _why_thin(cell: _Cell, middle: float, rules: Rules) -> str:
    if cell.n < rules.cell_answers:
        return "few_answers"
    return "high_factor" if cell.factor > rules.factor_above_median * middle else ""


def _partner(thin: _Cell, cells: Sequence[_Cell]) -> _Cell:
    """Cells of the same decider first, then of other deciders, the unknown one last; the next in order, else the last one."""
    others = [cell for cell in cells if cell is not thin and cell.order != np.inf] or [cell for cell in cells if cell is not thin]
    pool = [cell for cell in others if cell.decider == thin.decider and thin.decider is not None] or others
    return next((cell for cell in pool if cell.order >= thin.order), pool[-1])


def _absorb(cell: _Cell, other: _Cell) -> None:
    """A merged cell stands where its later sector stood; of two deciders it is nobody's own."""
    cell.decider = other.decider if not cell.names or cell.decider == other.decider else None
    cell.order = max((order for order in (cell.order, other.order) if order != np.inf), default=np.inf)
    cell.names += other.names
    cell.rows += other.rows
    cell.n += other.n
    cell.design_weight += other.design_weight
    cell.files += other.files
    cell.why |= other.why


def _diagnosed(counts: CellCounts, g: Floats, files: int | None) -> Diagnostics:
    return diagnose(g, counts.n, counts.design_weight, counts.design_weight_squared, files)

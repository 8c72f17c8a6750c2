"""The rows of a file of weights, in the order of the data: row number, kept columns, design weight, factor, weight."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from analysis.any_table.request import DesignColumns
from analysis.any_table.result import Weighted
from analysis.any_table.table import Labels, Table
from analysis.arrays import Floats
from analysis.command_line.arguments import WEIGHT_COLUMNS

BLOCK = 1 << 16
"""Rows made into text at once."""


def header(kept: Sequence[str]) -> list[str]:
    return ["row", *kept, *WEIGHT_COLUMNS]


def rows(table: Table, design: DesignColumns, weighted: Weighted, kept: Mapping[str, Labels]) -> Iterator[tuple[str, ...]]:
    """Row numbers as in every message: as the person's program shows them. Weights in full precision."""
    texts = [np.array([*found.labels, ""], object) for found in kept.values()]
    for begin in range(0, table.rows, BLOCK):
        part = slice(begin, begin + BLOCK)
        numbers = map(str, range(begin + table.first_row, min(begin + BLOCK, table.rows) + table.first_row))
        columns = [text[found.codes[part]].tolist() for text, found in zip(texts, kept.values(), strict=True)]
        weight, factor = weighted.weight[part], weighted.factor[part]
        own = _design_weight(table, design, weight, factor, part)
        yield from zip(numbers, *columns, _written(own), _written(factor), _written(weight), strict=True)


def _design_weight(table: Table, design: DesignColumns, weight: Floats, factor: Floats, part: slice) -> Floats:
    """As it stands in the data; without a column for it, what the factor was applied to."""
    if design.weight is None:
        return weight / factor
    known = table.numbers[design.weight]
    return known.levels[known.codes[part]]


def _written(values: Floats) -> list[str]:
    """The shortest text that reads back as the same number; equal numbers are written once."""
    levels, own = np.unique(values, return_inverse=True)
    found: list[str] = np.array([repr(level) for level in levels.tolist()], object)[own].tolist()
    return found

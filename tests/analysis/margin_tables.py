"""Margin tables for tests: from labels a person can read, and random ones whose margins some weights are known to meet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from hypothesis import strategies as st

from analysis.margins import MarginTable
from analysis.survey_data import Floats


def table(cells: Sequence[Sequence[str]], **populations: Mapping[str, float]) -> MarginTable:
    """cells: the label of each margin; populations: margin = {label: N}, in the order of the labels of a cell."""
    labels = [tuple(dict.fromkeys([*known, *(cell[m] for cell in cells)])) for m, known in enumerate(populations.values())]
    codes = np.array([[labels[m].index(label) for m, label in enumerate(cell)] for cell in cells], np.int64)
    known = [np.array([counts.get(label, 0.0) for label in labels[m]]) for m, counts in enumerate(populations.values())]
    return MarginTable(tuple(populations), tuple(labels), codes.reshape(len(cells), len(labels)), tuple(known))


@dataclass(frozen=True)
class Known:
    """A table and factors, of mean 1 and within 0.4 … 2.5, that meet its margins."""

    d: Floats
    margins: MarginTable
    h: Floats


def random_table(seed: int, sizes: Sequence[int], cells: int, weights: tuple[float, ...] = (0.01, 1.0, 2.0, 3.5, 500.0)) -> Known:
    rng = np.random.default_rng(seed)
    codes = np.column_stack([rng.integers(0, size, cells) for size in sizes])
    codes = np.unique(np.column_stack([np.unique(codes[:, m], return_inverse=True)[1] for m in range(len(sizes))]), axis=0)
    d = rng.choice(weights, len(codes))
    h = np.exp(rng.uniform(-0.4, 0.4, len(codes)))
    h /= float(d @ h) / float(d.sum())
    population = tuple(np.bincount(codes[:, m], d * h) for m in range(len(sizes)))
    labels = tuple(tuple(f"{m}.{k}" for k in range(len(known))) for m, known in enumerate(population))
    return Known(d, MarginTable(tuple(f"margin{m}" for m in range(len(sizes))), labels, codes, population), h)


def known_tables() -> st.SearchStrategy[Known]:
    sizes = st.lists(st.integers(1, 5), min_size=1, max_size=4)
    return st.builds(random_table, st.integers(0, 10**6), sizes, st.integers(1, 60))

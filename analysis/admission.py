"""Which of the coded answers of a wave a release lets in: batches, what is offered, what lies within the cuts.

The rule itself (when a cut moves) is disclosure.admit.
"""

from collections.abc import Mapping

import numpy as np

from analysis.arrays import Ints
from analysis.disclosure import batch
from analysis.survey_data import UNKNOWN, Coded, Column, population_codes, populations
from questionnaires.instrument import Instrument

NO_END: Mapping[str, int] = {}
NEVER = np.iinfo(np.int64).max


def batches(instrument: Instrument, answers: Coded) -> Column:
    """The batch that every answer enters with; −1 where it belongs to no population. answers: by position."""
    unit, found = answers.texts["reception"], population_codes(instrument, answers)
    known = populations(instrument)
    names = tuple(batch(label, population) for label in unit.labels for population in known)
    return Column(np.where(found == UNKNOWN, UNKNOWN, unit.codes * len(known) + found), names)


def offered(answers: Coded, batch_of: Column, ends: Mapping[str, int] = NO_END) -> dict[str, Ints]:
    """Batch to the positions of its answers, rising. ends: reception unit to the position of its first answer that comes too late.

    A prefix in commit order, so that one position per batch says which answers are in.
    """
    unit = answers.texts["reception"]
    end = np.array([*(ends.get(label, NEVER) for label in unit.labels), NEVER], np.int64)
    rows = np.flatnonzero((batch_of.codes != UNKNOWN) & (answers.position < end[unit.codes]))
    rows = rows[np.argsort(batch_of.codes[rows].astype(np.min_scalar_type(len(batch_of.labels))), kind="stable")]
    found, start = np.unique(batch_of.codes[rows], return_index=True)
    stops = [*start[1:], len(rows)]
    return {batch_of.labels[code]: answers.position[rows[a:b]] for code, a, b in zip(found, start, stops, strict=False)}


def admitted(answers: Coded, batch_of: Column, cuts: Mapping[str, int]) -> Coded:
    """The answers within their batch's cut."""
    cut = np.array([*(cuts.get(label, 0) for label in batch_of.labels), -1], np.int64)
    inside = answers.position <= cut[batch_of.codes]
    return answers if inside.all() else answers.only(inside)

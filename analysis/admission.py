"""Which of the coded answers of a wave a release lets in: batches, what is offered, what lies within the cuts.

The rule itself (when a cut moves) is disclosure.admit.
"""

from collections.abc import Mapping
from datetime import date

import numpy as np

from analysis.disclosure import batch
from analysis.survey_data import UNKNOWN, Coded, Column, Ints, population_codes, populations
from questionnaires.instrument import Instrument


def batches(instrument: Instrument, answers: Coded) -> Column:
    """The batch that every answer enters with; −1 where it belongs to no population. answers: by position."""
    unit, found = answers.texts["reception"], population_codes(instrument, answers)
    known = populations(instrument)
    names = tuple(batch(label, population) for label in unit.labels for population in known)
    return Column(np.where(found == UNKNOWN, UNKNOWN, unit.codes * len(known) + found), names)


def offered(answers: Coded, batch_of: Column, until: date | None) -> dict[str, list[int]]:
    """Batch to the positions of its answers, ending before the unit's first answer of a later service day.

    A prefix in commit order, so that one position per batch says which answers are in.
    """
    inside = batch_of.codes != UNKNOWN
    if until is not None:
        inside &= np.arange(len(inside)) < _ends(answers, until)[answers.texts["reception"].codes]
    rows = np.flatnonzero(inside)
    rows = rows[np.argsort(batch_of.codes[rows], kind="stable")]
    found, start = np.unique(batch_of.codes[rows], return_index=True)
    ends = [*start[1:], len(rows)]
    return {batch_of.labels[code]: answers.position[rows[a:b]].tolist() for code, a, b in zip(found, start, ends, strict=False)}


def admitted(answers: Coded, batch_of: Column, cuts: Mapping[str, int]) -> Coded:
    """The answers within their batch's cut."""
    cut = np.array([*(cuts.get(label, 0) for label in batch_of.labels), -1], np.int64)
    return answers.only(answers.position <= cut[batch_of.codes])


def _ends(answers: Coded, until: date) -> Ints:
    """Of every reception unit the row of its first answer of a later day."""
    unit, day = answers.texts["reception"], answers.texts["day"]
    later = np.array([label > until.isoformat() for label in day.labels], np.bool_)[day.codes]
    found = np.full(len(unit.labels), len(later), np.int64)
    np.minimum.at(found, unit.codes[later], np.flatnonzero(later))
    return found

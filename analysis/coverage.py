"""What the frame says beside the weights: who handled files, whom the answers do not cover, what a release must say of it."""

import hashlib
import json
from collections.abc import Mapping, Sequence

import numpy as np

from analysis.bases import Basis
from analysis.cells import Factors, distinct
from analysis.domains import Domain
from analysis.figures import Studies
from analysis.survey_data import Column
from analysis.weighting import Frame

OTHER_MODES_MATTER = 0.10


def handling_units(frame: Frame | None) -> frozenset[str] | None:
    """Units that received or decided a file of the frame; None without a frame, when nobody knows."""
    if frame is None:
        return None
    return frozenset(unit for row in frame.rows if row.files for unit in (row.reception, row.decider))


def channels(reception: Column, channel: Column) -> dict[str, dict[str, int]]:
    """Reception unit to channel to number of answers, both in alphabetical order."""
    (unit, by), which = distinct([reception, channel])
    counts = np.bincount(which, minlength=len(unit.codes)).tolist()
    found: dict[str, dict[str, int]] = {}
    for a, b, count in zip(unit.codes.tolist(), by.codes.tolist(), counts, strict=True):
        found.setdefault(reception.labels[a], {})[channel.labels[b]] = count
    return found


def studies(
    weighted: Mapping[str, Factors],
    frame: Frame | None,
    domains: Sequence[Domain],
    came_by: Mapping[str, Mapping[str, int]],
    parts: Mapping[str, Mapping[Basis, int]],
) -> Studies:
    """Merged cells by name, units with more answers than files, whom the figures do not speak of, and how answers came in.

    weighted: `population|basis` to its factors; only those of all answers are described.
    """
    factors = tuple(part for name, part in weighted.items() if name.endswith("|all"))
    return Studies(
        merges=tuple(merge for part in factors for merge in part.merges),
        more_answers_than_files=tuple(sorted({unit for part in factors for unit in part.more_answers_than_files})),
        no_frame=frame is None,
        totals_only=any(part.mode == "totals" for part in factors),
        counter_only=_counter_only(frame, domains),
        uncovered_files_share=_uncovered(factors, frame),
        other_modes_share=_other_modes(frame),
        diagnostics=factors[0].diagnostics if factors else None,
        channels=came_by,
        bases=parts,
    )


def factors_digest(weighted: Mapping[str, Factors]) -> str:
    """Of every cell and its factor g to 12 significant digits."""
    lines = [
        [population, *(label or "" for label in cell), f"{factors.g[row]:.12g}"]
        for population, factors in weighted.items()
        for cell, row in factors.cells.items()
    ]
    return hashlib.sha256(json.dumps(sorted(lines)).encode()).hexdigest()


def _counter_only(frame: Frame | None, domains: Sequence[Domain]) -> tuple[str, ...]:
    """Domains where files handed in online or by post are 10 % or more: nobody asked those applicants (methodology §1.3)."""
    if frame is None:
        return ()
    counter: dict[str, int] = {}
    for row in frame.rows:
        counter[row.reception] = counter.get(row.reception, 0) + row.files
    found = []
    for domain in domains:
        other = sum(share * frame.other_modes.get(unit, 0) for unit, share in domain.members.items())
        here = sum(share * counter.get(unit, 0) for unit, share in domain.members.items())
        if other > 0 and other >= OTHER_MODES_MATTER * (other + here):
            found.append(domain.id)
    return tuple(found)


def _other_modes(frame: Frame | None) -> float | None:
    if frame is None:
        return None
    other, counter = sum(frame.other_modes.values()), sum(row.files for row in frame.rows)
    return other / (other + counter) if other + counter else None


def _uncovered(factors: Sequence[Factors], frame: Frame | None) -> float | None:
    """Share of the files of units from which no answer came; None without a frame."""
    if frame is None or not sum(row.files for row in frame.rows):
        return None
    covered = {cell[0] for part in factors for cell in part.cells}
    return sum(row.files for row in frame.rows if row.reception not in covered) / sum(row.files for row in frame.rows)

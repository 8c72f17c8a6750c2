"""Which answers count in a part of a release (unflagged, verified): a unit's answers come into a part and leave it by tens.

What may be shown of a part beside all answers is in disclosure.py and screening.py.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from analysis.bases import VERIFIED
from analysis.disclosure import BATCH
from analysis.survey_data import Bools, Coded, Column, Ints


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Positions of admitted answers: those that did not count as unflagged, and verified ones that did not count as verified."""

    unflagged: frozenset[int] = frozenset()
    verified: frozenset[int] = frozenset()


NOTHING = LeftOut()


def counted(answers: Coded, batch_of: Column, cuts: Mapping[str, int] | None, left: LeftOut) -> tuple[Coded, LeftOut]:
    """The admitted answers, with which of them count in the parts; and what that leaves out.

    batch_of: of each answer, the batch it enters with; cuts, left: of the release before, None where there is none: then answers
    count by the flags they have and the channel they came by.
    """
    position, batch, channel = answers.position, batch_of.codes, answers.texts["channel"]
    issued = np.isin(channel.codes, [code for code, label in enumerate(channel.labels) if label in VERIFIED])
    unflagged, verified = ~answers.flagged, issued
    if cuts is not None:
        inside = position <= np.array([cuts.get(name, 0) for name in batch_of.labels], np.int64)[batch]
        unflagged = settled(batch, unflagged, inside, inside & ~_among(position, left.unflagged))
        verified = settled(batch, issued, inside, inside & issued & ~_among(position, left.verified))
    kept = LeftOut(frozenset(position[~unflagged].tolist()), frozenset(position[issued & ~verified].tolist()))
    return replace(answers, parts={"unflagged": unflagged, "verified": verified}), kept


def _among(position: Ints, some: frozenset[int]) -> Bools:
    found: Bools = np.isin(position, np.fromiter(some, np.int64, len(some)))
    return found


def settled(batch: Ints, belongs: Bools, inside: Bools, was: Bools) -> Bools:
    """Which admitted answers count in a part (methodology §13.3, removals): as they did, unless ten or more of the batch changed.

    batch: of every answer, 0, 1 …; belongs: to the part as things stand; inside: was in the release before; was: counted in the
    part there. A batch moves where the answers that come into the part or leave it, and those that come into the rest or
    leave it, are none or ten and more each: what two releases differ by is then never fewer than ten people, neither of the
    part nor of all less the part. Else its answers count as before, new ones as not in the part. By hand in tests/analysis/test_parts.py.
    """
    size = int(batch.max(initial=-1)) + 1
    of_part = np.bincount(batch[belongs != was], minlength=size)
    of_rest = np.bincount(batch[~belongs != (inside & ~was)], minlength=size)
    few = ((of_part > 0) & (of_part < BATCH)) | ((of_rest > 0) & (of_rest < BATCH))
    found: Bools = np.where(few[batch], was, belongs)
    return found

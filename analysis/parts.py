"""Which answers count in a part of a release (unflagged, verified, posted): a unit's answers come into a part and leave it by tens.

What may be shown of a part beside all answers is in disclosure.py and screening.py.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from analysis.bases import OPEN, VERIFIED
from analysis.disclosure import BATCH
from analysis.survey_data import Bools, Coded, Column, Ints


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Positions of admitted answers: those that did not count as unflagged, verified ones that did not count as verified, and those by
    the posted code that did not count as such."""

    unflagged: frozenset[int] = frozenset()
    verified: frozenset[int] = frozenset()
    posted: frozenset[int] = frozenset()


NOTHING = LeftOut()


def counted(answers: Coded, batch_of: Column, cuts: Mapping[str, int] | None, left: LeftOut) -> tuple[Coded, LeftOut]:
    """The admitted answers, with which of them count in the parts and which came in since; and what the parts leave out.

    batch_of: of each answer, the batch it enters with; cuts, left: of the release before, None where there is none: then answers
    count by the flags they have and the channel they came by.
    """
    position, batch, channel = answers.position, batch_of.codes, answers.texts["channel"]
    issued, open_ = (
        np.isin(channel.codes, [code for code, label in enumerate(channel.labels) if label in names]) for names in (VERIFIED, OPEN)
    )
    unflagged, verified, posted, came = ~answers.flagged, issued, open_, None
    if cuts is not None:
        inside = position <= np.array([cuts.get(name, 0) for name in batch_of.labels], np.int64)[batch]
        unflagged = settled(batch, unflagged, inside, inside & ~_among(position, left.unflagged))
        was_verified, was_posted = inside & issued & ~_among(position, left.verified), inside & open_ & ~_among(position, left.posted)
        verified = settled(batch, issued, inside, was_verified)
        posted, came = settled_beside(batch, open_, inside, was_posted, verified, was_verified), ~inside
    left_out = (position[one].tolist() for one in (~unflagged, issued & ~verified, open_ & ~posted))
    parts = {"unflagged": unflagged, "verified": verified, "open": posted}
    return replace(answers, parts=parts, came=came), LeftOut(*map(frozenset, left_out))


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
    few = _few(batch, belongs != was) | _few(batch, ~belongs != (inside & ~was))
    found: Bools = np.where(few[batch], was, belongs)
    return found


def settled_beside(batch: Ints, belongs: Bools, inside: Bools, was: Bools, other: Bools, was_other: Bools) -> Bools:
    """The same of a second part without a common answer. A batch moves only where those that are in neither part move by none or by
    ten, too: told both parts and all, nobody is left over that fewer than ten stand for. Where it stays, all that is new lies outside it,
    and moved by ten beside the other part already.

    other, was_other: what counts in the other part, now and in the release before.
    """
    found = settled(batch, belongs, inside, was)
    few = _few(batch, ~(found | other) != (inside & ~(was | was_other)))
    kept: Bools = np.where(few[batch], was, found)
    return kept


def _few(batch: Ints, moved: Bools) -> Bools:
    """Batches of which one to nine moved."""
    count = np.bincount(batch[moved], minlength=int(batch.max(initial=-1)) + 1)
    found: Bools = (count > 0) & (count < BATCH)
    return found

"""What may be shown: the batch rule, floors, figures held over. A figure that is hidden leaves here without a number.

Methodology §13. Totals that would give away a hidden unit: complementary.py.
"""

import math
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from analysis.arrays import Ints
from analysis.estimation import Estimate
from analysis.figures import Figure, Reason, rewritten, without_numbers

FLOOR, COMPARABLE, WHOLE_PERCENT = 10, 30, 100
BATCH = 10
TENTHS, SLACK = 10, 1e-9


@dataclass(frozen=True, slots=True)
class Candidate:
    """A figure with all its numbers, before anyone may see it. `n`, `floor`: respondents it has and needs; `rest`: of a basis
    that is a part, respondents of all answers who are not in it; `wants`: what it lacks; `narrow`: an area that would only
    repeat what is said of one or two units."""

    figure: Figure
    n: float
    floor: int
    surveyed: bool
    narrow: bool
    wants: str
    rest: float = 0.0


def batch(unit: str, population: str) -> str:
    """The name under which a unit's answers of one population enter together: each population is a data set of its own."""
    return f"{unit}|{population}"


def unit_of(name: str) -> str:
    """The reception unit of a batch."""
    return name.partition("|")[0]


def admit(new_by_batch: Mapping[str, Sequence[int] | Ints], previous_cuts: Mapping[str, int]) -> dict[str, int]:
    """Batch of a reception unit to the position up to which its answers are in (methodology §13.3, the batch rule).

    new_by_batch: positions of the answers, rising; those before the previous cut do no harm. A cut moves only when 10 or more
    answers lie beyond it, and then to the last of them: at every level, area and city too.
    """
    cuts = dict(previous_cuts)
    for name, positions in new_by_batch.items():
        if len(positions) - bisect_right(positions, cuts.get(name, 0)) >= BATCH:
            cuts[name] = int(positions[-1])
    return cuts


def past_floors(candidate: Candidate) -> Figure:
    """The floors: not surveyed, too few, part missing, too narrow an area, a part whose complement is too small (methodology
    §13.2: all less the part would tell it); n < 30 is for reference only.

    n counts people, not answers. For reference only is judged by `estimate.n`: of a mean or sum the n of its thinnest leaf.
    """
    figure = candidate.figure
    if not candidate.surveyed:
        return hidden(figure, "not_surveyed")
    if candidate.n + 1e-9 < candidate.floor:
        return hidden(figure, "too_few")
    if figure.estimate is None:
        return hidden(figure, "part_missing", candidate.wants)
    if candidate.narrow or 1e-9 < candidate.rest < FLOOR - 1e-9:
        return hidden(figure, "complementary")
    return rewritten(figure, mark="reference_only") if figure.estimate.n < COMPARABLE else figure


def by_tenths(low: float | None, high: float | None, ends: tuple[float, float]) -> tuple[float | None, float | None]:
    """The ends of an interval outward to tenths of the range: what so few people say that their error to a percent would tell of one."""
    step = (ends[1] - ends[0]) / TENTHS
    below = None if low is None else ends[0] + step * math.floor((low - ends[0]) / step + SLACK)
    return below, None if high is None else ends[0] + step * math.ceil((high - ends[0]) / step - SLACK)


def hidden(figure: Figure, reason: Reason, missing: str | None = None) -> Figure:
    """The figure without any number, and why."""
    return without_numbers(figure, reason, missing)


def back(candidate: Candidate) -> Figure:
    """A figure that may not come back yet (Before.kept_back): hidden, with the reason that it has without that, if it has one."""
    found = past_floors(candidate)
    return found if found.hidden else hidden(found, "complementary")


@dataclass(frozen=True, slots=True)
class Before:
    """The figures of the release before this one, and the answers of its domains as they were shown there. `last`: of those that it did
    not show, what the last release said of them that did."""

    figures: Mapping[tuple[str, ...], Figure]
    answers: Mapping[tuple[str, str, str], tuple[int | None, int | None]]
    last: Mapping[tuple[str, ...], Figure]

    @classmethod
    def of(cls, figures: Iterable[Figure], last: Iterable[Figure] = ()) -> "Before":
        known = tuple(figures)
        shown = [figure for figure in known if figure.hidden is None]
        return cls(
            {_key(figure): figure for figure in known},
            {(figure.domain, figure.population, figure.basis): (figure.n_received, figure.n_decided) for figure in shown},
            {_key(figure): figure for figure in last},
        )

    def held(self, figure: Figure, roles: frozenset[str], waiting: bool) -> Figure | None:
        """What was shown, marked, when it stays as it was: 1 to 9 answers of the domain came or went since in a role that
        the figure judges; or more did, but fewer than ten of these people said anything to it (the same people under other
        weights would tell parts of them); or none did and some are `waiting` for their batch. What was hidden stays hidden
        with its reason. None: a new figure is due.
        """
        old = self.figures.get(_key(figure))
        if old is None:
            return None
        hides = self.answers.get((figure.domain, figure.population, figure.basis))
        before = hides if old.hidden else (old.n_received, old.n_decided)
        if before is None or (not waiting and before == (figure.n_received, figure.n_decided)):
            return None
        moved, few = _moved(figure, old, before, roles)
        if not few and (moved or not (waiting and old.hidden is None)):
            return None
        return old if old.hidden else rewritten(old, mark="held_over")

    def kept_back(self, figure: Figure, roles: frozenset[str]) -> Estimate | None:
        """Of a figure that was shown, then not, and may not come back yet, what was said of it: as few people as in held() came since it
        was last shown, and the two values would tell of these. With that it stands in a mean of units."""
        last = self.last.get(_key(figure))
        if last is None or not _moved(figure, last, (last.n_received, last.n_decided), roles)[1]:
            return None
        return last.estimate

    def still_hidden(self, figure: Figure) -> Figure | None:
        """Of a part into which nobody came since: the figure that was hidden for those it left over. The release that hid it tells of
        all answers, and so of these few, however many more are left over by now."""
        old = self.figures.get(_key(figure))
        return old if old is not None and old.hidden == "complementary" else None


def _moved(figure: Figure, old: Figure, answers: tuple[int | None, int | None], roles: frozenset[str]) -> tuple[bool, bool]:
    """Whether answers of the domain came or went since, and whether so few: one to nine of a role that the figure judges, or fewer than
    ten of the people of the figure."""
    counted = {"reception": (figure.n_received, answers[0]), "decider": (figure.n_decided, answers[1])}
    judged = counted if figure.n_decided is not None else ("reception",)
    moved = [abs((counted[role][0] or 0) - (counted[role][1] or 0)) for role in judged if role in roles or len(judged) == 1]
    few = any(0 < one < BATCH for one in moved)
    if any(moved) and old.estimate and figure.estimate:
        few = few or abs(figure.estimate.n - old.estimate.n) < BATCH
    return any(moved), few


def _key(figure: Figure) -> tuple[str, ...]:
    return (figure.domain, figure.population, figure.tree, figure.node, figure.basis, figure.summary)

"""What a release tells beside its figures, back from the JSON it was stored as; release_rows.py does the rest of a release."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Never, TypedDict, TypeVar, cast

from analysis.bases import Basis
from analysis.cells import Merge
from analysis.told import Agreement, Answered, ClusterEffect, GapEffect, GroupEffect, Importance, Levels, Marked, Noted, NotStudied

Plain = Mapping[str, object]
T = TypeVar("T")


class Told(TypedDict):
    """Fields of Studies."""

    further_merges: dict[Basis, tuple[Merge, ...]]
    levels: tuple[Levels, ...]
    importances: tuple[Importance, ...]
    agreements: tuple[Agreement, ...]
    effects: tuple[ClusterEffect, ...]
    group_effects: tuple[GroupEffect, ...]
    gap_effects: tuple[GapEffect, ...]
    answered: tuple[Answered, ...]
    marked: tuple[Marked, ...]
    findings: tuple[Noted, ...]


def told_of(stored: Plain) -> Told:
    """Empty where the release was made before these were told."""
    merges = cast("Mapping[Basis, list[Plain]]", stored.get("further_merges", {}))
    return {
        "further_merges": {basis: tuple(map(_merge, found)) for basis, found in merges.items()},
        "levels": _each(stored, "levels", _levels),
        "importances": _each(stored, "importances", _importance),
        "agreements": _each(stored, "agreements", _agreement),
        "effects": _each(stored, "effects", lambda one: ClusterEffect(**_typed(one))),
        "group_effects": _each(stored, "group_effects", lambda one: GroupEffect(**_typed(one))),
        "gap_effects": _each(stored, "gap_effects", lambda one: GapEffect(**_typed(one))),
        "answered": _each(stored, "answered", lambda one: Answered(**_typed(one))),
        "marked": _each(stored, "marked", lambda one: Marked(**_typed(one))),
        "findings": _each(stored, "findings", lambda one: Noted(**_typed(one))),
    }


def _each(stored: Plain, name: str, read: Callable[[Plain], T]) -> tuple[T, ...]:
    return tuple(map(read, cast("list[Plain]", stored.get(name, []))))


def _merge(stored: Plain) -> Merge:
    read = Merge(**_typed(stored))
    return replace(read, cells=tuple(read.cells))


def _levels(stored: Plain) -> Levels:
    read = Levels(**_typed(stored))
    return replace(read, segments=tuple((first, last, share) for first, last, share in read.segments))


def _importance(stored: Plain) -> Importance:
    read = Importance(**_typed(stored))
    lists = tuple(read.items), tuple(read.share), tuple(read.low), tuple(read.high)
    return replace(read, items=lists[0], share=lists[1], low=lists[2], high=lists[3], refused=_refused(stored))


def _agreement(stored: Plain) -> Agreement:
    read = Agreement(**_typed(stored))
    return replace(read, items=tuple(read.items), refused=_refused(stored))


def _refused(stored: Plain) -> NotStudied | None:
    refused = cast("Plain | None", stored["refused"])
    return None if refused is None else NotStudied(str(refused["code"]), tuple(cast("list[str]", refused["items"])))


def _typed(stored: Plain) -> "dict[str, Never]":
    """Fields that were written from the very same dataclass have its types."""
    return cast("dict[str, Never]", dict(stored))

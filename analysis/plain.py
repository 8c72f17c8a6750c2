"""A release as plain values: nested lists and mappings, its digest, and its figures as flat rows and back."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from operator import attrgetter
from typing import Never, cast

from analysis.estimation import Estimate
from analysis.figures import Figure, Release

NOT_DIGESTED = {"number", "made", "digest", "state", "replaces"}
"""What changes about a release without any figure changing."""
LATER = {
    "channels", "came_by", "further_merges", "levels", "importances", "agreements", "effects", "group_effects", "gap_effects", "answered",
    "marked", "flags", "findings", "audit",
}  # fmt: skip
"""Studies that releases made before them do not have: where they are empty they are not digested. Nor is the software."""

_OF_ESTIMATE = tuple(field.name for field in fields(Estimate))
_OF_FIGURE = tuple(field.name for field in fields(Figure) if field.name != "estimate")
_PLACE = [field.name for field in fields(Figure)].index("estimate")
_ESTIMATE, _FIGURE = attrgetter(*_OF_ESTIMATE), attrgetter(*_OF_FIGURE)
COLUMNS = (*_OF_FIGURE, *_OF_ESTIMATE)
"""Of a figure as a row."""
_VALUE = COLUMNS.index("estimate")
_NO_NUMBERS = (None,) * len(_OF_ESTIMATE)


def digest_of(release: Release) -> str:
    """sha256 of canonical JSON: keys sorted, floats to 12 significant digits; bookkeeping is left out (NOT_DIGESTED)."""
    kept = {field.name: getattr(release, field.name) for field in fields(release) if field.name not in NOT_DIGESTED}
    kept["figures"] = [_line(figure) for figure in release.figures]
    kept["domains"] = plain(release.domains, _text)
    studied = cast("dict[str, object]", plain(release.studies, _text))
    kept["studies"] = {name: value for name, value in studied.items() if name != "software" and (value or name not in LATER)}
    return hashlib.sha256(json.dumps(kept, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def plain(value: object, number: Callable[[float], object] = float) -> object:
    """Dataclasses and mappings as dicts, tuples as lists, all the way down. number: what becomes of a float."""
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, float):
        return number(value)
    if isinstance(value, list | tuple):
        return [plain(inner, number) for inner in value]
    if isinstance(value, Mapping):
        return {str(key): plain(inner, number) for key, inner in value.items()}
    if is_dataclass(value):
        names, values = _fields(value.__class__)
        return {name: plain(inner, number) for name, inner in zip(names, values(value), strict=True)}
    return value


@cache
def _fields(of: type) -> tuple[tuple[str, ...], Callable[[object], tuple[object, ...]]]:
    """Names of a dataclass' fields, and what reads them all."""
    names = tuple(field.name for field in fields(of))
    read = attrgetter(*names)
    return names, read if len(names) > 1 else lambda value: (read(value),)


def as_row(figure: Figure) -> tuple[object, ...]:
    """The figure's fields, then those of its estimate: the COLUMNS. A hidden figure holds no number."""
    return (*_FIGURE(figure), *(_NO_NUMBERS if figure.estimate is None else _ESTIMATE(figure.estimate)))


def flat(figure: Figure) -> dict[str, object]:
    """The same by name."""
    return dict(zip(COLUMNS, as_row(figure), strict=True))


def restored(row: tuple[object, ...]) -> Figure:
    """The figure that as_row() made a row of. Values are of the right types because nothing else writes such rows."""
    of_estimate = len(_OF_FIGURE)
    estimate = None if row[_VALUE] is None else Estimate(*cast("tuple[Never, ...]", row[of_estimate:]))
    return Figure(*cast("tuple[Never, ...]", (*row[:_PLACE], estimate, *row[_PLACE:of_estimate])))


def _line(figure: Figure) -> list[object]:
    """The figure's fields in their order; of a hidden one whom and what it is about, and why it is hidden."""
    if figure.hidden is not None:
        about = (figure.domain, figure.population, figure.tree, figure.node, figure.basis, figure.summary)
        return [*about, figure.hidden, figure.missing]
    parts = _NO_NUMBERS if figure.estimate is None else _ESTIMATE(figure.estimate)
    return [f"{value:.12g}" if type(value) is float else value for value in (*_FIGURE(figure), *parts)]


def _text(value: float) -> str:
    """Its 12 significant digits: the same text on every machine."""
    return f"{value:.12g}"

"""One TOML table while it is being read: each key is taken once, by type; what nobody took is unknown.

Reading goes on after a fault with a stand-in value, so that all faults are found at once. What the keys mean lives elsewhere.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import nan
from types import MappingProxyType
from typing import TypeVar

from questionnaires.faults import fault, inside
from questionnaires.model import Fault, Text

Word = TypeVar("Word", bound=str)
Value = TypeVar("Value")
Item = TypeVar("Item")

NO_WORDS: Text = MappingProxyType({})
UNREAD = nan
"""Stands in for a number that could not be read: every comparison with it is false, so no check says anything about it."""

LARGEST = 1e15
NO_VALUES: Mapping[str, object] = MappingProxyType({})


@dataclass(slots=True)
class Findings:
    """Faults so far, and which (place, key) holds a stand-in: checking what stands there would only repeat the fault."""

    faults: list[Fault] = field(default_factory=list)
    doubtful: set[tuple[str, str]] = field(default_factory=set)

    def add(self, code: str, place: str, /, **values: object) -> None:
        self.faults.append(fault(code, place, **values))


class TomlTable:
    """Each method takes one key by its type; without a default the key must be there."""

    def __init__(self, values: Mapping[str, object], place: str, findings: Findings) -> None:
        self.place = place
        self.findings = findings
        self._left = dict(values)
        self._known: list[str] = []

    def has(self, key: str) -> bool:
        self._known.append(key)
        return key in self._left

    def drop(self, key: str) -> bool:
        """Leave a key out, whatever it holds; whether it was there."""
        return self.has(key) and self._left.pop(key) is not None

    @property
    def untaken(self) -> tuple[str, ...]:
        """The keys nobody has taken yet, in file order."""
        return tuple(self._left)

    def doubts(self, *keys: str) -> bool:
        """Does one of these keys hold a stand-in?"""
        return any((self.place, key) in self.findings.doubtful for key in keys)

    def doubt(self, key: str, code: str, /, **values: object) -> None:
        """A fault of that key, after which a stand-in is used."""
        self.findings.add(code, self.place, **values)
        self.findings.doubtful.add((self.place, key))

    def identity(self, noun: str) -> str:
        """The key id; where the file has none, the table's number stands in ("number 3"), and nobody knows which ids there are."""
        id = self._take("id", None, self.place.removeprefix(f"{noun} "), "string", _string)
        if self.doubts("id"):
            self.findings.doubtful.add(("", noun))
        return id

    def string(self, key: str, default: str | None = None) -> str:
        return self._take(key, default, "", "string", _string)

    def whole(self, key: str, default: int | None = None) -> int:
        return self._take(key, default, 0, "integer", _whole)

    def real(self, key: str) -> float:
        return self._take(key, None, UNREAD, "integer or float", _real)

    def flag(self, key: str, default: bool | None = None) -> bool:
        return self._take(key, default, False, "boolean", _flag)

    def strings(self, key: str, default: tuple[str, ...] | None = None) -> tuple[str, ...]:
        return self._take(key, default, (), "array of strings", lambda value: _array(value, _string))

    def wholes(self, key: str, default: tuple[int, ...] | None = None) -> tuple[int, ...]:
        return self._take(key, default, (), "array of integers", lambda value: _array(value, _whole))

    def reals(self, key: str) -> tuple[float, ...]:
        return self._take(key, None, (), "array of numbers", lambda value: _array(value, _real))

    def words(self, key: str) -> Text:
        """Language → words. Which languages there must be is checked later."""
        return self._take(key, None, NO_WORDS, "table of strings", _words)

    def choice(self, key: str, allowed: Sequence[Word], default: Word | None = None) -> Word:
        """One of the allowed words; the first of them stands in after a fault."""
        written = self.string(key, default)
        for word in allowed:
            if word == written:
                return word
        if not self.doubts(key):
            self.doubt(key, "instrument.not_allowed", key=key, value=written, allowed=", ".join(allowed))
        return allowed[0]

    def table(self, key: str, place: str | None = None) -> "TomlTable":
        """The table under that key, empty when there is none; its faults are reported at that place, or at this one."""
        values = self._take(key, NO_VALUES, NO_VALUES, "table", _mapping)
        return TomlTable(values, self.place if place is None else place, self.findings)

    def tables(self, key: str, noun: str, name: str = "id") -> "tuple[TomlTable, ...]":
        """An array of tables. The place of each is its noun and name ("question stage"), or its number when it has no name."""
        values: tuple[Mapping[str, object], ...] = self._take(key, (), (), "array of tables", _mappings)
        places = [inside(self.place, f"{noun} {value.get(name, f'number {number}')}") for number, value in enumerate(values, 1)]
        return tuple(TomlTable(value, place, self.findings) for value, place in zip(values, places, strict=True))

    def named_tables(self, key: str, noun: str) -> "tuple[tuple[str, TomlTable], ...]":
        """A table of tables: each name with its table, whose place is noun and name ("node ps.D"); what is no table is left out."""
        outer = self.table(key)
        found = [(name, outer.table(name, inside(self.place, f"{noun} {name}"))) for name in outer.untaken]
        if outer.doubts(*(name for name, _ in found)):
            self.findings.doubtful.add((self.place, key))
        return tuple((name, table) for name, table in found if not outer.doubts(name))

    def done(self) -> None:
        """Everything still untaken is a key without meaning here."""
        known = ", ".join(sorted(set(self._known)))
        for key in self._left:
            self.findings.add("instrument.unknown_key", self.place, key=key, known=known)

    def _take(self, key: str, default: Value | None, stand_in: Value, wanted: str, convert: Callable[[object], Value | None]) -> Value:
        if not self.has(key):
            if default is not None:
                return default
            self.doubt(key, "instrument.missing_key", key=key)
            return stand_in
        converted = convert(self._left.pop(key))
        if converted is not None:
            return converted
        self.doubt(key, "instrument.wrong_type", key=key, wanted=wanted)
        return stand_in


def _string(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _flag(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _real(value: object) -> float | None:
    """Whole numbers count; infinity, NaN and absurd sizes do not."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if abs(value) <= LARGEST else None


def _array(value: object, convert: Callable[[object], Item | None]) -> tuple[Item, ...] | None:
    if not isinstance(value, list):
        return None
    items = [convert(item) for item in value]
    found = tuple(item for item in items if item is not None)
    return found if len(found) == len(items) else None


def _mapping(value: object) -> Mapping[str, object] | None:
    return value if isinstance(value, dict) else None


def _mappings(value: object) -> tuple[Mapping[str, object], ...] | None:
    return _array(value, _mapping)


def _words(value: object) -> Text | None:
    if not isinstance(value, dict) or not all(isinstance(words, str) for words in value.values()):
        return None
    return MappingProxyType(dict(value))

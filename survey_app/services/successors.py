"""Which unit stands for which on a day: validity dates and successors, followed in both directions."""

from collections.abc import Mapping
from datetime import date

from survey_app.storage.organisation import UnitRow
from survey_app.storage.rows import valid_on


def serving(units: Mapping[str, UnitRow], code: str, day: date) -> UnitRow | None:
    """The unit that does the work of `code` on that day: itself while valid, afterwards its successor; None when nobody does."""
    seen: set[str] = set()
    unit = units.get(code)
    while unit is not None and unit.code not in seen:
        if valid_on(unit, day):
            return unit
        if unit.valid_to is None or day <= unit.valid_to or unit.successor is None:
            return None
        seen.add(unit.code)
        unit = units.get(unit.successor)
    return None


def merged_into(units: Mapping[str, UnitRow], code: str, since: date, on: date) -> tuple[str, ...]:
    """Units that ended between the two days and whose work `code` now does: their answers belong to its figures."""
    found = []
    for unit in units.values():
        if unit.valid_to is not None and since <= unit.valid_to < on:
            now = serving(units, unit.code, on)
            if now is not None and now.code == code:
                found.append(unit.code)
    return tuple(found)

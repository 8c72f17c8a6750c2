"""Which body decides a file, and so whose work the questions about procedure and result judge (methodology §1.3)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from survey_app.services.successors import serving
from survey_app.storage import organisation, places
from survey_app.storage.organisation import UnitRow
from survey_app.storage.places import DeciderRow
from survey_app.storage.rows import Transaction, valid_on


@dataclass(frozen=True, slots=True)
class Deciders:
    """Who decides at each reception point, for many answers without a query each."""

    by_point: Mapping[str, tuple[DeciderRow, ...]]
    units: Mapping[str, UnitRow]

    @staticmethod
    def load(tx: Transaction, province: str) -> "Deciders":
        by_point: dict[str, list[DeciderRow]] = {}
        for row in places.deciders(tx, province):
            by_point.setdefault(row.point, []).append(row)
        units = {unit.code: unit for unit in organisation.units(tx, province)}
        return Deciders({point: tuple(found) for point, found in by_point.items()}, units)

    def of(self, point: str, reception: str, sector: int | None, day: date) -> str | None:
        """Known sector: the body of the table, else the receiving body. Unknown sector: the receiving body when nobody
        else decides anything at that point, else None: credited to no unit. A body that has ended stands for its successor."""
        here = {row.sector: self._today(row.unit, day) for row in self.by_point.get(point, ()) if valid_on(row, day)}
        if sector is None:
            return reception if set(here.values()) <= {reception} else None
        return here.get(sector, reception)

    def _today(self, unit: str, day: date) -> str:
        now = serving(self.units, unit, day)
        return unit if now is None else now.code


def decider(tx: Transaction, province: str, point: str, reception: str, sector: int | None, day: date) -> str | None:
    """The body that decides a file handed in at that point; see Deciders.of."""
    return Deciders.load(tx, province).of(point, reception, sector, day)

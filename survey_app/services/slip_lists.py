"""Nightly lists: a table of units, points, sectors and numbers goes in, codes to be merged into slips and tickets come out."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from survey_app.documents.spreadsheets import Sheet
from survey_app.documents.table_input import Field, Line, shown, understand
from survey_app.services import doors, slip_links, slip_orders, slips
from survey_app.services.opening import local_day
from survey_app.services.slip_orders import Asked, Order
from survey_app.services.slips import Made

FIELDS = (
    Field("unit", ("Đơn vị", "Mã đơn vị", "Đơn vị tiếp nhận"), required=True),
    Field("point", ("Mã điểm", "Điểm tiếp nhận", "Mã điểm tiếp nhận")),
    Field("counter", ("Mã quầy", "Quầy")),
    Field("sector", ("Lĩnh vực", "Mã lĩnh vực")),
    Field("count", ("Số mã", "Số lượng", "Số hồ sơ"), required=True),
    Field("every", ("Cứ mỗi", "Khoảng chọn")),
    Field("day", ("Ngày", "Ngày phục vụ")),
)
HEADER = ("unit", "point", "counter", "sector", "day", "expires", "batch", "code", "link")
SOURCE = "list"


@dataclass(frozen=True, slots=True)
class Orders:
    """`ignored`: columns that nobody asked for."""

    orders: tuple[Order, ...]
    ignored: tuple[str, ...]


def read(province: str, sheet: Sheet, day: date, now: datetime) -> Orders:
    """The orders of a table, rows of the same place together; all rows or none. `day`: for rows that name none."""
    lines = understand(sheet, FIELDS)
    remembered, today = doors.current(), local_day(now)
    found: dict[tuple[object, ...], Order] = {}
    for line in lines:
        asked = _asked(line, day)
        order = None if asked is None else slip_orders.checked(asked, province, remembered, today, line.refuse)
        if order is not None:
            key = (order.unit, order.point, order.counter, order.sector, order.day, order.every)
            earlier = found.get(key)
            found[key] = order if earlier is None else replace(earlier, count=earlier.count + order.count)
    lines.judge()
    return Orders(tuple(found.values()), lines.ignored)


def issue(orders: Sequence[Order], chance: random.Random, now: datetime) -> tuple[Made, ...]:
    return slips.make(orders, slips.ISSUED, SOURCE, chance, now)


def rows(made: Sequence[Made]) -> list[tuple[str, ...]]:
    """A row a code, as it is merged into a slip; what is not settled is empty."""
    found: list[tuple[str, ...]] = []
    for one in made:
        batch = one.batch
        sector = "" if batch.sector is None else str(batch.sector)
        place = (batch.unit, batch.point, batch.counter or "", sector, batch.day.isoformat(), batch.expires.isoformat(), batch.of_day)
        found += [(*place, *shown_code) for shown_code in slip_links.of(one.codes)]
    return found


def _asked(line: Line, day: date) -> Asked | None:
    before = len(line.faults)
    count, every = _number(line, "count", None), _number(line, "every", 1)
    given = line.day("day") or day
    if len(line.faults) > before or count is None or every is None:
        return None
    return Asked(line.text("unit"), line.text("point"), line.text("counter"), line.text("sector"), given, count, every)


def _number(line: Line, name: str, default: int | None) -> int | None:
    text = line.text(name)
    if text is None and default is None:
        line.refuse(name, "empty_cell", "This cell must be filled in.")
    elif text is not None and not (text.isascii() and text.isdigit() and len(text) <= 9):
        line.refuse(name, "not_a_count", "This is not a whole number written in digits: {value}.", value=shown(text))
    return default if text is None or not text.isdigit() else int(text)

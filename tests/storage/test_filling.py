"""Rows by the thousand reach the driver as they are: those that fill the same columns together, in the driver's own way of naming them."""

from collections.abc import Sequence
from types import SimpleNamespace

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect

from survey_app.storage.releases import leave_out, parts_left_out


class Driver(SimpleNamespace):
    """Writes down what it is handed."""

    def exec_driver_sql(self, statement: str, rows: Sequence[object]) -> None:
        self.handed.append((statement, list(rows)))


def handed(dialect: Dialect) -> list[tuple[str, list[object]]]:
    driver = Driver(dialect=dialect, handed=[])
    leave_out(driver, "31", 4, {"unflagged": [7, 5]})
    return driver.handed


def test_a_driver_that_counts_places_gets_rows_in_the_order_of_the_columns() -> None:
    ((statement, rows),) = handed(sqlite.dialect())
    assert " ".join(statement.split()) == "INSERT INTO parts_left_out (province, release, part, position) VALUES (?, ?, ?, ?)"
    assert rows == [("31", 4, "unflagged", 5), ("31", 4, "unflagged", 7)]


def test_a_driver_that_goes_by_names_gets_names() -> None:
    ((statement, rows),) = handed(postgresql.dialect())
    assert all(f"%({column.name})" in statement for column in parts_left_out.columns)
    assert rows == [{"province": "31", "release": 4, "part": "unflagged", "position": position} for position in (5, 7)]


def test_nothing_to_store_is_no_statement() -> None:
    driver = Driver(dialect=sqlite.dialect(), handed=[])
    leave_out(driver, "31", 4, {"unflagged": []})
    assert driver.handed == []

"""Figures by the thousand reach the driver as they are: alike ones together, in the driver's own way of naming columns."""

from collections.abc import Sequence
from types import SimpleNamespace

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect

from survey_app.storage.releases import add_figures

KEY = ("province", "release", "domain", "population", "tree", "node", "basis", "summary")
ABOUT = [("31", 4, domain, "finished", "headline", "s", "all", "pooled") for domain in ("city", "u", "v")]
ROWS = [(*about, *rest) for about, rest in zip(ABOUT, [(None, 0.5), ("floor", None), (None, 0.25)], strict=True)]


class Driver(SimpleNamespace):
    """Writes down what it is handed."""

    def exec_driver_sql(self, statement: str, rows: Sequence[object]) -> None:
        self.handed.append((statement, list(rows)))


def handed(dialect: Dialect, rows: Sequence[tuple[object, ...]] = ROWS) -> list[tuple[str, list[object]]]:
    driver = Driver(dialect=dialect, handed=[])
    add_figures(driver, (*KEY, "hidden", "estimate"), rows)
    return driver.handed


def test_a_driver_that_counts_places_gets_rows_in_the_order_of_the_columns() -> None:
    told, hidden = handed(sqlite.dialect())
    places = f"VALUES ({', '.join('?' * 9)})"
    assert " ".join(told[0].split()) == f"INSERT INTO figures ({', '.join(KEY)}, estimate) {places}"
    assert told[1] == [(*ABOUT[0], 0.5), (*ABOUT[2], 0.25)]
    assert " ".join(hidden[0].split()) == f"INSERT INTO figures ({', '.join(KEY)}, hidden) {places}"
    assert hidden[1] == [(*ABOUT[1], "floor")]


def test_a_driver_that_goes_by_names_gets_names() -> None:
    told, hidden = handed(postgresql.dialect())
    assert all(f"%({name})" in told[0] for name in (*KEY, "estimate"))
    first, floored, last = (dict(zip(KEY, about, strict=True)) for about in ABOUT)
    assert told[1] == [{**first, "estimate": 0.5}, {**last, "estimate": 0.25}]
    assert hidden[1] == [{**floored, "hidden": "floor"}]


def test_nothing_to_store_is_no_statement() -> None:
    assert handed(sqlite.dialect(), []) == []

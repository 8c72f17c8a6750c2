"""A long table of units on a phone: former district by former district, every unit once, nothing else than the table says."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from analysis.domains import Domain
from survey_app.documents.domain_tables import groups as blocks
from survey_app.documents.domain_tables import index_table, lines
from survey_app.documents.figure_cells import View
from survey_app.documents.folds import folded_by_district
from survey_app.documents.report import Gap, Table
from tests.documents.test_compared_documents import BLOCK, CITY, estimated, figure, view

CODES = [str(26700 + at) for at in range(14)]
UNITS = [Domain(code, "unit", None, {"vi": f"Phường {code}"}, {code: 1.0}, {}, "credited", False, (), 900) for code in CODES]
ONE, TWO = (Domain(id, "area", "former_district", {"vi": name}, {}, {}, "received", False, (), None)
            for id, name in (("760", "Quận 1 (cũ)"), ("761", "Quận 12 (cũ)")))  # fmt: skip
LIES_IN = {code: ["760"] for code in CODES[:5]} | {code: ["761"] for code in CODES[5:12]} | {CODES[12]: ["760", "761"]}


def seen(codes: Sequence[str] = CODES, districts: Mapping[str, Sequence[str]] = LIES_IN) -> View:
    """The first has 12 answers, the second too few, the others 120; the last lies in no district that is known."""
    units = [one for one in UNITS if one.id in codes]
    few = {CODES[0]: {"estimate": estimated(0.9, 12, 0.6, 1.0), "mark": "reference_only"}}
    few[CODES[1]] = {"estimate": None, "hidden": "too_few"}
    shown = [replace(figure(one, estimated(0.9, 120, 0.84, 0.95)), **few.get(one.id, {})) for one in units]
    found = view([figure(BLOCK, estimated(0.92, 900, 0.9, 0.94)), *shown])
    block = replace(BLOCK, members=dict.fromkeys(codes, 1.0))
    release = replace(found.release, domains=(CITY, block, ONE, TWO, *units))
    return replace(found, release=release, districts=districts)


def table_of(of: View) -> Table:
    group = blocks(of)[0]
    return folded_by_district(of, index_table(of, "units-khoi", "Khối phường", lines(of, group), of_units=True), group.units)


def test_every_unit_stands_in_one_fold_with_the_cells_of_its_row() -> None:
    whole = table_of(seen())
    assert [fold.text for fold in whole.folds] == [
        "", "Quận 1 (cũ): 3/5 đủ ý kiến", "Quận 12 (cũ): 7/7 đủ ý kiến", "Nằm ở nhiều quận, huyện cũ: 1/1 đủ ý kiến",
        "Đơn vị khác: 1/1 đủ ý kiến",
    ]  # fmt: skip
    rows = [row for fold in whole.folds for row in fold.table.rows]
    assert sorted(row.domain or "" for row in rows) == sorted(row.domain or "" for row in whole.rows)
    at = [[column.id for column in whole.columns].index(name) for name in ("name", "index", "n")]
    full = {row.domain: tuple(row.cells[one] for one in at) for row in whole.rows}
    assert all(row.cells == full[row.domain] for row in rows)
    assert isinstance(full[CODES[1]][1], Gap)


def test_ids_of_folds_differ_from_each_other_and_from_that_of_the_table() -> None:
    whole = table_of(seen())
    ids = [whole.id, *(fold.table.id for fold in whole.folds)]
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("of", [seen(CODES[:11]), seen(districts={code: ["760"] for code in CODES})], ids=["short", "one district"])
def test_a_short_table_and_one_of_a_single_district_have_no_folds(of: View) -> None:
    assert table_of(of).folds == ()

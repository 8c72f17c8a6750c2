"""How a table is read as a sample: units, strata, fractions and weights; every refusal names column and strata or rows."""

import numpy as np
import pytest

from analysis.any_table.request import DesignColumns
from analysis.any_table.sampling import Sample, sample
from questionnaires.model import Fault, Refused
from tests.analysis.tables import table

ROWS = {
    "h": ["a", "a", "a", "b", "b", "b", "b"],
    "i": [1, 1, 2, 1, 2, 3, 3],
    "j": [1, 2, 1, 1, 1, 1, 1],
    "psus": [8, 8, 8, 12, 12, 12, 12],
    "part": [0.25, 0.25, 0.25, 0.5, 0.5, 0.5, 0.5],
    "units": [4, 4, 2, 1, 1, 5, 5],
    "w": [1.5, 2, 2, 1, 1, 1, 3],
    "y": [1, 2, 3, 4, 5, 6, 7],
}
TWO = DesignColumns(stratum="h", psu="i", psu2="j", fpc="psus", fpc2="units")


def read(design: DesignColumns, **changed: object) -> Sample:
    return sample(table({**ROWS, **changed}), design)


def refused(design: DesignColumns, **changed: object) -> Fault:
    with pytest.raises(Refused) as found:
        read(design, **changed)
    (fault,) = found.value.faults
    return fault


def weights(found: Sample) -> list[float]:
    return found.design_weight.levels[found.design_weight.codes].tolist()


def test_without_columns_each_row_is_a_unit_of_weight_one() -> None:
    found = read(DesignColumns())
    assert (found.summary.strata, found.summary.psus, found.summary.second_stage) == (1, 7, None)
    assert weights(found) == [1.0] * 7
    assert found.single == (True,)


def test_labels_of_units_count_within_their_stratum_and_a_note_says_so() -> None:
    found = read(DesignColumns(stratum="h", psu="i"))
    assert (found.summary.strata, found.summary.psus) == (2, 5)
    assert found.stages[0].size.tolist() == [2, 3]
    assert [(note.code, note.values["labels"]) for note in found.notes] == [("psu_labels_repeated", "2")]
    assert not read(DesignColumns(psu="i")).notes


def test_second_stage_units_count_within_their_psu() -> None:
    found = read(TWO)
    assert (found.summary.psus, found.summary.second_stage) == (5, 6)
    assert found.stages[1].size.tolist() == [2, 1, 1, 1, 1]
    assert found.stages[1].passed.tolist() == [2 / 8, 2 / 8, 3 / 12, 3 / 12, 3 / 12]
    assert found.summary.lonely == ("a / 2", "b / 3")  # b / 1 and b / 2 have one unit of one: they were taken whole


def test_rows_are_the_second_stage_where_only_its_fpc_is_given() -> None:
    found = read(DesignColumns(stratum="h", psu="i", fpc="psus", fpc2="units"))
    assert found.summary.second_stage == 7
    assert found.single == (False, True)
    assert found.stages[1].fraction.tolist() == [2 / 4, 1 / 2, 1, 1, 2 / 5]


def test_an_fpc_is_a_number_of_units_or_the_fraction_drawn() -> None:
    assert read(DesignColumns(stratum="h", psu="i", fpc="psus")).stages[0].fraction.tolist() == [2 / 8, 3 / 12]
    assert read(DesignColumns(stratum="h", psu="i", fpc="part")).stages[0].fraction.tolist() == [0.25, 0.5]


def test_weights_follow_from_fractions_where_no_column_has_them() -> None:
    """a: 8/2 PSUs, times 4/2 or 2/1 units; b: 12/3, times 1 or 5/1."""
    assert weights(read(TWO)) == pytest.approx([8, 8, 8, 4, 4, 20, 20])
    assert weights(read(DesignColumns(stratum="h", psu="i", fpc="part"))) == [4.0] * 3 + [2.0] * 4
    assert weights(read(DesignColumns(weight="w", stratum="h", fpc="part"))) == ROWS["w"]
    assert weights(read(DesignColumns(stratum="h", psu="i", psu2="j"))) == [1.0] * 7


@pytest.mark.parametrize("column", ["w", "h", "i", "j", "psus", "units"])
def test_a_blank_cell_of_the_design_is_refused_with_its_row(column: str) -> None:
    cells = list(ROWS[column])
    cells[2] = cells[5] = ""
    fault = refused(DesignColumns(weight="w", stratum="h", psu="i", psu2="j", fpc="psus", fpc2="units"), **{column: cells})
    assert (fault.code, fault.values["rows"]) == ("column_blank", "2")
    assert fault.place == f"table.csv, column {column}, row 4, 7"


def test_long_lists_of_rows_are_cut() -> None:
    assert refused(DesignColumns(weight="w"), w=[""] * 7).place == "table.csv, column w, row 2, 3, 4 …"


@pytest.mark.parametrize("wrong", [0, -1.5])
def test_a_weight_that_is_not_positive_is_refused(wrong: float) -> None:
    fault = refused(DesignColumns(weight="w"), w=[1, 1, wrong, 1, 1, 1, 1])
    assert (fault.code, fault.place) == ("weight_not_positive", "table.csv, column w, row 4")


@pytest.mark.parametrize(
    ("code", "column", "cells", "strata"),
    [
        ("fpc_differs", "psus", [8, 8, 9, 12, 12, 12, 12], "a"),
        ("fpc_not_positive", "part", [0, 0, 0, 0.5, 0.5, 0.5, 0.5], "a"),
        ("fpc_mixed", "psus", [0.5, 0.5, 0.5, 12, 12, 12, 12], "a"),
        ("fpc_too_small", "psus", [8, 8, 8, 2, 2, 2, 2], "b"),
    ],
)  # fmt: skip
def test_an_fpc_that_cannot_be_is_refused_with_its_strata(code: str, column: str, cells: list, strata: str) -> None:
    fault = refused(DesignColumns(stratum="h", psu="i", fpc=column), **{column: cells})
    assert (fault.code, fault.values["strata"], fault.place) == (code, strata, f"table.csv, column {column}")


def test_a_second_fpc_is_read_within_each_psu() -> None:
    fault = refused(TWO, units=[4, 4, 2, 1, 1, 5, 6])
    assert (fault.code, fault.values["strata"]) == ("fpc_differs", "b / 3")


@pytest.mark.parametrize(
    ("design", "code"),
    [
        (DesignColumns(psu2="j"), "second_stage_alone"),
        (DesignColumns(fpc="psus", fpc2="units"), "second_stage_alone"),
        (DesignColumns(psu="i", fpc2="units"), "second_fpc_alone"),
        (DesignColumns(stratum="nowhere"), "column_not_there"),
        (DesignColumns(stratum="h", psu="j", lonely="fail"), None),
    ],
)
def test_half_a_design_is_refused(design: DesignColumns, code: str | None) -> None:
    if code:
        assert refused(design).code == code
    else:
        fault = refused(design)
        assert (fault.code, fault.values["strata"]) == ("stratum_with_one_psu", "b")


def test_a_table_without_rows_is_refused() -> None:
    assert refused(DesignColumns(), **{name: [] for name in ROWS}).code == "no_rows"


def test_many_strata_are_not_all_named() -> None:
    rows = {"h": list(range(30)), "y": [1] * 30}
    with pytest.raises(Refused) as found:
        sample(table(rows), DesignColumns(stratum="h", lonely="fail"))
    named = found.value.faults[0].values["strata"]
    assert named.startswith("0, 1, 2, 3") and named.endswith("… (+10)")
    assert np.char.count(named, ",") == 19

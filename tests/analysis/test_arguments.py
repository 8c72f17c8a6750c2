"""What stands behind the flags as a Request: names of columns with any sign in them, and every fault at once."""

from collections.abc import Sequence

import pytest

from analysis.any_table.request import (
    DesignColumns,
    Estimator,
    KnownMargin,
    Mean,
    Quantile,
    Ratio,
    Request,
    Share,
    Total,
    WeightingRules,
)
from analysis.command_line import arguments
from analysis.command_line.flags import COMMANDS, given
from analysis.command_line.grammar import nearest
from questionnaires.model import Fault, Refused

ODD = ("a", "b", "c", "a,b", "b+c", "x=1", "y/z", "z", "t:1", "Điểm hài lòng", "w", "s", "p", "f")


def request(*words: str, columns: Sequence[str] = ODD, margins: Sequence[KnownMargin] = ()) -> Request:
    return arguments.request(given(COMMANDS["estimate"], ["data.csv", *words]), "data.csv", columns, margins)


def faults(*words: str, command: str = "estimate", margins: Sequence[KnownMargin] = ()) -> list[Fault]:
    with pytest.raises(Refused) as refused:
        found = given(COMMANDS[command], ["data.csv", *words])
        if command == "estimate":
            arguments.request(found, "data.csv", ODD, margins)
        else:
            arguments.weights_request(found, "data.csv", ODD, margins)
    return list(refused.value.faults)


@pytest.mark.parametrize(
    ("flag", "text", "estimators"),
    [
        ("--mean", "a", [Mean(("a",))]),
        ("--mean", "a, c", [Mean(("a",)), Mean(("c",))]),
        ("--mean", "a+c", [Mean(("a", "c"))]),
        ("--mean", "a,b", [Mean(("a,b",))]),
        ("--mean", "a,b,c", [Mean(("a,b",)), Mean(("c",))]),
        ("--mean", "c,a,b", [Mean(("c",)), Mean(("a,b",))]),
        ("--mean", "b+c", [Mean(("b+c",))]),
        ("--mean", "a+b+c", [Mean(("a", "b+c"))]),
        ("--mean", "c+a,b+a", [Mean(("c", "a,b", "a"))]),
        ("--mean", "c+a,z", [Mean(("c", "a")), Mean(("z",))]),
        ("--mean", " Điểm hài lòng ", [Mean(("Điểm hài lòng",))]),
        ("--mean", "Đie\u0302\u0309m hài lòng", [Mean(("Điểm hài lòng",))]),
        ("--share", "a=4,5", [Share(("a",), (4.0, 5.0))]),
        ("--share", "x=1=0", [Share(("x=1",), (0.0,))]),
        ("--share", "a+c=5", [Share(("a", "c"), (5.0,))]),
        ("--share", "a,c=-1,5,5", [Share(("a",), (-1.0, 5.0)), Share(("c",), (-1.0, 5.0))]),
        ("--ratio", "a/c", [Ratio("a", "c")]),
        ("--ratio", "y/z/z", [Ratio("y/z", "z")]),
        ("--total", "a,b,c", [Total("a,b"), Total("c")]),
        ("--quantile", "a:0.5", [Quantile("a", 0.5)]),
        ("--quantile", "t:1:0.25,0.75", [Quantile("t:1", 0.25), Quantile("t:1", 0.75)]),
    ],
)
def test_a_columns_own_name_wins_over_every_sign(flag: str, text: str, estimators: list[Estimator]) -> None:
    assert list(request(flag, text).estimators) == estimators


def test_estimates_come_in_the_order_in_which_they_are_asked_each_once() -> None:
    found = request("--share", "a=5", "--mean", "a", "--total", "c", "--mean", "a,c", "--by", "s", "--by", "s,p", "--by", "s")
    assert found.estimators == (Share(("a",), (5.0,)), Mean(("a",)), Total("c"), Mean(("c",)))
    assert found.by == (("s",), ("s", "p"))


def test_every_flag_reaches_the_request() -> None:
    margins = (KnownMargin("m.csv", ("s",), {("1",): 10.0}),)
    found = request(
        *("--mean", "a", "--weight", "w", "--stratum", "s", "--psu", "p", "--psu2", "b", "--fpc", "f", "--fpc2", "c"),
        *("--lonely", "certainty", "--rake", "m.csv", "--distance", "logit", "--bounds", "0.2,5", "--trim=0.5,9"),
        *("--ci", "wilson", "--level", "0.9", "--variance", "bootstrap", "--draws", "200", "--seed", "7"),
        margins=margins,
    )
    assert found == Request(
        (Mean(("a",)),),
        (),
        DesignColumns("w", "s", "p", "b", "f", "c", "certainty"),
        WeightingRules(margins, "logit", (0.2, 5.0), (0.5, 9.0)),
        "wilson",
        0.9,
        "bootstrap",
        200,
        7,
    )
    assert arguments.columns_read(found) == (("a", "w", "f", "c"), ("s", "p", "b"))


def test_left_out_flags_take_the_defaults() -> None:
    assert request("--mean", "a") == Request((Mean(("a",)),))


@pytest.mark.parametrize(
    ("words", "codes"),
    [
        ((), ["nothing_asked"]),
        (("--mean", "q"), ["column_missing"]),
        (("--mean", "q,r", "--by", "q", "--weight", "v"), ["column_missing"] * 3),
        (("--mean", "a,"), ["no_column_named"]),
        (("--share", "a"), ["share_without_codes"]),
        (("--share", "a=tốt,5"), ["share_code_not_number"]),
        (("--share", "a="), ["share_code_not_number"]),
        (("--share", "a=nan"), ["share_code_not_number"]),
        (("--ratio", "a"), ["ratio_not_read"]),
        (("--ratio", "a/b/c"), ["ratio_not_read"]),
        (("--ratio", "a/q"), ["column_missing"]),
        (("--quantile", "a"), ["quantile_not_read"]),
        (("--quantile", "a:1"), ["quantile_not_read"]),
        (("--quantile", "a:half"), ["quantile_not_read"]),
        (("--mean", "a", "--ci", "exact"), ["flag_choice"]),
        (("--mean", "a", "--lonely", "adjusted"), ["flag_choice"]),
        (("--mean", "a", "--variance", "jk2"), ["flag_choice"]),
        (("--mean", "a", "--level", "95"), ["flag_out_of_range"]),
        (("--mean", "a", "--level", "0.9999999999999999"), ["flag_out_of_range"]),
        (("--mean", "a", "--level", "0,95"), ["flag_not_number"]),
        (("--mean", "a", "--draws", "1"), ["flag_not_whole"]),
        (("--mean", "a", "--seed", "-1"), ["flag_not_whole"]),
        (("--mean", "a", "--bounds", "0.2"), ["no_margins", "pair_not_read"]),
        (("--mean", "a", "--trim", "1,x"), ["pair_not_read"]),
        (("--mean", "a", "--poststratify", "m", "--rake", "n"), ["poststratify_and_rake"]),
        (("--mean", "a", "--rake", "n", "--distance", "logit"), ["logit_needs_bounds"]),
        (("--mean", "q", "--share", "a=x", "--ci", "x"), ["column_missing", "flag_choice", "share_code_not_number"]),
        (("--men", "a"), ["unknown_flag"]),
        (("--mean",), ["flag_without_value"]),
        (("--mean", "a", "--weight", "w", "--weight", "a"), ["flag_twice"]),
        (("--mean", "a", "b"), ["unexpected_word"]),
        (("--mean", "a", "--json=yes"), ["flag_with_value"]),
        (("--mean", "a", "--out", "w.csv"), ["unknown_flag"]),
    ],
)
def test_every_fault_is_said_at_once(words: tuple[str, ...], codes: list[str]) -> None:
    assert sorted(fault.code for fault in faults(*words)) == codes


def test_a_column_that_is_not_there_brings_the_names_that_look_like_it() -> None:
    (fault,) = faults("--mean", "diem hai long")
    assert (fault.values["near"], fault.values["others"]) == ("Điểm hài lòng", str(len(ODD) - 1))
    (fault,) = faults("--mean", "A")
    assert fault.values["near"] == "a"


def test_where_no_column_is_like_it_the_first_are_listed_and_the_others_counted() -> None:
    (fault,) = faults("--mean", "nothing like it")
    assert fault.values["columns"] == ", ".join(ODD[:12]) + f" … (+{len(ODD) - 12})"


def test_names_are_alike_whatever_their_capitals_and_the_marks_on_their_letters() -> None:
    """A short name typed without marks shares few letters with the one that is meant."""
    assert nearest("DUONG", ["q1", "đường", "tuổi"]) == ["đường"]
    assert nearest("tuoi", ["q1", "đường", "tuổi", "Tuổi"]) == ["tuổi", "Tuổi"]
    assert nearest("q1", ["", "!"]) == []


def test_a_level_outside_its_range_is_said_as_it_was_typed_and_a_percentage_as_a_share() -> None:
    (fault,) = faults("--mean", "a", "--level", "0.9999999999999999")
    assert (fault.values["value"], fault.values["high"]) == ("0.9999999999999999", "0.9999")
    (fault,) = faults("--mean", "a", "--level", "95")
    assert fault.values["meant"] == "0.95"
    assert request("--mean", "a", "--level", "0.9999").level == 0.9999


def test_weights_need_a_file_to_go_to_and_keep_columns_of_other_names() -> None:
    assert [fault.code for fault in faults("--weight", "w", "--keep", "q", command="weights")] == ["column_missing", "out_missing"]
    found = given(COMMANDS["weights"], ["data.csv", "--weight", "w", "--keep", "a,b,c", "--keep", "s", "--out", "x.csv"])
    assert arguments.weights_request(found, "data.csv", ODD, ())[1] == ("a,b", "c", "s")
    taken = given(COMMANDS["weights"], ["data.csv", "--keep", "weight", "--out", "x.csv"])
    with pytest.raises(Refused) as refused:
        arguments.weights_request(taken, "data.csv", ("weight",), ())
    assert [fault.code for fault in refused.value.faults] == ["keep_name_taken"]


def test_a_file_is_needed_and_one_is_enough() -> None:
    with pytest.raises(Refused) as refused:
        given(COMMANDS["estimate"], ["--mean", "a"])
    assert [fault.code for fault in refused.value.faults] == ["data_missing"]
    assert given(COMMANDS["estimate"], ["--by", "g", "data.csv", "--mean=-x"]).all("--mean") == ("-x",)
    assert given(COMMANDS["needed-n"], ["--share", "0.9"]).data is None
    with pytest.raises(Refused):
        given(COMMANDS["needed-n"], ["data.csv", "--share", "0.9"])

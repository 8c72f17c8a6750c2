"""TOML text to Instrument: what every key becomes, what a broken file says, and that nothing but Refused ever comes out."""

import random
import tomllib
from collections.abc import Iterator
from dataclasses import FrozenInstanceError
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from questionnaires import SHIPPED
from questionnaires.faults import SENTENCES
from questionnaires.instrument import Instrument
from questionnaires.model import Condition, Meaning, Option, Question, Refused, Section, Status
from questionnaires.reader import read
from questionnaires.trees import Given, Leaf, Mean, Node, Points, Proportion, Released
from tests.questionnaires.small import SMALL, changed, faults_of, to_toml

COUNTER_FORM = (SHIPPED / "sipas_counter" / "2026-1.toml").read_text(encoding="utf-8")
OURS = Status("proposed", "proposed")


def test_the_head_of_a_file_becomes_the_head_of_the_instrument():
    instrument = read(SMALL, "small.toml")
    assert (instrument.id, instrument.version, instrument.languages, instrument.max_shown) == ("small", "1", ("vi", "en"), 5)
    assert instrument.title == {"vi": "Phiếu nhỏ", "en": "Small form"}
    assert instrument.sections == (Section("main", {"vi": "Phần chính", "en": "Main"}),)
    assert instrument.rotation == {"m1": 0.25, "m2": 0.75}
    assert list(instrument.rotation) == ["m1", "m2"]
    assert instrument.meanings == {
        "overall": Meaning("general", {}),
        "population": Meaning("stage", {"finished": (1,), "open": (2,)}),
    }


def test_a_question_takes_the_options_of_its_scale_and_then_its_extra_ones():
    assert read(SMALL, "f").question("general") == Question(
        id="general",
        section="main",
        kind="scale",
        text={"vi": "Nhìn chung?", "en": "Overall?"},
        hint=None,
        options=(
            Option(1, {"vi": "Kém", "en": "Bad"}),
            Option(2, {"vi": "Vừa", "en": "Fair"}),
            Option(3, {"vi": "Tốt", "en": "Good"}),
            Option(0, {"vi": "Không rõ", "en": "Do not know"}),
        ),
        rates="reception",
        required=True,
        shown_if=None,
        rotation=None,
        skip_if_known=False,
        exclusive=(),
        no_basis=(0,),
        max_chars=None,
        seconds=5,
        status=Status("confirmed", "proposed"),
        source="somewhere",
    )


def test_every_other_key_of_a_question_is_kept():
    instrument = read(SMALL, "f")
    stage, troubles, trips, comment = map(instrument.question, ("stage", "troubles", "trips", "comment"))
    assert (stage.skip_if_known, stage.rates, stage.source) == (True, None, "")
    assert (troubles.shown_if, troubles.exclusive, troubles.no_basis) == (Condition("stage", (2,)), (0,), (8,))
    assert (troubles.rates, troubles.status) == ("decider", Status("recalled", "proposed"))
    assert (trips.kind, trips.rotation, trips.options) == ("number", "m1", ())
    assert (comment.max_chars, comment.hint) == (20, {"vi": "Không ghi tên", "en": "No names"})


def test_the_wording_of_a_question_overrides_that_of_the_file():
    text = changed(('criterion = "recalled"', 'criterion = "recalled"\nwording = "official"'))
    assert read(text, "f").question("troubles").status == Status("recalled", "official")


def test_a_tree_keeps_every_key():
    tree = read(SMALL, "f").tree("t")
    assert (tree.id, tree.root, tree.label, tree.notice) == ("t", "t.root", {"vi": "Chỉ số", "en": "Index"}, {"vi": "Lưu ý", "en": "Note"})
    assert (tree.population, tree.published_for, tree.minimum_n) == ("finished", ("unit", "city"), 12)
    assert (tree.leaves_for_units_from, tree.comparable_with) == (30, ("small/0",))
    assert list(tree.nodes) == ["t.root", "t.part", "t.scaled", "t.outside"]
    assert tree.nodes["t.root"] == Node(
        "t.root", {"vi": "Gốc", "en": "Root"}, "index", "sum", ("t.part", "t.scaled", "t.outside"), (1, 0.5, 2), None, None, "propagate",
        False, "",
    )  # fmt: skip
    assert tree.nodes["t.part"].missing == "skip"
    scaled, outside = tree.nodes["t.scaled"], tree.nodes["t.outside"]
    assert (scaled.combine, scaled.divisor, scaled.range, scaled.missing) == ("mean", 3, (0.33, 3.3), "propagate")
    assert (outside.children, outside.range, outside.outside_total, outside.source) == ((), (1, 10), True, "formula not established")


def test_the_five_kinds_of_leaf():
    leaves = read(SMALL, "f").tree("t").leaves
    assert leaves["t.share"].value == Proportion("general", (3,), (1, 2, 3))
    assert leaves["t.share"].where == Condition("stage", (1,))
    assert leaves["t.mean"].value == Mean("polite", 1, 3)
    assert leaves["t.extra"] == Leaf("t.extra", {"vi": "Thêm", "en": "Extra"}, Status("confirmed", "official"), "", None, Given(5, 0))
    assert leaves["t.points"].value == Points(0, 2, True, "SNV")
    assert leaves["t.other"].value == Released("small", "t.part", 0, 1, 10)


def test_a_leaf_without_words_of_its_own_takes_those_of_its_question():
    leaf = read(SMALL, "f").tree("t").leaves["t.share"]
    assert (leaf.label, leaf.status, leaf.source) == ({"vi": "Nhìn chung?", "en": "Overall?"}, Status("confirmed", "proposed"), "somewhere")


def test_the_leaf_of_one_option_is_labelled_with_the_option():
    leaf = read(SMALL, "f").tree("t").leaves["t.option"]
    assert leaf.label == {"vi": "Gặp gì?: Chờ", "en": "What happened?: Waiting"}


def test_an_instrument_cannot_be_changed():
    instrument = read(SMALL, "f")
    with pytest.raises(FrozenInstanceError):
        instrument.version = "2"
    frozen = (instrument.title, instrument.rotation, instrument.meanings, instrument.tree("t").nodes, instrument.question("stage").text)
    for mapping in frozen:
        with pytest.raises(TypeError):
            mapping["x"] = 1


def test_a_scorecard_needs_no_questions_and_a_questionnaire_needs_no_trees():
    assert read(SMALL[: SMALL.index("[[tree]]")], "f").trees == ()
    head = 'id = "s"\nversion = "1"\nlanguages = ["vi"]\nwording = "official"\ntitle = { vi = "S" }\n'
    tree = '[[tree]]\nid = "s"\nroot = "a"\nlabel = { vi = "S" }\npublished_for = ["unit"]\n'
    points = "{ low = 0, high = 1, evidence = true, appraised_by = 'x' }"
    leaf = f'[tree.leaves]\na = {{ label = {{ vi = "A" }}, criterion = "confirmed", points = {points} }}'
    scorecard = read(f"{head}{tree}{leaf}", "f")
    assert (scorecard.questions, scorecard.max_shown, scorecard.trees[0].population) == ((), 0, "all")


def test_the_digest_is_that_of_the_bytes_of_the_file():
    raw = SMALL.encode()
    assert read(raw, "f").digest == read(SMALL, "f").digest == sha256(raw).hexdigest()
    with_windows_ends = SMALL.replace("\n", "\r\n").encode()
    assert read(with_windows_ends, "f").digest == sha256(with_windows_ends).hexdigest()


def test_a_file_saved_with_a_byte_order_mark_is_read():
    raw = b"\xef\xbb\xbf" + SMALL.encode()
    assert read(raw, "f").id == "small"
    assert read(raw, "f").digest == sha256(raw).hexdigest()


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [('id = "x"\nversion 1\n', "2", "9"), ('id = "x"\ntitle = { vi = "', "2", "17"), ("[[[", "1", "3"), ('a = 1\na = 2', "2", "6")],
)  # fmt: skip
def test_malformed_toml_says_line_and_column(text, line, column):
    with pytest.raises(Refused) as caught:
        read(text, "bad.toml")
    (fault,) = caught.value.faults
    assert (fault.code, fault.place, fault.values["line"], fault.values["column"]) == ("instrument.syntax", "bad.toml", line, column)


def test_a_file_in_another_encoding_is_refused():
    assert faults_of('title = "Phiếu"'.encode("utf-16")) == [("instrument.not_utf8", "f")]
    assert faults_of('title = "\udc80"') == [("instrument.not_utf8", "f")]


def test_a_bottomless_file_is_refused():
    assert faults_of("a = " + "[" * 100_000) == [("instrument.too_deep", "f")]


def test_a_number_too_long_to_read_is_refused():
    assert [code for code, _ in faults_of("a = " + "9" * 5000)] == ["instrument.syntax"]


def tables_below(value: object, place: tuple = ()) -> Iterator[tuple]:
    """Every table of a file, as the path of keys that leads to it."""
    if isinstance(value, dict):
        yield place
        for key, inner in value.items():
            yield from tables_below(inner, (*place, key))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from tables_below(inner, (*place, number))


def at(values: object, path: tuple) -> dict:
    for key in path:
        values = values[key]
    return values


def test_a_file_read_twice_over_another_writing_is_the_same_instrument():
    rewritten = read(to_toml(tomllib.loads(COUNTER_FORM)), "f")
    original = read(COUNTER_FORM, "f")
    assert [getattr(rewritten, name) for name in Instrument.__slots__ if name != "digest"] == [
        getattr(original, name) for name in Instrument.__slots__ if name != "digest"
    ]


def test_a_key_without_meaning_is_a_fault_wherever_it_stands():
    """Tables whose keys are names (a scale, a rotation group, a node …) read it as one more name, and refuse that."""
    names = {("scales",), ("rotation",), ("meanings",)}
    values = tomllib.loads(SMALL)
    for path in tables_below(values):
        spoiled = tomllib.loads(SMALL)
        at(spoiled, path)["zz_colour"] = "red"
        found = faults_of(to_toml(spoiled))
        codes = {code for code, _ in found}
        if path in names or path[-1:] in (("nodes",), ("leaves",)) or path[:1] == ("meanings",):
            assert codes == {"instrument.wrong_type"}, path
        elif path[-1:] in (("text",), ("title",), ("label",), ("hint",), ("notice",)):
            assert codes == {"instrument.undeclared_language"}, path
        else:
            assert codes == {"instrument.unknown_key"}, path
        assert len(found) == 1, path


def test_a_value_of_the_wrong_type_is_said_once_and_has_no_echo():
    """Every value of the file in turn."""
    values = tomllib.loads(SMALL)
    for path in tables_below(values):
        for key in at(values, path):
            spoiled = tomllib.loads(SMALL)
            at(spoiled, path)[key] = False if not isinstance(at(values, path)[key], bool) else "no"
            found = faults_of(to_toml(spoiled))
            assert [code for code, _ in found] == ["instrument.wrong_type"], (path, key, found)


def test_a_missing_key_is_said_once_and_has_no_echo():
    """Every key of the file in turn: what must be there is missed once; only wording is missed by all that it stood for."""
    values = tomllib.loads(SMALL)
    for path in tables_below(values):
        for key in at(values, path):
            spoiled = tomllib.loads(SMALL)
            del at(spoiled, path)[key]
            found = faults_of(to_toml(spoiled))
            if any(code == "instrument.missing_key" for code, _ in found):
                assert len(found) == 1 or key == "wording", (path, key, found)


@given(st.text() | st.binary())
def test_no_stray_text_is_an_instrument_and_each_refusal_has_a_known_code(text):
    codes = {code for code, _ in faults_of(text)}
    assert codes
    assert codes <= set(SENTENCES)


@given(st.randoms(use_true_random=False))
def test_a_shipped_file_with_any_letter_changed_is_read_or_refused(chance: random.Random):
    letters = list(SMALL)
    for _ in range(chance.randrange(1, 4)):
        letters[chance.randrange(len(letters))] = chance.choice('abc"=[]{},.\n1-')
    assert {code for code, _ in faults_of("".join(letters))} <= set(SENTENCES)


def test_the_files_that_cities_may_build_on_are_read(tmp_path: Path):
    for path in sorted(SHIPPED.glob("*/*.toml")):
        assert faults_of(path.read_bytes()) == []

"""Every fault an instrument file can have: one edit to a sound file gives exactly that fault, at that place, and no echo of it."""

import pytest

from questionnaires.faults import SENTENCES
from tests.questionnaires.small import SMALL, changed, faults_of

GENERAL = 'scale = "sat3"\nextra_options'
STAGE_OPTIONS = 'options = [{ code = 1, vi = "Xong", en = "Done" }, { code = 2, vi = "Chưa", en = "Not yet" }]'
NOT_YET = ', en = "Not yet" }'
CODE_2 = '{ code = 2, vi = "C", en = "C" }'
TROUBLES = 'shown_if = { question = "stage", in = [2] }\nexclusive = [0]'
SHARE = 'satisfied = [3], among = [1, 2, 3] }, where = { question = "stage", in = [1] }'
IF_TRIPS = '{ question = "trips", in = [1] }'
MEAN = "low = 1, high = 3"
NONE = 'question = "troubles", satisfied = [0], among = [0, 1, 2]'
ROOT = 'combine = "sum", coefficients = [1, 0.5, 2], children = ["t.part", "t.scaled", "t.outside"]'
PART = 'combine = "pooled", children = ["t.share", "t.none"]'
SCALED = 'combine = "mean", divisor = 3, range = [0.33, 3.3], children = ["t.mean", "t.option"]'
MORE = '\n"t.more" = { label = { vi = "Nữa", en = "More" }, level = "factor", combine = "mean", children = ["t.mean"] }\n[tree.leaves]'

CASES = {
    "instrument.unknown_key": [
        ("", ('id = "small"', 'colour = 1\nid = "small"')),
        ("section main", ('id = "main"', 'id = "main"\ncolour = 1')),
        ("scale sat3", ("[scales.sat3]", "[scales.sat3]\ncolour = 1")),
        ("scale sat3, option 1", ('vi = "Kém"', 'colour = 1, vi = "Kém"')),
        ("question stage", ('id = "stage"', 'id = "stage"\ncolour = 1')),
        ("question stage, option 1", ('vi = "Xong"', 'colour = 1, vi = "Xong"')),
        ("question troubles, shown_if", ("in = [2] }\nexclusive", "in = [2], colour = 1 }\nexclusive")),
        ("tree t", ('id = "t"', 'id = "t"\ncolour = 1')),
        ("tree t, node t.part", (PART, f"{PART}, colour = 1")),
        ("tree t, leaf t.extra", ("given = { low", "colour = 1, given = { low")),
        ("tree t, leaf t.extra", ("{ low = 5", "{ colour = 1, low = 5")),
    ],
    "instrument.missing_key": [
        ("", ('version = "1"\n', "")),
        ("", ("max_shown = 5\n", "")),
        ("question stage", ('section = "main"\nkind = "single"', 'kind = "single"')),
        ("question comment", ('text = { vi = "Góp ý?", en = "Comment?" }\n', "")),
        ("question comment", ('max_chars = 20\nseconds = 5\ncriterion = "proposed"', "max_chars = 20\nseconds = 5")),
        ("tree t, node t.part", ('label = { vi = "Gộp", en = "Pooled" }, ', "")),
        ("tree t, leaf t.extra", ('label = { vi = "Thêm", en = "Extra" }, ', "")),
        ("tree t, leaf t.extra", (", high = 0 }", " }")),
    ],
    "instrument.wrong_type": [
        ("", ("max_shown = 5", 'max_shown = "5"')),
        ("", ('languages = ["vi", "en"]', 'languages = "vi"')),
        ("", ('title = { vi = "Phiếu nhỏ", en = "Small form" }', 'title = "Small form"')),
        ("question general", ("required = true", "required = 1")),
        ("question comment", ("max_chars = 20", "max_chars = true")),
        ("question troubles", ('seconds = 5\ncriterion = "recalled"', 'seconds = 5.5\ncriterion = "recalled"')),
        ("question troubles, option 1", ('code = 1, vi = "Chờ"', 'code = "1", vi = "Chờ"')),
        ("scale sat3, option 2", ('vi = "Vừa"', "vi = 2")),
        ("question troubles, shown_if", (TROUBLES, TROUBLES.replace("[2]", "2"))),
        ("rotation", ("m1 = 0.25", 'm1 = "0.25"')),
        ("meaning overall", ('overall = { question = "general" }', "overall = { question = 3 }")),
        ("tree t, node t.scaled", ("[0.33, 3.3]", "[0.33, 3.3, 5]")),
        ("tree t, node t.scaled", ("[0.33, 3.3]", "[0.33, inf]")),
        ("tree t, leaf t.mean", (MEAN, "low = nan, high = 3")),
        ("tree t, leaf t.points", ("evidence = true", "evidence = 1")),
        ("tree t, leaf t.share", (SHARE, SHARE.replace("[3]", '["3"]'))),
    ],
    "instrument.not_allowed": [
        ("question stage", ('kind = "single"', 'kind = "radio"')),
        ("question general", ('rates = "reception"\nrequired', 'rates = "everybody"\nrequired')),
        ("question troubles", ('criterion = "recalled"', 'criterion = "known"')),
        ("tree t, leaf t.extra", ('wording = "official"', 'wording = "ours"')),
        ("tree t, node t.part", ('combine = "pooled"', 'combine = "product"')),
    ],
    "instrument.unknown_scale": [("question general", (GENERAL, 'scale = "sat7"\nextra_options'))],
    "instrument.options_twice": [("question stage", (STAGE_OPTIONS, f'scale = "sat3"\n{STAGE_OPTIONS}'))],
    "instrument.leaf_value": [
        ("tree t, leaf t.extra", ("given = { low = 5, high = 0 }", 'source = ""')),
        ("tree t, leaf t.extra", ("given = { low = 5", "mean = { question = \"polite\", low = 1, high = 3 }, given = { low = 5")),
    ],
    "instrument.given_only_arithmetic": [("tree t, node t.outside", ("range = [1, 10]", 'combine = "mean"'))],
    "instrument.no_vietnamese": [("languages", ('["vi", "en"]', '["en"]'))],
    "instrument.missing_language": [
        ("title", (', en = "Small form"', "")),
        ("question stage, option 2", (', en = "Not yet"', "")),
        ("tree t, node t.part", ('vi = "Gộp", ', "")),
        ("question comment, hint", ('vi = "Không ghi tên", ', "")),
    ],
    "instrument.undeclared_language": [("question comment", ('en = "Comment?"', 'en = "Comment?", fr = "Un mot ?"'))],
    "instrument.empty_words": [("section main", ('en = "Main"', 'en = "  "'))],
    "instrument.bad_id": [
        ("id", ('id = "small"\n', 'id = "Small/form"\n')),
        ("version", ('version = "1"', 'version = "../1"')),
        ("question comment.0", ('id = "comment"', 'id = "comment.0"')),
    ],
    "instrument.reserved_id": [("question form_token", ('id = "comment"', 'id = "form_token"'))],
    "instrument.duplicate_id": [
        ("question polite", ('id = "trips"', 'id = "polite"')),
        ("section main", ('id = "main"', 'id = "main"\ntitle = { vi = "A", en = "A" }\n[[section]]\nid = "main"')),
    ],
    "instrument.unknown_section": [("question comment", ('section = "main"\nkind = "text"', 'section = "end"\nkind = "text"'))],
    "instrument.unknown_question": [
        ("question troubles, shown_if", (TROUBLES, TROUBLES.replace('"stage"', '"stages"'))),
        ("meaning overall", ('overall = { question = "general"', 'overall = { question = "all"')),
        ("tree t, leaf t.mean", ('question = "polite"', 'question = "rude"')),
        ("tree t, leaf t.mean", ('question = "polite"', 'question = "polite.1"')),
        ("tree t, leaf t.share, where", (SHARE, SHARE.replace('"stage"', '"stages"'))),
    ],
    "instrument.not_for_kind": [
        ("question comment", ("max_chars = 20", "max_chars = 20\nno_basis = [1]")),
        ("question stage", ("skip_if_known = true", "skip_if_known = true\nmax_chars = 9")),
    ],
    "instrument.too_few_options": [("question polite", ('scale = "sat3"\nrotation', f"options = [{CODE_2}]\nrotation"))],
    "instrument.code_range": [("question stage, option 100", (NOT_YET, f"{NOT_YET}, {CODE_2.replace('2', '100')}"))],
    "instrument.duplicate_code": [("question stage, option 2", (NOT_YET, f"{NOT_YET}, {CODE_2}"))],
    "instrument.unknown_code": [
        ("question troubles, shown_if", (TROUBLES, TROUBLES.replace("[2]", "[2, 3]"))),
        ("question troubles", ("no_basis = [8]", "no_basis = [8, 9]")),
        ("meaning population", ("open = [2]", "open = [2, 4]")),
        ("tree t, leaf t.share", (SHARE, SHARE.replace("[1, 2, 3]", "[1, 2, 3, 4]"))),
        ("tree t, leaf t.share, where", (SHARE, SHARE.replace("in = [1]", "in = [7]"))),
        ("tree t, leaf t.option", ('"troubles.1"', '"troubles.5"')),
        ("tree t, leaf t.option", ("among = [0, 1] }", "among = [0, 1, 2] }")),
    ],
    "instrument.text_without_limit": [("question comment", ("max_chars = 20", "max_chars = 0"))],
    "instrument.negative_seconds": [("question comment", ("max_chars = 20\nseconds = 5", "max_chars = 20\nseconds = -5"))],
    "instrument.condition_later": [
        ("question general, shown_if", ("required = true", 'shown_if = { question = "stage", in = [1] }')),
        ("question troubles, shown_if", (TROUBLES, 'shown_if = { question = "troubles", in = [1] }\nexclusive = [0]')),
    ],
    "instrument.no_condition_codes": [("question troubles, shown_if", (TROUBLES, TROUBLES.replace("[2]", "[]")))],
    "instrument.never_shown": [("question polite, shown_if", ('rotation = "m2"', f'rotation = "m2"\nshown_if = {IF_TRIPS}'))],
    "instrument.no_codes": [
        ("tree t, leaf t.mean", ('question = "polite"', 'question = "comment"')),
        ("tree t, leaf t.share, where", (SHARE, SHARE.replace('"stage"', '"comment"'))),
    ],
    "instrument.required_rotated": [("question polite", ('rotation = "m2"', 'rotation = "m2"\nrequired = true'))],
    "instrument.rotation_without_pi": [("question trips", ("m1 = 0.25\nm2 = 0.75", "m2 = 1"))],
    "instrument.rotation_probability": [("rotation", ("m1 = 0.25\nm2 = 0.75", "m1 = -0.25\nm2 = 1\nm3 = 0.25"))],
    "instrument.rotation_sum": [("rotation", ("m1 = 0.25", "m1 = 0.2"))],
    "instrument.max_shown": [("max_shown", ("max_shown = 5", "max_shown = 4"))],
    "instrument.population_question": [("meaning population", ("skip_if_known = true", 'shown_if = { question = "general", in = [1] }'))],
    "instrument.population_overlap": [("meaning population", ("open = [2]", "open = [1, 2]"))],
    "instrument.no_such_population": [("tree t", ('population = "finished"', 'population = "done"'))],
    "instrument.unknown_root": [("tree t", ('root = "t.root"', 'root = "t.roof"'))],
    "instrument.unknown_child": [("tree t, node t.scaled", (SCALED, SCALED.replace('"t.mean"', '"t.mean", "t.median"')))],
    "instrument.duplicate_child": [("tree t, node t.scaled", (SCALED, SCALED.replace('"t.mean"', '"t.mean", "t.mean"')))],
    "instrument.cycle": [],
    "instrument.orphan": [
        ("tree t, node t.more", ("\n[tree.leaves]", MORE)),
        ("tree t, leaf t.option", ('"t.mean", "t.option"]', '"t.mean"]')),
    ],
    "instrument.counted_twice": [],
    "instrument.pooled_over_node": [("tree t, node t.part", (PART, PART.replace('"t.none"', '"t.none", "t.scaled"')))],
    "instrument.pooled_over_given": [
        ("tree t, node t.part", (PART, PART.replace('"t.none"', '"t.none", "t.extra"'))),
        ("tree t, node t.part", (PART, PART.replace('"t.none"', '"t.none", "t.outside"'))),
    ],
    "instrument.pooled_arithmetic": [
        ("tree t, node t.part", (PART, f"{PART}, range = [0, 1]")),
        ("tree t, node t.part", (PART, f"{PART}, divisor = 2")),
        ("tree t, node t.part", (PART, f"{PART}, coefficients = [1, 1]")),
        ("tree t, node t.part", (PART, f'{PART}, missing = "propagate"')),
    ],
    "instrument.coefficients": [("tree t, node t.root", (ROOT, ROOT.replace("0.5, ", "")))],
    "instrument.coefficients_zero": [("tree t, node t.root", (ROOT, ROOT.replace("sum", "mean").replace("1, 0.5", "-1, 0.5")))],
    "instrument.divisor": [
        ("tree t, node t.scaled", (SCALED, SCALED.replace("mean", "sum", 1))),
        ("tree t, node t.scaled", (SCALED, SCALED.replace("divisor = 3", "divisor = 0"))),
    ],
    "instrument.range": [("tree t, node t.scaled", ("[0.33, 3.3]", "[3.3, 0.33]"))],
    "instrument.range_over_scaled": [
        ("tree t, node t.scaled", (SCALED, SCALED.replace('"t.mean"', '"t.mean", "t.outside"'))),
        ("tree t, node t.scaled", (SCALED, SCALED.replace('"t.mean"', '"t.mean", "t.points"'))),
    ],
    "instrument.rescale": [("tree t, node t.scaled", (SCALED, f'{SCALED}, missing = "rescale"'))],
    "instrument.given_only_reason": [("tree t, node t.outside", ('source = "formula not established"', 'source = ""'))],
    "instrument.published_for": [
        ("tree t", ('published_for = ["unit", "city"]', "published_for = []")),
        ("tree t", ('published_for = ["unit", "city"]', 'published_for = ["unit", "block"]')),
    ],
    "instrument.minimum_n": [("tree t", ("minimum_n = 12", "minimum_n = 0")), ("tree t", ("units_from = 30", "units_from = -1"))],
    "instrument.no_among": [("tree t, leaf t.none", (NONE, NONE.replace("satisfied = [0]", "satisfied = []")))],
    "instrument.satisfied_not_among": [("tree t, leaf t.share", (SHARE, SHARE.replace("among = [1, 2, 3]", "among = [1, 2]")))],
    "instrument.no_basis_counted": [("tree t, leaf t.share", (SHARE, SHARE.replace("[1, 2, 3]", "[0, 1, 2, 3]")))],
    "instrument.not_exclusive": [("tree t, leaf t.none", (NONE, NONE.replace("satisfied = [0]", "satisfied = [1]")))],
    "instrument.mean_of_multiple": [("tree t, leaf t.mean", ('question = "polite"', 'question = "troubles"'))],
    "instrument.low_equals_high": [
        ("tree t, leaf t.mean", (MEAN, "low = 3, high = 3")),
        ("tree t, leaf t.extra", ("low = 5, high = 0", "low = 5, high = 5.0")),
    ],
    "instrument.outside_range": [
        ("tree t, leaf t.mean", (MEAN, "low = 1, high = 2")),
        ("tree t, leaf t.mean", (MEAN, "low = 3, high = 2")),
    ],
    "instrument.never_together": [("tree t, leaf t.mean, where", (f"{MEAN} }}", f"{MEAN} }}, where = {IF_TRIPS}"))],
    "instrument.rates_nobody": [("tree t, leaf t.mean", ('rotation = "m2"\nrates = "reception"', 'rotation = "m2"'))],
    "instrument.where_without_answers": [("tree t, leaf t.extra", ("given = { low", f"where = {IF_TRIPS}, given = {{ low"))],
    "instrument.maximum": [("tree t, leaf t.other", ("maximum = 10", "maximum = 0"))],
}  # fmt: skip

FINDING = {"instrument.not_found", "instrument.no_such_digest", "instrument.misplaced"}
"""Shown in test_loading.py."""

DECODING = {"instrument.not_utf8", "instrument.syntax", "instrument.too_deep"}
"""Shown in test_reader.py."""


def single_cases():
    return [pytest.param(code, place, edit, id=f"{code}-{place}") for code, cases in CASES.items() for place, edit in cases]


@pytest.mark.parametrize(("code", "place", "edit"), single_cases())
def test_one_wrong_thing_gives_exactly_one_fault_at_its_place(code, place, edit):
    assert faults_of(changed(edit)) == [(code, f"f, {place}" if place else "f")]


def test_every_fault_of_an_instrument_is_shown_here():
    assert set(CASES) | FINDING | DECODING == {code for code in SENTENCES if code.startswith("instrument.")}


def test_a_circle_is_a_fault_of_each_node_in_it():
    circle = '"t.part" = { label = { vi = "Gộp", en = "P" }, level = "f", combine = "pooled", children = ["t.share", "t.none", "t.inner"] }'
    inner = '"t.inner" = { label = { vi = "T", en = "I" }, level = "f", combine = "pooled", children = ["t.part"] }'
    old = '"t.part" = { label = { vi = "Gộp", en = "Pooled" }, level = "factor", combine = "pooled", children = ["t.share", "t.none"] }'
    found = faults_of(changed((old, f"{circle}\n{inner}")))
    assert [fault for fault in found if fault[0] == "instrument.cycle"] == [
        ("instrument.cycle", "f, tree t, node t.part"),
        ("instrument.cycle", "f, tree t, node t.inner"),
    ]


def test_a_leaf_reached_twice_below_a_pooled_node_is_a_fault():
    inner = '"t.inner" = { label = { vi = "T", en = "I" }, level = "f", combine = "pooled", children = ["t.none"] }'
    text = changed((PART, PART.replace('"t.none"', '"t.none", "t.inner"')), ("\n[tree.leaves]", f"\n{inner}\n[tree.leaves]"))
    assert faults_of(text) == [("instrument.counted_twice", "f, tree t, node t.part")]


def test_a_leaf_may_serve_two_nodes_where_nothing_is_pooled():
    assert faults_of(changed((SCALED, SCALED.replace('"t.mean"', '"t.mean", "t.share"')))) == []


def test_the_same_id_in_two_trees_is_a_fault():
    second = SMALL[SMALL.index("[[tree]]") :].replace('id = "t"', 'id = "u"', 1)
    assert {(code, place) for code, place in faults_of(SMALL + second)} == {("instrument.duplicate_id", "f, trees")}
    assert len(faults_of(SMALL + second)) == 11


def test_all_faults_of_a_bad_file_are_said_at_once():
    text = changed(
        ('id = "trips"', 'id = "polite"'),
        ('id = "stage"', 'id = "stage"\ncolour = 1'),
        (GENERAL, 'scale = "sat7"\nextra_options'),
        (PART, PART.replace('"t.none"', '"t.none", "t.scaled"')),
        ("m1 = 0.25\nm2 = 0.75", "m2 = 1"),
    )
    assert sorted(faults_of(text)) == [
        ("instrument.duplicate_id", "f, question polite"),
        ("instrument.pooled_over_node", "f, tree t, node t.part"),
        ("instrument.rotation_without_pi", "f, question polite"),
        ("instrument.unknown_key", "f, question stage"),
        ("instrument.unknown_scale", "f, question general"),
    ]

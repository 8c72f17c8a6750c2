"""The shipped instruments: what the counter form asks, and that the published PAPI structure holds its recovered formulas."""

import pytest

import questionnaires
from questionnaires.trees import Given, Proportion

FORM = questionnaires.load("sipas_counter", "2026-1")
PAPI = questionnaires.load("papi", "2019")
TREE = PAPI.tree("papi")


def by_calculator(id, numbers):
    """A sub-dimension as one would work it out on paper: each number mapped to 0…1, then to the range, then averaged."""
    node = TREE.nodes[id]
    low, high = node.range
    leaves = [TREE.leaves[child].value for child in node.children]
    mapped = [low + (high - low) * (number - leaf.low) / (leaf.high - leaf.low) for leaf, number in zip(leaves, numbers, strict=True)]
    return sum(mapped) / (node.divisor or len(mapped))


# ── the counter form ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_counter_form_has_its_five_trees():
    assert [tree.id for tree in FORM.trees] == ["sipas", "overall", "criteria", "papi_style", "papi_d5_style"]
    assert [question.id for question in FORM.questions if question.required] == ["overall", "stage"]


def test_the_populations_of_the_counter_form():
    assert FORM.meanings["population"].question == "stage"
    assert FORM.meanings["population"].codes == {"finished": (2,), "open": (1, 3), "no_file": (4, 5)}


def test_every_tree_in_the_style_of_papi_says_that_it_is_not_comparable_with_papi():
    for id in ("papi_style", "papi_d5_style"):
        assert FORM.tree(id).notice["vi"] == "Kiểu PAPI, không so sánh với PAPI"


def test_nothing_in_the_counter_form_is_called_official_wording():
    assert {question.status.wording for question in FORM.questions} == {"proposed"}
    assert {leaf.status.wording for tree in FORM.trees for leaf in tree.leaves.values()} == {"proposed"}


def test_satisfied_means_the_two_upper_levels_of_five():
    leaves = [leaf.value for id in ("sipas", "overall", "criteria") for leaf in FORM.tree(id).leaves.values()]
    assert len(leaves) == 13
    assert all(isinstance(leaf, Proportion) and (leaf.satisfied, leaf.among) == ((4, 5), (1, 2, 3, 4, 5)) for leaf in leaves)


# ── PAPI 2019 ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_papi_2019_has_8_dimensions_29_sub_dimensions_and_127_indicators():
    levels = [node.level for node in TREE.nodes.values()]
    assert (levels.count("total"), levels.count("dimension"), levels.count("sub-dimension")) == (1, 8, 29)
    assert TREE.root == "total"
    assert TREE.nodes["total"].children == tuple(f"D{number}" for number in range(1, 9))
    assert len(TREE.leaves) == 127
    assert all(isinstance(leaf.value, Given) and leaf.status.criterion == "confirmed" for leaf in TREE.leaves.values())


def test_every_dimension_is_the_plain_sum_of_its_sub_dimensions():
    parts = {"D1": 4, "D2": 4, "D3": 3, "D4": 4, "D5": 4, "D6": 4, "D7": 3, "D8": 3}
    for id, count in parts.items():
        node = TREE.nodes[id]
        assert (node.combine, node.coefficients, node.range, node.missing) == ("sum", None, None, "propagate")
        assert node.children == tuple(f"{id[1]}.{number}" for number in range(1, count + 1))


EXACT = {"1.1", "3.2", "3.3", "4.1", "4.2", "4.3", "7.2", "7.3", "8.1", "8.2"}
NEAR = {"6.3", "6.4"}


def test_a_formula_stands_only_where_it_reproduces_what_was_published():
    with_formula = {id for id, node in TREE.nodes.items() if node.level == "sub-dimension" and node.children}
    assert with_formula == EXACT | NEAR
    assert all(TREE.nodes[id].source.startswith("exact: ") for id in EXACT)
    assert all(TREE.nodes[id].source.startswith("near: ") for id in NEAR)


def test_a_sub_dimension_without_an_established_formula_says_so():
    without = [node for node in TREE.nodes.values() if node.level == "sub-dimension" and not node.children]
    assert len(without) == 17
    assert all(node.source.startswith("formula not established") for node in without)


BY_HAND = {
    "1.1": ((0.7729732990264893, 0.13690832257270813), 0.8388193845748901, lambda a, b: 0.25 + 2.25 * (a / 2 + b) / 2),
    "3.3": ((0.8699066042900085, 0.9317312836647034), 2.0036215782165527, lambda a, b: 0.22 + 0.99 * a + 0.99 * b),
    "4.1": ((0.6023750901222229, 0.5025625228881836, 0.46746566891670227), 1.429302453994751, lambda *x: 0.25 + 0.75 * sum(x)),
    "4.2": ((0.6936525702476501, 0.581987738609314, 0.9694262146949768), 1.9337998628616333, lambda *x: 0.25 + 0.75 * sum(x)),
    "7.2": ((0.25834545493125916, 0.7964690923690796, 0.22204074263572693), 1.610188603401184, lambda *x: 1 / 3 + sum(x)),
}
"""Ho Chi Minh City 2019: indicators and sub-dimension as published, and the formula multiplied out on paper."""


@pytest.mark.parametrize("id", BY_HAND)
def test_a_sub_dimension_by_hand(id):
    numbers, published, on_paper = BY_HAND[id]
    assert by_calculator(id, numbers) == pytest.approx(on_paper(*numbers), abs=1e-12)
    assert by_calculator(id, numbers) == pytest.approx(published, abs=2e-6)


def test_4_2_uses_an_indicator_that_is_listed_under_4_4():
    assert TREE.nodes["4.2"].children == ("4.2.a", "4.2.b", "4.4.a")


def test_reversed_indicators_run_from_high_to_low():
    assert TREE.leaves["6.4.c"].value == Given(400, 0)
    assert TREE.leaves["6.3.f"].value == Given(1, 0)
    assert TREE.leaves["6.4.b"].value == Given(-3, 3)


def test_indicators_that_enter_no_formula_say_so():
    used = {child for node in TREE.nodes.values() for child in node.children}
    unused = set(TREE.leaves) - used
    assert len(used & set(TREE.leaves)) == 36
    assert all("in no established formula" in TREE.leaves[id].source for id in unused - {"3.3.c"})


def test_only_labels_that_the_workbook_does_not_have_are_ours():
    ours = {id for id, leaf in TREE.leaves.items() if leaf.status.wording == "proposed"}
    assert ours == {"4.1.f", "5.3.a", "5.4.a", "8.3.b", "8.3.c", "8.3.d"}


def test_the_weighted_total_of_ho_chi_minh_city_by_hand():
    """0.51064 × 4.86006 + 1.57573 × 5.49370 + … = 45.8588, as published."""
    dimensions = (4.86005973815918, 5.493697166442871, 5.0411763191223145, 6.373359680175781,
                  7.391232967376709, 7.470026016235352, 2.8293378353118896, 4.326257228851318)  # fmt: skip
    weighted = PAPI.tree("papi_weighted")
    root = weighted.nodes[weighted.root]
    assert root.children == tuple(f"weighted.D{number}" for number in range(1, 9))
    assert sum(c * d for c, d in zip(root.coefficients, dimensions, strict=True)) == pytest.approx(45.858795166015625, abs=2e-4)

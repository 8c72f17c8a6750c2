"""The measures of a tree: which answers each leaf and node counts, with what value."""

import pytest

import questionnaires
from questionnaires.model import Condition
from questionnaires.reader import read
from questionnaires.trees import Measure, Term, leaves_below, measures, referred
from tests.questionnaires.small import SMALL, changed

SMALL_INSTRUMENT = read(SMALL, "f")
TREE = SMALL_INSTRUMENT.tree("t")
FORM = questionnaires.load("sipas_counter", "2026-1")

SHARE = Term("general", {1: 0.0, 2: 0.0, 3: 1.0}, "reception", None, Condition("stage", (1,)))
NONE = Term("troubles", {0: 1.0, 1: 0.0, 2: 0.0}, "decider", None, None)
MEAN = Term("polite", {1: 0.0, 2: 0.5, 3: 1.0}, "reception", "m2", None)
OPTION = Term("troubles.1", {0: 1.0, 1: 0.0}, "decider", None, None)


def test_each_leaf_and_each_node_with_answers_below_it_has_one_measure():
    assert measures(TREE, SMALL_INSTRUMENT.questions) == (
        Measure("t.share", (SHARE,)),
        Measure("t.none", (NONE,)),
        Measure("t.mean", (MEAN,)),
        Measure("t.option", (OPTION,)),
        Measure("t.root", (SHARE, NONE, MEAN, OPTION)),
        Measure("t.part", (SHARE, NONE)),
        Measure("t.scaled", (MEAN, OPTION)),
    )


def test_a_reversed_mean_falls_as_the_code_rises():
    tree = read(changed(("low = 1, high = 3", "low = 3, high = 1")), "f").tree("t")
    assert measures(tree, SMALL_INSTRUMENT.questions)[2].terms[0].codes == {1: 1.0, 2: 0.5, 3: 0.0}


def test_a_mean_leaves_out_the_codes_without_basis():
    tree = read(changed(('mean = { question = "polite"', 'mean = { question = "general"')), "f").tree("t")
    assert measures(tree, SMALL_INSTRUMENT.questions)[2].terms[0].codes == {1: 0.0, 2: 0.5, 3: 1.0}


def test_a_mean_of_a_number_counts_every_number_from_0_to_99():
    text = changed(('mean = { question = "polite", low = 1, high = 3 }', 'mean = { question = "trips", low = 0, high = 99 }'))
    tree = read(text, "f").tree("t")
    codes = measures(tree, SMALL_INSTRUMENT.questions)[2].terms[0].codes
    assert len(codes) == 100
    assert (codes[0], codes[33], codes[99]) == (0.0, pytest.approx(1 / 3), 1.0)


def test_a_tree_whose_root_is_a_leaf_has_one_measure():
    assert measures(FORM.tree("overall"), FORM.questions) == (
        Measure("overall.top", (Term("overall", {1: 0.0, 2: 0.0, 3: 0.0, 4: 1.0, 5: 1.0}, "reception", None, None),)),
    )


def test_the_headline_pools_the_five_core_items():
    headline = {measure.id: measure for measure in measures(FORM.tree("sipas"), FORM.questions)}["sipas.B"]
    assert [(term.question, term.rates) for term in headline.terms] == [
        ("b1_general", "reception"),
        ("b2_general", "decider"),
        ("b3_general", "reception"),
        ("b4_general", "decider"),
        ("b5_general", "reception"),
    ]
    assert all(term.codes == {1: 0.0, 2: 0.0, 3: 0.0, 4: 1.0, 5: 1.0} for term in headline.terms)


def test_a_published_index_has_nothing_to_count():
    papi = questionnaires.load("papi", "2019")
    assert [measures(tree, papi.questions) for tree in papi.trees] == [(), ()]


def test_a_leaf_reached_on_two_ways_is_below_a_node_once():
    tree = read(changed(('"t.mean", "t.option"]', '"t.mean", "t.option", "t.share"]')), "f").tree("t")
    assert leaves_below(tree, "t.root") == ("t.share", "t.none", "t.mean", "t.option")


@pytest.mark.parametrize(
    ("reference", "meant"),
    [("victim.1", ("victim", 1)), ("visits", ("visits", None)), ("a.b", ("a.b", None)), ("a.", ("a.", None)), ("a.²", ("a.²", None))],
)
def test_a_leaf_points_to_a_question_or_to_one_of_its_options(reference, meant):
    assert referred(reference) == meant

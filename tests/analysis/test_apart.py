"""Every answer is added up once: what is made of disjoint sets of answers is, basis by basis, what the answers of the basis give."""

import numpy as np
import pytest

from analysis import bases
from analysis.apart import SumsApart
from analysis.bases import SUMMED, Basis
from analysis.cells import counts
from analysis.comparison.same_mix import without_days
from analysis.counting import InMemory, tally
from analysis.survey_data import SurveyData
from analysis.weighting import weigh
from questionnaires.trees import measures
from tests.analysis import made
from tests.analysis.test_merging import DOMAINS, FRAME, INSTRUMENT, QUESTIONS, TREE, answers, different

MEASURES = measures(TREE, QUESTIONS)


def data_of(rows: list[dict], seed: int = 5) -> SurveyData:
    """Every fifth or so flagged, half of them verified, flagged or not."""
    rng = np.random.default_rng(seed)
    told = [{**row, "flagged": bool(rng.random() < 0.2), "channel": str(rng.choice(["issued", "open"]))} for row in rows]
    return SurveyData.of(INSTRUMENT, made.columns(told), "all")


@pytest.mark.parametrize("basis", SUMMED)
@pytest.mark.parametrize("framed", [True, False])
def test_the_sums_of_a_basis_are_those_of_its_answers_to_the_bit(basis: Basis, framed: bool) -> None:
    data, frame = data_of(answers(1, 300)), FRAME if framed else None
    part = bases.only(data, bases.of_basis(data, basis))
    factors = weigh(counts(part), frame)
    apart = SumsApart.of(InMemory(data), frame, MEASURES, DOMAINS)
    found, sums = apart.on(basis)
    assert different(found, factors) == []
    assert different(sums, tally(part, factors, MEASURES, DOMAINS)) == []
    for channel, of in apart.by_channel(basis, found).items():
        inside = np.array([part.keys["channel"].labels[code] == channel for code in part.keys["channel"].codes], np.bool_)
        assert different(of, without_days(tally(bases.only(part, inside), factors, MEASURES, DOMAINS))) == []


@pytest.mark.parametrize("basis", SUMMED)
def test_the_sums_of_some_measures_are_those_that_are_counted_alone(basis: Basis) -> None:
    """And nothing of them hangs on the measures that are left out."""
    data = data_of(answers(4, 300))
    part = bases.only(data, bases.of_basis(data, basis))
    some = [one for one in MEASURES if one.id in ("a", "b")]
    factors, sums = SumsApart.of(InMemory(data), FRAME, MEASURES, DOMAINS).of_measures(basis, [one.id for one in some])
    assert different(sums, tally(part, factors, some, DOMAINS)) == []


def test_every_answer_is_in_one_set_and_every_basis_made_of_whole_sets() -> None:
    data = data_of(answers(2, 200))
    apart = bases.apart(data)
    found = {(kind.channel, *sorted(kind.bases - {"all"})) for kind in apart}
    assert found == {("open", "open"), ("open", "open", "unflagged"), ("issued", "verified"), ("issued", "unflagged", "verified")}
    assert all("all" in kind.bases for kind in apart)
    assert sum(map(len, apart.values())) == len(data)
    for basis in SUMMED:
        assert sum(len(one) for kind, one in apart.items() if basis in kind.bases) == bases.of_basis(data, basis).sum()


def test_nobody_makes_one_set_with_nobody_in_it() -> None:
    sums = SumsApart.of(InMemory(data_of([])), None, MEASURES, DOMAINS)
    assert sums.answers == {"all": 0, "unflagged": 0, "verified": 0, "open": 0}
    assert sums.on("all")[1].by_psu.n.sum() == 0


def test_unequal_design_weights_leave_only_rounding() -> None:
    data = data_of(answers(3, 300, weights=(1 / 3, 0.7, 2.0), pi=0.3))
    part = bases.only(data, bases.of_basis(data, "unflagged"))
    factors, sums = SumsApart.of(InMemory(data), FRAME, MEASURES, DOMAINS).on("unflagged")
    whole = tally(part, weigh(counts(part), FRAME), MEASURES, DOMAINS)
    np.testing.assert_allclose(factors.g, whole.factor, rtol=1e-12)
    np.testing.assert_allclose(sums.by_psu.totals, whole.by_psu.totals, rtol=1e-12)
    np.testing.assert_allclose(sums.by_place.products.toarray(), whole.by_place.products.toarray(), rtol=1e-12)

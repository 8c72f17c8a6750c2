"""What a population keeps while a release is made."""

from analysis.cells import counts
from analysis.counting import tally
from analysis.estimation import estimate
from analysis.population import Population
from analysis.survey_data import SurveyData
from analysis.weighting import weigh
from questionnaires.trees import measures
from tests.analysis import made

QUESTIONS = [made.question("a")]
TREE = made.tree("top", [made.share("top", "a")])
INSTRUMENT = made.instrument(QUESTIONS, [TREE])


def test_no_table_of_influence_is_kept_once_it_has_been_let_go() -> None:
    """Not even by a view of none of its rows."""
    data = SurveyData.of(INSTRUMENT, made.columns([made.answer("u", day=day, a=5 - day % 2) for day in range(20)]), "all")
    sums = tally(data, weigh(counts(data), None), measures(TREE, QUESTIONS), [made.unit("u")])
    population = Population.of("all", False, [TREE], estimate(sums), [made.unit("u")])
    assert len(population.estimates.influence.totals) == len(population.precision.z) == 20
    left = population.without_influence()
    influence = left.estimates.influence
    tables = influence.psu, influence.n, left.precision.z
    assert [(len(table), table.base) for table in tables] == [(0, None)] * 3
    assert (len(influence.totals), influence.totals.parts) == (0, ())

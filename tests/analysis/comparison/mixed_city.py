"""A simulated city whose units are equally good at every kind of matter and differ in which matters people bring."""

from dataclasses import dataclass, replace

import numpy as np

from analysis import simulation
from analysis.cells import Factors, counts
from analysis.comparison.same_mix import SameMix, same_mix
from analysis.counting import tally
from analysis.estimation import estimate
from analysis.indices import evaluate
from analysis.precision import Precision, precision
from analysis.simulated.behaviour import Behaviour, Kind
from analysis.simulation import Body
from analysis.survey_data import SurveyData
from analysis.tallies import Tallies
from analysis.weighting import weigh
from questionnaires.trees import measures
from tests.coverage.city import BEHAVIOUR, INSTRUMENT, SHARE, _domain, frame

UNITS, OFTEN_HARD = 80, 8
SECTORS = tuple(str(option.code) for option in INSTRUMENT.question("sector").options)
HARD = 3
BODIES = tuple(Body(f"U{number:03d}", "hard" if number < OFTEN_HARD else "usual") for number in range(UNITS))
DOMAINS = (
    *(_domain(body.code, "unit", None, {body.code: 1.0}, "credited") for body in BODIES),
    _domain("block", "area", "block", {body.code: 1.0 for body in BODIES}, "credited"),
    _domain("city", "city", None, {body.code: 1.0 for body in BODIES}, "received"),
)
MEASURES = [measure for tree in INSTRUMENT.trees for measure in measures(tree, INSTRUMENT.questions)]


@dataclass(frozen=True, slots=True)
class MixedCity:
    data: SurveyData
    factors: Factors
    fine: Tallies
    found: SameMix
    plain: Precision


def behaviour(satisfaction_sd: float = 0.0005) -> Behaviour:
    """Eight units get 70 % of their files in the hardest matter, 12 points worse than the easiest, the others 10 %."""
    usual = {code: sector.files["ward"] for code, sector in BEHAVIOUR.sectors.items()}
    easy = 1 - usual[HARD]

    def with_hard(share: float, code: int) -> float:
        return share if code == HARD else usual[code] / easy * (1 - share)

    sectors = {
        code: replace(sector, shift=-0.10 if code == HARD else 0.02, files={"hard": with_hard(0.7, code), "usual": with_hard(0.1, code)})
        for code, sector in BEHAVIOUR.sectors.items()
    }
    return replace(
        BEHAVIOUR,
        satisfaction=replace(BEHAVIOUR.satisfaction, mean=0.92, sd=satisfaction_sd, mix_counts=True),
        volume=replace(BEHAVIOUR.volume, service_days=(10, 60)),
        kinds={"hard": Kind(1.0, (1, 1)), "usual": Kind(1.0, (1, 1))},
        sectors=sectors,
        decided_elsewhere={},
    )


def mixed_city(seed: int, answers: int = 250) -> MixedCity:
    rng, lived = np.random.default_rng(seed), behaviour()
    people = simulation.people(INSTRUMENT, BODIES, lived, answers * UNITS, rng)
    data = simulation.survey_data(INSTRUMENT, people, lived, rng)
    factors = weigh(counts(data), frame(people))
    fine = tally(data, factors, MEASURES, DOMAINS)
    estimates = estimate(fine)
    nodes = {}
    for tree in INSTRUMENT.trees:
        nodes |= evaluate(tree, estimates, tree.minimum_n)
    return MixedCity(data, factors, fine, same_mix(fine, factors, SHARE, [UNITS], SECTORS), precision(nodes, estimates, DOMAINS))

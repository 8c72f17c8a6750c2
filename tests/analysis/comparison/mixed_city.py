"""Simulated cities whose units are equally good at every kind of matter and differ in which matters people bring, and by which
codes their answers come in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from analysis import simulation
from analysis.bases import only
from analysis.cells import Factors, counts
from analysis.comparison.same_mix import Mixed, SameMix, same_mix
from analysis.counting import tally
from analysis.domains import Domain
from analysis.estimation import estimate
from analysis.indices import evaluate
from analysis.precision import Precision, precision
from analysis.simulated.behaviour import Behaviour, Kind
from analysis.simulation import Body
from analysis.survey_data import Column, SurveyData
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


TERMS = next(measure.terms for measure in MEASURES if measure.id == SHARE)
BY_SLIP, BY_SLIP_THERE, SEVERER = 0.1, 0.8, 0.12
SATISFIED, NOT_SATISFIED = 4, 3


@dataclass(frozen=True, slots=True)
class MixedCity:
    """`fine`: the sums of all answers; `by_mode`: the same, each way of answering apart."""

    data: SurveyData
    factors: Factors
    fine: Tallies
    by_mode: Mapping[str, Tallies]
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


def mixed_city(seed: int, answers: int = 250, slips: bool = False) -> MixedCity:
    """slips: no unit differs by its matters; eight units hand out slips to most people, and who answers by slip is more severe."""
    rng, lived = np.random.default_rng(seed), behaviour()
    if slips:
        usual = {code: sector.files["usual"] for code, sector in lived.sectors.items()}
        sectors = {code: replace(sector, files=dict.fromkeys(sector.files, usual[code])) for code, sector in lived.sectors.items()}
        lived = replace(lived, sectors=sectors)
    people = simulation.people(INSTRUMENT, BODIES, lived, answers * UNITS, rng)
    data = simulation.survey_data(INSTRUMENT, people, lived, rng)
    if slips:
        data = by_slips(data, rng)
    factors = weigh(counts(data), frame(people))
    fine, by_mode = tally(data, factors, MEASURES, DOMAINS), of_modes(data, factors, DOMAINS)
    estimates = estimate(fine)
    nodes = {}
    for tree in INSTRUMENT.trees:
        nodes |= evaluate(tree, estimates, tree.minimum_n)
    found = same_mix(Mixed.of(by_mode, factors, [UNITS], SECTORS), SHARE)
    return MixedCity(data, factors, fine, by_mode, found, precision(nodes, estimates, DOMAINS))


def by_slips(data: SurveyData, rng: np.random.Generator) -> SurveyData:
    """10 % of the answers of a unit came by a slip, 80 % in the first eight; of these people's satisfied answers 12 % are not."""
    unit = np.array([int(label[1:]) for label in data.keys["reception"].labels])[data.keys["reception"].codes]
    slip = rng.random(len(data)) < np.where(unit < OFTEN_HARD, BY_SLIP_THERE, BY_SLIP)
    changed = {}
    for term in TERMS:
        codes = data.answers[term.question]
        severe = slip & (codes >= SATISFIED) & (rng.random(len(data)) < SEVERER)
        changed[term.question] = np.where(severe, NOT_SATISFIED, codes).astype(np.int8)
    channel = Column(np.where(slip, 0, 1), ("issued", "open"))
    return replace(data, answers={**data.answers, **changed}, keys={**data.keys, "channel": channel})


def of_modes(data: SurveyData, factors: Factors, domains: Sequence[Domain]) -> dict[str, Tallies]:
    """The sums of every channel's answers under the factors of all of them."""
    channel = data.keys["channel"]
    rows = {label: channel.codes == code for code, label in enumerate(channel.labels)}
    return {label: tally(only(data, of_label), factors, MEASURES, domains) for label, of_label in rows.items() if of_label.any()}

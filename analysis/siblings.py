"""Within one unit or group: shown figures must not give away a part that is hidden for its few answers.

Feedback with seven answers is hidden; the whole index less the four other factors would say it all the same.
"""

from collections.abc import Collection, Sequence

import numpy as np

from analysis.complementary import suppressed
from analysis.disclosure import FLOOR, hidden
from analysis.figures import Figure
from analysis.population import Population
from analysis.survey_data import Bools, Floats


def without_siblings(
    figures: Sequence[Figure], population: Population, back: Collection[int] = ()
) -> tuple[list[Figure], frozenset[int]]:
    """The figures of one population, and the places of those hidden here.

    Every shown node of a domain is a known linear combination of the domain's own questions: coefficients ∂θ/∂Y · X. A
    question with 1 to 9 respondents must not lie in the span of what is shown (rank test, as between units), nor a node that is kept
    `back`, by its place. Roots come first, the headline tree before the others, then what rests on more people: so the thinnest
    sibling goes.
    """
    found, gone = list(figures), set[int]()
    row_of = {domain.id: row for row, domain in enumerate(population.domains)}
    rank = {tree.id: (number, tree.root) for number, tree in enumerate(population.trees)}
    few = _few(population)
    kept: dict[int, list[int]] = {}
    for place in back:
        if figures[place].summary == "pooled":
            kept.setdefault(row_of[figures[place].domain], []).append(population.precision.place(figures[place].node))
    concerned = {*np.flatnonzero(few.any(axis=1)).tolist(), *kept}
    of_domain: dict[int, list[int]] = {}
    for place, figure in enumerate(figures):
        row = row_of[figure.domain]
        if row in concerned and figure.hidden is None and figure.summary == "pooled":
            of_domain.setdefault(row, []).append(place)
    gradients = _gradients(population)
    for row, places in of_domain.items():
        column = {place: population.precision.place(figures[place].node) for place in places}
        n = population.precision.n[row].tolist()
        order = {place: (figures[place].node != rank[figures[place].tree][1], rank[figures[place].tree][0]) for place in places}
        places.sort(key=lambda place: (order[place], -n[column[place]]))
        x = population.estimates.x[row]
        equations = gradients[[column[place] for place in places], row] * x
        targets = np.concatenate([np.eye(len(x))[few[row]], gradients[kept.get(row, []), row] * x])
        for number in suppressed(equations, targets):
            found[places[number]] = hidden(found[places[number]], "complementary")
            gone.add(places[number])
    return found, frozenset(gone)


def _few(population: Population) -> Bools:
    """Domain × term: questions that 1 to 9 people answered."""
    estimates = population.estimates
    found = np.zeros((len(population.domains), len(estimates.terms)), np.bool_)
    for number, part in enumerate(estimates.parts):
        if part.sum() == 1:
            n = estimates.n[:, number]
            found[:, int(np.argmax(part))] = (n > 0) & (n + 1e-9 < FLOOR)
    return found


def _gradients(population: Population) -> Floats:
    """Node × domain × term: ∂θ/∂Y; × X of the term it is how much of each question's value is in the node's."""
    width = len(population.estimates.terms)
    found: Floats = np.stack([population.values[node].gradient[:, :width] for node in population.precision.nodes])
    return found

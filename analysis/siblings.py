"""Within one unit or group: shown figures must not give away a part that is hidden for its few answers.

Feedback with seven answers is hidden; the whole index less the four other factors would say it all the same.
"""

from collections.abc import Collection, Sequence

import numpy as np

from analysis.complementary import stands_for_others, suppressed
from analysis.disclosure import BATCH, FLOOR, SLACK, hidden
from analysis.figures import Figure
from analysis.population import Population
from analysis.survey_data import Bools, Floats


def without_siblings(
    figures: Sequence[Figure], population: Population, back: Collection[int] = ()
) -> tuple[list[Figure], frozenset[int]]:
    """The figures of one population, and the places of those hidden here.

    Every shown node of a domain is a known linear combination of the domain's own questions: coefficients ∂θ/∂Y · X. A
    question with 1 to 9 respondents must not lie in the span of what is shown (rank test, as between units), nor a node that is kept
    `back`, by its place. Nor may one that was held over for the few who answered it since lie in the span of what is told anew: it may
    be in another tree, where it was hidden before. One held over that nobody answered since is known as it is now. Roots come first, the
    headline tree before the others, then what rests on more people: so the thinnest sibling goes.
    """
    found, gone = list(figures), set[int]()
    few, gradients = _few(population), _gradients(population)
    for row, of_domain in _pooled(figures, population).items():
        old = [place for place in of_domain if stands_for_others(figures[place], population, row)]
        same = [place for place in old if _is_true_still(figures[place], population, row)]
        thin = [place for place in old if place not in same and _lacks_ten(figures[place], population, row)]
        kept = [place for place in of_domain if place in back]
        if not (few[row].any() or kept or thin):
            continue
        node = {place: population.precision.place(figures[place].node) for place in of_domain}
        x = population.estimates.x[row]
        said = gradients[:, row] * x
        shown = _in_order([place for place in of_domain if figures[place].hidden is None], figures, population, row)
        targets = np.concatenate([np.eye(len(x))[few[row]], said[[node[place] for place in kept]]])
        lost = [shown[number] for number in suppressed(said[[node[place] for place in shown]], targets)]
        anew = same + [place for place in shown if place not in {*lost, *old}]
        away = suppressed(said[[node[place] for place in anew]], said[[node[place] for place in thin]])
        lost += [anew[number] for number in away]
        for place in lost:
            found[place] = hidden(found[place], "complementary")
        gone.update(lost)
    return found, frozenset(gone)


def _pooled(figures: Sequence[Figure], population: Population) -> dict[int, list[int]]:
    """Row of every domain to the places of its own figures."""
    row_of = {domain.id: row for row, domain in enumerate(population.domains)}
    found: dict[int, list[int]] = {}
    for place, figure in enumerate(figures):
        if figure.summary == "pooled":
            found.setdefault(row_of[figure.domain], []).append(place)
    return found


def _in_order(places: Sequence[int], figures: Sequence[Figure], population: Population, row: int) -> list[int]:
    rank = {tree.id: (number, tree.root) for number, tree in enumerate(population.trees)}
    n = population.precision.n[row]

    def order(place: int) -> tuple[bool, int, float]:
        number, root = rank[figures[place].tree]
        return figures[place].node != root, number, -float(n[population.precision.place(figures[place].node)])

    return sorted(places, key=order)


def _is_true_still(figure: Figure, population: Population, row: int) -> bool:
    """Whether nobody answered it since, and nobody is weighted anew."""
    of, at, shown = population.precision, population.precision.place(figure.node), figure.estimate
    return shown is not None and int(of.answers[row, at] + SLACK) == shown.answers and abs(of.value[row, at] - shown.estimate) < SLACK


def _lacks_ten(figure: Figure, population: Population, row: int) -> bool:
    """Whether its people are fewer than ten more or fewer than those it is shown for: of a mean, those of its thinnest leaf."""
    now = int(population.precision.thinnest[row, population.precision.place(figure.node)] + SLACK)
    return figure.estimate is not None and abs(now - figure.estimate.n) < BATCH


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

"""What single answers weigh, from sums alone: at every place, and as a part of all answers of a body. For disclosure, not for estimates."""

import numpy as np

from analysis.credit import Credit
from analysis.survey_data import Floats
from analysis.tallies import Tallies, upper


def of_places(tallies: Tallies) -> tuple[Floats, Floats]:
    """Answers, and the greatest weight d·g/π of one, place and cell × term: rows of PlaceSums.

    Of n design weights with these sums none is greater than mean + √(n − 1) · s, which is it where all are alike (Samuelson 1968);
    1/π of a rotated question by its mean square. By hand in tests/analysis/test_outweighed.py.
    """
    sums, terms = tallies.by_place, len(tallies.terms)
    single = tallies.parts.sum(axis=1) == 1
    alone = [int(np.flatnonzero(part & single)[0]) for part in tallies.parts.T]
    n, d, squared = (table[:, alone, 0] for table in (sums.n, sums.design_weight, sums.squared))
    first, second = upper(terms)
    of_x: Floats = sums.products[:, np.flatnonzero(first == second)[terms:]].toarray()
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = d / n
        most = mean + np.sqrt(np.maximum(n - 1, 0) * np.maximum(squared / n - mean**2, 0.0))
        weight: Floats = np.where(n > 0, most * np.sqrt(of_x / d) * tallies.factor[sums.cell][:, None], 0.0)
    return n, weight


def of_domains(tallies: Tallies, credit: Credit, weight: Floats) -> Floats:
    """Domain × term: the greatest weight of one answer with the share that the domain has in it. weight: of_places()."""
    found = np.zeros((len(tallies.domains), len(tallies.terms)))
    of_place = np.zeros((len(tallies.places.reception.codes), len(tallies.terms)))
    np.maximum.at(of_place, tallies.by_place.place, weight)
    for share, terms in ((credit.who.by_reception, ~credit.rates_decider), (credit.who.by_decider, credit.rates_decider)):
        own = np.flatnonzero(terms[: len(tallies.terms)])
        of_row = np.zeros((len(tallies.domains), len(own)))
        np.maximum.at(of_row, credit.who.domain, share[:, None] * of_place[np.ix_(credit.who.place, own)])
        found[:, own] = of_row
    return found

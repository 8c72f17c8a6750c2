"""Who gets which share of what was answered where: sums by place spread over the domains, each term in the role it rates.

How the shares come about is in domains.py; the sums, already under w = d·g, come from estimation.py.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.sparse import csr_array

from analysis.cells import totals
from analysis.domains import Membership, Places, membership
from analysis.survey_data import Bools, Floats, Ints
from analysis.tallies import PlaceSums, PsuSums, Tallies, sums_by


@dataclass(frozen=True, slots=True)
class Moments:
    """Domain × measure: respondents with a valid answer, valid answers, Σw and Σw² of those respondents.

    `products`: domain × 2 terms × 2 terms, Σ w t t' with t = (y of every term, x of every term).
    """

    n: Floats
    answers: Floats
    w: Floats
    w2: Floats
    products: Floats


@dataclass(frozen=True, slots=True)
class Credit:
    """The shares m of every place in every domain. A question counts for the unit in the role it rates; for an area that
    pools what was received, whoever is judged.

    `roles`: measure × 2, whether any of its questions rates the reception, the decider; `rates_decider`: of 2 terms.
    """

    places: Places
    who: Membership
    rates_decider: Bools
    roles: Bools
    domains: int

    @classmethod
    def of(cls, tallies: Tallies) -> "Credit":
        decider = np.array([term.rates == "decider" for term in tallies.terms], np.bool_)
        roles = np.stack([(tallies.parts & side).any(axis=1) for side in (~decider, decider)], axis=1)
        who = membership(tallies.domains, tallies.places)
        return cls(tallies.places, who, np.concatenate([decider, decider]), roles, len(tallies.domains))

    def spread(self, key: Ints, place: Ints, n: Floats, values: Floats) -> tuple[Ints, Ints, Floats, Floats]:
        """(domain, key, n, Σ m · value), sorted by domain and key. One row a (key, place); values: rows × 2 terms."""
        item, row = self.who.join(place)
        spread = np.column_stack([n[item], values[item] * self._shares(row)])
        domain, found, of_domain = sums_by(self.who.domain[row], key[item], spread)
        return domain, found, of_domain[:, 0], of_domain[:, 1:]

    def moments(self, sums: PlaceSums, factor: Floats) -> Moments:
        """What the respondents behind each measure, and pairs of terms, come to under w = d·g. factor: g of every cell.

        Where a place's receiving and deciding shares a, b differ, a person counts max(a, b) once: min(a, b) for any valid
        answer, the rest for one in the role with the larger share.
        """
        start = np.searchsorted(sums.place, np.arange(len(self.places.reception.codes)))
        g = factor[sums.cell, None, None]
        tables = [_of_place(table, start) for table in (sums.n, g * sums.design_weight, g * g * sums.squared)]
        given = _of_place(sums.answers, start)
        people = [np.zeros((self.domains, len(self.roles))) for _ in tables]
        answers = np.zeros((self.domains, len(self.roles)))
        for number, roles in enumerate(self.roles):
            for role, share in enumerate((self.who.by_reception, self.who.by_decider)):
                answers[:, number] += self._to_domains(share, given[:, number, role])
            for side, share, square in self._people(roles):
                for found, table, counted in zip(people, tables, (share, share, square), strict=True):
                    found[:, number] += self._to_domains(counted, table[:, number, side])
        return Moments(people[0], answers, people[1], people[2], self._products(_weighted(sums.products, factor[sums.cell], start)))

    def by_unit(self, sums: PsuSums) -> tuple[tuple[str, ...], Floats, Floats]:
        """Units, and domain × unit: how many of the domain's answers each received, and decided; answered the item or not."""
        reception, decider = self.places.reception, self.places.decider
        units = tuple(sorted({*reception.labels, *decider.labels}))
        answers = totals(sums.place, sums.n, len(reception.codes))
        tables = []
        for share, column in ((self.who.by_reception, reception), (self.who.by_decider, decider)):
            unit_of = np.array([*(units.index(label) for label in column.labels), -1], np.int64)[column.codes]
            table = np.zeros((self.domains, len(units) + 1))
            np.add.at(table, (self.who.domain, unit_of[self.who.place]), share * answers[self.who.place])
            tables.append(table[:, :-1])
        return units, tables[0], tables[1]

    def _shares(self, rows: Ints) -> Floats:
        found: Floats = np.where(self.rates_decider, self.who.by_decider[rows, None], self.who.by_reception[rows, None])
        return found

    def _to_domains(self, share: Floats, by_place: Floats) -> Floats:
        return totals(self.who.domain, share * by_place[self.who.place], self.domains)

    def _people(self, roles: Bools) -> list[tuple[int, Floats, Floats]]:
        """Side of the respondents (PlaceSums), share of theirs that counts, and what its square comes to."""
        received, decided = self.who.by_reception, self.who.by_decider
        if not roles.all():
            return [(0, share, share**2) for share, used in zip((received, decided), roles, strict=True) if used]
        low = np.minimum(received, decided)
        return [(0, low, low**2), (1, received - low, received**2 - low**2), (2, decided - low, decided**2 - low**2)]

    def _products(self, by_place: Floats) -> Floats:
        """Σ w m t (m t)' of t = (y, x), domain by domain: all domains and places with the same pair of shares at once."""
        pairs, alike = np.unique(np.stack([self.who.by_reception, self.who.by_decider], axis=1), axis=0, return_inverse=True)
        first = np.unique(alike, return_index=True)[1]
        flat = by_place.reshape(len(by_place), int(np.prod(by_place.shape[1:])))
        products = np.zeros((self.domains, *by_place.shape[1:]))
        for pair in range(len(pairs)):
            rows = np.flatnonzero(alike == pair)
            at = (self.who.domain[rows], self.who.place[rows])
            sums = csr_array((np.ones(len(rows)), at), shape=(self.domains, len(by_place))) @ flat
            share = self._shares(first[[pair]])[0]
            products += np.outer(share, share) * sums.reshape(products.shape)
        return products


def _weighted(products: Floats, g: Floats, start: Ints) -> Floats:
    """Σ g · products over the rows of each place, without a second table of that size."""
    found = np.zeros((len(start), *products.shape[1:]))
    for place, (first, end) in enumerate(pairwise([*start, len(g)])):
        found[place] = np.tensordot(g[first:end], products[first:end], axes=1)
    return found


def _of_place(table: Floats, start: Ints) -> Floats:
    """Sums of the rows of each place; every place has rows."""
    found: Floats = np.add.reduceat(table, start, axis=0) if len(start) else table
    return found

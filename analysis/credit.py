"""Who gets which share of what was answered where: sums by place spread over the domains, each term in the role it rates.

How the shares come about is in domains.py; the sums, already under w = d·g, come from estimation.py.
"""

from dataclasses import dataclass

import numpy as np

from analysis.arrays import Bools, Floats, Ints, totals
from analysis.domains import Membership, Places, membership
from analysis.sparse import Sparse, added, adding, pairs
from analysis.tallies import PlaceSums, PsuSums, Tallies, upper


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
class Spread:
    """Items at places as rows by domain and key, sorted so: of every row its `domain` and `key`; of every entry, in that order, the
    `row` it is added to, the `item` that is added, and the `member`, a row of Membership, that says with which share."""

    domain: Ints
    key: Ints
    row: Ints
    item: Ints
    member: Ints


@dataclass(frozen=True, slots=True)
class Shares:
    """What is added up, entry by entry: the item, and how much of its terms that rate the reception, or the decider."""

    item: Ints
    by_reception: Floats
    by_decider: Floats


ByRole = tuple[Floats, Floats]
"""The columns of a table that rate the reception, and those that rate the decider."""


@dataclass(frozen=True, slots=True)
class Sums:
    """Sums that are made when they are asked for: of a year of answers they would be a table of a hundred megabytes.

    parts: tables of items, and rows × items, who gets which share of them; for the terms that rate the reception, and for the others.
    """

    size: int
    rates_decider: Bools
    parts: tuple[tuple[ByRole, tuple[Sparse, Sparse]], ...] = ()

    def __len__(self) -> int:
        return self.size

    def __add__(self, other: "Sums") -> "Sums":
        return Sums(self.size, self.rates_decider, (*self.parts, *other.parts))

    @property
    def order(self) -> Ints:
        """The columns of by_role(): those of 2 terms that rate the reception, then those that rate the decider."""
        return np.argsort(self.rates_decider, kind="stable")

    def by_role(self, some: slice) -> Floats:
        """Rows × 2 terms in that order, as they lie in the tables: what multiplies them is put in order once, and not every row."""
        received = len(self.rates_decider) - int(self.rates_decider.sum())
        found = np.zeros((some.stop - some.start, len(self.rates_decider)))
        for tables, matrices in self.parts:
            for terms, table, matrix in zip((slice(received), slice(received, None)), tables, matrices, strict=True):
                found[:, terms] += matrix[some] @ table
        return found

    def rows(self, some: slice) -> Floats:
        """Rows × 2 terms."""
        return self.by_role(some).take(np.argsort(self.order), axis=1)

    def all(self) -> Floats:
        return self.rows(slice(0, len(self)))


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

    def spread(self, key: Ints, place: Ints) -> Spread:
        """Items at places, each with a key, as rows by domain and key."""
        item, member = self.who.join(place)
        (domain, found), row, order = pairs(self.who.domain[member], key[item])
        return Spread(domain, found, row, item[order], member[order])

    def by_role(self, table: Floats) -> ByRole:
        """table: items × 2 terms."""
        return np.compress(~self.rates_decider, table, axis=1), np.compress(self.rates_decider, table, axis=1)

    def sums(self, to: Ints, shares: Shares, tables: ByRole, size: int) -> Sums:
        """Of each of `size` rows: Σ share · item over the entries whose `to` is that row, each term in the role it rates."""
        sides = shares.by_reception, shares.by_decider
        received, decided = (adding(to, shares.item, share, size, len(tables[0])) for share in sides)
        return Sums(size, self.rates_decider, ((tables, (received, decided)),))

    def shares(self, spread: Spread, weight: Floats) -> Shares:
        """m · weight of the items in the rows that they are spread over. weight: of every item."""
        by_reception, by_decider = (share[spread.member] * weight[spread.item] for share in (self.who.by_reception, self.who.by_decider))
        return Shares(spread.item, by_reception, by_decider)

    def total(self, place: Ints, received: Floats, decided: Floats) -> Floats:
        """Domain × columns: Σ m · value of the rows at `place`, of what rates the reception and of what rates the decider."""
        rows = np.arange(len(place))
        at_place = adding(place, rows, np.ones(len(rows)), len(self.places.reception.codes), len(rows))
        of_reception, of_decider = self._to_domains(self.who.by_reception), self._to_domains(self.who.by_decider)
        found: Floats = of_reception @ (at_place @ received) + of_decider @ (at_place @ decided)
        return found

    def moments(self, sums: PlaceSums, factor: Floats) -> Moments:
        """What the respondents behind each measure, and pairs of terms, come to under w = d·g. factor: g of every cell.

        Where a place's receiving and deciding shares a, b differ, a person counts max(a, b) once: min(a, b) for any valid
        answer, the rest for one in the role with the larger share.
        """
        size = len(self.places.reception.codes)
        g = factor[sums.cell]
        rows, one = np.arange(len(sums.place)), np.ones(len(sums.place))
        of_place, weighted, squared = (adding(sums.place, rows, share, size, len(rows)) for share in (one, g, g * g))
        tables = ((of_place, sums.n, 1), (weighted, sums.design_weight, 1), (squared, sums.squared, 2))
        n, w, w2 = (self._people(added(matrix, table), power) for matrix, table, power in tables)
        given = added(of_place, sums.answers)
        answers = self._to_domains(self.who.by_reception) @ given[:, :, 0] + self._to_domains(self.who.by_decider) @ given[:, :, 1]
        return Moments(n, answers, w, w2, self._products((weighted @ sums.products).toarray()))

    def respondents(self, sums: PlaceSums) -> Floats:
        """Domain × measure: n of moments() alone."""
        rows = np.arange(len(sums.place))
        of_place = adding(sums.place, rows, np.ones(len(rows)), len(self.places.reception.codes), len(rows))
        return self._people(added(of_place, sums.n), 1)

    def by_unit(self, sums: PsuSums) -> tuple[tuple[str, ...], Floats, Floats]:
        """Units, and domain × unit: how many of the domain's answers each received, and decided; answered the item or not."""
        reception, decider = self.places.reception, self.places.decider
        units = tuple(sorted({*reception.labels, *decider.labels}))
        answers = totals(sums.place, sums.n, len(reception.codes))
        tables = []
        for share, column in ((self.who.by_reception, reception), (self.who.by_decider, decider)):
            unit_of = np.array([*np.searchsorted(units, column.labels), -1], np.int64)[column.codes][self.who.place]
            known = unit_of >= 0
            at = self.who.domain[known] * len(units) + unit_of[known]
            table = totals(at, (share * answers[self.who.place])[known], self.domains * len(units))
            tables.append(table.reshape(self.domains, len(units)))
        return units, tables[0], tables[1]

    def _to_domains(self, share: Floats) -> Sparse:
        return adding(self.who.domain, self.who.place, share, self.domains, len(self.places.reception.codes))

    def _people(self, by_place: Floats, power: int) -> Floats:
        """Domain × measure. by_place: place × measure × side (PlaceSums); power: of the share that counts."""
        received, decided = self.who.by_reception, self.who.by_decider
        low = np.minimum(received, decided) ** power
        found = np.zeros((self.domains, len(self.roles)))
        both, one = self.roles.all(axis=1), self.roles.sum(axis=1) == 1
        for role, share in enumerate((received**power, decided**power)):
            alone = one & self.roles[:, role]
            found[:, alone] = self._to_domains(share) @ by_place[:, alone, 0]
            found[:, both] += self._to_domains(share - low) @ by_place[:, both, role + 1]
        found[:, both] += self._to_domains(low) @ by_place[:, both, 0]
        return found

    def _products(self, by_place: Floats) -> Floats:
        """Σ w m t (m t)' of t = (y, x), domain by domain: terms of one role with terms of the same or the other. by_place: place ×
        `upper`."""
        width = len(self.rates_decider)
        rows, columns = upper(width // 2)
        deciders = self.rates_decider[rows].astype(np.int64) + self.rates_decider[columns]
        received, decided = self.who.by_reception, self.who.by_decider
        found = np.empty((self.domains, len(rows)))
        for number, share in enumerate((received * received, received * decided, decided * decided)):
            found[:, deciders == number] = self._to_domains(share) @ np.compress(deciders == number, by_place, axis=1)
        products = np.empty((self.domains, width, width))
        products[:, rows, columns] = products[:, columns, rows] = found
        return products

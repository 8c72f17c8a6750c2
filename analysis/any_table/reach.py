"""Reach: how much of the population the rows of each domain stand for: domains counted whole, and sampling units that answered.

It tells apart why a variance is zero. Which reason follows is in lines.py.
"""

from dataclasses import dataclass

import numpy as np

from analysis.any_table.groups import Grouping
from analysis.any_table.layout import Layout
from analysis.any_table.sampling import Sample
from analysis.any_table.sums import Sums
from analysis.arrays import Bools, Floats, Ints
from analysis.design import left_out


@dataclass(frozen=True, slots=True)
class Reach:
    """whole: domains all of whose strata were drawn whole at every stage. domain, psu: of each part of the layout; psu is None
    where rows are PSUs."""

    whole: Bools
    domain: Ints
    psu: Ints | None

    def answering(self, sums: Sums, column: int, n: Floats, asked: Bools) -> Floats:
        """PSUs with an answer to one measure, of the domains asked for; of the others n. n: rows with an answer."""
        if self.psu is None or not asked.any():
            return n
        there = (sums.part_x[:, column] != 0) | (sums.part_y[:, column] != 0)
        there &= (self.domain >= 0) & asked[self.domain]
        pairs = np.unique(self.domain[there] * (int(self.psu.max()) + 1) + self.psu[there])
        units = np.bincount(pairs // (int(self.psu.max()) + 1), minlength=len(n))
        return np.where(asked, units, n)


def reach(sample: Sample, layout: Layout, grouping: Grouping, *, within_psus: bool) -> Reach:
    """within_psus: parts of the layout are boxes within PSUs, as replicates have them, and not within units of the last stage."""
    first, last = sample.stages[0], sample.stages[-1]
    part = layout.part_unit
    psu: Ints | None = part
    if not within_psus and len(sample.stages) == 2:
        psu = part if sample.single[1] else np.asarray(last.stratum, np.int64)[part]
    if sample.single[0]:
        psu, stratum = None, np.asarray(first.stratum, np.int64)[part] if within_psus else part
    else:
        stratum = np.asarray(first.stratum, np.int64)[psu]
    sampled = left_out(first.fraction)[stratum] > 0
    if len(sample.stages) == 2:
        sampled |= left_out(last.fraction)[psu] > 0
    domain = grouping.domain[layout.part_place]
    whole = np.ones(grouping.size, np.bool_)
    whole[domain[sampled & (domain >= 0)]] = False
    return Reach(whole, domain, psu)

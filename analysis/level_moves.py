"""Between two releases: levels that were told may be told apart again only where enough came in at each of them.

Part of disclosure (methodology §13.3). Which levels one release may tell apart: level_shares.py, level_audit.py.
"""

from itertools import pairwise

from analysis.level_audit import Cuts
from analysis.survey_data import Floats

ROUNDING = 1e-9


def moved_enough(cuts: Cuts, came: Floats, heaviest: float, first: int) -> Cuts:
    """The cuts between levels, less those beside a group of levels at which so little came in that it is less than one answer may weigh.

    came: Σ w of the answers at each level that came in since the release before; heaviest: the greatest weight of one answer. Where
    answers weigh differently two releases tell about how much came in at a level; whoever weighs more is then known not to be there,
    while somebody who weighs less may be: fewer than ten people of whom something is known. Such a group joins the one beside it at which
    less came in, on its own side of `first`, because the figure tells the two sides apart. By hand in the tests.
    """
    if came.sum() <= 0:
        return cuts
    left = list(cuts)
    for low, high in ((0, first), (first, len(came))):
        starts = [low, *(at + 1 for at in range(low, high - 1) if left[at])]
        while len(starts) > 1:
            weight = [float(came[a:b].sum()) for a, b in pairwise([*starts, high])]
            least = min(range(len(weight)), key=lambda group: weight[group])
            if weight[least] >= heaviest * (1 - ROUNDING):
                break
            beside = [group for group in (least - 1, least + 1) if 0 <= group < len(weight)]
            joined = max(least, min(beside, key=lambda group: weight[group]))
            left[starts[joined] - 1] = False
            del starts[joined]
    return tuple(left)

"""What a release says of one index in one block, beside its figures: can it tell units apart, and against what."""

from dataclasses import dataclass

from analysis.comparison.funnel import Funnel
from analysis.comparison.mix_cells import MixCell
from analysis.comparison.separation import Separation


@dataclass(frozen=True, slots=True)
class Standing:
    """What is said of one index in one block. `separation`: of the published value, `same_mix` of that at the block's mix of
    matters (None where there is none); None where fewer than ten units can be compared. `funnel`: None where the block's own
    figure is hidden; `mixed`: kinds of matter that shared one expected rate."""

    block: str
    tree: str
    node: str
    units: int
    separation: Separation | None
    same_mix: Separation | None
    funnel: Funnel | None
    mixed: tuple[MixCell, ...]

    @property
    def may_order(self) -> bool:
        """Whether bands and ranks may be shown at all (methodology §10.4). Ranks go by the value at the same mix: what tells
        units apart must not be the mix alone."""
        judged = [self.separation, *([self.same_mix] if self.same_mix else [])]
        return all(one is not None and one.verdict != "none" for one in judged)

"""What a release says of one index in one block, beside its figures: can it tell units apart, and against what."""

from dataclasses import dataclass

from analysis.comparison.funnel import Funnel
from analysis.comparison.same_mix import MixCell
from analysis.comparison.separation import Separation


@dataclass(frozen=True, slots=True)
class Standing:
    """What is said of one index in one block. `separation`: None where fewer than ten units can be compared; `funnel`: None
    where the block's own figure is hidden; `mixed`: kinds of matter that shared one expected rate."""

    block: str
    tree: str
    node: str
    units: int
    separation: Separation | None
    funnel: Funnel | None
    mixed: tuple[MixCell, ...]

    @property
    def may_order(self) -> bool:
        """Whether bands and ranks may be shown at all (methodology §10.4)."""
        return self.separation is not None and self.separation.verdict != "none"

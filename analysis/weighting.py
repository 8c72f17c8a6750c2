"""Post-stratification: files handled by each body turned into one factor a calibration cell."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FrameRow:
    """Returned files with mode = counter of one reception unit, decider and sector (None: only a total is known)."""

    reception: str
    decider: str
    sector: int | None
    point: str | None
    files: int


@dataclass(frozen=True, slots=True)
class Frame:
    """The files of a wave. `other_modes`: reception unit to files returned online or by post (never in N)."""

    rows: tuple[FrameRow, ...]
    other_modes: Mapping[str, int]
    digest: str

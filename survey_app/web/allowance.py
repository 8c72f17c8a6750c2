"""How much may be asked for at once and in the long run, counted in the memory of this process and nowhere else."""

import threading
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(slots=True)
class Allowance:
    """`most` at once for each who asks, filled up again by `per_second`."""

    most: float
    per_second: float
    _left: dict[str, tuple[float, datetime]] = field(default_factory=dict)
    _counting: threading.Lock = field(default_factory=threading.Lock)

    def take(self, who: str, much: float, now: datetime) -> float:
        """0 when it was taken; else the seconds until it could be, and nothing is taken. `much` is never above `most`."""
        with self._counting:
            left, since = self._left.get(who, (self.most, now))
            left = min(self.most, left + max(0.0, (now - since).total_seconds()) * self.per_second)
            missing = max(0.0, much - left)
            self._left[who] = (left if missing else left - much, now)
        return missing / self.per_second

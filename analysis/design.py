"""How the answers were drawn: strata, sampling units in one or two stages, finite populations, strata with one unit."""

from typing import Literal

Lonely = Literal["adjust", "certainty", "average", "remove", "fail"]

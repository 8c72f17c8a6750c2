"""Request: what is to be estimated from a table, for whom, under which design and which weights."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from analysis.any_table.finding import written
from analysis.design import Lonely

CI = Literal["kg", "wilson", "logit", "t"]
Variance = Literal["taylor", "jk1", "jkn", "bootstrap"]
Distance = Literal["raking", "linear", "logit"]


@dataclass(frozen=True, slots=True)
class Mean:
    """Σ w y / Σ w over the valid answers to all of `variables` together (one variable: its mean)."""

    variables: tuple[str, ...]

    name = "mean"

    @property
    def variable(self) -> str:
        return "+".join(self.variables)


@dataclass(frozen=True, slots=True)
class Share:
    """The share of answers with one of `codes` among the valid answers to all of `variables` together."""

    variables: tuple[str, ...]
    codes: tuple[float, ...]

    name = "share"

    @property
    def variable(self) -> str:
        return f"{'+'.join(self.variables)}={','.join(map(written, self.codes))}"


@dataclass(frozen=True, slots=True)
class Ratio:
    """Σ w y / Σ w x over the rows where both are there."""

    numerator: str
    denominator: str

    name = "ratio"

    @property
    def variable(self) -> str:
        return f"{self.numerator}/{self.denominator}"


@dataclass(frozen=True, slots=True)
class Total:
    """Σ w y over the rows where y is there."""

    of: str

    name = "total"

    @property
    def variable(self) -> str:
        return self.of


@dataclass(frozen=True, slots=True)
class Quantile:
    """The smallest value v with F(v) ≥ p."""

    of: str
    p: float

    name = "quantile"

    @property
    def variable(self) -> str:
        return f"{self.of}:{written(self.p)}"


Estimator = Mean | Share | Ratio | Total | Quantile


@dataclass(frozen=True, slots=True)
class DesignColumns:
    """Which columns say how the rows were drawn. fpc: units in the population of each stratum (or PSU), or the fraction drawn.

    Without a weight: 1 ÷ the product of the fractions drawn where fpc is given, else 1. Without a PSU each row is one.
    """

    weight: str | None = None
    stratum: str | None = None
    psu: str | None = None
    psu2: str | None = None
    fpc: str | None = None
    fpc2: str | None = None
    lonely: Lonely = "adjust"


@dataclass(frozen=True, slots=True)
class KnownMargin:
    """What is known of the population: a count for each combination of labels of `columns`. `name`: the file it came from."""

    name: str
    columns: tuple[str, ...]
    population: Mapping[tuple[str, ...], float]


@dataclass(frozen=True, slots=True)
class WeightingRules:
    """How design weights become calibrated weights.

    `margins` in order of importance: where bounds and margins cannot both hold, the last is given up first. One margin and
    no bounds is post-stratification. `bounds`: least and greatest g as multiples of the mean g. `trim`: least and greatest
    weight; what is cut off goes to the other rows alike, by (cell × design weight) classes.
    """

    margins: tuple[KnownMargin, ...] = ()
    distance: Distance = "raking"
    bounds: tuple[float, float] | None = None
    trim: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """`by`: groupings, each a crossing of columns; none: the whole table. `ci`: None takes kg for shares and quantiles, t else."""

    estimators: tuple[Estimator, ...]
    by: tuple[tuple[str, ...], ...] = ()
    design: DesignColumns = DesignColumns()
    weighting: WeightingRules = WeightingRules()
    ci: CI | None = None
    level: float = 0.95
    variance: Variance = "taylor"
    draws: int = 500
    seed: int = 1

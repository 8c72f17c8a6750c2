"""What each chart is drawn from: labels in the reader's language, rounded numbers, states. No drawing, no arithmetic.

A value is a cell of a report: Interval, or Gap with its reason. So a chart shows no more than the table beside it.
`stamp` stands above the title inside the picture, wherever it is copied to: that the numbers are simulated, and the release.
"""

from dataclasses import dataclass
from typing import ClassVar, Literal

from analysis.figures import Band
from survey_app.documents.report import Gap, Interval, Number, Unit

Value = Interval | Gap
Outside = Literal["inside", "95", "99.8"]


@dataclass(frozen=True, slots=True)
class UnitRow:
    """`band`: against the mean of the plot, None where nothing was compared."""

    label: str
    value: Value
    band: Band | None = None


@dataclass(frozen=True, slots=True)
class IntervalPlot:
    """A row a unit, in the order given. `told_apart` False: no unit is named as highest or lowest, no band is drawn."""

    chart: ClassVar[str] = "intervals"
    language: str
    title: str
    axis_label: str
    axis: tuple[float, float]
    unit: Unit
    rows: tuple[UnitRow, ...]
    mean: Interval | None
    mean_label: str
    told_apart: bool
    notes: tuple[str, ...] = ()
    stamp: str = ""


@dataclass(frozen=True, slots=True)
class FunnelPoint:
    """`answers`: the effective number. `outside`: the widest pair of limits beyond which the unit lies. `own`: the one that the
    picture is about, among others."""

    label: str
    value: Value
    answers: float
    outside: Outside = "inside"
    own: bool = False


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of the funnel where a unit has so many effective answers."""

    answers: float
    low_95: float
    high_95: float
    low_998: float
    high_998: float


@dataclass(frozen=True, slots=True)
class Funnel:
    """`limits` in growing order of answers. Units whose value is a Gap are listed below, whatever their answers."""

    chart: ClassVar[str] = "funnel"
    language: str
    title: str
    axis_label: str
    unit: Unit
    centre: Interval
    centre_label: str
    limits: tuple[Limits, ...]
    points: tuple[FunnelPoint, ...]
    notes: tuple[str, ...] = ()
    stamp: str = ""


@dataclass(frozen=True, slots=True)
class FactorRow:
    label: str
    value: Value
    city: Value


@dataclass(frozen=True, slots=True)
class FactorProfile:
    """One unit factor by factor, before the city's interval (or the spread of its units: `city_label` says which)."""

    chart: ClassVar[str] = "profile"
    language: str
    title: str
    axis_label: str
    axis: tuple[float, float]
    unit: Unit
    unit_label: str
    city_label: str
    rows: tuple[FactorRow, ...]
    notes: tuple[str, ...] = ()
    stamp: str = ""


@dataclass(frozen=True, slots=True)
class Driver:
    label: str
    importance: Value
    performance: Value


@dataclass(frozen=True, slots=True)
class ImportancePerformance:
    """`cross`: where the sheet is divided in four (performance, importance), None: not divided."""

    chart: ClassVar[str] = "importance"
    language: str
    title: str
    performance_label: str
    importance_label: str
    performance_unit: Unit
    importance_unit: Unit
    drivers: tuple[Driver, ...]
    cross: tuple[float, float] | None
    notes: tuple[str, ...] = ()
    stamp: str = ""


@dataclass(frozen=True, slots=True)
class Series:
    """A value a release; None: not part of that release."""

    label: str
    values: tuple[Value | None, ...]


@dataclass(frozen=True, slots=True)
class Break:
    """No line joins the release at this place with the one before it. `why`: a sentence."""

    before: int
    why: str


@dataclass(frozen=True, slots=True)
class Trend:
    """One to four series over the same releases, oldest first."""

    chart: ClassVar[str] = "trend"
    language: str
    title: str
    axis_label: str
    axis: tuple[float, float]
    unit: Unit
    releases: tuple[str, ...]
    series: tuple[Series, ...]
    breaks: tuple[Break, ...] = ()
    notes: tuple[str, ...] = ()
    stamp: str = ""


@dataclass(frozen=True, slots=True)
class Segment:
    """The share of answers at the levels from first to last, counted from 0; more than one where levels were merged."""

    first: int
    last: int
    share: Number


@dataclass(frozen=True, slots=True)
class LevelRow:
    label: str
    segments: tuple[Segment, ...] | Gap


@dataclass(frozen=True, slots=True)
class LevelBars:
    """`levels`: from the worst to the best, at most five."""

    chart: ClassVar[str] = "levels"
    language: str
    title: str
    levels: tuple[str, ...]
    rows: tuple[LevelRow, ...]
    notes: tuple[str, ...] = ()
    stamp: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """`at`: latitude and longitude in degrees, None where nobody has entered them."""

    label: str
    at: tuple[float, float] | None
    coverage: Number | Gap


@dataclass(frozen=True, slots=True)
class CoverageMap:
    """`steps`: one to four growing shares that divide the places into classes."""

    chart: ClassVar[str] = "coverage"
    language: str
    title: str
    steps: tuple[float, ...]
    places: tuple[Place, ...]
    notes: tuple[str, ...] = ()
    stamp: str = ""


Chart = IntervalPlot | Funnel | FactorProfile | ImportancePerformance | Trend | LevelBars | CoverageMap

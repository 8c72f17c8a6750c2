"""ReportDocument and its parts: what a page, a workbook, a CSV or a JSON file is drawn from. Writers live elsewhere.

Every number in a cell has been rounded already: no writer can show more than another.
"""

from dataclasses import dataclass, field, replace
from typing import ClassVar, Literal, Protocol

from analysis.figures import Mark

Unit = Literal["count", "share", "points"]


@dataclass(frozen=True, slots=True)
class Number:
    """`value`: a share is 0…1. `text`: as printed in the document's language."""

    value: float
    text: str
    decimals: int = 0
    unit: Unit = "count"


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate and its bounds on one grid. `estimate` is None where only a bound may be said (100 % is never alone).

    `text` holds the signs of `marks` too: `mark` is those signs, for a column of their own.
    """

    estimate: float | None
    low: float | None
    high: float | None
    text: str
    decimals: int = 0
    unit: Unit = "share"
    mark: str = ""
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class Gap:
    """Nothing may or can be shown here: the short form, the reason by its name; the sentence is among the table's notes."""

    text: str
    reason: str


Cell = str | Number | Interval | Gap | None
"""None: an empty cell that needs no reason (the block's own row has no code)."""


@dataclass(frozen=True, slots=True)
class Column:
    """`id` is a name for programs. `axis`: the interval is drawn between these two values."""

    id: str
    label: str
    kind: Literal["text", "number", "interval"] = "text"
    unit: Unit = "count"
    axis: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """`domain`: whom the row is about, when there is a page of its own. `total`: a row that sums up others."""

    cells: tuple[Cell, ...]
    domain: str | None = None
    total: bool = False


@dataclass(frozen=True, slots=True)
class Heading:
    part: ClassVar[str] = "heading"
    id: str
    text: str
    level: Literal[2, 3] = 2


@dataclass(frozen=True, slots=True)
class Paragraph:
    """`tone` notice: must be seen before any number. note: small print."""

    part: ClassVar[str] = "paragraph"
    text: str
    tone: Literal["plain", "notice", "note"] = "plain"


@dataclass(frozen=True, slots=True)
class Table:
    """`header`: the column that names a row. `notes`: one sentence for each mark and reason used in the table. `folds`: its rows once
    more in parts that a phone shows instead; files and paper have the rows."""

    part: ClassVar[str] = "table"
    id: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()
    header: int = 0
    folds: tuple["Fold", ...] = ()


@dataclass(frozen=True, slots=True)
class Fold:
    """A part of a table's rows under a line of its own, closed until it is opened; without a line always open."""

    text: str
    table: Table


class Drawing(Protocol):
    """The plain values of a chart; charts/output.py makes bytes of them."""

    chart: ClassVar[str]


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart by name, the table it is drawn from, what somebody who cannot see it is told, and what is drawn. `beside`: a table
    of the document says the same."""

    part: ClassVar[str] = "picture"
    chart: str
    table: Table
    alternative: str
    drawing: Drawing
    beside: bool = False


@dataclass(frozen=True, slots=True)
class Panel:
    """For whoever asks: on a page closed until it is opened; its tables are in every file."""

    part: ClassVar[str] = "panel"
    id: str
    text: str
    parts: tuple[Paragraph | Table | Picture, ...]


Part = Heading | Paragraph | Table | Picture | Panel


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Who issues the paper, over whom, and where; number, seal and signature are the registry's."""

    owner: str
    issuer: str
    place: str


@dataclass(frozen=True, slots=True)
class ReportDocument:
    kind: str
    language: str
    title: str
    release: int
    simulated: bool
    letterhead: Letterhead | None
    parts: tuple[Part, ...] = field(default=())

    def tables(self) -> tuple[Table, ...]:
        """Those in panels too, in the order of the page; pictures show what the tables beside them say."""
        return tuple(one for part in self.parts for one in (part.parts if isinstance(part, Panel) else (part,)) if isinstance(one, Table))


def undrawn(table: Table) -> Table:
    """Without an interval drawn in every row."""
    return replace(table, columns=tuple(replace(column, axis=None) for column in table.columns))

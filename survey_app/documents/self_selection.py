"""How far from the index the truth may lie if those who did not answer think otherwise: methodology §1.7, arithmetic in
analysis/independent.py. Counted from what is printed, so that it gives back no more than that."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace

from analysis.domains import Domain
from analysis.independent import DELTAS, Band, bands
from survey_app.documents import count_cells
from survey_app.documents import figure_cells as cells
from survey_app.documents.domain_tables import Line
from survey_app.documents.figure_cells import View
from survey_app.documents.report import Cell, Column, Gap, Interval, Panel, Paragraph, Row, Table
from survey_app.words import number, percent, say


def sentences(view: View, domain: Domain) -> Iterator[Paragraph]:
    """Beside the headline of one body, for δ = 5 and 10."""
    language = view.language
    figure = view.figure(domain, cells.headline_tree(view.instrument))
    found = _bands(view, domain)
    if count_cells.coverage_of(view, figure) is None or not found:
        return
    for cell, delta in zip(found, DELTAS, strict=True):
        yield Paragraph(supposed(language, delta, cell.text))


def supposed(language: str, delta: float, range: str) -> str:
    words = (
        "If those who did not answer are satisfied by {delta} points more or less, the index of all files may lie within {range}."
    )
    return say(language, words, delta=number(language, 100 * delta), range=range)


def whole(language: str, low: float, high: float) -> str:
    """Two shares as whole percent, outward: what somebody supposes is no finer than that."""
    ends = _outward(low, high)
    return f"{number(language, 100 * ends[0], 0)}–{percent(language, ends[1], 0)}"


def _outward(low: float, high: float) -> tuple[float, float]:
    return max(0, math.floor(100 * low + 1e-9)) / 100, min(100, math.ceil(100 * high - 1e-9)) / 100


def panel(view: View, id: str, about: str, lines: Sequence[Line]) -> Panel | None:
    """The same for every row of a table of indices; None where nobody knows the files."""
    language, tree = view.language, cells.headline_tree(view.instrument)
    told = [line for line in lines if not line.means]
    figures = [view.figure(line.domain, tree) for line in told]
    if all(figure is None or figure.coverage is None for figure in figures):
        return None
    columns = (
        Column("code", say(language, "Code")),
        Column("name", say(language, "Name")),
        *(
            Column(f"delta_{round(100 * delta)}", say(language, "If they differ by {delta} points", delta=number(language, 100 * delta)),
                   "interval", "share")
            for delta in DELTAS
        ),
    )  # fmt: skip
    rows = tuple(Row((line.code, line.name, *_cells(view, line.domain)), line.domain.id, line.total) for line in told)
    caption = say(language, "{table}: if those who did not answer think otherwise", table=about)
    notes = cells.notes(view, ((figure, tree) for figure in figures))
    if any(isinstance(cell, Gap) and cell.reason == "bound_only" for row in rows for cell in row.cells):
        notes = (*notes, say(language, "“–”: only a bound of the index may be given, or nobody knows the files."))
    return Panel(f"panel-selection-{id}", caption, (Table(f"selection-{id}", caption, columns, rows, notes, header=1),))


def _cells(view: View, domain: Domain) -> tuple[Cell, ...]:
    tree = cells.headline_tree(view.instrument)
    found, value = _bands(view, domain), cells.value(view, view.figure(domain, tree), tree)
    if found and isinstance(value, Interval):
        return tuple(replace(one, text=one.text + value.mark, mark=value.mark, marks=value.marks) for one in found)
    return (value if isinstance(value, Gap) else Gap("–", "bound_only"),) * len(DELTAS)


def _bands(view: View, domain: Domain) -> tuple[Interval, ...]:
    """Of the printed index and the printed coverage, ends outward to whole percent; empty where either is not printed."""
    tree = cells.headline_tree(view.instrument)
    figure = view.figure(domain, tree)
    value, coverage = cells.value(view, figure, tree), count_cells.coverage_of(view, figure)
    if not isinstance(value, Interval) or value.estimate is None or coverage is None or value.unit != "share":
        return ()
    return tuple(_cell(view.language, band) for band in bands(value.estimate, coverage))


def _cell(language: str, band: Band) -> Interval:
    return Interval(None, *_outward(band.low, band.high), whole(language, band.low, band.high))

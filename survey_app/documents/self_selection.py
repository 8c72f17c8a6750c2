"""How far from the index the truth may lie if those who did not answer think otherwise: methodology §1.7, arithmetic in
analysis/independent.py. Counted from what is printed, so that it gives back no more than that."""

import math
from collections.abc import Iterator, Sequence

from analysis.domains import Domain
from analysis.independent import DELTAS, Band, bands
from survey_app.documents import figure_cells as cells
from survey_app.documents.domain_tables import Line
from survey_app.documents.figure_cells import View
from survey_app.documents.report import Cell, Column, Gap, Interval, Panel, Paragraph, Row, Table
from survey_app.words import number, percent, say


def sentences(view: View, domain: Domain) -> Iterator[Paragraph]:
    """Beside the headline of one body, for δ = 5 and 10."""
    language = view.language
    figure = view.figure(domain, cells.headline_tree(view.instrument))
    coverage = cells.coverage_of(view, figure)
    found = _bands(view, domain)
    if coverage is None or not found:
        return
    for cell, delta in zip(found, DELTAS, strict=True):
        words = (
            "If those who did not answer differ by {delta} points, the truth lies between {low} and {high} "
            "({coverage} of the files answered)."
        )
        ends = {"low": percent(language, cell.low or 0.0, cell.decimals), "high": percent(language, cell.high or 0.0, cell.decimals)}
        yield Paragraph(say(language, words, delta=number(language, 100 * delta), coverage=percent(language, coverage, 1), **ends))


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
    found = _bands(view, domain)
    if found:
        return found
    value = cells.value(view, view.figure(domain, cells.headline_tree(view.instrument)), cells.headline_tree(view.instrument))
    return (value if isinstance(value, Gap) else Gap("–", "bound_only"),) * len(DELTAS)


def _bands(view: View, domain: Domain) -> tuple[Interval, ...]:
    """Of the printed index and the printed coverage, ends outward on the grid of the index; empty where either is not printed."""
    tree = cells.headline_tree(view.instrument)
    figure = view.figure(domain, tree)
    value, coverage = cells.value(view, figure, tree), cells.coverage_of(view, figure)
    if not isinstance(value, Interval) or value.estimate is None or coverage is None or value.unit != "share":
        return ()
    return tuple(_cell(view.language, band, value.decimals) for band in bands(value.estimate, coverage))


def _cell(language: str, band: Band, decimals: int) -> Interval:
    steps = 10.0 ** (decimals + 2)
    low, high = math.floor(band.low * steps + 1e-9) / steps, math.ceil(band.high * steps - 1e-9) / steps
    text = f"{number(language, 100 * low, decimals)}–{percent(language, high, decimals)}"
    return Interval(None, low, high, text, decimals)

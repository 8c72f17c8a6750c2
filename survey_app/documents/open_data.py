"""A ReportDocument as JSON: the same cells as on the page, with names for programs. Nothing that the page does not show."""

import json
from collections.abc import Mapping

from survey_app.documents.report import Cell, Gap, Heading, Interval, Number, Panel, Paragraph, Part, Picture, ReportDocument, Table

Json = str | int | float | bool | None | list["Json"] | Mapping[str, "Json"]


def write(document: ReportDocument) -> bytes:
    shown: Json = {
        "kind": document.kind,
        "language": document.language,
        "title": document.title,
        "release": document.release,
        "simulated": document.simulated,
        "parts": [_part(part) for part in document.parts],
    }
    return (json.dumps(shown, ensure_ascii=False, indent=1) + "\n").encode()


def _part(part: Part) -> Json:
    if isinstance(part, Heading):
        return {"part": part.part, "id": part.id, "level": part.level, "text": part.text}
    if isinstance(part, Paragraph):
        return {"part": part.part, "tone": part.tone, "text": part.text}
    if isinstance(part, Picture):
        return {"part": part.part, "chart": part.chart, "alternative": part.alternative, "table": _table(part.table)}
    if isinstance(part, Panel):
        return {"part": part.part, "id": part.id, "text": part.text, "parts": [_part(one) for one in part.parts]}
    return _table(part)


def _table(table: Table) -> Json:
    columns: list[Json] = [{"id": column.id, "label": column.label, "kind": column.kind, "unit": column.unit} for column in table.columns]
    names = [column.id for column in table.columns]
    rows: list[Json] = [
        {"domain": row.domain, "total": row.total, "cells": {name: _cell(cell) for name, cell in zip(names, row.cells, strict=True)}}
        for row in table.rows
    ]
    return {"part": table.part, "id": table.id, "caption": table.caption, "columns": columns, "rows": rows, "notes": list(table.notes)}


def _cell(cell: Cell) -> Json:
    """Text stays text; a gap is its short form and the name of its reason (`hidden`); `marks` are names too; shares are 0…1."""
    match cell:
        case Number():
            return {"value": cell.value, "text": cell.text}
        case Interval():
            bounds = {"estimate": cell.estimate, "low": cell.low, "high": cell.high}
            return {**bounds, "mark": cell.mark, "marks": list(cell.marks), "text": cell.text}
        case Gap():
            return {"hidden": cell.reason, "text": cell.text}
        case _:
            return cell

"""Tables that people hand in: reading the file, and the empty table with its headings to begin from."""

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path

from survey_app.documents.spreadsheets import Sheet, SheetRow, read_table
from survey_app.documents.table_input import Field
from survey_app.services import frames, places, reference_sample, sectors, slip_lists, units

EXAMPLES: Mapping[str, tuple[Sequence[Field], Sequence[str]]] = {
    "departments": (units.DEPARTMENT_FIELDS, ("31", "SNV", "Sở Nội vụ", "Department of Home Affairs", "01/07/2025", "", "", "yes")),
    "points": (places.POINT_FIELDS, ("HB1", "11311", "Trung tâm Phục vụ hành chính công phường", "", "303", "20,86", "106,68", "", "")),
    "counters": (places.COUNTER_FIELDS, ("HB1", "3", "", "Quầy hộ tịch", "Civil status", "", "", "")),
    "sectors": (sectors.FIELDS, ("DD", "3", "HB1", "SNNMT", "01/01/2026", "")),
    "frame": (frames.COUNT_FIELDS, ("11311", "SNNMT", "DD", "trực tiếp", "HB1", "120", "115", "01/01/2026", "31/01/2026")),
    "independent": (reference_sample.WHO, reference_sample.EXAMPLE),
    "slips": (slip_lists.FIELDS, ("11311", "HB1", "", "DD", "120", "1", "02/03/2026")),
}
"""Kind of table to its columns and one row as it may look."""


def read(path: Path) -> Sheet:
    return read_table(path, path.name)


def of_one_row(name: str, values: Mapping[str, str | None]) -> Sheet:
    """What a person typed, as the table it would have been: typed and imported rows pass the same checks."""
    given = {key: value for key, value in values.items() if value is not None}
    return Sheet(name, tuple(given), (SheetRow(1, tuple(given.values())),))


def template(kind: str) -> str:
    """CSV with the Vietnamese headings and one example row; the mark at its beginning tells Excel that it is UTF-8."""
    fields, example = EXAMPLES[kind]
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow([(known.headings or (known.name,))[0] for known in fields])
    writer.writerow(example)
    return "\ufeff" + file.getvalue()


def columns(kind: str) -> str:
    """The columns of a table in words, for the help of a command."""
    fields, _ = EXAMPLES[kind]
    return ", ".join(f"{known.name}{'*' if known.required else ''} ({known.headings[0]})" for known in fields)

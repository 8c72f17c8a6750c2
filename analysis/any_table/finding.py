"""Columns of a table by their name, and the refusals that name column and rows."""

import numpy as np

from analysis.any_table.table import BLANK, Labels, Numbers, Table
from analysis.arrays import Bools
from questionnaires.model import Fault, Refused

NAMED = 3
"""Rows named in one message; of the others the number is said."""

EXACT = 2.0**53
"""From here on whole numbers that differ may be one number to a computer."""

LEAST = 1e-50
"""Weights below this, and columns whose numbers all are, are refused: a product of two of them, squared, would come to 0."""


def numbers(table: Table, column: str) -> Numbers:
    """A column as numbers. Refused: a column that is not there, holds words, or nothing but numbers that squares lose."""
    if column in table.numbers:
        found = table.numbers[column]
        if 0 < np.abs(found.levels).max(initial=0.0) < LEAST:
            sentence = "All numbers are closer to 0 than {least}, and their squares would be 0. Write the column in smaller units."
            raise Refused(Fault("numbers_too_small", f"{table.name}, column {column}", sentence, {"least": f"{LEAST:g}"}))
        return found
    if column in table.labels:
        sentence = "Column {column} holds words, and numbers are needed. Recode it as numbers."
        raise Refused(Fault("column_not_numbers", table.name, sentence, {"column": column}))
    raise Refused(_not_there(table, column))


def codes(table: Table, column: str) -> Numbers:
    """A column of numbers that are told apart. Refused as numbers(), and numbers so long that some are the same to a computer."""
    found = numbers(table, column)
    long = np.abs(found.levels) >= EXACT
    if long.any():
        sentence = (
            "{rows} rows have a number of more than 15 digits, and some of these cannot be told apart. Put a letter before them, so that"
            " they are names; recode answers with shorter numbers."
        )
        raise Refused(at_rows("number_too_long", table, column, long[found.codes] & (found.codes != BLANK), sentence))
    return found


def labels(table: Table, column: str) -> Labels:
    """A column as names; numbers are named as they are written. Refused: a column that is not there, numbers as in codes()."""
    if column in table.labels:
        return table.labels[column]
    if column in table.numbers:
        known = codes(table, column)
        return Labels(tuple(map(written, known.levels.tolist())), known.codes)
    raise Refused(_not_there(table, column))


def full_labels(table: Table, column: str) -> Labels:
    """The same where every row needs one. Refused: blank cells, with the rows."""
    found = labels(table, column)
    refuse_blank(table, column, found.codes == BLANK)
    return found


def written(number: float) -> str:
    return str(int(number)) if number.is_integer() else repr(number)


def refuse_blank(table: Table, column: str, blank: Bools) -> None:
    if blank.any():
        sentence = "{rows} rows have no {column}. Fill them in, or leave these rows out of the table."
        raise Refused(at_rows("column_blank", table, column, blank, sentence))


def at_rows(code: str, table: Table, column: str, wrong: Bools, sentence: str) -> Fault:
    """A fault at the first wrong row that names the next ones and says how many there are."""
    rows = np.flatnonzero(wrong)
    first = ", ".join(str(row + table.first_row) for row in rows[:NAMED].tolist())
    more = " …" if len(rows) > NAMED else ""
    place = f"{table.name}, column {column}, row {first}{more}"
    return Fault(code, place, sentence, {"column": column, "rows": str(len(rows))})


def _not_there(table: Table, column: str) -> Fault:
    known = ", ".join(sorted({*table.numbers, *table.labels}))
    sentence = "There is no column {column}. Its columns are: {known}."
    return Fault("column_not_there", table.name, sentence, {"column": column, "known": known})

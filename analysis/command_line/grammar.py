"""What is written behind a flag, taken apart: columns, pooled columns, codes, shares, ratios, quantiles.

A column's own name always wins: where a name holds a comma, a plus or an equals sign, the longest run that is the name of a
column is that column. Only what is no column is cut at the sign.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from unicodedata import combining, normalize

from analysis.any_table.request import Mean, Quantile, Ratio, Share, Total
from questionnaires.model import Fault

NEAREST = 3
"""Names that are offered for one that is not there."""

LISTED = 12
"""Columns that are listed where none is like it."""


@dataclass(slots=True)
class Columns:
    """The columns of one file, and every fault found while names were looked up in them."""

    file: str
    names: tuple[str, ...]
    faults: list[Fault] = field(default_factory=list)

    def has(self, name: str) -> bool:
        return bool(name) and name in self.names

    def one(self, text: str, flag: str) -> str:
        """The column of that name; a fault where there is none."""
        name = _form(text)
        if not self.has(name):
            self._miss(name, flag)
        return name

    def several(self, text: str, flag: str, sign: str = ",") -> tuple[str, ...]:
        """The columns in a list."""
        return tuple(self.one(part, flag) for part in self._cut(_form(text), sign, self.has))

    def pooled(self, text: str, flag: str) -> list[tuple[str, ...]]:
        """A list of columns, each perhaps pooled of several: a,b+c → (a), (b, c)."""
        parts = self._cut(_form(text), ",", lambda part: self.has(part) or all(map(self.has, self._cut(part, "+", self.has))))
        return [self.several(part, flag, "+") for part in parts]

    def _cut(self, text: str, sign: str, known: Callable[[str], bool]) -> list[str]:
        """The text cut at a sign, except where a longer run is known: with a column “a,b”, “a,b,c” gives “a,b” and “c”."""
        parts, found, begin = text.split(sign), [], 0
        if not any(sign in name for name in self.names):
            return [part.strip() for part in parts]
        while begin < len(parts):
            runs = range(len(parts), begin + 1, -1)
            end = next((end for end in runs if known(sign.join(parts[begin:end]).strip())), begin + 1)
            found.append(sign.join(parts[begin:end]).strip())
            begin = end
        return found

    def _miss(self, name: str, flag: str) -> None:
        values = {"flag": flag, "column": name}
        near = nearest(name, self.names)
        if not name:
            fault = Fault("no_column_named", self.file, "{flag} needs the name of a column.", values)
        elif near:
            sentence = "There is no column “{column}” ({flag}). Near: {near}. Other columns: {others}."
            values |= {"near": ", ".join(near), "others": str(len(self.names) - len(near))}
            fault = Fault("column_missing", self.file, sentence, values)
        else:
            sentence = "There is no column “{column}” ({flag}), nor one like it. The file has: {columns}."
            fault = Fault("column_missing", self.file, sentence, values | {"columns": listed(self.names)})
        if all(known.values.get("column") != name for known in self.faults if known.code == fault.code):
            self.faults.append(fault)


def listed(names: Sequence[str]) -> str:
    """The first names, and how many more there are."""
    return ", ".join(names[:LISTED]) + (f" … (+{len(names) - LISTED})" if len(names) > LISTED else "")


def nearest(name: str, names: Sequence[str]) -> list[str]:
    """Up to NEAREST names that look like it, the likest first, whatever their capitals and the marks on their letters."""
    bare: dict[str, list[str]] = {}
    for other in names:
        bare.setdefault(_bare(other), []).append(other)
    found = get_close_matches(_bare(name), [other for other in bare if other], NEAREST, 0.6)
    return [other for match in found for other in bare[match]][:NEAREST]


def _bare(name: str) -> str:
    """Small letters without marks: Phường, phuong and PHUONG are alike."""
    letters = (letter for letter in normalize("NFD", name.casefold()) if not combining(letter))
    return "".join(letters).replace("đ", "d")


def means(columns: Columns, text: str, flag: str) -> list[Mean]:
    return [Mean(variables) for variables in columns.pooled(text, flag)]


def totals(columns: Columns, text: str, flag: str) -> list[Total]:
    return [Total(column) for column in columns.several(text, flag)]


def shares(columns: Columns, text: str, flag: str) -> list[Share]:
    """q1=4,5: what stands behind the last equals sign are the codes; a list of columns before it gives one share each."""
    names, sign, behind = text.rpartition("=")
    if not sign:
        sentence = "“{text}” does not say which codes count. Write for example {flag} {text}=4,5."
        columns.faults.append(Fault("share_without_codes", "", sentence, {"text": text, "flag": flag}))
        return []
    codes = []
    for code in behind.split(","):
        found = number(code)
        if found is None:
            sentence = "“{code}” in {flag} {text} is no code: codes are numbers, with a comma between them."
            columns.faults.append(Fault("share_code_not_number", "", sentence, {"code": code.strip(), "flag": flag, "text": text}))
        else:
            codes.append(found)
    return [Share(variables, tuple(dict.fromkeys(codes))) for variables in columns.pooled(names, flag)]


def ratios(columns: Columns, text: str, flag: str) -> list[Ratio]:
    """y/x, cut at the stroke that leaves a column on both sides; at the only one, where none does."""
    form = _form(text)
    parts = form.split("/")
    cuts = [("/".join(parts[:k]).strip(), "/".join(parts[k:]).strip()) for k in range(1, len(parts))]
    known = [cut for cut in cuts if all(map(columns.has, cut))]
    if not known and len(cuts) != 1:
        sentence = "“{text}” ({flag}) must be two columns with a stroke between them: y/x."
        columns.faults.append(Fault("ratio_not_read", columns.file, sentence, {"text": text, "flag": flag}))
        return []
    above, below = (known or cuts)[0]
    return [Ratio(columns.one(above, flag), columns.one(below, flag))]


def quantiles(columns: Columns, text: str, flag: str) -> list[Quantile]:
    """y:0.5, several columns before the last colon and several p behind it."""
    names, sign, behind = text.rpartition(":")
    found = []
    for part in behind.split(",") if sign else [""]:
        p = number(part)
        if p is None or not 0 < p < 1:
            sentence = "“{text}” ({flag}) must end with a colon and a number between 0 and 1, for example {example}."
            values = {"text": text, "flag": flag, "example": f"{names or text}:0.5"}
            columns.faults.append(Fault("quantile_not_read", "", sentence, values))
            return []
        found.append(p)
    return [Quantile(column, p) for column in columns.several(names, flag) for p in found]


def number(text: str) -> float | None:
    """A finite number as the command line takes it: decimals with a point."""
    try:
        found = float(text)
    except ValueError:
        return None
    return found if abs(found) < float("inf") and "_" not in text else None


def _form(text: str) -> str:
    return normalize("NFC", text.strip())

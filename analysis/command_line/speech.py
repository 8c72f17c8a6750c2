"""Speech: the sentences and numbers of the command line in the reader's language. Catalogues are opened by files.py.

The English sentence is the key. Sentences live in analysis/locale; those of faults that pages say too, in survey_app/locale.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from questionnaires.model import Fault, Text

Language = str
LANGUAGES: tuple[Language, ...] = ("vi", "en")

PLACES = (
    (re.compile(r"(?P<name>.+?), row (?P<row>\d+), column (?P<column>.+)", re.DOTALL), "{name}, row {row}, column {column}"),
    (re.compile(r"(?P<name>.+?), column (?P<column>.+), row (?P<row>[\d, …]+)", re.DOTALL), "{name}, column {column}, row {row}"),
    (re.compile(r"(?P<name>.+), row (?P<row>\d+)", re.DOTALL), "{name}, row {row}"),
    (re.compile(r"(?P<name>.+?), column (?P<column>.+)", re.DOTALL), "{name}, column {column}"),
    (re.compile(r"margin (?P<name>.+)", re.DOTALL), "margin {name}"),
    (re.compile(r"column (?P<column>.+)", re.DOTALL), "column {column}"),
)
"""The ways a fault says where, so that the words around names and numbers can be said in the reader's language."""

PLACEHOLDER = "placeholder"
"""The name under which a fault carries what stands for a value in the help: COLUMN is CỘT in Vietnamese."""

SIGNS = {code: chr(0x2400 + code) for code in range(32)} | {0x7F: "␡", 0x85: "␤", 0x2028: "␤", 0x2029: "␤"}
"""Signs for letters that would move the pen: tabs, ends of lines, escapes."""


def on_one_line(text: str) -> str:
    """The text with such letters shown as signs: what stands in a file must not break a table, nor colour a screen."""
    return text.translate(SIGNS)


@dataclass(frozen=True, slots=True)
class Speech:
    """`translated`: English sentence to the sentence of the language, itself where there is none."""

    language: Language
    translated: Callable[[str], str]

    def say(self, sentence: str, /, **values: object) -> str:
        """The sentence in the reader's language, its {names} filled in."""
        words = self.translated(sentence)
        return words.format(**values) if values else words

    def of(self, text: Text) -> str:
        """Words of an instrument; Vietnamese where it has none in the reader's language."""
        return text.get(self.language) or text["vi"]

    def fault(self, fault: Fault) -> str:
        """One line a person can act on: where, what, and the stable code."""
        return on_one_line(self._at(fault))

    def note(self, note: Fault) -> str:
        """The same for something that is no fault."""
        return on_one_line(self.say("Note: {text}", text=self._at(note)))

    def _at(self, fault: Fault) -> str:
        said = {name: self.translated(value) if name == PLACEHOLDER else value for name, value in fault.values.items()}
        sentence = self.say(fault.message, **said)
        return f"{self.place(fault.place)}: {sentence} [{fault.code}]" if fault.place else f"{sentence} [{fault.code}]"

    def place(self, place: str) -> str:
        for pattern, sentence in PLACES:
            found = pattern.fullmatch(place)
            if found:
                return self.say(sentence, **found.groupdict())
        return self.translated(place) if place else place

    def number(self, value: float, decimals: int = 0) -> str:
        """1234.5 → 1.234,5 in Vietnamese, 1,234.5 in English; a real minus sign, no minus before zero."""
        shown = f"{value:,.{decimals}f}".replace("-", "−")
        if not float(f"{value:.{decimals}f}"):
            shown = shown.lstrip("−")
        return shown.translate(str.maketrans(",.", ".,")) if self.language == "vi" else shown

    def short(self, value: float, digits: int = 6) -> str:
        """A number in as few digits as say it, at most `digits` that count: 0.05, 1e-12."""
        shown = f"{value:.{digits}g}".replace("-", "−") if value else "0"
        return shown.replace(".", ",") if self.language == "vi" else shown

    def percent(self, share: float, decimals: int = 2) -> str:
        """0.9245 → 92,45% in Vietnamese, 92.45% in English."""
        return f"{self.number(100 * share, decimals)}%"

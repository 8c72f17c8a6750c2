"""Sentences in the reader's language (gettext), Vietnamese and English numbers and dates, the sentence of a Fault.

The English sentence is the key. Catalogues lie in locale/<language>/LC_MESSAGES/, one .po a subject, compiled beside.
"""

import gettext
from datetime import date, datetime
from functools import cache
from pathlib import Path

from questionnaires.model import Fault, Text

LANGUAGES = ("vi", "en")
LOCALE = Path(__file__).parent / "locale"


@cache
def _catalogues(language: str) -> gettext.NullTranslations:
    found: gettext.NullTranslations = gettext.NullTranslations()
    for path in sorted((LOCALE / language / "LC_MESSAGES").glob("*.mo")):
        with path.open("rb") as file:
            catalogue = gettext.GNUTranslations(file)
        catalogue.add_fallback(found)
        found = catalogue
    return found


def say(language: str, sentence: str, /, **values: object) -> str:
    """The sentence in that language, its {names} filled in."""
    words = _catalogues(language).gettext(sentence)
    return words.format(**values) if values else words


def of(text: Text, language: str) -> str:
    """Words of an instrument or an organisation in that language; Vietnamese where that language has none."""
    return text.get(language) or text["vi"]


def fault(language: str, fault: Fault) -> str:
    """One line a person can act on: where, what, and the stable code."""
    sentence = say(language, fault.message, **fault.values) if fault.values else say(language, fault.message)
    return f"{fault.place}: {sentence} [{fault.code}]" if fault.place else f"{sentence} [{fault.code}]"


def number(language: str, value: float, decimals: int = 0) -> str:
    """1234.5 → 1.234,5 in Vietnamese, 1,234.5 in English; a real minus sign."""
    shown = f"{value:,.{decimals}f}".replace("-", "−")
    if not float(f"{value:.{decimals}f}"):
        shown = shown.lstrip("−")
    return shown.translate(str.maketrans(",.", ".,")) if language == "vi" else shown


def percent(language: str, share: float, decimals: int = 1) -> str:
    """0.9245 → 92,5% in Vietnamese, 92.5% in English."""
    return f"{number(language, 100 * share, decimals)}%"


def day(language: str, value: date) -> str:
    """05/02/2026 in Vietnamese, 5 February 2026 in English."""
    return value.strftime("%d/%m/%Y") if language == "vi" else f"{value.day} {ENGLISH_MONTHS[value.month - 1]} {value.year}"


def day_short(language: str, value: date) -> str:
    """05/02 in Vietnamese, 5 February in English."""
    return value.strftime("%d/%m") if language == "vi" else f"{value.day} {ENGLISH_MONTHS[value.month - 1]}"


def month(language: str, value: date) -> str:
    """tháng 02/2026 in Vietnamese, February 2026 in English."""
    return value.strftime("tháng %m/%Y") if language == "vi" else f"{ENGLISH_MONTHS[value.month - 1]} {value.year}"


def moment(language: str, value: datetime) -> str:
    return f"{value:%H:%M} {day(language, value.date())}"


ENGLISH_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July",
    "August", "September", "October", "November", "December",
)  # fmt: skip

"""Sentences in the reader's language (gettext), Vietnamese and English numbers and dates, the sentence of a Fault.

The English sentence is the key. Catalogues lie in locale/<language>/LC_MESSAGES/, one .po a subject, compiled beside.
Further languages for citizens: locale/README.md.
"""

import gettext
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from types import MappingProxyType

from questionnaires.faults import SENTENCES
from questionnaires.model import Fault, Text

LANGUAGES = ("vi", "en")
"""The languages of the whole product: pages, files, commands."""

LOCALE = Path(__file__).parent / "locale"
NAMES = {"vi": "Tiếng Việt", "en": "English"}
"""Each language by its own name, as it stands on the button that leads to it."""

OF_AN_ANSWER = "answer."
"""How the codes of faults begin that a citizen may read."""

OWN_NAME, REVIEWED = "The name of this language in this language", "Who has reviewed these words, and when"
"""What the catalogue of a further language says of itself."""

_folders = [LOCALE]


def read_from(folder: Path) -> None:
    """Further languages for citizens lie in that folder, too (a city's own), laid out as locale/ is."""
    _folders[:] = [LOCALE, folder]
    for remembered in (languages, _catalogues):
        remembered.cache_clear()


@cache
def languages() -> Mapping[str, str]:
    """The languages of the pages for citizens, code to own name: those of the product, then every other one whose catalogue
    `citizen` has every sentence and says, as two sentences more, its own name and who has reviewed it."""
    needed = _sentences(_catalogue(LOCALE / "vi" / "LC_MESSAGES" / "citizen.mo"))
    needed |= {sentence for code, sentence in SENTENCES.items() if code.startswith(OF_AN_ANSWER)}
    found = dict(NAMES)
    for path in sorted(path for folder in _folders for path in folder.glob("*/LC_MESSAGES/citizen.mo")):
        language, catalogue = path.parent.parent.name, _catalogue(path)
        if needed | {OWN_NAME, REVIEWED} <= _sentences(catalogue):
            found.setdefault(language, catalogue.gettext(OWN_NAME))
    return MappingProxyType(found)


def _catalogue(path: Path) -> gettext.GNUTranslations:
    with path.open("rb") as file:
        return gettext.GNUTranslations(file)


def _sentences(catalogue: gettext.GNUTranslations) -> set[str]:
    """What it says anything for."""
    said: Mapping[str, str] = catalogue.__dict__["_catalog"]
    return {sentence for sentence, translated in said.items() if sentence and translated}


@cache
def _catalogues(language: str) -> gettext.NullTranslations:
    """One after the other; what a further language does not say is said in Vietnamese."""
    found = gettext.NullTranslations() if language in LANGUAGES else _catalogues("vi")
    for path in sorted(path for folder in _folders for path in (folder / language / "LC_MESSAGES").glob("*.mo")):
        catalogue = _catalogue(path)
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
    """5 February 2026 in English, else 05/02/2026."""
    return value.strftime("%d/%m/%Y") if language != "en" else f"{value.day} {ENGLISH_MONTHS[value.month - 1]} {value.year}"


def day_short(language: str, value: date) -> str:
    """5 February in English, else 05/02."""
    return value.strftime("%d/%m") if language != "en" else f"{value.day} {ENGLISH_MONTHS[value.month - 1]}"


def month(language: str, value: date) -> str:
    """tháng 02/2026 in Vietnamese, February 2026 in English, else 02/2026."""
    if language == "en":
        return f"{ENGLISH_MONTHS[value.month - 1]} {value.year}"
    return value.strftime("tháng %m/%Y" if language == "vi" else "%m/%Y")


def moment(language: str, value: datetime) -> str:
    return f"{value:%H:%M} {day(language, value.date())}"


ENGLISH_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July",
    "August", "September", "October", "November", "December",
)  # fmt: skip

"""Slips with single-use codes to be cut out and handed out: three on an A4 page. The layout is typst/slips.typ.

Which codes, and whether they may be printed, is not decided here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from survey_app.documents.print_matter import QUIET_ZONE, drawn, matrix, runs, svg, unbroken_number
from survey_app.words import day, say

SYMBOL_MM = 61
"""Side of the symbol without its quiet zone; the smallest allowed on cards is 60 mm, the rest is for printers that shrink.
Three strips a page leave room for letters that old eyes can read; more on a page would need smaller symbols or letters."""


@dataclass(frozen=True, slots=True)
class Slip:
    """`code`: as a person types it. `link`: what the QR holds."""

    code: str
    link: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """What all slips of a batch say. `counter` None: of the whole reception point. `site`: the address as a person types it."""

    unit: str
    point: str
    counter: str | None
    served_on: date
    expires: date
    site: str
    organiser: str
    contact: str
    batch: str


def slips(sheet: Sheet, codes: Sequence[Slip], *, trial: bool, simulated: bool) -> bytes:
    """One PDF, three slips a page, in the order given. The same codes give the same bytes."""
    place = sheet.point if sheet.counter is None else f"{sheet.point} · {say('vi', 'Counter {number}', number=sheet.counter)}"
    words = {
        "trial": say("vi", "TRIAL") if trial else None,
        "simulated": say("vi", "SIMULATED DATA") if simulated else None,
        "title": say("vi", "Slips to be handed out"),
        "unit": sheet.unit.upper(),
        "place": place,
        "day": say("vi", "Served on {day}", day=day("vi", sheet.served_on)),
        "headline": [say("vi", "How were you served?"), say("vi", "Please tell us")],
        "how": runs(
            say("vi", "Open the camera or Zalo and scan. About 2 minutes, at home too, **until {day}**. The code works once."),
            day=day("vi", sheet.expires),
        ),
        "by_hand": runs(say("vi", "Cannot scan? Type =={site}== and enter this code:"), site=sheet.site),
        "promise": runs(say("vi", "Voluntary, no name asked. Whatever you answer has no effect on your file.")),
        "warning": runs(
            say(
                "vi",
                "**We never ask for money, OTP codes or identity numbers.** The page that opens must show this name, this day "
                "and the address =={site}==. If it differs, please do not fill it in and tell {contact}.",
            ),
            site=sheet.site,
            contact=unbroken_number(sheet.contact),
        ),
        "footer": f"{sheet.organiser.rstrip('.')} · {sheet.batch}",
        "symbol_mm": SYMBOL_MM,
        "quiet_zone": QUIET_ZONE,
        "slips": [_slip(slip) for slip in codes],
    }
    return drawn("slips.typ", sheet=words)


def _slip(slip: Slip) -> dict[str, object]:
    modules = matrix(slip.link)
    says = say("vi", "QR code of the address {address}", address=slip.link)
    return {"code": slip.code, "symbol": svg(modules), "modules": len(modules), "symbol_says": says}

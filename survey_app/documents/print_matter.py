"""What is printed for the offices: counter posters, the symbol on a terminal, and what every printed thing is made with.

Layouts lie in typst/; slips to be handed out are in slip_sheet.py. What is printed, and whether it may be, is not decided here.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from importlib import import_module
from pathlib import Path

import qrcode
from qrcode.constants import ERROR_CORRECT_Q

from survey_app import words

LAYOUTS = Path(__file__).parent / "typst"
QUIET_ZONE = 4
SYMBOL_MM = 112
"""Side of the symbol without its quiet zone on A4; the smallest allowed is 110 mm, the rest is for printers that shrink."""

MARKS = {"**": "bold", "==": "kept"}
"""Marks in a sentence: bold words, and bold words that stay on one line."""

MASK = 2
"""One mask for all symbols. Choosing the best of eight costs 5 to 9 times the time and gains nothing here: 150 links at 3-4 pixels a
module, tilted, blurred, noisy, read by two decoders: mask 2 read 149, 137, 122, 105 times, the best of eight 149, 131, 119, 103."""

Run = dict[str, str]


@dataclass(frozen=True, slots=True)
class Poster:
    """Everything one counter's poster says. `link` is what the QR holds; `site` is the address as a person types it."""

    unit: str
    point: str
    counter: str
    code: str
    link: str
    site: str
    organiser: str
    contact: str
    supervised_by: str | None
    wave: str
    last_day: date


def posters(batch: Sequence[Poster], *, trial: bool, simulated: bool) -> bytes:
    """One PDF, one A4 page a counter, in the order given. The same batch gives the same bytes."""
    pages = {
        "trial": words.say("vi", "TRIAL") if trial else None,
        "simulated": words.say("vi", "SIMULATED DATA") if simulated else None,
        "title": words.say("vi", "Counter posters"),
        "pages": [_page(poster) for poster in batch],
        "symbol_mm": SYMBOL_MM,
        "quiet_zone": QUIET_ZONE,
    }
    return drawn("poster.typ", posters=pages)


def drawn(layout: str, **inputs: object) -> bytes:
    """The PDF of a layout. Words and data go in as JSON, so that none of them can be read as layout."""
    compiled: Callable[..., bytes] = import_module("typst").compile  # loaded with the first sheet: commands start without it
    return compiled(
        LAYOUTS / layout,
        root=LAYOUTS,
        font_paths=[LAYOUTS / "fonts"],
        ignore_system_fonts=True,
        sys_inputs={name: json.dumps(value, ensure_ascii=False) for name, value in inputs.items()},
    )


def matrix(link: str) -> tuple[tuple[bool, ...], ...]:
    """Dark modules of the QR symbol of that link: error correction Q, the smallest version that holds it, no quiet zone."""
    symbol = qrcode.QRCode(error_correction=ERROR_CORRECT_Q, border=0, mask_pattern=MASK)
    symbol.add_data(link)
    symbol.make(fit=True)
    return tuple(tuple(bool(module) for module in row) for row in symbol.get_matrix())


def in_terminal(link: str) -> str:
    """The symbol of that link in half blocks, dark on light whatever the colours of the terminal, quiet zone included."""
    white = [False] * QUIET_ZONE
    rows = [[*white, *row, *white] for row in matrix(link)]
    empty = [[False] * len(rows[0])] * QUIET_ZONE
    framed = [*empty, *rows, *empty]
    if len(framed) % 2:
        framed.append(empty[0])
    pairs = zip(framed[::2], framed[1::2], strict=True)
    lines = ("".join(_half_block(*pair) for pair in zip(upper, lower, strict=True)) for upper, lower in pairs)
    return "\n".join(f"\x1b[30;107m{line}\x1b[0m" for line in lines)


def _half_block(upper: bool, lower: bool) -> str:
    return {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}[upper, lower]


def _page(poster: Poster) -> dict[str, object]:
    modules = matrix(poster.link)
    return {
        "unit": poster.unit.upper(),
        "point": poster.point,
        "counter": words.say("vi", "Counter {number}", number=poster.counter),
        "headline": [words.say("vi", "How were you served?"), words.say("vi", "Please tell us")],
        "symbol": svg(modules),
        "modules": len(modules),
        "symbol_says": words.say("vi", "QR code of the address {address}", address=poster.link),
        "steps": [
            runs(words.say("vi", "Open the camera or Zalo and scan the code.")),
            runs(words.say("vi", "Answer for about 2 minutes.")),
            runs(words.say("vi", "Press ==Send my view==.")),
        ],
        **_paragraphs(poster),
        "footer": _footer(poster),
        "english": words.say("en", "How were you served? Scan and tell us. Two minutes, voluntary, no name asked."),
    }


def _paragraphs(poster: Poster) -> dict[str, list[Run]]:
    """What is said around the symbol, name of its place on the page to runs."""
    site, contact, code = poster.site, unbroken_number(poster.contact), poster.code
    invitation = words.say(
        "vi",
        "**Finished, or sent away because a paper was missing: you may answer either way.** "
        "You may also photograph this sheet and answer at home.",
    )
    promise = words.say(
        "vi",
        "Voluntary. We do not ask for your name, phone number, identity number or file code. Nobody here knows which "
        "answer is yours. Whatever you answer has no effect on your file.",
    )
    warning = words.say(
        "vi",
        "**We never ask for money, OTP codes or identity numbers.** The page that opens must show this counter's name "
        "and the address =={site}==. If it differs, please do not fill it in and tell {contact}.",
    )
    by_hand = words.say("vi", "Cannot scan? Type =={site}== and enter the code =={code}==, or ask for a paper form.")
    return {
        "invitation": runs(invitation),
        "promise": runs(promise),
        "warning": runs(warning, site=site, contact=contact),
        "by_hand": runs(by_hand, site=site, code=code),
    }


def _footer(poster: Poster) -> str:
    """Who asks, who watches over it, until when."""
    said = [words.say("vi", "{organiser}.", organiser=poster.organiser.rstrip("."))]
    if poster.supervised_by:
        said.append(words.say("vi", "Supervised by: {supervisor}.", supervisor=poster.supervised_by))
    return " ".join([*said, words.say("vi", "{wave}, until {day}.", wave=_without_lead(poster.wave), day=words.day("vi", poster.last_day))])


def unbroken_number(contact: str) -> str:
    """A telephone number is never torn apart at the end of a line."""
    return re.sub(r"(?<=\d) (?=\d)", "\u00a0", contact)


def _without_lead(wave: str) -> str:
    """The wave's name without the word that the sentence already says ("Đợt …")."""
    return wave.removeprefix(words.say("vi", "{wave}, until {day}.").partition("{wave}")[0])


def runs(sentence: str, **values: str) -> list[Run]:
    """A sentence cut at its marks before its {names} are filled in, so that a value can never be read as a mark."""
    return [_run(piece, values) for piece in re.split(r"(\*\*.+?\*\*|==.+?==)", sentence) if piece]


def _run(piece: str, values: Mapping[str, str]) -> Run:
    style = MARKS.get(piece[:2])
    return {"style": style or "plain", "text": (piece[2:-2] if style else piece).format(**values)}


def svg(modules: Sequence[Sequence[bool]]) -> str:
    """The dark modules as one path: one fill leaves no hairlines between rows when the page is drawn."""
    side = len(modules)
    path = "".join(
        f"M{start} {y}h{end - start}v1h{start - end}z" for y, row in enumerate(modules) for start, end in _dark_stretches(row)
    )
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}"><path d="{path}"/></svg>'


def _dark_stretches(row: Sequence[bool]) -> list[tuple[int, int]]:
    edges = [x for x in range(len(row) + 1) if (x < len(row) and row[x]) != (x > 0 and row[x - 1])]
    return list(zip(edges[::2], edges[1::2], strict=True))

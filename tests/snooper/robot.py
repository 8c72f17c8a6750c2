"""The robot: a browser for every role, every address the application has, every file, every command that prints. It keeps what
it reads. An address, command or table it does not know makes it stop: whoever adds one says here what may be read from it.
"""

import csv
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html import unescape
from io import BytesIO

import click
import openpyxl
from flask import Flask
from flask.testing import FlaskClient

from survey_app.services import morning_checks
from survey_app.services.access import ROLES
from tests.snooper import city
from tests.web import staff

FILES = (".json", ".csv", ".xlsx")
RESULTS = {"/results", "/results/<int(max=2147483647):number>", "/results/<int(max=2147483647):number>.<format>"}
CITIZENS = {"/", "/go", "/q/<code>", "/Q/<code>", "/v/<code>", "/V/<code>", "/thanks/<receipt>"}
STAFF = {"/check/<link>", "/posted-codes", "/sign-in"}
BESIDE = {"/static/<path:filename>", "/api/slips"}
"""Fixed files, and an address that gives codes and takes a key: nothing of an answer passes there."""

ROWS = {"responses export", "release show", "accounts log"}
"""For the operator of the server, who has the database itself: no role that reads pages runs them."""
PRINTS = {
    "units list": (), "areas list": (), "points list": (), "counters list": ("--wave", city.WAVE), "counters links": ("--wave", city.WAVE),
    "counters checks": (), "waves list": (), "slips counts": (), "slips key list": (), "release list": ("--json",), "settings": (),
    "accounts list": (), "quality findings": ("--wave", city.WAVE),
}  # fmt: skip
ACTS = {
    "units import", "points import", "counters import", "counters add", "counters renew", "counters retire", "sectors import", "waves add",
    "waves open", "waves close", "frame import", "posters", "slips issue", "slips sheet", "slips revoke", "slips return", "slips key add",
    "slips key revoke", "release make", "release publish", "instrument check", "independent compare", "quality run", "accounts add",
    "accounts password", "accounts close", "nightly", "demo",
}  # fmt: skip
"""What they print is how much they did, or speaks of a file that is handed to them."""

NUMBER = re.compile(r"\d{1,3}(?:\.\d{3})+(?!\d)|\d+(?:[.,]\d+)?")
Json = dict[str, "Json"] | list["Json"] | str | int | float | bool | None


class Unknown(Exception):
    """Something the robot has not been told about."""


@dataclass(frozen=True, slots=True)
class Page:
    """One document as JSON, with who read it, of which release and domain (None: everything the role may see)."""

    role: str
    release: int
    domain: str | None
    parts: list[dict[str, Json]]


@dataclass(slots=True)
class Robot:
    """`beside`: what pages without figures, and commands, said last time. `said`: every text ever read, to look for comments."""

    app: Flask
    browsers: dict[str, FlaskClient]
    beside: dict[str, str] = field(default_factory=dict)

    @classmethod
    def at(cls, app: Flask) -> "Robot":
        """Signs in as every role that can; everybody else is the public."""
        check(app)
        browsers = {"public": app.test_client()}
        for role in (name for name, known in ROLES.items() if known.signs_in):
            browsers[role] = app.test_client()
            assert staff.sign_in(browsers[role], role, city.PASSWORD).status_code == 303
        return cls(app, browsers)

    def figures(self, role: str, domains: Sequence[str], known: int) -> Iterator[Page]:
        """The whole document of every release after `known` that is in the role's list, and those of the domains that it may open."""
        for release in sorted({int(found) for found in re.findall(r'"/results/(\d+)', self._text(role, "/results"))}):
            for domain in (None, *domains) if release > known else ():
                found = self.browsers[role].get(f"/results/{release}.json", query_string={"domain": domain} if domain else {})
                if found.status_code == 200:
                    self._look(found.text)
                    yield Page(role, release, domain, json.loads(found.data)["parts"])

    def says_more(self, page: Page) -> set[str]:
        """Numbers that the same document tells on a page or in another file and not as JSON."""
        query = {"domain": page.domain} if page.domain else {}
        texts = {name: self.browsers[page.role].get(f"/results/{page.release}{name}", query_string=query) for name in ("", *FILES)}
        said = {"page": _seen(texts[""].text), "CSV": _of_csv(texts[".csv"].text), "XLSX": _of_workbook(texts[".xlsx"].data)}
        for text in said.values():
            self._look(text)
        told = {round(amount * scale, 9) for one in NUMBER.findall(texts[".json"].text) for amount in _meanings(one) for scale in (1, 100)}
        numbers = {f"{name}: {one}": _meanings(one) for name, text in said.items() for one in NUMBER.findall(text)}
        return {one for one, meanings in numbers.items() if not any(round(amount, 9) in told for amount in meanings)}

    def changed(self) -> dict[str, str]:
        """Pages without figures, and commands, that say something else than when they were asked before."""
        link = morning_checks.links(city.WAVE)[0].link.rpartition("/")[2]
        for unit in city.RECEIVING:
            self._text("public", f"/q/{city.code(unit)}")  # a form asks by lot what it asks
        addresses = ["/", "/go?code=x", "/sign-in", "/v/x", "/thanks/x", f"/check/{link}"]
        said = {f"public {address}": _seen(self._text("public", address)) for address in addresses}
        said |= {f"{role} /posted-codes": _seen(self._text(role, "/posted-codes")) for role in self.browsers}
        runner = self.app.test_cli_runner()
        for command, options in PRINTS.items():
            said[command] = runner.invoke(args=[*command.split(), *options]).output
        changed = {name: text for name, text in said.items() if self.beside.get(name, text) != text}
        self.beside = said
        return changed

    def _text(self, role: str, address: str) -> str:
        text = self.browsers[role].get(address).text
        self._look(text)
        return text

    def _look(self, text: str) -> None:
        assert city.COMMENT not in text, "words of a citizen on a page or in a file"


def check(app: Flask) -> None:
    """Raises Unknown when there is an address to read or a command that nobody has thought of."""
    rules = {rule.rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    if new := rules - RESULTS - CITIZENS - STAFF - BESIDE:
        raise Unknown(f"addresses: {sorted(new)}")
    own = {command for command in _commands(app.cli) if command not in ("run", "shell", "routes")}
    if new := own - ROWS - set(PRINTS) - ACTS:
        raise Unknown(f"commands: {sorted(new)}")


def _commands(group: click.Group, name: str = "") -> Iterator[str]:
    for word, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from _commands(command, f"{name} {word}".strip())
        else:
            yield f"{name} {word}".strip()


def _seen(page: str) -> str:
    """What is to be read, title and description of a drawing too, and nothing of how it is drawn."""
    drawings = re.compile(r"<svg.*?</svg>", re.DOTALL)
    body = drawings.sub(lambda svg: " ".join(re.findall(r"<(?:title|desc)[^>]*>(.*?)</", svg[0], re.DOTALL)), page)
    body = re.sub(r'<(style|script)\b.*?</\1>|<span class="axis">.*?</th>|<[^>]+>', " ", body, flags=re.DOTALL)
    return " ".join(unescape(body).split())


def _of_csv(text: str) -> str:
    return "\n".join(cell for row in csv.reader(text.splitlines()) for cell in row)


def _of_workbook(content: bytes) -> str:
    book = openpyxl.load_workbook(BytesIO(content), read_only=True)
    return "\n".join(str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row if cell is not None)


def _meanings(number: str) -> set[float]:
    """A point or comma begins decimals, or sets thousands apart."""
    found = {float(number.replace(",", "."))} if len(re.findall("[.,]", number)) < 2 else set()
    return found | ({float(re.sub("[.,]", "", number))} if re.fullmatch(r"\d{1,3}([.,]\d{3})+", number) else set())

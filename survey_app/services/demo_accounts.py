"""Who can sign in to the demonstration, and what is shown of it on a terminal. Passwords are kept in a file of mode 600."""

import json
import os
from collections import Counter
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path

from questionnaires.model import Fault, Refused
from survey_app import settings, words
from survey_app.documents import print_matter
from survey_app.services import accounts, codes, fieldwork
from survey_app.services.access import Grant
from survey_app.services.accounts import NewAccount
from survey_app.services.demo_places import wave_code
from survey_app.services.places import FORMER_DISTRICTS
from survey_app.storage import organisation, session

FILE = "demo_accounts.json"


@dataclass(frozen=True, slots=True)
class KeptAccount:
    """`sees`: what the account is for, as a person reads it."""

    province: str
    name: str
    role: str
    sees: str
    password: str


@dataclass(frozen=True, slots=True)
class Shown:
    """One counter to try the demonstration at, and the way in for staff. `symbol`: the QR code in half blocks."""

    link: str
    code: str
    place: str
    symbol: str
    staff: str
    accounts: tuple[KeptAccount, ...]


def add(province: str, since: date, now: datetime) -> None:
    """Home Affairs, a reviewer of one former district with straddling units, an administrator; those kept already stay."""
    district, name = _reviewed(province)
    wanted = (
        (NewAccount(f"sonoivu-{province}", "home_affairs", province), ""),
        (NewAccount(f"mttq-{province}", "mttq", province, (Grant("area", FORMER_DISTRICTS, district, since, None),)), name),
        (NewAccount(f"quantri-{province}", "administrator", province), ""),
    )
    kept = list(_kept())
    for account, sees in wanted:
        if account.name in {one.name for one in kept}:
            continue
        password = accounts.new_password()
        kept.append(KeptAccount(province, account.name, account.role, sees, password))
        _keep(kept)  # before the account is made: a password that nobody knows would be lost
        try:
            accounts.add(account, password, now)
        except Refused:  # an interrupted build has made it, and its password was not kept
            accounts.set_password(account.name, password, now)


def shown(province: str) -> Shown:
    """For the terminal: the first counter of the demonstration that serves all matters, and the accounts.

    Refused: `no_open_counter` once the wave is closed.
    """
    counters = fieldwork.counters_of(fieldwork.wave(wave_code(province)))
    counter = next((one for one in counters if one.sector is None), None)
    if counter is None:
        sentence = "No counter of wave {wave} takes answers any more, so there is none to show. Staff sign in as before."
        raise Refused(Fault("no_open_counter", "--show", sentence, {"wave": wave_code(province)}))
    place = ", ".join((words.of(counter.unit_name, "vi"), words.of(counter.name, "vi")))
    staff = f"{settings.current().base_url}/sign-in"
    mine = tuple(account for account in _kept() if account.province == province)
    return Shown(counter.link, codes.shown(counter.code), place, print_matter.in_terminal(counter.link), staff, mine)


def _reviewed(province: str) -> tuple[str, str]:
    """The former district with the most straddling units, so that the reviewer meets them."""
    with session.reading() as tx:
        areas = {area.code: area.names for area in organisation.areas(tx, province) if area.grouping == FORMER_DISTRICTS}
        shares = [row for row in organisation.memberships(tx, province) if row.area in areas]
    straddling = Counter(row.area for row in shares if row.share < 1)
    code = min(areas, key=lambda area: (-straddling[area], area))
    return code, words.of(areas[code], "vi")


def _kept() -> tuple[KeptAccount, ...]:
    path = _file()
    return tuple(KeptAccount(**account) for account in json.loads(path.read_text(encoding="utf-8"))) if path.exists() else ()


def _keep(kept: list[KeptAccount]) -> None:
    """Readable by its owner alone from the first moment; replaced as a whole."""
    fresh = _file().with_suffix(".new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump([asdict(account) for account in kept], file, ensure_ascii=False, indent=1)
    fresh.replace(_file())


def _file() -> Path:
    return settings.current().data_dir / FILE

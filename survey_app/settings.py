"""Every setting: name, meaning, safe default. The only reader of the environment."""

import os
import re
import secrets
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path
from urllib.parse import urlsplit

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
"""Before numpy is loaded: its own threads only burn processor time on tables as small as ours."""

PROJECT = Path(__file__).resolve().parent.parent
SHORTEST_KEY = 32
WEEKDAYS = ("T2", "T3", "T4", "T5", "T6", "T7", "CN")
OFFICE_DAYS = re.compile(r"(?P<first>T[2-7]|CN)(?:-(?P<last>T[2-7]|CN))?=(?P<begins>\d\d:[0-5]\d)-(?P<ends>\d\d:[0-5]\d)")
USUAL_HOURS = "T2-T6=07:00-18:00 T7=07:00-12:30"
"""Wider than most offices are open, and many receive on Saturday mornings: a code may be opened on the way out."""
NEVER_PUBLIC = (".localhost", ".local", ".internal", ".test", ".invalid", ".example")
"""Ends of names that no citizen's telephone can find: reserved for one machine, one network or for documents."""


class BadSetting(Exception):
    """A setting that the product will not run with: which, a stable code, and a sentence on why and what to do."""

    def __init__(self, name: str, code: str, sentence: str, **values: str) -> None:
        super().__init__(f"{name}: {sentence.format(**values)}")
        self.name, self.code, self.sentence, self.values = name, code, sentence, values


@dataclass(frozen=True, slots=True)
class Setting:
    name: str
    meaning: str
    secret: bool = False


SETTINGS = (
    Setting("SURVEY_DATA_DIR", "Folder for the database, the kept secret key and the city's own instruments"),
    Setting("SURVEY_DATABASE_URL", "Where answers and releases are stored; SQLite in the data folder unless set"),
    Setting("SURVEY_SECRET_KEY", "Signs forms and sessions; made on first start and kept in the data folder", secret=True),
    Setting("SURVEY_PREVIOUS_SECRET_KEY", "The key before the last change; forms signed with it are still accepted", secret=True),
    Setting("SURVEY_BASE_URL", "Public address of the site as citizens type it; posters carry it"),
    Setting(
        "SURVEY_ANSWERS_PER_HOUR",
        "Most answers an hour through one counter's posted code, a quarter of them at once; later ones wait (240 unless set)",
    ),
    Setting(
        "SURVEY_PROOF_OF_WORK_BITS",
        "Work a phone does for each answer while they come in floods; 12 to 15 take a second or two, 0, the default, is none",
    ),
    Setting(
        "SURVEY_OFFICE_HOURS",
        "When somebody can stand at a counter; codes opened at other times are counted (T2-T6=07:00-18:00 T7=07:00-12:30 unless set)",
    ),
)


@dataclass(frozen=True, slots=True)
class Settings:
    data_dir: Path
    database_url: str
    secret_key: str
    previous_secret_key: str | None
    base_url: str
    answers_per_hour: int = 240
    proof_of_work_bits: int = 0
    office_hours: str = USUAL_HOURS
    """As given; office_week() reads it."""

    @property
    def public(self) -> bool:
        """True when the base address can be reached by citizens: https and not this machine or a private network."""
        address = urlsplit(self.base_url)
        host = (address.hostname or "").removesuffix(".")
        if address.scheme != "https" or f".{host}".endswith(NEVER_PUBLIC):
            return False
        number = _number_of(host)
        return "." in host if number is None else number.is_global

    def shown(self) -> dict[str, str]:
        """Name to value for a person to read, secrets masked."""
        return {
            "SURVEY_DATA_DIR": str(self.data_dir),
            "SURVEY_DATABASE_URL": _without_password(self.database_url),
            "SURVEY_SECRET_KEY": "••••••••",
            "SURVEY_PREVIOUS_SECRET_KEY": "••••••••" if self.previous_secret_key else "",
            "SURVEY_BASE_URL": self.base_url,
            "SURVEY_ANSWERS_PER_HOUR": str(self.answers_per_hour),
            "SURVEY_PROOF_OF_WORK_BITS": str(self.proof_of_work_bits),
            "SURVEY_OFFICE_HOURS": self.office_hours,
        }


def read(environ: Mapping[str, str] = os.environ) -> Settings:
    """Settings from the environment; makes the data folder and keeps a secret key there on first start."""
    data_dir = Path(environ.get("SURVEY_DATA_DIR") or PROJECT / "var").resolve()
    base_url = (environ.get("SURVEY_BASE_URL") or "http://127.0.0.1:8000").rstrip("/")
    _check_address(base_url)
    given_key = environ.get("SURVEY_SECRET_KEY")
    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        secret_key = given_key or _kept_key(data_dir / "secret_key")
    except OSError as trouble:
        sentence = "The folder {folder} cannot be made or used: {reason}. Choose one that this user may write to."
        reason = trouble.strerror or type(trouble).__name__
        raise BadSetting("SURVEY_DATA_DIR", "setting.data_dir", sentence, folder=str(data_dir), reason=reason) from trouble
    settings = Settings(
        data_dir=data_dir,
        database_url=environ.get("SURVEY_DATABASE_URL") or f"sqlite:///{data_dir / 'survey.sqlite'}",
        secret_key=secret_key,
        previous_secret_key=environ.get("SURVEY_PREVIOUS_SECRET_KEY") or None,
        base_url=base_url,
        answers_per_hour=_number("SURVEY_ANSWERS_PER_HOUR", environ, 240, 12, 1_000_000),
        proof_of_work_bits=_number("SURVEY_PROOF_OF_WORK_BITS", environ, 0, 0, 24),
        office_hours=" ".join((environ.get("SURVEY_OFFICE_HOURS") or USUAL_HOURS).split()),
    )
    office_week(settings.office_hours)
    if settings.public:
        _check_key("SURVEY_SECRET_KEY", settings.secret_key, base_url)
        _check_key("SURVEY_PREVIOUS_SECRET_KEY", settings.previous_secret_key, base_url)
    return settings


def _number(name: str, environ: Mapping[str, str], unless_set: int, least: int, most: int) -> int:
    given = environ.get(name) or str(unless_set)
    if not (given.isascii() and given.isdigit() and len(given) < 10 and least <= int(given) <= most):
        sentence = "{given} is no whole number from {least} to {most}."
        raise BadSetting(name, "setting.number", sentence, given=given[:40], least=str(least), most=str(most))
    return int(given)


def office_week(given: str) -> tuple[tuple[int, int] | None, ...]:
    """(from, to) in seconds after midnight of Monday … Sunday, None: closed. Raises BadSetting.

    given: parts such as T2-T6=07:00-18:00, parted by blanks; T2 is Monday, T7 Saturday, CN Sunday. A day not named is closed.
    """
    week: list[tuple[int, int] | None] = [None] * len(WEEKDAYS)
    for part in given.split():
        read_part = OFFICE_DAYS.fullmatch(part)
        begins, ends = _seconds(read_part, "begins"), _seconds(read_part, "ends")
        first = -1 if read_part is None else WEEKDAYS.index(read_part["first"])
        last = -1 if read_part is None else WEEKDAYS.index(read_part["last"] or read_part["first"])
        if read_part is None or not (first <= last and begins < ends <= 24 * 3600):
            sentence = "{given} are no office hours. Give days and times like T2-T6=07:00-18:00 T7=07:00-12:30 (T2 is Monday, CN Sunday)."
            raise BadSetting("SURVEY_OFFICE_HOURS", "setting.office_hours", sentence, given=part[:40])
        week[first : last + 1] = [(begins, ends)] * (last + 1 - first)
    return tuple(week)


def _seconds(part: re.Match[str] | None, name: str) -> int:
    hours, minutes = (0, 0) if part is None else map(int, part[name].split(":"))
    return hours * 3600 + minutes * 60


def _check_address(base_url: str) -> None:
    """Raises BadSetting. A name and password in it would be printed on posters, and hide which site is meant."""
    sentence = "{address} is no address of a site. Give it as https://name.of.site, without a user name or password."
    try:
        parts = urlsplit(base_url)
        sound = parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc and parts.port != 0
    except ValueError:  # brackets that do not close, a port that is no number
        sound = False
    if not sound:
        raise BadSetting("SURVEY_BASE_URL", "setting.address", sentence, address=_without_user(base_url))


def _check_key(name: str, key: str | None, base_url: str) -> None:
    if key is not None and (len(key) < SHORTEST_KEY or len(set(key)) < 10):
        sentence = (
            "The key is a default or too easy to guess for a public site ({address}). "
            "Unset it so that a key is made and kept, or give at least {least} random characters."
        )
        raise BadSetting(name, "setting.easy_key", sentence, address=base_url, least=str(SHORTEST_KEY))


def _number_of(host: str) -> IPv4Address | IPv6Address | None:
    """The numeric address in any way of writing it that a browser takes (127.1, 0x7f.0.0.1); None for a name."""
    try:
        return ip_address(host)
    except ValueError:
        pass
    try:
        return IPv4Address(socket.inet_aton(host))
    except OSError:
        return None


def _kept_key(path: Path) -> str:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(48))
            file.flush()
            os.fsync(file.fileno())
    except FileExistsError:
        pass
    key = path.read_text(encoding="ascii").strip()
    if not key:
        sentence = "{file} is empty. Delete it so that a new key is made (open forms will have to be sent again)."
        raise BadSetting("SURVEY_SECRET_KEY", "setting.empty_key", sentence, file=str(path))
    return key


def _without_user(url: str) -> str:
    before, at, host = url.rpartition("@")
    return f"{before.partition('://')[0]}://••••••••@{host}" if at else url


def _without_password(url: str) -> str:
    parts = urlsplit(url)
    if not parts.password:
        return url
    return url.replace(f":{parts.password}@", ":••••••••@", 1)


_current: Settings | None = None


def install(settings: Settings) -> None:
    """Make these the settings of this process."""
    global _current
    _current = settings


def current() -> Settings:
    if _current is None:
        raise RuntimeError("settings.install() has not been called")
    return _current

"""Every setting: name, meaning, safe default. The only reader of the environment."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
"""Before numpy is loaded: its own threads only burn processor time on tables as small as ours."""

PROJECT = Path(__file__).resolve().parent.parent
SHORTEST_KEY = 32


class BadSetting(Exception):
    """A setting that the product will not run with; the message says which, why and what to do."""


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
)


@dataclass(frozen=True, slots=True)
class Settings:
    data_dir: Path
    database_url: str
    secret_key: str
    previous_secret_key: str | None
    base_url: str

    @property
    def public(self) -> bool:
        """True when the base address can be reached by citizens: https and not this machine or a private network."""
        address = urlsplit(self.base_url)
        host = address.hostname or ""
        if address.scheme != "https" or not host or host == "localhost" or host.endswith((".localhost", ".local", ".internal")):
            return False
        try:
            return ip_address(host).is_global
        except ValueError:
            return "." in host

    def shown(self) -> dict[str, str]:
        """Name to value for a person to read, secrets masked."""
        return {
            "SURVEY_DATA_DIR": str(self.data_dir),
            "SURVEY_DATABASE_URL": _without_password(self.database_url),
            "SURVEY_SECRET_KEY": "••••••••",
            "SURVEY_PREVIOUS_SECRET_KEY": "••••••••" if self.previous_secret_key else "",
            "SURVEY_BASE_URL": self.base_url,
        }


def read(environ: Mapping[str, str] = os.environ) -> Settings:
    """Settings from the environment; makes the data folder and keeps a secret key there on first start."""
    data_dir = Path(environ.get("SURVEY_DATA_DIR") or PROJECT / "var").resolve()
    data_dir.mkdir(parents=True, exist_ok=True)
    settings = Settings(
        data_dir=data_dir,
        database_url=environ.get("SURVEY_DATABASE_URL") or f"sqlite:///{data_dir / 'survey.sqlite'}",
        secret_key=environ.get("SURVEY_SECRET_KEY") or _kept_key(data_dir / "secret_key"),
        previous_secret_key=environ.get("SURVEY_PREVIOUS_SECRET_KEY") or None,
        base_url=(environ.get("SURVEY_BASE_URL") or "http://127.0.0.1:8000").rstrip("/"),
    )
    if settings.public:
        for name, key in (("SURVEY_SECRET_KEY", settings.secret_key), ("SURVEY_PREVIOUS_SECRET_KEY", settings.previous_secret_key)):
            if key is not None and (len(key) < SHORTEST_KEY or len(set(key)) < 10):
                raise BadSetting(
                    f"{name} is a default or too easy to guess for a public site ({settings.base_url}). "
                    f"Unset it so that a key is made and kept, or give at least {SHORTEST_KEY} random characters."
                )
    return settings


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
        raise BadSetting(f"{path} is empty. Delete it so that a new key is made (open forms will have to be sent again).")
    return key


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

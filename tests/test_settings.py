"""Settings: safe defaults, a key that is made once and kept, a public site that refuses an easy key."""

import os
import sqlite3
import stat
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from questionnaires.model import Refused
from survey_app import create_app
from survey_app.settings import SETTINGS, USUAL_HOURS, BadSetting, Settings, office_week, read
from survey_app.storage import session

PROJECT = Path(__file__).parent.parent

PUBLIC = "https://ykien.haiphong.gov.vn"


def test_the_first_start_makes_a_key_and_keeps_it(tmp_path: Path) -> None:
    first = read({"SURVEY_DATA_DIR": str(tmp_path)})
    second = read({"SURVEY_DATA_DIR": str(tmp_path)})
    assert first.secret_key == second.secret_key
    assert len(first.secret_key) >= 48
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600


def test_two_installations_do_not_share_a_key(tmp_path: Path) -> None:
    assert read({"SURVEY_DATA_DIR": str(tmp_path / "a")}).secret_key != read({"SURVEY_DATA_DIR": str(tmp_path / "b")}).secret_key


@pytest.mark.parametrize("key", ["dev", "changeme", "a" * 64, "abababababababababababababababababab"])
@pytest.mark.parametrize("name", ["SURVEY_SECRET_KEY", "SURVEY_PREVIOUS_SECRET_KEY"])
def test_a_public_site_refuses_an_easy_key(tmp_path: Path, name: str, key: str) -> None:
    with pytest.raises(BadSetting, match=name):
        read({"SURVEY_DATA_DIR": str(tmp_path), "SURVEY_BASE_URL": PUBLIC, name: key})


def test_a_public_site_runs_with_the_kept_key(tmp_path: Path) -> None:
    assert read({"SURVEY_DATA_DIR": str(tmp_path), "SURVEY_BASE_URL": PUBLIC}).public


@pytest.mark.parametrize(
    ("address", "public"),
    [
        (PUBLIC, True),
        ("http://ykien.haiphong.gov.vn", False),
        ("https://localhost", False),
        ("https://127.0.0.1:8000", False),
        ("https://[::1]", False),
        ("https://10.1.2.3", False),
        ("https://192.168.1.10", False),
        ("https://172.16.0.1", False),
        ("https://169.254.1.1", False),
        ("https://mayphuc", False),
        ("https://quay.local", False),
        ("https://8.8.8.8", True),
        ("https://ykien.haiphong.gov.vn.", True),
        ("https://localhost.", False),
        ("https://LOCALHOST", False),
        ("https://quay.localhost", False),
        ("https://127.0.0.1.", False),
        ("https://127.1", False),
        ("https://2130706433", False),
        ("https://0x7f.0.0.1", False),
        ("https://0177.0.0.1", False),
        ("https://10.257", False),
        ("https://[::ffff:127.0.0.1]", False),
        ("https://khaosat.test", False),
        ("https://khaosat.invalid", False),
        ("https://khaosat.example", False),
        ("https://khaosat.example.", False),
        ("https://khaosat.example.vn", True),
    ],
)
def test_what_counts_as_public(tmp_path: Path, address: str, public: bool) -> None:
    assert read({"SURVEY_DATA_DIR": str(tmp_path), "SURVEY_BASE_URL": address}).public is public


@pytest.mark.parametrize(
    "address",
    ["https://user:planted-pw@a.vn", "https://user@a.vn", "a.vn", "ftp://a.vn", "https://", "https://[::1", "https://a.vn:port"],
)
def test_an_address_that_is_none_or_names_a_user_is_refused(tmp_path: Path, address: str) -> None:
    with pytest.raises(BadSetting, match="SURVEY_BASE_URL") as refused:
        read({"SURVEY_DATA_DIR": str(tmp_path), "SURVEY_BASE_URL": address})
    assert "planted-pw" not in str(refused.value)


def test_a_data_folder_made_here_is_for_this_user_alone_and_one_that_was_there_stays(tmp_path: Path) -> None:
    read({"SURVEY_DATA_DIR": str(tmp_path / "new")})
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o700
    (tmp_path / "old").mkdir()
    (tmp_path / "old").chmod(0o750)
    read({"SURVEY_DATA_DIR": str(tmp_path / "old")})
    assert stat.S_IMODE((tmp_path / "old").stat().st_mode) == 0o750


def test_the_database_and_what_lies_beside_it_is_for_this_user_alone(survey_settings: Settings) -> None:
    create_app(survey_settings)
    files = [path for path in survey_settings.data_dir.iterdir() if path.name.startswith("survey.sqlite")]
    assert len(files) > 1
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}


UNUSABLE = {
    "setting.easy_key": {"SURVEY_SECRET_KEY": "changeme", "SURVEY_BASE_URL": PUBLIC},
    "setting.address": {"SURVEY_BASE_URL": "https://user:pw@a.vn"},
    "setting.database": {"SURVEY_DATABASE_URL": "foo://bar"},
    "setting.data_dir": {"SURVEY_DATA_DIR": "/dev/null/data"},
}


def started(environ: dict[str, str], folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    whole = {**os.environ, "SURVEY_DATA_DIR": str(folder), **environ}
    asked = [sys.executable, "-m", *words]
    return subprocess.run(asked, cwd=PROJECT, env=whole, capture_output=True, text=True, check=False, timeout=30)


@pytest.mark.parametrize(("code", "environ"), UNUSABLE.items(), ids=UNUSABLE)
def test_a_command_says_in_both_languages_what_it_will_not_run_with(tmp_path: Path, code: str, environ: dict[str, str]) -> None:
    ended = started(environ, tmp_path, "flask", "waves", "list")
    assert (ended.returncode, ended.stdout) == (2, "")
    vietnamese, english = ended.stderr.splitlines()
    assert vietnamese.endswith(f"[{code}]")
    assert english.startswith("  SURVEY_")
    assert english.endswith(f"[{code}]")


@pytest.mark.parametrize("url", ["sqlite:////nonexist/x.sqlite", "sqlite:////dev", "postgresql://u:planted-pw@h:port/s", "nonsense"])
def test_a_database_that_cannot_be_opened_is_refused(survey_settings: Settings, url: str) -> None:
    with pytest.raises(Refused) as refused:
        create_app(replace(survey_settings, database_url=url))
    assert [fault.code for fault in refused.value.faults] == ["setting.database"]
    assert "planted-pw" not in str(refused.value)


def test_a_server_stops_with_the_reason_and_is_not_started_again(tmp_path: Path) -> None:
    server = ("gunicorn", "--config", "survey_app/deploy/gunicorn.conf.py", "--bind", "127.0.0.1:0", "wsgi:app")
    ended = started(UNUSABLE["setting.database"], tmp_path, *server)
    assert ended.returncode == 3
    assert ended.stderr.count("  SURVEY_DATABASE_URL: The database cannot be opened") == 1


def test_every_setting_is_shown_and_no_secret_is(tmp_path: Path) -> None:
    settings = read({"SURVEY_DATA_DIR": str(tmp_path), "SURVEY_DATABASE_URL": "postgresql://u:planted-password@db/s"})
    shown = settings.shown()
    assert set(shown) == {setting.name for setting in SETTINGS}
    assert settings.secret_key not in "".join(shown.values())
    assert "planted-password" not in "".join(shown.values())


def test_every_setting_is_documented_in_the_readme() -> None:
    readme = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
    assert [setting.name for setting in SETTINGS if setting.name not in readme] == []


def test_a_database_of_an_earlier_version_is_refused_and_left_as_it_is(survey_settings: Settings) -> None:
    database = survey_settings.data_dir / "earlier.sqlite"
    with sqlite3.connect(database) as made:
        made.execute("CREATE TABLE figures (province TEXT, estimate REAL)")
    with pytest.raises(Refused) as refused:
        session.configure(f"sqlite:///{database}")
    assert [fault.code for fault in refused.value.faults] == ["setting.database_earlier"]
    assert refused.value.faults[0].values["table"] == "figures"
    with sqlite3.connect(database) as left:
        assert [column[1] for column in left.execute("PRAGMA table_info(figures)")] == ["province", "estimate"]


def test_office_hours_are_read_day_by_day_and_a_day_not_named_is_closed() -> None:
    seven, noon_and_a_half, six = 25_200, 45_000, 64_800
    assert office_week(USUAL_HOURS) == ((seven, six),) * 5 + ((seven, noon_and_a_half), None)
    assert office_week("T3=07:00-18:00 CN=00:00-24:00") == (None, (seven, six), None, None, None, None, (0, 86_400))


UNREADABLE = ("always", "T2-T6", "T6-T2=07:00-18:00", "T2=18:00-07:00", "T8=07:00-18:00", "T2=07:00-25:00", "T2=7:00-18:00")


@pytest.mark.parametrize("given", UNREADABLE)
def test_office_hours_that_cannot_be_read_are_refused_by_name(tmp_path: Path, given: str) -> None:
    with pytest.raises(BadSetting, match="SURVEY_OFFICE_HOURS"):
        read({"SURVEY_DATA_DIR": str(tmp_path), "SURVEY_OFFICE_HOURS": f"T2=07:00-18:00 {given}"})

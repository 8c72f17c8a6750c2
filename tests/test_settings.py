"""Settings: safe defaults, a key that is made once and kept, a public site that refuses an easy key."""

import stat
from pathlib import Path

import pytest

from survey_app.settings import SETTINGS, BadSetting, read

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
    ],
)
def test_what_counts_as_public(tmp_path: Path, address: str, public: bool) -> None:
    assert read({"SURVEY_DATA_DIR": str(tmp_path), "SURVEY_BASE_URL": address}).public is public


def test_every_setting_is_shown_and_no_secret_is(tmp_path: Path) -> None:
    settings = read({"SURVEY_DATA_DIR": str(tmp_path), "SURVEY_DATABASE_URL": "postgresql://u:planted-password@db/s"})
    shown = settings.shown()
    assert set(shown) == {setting.name for setting in SETTINGS}
    assert settings.secret_key not in "".join(shown.values())
    assert "planted-password" not in "".join(shown.values())


def test_every_setting_is_documented_in_the_readme() -> None:
    readme = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
    assert [setting.name for setting in SETTINGS if setting.name not in readme] == []

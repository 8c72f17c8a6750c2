"""Finding instruments: the shipped files first, then the city's own folder."""

from pathlib import Path

import pytest

import questionnaires
from questionnaires.model import Refused
from tests.questionnaires.small import SMALL, changed


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A city's own folder with the small instrument in it."""
    (tmp_path / "small").mkdir()
    (tmp_path / "small" / "1.toml").write_text(SMALL, encoding="utf-8")
    return tmp_path


def codes(call, *arguments):
    with pytest.raises(Refused) as caught:
        call(*arguments)
    return [fault.code for fault in caught.value.faults]


def test_the_shipped_instruments_are_there_without_a_folder_of_the_citys_own():
    assert questionnaires.available() == (("papi", "2019"), ("sipas_counter", "2026-1"))


def test_the_citys_own_instruments_come_after_the_shipped_ones(own):
    assert questionnaires.available(own) == (("papi", "2019"), ("sipas_counter", "2026-1"), ("small", "1"))
    assert questionnaires.load("small", "1", own).title["en"] == "Small form"


def test_a_folder_that_does_not_exist_yet_holds_no_instruments(tmp_path):
    assert questionnaires.available(tmp_path / "none") == questionnaires.available()


def test_a_file_is_read_once(own):
    assert questionnaires.load("small", "1", own) is questionnaires.load("small", "1", own)


def test_a_city_cannot_put_a_file_in_the_place_of_a_shipped_one(own):
    (own / "papi").mkdir()
    (own / "papi" / "2019.toml").write_text(SMALL, encoding="utf-8")
    assert questionnaires.available(own).count(("papi", "2019")) == 1
    assert questionnaires.load("papi", "2019", own).trees[0].root == "total"


def test_an_instrument_is_found_by_the_digest_of_its_file(own):
    shipped, small = questionnaires.load("papi", "2019"), questionnaires.load("small", "1", own)
    assert questionnaires.by_digest(shipped.digest) is shipped
    assert questionnaires.by_digest(small.digest, own) is small


def test_a_broken_file_beside_it_does_not_keep_an_instrument_from_being_found(own):
    (own / "small" / "2.toml").write_text("not toml", encoding="utf-8")
    digest = questionnaires.load("small", "1", own).digest
    assert questionnaires.by_digest(digest, own).version == "1"


def test_an_unknown_instrument_is_refused_with_what_there_is():
    with pytest.raises(Refused) as caught:
        questionnaires.load("sipas", "2026-1")
    (fault,) = caught.value.faults
    assert (fault.code, fault.place) == ("instrument.not_found", "sipas 2026-1")
    assert fault.values["known"] == "papi 2019, sipas_counter 2026-1"


def test_an_unknown_digest_is_refused(own):
    assert codes(questionnaires.by_digest, "0" * 64, own) == ["instrument.no_such_digest"]


def test_a_file_that_was_changed_is_no_longer_found_by_the_digest_it_had(own):
    digest = questionnaires.load("small", "1", own).digest
    (own / "small" / "1.toml").write_text(changed(("Small form", "Another form")), encoding="utf-8")
    assert codes(questionnaires.by_digest, digest, own) == ["instrument.no_such_digest"]


@pytest.mark.parametrize("name", [("../small", "1"), ("small", "../small/1"), ("/etc", "passwd"), ("", ""), ("small", "1.toml")])
def test_only_names_of_files_that_are_there_lead_to_a_file(own, name):
    assert codes(questionnaires.load, *name, own) == ["instrument.not_found"]


def test_a_file_under_another_name_than_its_own_is_refused(own):
    (own / "small" / "3.toml").write_text(SMALL, encoding="utf-8")
    with pytest.raises(Refused) as caught:
        questionnaires.load("small", "3", own)
    (fault,) = caught.value.faults
    assert (fault.code, fault.place, fault.values["expected"]) == ("instrument.misplaced", "small/3.toml", "small/1.toml")


def test_a_file_with_faults_is_refused_with_its_name(own):
    (own / "small" / "4.toml").write_text("id = 4", encoding="utf-8")
    with pytest.raises(Refused) as caught:
        questionnaires.load("small", "4", own)
    assert all(fault.place.startswith("small/4.toml") for fault in caught.value.faults)

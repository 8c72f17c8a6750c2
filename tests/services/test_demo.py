"""The demonstration city: built through the same doors as a real one, the same from the same seed on any day."""

import json
import stat
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pypdfium2 as pdfium
import pytest

from analysis.figures import Figure, Release
from questionnaires.model import Refused
from survey_app import create_app
from survey_app.services import demo, demo_accounts, fieldwork, releases, sessions, slips
from survey_app.services.access import Permission
from survey_app.services.demo import Built
from survey_app.settings import read
from survey_app.storage import collected, places, session

CITY, ANSWERS, SEED = "31", 1200, 4
THURSDAY = datetime(2026, 11, 19, 3, 0, tzinfo=UTC)
SUNDAY = datetime(2027, 5, 2, 3, 0, tzinfo=UTC)


@dataclass
class Demonstration:
    built: Built
    release: Release
    data: Path
    received: Counter[str]
    days: dict[str, set[date]]
    sectors: dict[str, set[int | None]]


def quietly(_doing: str, _done: int, _total: int) -> None:
    pass


@pytest.fixture(scope="module")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demonstration]:
    """Read only: tests that need the database open must not change it."""
    data = tmp_path_factory.mktemp("demo")
    create_app(read({"SURVEY_DATA_DIR": str(data)}))
    built = demo.build(CITY, ANSWERS, SEED, THURSDAY, quietly)
    release, _ = releases.show(built.release)
    with session.reading() as tx:
        columns = collected.columns(tx, CITY, built.wave)
    days, sectors = defaultdict(set), defaultdict(set)
    for unit, day, sector in zip(columns.reception_unit, columns.service_day, columns.sector, strict=True):
        days[unit].add(day)
        sectors[unit].add(sector)
    yield Demonstration(built, release, data, Counter(columns.reception_unit), days, sectors)


@pytest.fixture
def opened(demonstration: Demonstration) -> Demonstration:
    """The demonstration's own settings and database, whatever another test has opened since."""
    create_app(read({"SURVEY_DATA_DIR": str(demonstration.data)}))
    return demonstration


def offices(demonstration: Demonstration, built: str) -> list[str]:
    kept = json.loads((demonstration.data / "demo_truth.json").read_text(encoding="utf-8"))[CITY]
    return [office["unit"] for office in kept["offices"] if office["built"] == built]


def headline(release: Release, domain: str, summary: str = "pooled") -> Figure:
    (found,) = (
        figure
        for figure in release.figures
        if (figure.domain, figure.node, figure.population, figure.basis, figure.summary) == (domain, "sipas.B", "finished", "all", summary)
    )
    return found


def test_the_same_seed_gives_the_same_release_on_another_day_even_when_it_was_interrupted(
    demonstration: Demonstration, tmp_path: Path
) -> None:
    def until_the_cable_is_pulled(doing: str, done: int, _total: int) -> None:
        if doing == "answers" and done:
            raise KeyboardInterrupt

    create_app(read({"SURVEY_DATA_DIR": str(tmp_path)}))
    with pytest.raises(KeyboardInterrupt):
        demo.build(CITY, ANSWERS, SEED, SUNDAY, until_the_cable_is_pulled)
    with pytest.raises(Refused) as refused:
        demo.build(CITY, ANSWERS, SEED + 1, SUNDAY, quietly)
    assert [fault.code for fault in refused.value.faults] == ["demo_interrupted"]
    again = demo.build(CITY, ANSWERS, SEED, SUNDAY, quietly)
    release, _ = releases.show(again.release)
    of_all, of_all_there = ([one for one in made.figures if one.basis == "all"] for made in (release, demonstration.release))
    assert of_all == of_all_there  # flags depend on how the months fall, so other bases may differ from day to day
    with session.reading() as tx:
        assert len(collected.columns(tx, CITY, again.wave).position) == ANSWERS
        assert tx.exec_driver_sql("SELECT count(*) FROM audit_log WHERE action = 'slips.made'").first() == (2,)


def test_every_unit_of_the_city_has_counters_and_a_printed_link_works_for_long(opened: Demonstration) -> None:
    wave = fieldwork.wave(opened.built.wave)
    counters = fieldwork.counters_of(wave)
    assert len({counter.unit for counter in counters}) == 114 + 14
    assert set(Counter(counter.unit for counter in counters).values()) <= {1, 2, 3, 4}
    assert wave.state == "open"
    assert wave.simulated
    assert (wave.closes - THURSDAY.date()).days > 365
    assert "mô phỏng" in wave.name["vi"]


def test_straddling_units_are_not_placed_and_some_others_are(opened: Demonstration) -> None:
    with session.reading() as tx:
        points = places.points(tx, CITY)
    placed = {point.unit for point in points if point.area is not None}
    straddling = {unit for domain in opened.release.domains for unit in domain.straddling}
    assert len(straddling) == 20
    assert not straddling & placed
    assert 30 < len(placed) < 92
    assert all(point.simulated for point in points)


def test_the_constructed_cases_hold(demonstration: Demonstration) -> None:
    assert [demonstration.received[unit] for unit in offices(demonstration, "silent")] == [0, 0, 0]
    assert len([unit for unit in offices(demonstration, "under_10") if 0 < demonstration.received[unit] < 10]) == 5
    assert len([unit for unit in offices(demonstration, "under_30") if 10 <= demonstration.received[unit] < 30]) == 10
    (one_day,) = offices(demonstration, "single_day")
    assert len(demonstration.days[one_day]) == 1
    (perfect,) = offices(demonstration, "perfect")
    estimate = headline(demonstration.release, perfect).estimate
    assert estimate is not None
    assert estimate.estimate == 1.0
    assert estimate.n >= 10
    missing = offices(demonstration, "missing_sector")
    assert len(missing) == 3
    assert all(6 not in demonstration.sectors[unit] for unit in missing)
    assert {1, 2, 3, 4} <= set.union(*demonstration.sectors.values())


def test_units_with_too_few_answers_have_a_reason_and_no_number(demonstration: Demonstration) -> None:
    for unit in offices(demonstration, "silent") + offices(demonstration, "under_10"):
        figure = headline(demonstration.release, unit)
        assert figure.hidden == "too_few"
        assert figure.estimate is None


def test_the_city_is_as_good_as_wished_and_the_release_comes_near_it(demonstration: Demonstration) -> None:
    estimate = headline(demonstration.release, CITY).estimate
    assert estimate is not None
    assert estimate.se is not None
    assert demonstration.built.truth == pytest.approx(0.92, abs=0.01)
    assert abs(estimate.estimate - demonstration.built.truth) < 3 * estimate.se


def test_part_of_the_answers_came_with_slips_each_with_a_code_of_its_own(opened: Demonstration) -> None:
    """Of twenty answers eleven by codes that were issued and two by codes handed out: 55 and 10 of a hundred, ± 5 with 1,200."""
    with session.reading() as tx:
        columns = collected.columns(tx, CITY, opened.built.wave)
        (spent,) = tx.exec_driver_sql("SELECT count(*) FROM spent_codes").first() or ()
    came_by = Counter(columns.channel)
    assert came_by.keys() == {"issued", "handed_out", "open"}
    assert spent == came_by["issued"] + came_by["handed_out"]
    assert came_by["issued"] / ANSWERS == pytest.approx(0.55, abs=0.05)
    assert came_by["handed_out"] / ANSWERS == pytest.approx(0.10, abs=0.05)
    rates = slips.by_channel(slips.counts(CITY))
    assert {channel: (made / used, used) for channel, (made, used) in rates.items()} == {
        "issued": (3, came_by["issued"]), "handed_out": (2, came_by["handed_out"]),
    }  # fmt: skip
    counted = sum((Counter(unit) for unit in opened.release.studies.channels.values()), Counter())
    assert counted["issued"] > counted["open"] > counted["handed_out"] > 0


def test_it_is_simulated_and_published_and_says_so(opened: Demonstration) -> None:
    (header,) = releases.listed()
    assert (header.simulated, header.state) == (True, "published")


def test_the_accounts_work_and_only_their_owner_may_read_the_file(opened: Demonstration) -> None:
    assert stat.S_IMODE((opened.data / demo_accounts.FILE).stat().st_mode) == 0o600
    shown = demo_accounts.shown(CITY)
    assert [account.role for account in shown.accounts] == ["home_affairs", "mttq", "administrator"]
    tokens = {account.role: sessions.sign_in(account.name, account.password, THURSDAY).token for account in shown.accounts}
    viewers = {role: sessions.viewer(token, THURSDAY) for role, token in tokens.items()}
    reviewer = viewers["mttq"]
    assert reviewer is not None
    assert len(reviewer.areas or ()) == 1
    (district,) = (domain for domain in opened.release.domains if domain.id in (reviewer.areas or ()))
    assert district.straddling
    assert set(district.members) <= (reviewer.units or frozenset())
    assert viewers["home_affairs"] is not None
    assert viewers["home_affairs"].allows(Permission.READ_DRAFTS)


def test_what_is_shown_leads_to_an_open_counter(opened: Demonstration) -> None:
    shown = demo_accounts.shown(CITY)
    client = create_app(read({"SURVEY_DATA_DIR": str(opened.data)})).test_client()
    assert shown.link.startswith("HTTP://127.0.0.1:8000/Q/")
    page = client.get(shown.link.removeprefix("HTTP://127.0.0.1:8000"))
    assert page.status_code == 200
    assert shown.place.partition(",")[0].casefold() in page.get_data(as_text=True).casefold()
    assert len(shown.symbol.splitlines()) > 15


def test_it_is_not_built_twice(opened: Demonstration) -> None:
    with pytest.raises(Refused) as refused:
        demo.build(CITY, ANSWERS, SEED, THURSDAY, quietly)
    assert [fault.code for fault in refused.value.faults] == ["demo_exists"]


def test_the_command_shows_the_way_in_and_builds_nothing_twice(opened: Demonstration) -> None:
    runner = create_app(read({"SURVEY_DATA_DIR": str(opened.data)})).test_cli_runner()
    shown = runner.invoke(args=["demo", "--city", CITY, "--if-missing", "--show"])
    assert shown.exit_code == 0
    for words in (demo_accounts.shown(CITY).link, "/sign-in", *(account.password for account in demo_accounts.shown(CITY).accounts)):
        assert words in shown.output
    quiet = runner.invoke(args=["demo", "--city", CITY, "--if-missing"])
    assert (quiet.exit_code, quiet.output) == (0, "")
    again = runner.invoke(args=["demo", "--city", CITY])
    assert again.exit_code == 2
    assert again.output.count("[demo_exists]") == 2


def test_posters_of_the_demonstration_are_trials_that_say_what_they_are(opened: Demonstration, tmp_path: Path) -> None:
    runner = create_app(read({"SURVEY_DATA_DIR": str(opened.data)})).test_cli_runner()
    out = tmp_path / "posters.pdf"
    counter = fieldwork.counters_of(fieldwork.wave(opened.built.wave))[0]
    arguments = ["posters", "--wave", opened.built.wave, "--unit", counter.unit, "--out", str(out)]
    refused = runner.invoke(args=arguments)
    assert refused.exit_code == 2
    assert "[poster_simulated]" in refused.output
    assert runner.invoke(args=[*arguments, "--trial"]).exit_code == 0
    assert "SỐ LIỆU MÔ PHỎNG" in pdfium.PdfDocument(out)[0].get_textpage().get_text_range()


def test_too_few_answers_are_refused_with_the_number_that_is_needed(tmp_path: Path) -> None:
    create_app(read({"SURVEY_DATA_DIR": str(tmp_path)}))
    with pytest.raises(Refused) as refused:
        demo.build(CITY, 100, SEED, THURSDAY, quietly)
    (fault,) = refused.value.faults
    assert fault.code == "demo_too_few"
    assert 100 < int(fault.values["least"]) <= ANSWERS


def test_a_demonstration_whose_wave_is_closed_says_that_no_counter_is_left(opened: Demonstration, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fieldwork, "counters_of", lambda _wave: ())
    with pytest.raises(Refused) as refused:
        demo_accounts.shown(CITY)
    assert [fault.code for fault in refused.value.faults] == ["no_open_counter"]

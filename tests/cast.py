"""A small city with two former districts and the people who look at it: one account of every role."""

import atexit
import secrets
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from shutil import copytree, rmtree
from tempfile import mkdtemp

from argon2 import PasswordHasher
from flask import Flask
from pytest import MonkeyPatch

import questionnaires
from questionnaires import answers
from questionnaires.packed import packed
from survey_app import create_app
from survey_app.services import accounts, releases, sessions
from survey_app.services.access import Grant, Viewer
from survey_app.settings import read
from survey_app.storage import fieldwork, organisation, places, responses, session
from survey_app.storage.fieldwork import FrameHeader, FrameLine, WaveRow
from survey_app.storage.organisation import AreaRow, MembershipRow, UnitRow
from survey_app.storage.places import CounterRow, PointRow

PROVINCE = "79"
SINCE = date(2025, 7, 1)
NOW = datetime(2026, 11, 2, 3, 0, tzinfo=UTC)
WAVE, OPENS, CLOSES = "T1", date(2026, 9, 1), date(2026, 10, 31)
FILES, COPIES, FINISHED = 500, 2, 2
PASSWORD = "bốn con mèo nằm"

WARD, STRADDLING, OTHER_WARD, QUIET_WARD, PERFECT_WARD, NEIGHBOUR = "26734", "26737", "26740", "26743", "26746", "26749"
DEPARTMENT = "SNV"
ALL_WARDS = (WARD, STRADDLING, OTHER_WARD, QUIET_WARD, PERFECT_WARD, NEIGHBOUR)
DISTRICT, OTHER_DISTRICT = "760", "761"
WARDS, DEPARTMENTS = "khoi-phuong", "khoi-so"

NAMES = {
    WARD: "Phường Bến Nghé", STRADDLING: "Phường Giáp Ranh", OTHER_WARD: "Phường An Khánh", QUIET_WARD: "Phường Vắng",
    PERFECT_WARD: "Phường Mười Phần", NEIGHBOUR: "Phường Láng Giềng",
    DEPARTMENT: "Sở Nội vụ", DISTRICT: "Quận 1", OTHER_DISTRICT: "Quận Bình Tân", WARDS: "Khối phường", DEPARTMENTS: "Khối sở",
}  # fmt: skip
MEMBERS = (
    (WARD, DISTRICT, 1.0),
    (STRADDLING, DISTRICT, 0.5),
    (STRADDLING, OTHER_DISTRICT, 0.5),
    (OTHER_WARD, OTHER_DISTRICT, 1.0),
    (QUIET_WARD, DISTRICT, 1.0),
    (PERFECT_WARD, OTHER_DISTRICT, 1.0),
    (NEIGHBOUR, DISTRICT, 1.0),
)

ROLES = {
    "home_affairs": (),
    "administrator": (),
    "auditor": (),
    "mttq": (Grant("area", "former_district", DISTRICT, SINCE, None),),
    "unit_head": (Grant("unit", "", WARD, SINCE, None),),
}


def found_city() -> None:
    """Units, blocks and former districts, no waves."""
    wards = ALL_WARDS
    blocks = [(unit, WARDS, 1.0) for unit in wards] + [(DEPARTMENT, DEPARTMENTS, 1.0)]
    with session.transaction() as tx:
        organisation.save(tx, [UnitRow(PROVINCE, code, "ward", {"vi": NAMES[code]}, SINCE) for code in wards])
        organisation.save(tx, [UnitRow(PROVINCE, DEPARTMENT, "department", {"vi": NAMES[DEPARTMENT]}, SINCE)])
        for grouping, codes in (("former_district", (DISTRICT, OTHER_DISTRICT)), ("block", (DEPARTMENTS, WARDS))):
            organisation.save(tx, [AreaRow(PROVINCE, code, grouping, at, {"vi": NAMES[code]}, SINCE) for at, code in enumerate(codes)])
        shares = (*MEMBERS, *blocks)
        organisation.save(tx, [MembershipRow(PROVINCE, unit, area, SINCE, None, share, "test") for unit, area, share in shares])


def open_wave(simulated: bool = True) -> None:
    """A wave, a point with one counter in every ward, 500 files of certified copies in each; the department has none."""
    instrument = questionnaires.load("sipas_counter", "2026-1")
    words = {"vi": "Đợt thử", "en": "Trial wave"}
    wards = ALL_WARDS
    lines = [FrameLine(ward, ward, COPIES, "counter", 520, FILES, None, OPENS, CLOSES) for ward in wards]
    with session.transaction() as tx:
        wave = WaveRow(
            PROVINCE, WAVE, words, "open", OPENS, CLOSES, instrument.id, instrument.version, instrument.digest, simulated, "all", {},
            {"vi": "Sở Nội vụ"}, {"vi": "028 0000 0000"}, None, None, None, 7, None,
        )  # fmt: skip
        places.save(tx, [PointRow(PROVINCE, f"P{ward}", ward, {"vi": "Trung tâm"}, None, None, None, simulated, SINCE) for ward in wards])
        places.save(tx, [CounterRow(PROVINCE, f"C{ward}", f"P{ward}", ward, "1", {"vi": "Quầy 1"}, None, SINCE) for ward in wards])
        fieldwork.save(tx, [wave])
        fieldwork.add_frame(tx, FrameHeader(PROVINCE, WAVE, 1, OPENS, CLOSES, NOW, False, "frame of the cast"), lines)


def answer(
    unit: str, count: int, days: int = 1, unhappy: int = 0, stage: int = FINISHED, first_day: date = OPENS, channel: str = "open"
) -> None:
    """`count` answers spread over `days`, the last `unhappy` of them dissatisfied with everything, the others satisfied."""
    instrument = questionnaires.load("sipas_counter", "2026-1")
    rows = []
    for at in range(count):
        level = 2 if at >= count - unhappy else 5
        day = (first_day + timedelta(days=at % days)).isoformat()
        codes = {"overall": level, "stage": stage, "sector": COPIES, "visits": 1}
        codes |= {"b1_general": level, "b2_general": level, "b3_general": level}
        if stage == FINISHED:
            codes |= {"b4_general": level, "on_time": 1, "b5_general": 0}
        text = answers.encode(codes)
        rows.append(
            responses.Row(
                secrets.token_hex(16), PROVINCE, WAVE, f"C{unit}", unit, f"P{unit}", unit, COPIES, channel, None,
                instrument.digest, "m1", 0.2, 1.0, "vi", day, f"{unit}|P{unit}|{day}", text, answers.digest(text),
                packed(instrument, codes), f"{day}T02:00:00", 90, (),
            )
        )  # fmt: skip
    responses.append(rows)


def survey() -> None:
    """Answers such that every state of a figure occurs.

    Ward: 40 answers, 3 unhappy, over 8 days. Straddling: 20 over 3 days, 2 unhappy. Other ward: 9. Quiet ward: none.
    Perfect ward: 42, all happy. Neighbour: 30 over 6 days, 3 unhappy, so that three units contribute to the first district
    (the other one rests on two, and is hidden). Beside them 12 answers on open files and 11 of people turned away at the ward.
    """
    answer(WARD, 40, days=8, unhappy=3)
    answer(STRADDLING, 20, days=3, unhappy=2)
    answer(OTHER_WARD, 9, days=3, unhappy=1)
    answer(PERFECT_WARD, 42, days=7)
    answer(NEIGHBOUR, 30, days=6, unhappy=3)
    answer(WARD, 12, days=6, unhappy=4, stage=1)
    answer(WARD, 11, days=5, unhappy=8, stage=5)


def hire() -> None:
    """One account of every role that signs in; the name is the role."""
    for role, grants in ROLES.items():
        accounts.add(accounts.NewAccount(role, role, PROVINCE, grants), PASSWORD, NOW)


def viewer(role: str, now: datetime = NOW) -> Viewer:
    """The viewer that this role becomes by really signing in."""
    found = sessions.viewer(sessions.sign_in(role, PASSWORD, now).token, now)
    assert found is not None
    return found


@cache
def _prepared(released: bool) -> Path:
    """A data folder with the city, its answers and accounts, and a draft release, made once and copied by each test."""
    folder = Path(mkdtemp())
    atexit.register(rmtree, folder)
    create_app(read({"SURVEY_DATA_DIR": str(folder)}))
    with MonkeyPatch.context() as patch:
        hash_cheaply(patch)
        found_city()
        open_wave()
        survey()
        hire()
        if released:
            releases.make(WAVE, None, NOW)
    session.engine().dispose()
    return folder


def app_with_answers(folder: Path, *, released: bool = False) -> Flask:
    """The application on a copy of the surveyed city of its own."""
    copytree(_prepared(released), folder / "data")
    return create_app(read({"SURVEY_DATA_DIR": str(folder / "data")}))


def hash_cheaply(patch: MonkeyPatch) -> None:
    """Argon2id with the least work: tests sign in often, and what is slow on purpose has its own tests."""
    patch.setattr(accounts, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    accounts._hash_of_nobody.cache_clear()

"""A small city with two former districts and the people who look at it: one account of every role."""

from datetime import UTC, date, datetime

from argon2 import PasswordHasher
from pytest import MonkeyPatch

from survey_app.services import accounts, sessions
from survey_app.services.access import Grant, Viewer
from survey_app.storage import organisation, session
from survey_app.storage.organisation import AreaRow, MembershipRow, UnitRow

PROVINCE = "79"
SINCE = date(2025, 7, 1)
NOW = datetime(2026, 11, 2, 3, 0, tzinfo=UTC)
PASSWORD = "bốn con mèo nằm"

WARD, STRADDLING, OTHER_WARD, QUIET_WARD, DEPARTMENT = "26734", "26737", "26740", "26743", "SNV"
DISTRICT, OTHER_DISTRICT = "760", "761"
WARDS, DEPARTMENTS = "khoi-phuong", "khoi-so"

NAMES = {
    WARD: "Phường Bến Nghé", STRADDLING: "Phường Giáp Ranh", OTHER_WARD: "Phường An Khánh", QUIET_WARD: "Phường Vắng",
    DEPARTMENT: "Sở Nội vụ", DISTRICT: "Quận 1", OTHER_DISTRICT: "Quận 12", WARDS: "Khối phường", DEPARTMENTS: "Khối sở",
}  # fmt: skip
MEMBERS = (
    (WARD, DISTRICT, 1.0),
    (STRADDLING, DISTRICT, 0.5),
    (STRADDLING, OTHER_DISTRICT, 0.5),
    (OTHER_WARD, OTHER_DISTRICT, 1.0),
    (QUIET_WARD, DISTRICT, 1.0),
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
    wards = [WARD, STRADDLING, OTHER_WARD, QUIET_WARD]
    blocks = [(unit, WARDS, 1.0) for unit in wards] + [(DEPARTMENT, DEPARTMENTS, 1.0)]
    with session.transaction() as tx:
        organisation.save(tx, [UnitRow(PROVINCE, code, "ward", {"vi": NAMES[code]}, SINCE) for code in wards])
        organisation.save(tx, [UnitRow(PROVINCE, DEPARTMENT, "department", {"vi": NAMES[DEPARTMENT]}, SINCE)])
        for grouping, codes in (("former_district", (DISTRICT, OTHER_DISTRICT)), ("block", (DEPARTMENTS, WARDS))):
            organisation.save(tx, [AreaRow(PROVINCE, code, grouping, at, {"vi": NAMES[code]}, SINCE) for at, code in enumerate(codes)])
        organisation.save(tx, [MembershipRow(PROVINCE, unit, area, SINCE, None, share, "test") for unit, area, share in (*MEMBERS, *blocks)])


def hire() -> None:
    """One account of every role that signs in; the name is the role."""
    for role, grants in ROLES.items():
        accounts.add(accounts.NewAccount(role, role, PROVINCE, grants), PASSWORD, NOW)


def viewer(role: str, now: datetime = NOW) -> Viewer:
    """The viewer that this role becomes by really signing in."""
    found = sessions.viewer(sessions.sign_in(role, PASSWORD, now).token, now)
    assert found is not None
    return found


def hash_cheaply(patch: MonkeyPatch) -> None:
    """Argon2id with the least work: tests sign in often, and what is slow on purpose has its own tests."""
    patch.setattr(accounts, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    accounts._hash_of_nobody.cache_clear()

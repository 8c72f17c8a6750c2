"""Who may do what, and how far: the table of roles and dated scopes."""

from datetime import date

import pytest
from flask import Flask

from survey_app.services import access
from survey_app.services.access import OPERATOR, ROLES, Forbidden, Grant, Permission, demand, public, scope
from tests import cast

TODAY = date(2026, 11, 2)
EXPECTED = {
    "public": {"answer_form", "sign_in", "read_published"},
    "unit_head": {"sign_in", "read_published", "read_drafts", "read_reference"},
    "mttq": {"sign_in", "read_published", "read_drafts"},
    "home_affairs": {
        "sign_in", "read_published", "read_drafts", "read_reference", "read_precision", "make_releases", "publish_releases",
        "manage_organisation", "manage_waves", "read_progress",
    },
    "administrator": {"sign_in", "read_published", "manage_accounts", "manage_organisation"},
    "auditor": {"sign_in", "read_published", "read_audit_log"},
    "one_stop": {"issue_slips"},
    "counter_staff": {"confirm_codes"},
    "operator": {permission.value for permission in Permission},
}  # fmt: skip


def test_the_roles_may_do_what_the_design_says_and_nothing_else() -> None:
    assert {name: {permission.value for permission in role.may} for name, role in ROLES.items()} == EXPECTED


def test_rows_leave_through_the_operator_only() -> None:
    assert [name for name, role in ROLES.items() if Permission.EXPORT_ROWS in role.may] == ["operator"]


def test_whoever_lacks_a_permission_is_refused() -> None:
    with pytest.raises(Forbidden):
        demand(public("vi"), Permission.READ_DRAFTS)
    demand(OPERATOR, Permission.READ_DRAFTS)


def test_a_grant_counts_from_its_first_to_its_last_day() -> None:
    grant = Grant("unit", "", "26734", date(2026, 1, 1), date(2026, 11, 2))
    assert grant.holds(date(2026, 1, 1))
    assert grant.holds(date(2026, 11, 2))
    assert not grant.holds(date(2025, 12, 31))
    assert not grant.holds(date(2026, 11, 3))


def test_several_grants_add_up_and_ended_ones_do_not_count() -> None:
    grants = [
        Grant("unit", "", "26734", date(2026, 1, 1), None),
        Grant("area", "former_district", "761", date(2026, 1, 1), None),
        Grant("area", "former_district", "762", date(2026, 1, 1), date(2026, 6, 30)),
    ]
    members = {"761": ["26740", "26737"], "762": ["26746"]}
    assert scope("mttq", grants, TODAY, members.__getitem__) == ({"26734", "26740", "26737"}, {"761"})


def test_an_account_whose_grants_have_ended_sees_nothing() -> None:
    grants = [Grant("area", "former_district", "760", date(2026, 1, 1), date(2026, 1, 2))]
    assert scope("mttq", grants, TODAY, lambda area: ["26734"]) == (frozenset(), frozenset())


@pytest.fixture
def hired(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    cast.hash_cheaply(monkeypatch)
    cast.found_city()
    cast.hire()


def test_a_former_district_brings_every_unit_with_a_membership_straddling_ones_too(hired: None) -> None:
    reviewer = cast.viewer("mttq")
    assert reviewer.areas == {cast.DISTRICT}
    assert reviewer.units == {cast.WARD, cast.STRADDLING, cast.QUIET_WARD, cast.NEIGHBOUR}
    assert not reviewer.sees_all_of(cast.PROVINCE)
    assert not reviewer.sees_area(cast.PROVINCE, cast.OTHER_DISTRICT)


def test_nobody_sees_another_province(hired: None) -> None:
    officer = cast.viewer("home_affairs")
    assert officer.sees_all_of(cast.PROVINCE)
    assert not officer.sees_all_of("31")
    assert not officer.sees_unit("31", cast.WARD)
    assert access.public("vi").sees_all_of("31")

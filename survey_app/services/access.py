"""Who may see and do what: permissions, the one table of roles, the Viewer and its scope.

Routes and services ask for a permission, never for a role. Accounts, passwords and sessions live in accounts.py.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Literal

ScopeKind = Literal["unit", "area"]


class Permission(StrEnum):
    ANSWER_FORM = "answer_form"
    SIGN_IN = "sign_in"
    READ_PUBLISHED = "read_published"  # figures of published releases
    READ_DRAFTS = "read_drafts"  # figures of releases that are not published yet
    READ_REFERENCE = "read_reference"  # values that rest on 10 to 29 responses
    READ_PRECISION = "read_precision"  # standard errors, degrees of freedom, exact counts, unrounded values
    MAKE_RELEASES = "make_releases"
    PUBLISH_RELEASES = "publish_releases"
    EXPORT_ROWS = "export_rows"
    MANAGE_ACCOUNTS = "manage_accounts"
    MANAGE_ORGANISATION = "manage_organisation"
    MANAGE_WAVES = "manage_waves"
    ISSUE_SLIPS = "issue_slips"  # make single-use codes
    CONFIRM_CODES = "confirm_codes"  # say whether the codes posted at a unit's counters are ours
    READ_PROGRESS = "read_progress"  # counts of answers and files, never their content
    READ_AUDIT_LOG = "read_audit_log"


@dataclass(frozen=True, slots=True)
class Role:
    """`name` is an English sentence, the key of its translation. `scopes`: what a grant may name (none: all of the province)."""

    name: str
    may: frozenset[Permission]
    scopes: frozenset[ScopeKind] = frozenset()
    signs_in: bool = True


ROLES: Mapping[str, Role] = {
    "public": Role(
        "Public",
        frozenset({Permission.ANSWER_FORM, Permission.SIGN_IN, Permission.READ_PUBLISHED}),
        signs_in=False,
    ),
    "unit_head": Role(
        "Head of a unit",
        frozenset({Permission.SIGN_IN, Permission.READ_PUBLISHED, Permission.READ_DRAFTS, Permission.READ_REFERENCE}),
        scopes=frozenset({"unit"}),
    ),
    "mttq": Role(
        "Fatherland Front reviewer",
        frozenset({Permission.SIGN_IN, Permission.READ_PUBLISHED, Permission.READ_DRAFTS}),
        scopes=frozenset({"area", "unit"}),
    ),
    "home_affairs": Role(
        "Home Affairs",
        frozenset(
            {
                Permission.SIGN_IN,
                Permission.READ_PUBLISHED,
                Permission.READ_DRAFTS,
                Permission.READ_REFERENCE,
                Permission.READ_PRECISION,
                Permission.MAKE_RELEASES,
                Permission.PUBLISH_RELEASES,
                Permission.MANAGE_ORGANISATION,
                Permission.MANAGE_WAVES,
                Permission.READ_PROGRESS,
            }
        ),
    ),
    "administrator": Role(
        "Administrator",
        frozenset({Permission.SIGN_IN, Permission.READ_PUBLISHED, Permission.MANAGE_ACCOUNTS, Permission.MANAGE_ORGANISATION}),
    ),
    "auditor": Role("Auditor", frozenset({Permission.SIGN_IN, Permission.READ_PUBLISHED, Permission.READ_AUDIT_LOG})),
    "one_stop": Role("One-stop system", frozenset({Permission.ISSUE_SLIPS}), scopes=frozenset({"unit"}), signs_in=False),
    "counter_staff": Role("Staff of a unit's counters", frozenset({Permission.CONFIRM_CODES}), scopes=frozenset({"unit"}), signs_in=False),
    "operator": Role("Operator of the server", frozenset(Permission), signs_in=False),
}


@dataclass(frozen=True, slots=True)
class Viewer:
    """Whoever is looking. `units`, `areas`: None = all of the province; a set = these and nothing else."""

    account: int | None
    name: str
    role: str
    language: str
    province: str | None
    units: frozenset[str] | None
    areas: frozenset[str] | None
    may: frozenset[Permission]

    def allows(self, permission: Permission) -> bool:
        return permission in self.may

    def sees_unit(self, province: str, unit: str) -> bool:
        return self._sees_province(province) and (self.units is None or unit in self.units)

    def sees_area(self, province: str, area: str) -> bool:
        return self._sees_province(province) and (self.areas is None or area in self.areas)

    def sees_all_of(self, province: str) -> bool:
        """City and block figures: only whoever is not held to a scope."""
        return self._sees_province(province) and self.units is None and self.areas is None

    def _sees_province(self, province: str) -> bool:
        return self.province is None or self.province == province


OPERATOR = Viewer(None, "operator", "operator", "en", None, None, None, ROLES["operator"].may)


def public(language: str) -> Viewer:
    """Somebody who has not signed in."""
    return Viewer(None, "", "public", language, None, None, None, ROLES["public"].may)


class Forbidden(Exception):
    """The viewer lacks the permission; the web answers with sign-in or 403."""

    def __init__(self, permission: Permission) -> None:
        super().__init__(permission.value)
        self.permission = permission


def demand(viewer: Viewer, permission: Permission) -> None:
    """Raises Forbidden unless the viewer has the permission."""
    if not viewer.allows(permission):
        raise Forbidden(permission)


@dataclass(frozen=True, slots=True)
class Grant:
    """A dated piece of scope. `grouping` is set for areas: former_district, block … `until` is the last day, None = open."""

    kind: ScopeKind
    grouping: str
    code: str
    since: date
    until: date | None

    def holds(self, today: date) -> bool:
        return self.since <= today and (self.until is None or today <= self.until)


def scope(
    role: str, grants: Iterable[Grant], today: date, units_of: Callable[[str], Iterable[str]]
) -> tuple[frozenset[str] | None, frozenset[str] | None]:
    """Units and areas of an account today. A granted area brings every unit with a membership in it, straddling ones too.

    `units_of(area)` gives those units. A role without scopes sees the whole province: (None, None).
    """
    if not ROLES[role].scopes:
        return None, None
    units: set[str] = set()
    areas: set[str] = set()
    for grant in grants:
        if not grant.holds(today):
            continue
        if grant.kind == "unit":
            units.add(grant.code)
        else:
            areas.add(grant.code)
            units.update(units_of(grant.code))
    return frozenset(units), frozenset(areas)

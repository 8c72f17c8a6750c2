"""Which flags keep an answer out of basis "unflagged": rules about one answer, each at the version a release is pinned to; and what
a release tells of flags and findings.
"""

from collections.abc import Mapping, Sequence
from dataclasses import fields

from analysis.coded import Coded
from analysis.quality import rules
from analysis.told import Noted
from survey_app.services import door_flags
from survey_app.storage import quality as stored
from survey_app.storage.rows import Transaction

COUNTED = (
    (door_flags.FAST, door_flags.VERSION),
    (door_flags.HONEYPOT, door_flags.VERSION),
    *((rule, rules.VERSION) for rule in rules.COUNTED),
)
"""Not `no_work`: a phone without script is no sign of anything."""


Flag = tuple[int, str, str]
"""Position of an answer, rule and version."""


def flags(tx: Transaction, province: str, wave: str) -> Sequence[Flag]:
    """Every flag of a wave as stored, those that keep no answer out too: traces may be long gone."""
    return stored.flags(tx, province, wave)


def positions(flags: Sequence[Flag]) -> frozenset[int]:
    """Of the answers that are flagged."""
    return frozenset(position for position, rule, version in flags if (rule, version) in COUNTED)


def by_unit(flags: Sequence[Flag], admitted: Coded) -> Mapping[str, Mapping[str, int]]:
    """Reception unit to rule to the admitted answers that carry such a flag, of whatever version."""
    marks = {(position, rule) for position, rule, _ in flags}
    at = admitted.units_at(frozenset(position for position, _ in marks))
    found: dict[str, dict[str, int]] = {}
    for unit, rule in sorted((at[position], rule) for position, rule in marks if position in at):
        of_unit = found.setdefault(unit, {})
        of_unit[rule] = of_unit.get(rule, 0) + 1
    return found


def findings(tx: Transaction, province: str, wave: str) -> tuple[Noted, ...]:
    """What the rules of today's version say of places."""
    rows = [row for row in stored.findings(tx, province, wave) if row.rule_version == rules.VERSION]
    return tuple(Noted(**{field.name: getattr(row, field.name) for field in fields(Noted)}) for row in rows)

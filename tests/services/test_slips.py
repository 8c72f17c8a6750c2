"""Slip codes behind the pages: made in batches, known by a mark only, revoked, given back, counted, forgotten in the end."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from questionnaires.model import Refused
from survey_app import settings
from survey_app.services import access, codes, doors, form_token, slip_doors, slip_orders, slips, submission
from survey_app.services.access import Forbidden
from survey_app.services.slip_orders import Asked
from survey_app.services.submission import Acknowledgement, Forged, NoForm, Post
from survey_app.storage import organisation, places, session
from survey_app.storage.organisation import UnitRow
from survey_app.storage.places import PointRow
from tests import slips_made, small_city
from tests.slips_made import DAY, made
from tests.small_city import MORNING, PROVINCE, SmallCity

FINISHED = {"overall": ["4"], "stage": ["2"], "sector": ["1"], "b1_general": ["5"]}
LATER = MORNING + timedelta(hours=2)


@pytest.fixture
def city(app: Flask) -> SmallCity:
    return small_city.build()


def opened(code: str, id: int = 1) -> submission.Form:
    door = slip_doors.door(code, doors.current())
    assert door is not None
    return submission.open_form(door, "vi", MORNING, f"{id:032x}")


def use(given: Sequence[str], first_id: int = 1) -> None:
    posts = [Post(opened(code, id).token, FINISHED, MORNING) for id, code in enumerate(given, start=first_id)]
    assert all(isinstance(outcome, Acknowledgement) for outcome in submission.accept_all(posts))


def faults(asked: Asked, today: int = 0) -> list[tuple[str, str]]:
    with pytest.raises(Refused) as refused:
        slip_orders.ordered(asked, PROVINCE, DAY + timedelta(days=today))
    return [(fault.place, fault.code) for fault in refused.value.faults]


def stored(query: str) -> list[tuple[object, ...]]:
    with session.reading() as tx:
        return [tuple(line) for line in tx.exec_driver_sql(query)]


# Making


def test_a_batch_says_place_day_and_number_and_no_code_is_stored(city: SmallCity) -> None:
    one = made(40, sector="3", every=5)
    assert (one.batch.id, one.batch.channel, one.batch.unit, one.batch.point, one.batch.counter) == (
        "26734-20260302-1", "issued", "26734", "AB", None,
    )  # fmt: skip
    assert (one.batch.sector, one.batch.day, one.batch.every, one.batch.issued) == (3, DAY, 5, 40)
    assert one.batch.expires == DAY + timedelta(days=7)
    assert len(set(one.codes)) == 40
    assert {len(code) for code in one.codes} == {codes.LENGTH}
    assert set("".join(one.codes)) <= set(codes.ALPHABET)
    assert one.batch.of_day == "26734-20260302-AB-issued"
    use(one.codes[:3])
    files = b"".join(path.read_bytes() for path in settings.current().data_dir.rglob("*") if path.is_file())
    assert slip_doors.mark(one.codes[0]).encode() in files
    for code in one.codes:
        assert code.encode() not in files
        assert codes.shown(code).encode() not in files


def test_codes_asked_for_alike_are_kept_together_and_others_apart_so_that_they_can_be_revoked(city: SmallCity) -> None:
    first, second = made(2), made(3)
    assert second.batch.id == first.batch.id
    assert second.batch.issued == 5
    others = [made(source="another"), made(sector="3"), made(counter="AB-1"), made(unit="26737"), made(channel="handed_out")]
    assert len({first.batch.id, *(other.batch.id for other in others)}) == 6
    slips.revoke(PROVINCE, first.batch.id, MORNING)
    assert made().batch.id not in {first.batch.id, *(other.batch.id for other in others)}


def test_nothing_beside_an_answer_tells_more_of_its_slip_than_unit_point_day_and_channel(city: SmallCity) -> None:
    """Each of these codes was asked for in another way, as a system might to know a person again."""
    day = slip_orders.ordered(Asked("26734", day=DAY), PROVINCE, DAY).expires
    alone = [
        Asked("26734", day=DAY),
        Asked("26734", day=DAY, expires=day + timedelta(days=3)),
        Asked("26734", day=DAY, counter="AB-1"),
        Asked("26734", day=DAY, sector="1"),
    ]
    orders = [slip_orders.ordered(asked, PROVINCE, DAY) for asked in alone]
    one = [slips.make([order], slips.ISSUED, f"key {at}", random.Random(at), MORNING)[0] for at, order in enumerate(orders)]
    assert len({found.batch.id for found in one}) == 4
    use([found.codes[0] for found in one])
    told = stored(
        "SELECT DISTINCT counter, reception_unit, point, channel, batch, design_weight, service_day, label"
        " FROM responses JOIN labels ON number = psu_label"
    )
    assert told == [("", "26734", "AB", "issued", "26734-20260302-AB-issued", 1.0, "2026-03-02", "26734|AB|2026-03-02")]
    (counted,) = slips.counts(PROVINCE)
    assert (counted.id, counted.issued, counted.used) == ("26734-20260302-AB-issued", 4, 4)
    assert stored("SELECT subject FROM audit_log") == [("26734-20260302-AB-issued",)]


@pytest.mark.parametrize("sector", [None, "1"])
def test_a_repeat_is_known_when_its_code_is_forgotten_whichever_code_of_the_day_it_came_by(city: SmallCity, sector: str | None) -> None:
    """Another code of that day has its sector the other way: settled or asked."""
    made(sector="3" if sector is None else None)
    form = opened(made(sector=sector).codes[0])
    fields = FINISHED if sector is None else {name: value for name, value in FINISHED.items() if name != "sector"}
    first = submission.accept(form.token, fields, MORNING)
    slips.drop_expired(DAY + timedelta(days=40))
    assert stored("SELECT * FROM slip_codes") == []
    assert submission.accept(form.token, fields, MORNING + timedelta(days=40)) == first


def test_all_codes_of_a_day_weigh_the_same(city: SmallCity) -> None:
    made(every=5)
    with pytest.raises(Refused) as refused:
        made(every=4, source="another")
    assert [fault.code for fault in refused.value.faults] == ["slips.other_every"]
    assert made(every=4, channel="handed_out").batch.every == made(every=4, day=DAY + timedelta(days=1)).batch.every == 4


def test_a_batch_of_a_day_is_revoked_whole_and_a_sheet_by_itself(city: SmallCity) -> None:
    lost, kept, tickets = made(2, "handed_out"), made(3, "handed_out"), made(4)
    assert slips.revoke(PROVINCE, lost.batch.id, MORNING) == 2
    assert opened(kept.codes[0])
    with pytest.raises(NoForm):
        opened(lost.codes[0])
    assert slips.revoke(PROVINCE, kept.batch.of_day, MORNING) == 3
    with pytest.raises(NoForm):
        opened(kept.codes[0])
    assert opened(tickets.codes[0])
    assert {(one.channel, one.issued, one.revoked) for one in slips.counts(PROVINCE)} == {("handed_out", 5, 5), ("issued", 4, 0)}


def test_every_code_that_a_key_asked_for_can_be_revoked_and_no_other(city: SmallCity) -> None:
    stolen = [made(source="stolen"), made(2, source="stolen", sector="3"), made(source="stolen", day=DAY + timedelta(days=1))]
    other = made(source="other")
    assert slips.revoke_of(PROVINCE, "stolen", MORNING) == 4
    assert slips.revoke_of(PROVINCE, "stolen", MORNING) == 0
    for one in stolen:
        with pytest.raises(NoForm):
            opened(one.codes[0])
    assert opened(other.codes[0])


def test_more_codes_than_people_come_in_a_day_are_pointed_out(city: SmallCity) -> None:
    made(400, every=5)
    made(2_001, unit="26737")
    assert [(one.unit, one.too_many) for one in slips.counts(PROVINCE)] == [("26734", False), ("26737", True)]
    assert [one.unit for one in slips.counts(PROVINCE, unit="26737")] == ["26737"]


def test_every_sheet_is_a_batch_of_its_own(city: SmallCity) -> None:
    assert made(2, "handed_out").batch.id != made(2, "handed_out").batch.id


def test_one_transaction_makes_all_orders_or_none(city: SmallCity) -> None:
    order = slip_orders.ordered(Asked("26734", count=3), PROVINCE, DAY)
    unmakable = replace(order, wave=replace(order.wave, code="no such wave"))
    with pytest.raises(Exception, match="FOREIGN KEY"):
        slips.make([order, unmakable], slips.ISSUED, "test", random.Random(1), MORNING)
    assert stored("SELECT * FROM slip_batches") == stored("SELECT * FROM slip_codes") == []


def test_whoever_may_not_issue_makes_nothing(city: SmallCity) -> None:
    order = slip_orders.ordered(Asked("26734"), PROVINCE, DAY)
    held = replace(access.OPERATOR, units=frozenset({"26737"}))
    for viewer in (access.public("vi"), held):
        with pytest.raises(Forbidden):
            slips.make([order], slips.ISSUED, "test", random.Random(1), MORNING, viewer)
    assert stored("SELECT * FROM slip_codes") == []


def test_an_order_says_everything_that_is_wrong_with_it(city: SmallCity) -> None:
    assert faults(Asked(None)) == [("unit", "slips.empty")]
    assert faults(Asked("99999")) == [("unit", "unknown_unit")]
    assert faults(Asked("SNNMT")) == [("point", "slips.which_point")]
    assert faults(Asked("26734", "BH")) == [("point", "slips.other_point")]
    assert faults(Asked("26734", "XX", sector="1")) == [("point", "unknown_point")]
    assert faults(Asked("26734", counter="BH-3")) == [("counter", "slips.other_unit"), ("point", "slips.other_point")]
    assert faults(Asked("26734", counter="AB-9")) == [("counter", "slips.unknown_counter")]
    assert faults(Asked("26734", "BH", counter="AB-1")) == [("counter", "slips.unknown_counter"), ("point", "slips.other_point")]
    assert faults(Asked("26734", sector="DD")) == [("sector", "unknown_sector")]
    assert faults(Asked("26734", count=0, every=21)) == [("count", "slips.number"), ("every", "slips.number")]
    assert faults(Asked("26734", day=small_city.CLOSES + timedelta(days=1))) == [("day", "slips.no_wave")]
    assert faults(Asked("26734", expires=DAY - timedelta(days=1))) == [("expires", "slips.bad_expiry")]
    assert faults(Asked("26734", expires=DAY + timedelta(days=61))) == [("expires", "slips.bad_expiry")]
    assert faults(Asked("26734", day=DAY), today=8) == [("day", "slips.past")]
    small_city.close(city)
    assert faults(Asked("26734")) == [("day", "slips.no_wave")]


def test_the_only_point_of_a_unit_need_not_be_named_and_one_of_several_must_be(city: SmallCity) -> None:
    assert slip_orders.ordered(Asked("26734"), PROVINCE, DAY).point == "AB"
    with session.transaction() as tx:
        places.save(tx, [PointRow(PROVINCE, "AB2", "26734", {"vi": "Điểm hai"}, None, None, None, False, small_city.BEGAN)])
    assert faults(Asked("26734")) == [("point", "slips.which_point")]
    assert slip_orders.ordered(Asked("26734", "AB2"), PROVINCE, DAY).point == "AB2"


def test_codes_of_a_unit_that_has_been_merged_are_for_the_one_that_serves_now(city: SmallCity) -> None:
    with session.transaction() as tx:
        merged = UnitRow(
            PROVINCE, "26737", "ward", {"vi": "Phường Bình Hòa"}, small_city.BEGAN, DAY - timedelta(days=1), successor="26734"
        )
        organisation.save(tx, [merged])
    assert slip_orders.ordered(Asked("26737", "BH"), PROVINCE, DAY).unit == "26734"
    use(made(unit="26737", counter="BH-3").codes)
    assert stored("SELECT reception_unit, point FROM responses") == [("26734", "BH")]


# Forgery


def test_every_bit_of_a_form_is_signed(city: SmallCity) -> None:
    token = opened(made().codes[0]).token
    for at in range(len(token)):
        for bit in (1, 2, 4, 8, 16, 32, 64):
            turned = token[:at] + chr(ord(token[at]) ^ bit) + token[at + 1 :]
            with pytest.raises(Forged):
                form_token.read(turned)


# Back and away


def test_used_unused_and_returned_add_up_to_what_was_issued(city: SmallCity) -> None:
    sheet, tickets = made(10, "handed_out"), made(4)
    use([*sheet.codes[:3], *tickets.codes[:1]])
    back = slips.give_back(PROVINCE, sheet.batch.id, 5, (), LATER)
    assert (back.used, back.returned, back.unused) == (3, 5, 2)
    counted = {(one.channel, one.issued, one.used, one.unused, one.returned) for one in slips.counts(PROVINCE)}
    assert counted == {("handed_out", 10, 3, 2, 5), ("issued", 4, 1, 3, 0)}
    assert slips.by_channel(slips.counts(PROVINCE)) == {"handed_out": (5, 3), "issued": (4, 1)}
    assert slips.counts(PROVINCE, DAY + timedelta(days=1)) == slips.counts(PROVINCE, None, DAY - timedelta(days=1)) == []


def test_codes_that_came_back_and_were_typed_open_nothing_any_more(city: SmallCity) -> None:
    sheet = made(4, "handed_out")
    slips.give_back(PROVINCE, sheet.batch.id, 0, [codes.shown(sheet.codes[0]).lower(), sheet.codes[1]], LATER)
    assert [slip_doors.door(code, doors.current()) is None for code in sheet.codes] == [True, True, False, False]


@pytest.mark.parametrize(
    ("count", "typed", "fault"),
    [
        (0, [], "slips.nothing_back"),
        (-1, [], "slips.too_many_back"),
        (4, [], "slips.too_many_back"),
        (3, [1], "slips.too_many_back"),
        (0, [0], "slips.used"),
        (0, [1, 1], "slips.doubled"),
        (0, [9], "slips.not_of_batch"),
    ],
)
def test_a_return_that_cannot_be_is_refused(city: SmallCity, count: int, typed: list[int], fault: str) -> None:
    sheet, other = made(4, "handed_out"), made()
    use(sheet.codes[:1])
    named = [*sheet.codes, *[""] * 5, other.codes[0]]
    with pytest.raises(Refused) as refused:
        slips.give_back(PROVINCE, sheet.batch.id, count, [named[at] for at in typed], LATER)
    assert [found.code for found in refused.value.faults] == [fault]
    assert {one.returned for one in slips.counts(PROVINCE)} == {0}


def test_a_batch_is_revoked_once_and_an_unknown_one_is_named(city: SmallCity) -> None:
    batch = made().batch.id
    assert slips.revoke(PROVINCE, batch, MORNING) == 1
    assert stored("SELECT revoked FROM slip_batches") == [(str(DAY),)]
    for wrong, code in ((batch, "slips.revoked"), ("26734-1", "slips.unknown_batch")):
        with pytest.raises(Refused) as refused:
            slips.revoke(PROVINCE, wrong, MORNING)
        assert [fault.code for fault in refused.value.faults] == [code]
    assert [line[0] for line in stored("SELECT action FROM audit_log ORDER BY id")] == ["slips.made", "slips.revoked"]


# Every night


def test_codes_are_forgotten_when_no_form_opened_with_them_can_be_alive(city: SmallCity) -> None:
    """Good until day 7; a form opened on that day may be sent until day 14, and one day is added for the hours between."""
    one = made(3)
    use(one.codes[:1])
    for days, left in ((7, 3), (15, 3), (16, 0)):
        slips.drop_expired(DAY + timedelta(days=days))
        slips.rewrite_spent(random.Random(1))
        assert len(stored("SELECT * FROM slip_codes")) == left, days
        assert len(stored("SELECT * FROM spent_codes")) == min(left, 1)
    (counted,) = slips.counts(PROVINCE)
    assert (counted.issued, counted.used) == (3, 1)


def in_files(marks: Sequence[str]) -> int:
    """How often these marks stand in the bytes of the database and its log."""
    files = [path.read_bytes() for path in settings.current().data_dir.iterdir() if path.name.startswith("survey.sqlite")]
    return sum(content.count(mark.encode()) for content in files for mark in marks)


def test_what_is_forgotten_is_in_no_byte_of_the_files_any_more(city: SmallCity) -> None:
    one = made(200)
    use(one.codes[:50])
    marks = [slip_doors.mark(code) for code in one.codes]
    assert in_files(marks) >= 250
    slips.drop_expired(DAY + timedelta(days=16))
    slips.rewrite_spent(random.Random(1))
    assert in_files(marks) == 0


def order_in_file(marks: Sequence[str]) -> list[int]:
    """The marks by their place in the bytes of the table's pages; -1 where one is not found exactly once as a whole cell."""
    data = (settings.current().data_dir / "survey.sqlite").read_bytes()
    root = stored("SELECT rootpage FROM sqlite_master WHERE name = 'spent_codes'")[0][0]
    assert isinstance(root, int)
    page = data[(root - 1) * 4096 : root * 4096]
    return [page.find(mark.encode()) for mark in marks]


def concordance(places: Sequence[int]) -> float:
    """Kendall's tau of the order of use and the order in the file."""
    pairs = [(places[b] - places[a]) for a in range(len(places)) for b in range(a)]
    return sum(1 if difference < 0 else -1 for difference in pairs) / len(pairs)


def test_once_written_anew_the_file_does_not_tell_in_which_order_codes_were_used(city: SmallCity) -> None:
    """Forty marks lie on one page of the file. As they are used, each is put before the one before; afterwards chance decides.

    With 40 marks Kendall's tau of two orders that have nothing to do with each other has a standard deviation of 0.11.
    """
    one = made(40)
    for id, code in enumerate(one.codes, start=1):
        use([code], id)
    marks = [slip_doors.mark(code) for code in one.codes]
    session.forget_log()
    before = order_in_file(marks)
    assert -1 not in before
    assert abs(concordance(before)) == 1
    assert slips.rewrite_spent(random.Random(7)) == 40
    after = order_in_file(marks)
    assert -1 not in after
    assert abs(concordance(after)) < 0.35
    assert abs(concordance(order_in_file(sorted(marks)))) < 0.35
    assert in_files(marks) == 80  # once among the codes, once among those used, and nowhere in the log or a page given back
    assert stored("SELECT count(*) FROM spent_codes") == [(40,)]


def test_a_used_code_stays_used_when_the_marks_are_written_anew(city: SmallCity) -> None:
    one = made(2)
    use(one.codes[:1])
    slips.rewrite_spent(random.Random(3))
    with pytest.raises(submission.CodeUsed):
        opened(one.codes[0])
    opened(one.codes[1])


def test_a_door_of_the_demonstration_takes_slips_of_its_own_wave_only(app: Flask, tmp_path: Path) -> None:
    small_city.build(simulated=True)
    made()
    with session.transaction() as tx:
        tx.exec_driver_sql("UPDATE waves SET simulated = 0")
        tx.exec_driver_sql("UPDATE organisation_revisions SET value = value + 1")
    assert faults(Asked("26734")) == [("day", "slips.no_wave")]


def test_a_form_of_a_slip_whose_code_is_forgotten_is_not_renewed(city: SmallCity) -> None:
    code = slips_made.code()
    form = opened(code)
    slips.drop_expired(DAY + timedelta(days=30))
    with pytest.raises(NoForm):
        submission.accept(form.token, FINISHED, MORNING + timedelta(days=30))

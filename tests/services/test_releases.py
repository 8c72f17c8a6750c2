"""Releases: the figures counted by hand, the batch rule, what is stored of a hidden figure, digests, publishing, export."""

import gc
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select, update
from sqlalchemy.exc import IntegrityError

from analysis.figures import Figure, Release
from questionnaires.model import Refused
from survey_app.services import exports, releases
from survey_app.services.access import Forbidden
from survey_app.services.door_flags import FAST, VERSION
from survey_app.storage import accounts as stored_accounts
from survey_app.storage import fieldwork, quality, session
from survey_app.storage import releases as stored
from survey_app.storage.responses import Flag
from survey_app.storage.responses import responses as stored_answers
from tests import cast
from tests.cast import NOW, OTHER_WARD, PERFECT_WARD, STRADDLING, WARD, WAVE


@pytest.fixture(autouse=True)
def surveyed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cast.hash_cheaply(monkeypatch)
    cast.app_with_answers(tmp_path)


def make(until: date | None = None) -> Release:
    return releases.make(WAVE, until, NOW)


def headline(release: Release, domain: str, population: str = "finished") -> Figure:
    return next(
        figure
        for figure in release.figures
        if (figure.domain, figure.tree, figure.population, figure.summary) == (domain, "sipas", population, "pooled")
        and figure.node == "sipas.B"
    )


def test_the_index_of_a_ward_is_the_one_counted_by_hand() -> None:
    """40 answers, 37 satisfied with all four items, 3 with none; nobody has ever sent feedback: 148 of 160."""
    figure = headline(make(), WARD)
    assert figure.estimate is not None
    assert (figure.estimate.n, figure.estimate.answers, figure.psus) == (40, 160, 8)
    assert figure.estimate.estimate == pytest.approx(148 / 160, abs=1e-12)
    assert figure.coverage == pytest.approx(40 / cast.FILES)
    assert (figure.n_received, figure.n_decided) == (40, 40)


def test_the_city_is_weighted_by_files_of_units_with_admitted_answers() -> None:
    """Four units of 500 files each: (0.925 + 0.9 + 1 + 0.9) / 4."""
    figure = headline(make(), cast.PROVINCE)
    assert figure.estimate is not None
    assert figure.estimate.estimate == pytest.approx((0.925 + 0.9 + 1.0 + 0.9) / 4)


def test_other_populations_are_separate() -> None:
    """12 answers on open files, 4 of them unhappy, and 11 people without a file, 8 unhappy."""
    release = make()
    opened, turned_away = (headline(release, WARD, population).estimate for population in ("open", "no_file"))
    assert opened is not None
    assert turned_away is not None
    assert (opened.n, opened.estimate) == (12, pytest.approx(8 / 12))
    assert (turned_away.n, turned_away.estimate) == (11, pytest.approx(3 / 11))


def test_nine_answers_give_a_reason_and_the_database_holds_no_number_of_them() -> None:
    release = make()
    assert headline(release, OTHER_WARD).hidden == "too_few"
    with session.reading() as tx:
        rows = stored.figure_rows(tx, cast.PROVINCE, release.number, stored.NUMBERS, domains=[OTHER_WARD])
    assert rows
    assert {value for row in rows for value in row} == {None}


def test_the_database_itself_refuses_a_hidden_figure_with_a_number() -> None:
    number = make().number
    with pytest.raises(IntegrityError), session.transaction() as tx:
        tx.execute(update(stored.figures).where(stored.figures.c.release == number, stored.figures.c.hidden.is_not(None)).values(n=9))
    with pytest.raises(IntegrityError), session.transaction() as tx:
        tx.execute(update(stored.figures).where(stored.figures.c.release == number).values(estimate=None))


def test_an_office_without_files_is_not_surveyed() -> None:
    assert headline(make(), cast.DEPARTMENT).hidden == "not_surveyed"


def test_one_more_answer_changes_nothing_and_is_said_to_wait() -> None:
    first = headline(make(), STRADDLING)
    cast.answer(STRADDLING, 1, unhappy=1)
    second = headline(make(), STRADDLING)
    assert second.estimate == first.estimate
    assert second.mark == "held_over"


def test_ten_more_answers_are_admitted() -> None:
    make()
    cast.answer(STRADDLING, 10, unhappy=10)
    estimate = headline(make(), STRADDLING).estimate
    assert estimate is not None
    assert (estimate.n, estimate.estimate) == (30, pytest.approx(18 / 30))


def test_until_ends_each_unit_before_its_first_answer_of_a_later_day() -> None:
    """At the straddling ward come 11 more answers of 10 September, then 10 of 1 September that were sent late."""
    cast.answer(STRADDLING, 11, first_day=date(2026, 9, 10))
    cast.answer(STRADDLING, 10, first_day=date(2026, 9, 1))
    release = make(until=date(2026, 9, 9))
    estimate = headline(release, STRADDLING).estimate
    assert estimate is not None
    assert estimate.n == 20
    ward = headline(release, WARD).estimate
    assert ward is not None
    assert ward.n == 40


def test_the_same_answers_give_the_same_digest_under_another_number() -> None:
    first, second = make(), make()
    assert (first.number, second.number) == (1, 2)
    assert first.digest == second.digest


def test_a_release_is_read_back_as_it_was_made_and_a_changed_figure_is_noticed() -> None:
    made = make()
    read, rows = releases.show(made.number)
    assert replace(read, made=made.made) == made
    assert len(rows) == len(made.figures)
    assert releases.verify(made.number)
    with session.transaction() as tx:
        shown = (stored.figures.c.release == made.number) & (stored.figures.c.domain == WARD) & stored.figures.c.hidden.is_(None)
        tx.execute(update(stored.figures).where(shown).values(estimate=0.99))
    assert not releases.verify(made.number)


def test_an_unknown_wave_or_release_is_refused_by_name() -> None:
    with pytest.raises(Refused, match="wave NONE"):
        releases.make("NONE", None, NOW)
    with pytest.raises(Refused, match="release 7"):
        releases.show(7)


def test_the_process_tidies_up_again_after_a_release_made_or_refused() -> None:
    releases.make(WAVE, None, NOW)
    assert gc.isenabled()
    with pytest.raises(Refused):
        releases.make("NONE", None, NOW)
    assert gc.isenabled()


def test_a_wave_whose_instrument_file_has_changed_is_refused() -> None:
    with session.transaction() as tx:
        wave = fieldwork.wave(tx, WAVE)
        assert wave is not None
        fieldwork.save(tx, [replace(wave, digest="0" * 64)])
    with pytest.raises(Refused, match=r"release\.instrument_changed"):
        make()
    with session.reading() as tx:
        assert tx.execute(select(func.count()).select_from(stored.releases)).scalar() == 0


def test_home_affairs_makes_and_publishes_releases_and_nobody_else_does() -> None:
    for role in ("mttq", "unit_head", "administrator", "auditor"):
        viewer = cast.viewer(role)
        with pytest.raises(Forbidden):
            releases.make(WAVE, None, NOW, by=viewer)
        with pytest.raises(Forbidden):
            releases.publish(1, NOW, by=viewer)
        with pytest.raises(Forbidden):
            exports.rows(WAVE, NOW, by=viewer)
    officer = cast.viewer("home_affairs")
    number = releases.make(WAVE, None, NOW, by=officer).number
    releases.publish(number, NOW, by=officer)
    assert [one.state for one in releases.listed()] == ["published"]
    with pytest.raises(Forbidden):
        exports.rows(WAVE, NOW, by=officer)
    with pytest.raises(Forbidden):
        releases.show(number, by=officer)


def test_making_publishing_and_exporting_are_in_the_audit_log() -> None:
    made = make()
    releases.publish(made.number, NOW + timedelta(hours=1))
    exports.rows(WAVE, NOW)
    with session.reading() as tx:
        entries = [(entry.actor, entry.action, entry.subject) for entry in stored_accounts.logged(tx, 3)]
    assert entries == [
        ("operator", "release.made", "1"),
        ("operator", "release.published", "1"),
        ("operator", "responses.exported", WAVE),
    ]


def test_publishing_changes_no_figure() -> None:
    made = make()
    releases.publish(made.number, NOW)
    assert releases.verify(made.number)


def test_an_export_holds_codes_and_nothing_a_citizen_wrote() -> None:
    header, rows = exports.rows(WAVE, NOW)
    lines = [dict(zip(header, row, strict=True)) for row in rows]
    assert len(lines) == 40 + 20 + 9 + 42 + 30 + 12 + 11
    assert not {"comment", "id", "received_at", "seconds", "day_mark"} & set(header)
    first = lines[0]
    assert (first["reception_unit"], first["overall"], first["stage"], first["b5_general"], first["age"]) == (WARD, "5", "2", "0", "")


def test_figures_of_a_domain_without_any_admitted_answer_stay_empty_for_ever_as_answers_trickle_in() -> None:
    """Nine and then nine more make eighteen: only then are they in, all at once."""
    assert headline(make(), OTHER_WARD).hidden == "too_few"
    cast.answer(OTHER_WARD, 9)
    estimate = headline(make(), OTHER_WARD).estimate
    assert estimate is not None
    assert estimate.n == 18


def test_all_satisfied_keeps_an_interval_below_one() -> None:
    estimate = headline(make(), PERFECT_WARD).estimate
    assert estimate is not None
    assert estimate.estimate == 1
    assert estimate.ci_low is not None
    assert estimate.ci_low < 0.97


def test_a_stored_figure_cannot_be_doubled() -> None:
    number = make().number
    with session.reading() as tx:
        columns = stored.figures.columns.keys()
        row = dict(zip(columns, stored.figure_rows(tx, cast.PROVINCE, number, columns, domains=[WARD])[0], strict=True))
    with pytest.raises(IntegrityError), session.transaction() as tx:
        tx.execute(insert(stored.figures).values(row))


def flagged(ids: Sequence[str]) -> None:
    """As the quality job does: flags on answers that may be in a release already."""
    with session.transaction() as tx:
        quality.write_flags(tx, (), ((FAST, VERSION),), {id: (Flag(FAST, VERSION, 4.0),) for id in ids})


def ids_of(unit: str) -> list[str]:
    with session.reading() as tx:
        where = stored_answers.c.reception_unit == unit
        return list(tx.execute(select(stored_answers.c.id).where(where).order_by(stored_answers.c.position)).scalars())


def unflagged(release: Release, domain: str) -> tuple[object, ...]:
    figures = [one for one in release.figures if (one.domain, one.basis, one.node) == (domain, "unflagged", "sipas.B")]
    return tuple((one.population, one.summary, one.estimate, one.n_received) for one in figures)


def test_nine_late_flags_move_no_figure_of_the_unflagged_basis_and_ten_do() -> None:
    """12 answers of the ward are flagged at the first release; nine more, then a tenth, after it. Neither the ward's figure without
    flagged answers nor what it gives to the city's may tell the nine apart."""
    answers = ids_of(WARD)
    flagged(answers[:12])
    first = make()
    assert unflagged(first, cast.PROVINCE)
    flagged(answers[12:21])
    second = make()
    assert unflagged(second, WARD) == unflagged(first, WARD)
    assert unflagged(second, cast.PROVINCE) == unflagged(first, cast.PROVINCE)
    flagged(answers[21:22])
    third = make()
    assert unflagged(third, cast.PROVINCE) != unflagged(first, cast.PROVINCE)


def test_a_release_says_that_it_was_audited_and_says_it_again_when_it_is_read() -> None:
    release = make()
    assert release.studies.audit is not None
    assert releases.show(release.number)[0].studies.audit == release.studies.audit
    assert releases.verify(release.number)


def test_a_figure_that_was_hidden_for_a_release_comes_back_with_ten_people_only() -> None:
    """The index of the ward as a first release might have shown it of five people fewer, and a second one hidden."""
    first, second = make(), make()
    table, of = stored.figures, stored.figures.c
    index = (of.domain == WARD) & (of.node == "sipas.B") & (of.population == "finished") & (of.basis == "all")
    with session.transaction() as tx:
        fewer = {"n": of.n - 5, "n_received": of.n_received - 5, "n_decided": of.n_decided - 5}
        tx.execute(update(table).where(index, of.release == first.number).values(fewer))
        tx.execute(update(table).where(index, of.release == second.number).values(dict.fromkeys(stored.SAYS) | {"hidden": "complementary"}))
    assert headline(make(), WARD).hidden == "complementary"
    cast.answer(WARD, 10)
    assert headline(make(), WARD).hidden is None

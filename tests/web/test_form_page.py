"""A form that is shown again is put together from pieces: the same page as when it is drawn anew."""

from dataclasses import replace

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from survey_app.services import doors, submission
from survey_app.services.opening import Form
from survey_app.web import form_page
from tests import small_city
from tests.small_city import MORNING

DANGEROUS = ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "</textarea><b>", "\x00", "\x00overall 4\x00", "&lt;", "‮", "4"]


@pytest.fixture
def form(app: Flask) -> Form:
    city = small_city.build()
    door = doors.current().door(city.code, submission.local_day(MORNING))
    assert door is not None
    return submission.open_form(door, "vi", MORNING, "0" * 32)


def values(question: object) -> some.SearchStrategy[list[str]]:
    codes = [str(option.code) for option in question.options]
    return some.lists(some.sampled_from([*codes, *DANGEROUS]), max_size=3)


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("notice", ["", "Chờ một phút <b>"])
def test_put_together_from_pieces_it_is_the_page_that_would_be_drawn(app: Flask, form: Form, language: str, notice: str) -> None:
    spoken = replace(form, language=language)

    @given(
        some.fixed_dictionaries({question.id: values(question) for question in form.instrument.questions} | {"strange": some.just(["x"])})
    )
    @settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    def same(fields: dict[str, list[str]]) -> None:
        (part,) = form_page.filled(spoken, fields, notice=notice)
        place = form_page._place(form_page._head(spoken)).content.decode()
        told = form_page.render("citizen/notice.html", language, notice=notice) if notice else ""
        assert part.content.decode() == form_page._draw(spoken, place=place, token=form.token, fields=fields, notice=told)

    with app.test_request_context():
        same()


def test_nothing_that_was_written_becomes_markup(app: Flask, form: Form) -> None:
    fields = {question.id: [DANGEROUS[0]] for question in form.instrument.questions}
    with app.test_request_context():
        (part,) = form_page.filled(form, fields)
    assert b"<script>alert" not in part.content
    assert b"&lt;script&gt;alert(1)" in part.content

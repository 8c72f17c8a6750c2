"""Where time and chance enter a command: services are handed both."""

import random
from datetime import UTC, date, datetime, timedelta, timezone

import click

from survey_app.words import LANGUAGES, say

LOCAL = timezone(timedelta(hours=7), "+07")  # Viet Nam, no summer time

class _Day(click.DateTime):
    """Says in Vietnamese, too, what is no day."""

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter:
            sentence, given = "There is no such day: {value}. Write 2026-02-05 or 05/02/2026.", str(value)[:40]
            self.fail(" ".join(say(language, sentence, value=given) for language in LANGUAGES), param, ctx)


DAY = _Day(["%Y-%m-%d", "%d/%m/%Y"])
"""The type of an option that is a day: 2026-02-05 or 05/02/2026."""


def now() -> datetime:
    return datetime.now(UTC)


def today() -> date:
    return now().astimezone(LOCAL).date()


def chance() -> random.Random:
    """The operating system's randomness: a counter code must not be guessed."""
    return random.SystemRandom()

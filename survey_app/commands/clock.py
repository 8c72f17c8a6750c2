"""Where time and chance enter a command: services are handed both."""

import random
from datetime import UTC, date, datetime, timedelta, timezone

import click

LOCAL = timezone(timedelta(hours=7), "+07")  # Viet Nam, no summer time

DAY = click.DateTime(["%Y-%m-%d", "%d/%m/%Y"])
"""The type of an option that is a day: 2026-02-05 or 05/02/2026."""


def now() -> datetime:
    return datetime.now(UTC)


def today() -> date:
    return now().astimezone(LOCAL).date()


def chance() -> random.Random:
    """The operating system's randomness: a counter code must not be guessed."""
    return random.SystemRandom()

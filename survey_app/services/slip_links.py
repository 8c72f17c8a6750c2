"""A slip code as it is printed, and the address that its QR holds."""

from collections.abc import Iterable

from survey_app import settings
from survey_app.services import codes


def of(made: Iterable[str]) -> list[tuple[str, str]]:
    """(XXXX XXXX XXXX, address) of each code."""
    base_url = settings.current().base_url
    return [(codes.shown(code), codes.slip_link(base_url, code)) for code in made]

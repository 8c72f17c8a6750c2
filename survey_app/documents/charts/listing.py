"""Under a plot without rows: the units that have no figure, in words, state by state."""

from collections.abc import Sequence

from survey_app.documents.charts.sheet import Sheet
from survey_app.documents.charts.states import by_state
from survey_app.documents.report import Cell
from survey_app.words import say


def hidden_units(sheet: Sheet, language: str, units: Sequence[tuple[str, Cell]]) -> None:
    """One paragraph a state: the state in words, then the names."""
    for state, names in by_state(language, units).items():
        sheet.y += 0.6
        sheet.paragraph(say(language, "No figure – {state}: {names}.", state=state, names="; ".join(names)))

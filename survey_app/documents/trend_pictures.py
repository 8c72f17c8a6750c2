"""The index of one body over the waves, oldest first; the line is broken where two of them do not mean the same."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from analysis.bases import Basis
from analysis.domains import Domain
from survey_app.documents import change_tables, compared_sentences
from survey_app.documents import figure_cells as cells
from survey_app.documents.charts import picture as charts
from survey_app.documents.charts.values import Break, Series, Trend, Value
from survey_app.documents.figure_cells import View
from survey_app.documents.history import Past
from survey_app.documents.report import Gap, Interval, Picture
from survey_app.words import of, say


def trend(view: View, domain: Domain) -> Iterator[Picture]:
    """One point a wave: its last published release; the last point is the document's own. Nothing for a first wave."""
    past, language, tree = view.history.past, view.language, cells.headline_tree(view.instrument)
    own = view.figure(domain, tree)
    if not past or own is None:
        return
    then = [_value(view, domain, one) for one in past]
    now = cells.value(view, own, tree)
    values = (*then, now if isinstance(now, Interval | Gap) else None)
    names = (*(of(one.wave, language) for one in past), of(view.history.wave, language))
    title = say(language, "{name}: the index wave by wave", name=view.name(domain))
    series = (Series(view.name(domain), values),)
    chart = Trend(
        language, title, of(tree.label, language), _axis(view, values), cells.unit_of(tree, tree.root), names, series,
        tuple(_breaks(view, domain, past)), tuple(_alike(view, past)),
    )  # fmt: skip
    made = charts.picture(chart, view.release)
    used = [(change_tables.then(view, one, domain, tree.root), tree) for one in past] + [(own, tree)]
    table = replace(made.table, id=f"{made.table.id}-{domain.id}", notes=(*made.table.notes, *cells.notes(view, used)))
    yield replace(made, table=table)


def _value(view: View, domain: Domain, past: Past) -> Value | None:
    tree = cells.headline_tree(view.instrument)
    cell = cells.value(view, change_tables.then(view, past, domain, tree.root), tree)
    return cell if isinstance(cell, Interval | Gap) else None


def _axis(view: View, values: Sequence[Value | None]) -> tuple[float, float]:
    """From the ten percent below the lowest bound drawn to the end of the scale; other bodies do not matter here."""
    lows = [one.low for one in values if isinstance(one, Interval) and one.low is not None]
    low, high = view.axis
    return (max(low, min(math.floor(10 * min(lows)) / 10, 0.9)), high) if lows else (low, high)


Meaning = tuple[str, str, str]
"""Definition of the index, the basis that the body goes by in words, method: of one wave."""


def _meanings(view: View, domain: Domain, past: Sequence[Past]) -> list[Meaning]:
    then = [(one.definition, _way(view, change_tables.basis_then(view, one, domain)), one.method) for one in past]
    return [*then, (view.history.definition, _way(view, view.basis_of(domain)), view.release.method)]


def _breaks(view: View, domain: Domain, past: Sequence[Past]) -> Iterator[Break]:
    language, meanings = view.language, _meanings(view, domain, past)
    for place in range(1, len(meanings)):
        (asked, way, method), (asked_then, way_then, method_then) = meanings[place], meanings[place - 1]
        why = []
        if asked != asked_then:
            why.append(say(language, "the questionnaire changed"))
        if way != way_then:
            why.append(say(language, "the way of counting changed from “{before}” to “{after}”", before=way_then, after=way))
        if method != method_then:
            why.append(say(language, "the method changed from {before} to {after}", before=method_then, after=method))
        if why:
            yield Break(place, say(language, "Not to be compared across this line: {why}.", why="; ".join(why)))


def _way(view: View, basis: Basis) -> str:
    return compared_sentences.way(view.language, basis)


def _alike(view: View, past: Sequence[Past]) -> Iterator[str]:
    """Another version of the questionnaire that asks and computes the index as before breaks no line; that is said."""
    told = [(one.definition, one.instrument) for one in past] + [(view.history.definition, view.release.instrument)]
    for (before, old), (after, new) in pairwise(told):
        if before == after and old != new:
            sentence = "The questionnaire went from {before} to {after}; this index is asked and computed as before."
            yield say(view.language, sentence, before=old, after=new)

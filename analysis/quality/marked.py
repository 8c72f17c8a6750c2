"""How many answers of a place are marked as unusual, as far as everybody may know it: floors, part and complement, total and rest."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from analysis.disclosure import FLOOR
from analysis.domains import Domain
from analysis.told import Answered, Marked

Counts = tuple[int, int]
"""Answers, and marked ones."""


def marked(domains: Sequence[Domain], answered: Sequence[Answered], shown: Collection[str]) -> Iterator[Marked]:
    """Of units, blocks and the city whose index is `shown`.

    A part and its complement need ten answers each, or none (methodology §13.2). A block is told only if what its told units leave of it
    is nothing, or ten marked answers and more and as many others; the city, if that holds against units and against told blocks.
    """
    of_unit = {one.unit: (one.answers, one.flagged) for one in answered}
    counts = {one.id: _sum([of_unit[unit] for unit in one.members if unit in of_unit]) for one in domains}
    units = [one.id for one in domains if one.kind == "unit" and one.id in shown]
    told = {id for id in units if not _is_few(counts[id])}
    yield from (Marked(id, counts[id][0], counts[id][1] if id in told else None, None if id in told else "few_marked") for id in units)
    blocks = [one for one in domains if one.grouping == "block"]
    inside = {block.id: told & set(block.members) for block in blocks}
    known: set[str] = set()
    for block in blocks:
        if block.id in shown:
            one = _judged(block.id, counts, [inside[block.id]])
            known |= {block.id} if one.hidden is None else set()
            yield one
    for city in (one for one in domains if one.kind == "city" and one.id in shown):
        apart = {id for id in told if not any(id in inside[block] for block in known)}
        yield _judged(city.id, counts, [told, known | apart])


def _judged(id: str, counts: Mapping[str, Counts], known: Sequence[Collection[str]]) -> Marked:
    answers, flagged = counts[id]
    if _is_few(counts[id]):
        return Marked(id, answers, None, "few_marked")
    for parts in known:
        taken = _sum([counts[part] for part in parts])
        if _is_few((answers - taken[0], flagged - taken[1])):
            return Marked(id, answers, None, "rest_marked")
    return Marked(id, answers, flagged, None)


def _is_few(counts: Counts) -> bool:
    answers, flagged = counts
    return 0 < flagged < FLOOR or 0 < answers - flagged < FLOOR


def _sum(counts: Sequence[Counts]) -> Counts:
    return sum(answers for answers, _ in counts), sum(flagged for _, flagged in counts)

"""How long a questionnaire can get: the most questions one person can be shown, over every path and rotation group."""

from collections.abc import Mapping, Sequence

from questionnaires.model import Question


def longest_path(questions: Sequence[Question], rotation: Mapping[str, float]) -> tuple[int, str | None]:
    """The length of the longest path and the rotation group it runs through (None: the instrument has none).

    A question hangs on one condition at most, so the questions a group sees form a forest: the longest path is the sum over its
    trees of one question and the best answer to it. A fact known beforehand only removes questions, so it never makes a path longer.
    """
    lengths: dict[str | None, int] = {group: _longest(questions, group) for group in rotation} or {None: _longest(questions, None)}
    group = max(lengths, key=lambda key: lengths[key])
    return lengths[group], group


def _longest(questions: Sequence[Question], group: str | None) -> int:
    seen = [question for question in questions if question.rotation in (None, group)]
    below: dict[str, list[tuple[Question, int]]] = {question.id: [] for question in seen}
    total = 0
    for question in reversed(seen):  # what hangs on a question comes after it
        length = 1 + _best_answer(question, below[question.id])
        if question.shown_if is None:
            total += length
        elif question.shown_if.question in below:
            below[question.shown_if.question].append((question, length))
    return total


def _best_answer(question: Question, hanging: Sequence[tuple[Question, int]]) -> int:
    """The most that one answer to this question can bring up; of a multiple question every answer that may stand together."""
    codes = [code for child, _ in hanging if child.shown_if for code in child.shown_if.codes]
    alone = [{code} for code in codes if question.kind != "multiple" or code in question.exclusive]
    together = [{code for code in codes if code not in question.exclusive}] if question.kind == "multiple" else []
    return max((_brought_up(answer, hanging) for answer in (*alone, *together)), default=0)


def _brought_up(answer: set[int], hanging: Sequence[tuple[Question, int]]) -> int:
    return sum(length for child, length in hanging if child.shown_if and set(child.shown_if.codes) & answer)

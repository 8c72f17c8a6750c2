"""What one question gives to a sum: y, x and who answered, for every answer of a data set."""

import numpy as np

from analysis.survey_data import Bools, Floats, SurveyData, among, holds
from questionnaires.trees import Term


def values(data: SurveyData, term: Term) -> tuple[Floats, Floats, Bools]:
    """(y, x, answered) of one term for every answer; y and x carry 1/π of a rotated question (methodology §8.3).

    x = 1/π where the answer has a listed code, y = value of that code × 1/π. A multiple question counts once: x where
    any listed option is ticked, y = the largest value of the ticked listed options. Blank, not asked, no basis, or
    outside `where`: x = y = 0. `answered` is x > 0, the plain count.
    """
    if term.question in data.answers:
        column, value_of = data.answers[term.question].astype(np.uint8), np.zeros(256)
        value_of[list(term.codes)] = list(term.codes.values())
        answered, y = among(tuple(term.codes)).take(column), value_of.take(column)
    else:
        answered = np.zeros(len(data), np.bool_)
        y = np.zeros(len(data))
        for code, value in term.codes.items():
            ticked = data.answers[f"{term.question}.{code}"] == 1
            y = np.where(ticked, np.where(answered, np.maximum(y, value), value), y)
            answered |= ticked
    if term.where is not None:
        inside = holds(data.answers, term.where)
        answered, y = answered & inside, y * inside
    x = answered.astype(np.float64)
    return (y / data.pi, x / data.pi, answered) if term.rotation else (y, x, answered)

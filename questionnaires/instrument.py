"""The Instrument: one version of one questionnaire, scorecard or published index, as a value."""

from collections.abc import Mapping
from dataclasses import dataclass

from questionnaires.model import Meaning, Question, Section, Text
from questionnaires.trees import IndexTree


@dataclass(frozen=True, slots=True)
class Instrument:
    """Fixed once fielded: a wave stores `digest` and refuses to run on another.

    No questions: a scorecard or a published index. No trees: a plain questionnaire.
    """

    id: str
    version: str
    title: Text
    languages: tuple[str, ...]
    sections: tuple[Section, ...]
    questions: tuple[Question, ...]
    rotation: Mapping[str, float]
    max_shown: int
    trees: tuple[IndexTree, ...]
    meanings: Mapping[str, Meaning]
    digest: str

    def question(self, id: str) -> Question:
        """The question of that id; KeyError when the instrument has none."""
        for question in self.questions:
            if question.id == id:
                return question
        raise KeyError(id)

    def tree(self, id: str) -> IndexTree:
        """The index tree of that id; KeyError when the instrument has none."""
        for tree in self.trees:
            if tree.id == id:
                return tree
        raise KeyError(id)

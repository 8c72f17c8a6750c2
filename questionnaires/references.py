"""What the parts of an instrument may refer to: its languages, its questions, their answer codes. Used by both files of checks."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from questionnaires.faults import fault
from questionnaires.model import Fault, Question, Text
from questionnaires.trees import answer_codes, referred


@dataclass(frozen=True, slots=True)
class References:
    """`doubtful`: places where the file could not be read; nothing is said about what they hold."""

    languages: tuple[str, ...]
    questions: Mapping[str, Question]
    doubtful: frozenset[str]

    def readable(self, question: str) -> bool:
        return question in self.questions and f"question {question}" not in self.doubtful

    def words(self, text: Text, place: str) -> Iterator[Fault]:
        wanted = self.languages or ("vi",)
        for language in wanted:
            if language not in text:
                yield fault("instrument.missing_language", place, language=language)
        for language, words in text.items():
            if language not in wanted and self.languages:
                yield fault("instrument.undeclared_language", place, language=language)
            if not words.strip():
                yield fault("instrument.empty_words", place, language=language)

    def unknown(self, reference: str, place: str) -> Iterator[Fault]:
        """The fault of pointing to no question, or to no option of a question that takes several."""
        id, option = referred(reference)
        question = self.questions.get(id)
        if question is None or (option is not None and question.kind != "multiple"):
            yield fault("instrument.unknown_question", place, question=reference)
        elif option is not None and self.readable(id) and option not in answer_codes(question):
            yield fault("instrument.unknown_code", place, key="question", code=option, question=id)

    def codes(self, key: str, codes: Iterable[int], reference: str, place: str) -> Iterator[Fault]:
        """The faults of naming answer codes that the question does not have; the question itself must be known."""
        id, option = referred(reference)
        if not self.readable(id):
            return
        known = answer_codes(self.questions[id], option)
        for code in codes:
            if code not in known:
                yield fault("instrument.unknown_code", place, key=key, code=code, question=reference)


def repeated(ids: Iterable[str]) -> tuple[str, ...]:
    """Each id that stands more than once, once."""
    return tuple(id for id, times in Counter(ids).items() if times > 1)

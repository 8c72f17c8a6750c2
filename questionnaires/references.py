"""What the parts of an instrument may refer to: its languages, its questions, their answer codes. Used by both files of checks."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from questionnaires.faults import fault
from questionnaires.model import Fault, Question, Text
from questionnaires.trees import answer_codes, referred

CODE_KEYS = ("kind", "options", "scale", "extra_options", "no_basis", "exclusive")


@dataclass(frozen=True, slots=True)
class References:
    """`doubtful`: each (place, key) of the file that could not be read; nothing is said about what hangs on it.

    `ambiguous`: question ids that stand for several questions; nothing is said about the codes of those.
    """

    languages: tuple[str, ...]
    questions: Mapping[str, Question]
    ambiguous: frozenset[str]
    doubtful: frozenset[tuple[str, str]]

    def doubts(self, place: str, *keys: str) -> bool:
        return any((place, key) in self.doubtful for key in keys)

    def readable(self, question: str) -> bool:
        """Are the answer codes of that question known for certain?"""
        known = question in self.questions and question not in self.ambiguous
        return known and not self.doubts(f"question {question}", *CODE_KEYS)

    def words(self, text: Text, place: str) -> Iterator[Fault]:
        wanted = dict.fromkeys(("vi", *self.languages))
        for language in wanted:
            if language not in text:
                yield fault("instrument.missing_language", place, language=language)
        for language, words in text.items():
            if language not in wanted:
                yield fault("instrument.undeclared_language", place, language=language)
            if not words.strip():
                yield fault("instrument.empty_words", place, language=language)

    def unknown(self, reference: str, place: str) -> Iterator[Fault]:
        """The fault of pointing to no question, or to no option of a question that takes several."""
        id, option = referred(reference)
        question = self.questions.get(id)
        if question is None:
            yield fault("instrument.unknown_question", place, question=reference)
        elif option is not None and self.readable(id):
            if question.kind != "multiple":
                yield fault("instrument.unknown_question", place, question=reference)
            elif option not in answer_codes(question):
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

"""Importance is said as association in both languages, and consistency with what it means."""

import pytest

from analysis.items import Consistency
from analysis.told import Importance
from survey_app.documents import item_sentences

LABELS = {"overall": "Hài lòng chung", "staff": "Công chức"}


def drivers(low: float | None = 0.2) -> Importance:
    return Importance("79", "overall", ("staff",), (0.3,), (low,), (None if low is None else 0.4,), 0.3, 200)


def test_importance_is_an_association_in_vietnamese_and_english() -> None:
    assert "gắn liền với" in item_sentences.importance("vi", drivers(), LABELS)
    assert (
        item_sentences.factor("vi", drivers(), "staff", LABELS)
        == "“Công chức”: gắn liền với 30% khác biệt về “Hài lòng chung” (khoảng từ 20% đến 40%)."
    )
    assert "is associated with" in item_sentences.factor("en", drivers(), "staff", LABELS)
    assert "does not show" in item_sentences.importance("en", drivers(), LABELS)


def test_a_share_without_an_interval_says_why() -> None:
    assert item_sentences.factor("vi", drivers(None), "staff", LABELS).endswith("quá ít ngày khảo sát nên chưa có khoảng.")


@pytest.mark.parametrize(
    ("alpha", "end"),
    [(0.6, "nên xem từng câu."), (0.8, "alpha 0,80, omega 0,81."), (0.97, "cần kiểm tra.")],
    ids=["low", "sound", "nearly one"],
)
def test_consistency_says_what_low_and_nearly_one_mean(alpha: float, end: str) -> None:
    assert item_sentences.consistency("vi", Consistency(("a", "b", "c"), alpha, 0.81, 90)).endswith(end)


def test_two_questions_have_alpha_alone() -> None:
    assert item_sentences.consistency("en", Consistency(("a", "b"), 0.8, None, 90)) == "The 2 questions are consistent to alpha 0.80."

"""Cells without a number: each has its reason, and a reason in a sentence stands once in its row."""

from survey_app.documents.filled import filled
from survey_app.documents.report import Column, Gap, Row, Table

COLUMNS = (Column("factor", "Yếu tố"), *(Column(name, name, "number") for name in ("qr", "people", "mode")))


def made(*cells: Gap | str | None) -> Table:
    (found,) = filled("vi", [Table("t", "Bảng", COLUMNS, (Row(cells),))])
    assert isinstance(found, Table)
    return found


def test_a_reason_in_a_sentence_stands_once_and_the_dashes_beside_it_are_explained() -> None:
    why = Gap("mẫu độc lập không hỏi đủ các câu của yếu tố này", "not_asked")
    found = made("B1", why, None, None)
    assert [cell.text for cell in found.rows[0].cells if isinstance(cell, Gap)] == [why.text, "–", "–"]
    assert found.notes == ("“–”: lý do ghi ngay trong dòng.",)


def test_a_short_reason_stands_in_every_cell() -> None:
    few = Gap("< 10", "too_few")
    assert made("B1", few, None, None).rows[0].cells == ("B1", few, few, few)


def test_a_number_that_there_is_not_is_a_dash_with_a_note() -> None:
    assert made("B1", None, None, None).notes == ("“–”: dòng này không có số ấy.",)

"""Three ways of counting and units beside each other: what is said first, and what is not shown where nothing can be told."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

import pytest

import questionnaires
from analysis.comparison.funnel import Funnel
from analysis.comparison.said import Standing
from analysis.comparison.separation import Separation, Verdict
from analysis.domains import Domain
from analysis.estimation import Estimate
from analysis.figures import Figure, Release, Studies
from analysis.smoothing import smooth_of
from analysis.told import Importance
from survey_app.documents import basis_tables, change_sentences, city_report, figure_cells
from survey_app.documents.change_tables import is_counted, least_points
from survey_app.documents.city_report import Asked
from survey_app.documents.figure_cells import View
from survey_app.documents.flat_tables import flat_header, flat_rows
from survey_app.documents.importance_tables import importance
from survey_app.documents.report import Gap, Interval, Number, Panel, Paragraph, Picture, ReportDocument, Table
from survey_app.documents.rounding import rounded_gap

INSTRUMENT = questionnaires.load("sipas_counter", "2026-1")
TREE = INSTRUMENT.trees[0]
CITY = Domain("79", "city", None, {"vi": "Thành phố"}, {"26734": 1.0, "26737": 1.0}, {}, "received", False, (), 9000)
BLOCK = Domain("khoi", "area", "block", {"vi": "Khối phường"}, CITY.members, {}, "credited", False, (), 9000)
WARDS = [Domain(code, "unit", None, {"vi": f"Phường {code}"}, {code: 1.0}, {}, "credited", False, (), 4500) for code in CITY.members]


def estimated(value: float, n: int, low: float, high: float) -> Estimate:
    return Estimate(n, n, value, 0.01, 10, 0.01, 18.0, low, high, 0.95, "stabilised", 1.0)


def figure(domain: Domain, estimate: Estimate, **said: object) -> Figure:
    plain = Figure(domain.id, TREE.population, TREE.id, TREE.root, "all", "pooled", estimate, 12, estimate.n, estimate.n, False, None)
    return replace(plain, **said)  # type: ignore[arg-type] – the fields that a test names


def view(figures: Sequence[Figure], *standings: Standing, precise: bool = True, flagged: int = 100) -> View:
    studies = Studies((), (), True, False, (), None, bases={"finished": {"all": 2000, "unflagged": 2000 - flagged}}, standings=standings)
    release = Release(
        1, "79", "T1", "survey", "published", True, INSTRUMENT.id, INSTRUMENT.digest, "2026.1", 1, {}, "", "", "", None,
        datetime(2026, 11, 2), (CITY, BLOCK, *WARDS), tuple(figures), studies,
    )  # fmt: skip
    return View.of(release, INSTRUMENT, "vi", precise, {}, None)


def document(figures: Sequence[Figure], *standings: Standing, flagged: int = 100) -> ReportDocument:
    asked = Asked({"vi": "Đợt"}, date(2026, 9, 1), date(2026, 10, 31), date(2026, 10, 31))
    return city_report.build(view(figures, *standings, flagged=flagged), asked)


def standing(verdict: Verdict, units: int = 27) -> Standing:
    found = Separation(units, 0.001, 0.71, 0.62, 0.79, verdict)
    return Standing("khoi", TREE.id, TREE.root, units, found, found, Funnel(0.92, 0.001, units), ())


ALL = figure(CITY, estimated(0.941, 500, 0.92, 0.96))
FALLEN = figure(CITY, estimated(0.880, 400, 0.85, 0.90), basis="unflagged", gap=-0.061, gap_low=-0.09, gap_high=-0.03)
COMPARED = [
    figure(BLOCK, estimated(0.92, 900, 0.90, 0.94)),
    figure(
        WARDS[0], estimated(0.90, 120, 0.84, 0.95), band="indistinct", rank_low=5, rank_high=31, standardised=0.912, outside="inside",
        shrunk=0.908, shrunk_se=0.02,
    ),
    figure(WARDS[1], estimated(0.80, 120, 0.72, 0.86), band="below", rank_low=20, rank_high=40, standardised=0.81, outside="far_below"),
]  # fmt: skip


def words(document: ReportDocument) -> list[str]:
    return [part.text for part in document.parts if isinstance(part, Paragraph)]


def table(document: ReportDocument, id: str) -> Table:
    return next(one for one in document.tables() if one.id == id)


def test_ways_of_counting_that_differ_are_said_before_any_number() -> None:
    sentence = "Khi bỏ các phiếu có dấu hiệu bất thường, chỉ số đổi từ 94,1% xuống 88,0%; cần kiểm tra trước khi sử dụng."
    said = words(document([ALL, FALLEN]))
    assert said[1] == sentence
    assert not any(sign.isdigit() for sign in said[0])


def test_ways_of_counting_that_chance_may_explain_are_only_tabled() -> None:
    made = document([ALL, replace(FALLEN, gap_high=0.01)])
    assert [one for one in words(made) if one.startswith("Khi bỏ")] == []
    assert [cell.text for row in table(made, "bases").rows for cell in row.cells if isinstance(cell, Interval)] == [
        "94,1% (92,0–96,0)", "88,0% (85,0–90,0)", "−6,1 (từ −9,0 đến 1,0)",
    ]  # fmt: skip


def test_bodies_that_chance_may_explain_are_named_in_the_section_alone() -> None:
    """Of 20 units one gap leaves out 0: 5 % of 20 is one. Of three, three are more than chance."""
    units = [replace(WARDS[0], id=str(at), names={"vi": f"Phường số {at}"}, members={str(at): 1.0}) for at in range(20)]

    def said(differ: int, of: int) -> list[str]:
        gaps = [(one, {"gap": -0.05, "gap_low": -0.09, "gap_high": -0.01 if at < differ else 0.02}) for at, one in enumerate(units[:of])]
        part = [figure(one, estimated(0.88, 400, 0.85, 0.90), basis="unflagged", **gap) for one, gap in gaps]
        seen = view([ALL, *part])
        whole = replace(seen, release=replace(seen.release, domains=(CITY, *units[:of])))
        return words(city_report.build(whole, Asked({"vi": "Đợt"}, *(date(2026, 10, 1),) * 3)))

    alike = (
        "Ba cách tính cho kết quả gần như nhau: 1/20 lần so sánh đơn vị, nhóm chênh quá khoảng tin cậy, không nhiều hơn mức ngẫu nhiên "
        "(khoảng 1). Danh sách ở mục Ba cách tính."
    )
    few, many = said(1, 20), said(3, 3)
    top = few.index(alike)
    named = [(at > top, "cần kiểm tra" in one) for at, one in enumerate(few) if "Phường số 0" in one]
    assert named == [(True, False)]
    assert any("Phường số 0; Phường số 1; Phường số 2" in one for one in many)
    assert not any(one.startswith("Ba cách tính cho") for one in many)


VERIFIED = figure(CITY, estimated(0.900, 300, 0.86, 0.93), basis="verified", gap=-0.041, gap_low=-0.06, gap_high=-0.02)
POSTED = figure(CITY, estimated(0.968, 150, 0.93, 0.98), basis="open", gap=-0.068, gap_low=-0.11, gap_high=-0.02)


def test_verified_answers_are_set_against_the_posted_ones_not_against_all() -> None:
    """The gap of two sets without a common answer, with its interval, in the first sentence and in the table."""
    made = document([ALL, VERIFIED, POSTED])
    first = (
        "Phiếu có mã do hệ thống cấp cho chỉ số 90,0%, phiếu gửi bằng mã dán ở quầy cho 96,8%: chênh −6,8 (từ −11,0 đến −2,0) điểm; "
        "cần kiểm tra trước khi sử dụng."
    )
    assert words(made)[1] == first
    assert not any(one.startswith("Khi chỉ tính") for one in words(made))
    row = table(made, "bases").rows[0]
    assert [cell.text for cell in row.cells if isinstance(cell, Interval)] == [
        "94,1% (92,0–96,0)", "90,0% (86,0–93,0)", "−4,1 (từ −6,0 đến −2,0)", "96,8% (93,0–98,0)", "−6,8 (từ −11,0 đến −2,0)",
    ]  # fmt: skip
    assert "Mã do hệ thống cấp trừ mã dán ở quầy (điểm)" in dict(row.cells for row in table(made, "steps-bases").rows)


def test_where_the_posted_answers_are_not_told_the_gap_to_all_stands() -> None:
    hidden = replace(POSTED, estimate=None, gap=None, gap_low=None, gap_high=None, hidden="complementary")
    said = words(document([ALL, VERIFIED, hidden]))
    assert "Khi chỉ tính các phiếu gửi bằng mã do hệ thống cấp, chỉ số đổi từ 94,1% xuống 90,0%; cần kiểm tra trước khi sử dụng." in said


def test_the_gap_of_two_parts_does_not_give_away_a_bound_either() -> None:
    whole = replace(POSTED, estimate=estimated(1.0, 50, 0.93, 1.0), gap=-0.1, gap_high=-0.05)
    made = document([ALL, VERIFIED, whole])
    assert words(made)[1] == (
        "Phiếu có mã do hệ thống cấp cho chỉ số thấp hơn phiếu gửi bằng mã dán ở quầy; cần kiểm tra trước khi sử dụng."
    )
    assert table(made, "bases").rows[0].cells[-1] == Gap("–", "bound_only")


@pytest.mark.parametrize(("gap", "half", "warned"), [(-0.07, 0.02, False), (-0.09, 0.08, False), (-0.09, 0.05, True)])
def test_one_unit_of_many_is_to_be_checked_from_eight_points_and_three_errors_on(gap: float, half: float, warned: bool) -> None:
    """One unit in twenty is beyond its interval by chance. 18 df: t = 2.10, so an interval of ± 8 has errors of 3.8 points."""
    unit = WARDS[0]
    parts = [figure(unit, estimated(0.90, 120, 0.84, 0.95)), figure(unit, estimated(0.85, 60, 0.75, 0.91), basis="verified")]
    posted = figure(unit, estimated(0.93, 60, 0.85, 0.97), basis="open", gap=gap, gap_low=gap - half, gap_high=gap + half)
    seen = view([*parts, posted])
    alone = replace(seen, release=replace(seen.release, domains=(unit,)))
    made = city_report.build(alone, Asked({"vi": "Đợt"}, *(date(2026, 10, 1),) * 3))
    notices = [part.text for part in made.parts if isinstance(part, Paragraph) and part.tone == "notice"]
    assert any("cần kiểm tra trước khi sử dụng" in one for one in notices) == warned
    plain = [one for one in words(made) if "ở khoảng 1 trong 20 đơn vị" in one]
    assert [one.startswith("“Chỉ phiếu có mã do hệ thống cấp”: 85%; “Chỉ phiếu gửi bằng mã dán ở quầy”: 93%.") for one in plain] == (
        [] if warned else [True]
    )


def test_a_gap_does_not_give_away_a_value_of_which_only_a_bound_is_said() -> None:
    made = document([figure(CITY, estimated(1.0, 50, 0.93, 1.0)), replace(FALLEN, gap=-0.12, gap_low=-0.2, gap_high=-0.04)])
    assert Gap("–", "bound_only") in table(made, "bases").rows[0].cells
    assert "Khi bỏ các phiếu có dấu hiệu bất thường, chỉ số thấp hơn; cần kiểm tra trước khi sử dụng." in words(made)


def test_without_marked_answers_the_page_says_so_instead_of_a_column() -> None:
    made = document([ALL], flagged=0)
    assert "Không phiếu nào được đánh dấu là có dấu hiệu bất thường, nên bỏ các phiếu ấy vẫn cho cùng một số." in words(made)
    assert "Chưa có phiếu nào gửi bằng mã do hệ thống cấp, nên chưa có số theo cách tính này." in words(made)


def test_an_index_that_cannot_tell_units_apart_shows_no_band_rank_or_order() -> None:
    made = document(COMPARED, standing("none"))
    said = next(one for one in words(made) if one.startswith("Khối phường: Chỉ số này"))
    assert "Chỉ số này không phân biệt được các đơn vị, không dùng để xếp hạng." in said
    assert "không chia nhóm, không nêu vị trí và không xếp thứ tự" in said
    assert [column.id for column in table(made, "standings-khoi").columns] == ["code", "name", "index", "same_mix", "outside", "shrunk"]
    pictures = [part for part in made.parts if isinstance(part, Picture) and part.chart == "intervals"]
    assert "chưa phân biệt" not in pictures[0].alternative
    assert "Thấp nhất" not in pictures[0].alternative


def test_an_index_that_tells_units_apart_in_part_shows_where_each_lies() -> None:
    made = document(COMPARED, standing("weak"))
    assert any(
        "chỉ phân biệt được một phần các đơn vị. Độ tin cậy λ = 0,71 (khoảng tin cậy 95% từ 0,62 đến 0,79)" in one for one in words(made)
    )
    first, second = table(made, "standings-khoi").rows
    assert first.cells[3:] == (
        Number(0.912, "91,2%", 1, "share"), "chưa phân biệt được với khối", Interval(None, 5, 31, "5–31", 0, "count"), "trong giới hạn",
        Interval(0.908, 0.868, 0.948, "90,8% (86,8–94,8)", 1),
    )  # fmt: skip
    assert second.cells[4:7:2] == ("thấp hơn khối", "dưới giới hạn 99,8%")


def test_a_block_of_few_units_says_why_nothing_is_ordered() -> None:
    few = replace(standing("none", units=9), separation=None, same_mix=None)
    assert any("Dưới 10 đơn vị thì không thể nói" in one for one in words(document(COMPARED, few)))


def test_every_table_of_an_index_says_how_it_was_computed() -> None:
    made = document([ALL, *COMPARED], standing("weak"))
    panels = {part.id: part for part in made.parts if isinstance(part, Panel)}
    assert {"how-city", "how-units-khoi", "how-standings"} <= set(panels)
    steps = dict(row.cells for row in table(made, "steps-units-khoi").rows)  # type: ignore[misc] – two cells a row
    assert (steps["Phiên bản phương pháp"], steps["Số mầm của phép rút ngẫu nhiên"]) == ("2026.1", "1")


def test_importance_beside_an_index_of_verified_answers_says_that_it_is_of_all() -> None:
    """Of the block in the heading's sentence, in the title, in the words of the picture and over both tables; of the city nothing."""
    items = ("b1_general", "b2_general")
    told = [Importance(one.id, "overall", items, (0.3, 0.2), (0.25, 0.15), (0.35, 0.25), 0.5, 400) for one in (CITY, BLOCK)]
    seen = view([ALL, figure(BLOCK, estimated(0.92, 900, 0.90, 0.94)), figure(BLOCK, estimated(0.9, 300, 0.8, 0.95), basis="verified")])
    studies = replace(seen.release.studies, importances=tuple(told), wished={"khoi": "verified"}, headlines={"khoi": "verified"})
    seen = View.of(replace(seen.release, studies=studies), INSTRUMENT, "vi", True, {}, None)
    parts = list(importance(seen, [CITY]))
    said = "Phần này tính trên tất cả phiếu. Chỉ số của Khối phường tính theo cách khác: “Chỉ phiếu có mã do hệ thống cấp”."
    assert parts[1] == Paragraph(said)
    panel = next(part for part in parts if isinstance(part, Panel))
    picture = next(part for part in panel.parts if isinstance(part, Picture))
    tables = [picture.table, *(part for part in panel.parts if isinstance(part, Table))]
    for title in (panel.text, picture.alternative.partition(")")[0] + ")", *(one.caption for one in tables)):
        assert title.endswith("Khối phường: mức độ quan trọng và mức hài lòng (tính trên tất cả phiếu)")
    assert "tất cả phiếu" not in next(part for part in parts if isinstance(part, Picture)).alternative


@pytest.mark.parametrize(
    ("n", "text"), [(29, (-6.0, -10.0, 0.0)), (50, (-6.0, -9.0, -2.0)), (500, (-6.1, -8.8, -2.9)), (5000, (-6.12, -8.72, -2.95))]
)
def test_a_gap_is_rounded_on_the_grid_of_the_smaller_number_with_its_ends_outward(n: int, text: tuple[float, float, float]) -> None:
    shown = rounded_gap(-0.0612, -0.08713, -0.02957, n, share=True)
    assert (shown.estimate, shown.low, shown.high) == pytest.approx(text)


def test_below_thirty_answers_the_gap_of_scores_has_its_ends_by_tenths_of_their_range() -> None:
    """From 1 to 10 a tenth is 0.9: outward to −0.9 and 0.9."""
    shown = rounded_gap(-0.21, -0.61, 0.19, 29, share=False, ends=(1.0, 10.0))
    assert (shown.estimate, shown.low, shown.high) == pytest.approx((-0.2, -0.9, 0.9))


def test_a_gap_to_a_figure_that_leans_on_one_person_has_no_interval() -> None:
    leaning = figure(WARDS[0], replace(estimated(0.9, 50, 0.8, 0.95), ci_low=None, ci_high=None))
    part = replace(figure(WARDS[0], estimated(0.8, 40, 0.7, 0.9), basis="verified"), gap=-0.1, gap_low=-0.2, gap_high=0.0)
    cell = basis_tables.gap_cell(view([leaning, part]), leaning, part)
    assert isinstance(cell, Interval)
    assert (cell.estimate, cell.low, cell.high, cell.text) == (-10.0, None, None, "−10")


def test_the_smooth_variance_is_read_back_from_what_is_published() -> None:
    """V0 = 0.004, V = 0.002, df = 10: V* = (8·0.004 + 10·0.002)/18."""
    assert smooth_of(0.052 / 18, 0.002, 10) == pytest.approx(0.004)
    assert smooth_of(0.004, None, 0) == 0.004


def test_another_value_of_a_unit_never_reads_as_all_satisfied() -> None:
    ward = figure(WARDS[0], estimated(0.98, 50, 0.9, 1.0))
    cell = figure_cells.alone(view([ward]), 1.003, ward, TREE)
    assert cell is not None
    assert (cell.estimate, cell.text) == (None, "từ 99% trở lên")


@pytest.mark.parametrize(("language", "text"), [("vi", "90,8% (86,8–94,8)"), ("en", "90.8% (86.8–94.8)")])
def test_a_shrunken_value_has_the_interval_of_its_own_error(language: str, text: str) -> None:
    """0.908 ± 1.960 · 0.02 = 0.8688 to 0.9472, ends outward on the grid of 120 answers; files have its ends in columns of their own."""
    cell = figure_cells.shrunken(replace(view(COMPARED), language=language), COMPARED[1], TREE)
    assert cell is not None
    assert cell.text == text
    units = table(document(COMPARED, standing("weak")), "standings-khoi")
    assert [label.rpartition(": ")[2] for label in flat_header(units, "vi")[-2:]] == ["từ", "đến"]
    assert [flat.value for flat in next(flat_rows(units))[-3:]] == [0.908, 0.868, 0.948]


def test_a_shrunken_value_at_the_end_of_its_range_is_its_bound() -> None:
    """0.998 of 50 answers is printed 100 %: ± 1.960 · 0.02 leaves 0.9588."""
    near = replace(COMPARED[1], estimate=estimated(0.98, 50, 0.9, 1.0), shrunk=0.998, shrunk_se=0.02)
    cell = figure_cells.shrunken(view([near]), near, TREE)
    assert cell is not None
    assert (cell.estimate, cell.text) == (None, "từ 95% trở lên")


def test_beside_an_index_of_which_only_a_bound_is_said_no_other_value_of_the_unit_stands() -> None:
    """Its value at the same mix and its shrunken one would give the index back."""
    perfect = replace(COMPARED[1], estimate=estimated(1.0, 50, 0.93, 1.0))
    made = table(document([COMPARED[0], perfect, COMPARED[2]], standing("clear")), "standings-khoi")
    of_unit = dict(zip((column.id for column in made.columns), made.rows[0].cells, strict=True))
    assert of_unit["same_mix"] == of_unit["shrunk"] == Gap("–", "bound_only")
    assert any("giá trị chặn" in note for note in made.notes)
    assert isinstance(dict(zip((column.id for column in made.columns), made.rows[1].cells, strict=True))["same_mix"], Number)


def test_a_funnel_names_the_unit_that_is_not_placed_in_it() -> None:
    few = figure(WARDS[1], estimated(0.80, 16, 0.6, 0.9))
    made = document([*COMPARED[:2], few], standing("weak"))
    funnel = next(part for part in made.parts if isinstance(part, Picture) and part.chart == "funnel")
    assert any(note.endswith(": chỉ để tham khảo, không đặt vào biểu đồ.") for note in funnel.table.notes)


@pytest.mark.parametrize(
    ("q", "counted", "said", "short"),
    [
        (0.001, True, "Được tính là", "tăng"),
        (0.001, False, "Khó có thể do ngẫu nhiên, nhưng chưa đến 3 điểm", "rõ ràng, nhưng chưa đến 3 điểm"),
        (0.2, False, "Chưa đủ cơ sở nói là tăng hay giảm", "chưa đủ cơ sở nói là tăng hay giảm"),
    ],
    ids=["counted", "certain and small", "uncertain"],
)  # fmt: skip
def test_a_change_that_is_certain_but_small_is_not_called_uncertain(q: float, counted: bool, said: str, short: str) -> None:
    moved = figure(WARDS[0], estimated(0.9, 900, 0.88, 0.92), change=0.02, change_low=0.01, change_high=0.03, change_q=q)
    assert change_sentences.verdict("vi", moved, "3", counted=counted).startswith(said)
    assert change_sentences.short_verdict("vi", moved, "3", counted=counted) == short


@pytest.mark.parametrize(("tree", "node", "least", "counted"), [
    ("sipas", "sipas.B", "3", 0.03), ("papi_style", "ps.D", "0,27", 0.27), ("papi_style", "ps.trips", "0,0675", 0.0675),
])  # fmt: skip
def test_a_change_of_a_score_counts_from_three_hundredths_of_its_range_on(tree: str, node: str, least: str, counted: float) -> None:
    """1 to 10 are nine points, 0.25 to 2.5 are 2.25."""
    of_tree = next(one for one in INSTRUMENT.trees if one.id == tree)
    assert least_points("vi", of_tree, node) == least
    moved = replace(figure(WARDS[0], estimated(0.9, 900, 0.88, 0.92)), tree=tree, node=node, change_q=0.01)
    assert is_counted(replace(moved, change=-counted), of_tree)
    assert not is_counted(replace(moved, change=0.99 * counted), of_tree)

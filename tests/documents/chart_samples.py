"""One sample of every chart, with long names and every state that a value can have. Invented values."""

import csv
import math
import random
from datetime import datetime
from pathlib import Path

from analysis.figures import Release, Studies
from survey_app.documents import sentences
from survey_app.documents.charts.values import (
    Break,
    Chart,
    CoverageMap,
    Driver,
    FactorProfile,
    FactorRow,
    Funnel,
    FunnelPoint,
    ImportancePerformance,
    IntervalPlot,
    LevelBars,
    LevelRow,
    Limits,
    Outside,
    Place,
    Segment,
    Series,
    Trend,
    UnitRow,
)
from survey_app.documents.report import Gap, Interval, Number
from survey_app.words import number, percent, say

UNITS = Path(__file__).resolve().parents[2] / "survey_app" / "reference" / "units.csv"
LONG = "Trung tâm Phục vụ hành chính công phường Thạnh Mỹ Tây – Cơ sở Nguyễn Thị Minh Khai"
REASONS = ("too_few", "complementary", "part_missing", "withheld", "not_surveyed")


def share(language: str, value: float, half: float, *marks: str) -> Interval:
    low, high = max(value - half, 0.0), min(value + half, 1.0)
    mark = "".join("°" if one == "reference_only" else "⟲" for one in marks)
    around = f" ({number(language, 100 * low, 1)}–{number(language, 100 * high, 1)})"
    return Interval(value, low, high, percent(language, value, 1) + mark + around, 1, "share", mark, marks)


def at_least(language: str, low: float) -> Interval:
    return Interval(None, low, None, say(language, "{low} or more", low=percent(language, low, 0)), 0, "share")


def points(language: str, value: float, half: float) -> Interval:
    return Interval(value, value - half, value + half, number(language, value, 2), 2, "points")


def gap(language: str, reason: str) -> Gap:
    return Gap(sentences.short_reason(language, reason), reason)


def names(language: str, province: str = "31") -> list[str]:
    with UNITS.open(encoding="utf-8", newline="") as file:
        return [row[f"name_{language}"] for row in csv.DictReader(file) if row["province"] == province]


def interval_plot(language: str = "vi", told_apart: bool = True) -> IntervalPlot:
    found = names(language)
    rows = [
        UnitRow(found[0], share(language, 0.957, 0.018), "above"),
        UnitRow(found[1], share(language, 0.912, 0.031), "indistinct"),
        UnitRow(LONG, share(language, 0.884, 0.022), "indistinct"),
        UnitRow(found[2], share(language, 0.87, 0.11, "reference_only")),
        UnitRow(found[3], share(language, 0.861, 0.04, "held_over")),
        UnitRow(found[4], share(language, 0.78, 0.05), "below"),
        UnitRow(found[5], at_least(language, 0.91)),
        *(UnitRow(name, gap(language, reason)) for name, reason in zip(found[6:], REASONS, strict=False)),
    ]
    return IntervalPlot(
        language, title(language), index(language), (0.6, 1.0), "share", tuple(rows), share(language, 0.8842, 0.008),
        "Khối phường, xã" if language == "vi" else "Wards and communes", told_apart,
        (sentences.mark_sentence(language, "reference_only", None), sentences.mark_sentence(language, "held_over", 3)),
    )  # fmt: skip


def title(language: str) -> str:
    return "Chỉ số hài lòng của từng đơn vị, đợt tháng 10/2026" if language == "vi" else "Satisfaction index by unit, October 2026"


def index(language: str) -> str:
    return "Chỉ số hài lòng" if language == "vi" else "Satisfaction index"


def full_plot(language: str = "vi", count: int = 168) -> IntervalPlot:
    found, draw = [*names(language), *names(language, "79")][:count], random.Random(5)
    rows = []
    for i, name in enumerate(found):
        value = min(0.985, max(0.7, draw.gauss(0.9, 0.04)))
        rows.append(UnitRow(name, gap(language, "too_few") if i % 13 == 4 else share(language, value, 0.01 + 0.03 * draw.random())))
    return IntervalPlot(
        language, title(language), index(language), (0.6, 1.0), "share", tuple(rows), share(language, 0.9, 0.005), "TB", False
    )


def funnel(language: str = "vi", count: int = 168) -> Funnel:
    found, draw = [*names(language), *names(language, "79")][:count], random.Random(11)
    placed, spread = [], 0.02**2
    for i, name in enumerate(found):
        n = math.exp(draw.gauss(math.log(120), 0.8))
        error = math.sqrt(0.9 * 0.1 / n + spread)
        value = min(0.99, draw.gauss(0.9, error))
        z = abs(value - 0.9) / error
        outside: Outside = "99.8" if z > 3.09 else "95" if z > 1.96 else "inside"
        placed.append(FunnelPoint(name, gap(language, REASONS[i % 5]) if i % 17 == 3 else share(language, value, 1.96 * error), n, outside))
    placed.append(FunnelPoint(LONG, share(language, 0.71, 0.06), 160, "99.8"))
    placed.append(FunnelPoint(found[0], at_least(language, 0.93), 45))
    limits = []
    for n in (15 * 1.25**k for k in range(20)):
        error = math.sqrt(0.9 * 0.1 / n + spread)
        limits.append(Limits(n, 0.9 - 1.96 * error, 0.9 + 1.96 * error, 0.9 - 3.09 * error, 0.9 + 3.09 * error))
    centre = "Giá trị chung của khối" if language == "vi" else "Block"
    return Funnel(language, title(language), index(language), "share", share(language, 0.9, 0.004), centre, tuple(limits), tuple(placed))


FACTORS = {
    "vi": ("Tiếp cận dịch vụ", "Thủ tục hành chính", "Công chức trực tiếp giải quyết công việc", "Kết quả cung ứng dịch vụ",
           "Việc tiếp nhận và giải quyết ý kiến góp ý, phản ánh, kiến nghị"),
    "en": ("Access to the service", "Administrative procedure", "Civil servants who handle the file", "Result of the service",
           "Receiving and settling comments, reports and petitions"),
}  # fmt: skip


def factor_profile(language: str = "vi") -> FactorProfile:
    values = (share(language, 0.93, 0.03), share(language, 0.81, 0.05), share(language, 0.955, 0.02), at_least(language, 0.9),
              gap(language, "complementary"))  # fmt: skip
    cities = [share(language, value, 0.015) for value in (0.9, 0.87, 0.9, 0.93, 0.82)]
    rows = [FactorRow(*row) for row in zip(FACTORS[language], values, cities, strict=True)]
    unit, city = names(language)[0], "thành phố, khoảng tin cậy 95%" if language == "vi" else "the city, 95% interval"
    words = "Năm yếu tố: {}" if language == "vi" else "Five factors: {}"
    return FactorProfile(language, words.format(unit), index(language), (0.6, 1.0), "share", unit, city, tuple(rows))


def importance(language: str = "vi") -> ImportancePerformance:
    performance = (0.93, 0.81, 0.955, 0.92, 0.82)
    weights = (0.11, 0.27, 0.33, 0.2, 0.09)
    drivers = [
        Driver(name, share(language, weight, 0.04), share(language, value, 0.02))
        for name, weight, value in zip(FACTORS[language], weights, performance, strict=True)
    ]
    drivers.append(Driver("Phí, lệ phí" if language == "vi" else "Fees", gap(language, "part_missing"), share(language, 0.9, 0.03)))
    words = ("Yếu tố nào gắn với sự hài lòng chung", "Mức hài lòng với yếu tố", "Phần gắn với sự hài lòng chung")
    if language == "en":
        words = ("Which factors go with overall satisfaction", "Satisfaction with the factor", "Share associated with overall satisfaction")
    return ImportancePerformance(language, *words, "share", "share", tuple(drivers), (0.887, 0.2))


def trend(language: str = "vi") -> Trend:
    releases = tuple(f"{half}/{year}" for year in (2024, 2025, 2026) for half in (("6", "12")))
    unit = Series(
        names(language)[0],
        (share(language, 0.84, 0.03), share(language, 0.86, 0.03), gap(language, "complementary"), share(language, 0.9, 0.025),
         share(language, 0.915, 0.02, "held_over"), at_least(language, 0.93)),
    )  # fmt: skip
    city = Series(
        "Toàn thành phố" if language == "vi" else "The city",
        tuple(share(language, value, 0.008) for value in (0.86, 0.865, 0.872, 0.881, 0.879, 0.884)),
    )
    why = "Bộ câu hỏi đã thay đổi nên không so sánh được với kỳ trước." if language == "vi" else "The questions have changed."
    return Trend(language, title(language), index(language), (0.7, 1.0), "share", releases, (unit, city), (Break(3, why),))


LEVELS = {
    "vi": ("Rất không hài lòng", "Không hài lòng", "Bình thường", "Hài lòng", "Rất hài lòng"),
    "en": ("Very dissatisfied", "Dissatisfied", "Neutral", "Satisfied", "Very satisfied"),
}


def level_bars(language: str = "vi") -> LevelBars:
    def segments(*parts: tuple[int, int, float]) -> tuple[Segment, ...]:
        return tuple(Segment(first, last, Number(value, percent(language, value, 0), 0, "share")) for first, last, value in parts)

    rows = (
        LevelRow(FACTORS[language][0], segments((0, 0, 0.03), (1, 1, 0.05), (2, 2, 0.12), (3, 3, 0.45), (4, 4, 0.35))),
        LevelRow(FACTORS[language][1], segments((0, 0, 0.14), (1, 1, 0.19), (2, 2, 0.2), (3, 3, 0.32), (4, 4, 0.15))),
        LevelRow(FACTORS[language][2], segments((0, 1, 0.06), (2, 2, 0.09), (3, 3, 0.4), (4, 4, 0.45))),
        LevelRow(FACTORS[language][3], segments((4, 4, 1.0))),
        LevelRow(FACTORS[language][4], gap(language, "too_few")),
    )
    return LevelBars(language, title(language), LEVELS[language], rows)


def coverage_map(language: str = "vi", province: str = "79") -> CoverageMap:
    draw, places = random.Random(3), []
    with UNITS.open(encoding="utf-8", newline="") as file:
        for i, row in enumerate(one for one in csv.DictReader(file) if one["province"] == province):
            value = min(0.4, math.exp(draw.gauss(math.log(0.06), 0.8)))
            cell = gap(language, REASONS[i % 5]) if i % 20 == 7 else Number(value, percent(language, value, 1), 1, "share")
            at = (float(row["latitude"]), float(row["longitude"])) if i % 40 != 9 else None
            places.append(Place(row[f"name_{language}"], at, cell))
    words = "Tỷ lệ hồ sơ có ý kiến, theo đơn vị" if language == "vi" else "Share of files with an answer, by unit"
    return CoverageMap(language, words, (0.02, 0.05, 0.1, 0.2), tuple(places))


def release(*, simulated: bool) -> Release:
    """Number 3, without a figure."""
    return Release(
        3, "79", "T1", "survey", "draft", simulated, "survey-2026", "", "2026.1", 1, {}, "", "", "", None,
        datetime(2026, 11, 2), (), (), Studies((), (), True, False, (), None),
    )  # fmt: skip


def all_charts(language: str) -> dict[str, Chart]:
    made = (interval_plot, funnel, factor_profile, importance, trend, level_bars, coverage_map)
    return {one.__name__: one(language) for one in made}

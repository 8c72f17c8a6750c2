"""Factor profile: one unit factor by factor, each before the band of the city."""

from survey_app.documents.charts import ink
from survey_app.documents.charts.ink import FAINT, INK, LINE
from survey_app.documents.charts.rows import axis_below, gap_words, lay_out, nothing, whisker
from survey_app.documents.charts.scales import Scale, ends, widened
from survey_app.documents.charts.sheet import Sheet
from survey_app.documents.charts.values import FactorProfile, Value
from survey_app.documents.report import Gap, Interval

ROW, BAND = 7.2, 4.6  # mm


def draw(chart: FactorProfile) -> Sheet:
    sheet = Sheet(chart.title, chart.stamp)
    if not chart.rows:
        nothing(sheet, chart.language)
        sheet.notes(chart.notes)
        return sheet
    rows = lay_out(sheet, chart.language, [row.label for row in chart.rows], [row.value for row in chart.rows], ROW)
    axis = widened(chart.axis, ends([one for row in chart.rows for one in (row.value, row.city)]))
    scale = axis_below(sheet, rows, axis, chart.unit, chart.language, chart.axis_label)
    for row, middle in zip(chart.rows, rows.middles, strict=True):
        _band(sheet, scale, middle, row.city)
        if isinstance(row.value, Gap):
            gap_words(sheet, rows, middle, row.value, chart.language)
            continue
        few = "reference_only" in row.value.marks
        whisker(sheet, scale, middle, row.value, ink.BLUE, few)
        if row.value.estimate is not None:
            mark = ink.REFERENCE if few else ink.HELD_OVER if row.value.marks else ink.POINT_MARK
            sheet.mark((scale.at(row.value.estimate),), (middle,), mark)
    _legend(sheet, chart)
    sheet.notes(chart.notes)
    return sheet


def _band(sheet: Sheet, scale: Scale, middle: float, city: Value) -> None:
    if not isinstance(city, Interval):
        return
    if city.low is not None or city.high is not None:
        low = scale.at(scale.low if city.low is None else city.low)
        high = scale.at(scale.high if city.high is None else city.high)
        sheet.box(low, middle - BAND / 2, max(high - low, 0.4), BAND, face=FAINT, edge=LINE, line=0.4, above=1)
    if city.estimate is not None:
        x = scale.at(city.estimate)
        sheet.line((x, x), (middle - BAND / 2, middle + BAND / 2), INK, 0.9, above=2)


def _legend(sheet: Sheet, chart: FactorProfile) -> None:
    def unit(x: float, y: float) -> None:
        sheet.line((x - 2.4, x + 2.4), (y, y), ink.BLUE, 1.1, above=3)
        sheet.mark((x,), (y,), ink.POINT_MARK)

    def city(x: float, y: float) -> None:
        sheet.box(x - 2.4, y - 1.1, 4.8, 2.2, face=FAINT, edge=LINE, line=0.4)
        sheet.line((x, x), (y - 1.1, y + 1.1), INK, 0.9, above=2)

    sheet.legend([(unit, chart.unit_label), (city, chart.city_label)])

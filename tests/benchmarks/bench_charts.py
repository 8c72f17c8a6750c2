"""CPU seconds of every kind of chart as SVG and PNG, the longest that a page shows among them; the best of five, nothing remembered.

python -m tests.benchmarks.bench_charts
"""

import sys
import time
from collections.abc import Iterator
from dataclasses import replace

from survey_app.documents.charts import output
from survey_app.documents.charts.output import Format
from survey_app.documents.charts.values import Chart
from tests.documents import chart_samples as samples

WANTED: dict[Format, float] = {"svg": 0.2, "png": 0.4}
TIMES = 5


def charts() -> Iterator[tuple[str, Chart]]:
    yield from samples.all_charts("vi").items()
    yield "168 units", samples.full_plot()
    bars = samples.level_bars()
    yield "36 level bars", replace(bars, rows=bars.rows[:3] * 12)


def seconds(chart: Chart, format: Format) -> float:
    found = []
    for _ in range(TIMES):
        output._made.clear()
        started = time.process_time()
        output.drawn(chart, format)
        found.append(time.process_time() - started)
    return min(found)


def main() -> None:
    seconds(samples.trend(), "png")  # fonts are opened
    missed = False
    for name, chart in charts():
        taken = {format: seconds(chart, format) for format in WANTED}
        missed = missed or any(taken[format] > most for format, most in WANTED.items())
        said = ", ".join(f"{format} {taken[format]:.3f} (wanted: {most})" for format, most in WANTED.items())
        sys.stdout.write(f"{name:22s} {said} CPU s\n")
    sys.exit(missed)


if __name__ == "__main__":
    main()

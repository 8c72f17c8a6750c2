"""The city job on a table of one's own: CPU seconds and peak memory of the whole command, by number of answers.

25 items and 5 pooled factors, mean and share of the two best answers each, in 300 units and in 40 areas, weights raked to
three margins or post-stratified; a sampling unit is the answer itself, or a reception point on a day. 10 million answers
only when asked for. Small and large tables are measured by turns, and medians are told: one machine is shared and noisy. Files are
made by duckdb from a fixed seed, in a process of its own, because a process begins with the peak memory of the one that started it.
Modules are compiled once, before anything is measured.
Run from the project folder: python -m tests.benchmarks.bench_any_table [10000000]
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import duckdb

from tests.benchmarks.compiled import surroundings

SEED, ROUNDS = 20_260_504, 7
SMALL, LARGE, HUGE = 100_000, 1_000_000, 10_000_000
ITEMS, FACTORS = 25, 5
GIGABYTE = 1_000_000_000
ITSELF = (sys.executable, "-m", "tests.benchmarks.bench_any_table")


@dataclass(frozen=True)
class Job:
    name: str
    design: tuple[str, ...]
    weights: tuple[str, ...]
    seconds: float
    gigabytes: float


@dataclass(frozen=True)
class Used:
    seconds: float
    gigabytes: float


ROW, POINT_DAY = ("--stratum", "unit"), ("--stratum", "unit", "--psu", "point_day")
RAKED = ("--rake", "by_unit.csv", "--rake", "by_sector.csv", "--rake", "by_age_sex.csv")
POSTSTRATIFIED = ("--poststratify", "by_unit_sector.csv")
JOBS = (
    Job("an answer is a sampling unit, raked", ROW, RAKED, 2.0, 0.4),
    Job("an answer is a sampling unit, post-stratified", ROW, POSTSTRATIFIED, 2.0, 0.4),
    Job("a point on a day is one, raked", POINT_DAY, RAKED, 4.0, 0.6),
    Job("a point on a day is one, post-stratified", POINT_DAY, POSTSTRATIFIED, 4.0, 0.6),
)
GROWTH, HUGE_GIGABYTES = 2.0, 4.0

ANSWERS = """
COPY (
  WITH drawn AS (SELECT i, floor(300 * pow(u(i, 0), 1.4))::INTEGER AS unit, floor(2 * u(i, 1))::INTEGER AS point,
                        floor(90 * u(i, 2))::INTEGER AS day, (1 + floor(8 * pow(u(i, 3), 1.5)))::TINYINT AS sector,
                        floor(5 * u(i, 4))::TINYINT AS age, (1 + floor(2 * u(i, 5)))::TINYINT AS sex FROM range({rows}) AS rows(i))
  SELECT format('unit {{:03d}}', unit) AS unit, format('area {{:02d}}', (unit * 7) % 40) AS area,
         format('{{:03d}}|{{}}|{{:02d}}', unit, point, day) AS point_day,
         sector, age, sex, (2 + hash(unit, sector) % 4 + hash(age, sex) % 3)::TINYINT AS files,
         {items}
  FROM drawn ORDER BY i
) TO '{file}' (FORMAT parquet)
"""
ITEM = """CASE WHEN u(i, {draw}) < 0.04 THEN NULL
  ELSE least(5, 1 + floor(5.3 * pow(u(i, {draw} + 100), 0.15 + 0.4 * u(unit, 7) + 0.3 * u(unit * 1000 + point * 100 + day, 8))))::TINYINT
  END AS q{item}"""
MARGIN = "COPY (SELECT {columns}, sum(files) AS population FROM '{answers}' GROUP BY {columns} ORDER BY {columns}) TO '{file}' (HEADER)"
"""Each answer stands for 2 to 7 files, by unit × sector and by age × sex: so all margins have one total."""


def make(folder: Path, rows: int) -> None:
    """answers.parquet and the margin files. u(i, k): number k of row i, in 0…1, the same on every machine."""
    with duckdb.connect() as made:
        made.execute(f"CREATE MACRO u(i, k) AS (hash(i::BIGINT * 1000 + k + {SEED}::BIGINT * 1000003) % 1000000007) / 1000000007.0")
        asked = ",\n".join(ITEM.format(item=item, draw=10 + item) for item in range(1, ITEMS + 1))
        made.execute(ANSWERS.format(rows=rows, items=asked, file=folder / "answers.parquet"))
        for columns in (("unit",), ("sector",), ("age", "sex"), ("unit", "sector")):
            name = folder / f"by_{'_'.join(columns)}.csv"
            made.execute(MARGIN.format(columns=", ".join(columns), answers=folder / "answers.parquet", file=name))


def items() -> list[str]:
    return [f"q{item}" for item in range(1, ITEMS + 1)]


def factors() -> list[str]:
    size = ITEMS // FACTORS
    return ["+".join(items()[first : first + size]) for first in range(0, ITEMS, size)]


def estimators() -> list[str]:
    asked = ["--mean", ",".join([*items(), *factors()])]
    for variables in (*items(), *factors()):
        asked += ["--share", f"{variables}=4,5"]
    return asked


def measured(job: Job, folder: Path) -> Used:
    """CPU seconds (all threads) and peak memory of one run of the command, start-up included."""
    command = [sys.executable, "-m", "analysis", "estimate", "answers.parquet", *job.design, *job.weights, *estimators()]
    with (folder / "result.json").open("wb") as result:
        run = subprocess.Popen(
            [*command, "--by", "unit", "--by", "area", "--json"], cwd=folder, stdout=result, env=surroundings(folder.parent),
        )  # fmt: skip
        _, status, used = os.wait4(run.pid, 0)
    if status:
        raise SystemExit(f"the command failed: {job.name}")
    return Used(used.ru_utime + used.ru_stime, used.ru_maxrss * 1024 / GIGABYTE)


def by_turns(job: Job, folders: Sequence[Path], rounds: int = ROUNDS) -> list[list[Used]]:
    """One run in each folder, again and again: what disturbs the machine for a while disturbs all of them. Of every folder, its runs."""
    subprocess.run([sys.executable, "-m", "analysis", "--help"], env=surroundings(folders[0].parent), check=True, capture_output=True)
    turns = [[measured(job, folder) for folder in folders] for _ in range(rounds)]
    return [list(runs) for runs in zip(*turns, strict=True)]


def seconds_of(runs: Sequence[Used]) -> float:
    return median(used.seconds for used in runs)


def report(job: Job, rows: int, runs: Sequence[Used]) -> bool:
    """Says what the runs took; whether that is within the limits."""
    seconds, memory = (job.seconds, job.gigabytes) if rows <= LARGE else (float("inf"), HUGE_GIGABYTES)
    spent, peak = seconds_of(runs), max(used.gigabytes for used in runs)
    limit = f" (at most {seconds:.0f})" if rows <= LARGE else ""
    used = f"{spent:.2f} CPU s{limit}{verdict(spent, seconds)}, {peak:.2f} GB (at most {memory}){verdict(peak, memory)}"
    sys.stdout.write(f"  {rows:>10,} answers: {used}\n")
    return spent <= seconds and peak <= memory


def verdict(found: float, most: float) -> str:
    return "" if found <= most else "  <- missed"


def main() -> int:
    good = True
    with tempfile.TemporaryDirectory() as made:
        small, large, huge = (Path(made) / str(rows) for rows in (SMALL, LARGE, HUGE))
        asked = [small, large, *([huge] if str(HUGE) in sys.argv[1:] else [])]
        for folder in asked:
            folder.mkdir()
            subprocess.run([*ITSELF, "make", str(folder), folder.name], check=True)
        for job in JOBS:
            sys.stdout.write(f"{job.name}\n")
            sys.stdout.flush()
            turns = by_turns(job, (small, large))
            for rows, runs in zip((SMALL, LARGE), turns, strict=True):
                good = report(job, rows, runs) and good
            growth = median(more.seconds / less.seconds for less, more in zip(*turns, strict=True))
            sys.stdout.write(f"  {SMALL:,} to {LARGE:,}: {growth:.2f} × (at most {GROWTH:.0f}){verdict(growth, GROWTH)}\n")
            good = good and growth <= GROWTH
            if huge in asked:
                good = report(job, HUGE, by_turns(job, (huge,), 1)[0]) and good
    return 0 if good else 1


if __name__ == "__main__":
    if sys.argv[1:2] == ["make"]:
        make(Path(sys.argv[2]), int(sys.argv[3]))
    else:
        sys.exit(main())

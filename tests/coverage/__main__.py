"""The coverage study of methodology §16: python -m tests.coverage [--cities 1000] [--seed 16] [--processes 2].

Cities are kept in var/coverage/ as they are done, so that an interrupted study goes on; any change of the arithmetic, the generator
or the study itself begins anew. The tables go to results.md beside this file.
"""

import argparse
import hashlib
import os
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import replace
from pathlib import Path

import numpy as np

from tests.coverage import report
from tests.coverage.city import Law, judged
from tests.coverage.classes import Floats, counted
from tests.coverage.report import Run

PROJECT = Path(__file__).resolve().parents[2]
RESULTS = Path(__file__).parent / "results.md"
KEPT = PROJECT / "var" / "coverage"

HALVES = (Law(0.92, 0.03), Law(0.80, 0.06))
FEW_DAYS = tuple(replace(law, answers=40, days=(3, 9), of_a_day=0.5) for law in HALVES)
CHOSEN = {odds: tuple(replace(law, odds=odds) for law in HALVES) for odds in (1.5, 0.67)}
"""Laws of the cities of each run; they take turns."""
FEWER = 200
"""Cities at most of every run but the first."""

Seed = tuple[int, int, int]
"""Of the study, of the run, number of the city."""
Done = tuple[float, Floats]
"""CPU seconds, sums of its classes."""


def main() -> int:
    asked = argparse.ArgumentParser(prog="make coverage", description="Coverage of the intervals on simulated cities")
    asked.add_argument("--cities", type=int, default=1000)
    asked.add_argument("--seed", type=int, default=16)
    asked.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    given = asked.parse_args()
    began, spent = time.monotonic(), 0.0
    runs = []
    for number, laws in enumerate((HALVES, *CHOSEN.values(), FEW_DAYS)):
        cities = given.cities if number == 0 else min(given.cities, FEWER)
        done = run(laws, [(given.seed, number, city) for city in range(cities)], given.processes)
        runs.append(Run(laws, np.stack([sums for _, sums in done])))
        spent += sum(seconds for seconds, _ in done)
    text = report.written(runs[0], runs[-1], dict(zip(CHOSEN, runs[1:-1], strict=True)), given.seed)
    RESULTS.write_text(text, encoding="utf-8")
    sys.stderr.write(f"{RESULTS}: {time.monotonic() - began:.0f} s now; the cities took {spent:.0f} CPU s in all\n")
    return 0


def run(laws: Sequence[Law], seeds: Sequence[Seed], processes: int) -> list[Done]:
    """Every city once, those already kept from before; in the order of their numbers."""
    kept = KEPT / _version()
    kept.mkdir(parents=True, exist_ok=True)
    done = {seed: _load(_path(kept, seed)) for seed in seeds if _path(kept, seed).exists()}
    for seed, one in _made(laws, [seed for seed in seeds if seed not in done], processes):
        np.savez(_path(kept, seed), seconds=one[0], sums=one[1])
        done[seed] = one
    return [done[seed] for seed in seeds]


def one_city(laws: Sequence[Law], seed: Seed) -> Done:
    began = time.process_time()
    sums = counted(judged(laws[seed[-1] % len(laws)], seed))
    return time.process_time() - began, sums


def _made(laws: Sequence[Law], seeds: Sequence[Seed], processes: int) -> Iterator[tuple[Seed, Done]]:
    began = time.monotonic()
    with ProcessPoolExecutor(processes) as pool:
        waiting = {pool.submit(one_city, laws, seed): seed for seed in seeds}
        for number, ready in enumerate(as_completed(waiting), 1):
            yield waiting[ready], ready.result()
            left = (time.monotonic() - began) / number * (len(seeds) - number)
            if number % 10 == 0 or number == len(seeds):
                sys.stderr.write(f"run {seeds[0][1] + 1}: {number} of {len(seeds)} cities, about {left / 60:.0f} min left\n")


def _path(kept: Path, seed: Seed) -> Path:
    return kept / f"{'-'.join(map(str, seed))}.npz"


def _load(path: Path) -> Done:
    with np.load(path) as found:
        return float(found["seconds"]), found["sums"]


def _version() -> str:
    """Of everything a city is made of and judged by."""
    parts = [*PROJECT.glob("analysis/*.py"), *PROJECT.glob("analysis/simulated/*.py"), *RESULTS.parent.glob("*.toml")]
    parts += [RESULTS.with_name(name) for name in ("city.py", "classes.py", "truth.py")]
    return hashlib.sha256(b"".join(path.read_bytes() for path in sorted(parts))).hexdigest()[:12]


if __name__ == "__main__":
    sys.exit(main())

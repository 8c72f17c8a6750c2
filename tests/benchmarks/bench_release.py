"""A release of 20,000 and of 1,000,000 stored answers of one city, three bases: CPU seconds by stage, peak memory, growth.

The whole way, from the database to the stored release, in a process of its own (start included), with an earlier release of the
wave before it. Modules are compiled while the city is built. Rank sets of 300 units beside it.
Run from the project folder: python -m tests.benchmarks.bench_release
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path

import numpy as np

from analysis import release
from analysis.comparison.rank_sets import rank_sets
from survey_app import create_app
from survey_app.services import counted_answers, releases
from survey_app.settings import read
from survey_app.storage import releases as stored
from tests.benchmarks import large_city
from tests.benchmarks.compiled import surroundings

TARGETS = {20_000: 4.0, 1_000_000: 20.0}
MEMORY = 1_000
RANKS, RANKED = 1.0, 300
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1"}
"""What the application gives itself by importing `analysis` first; this script imports numpy before it."""
ITSELF = (sys.executable, "-m", "tests.benchmarks.bench_release")
STAGES = (
    (releases, "_newest", "the release before"),
    (counted_answers, "_coded", "answers read and coded"),
    (counted_answers.counted_flags, "flags", "flags read"),
    (counted_answers, "sources", "populations"),
    (release, "on_every_basis", "weighed, summed, estimated, cut, on every basis"),
    (release, "secured", "audited"),
    (release, "_compared", "units compared"),
    (release, "beside", "levels, importance, quality"),
    (release, "digest_of", "digest"),
    (stored, "add", "stored"),
)


def main() -> int:
    good = _rank_sets() <= RANKS
    for size, target in TARGETS.items():
        with tempfile.TemporaryDirectory() as folder:
            around = surroundings(Path(folder)) | ONE_THREAD
            subprocess.run([*ITSELF, "build", folder, str(size)], check=True, env=around)
            sys.stdout.write(f"release of {size} answers:\n")
            sys.stdout.flush()
            made = subprocess.Popen([*ITSELF, "make", folder], env=around)
            _, status, used = os.wait4(made.pid, 0)
        spent, peak = used.ru_utime + used.ru_stime, used.ru_maxrss // 1024
        sys.stdout.write(f"  in all: {spent:.1f} CPU s (at most {target:.0f}), peak {peak} MB (at most {MEMORY})\n")
        good = good and status == 0 and spent <= target and peak <= MEMORY
    return 0 if good else 1


def _rank_sets() -> float:
    rng = np.random.default_rng(1)
    value, variance = rng.normal(0.9, 0.03, RANKED), rng.uniform(0.0002, 0.0006, RANKED)
    began = time.process_time()
    rank_sets(value, variance, 1)
    spent = time.process_time() - began
    sys.stdout.write(f"rank sets of {RANKED} units: {spent:.2f} CPU s (at most {RANKS:.0f})\n")
    return spent


def _make(folder: str) -> None:
    create_app(read({"SURVEY_DATA_DIR": folder}))
    spent: dict[str, float] = {}
    for module, name, label in STAGES:
        setattr(module, name, _timed(getattr(module, name), label, spent))
    made = releases.make(large_city.WAVE, None, datetime.now(UTC))
    for label, seconds in spent.items():
        sys.stdout.write(f"  {label}: {seconds:.2f} CPU s\n")
    sys.stdout.write(f"  {len(made.figures)} figures, bases {sorted({figure.basis for figure in made.figures})}\n")


def _timed(function: Callable[..., object], label: str, spent: dict[str, float]) -> Callable[..., object]:
    @wraps(function)
    def timed(*args: object, **named: object) -> object:
        began = time.process_time()
        try:
            return function(*args, **named)
        finally:
            spent[label] = spent.get(label, 0.0) + time.process_time() - began

    return timed


if __name__ == "__main__":
    if sys.argv[1:2] == ["build"]:
        create_app(read({"SURVEY_DATA_DIR": str(Path(sys.argv[2]))}))
        large_city.build(int(sys.argv[3]))
    elif sys.argv[1:2] == ["make"]:
        _make(sys.argv[2])
    else:
        sys.exit(main())

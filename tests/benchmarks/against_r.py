"""The city job on 100,000 answers against R survey with fixed weights: the ratio of CPU seconds, stored beside this file.

R computes the first items only; its seconds are scaled up to all items and factors, and the file says so. `make bench-r`.
"""

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import duckdb

from tests.benchmarks.bench_any_table import FACTORS, ITEMS, JOBS, ROUNDS, SMALL, best, make

HERE = Path(__file__).parent
MEASURED_ITEMS = 1
RESULT = HERE / "against_r.json"


def main() -> int:
    if shutil.which("Rscript") is None:
        sys.stdout.write("No R on this machine: nothing measured. Debian: apt-get install r-cran-survey\n")
        return 0
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        make(folder, SMALL)
        with duckdb.connect() as reading:
            answers = reading.read_parquet(str(folder / "answers.parquet")).project("*, 2 + hash(unit, sector) % 4 AS weight")
            answers.write_csv(str(folder / "answers.csv"), header=True)
        ours = best(JOBS[0], folder, ROUNDS).seconds
        command = ["Rscript", str(HERE / "against_r.R"), str(folder / "answers.csv"), str(MEASURED_ITEMS)]
        part = float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        asked = ["Rscript", "-e", "cat(as.character(packageVersion('survey')))"]
        version = subprocess.run(asked, check=True, capture_output=True, text=True)
    theirs = part * (ITEMS + FACTORS) / MEASURED_ITEMS
    found = {
        "job": f"{SMALL} answers, mean and share of {ITEMS} items and {FACTORS} factors, 300 units and 40 areas",
        "r_survey": version.stdout.strip(),
        "r_items_measured": MEASURED_ITEMS,
        "r_seconds_measured": round(part, 1),
        "r_seconds_scaled": round(theirs, 1),
        "our_seconds": round(ours, 2),
        "ratio": round(theirs / ours),
        "note": "R with fixed weights and nothing read or printed; ours is the whole command, raked, with raking-aware variance",
    }
    RESULT.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    sys.stdout.write(RESULT.read_text(encoding="utf-8"))
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""The city job on 100,000 answers against R survey with fixed weights: the ratio of CPU seconds, stored beside this file.

R computes the first items only; its seconds are scaled up to all items and factors, and the file says so. What both computed
must agree. `make bench-r`.
"""

import csv
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import duckdb

from tests.benchmarks.bench_any_table import FACTORS, ITEMS, ROW, SMALL, Job, by_turns, make, seconds_of

HERE = Path(__file__).parent
MEASURED_ITEMS, TARGET, AGREE = 2, 300, 1e-8
RESULT = HERE / "against_r.json"
FIXED = Job("an answer is a sampling unit, weights as given", ROW, ("--weight", "files"), 2.0, 0.4)


def farthest(folder: Path) -> float:
    """Largest relative difference of means, their standard errors and shares."""
    with (folder / "found.csv").open(newline="") as file:
        theirs = {(row["item"], row["label"]): [float(row[name]) for name in ("mean", "se", "share")] for row in csv.DictReader(file)}
    rows = json.loads((folder / "result.json").read_text(encoding="utf-8"))
    ours = {(row["variable"], *row["domain"].values()): row for row in rows}
    pairs = []
    for (item, label), (mean, se, share) in theirs.items():
        row, other = ours[item, label], ours[f"{item}=4,5", label]
        pairs += [(row["estimate"], mean), (row["se"], se), (other["estimate"], share)]
    return max(abs(mine / expected - 1) for mine, expected in pairs)


def main() -> int:
    if shutil.which("Rscript") is None:
        sys.stdout.write("No R on this machine: nothing measured. Debian: apt-get install r-cran-survey\n")
        return 0
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made) / "table"
        folder.mkdir()
        make(folder, SMALL)
        with duckdb.connect() as reading:
            reading.read_parquet(str(folder / "answers.parquet")).write_csv(str(folder / "answers.csv"), header=True)
        ours = seconds_of(by_turns(FIXED, (folder,))[0])
        command = ["Rscript", str(HERE / "against_r.R"), "answers.csv", str(MEASURED_ITEMS), "found.csv"]
        part = float(subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout)
        asked = ["Rscript", "-e", "cat(as.character(packageVersion('survey')))"]
        version = subprocess.run(asked, check=True, capture_output=True, text=True)
        difference = farthest(folder)
    theirs = part * (ITEMS + FACTORS) / MEASURED_ITEMS
    found = {
        "job": f"{SMALL} answers, mean and share of {ITEMS} items and {FACTORS} factors, 300 units and 40 areas, weights as given",
        "r_survey": version.stdout.strip(),
        "r_items_measured": MEASURED_ITEMS,
        "r_seconds_measured": round(part, 1),
        "r_seconds_scaled": round(theirs, 1),
        "our_seconds": round(ours, 2),
        "ratio": round(theirs / ours),
        "largest_relative_difference": float(f"{difference:.1e}"),
        "note": "R without starting, reading and printing; ours is the whole command",
    }
    RESULT.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    sys.stdout.write(RESULT.read_text(encoding="utf-8"))
    if theirs / ours < TARGET:
        sys.stdout.write(f"  at least {TARGET} × was wished for  <- missed\n")
    return 0 if difference <= AGREE else 1


if __name__ == "__main__":
    sys.exit(main())

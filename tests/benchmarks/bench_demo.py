"""The demonstration city of 20,000 answers, through the door of every answer: CPU seconds by step, and the index it comes to.

Run from the project folder: python -m tests.benchmarks.bench_demo
"""

import sys
import tempfile
import time
from datetime import UTC, datetime

from survey_app import create_app
from survey_app.services import demo
from survey_app.settings import read

CITY, ANSWERS, SEED = "79", 20_000, 1
TARGET = 60.0
RELEASE_TARGET = 4.0
WISHED = (0.91, 0.93)


def main() -> int:
    began: dict[str, float] = {}

    def note(doing: str, _done: int, _total: int) -> None:
        began.setdefault(doing, time.process_time())

    with tempfile.TemporaryDirectory() as folder:
        create_app(read({"SURVEY_DATA_DIR": folder}))
        start = time.process_time()
        built = demo.build(CITY, ANSWERS, SEED, datetime.now(UTC), note)
        total = time.process_time() - start
    ends = [*list(began.values())[1:], start + total]
    spent = {doing: end - at for (doing, at), end in zip(began.items(), ends, strict=True)}
    for doing, seconds in spent.items():
        sys.stdout.write(f"  {doing}: {seconds:.2f} CPU s\n")
    sys.stdout.write(f"release of {ANSWERS} answers: {spent['release']:.2f} CPU s (at most {RELEASE_TARGET:.0f})\n")
    sys.stdout.write(f"{ANSWERS} answers, places, accounts and release: {total:.1f} CPU s (at most {TARGET:.0f})\n")
    sys.stdout.write(f"city index {built.headline:.4f} (between {WISHED[0]} and {WISHED[1]}), truth {built.truth:.4f}\n")
    good = built.headline is not None and WISHED[0] <= built.headline <= WISHED[1]
    return 0 if good and total <= TARGET and spent["release"] <= RELEASE_TARGET else 1


if __name__ == "__main__":
    sys.exit(main())

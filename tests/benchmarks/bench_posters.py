"""300 counter posters as one PDF: CPU seconds of all threads, each round in a process of its own, start-up included.

Run from the project folder: python -m tests.benchmarks.bench_posters
"""

import resource
import statistics
import subprocess
import sys

ROUNDS, POSTERS, TARGET = 3, 300, 5.0
ONE_ROUND = f"""
from datetime import date
from survey_app.documents.print_matter import Poster, posters
codes = [f"ACDE{{at:04d}}FHJK" for at in range({POSTERS})]
site = "gopy.hochiminhcity.gov.vn"
batch = [
    Poster(
        f"Phường Bình Hưng Hòa {{at % 168}}", f"Trung tâm Phục vụ hành chính công phường Bình Hưng Hòa {{at % 168}}", str(at % 4 + 1),
        f"{{code[:4]}} {{code[4:8]}} {{code[8:]}}", f"HTTPS://{{site.upper()}}/Q/{{code}}", site,
        "Sở Nội vụ Thành phố Hồ Chí Minh", "028 3829 1054", None,
        "khảo sát quý IV năm 2026", date(2026, 12, 5),
    )
    for at, code in enumerate(codes)
]
assert len(posters(batch, trial=False, simulated=False)) > 100_000
"""


def cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def one_round() -> float:
    before = cpu_of_children()
    subprocess.run([sys.executable, "-c", ONE_ROUND], check=True)
    return cpu_of_children() - before


def main() -> int:
    seconds = statistics.median(one_round() for _ in range(ROUNDS))
    sys.stdout.write(f"{POSTERS} posters: {seconds:.2f} CPU s (at most {TARGET})\n")
    return 0 if seconds <= TARGET else 1


if __name__ == "__main__":
    sys.exit(main())

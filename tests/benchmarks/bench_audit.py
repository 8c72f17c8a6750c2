"""The audit of a release of methodology §13's size: 168 units, 26 groups, three bases; CPU seconds beside what it asks.

python -m tests.benchmarks.bench_audit
"""

import sys
import time

from analysis.audit import audited
from analysis.audit_repair import secured
from tests.analysis.audited_city import city

WANTED = 3.0


def main() -> None:
    release, _ = city(168, 23)
    started = time.process_time()
    audit = audited(release)
    once = time.process_time() - started
    started = time.process_time()
    found, _ = secured(release)
    repaired = time.process_time() - started
    further = sum(a.hidden != b.hidden for a, b in zip(release.figures, found.figures, strict=True))
    size = f"168 units, {len(release.figures)} figures, {len(audit.cells)} hidden cells"
    sys.stdout.write(f"LP audit, {size}: {once:.2f} CPU s (wanted: {WANTED})\n")
    sys.stdout.write(f"until it passes ({len(audit.failures)} cells were too narrow, {further} figures go): {repaired:.2f} CPU s\n")


if __name__ == "__main__":
    main()

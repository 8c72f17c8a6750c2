"""The audit of a release of methodology §13's size: 168 units, 26 groups, three bases; CPU seconds beside what it asks.

python -m tests.benchmarks.bench_audit
"""

import sys
import time
from unittest.mock import patch

from analysis.audit import audited
from analysis.audit_repair import secured
from analysis.feasible import ENDS
from tests.analysis.audited_city import city, unsecured

WANTED = 3.0


def main() -> None:
    with unsecured():
        release, _ = city(168, 23)
    started = time.process_time()
    audit = audited(release)
    once = time.process_time() - started
    started = time.process_time()
    with patch("analysis.audit.OF_N", ENDS), patch("analysis.audit.OF_FIGURES", ENDS):
        audited(release)
    to_the_ends = time.process_time() - started
    started = time.process_time()
    _, told = secured(release)
    repaired = time.process_time() - started
    size = f"168 units, {len(release.figures)} figures, {audit.tables} tables, {len(audit.cells)} hidden cells"
    sys.stdout.write(f"LP audit, {size}: {once:.2f} CPU s (wanted: {WANTED})\n")
    sys.stdout.write(f"every range followed to both of its ends: {to_the_ends:.2f} CPU s\n")
    sys.stdout.write(
        f"as part of a release, until it passes ({len(audit.failures)} cells were too narrow, {told.hidden} figures go, "
        f"{told.rounds} rounds): {repaired:.2f} CPU s (wanted: {WANTED})\n"
    )
    sys.exit(max(once, repaired) > WANTED)


if __name__ == "__main__":
    main()

"""What a process loads before anybody asks it for anything."""

import subprocess
import sys

ASKED = "import sys, survey_app; print(*sorted({'matplotlib', 'scipy.stats'} & sys.modules.keys()))"


def test_a_command_starts_without_what_draws_pictures() -> None:
    started = subprocess.run([sys.executable, "-c", ASKED], capture_output=True, text=True, check=True)
    assert started.stdout.split() == []

"""What a process loads before anybody asks it for anything."""

import subprocess
import sys

ASKED = "import sys, survey_app; print(*sorted({'matplotlib', 'scipy.stats'} & sys.modules.keys()))"


def test_a_command_starts_without_what_draws_pictures() -> None:
    started = subprocess.run([sys.executable, "-c", ASKED], capture_output=True, text=True, check=True)
    assert started.stdout.split() == []


LOADING = """
import gc, sys
during = []
gc.callbacks.append(lambda phase, about: during.append(phase) if "survey_app.starting" in sys.modules else None)
import survey_app
print(during, gc.isenabled(), gc.get_freeze_count() > 10_000)
"""


def test_no_garbage_is_looked_for_while_modules_load_and_it_is_afterwards() -> None:
    said = subprocess.run([sys.executable, "-c", LOADING], check=True, capture_output=True, text=True)
    assert said.stdout.split("\n")[0] == "[] True True"

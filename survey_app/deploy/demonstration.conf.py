"""gunicorn for `make run`: served as in production, and once it listens, the way into the demonstration is printed."""

import runpy
from pathlib import Path

from gunicorn.workers.base import Worker

globals().update(runpy.run_path(str(Path(__file__).with_name("gunicorn.conf.py"))))


def post_worker_init(worker: Worker) -> None:
    """Printed by the worker, which has loaded the product anyway: a second start loads it once, not twice."""
    from survey_app.commands.demo import show_way_in

    show_way_in("79")

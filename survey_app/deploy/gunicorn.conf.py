"""How the product is served: one process, because one writer commits for all who wait, and many threads.

Nothing of a request reaches a log: no access log (an address beside a time would say who answered), no warning about
malformed requests (gunicorn puts the address and the line into it), and errors by type and place only.
"""

import sys
import traceback

from gunicorn.arbiter import Arbiter
from gunicorn.glogging import Logger


class SilentAboutRequests(Logger):
    """gunicorn's log without what a citizen sent or where from."""

    def warning(self, msg: str, *args: object, **kwargs: object) -> None:
        """Warnings of gunicorn are about single requests."""

    def exception(self, msg: str, *args: object, **kwargs: object) -> None:
        kind, _, trace = sys.exc_info()
        places = " > ".join(f"{frame.name}:{frame.lineno}" for frame in traceback.extract_tb(trace))
        self.error("%s at %s", kind.__name__ if kind else "error", places)


bind = "127.0.0.1:8000"
workers = 1
worker_class = "gthread"
threads = 16
timeout = 60
graceful_timeout = 20
keepalive = 5
accesslog = None
errorlog = "-"
loglevel = "warning"
logger_class = SilentAboutRequests
limit_request_line = 2048
limit_request_fields = 60


def when_ready(server: Arbiter) -> None:
    """Say where citizens can be answered now."""
    sys.stderr.write(f"Listening on {', '.join(map(str, server.LISTENERS))}\n")

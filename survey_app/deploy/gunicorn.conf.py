"""How the product is served: one process, because one writer thread commits for everybody, and many threads.

No access log: an address beside a time would say who answered. Errors go to standard error without request content.
"""

from gunicorn.arbiter import Arbiter

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
limit_request_line = 2048
limit_request_fields = 60


def when_ready(server: Arbiter) -> None:
    """Say that citizens can be answered now."""
    server.log.warning("Listening on %s", ", ".join(str(listener) for listener in server.LISTENERS))

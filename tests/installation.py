"""A real installation: a folder of its own, the real commands, the real server on a free port."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
CONFIGURATION = PROJECT / "survey_app/deploy/gunicorn.conf.py"


@dataclass(frozen=True)
class Installation:
    folder: Path
    port: int

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("SURVEY_")}
        own = {"SURVEY_DATA_DIR": str(self.folder), "SURVEY_BASE_URL": self.address, "SURVEY_ANSWERS_PER_HOUR": "1000000"}
        return kept | own

    def flask(self, *words: str, typed: str | None = None) -> str:
        """What the command printed; the test fails with its complaint when it did not exit 0."""
        done = subprocess.run(
            [sys.executable, "-m", "flask", *words],
            cwd=PROJECT,
            env=self.environment,
            input=typed,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"flask {' '.join(words)}: {done.stderr}{done.stdout}"
        return done.stdout

    def table(self, name: str, *lines: str) -> str:
        path = self.folder / name
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return str(path)

    @contextmanager
    def serve(self, configuration: Path = CONFIGURATION, **settings: str) -> Iterator[subprocess.Popen[bytes]]:
        """gunicorn with the shipped configuration, as `make run` starts it; further settings by name."""
        command = ["-m", "gunicorn", "--config", str(configuration), "--bind", f"127.0.0.1:{self.port}", "wsgi:app"]
        with (self.folder / "server.log").open("ab") as log:
            running = subprocess.Popen(
                [sys.executable, *command], cwd=PROJECT, env=self.environment | settings, stdout=log, stderr=log, start_new_session=True
            )
            try:
                self._await(running)
                yield running
            finally:
                running.terminate()
                running.wait(timeout=20)

    def _await(self, running: subprocess.Popen[bytes]) -> None:
        for _ in range(300):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            assert running.poll() is None, (self.folder / "server.log").read_text()
            time.sleep(0.1)
        raise AssertionError("the server does not listen")


def kill(running: subprocess.Popen[bytes]) -> None:
    """As a power cut would: master and worker at once, nothing is finished."""
    os.killpg(running.pid, signal.SIGKILL)
    running.wait(timeout=20)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port

"""A real installation: its own folder, the real commands, the real server on a free port."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]


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
        return kept | {"SURVEY_DATA_DIR": str(self.folder), "SURVEY_BASE_URL": self.address}

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


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    return Installation(tmp_path_factory.mktemp("installation"), free_port())


@pytest.fixture(scope="module")
def server(installation: Installation) -> Iterator[Installation]:
    """gunicorn with the shipped configuration, as `make run` starts it."""
    command = ["-m", "gunicorn", "--config", "survey_app/deploy/gunicorn.conf.py", "--bind", f"127.0.0.1:{installation.port}", "wsgi:app"]
    log = (installation.folder / "server.log").open("wb")
    running = subprocess.Popen([sys.executable, *command], cwd=PROJECT, env=installation.environment, stdout=log, stderr=log)
    for _ in range(150):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", installation.port)) == 0:
                break
        assert running.poll() is None, (installation.folder / "server.log").read_text()
        time.sleep(0.1)
    yield installation
    running.terminate()
    running.wait(timeout=20)
    log.close()

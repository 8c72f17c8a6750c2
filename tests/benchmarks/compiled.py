"""Surroundings in which Python writes compiled modules beside the measurement, as it does wherever it may write beside its modules."""

import os
from pathlib import Path


def surroundings(folder: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPATH": str(Path(__file__).parents[2]), "PYTHONPYCACHEPREFIX": str(folder / "compiled")}

"""With which software a release was computed: kept beside it, so that a stranger can set up the same."""

import platform
from collections.abc import Mapping
from importlib.metadata import version

LIBRARIES = ("numpy", "scipy")


def computed_by() -> Mapping[str, str]:
    """Name to version; no part of a digest, which is the same on every machine."""
    return {"Python": platform.python_version(), **{name: version(name) for name in LIBRARIES}}

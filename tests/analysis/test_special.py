"""The special functions are scipy's own, and scipy is whole beside them, whichever is loaded first. Each in a process of its own."""

import subprocess
import sys

import pytest

from tests.installation import PROJECT

NAMES = ("bdtrc", "betaincinv", "betaln", "expit", "gammaincinv", "logit", "ndtri", "stdtr", "stdtrit", "xlog1py", "xlogy")
SAME = f"assert all(getattr(special, name) is getattr(scipy.special, name) for name in {NAMES})"

BUILT_OTHERWISE = """
import importlib
real = importlib.import_module
def without_the_module(name):
    if name == "scipy.special._ufuncs":
        raise ImportError(name)
    return real(name)
importlib.import_module = without_the_module
"""


@pytest.mark.parametrize(
    "lines",
    [
        ("from analysis import special", "assert 'scipy.special' not in sys.modules", "import scipy.special", "import scipy.stats", SAME),
        ("import scipy.special", "from analysis import special", SAME),
        ("import scipy.stats", "from analysis import special", SAME),
        (BUILT_OTHERWISE, "from analysis import special", "assert 'scipy.special' in sys.modules", "import scipy.special", SAME),
    ],
    ids=["before scipy.special", "after it", "after what uses it", "not built as today"],
)
def test_the_functions_are_scipys_own_and_scipy_is_whole(lines: tuple[str, ...]) -> None:
    found = "assert scipy.special.gamma(5) == 24 and abs(special.stdtrit(1, 0.75) - 1) < 1e-12"  # the quartile of Cauchy's distribution
    program = "\n".join(("import sys", *lines, "import scipy.special", found))
    run = subprocess.run([sys.executable, "-c", program], cwd=PROJECT, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr

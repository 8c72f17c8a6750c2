"""make snoop: the attack at length, with other seeds, with weights by kind of matter, and with one rule switched off at a time."""

import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from analysis import disclosure, every_basis, outweighed
from survey_app import create_app
from survey_app.documents import rounding
from survey_app.settings import read
from tests import cast
from tests.snooper.attack import Watched, watch

SEEDS = (1, 2, 3)
PROGRAMMES, WAYS, EVERY = 20, 40000, 20
Break = Callable[[pytest.MonkeyPatch], None]


def whole(_: pytest.MonkeyPatch) -> None:
    """Every rule as it is."""


def without_batches(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(disclosure, "BATCH", 1)


def without_complements(patch: pytest.MonkeyPatch) -> None:
    """Totals stay although a hidden unit follows from them; neither is a release audited, which would hide them after all."""
    patch.setattr(every_basis, "protected", lambda figures, population, withheld=(): list(figures))
    patch.setattr("analysis.release.secured", lambda release, **_: (release, None))


def with_narrow_ends(patch: pytest.MonkeyPatch) -> None:
    """Intervals of fewer than thirty people as fine as their values, of those that lean on one person, and where few say otherwise, too."""
    patch.setattr(rounding, "FEW", 0)
    patch.setattr(outweighed, "widened", lambda figure, *_: figure)
    patch.setattr(outweighed, "without_interval", lambda figure: figure)


def attacked(seed: int, broken: Break, *, by_sector: bool = False) -> Watched:
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as folder:
        cast.hash_cheaply(patch)
        broken(patch)
        app = create_app(read({"SURVEY_DATA_DIR": str(Path(folder)), "SURVEY_BASE_URL": "http://127.0.0.1:8000"}))
        return watch(app, seed, releases=6, arrivals=2, by_sector=by_sector, programmes=PROGRAMMES, ways=WAYS, every=EVERY, files=False)


def main() -> None:
    cases: list[tuple[str, Break, bool]] = [
        ("every rule", whole, False),
        ("every rule, files by kind of matter", whole, True),
        ("without the batch rule", without_batches, False),
        ("without complements and audit", without_complements, False),
        ("with fine intervals", with_narrow_ends, False),
        ("with fine intervals, files by kind of matter", with_narrow_ends, True),
    ]
    counted = "answers | releases (refused) | readings | recovered | all alike | fewer than ten, all but one known"
    print(f"rules | seed | {counted} | small figures | told by their intervals")  # noqa: T201
    for name, broken, by_sector in cases:
        for seed in SEEDS:
            found = attacked(seed, broken, by_sector=by_sector)
            told = found.verdict
            made = f"{found.releases} ({found.refused})"
            small, ends = (sum(counts) for counts in zip(*((one.figures, len(one.told)) for one in found.intervals), strict=True))
            line = (name, seed, told.answers, made, found.readings, len(told.recovered), len(told.unanimous), told.neighbours, small, ends)
            print(" | ".join(map(str, line)), flush=True)  # noqa: T201
            for kind, one in found.together.items():
                tried = f"{one.puzzles}, all ways of {one.whole}, others sought of {one.sought}, {one.people} people"
                print(f"    {kind}: {tried}: {one.told} told, {one.left} left, {one.untrue} untrue", flush=True)  # noqa: T201


if __name__ == "__main__":
    main()

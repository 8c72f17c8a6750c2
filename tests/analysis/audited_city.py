"""A city of 168 units with a few small ones, as a release; and its answers."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from unittest.mock import patch

import numpy as np

from analysis.domains import Domain
from analysis.figures import Release
from tests.analysis import made

QUESTIONS = [made.question(id) for id in "abcde"]
LEAVES = [made.share(f"{id}.s", id) for id in "abcde"]
INDEX = made.tree("B", [made.node("B", "pooled", [leaf.id for leaf in LEAVES]), *LEAVES], id="index")
INSTRUMENT = made.instrument([made.SECTORS, made.STAGE, *QUESTIONS], [INDEX], meanings=made.MEANINGS)


def city(units: int = 168, districts: int = 24, seed: int = 1) -> tuple[Release, list[Mapping[str, object]]]:
    """n log-normal around 60, one unit in twelve below 10; two blocks, districts of seven units, every tenth straddling."""
    rng = np.random.default_rng(seed)
    names = [f"u{number:03d}" for number in range(units)]
    n = np.where(rng.random(units) < 1 / 12, rng.integers(1, 10, units), np.maximum(10, rng.lognormal(4.1, 0.8, units).astype(int)))
    files = {name: int(count * rng.integers(8, 20)) for name, count in zip(names, n, strict=True)}
    rows = [row for name, count in zip(names, n, strict=True) for row in _answers(name, int(count), rng)]
    part = {name: 1.0 if number % 10 else 0.6 for number, name in enumerate(names)}
    areas: list[dict[str, float]] = [{} for _ in range(districts)]
    for number, name in enumerate(names):
        areas[number % districts][name] = part[name]
        if part[name] < 1:
            areas[(number + 1) % districts][name] = 1 - part[name]
    domains: list[Domain] = [made.unit(name, files[name]) for name in names]
    domains += [made.block(id, some, sum(files[one] for one in some)) for id, some in (("k1", names[:30]), ("k2", names[30:]))]
    domains += [made.district(f"d{number}", area) for number, area in enumerate(areas)]
    frame = made.frame([(name, name, 1, count) for name, count in files.items()])
    return made.release(INSTRUMENT, rows, [*domains, made.city(names, sum(files.values()))], frame=frame), rows


@contextmanager
def unsecured() -> Iterator[None]:
    """Inside, releases are made as if there were no audit."""
    with patch("analysis.release.secured", lambda release, known: (release, None)):
        yield


def _answers(unit: str, n: int, rng: np.random.Generator) -> list[dict[str, object]]:
    truth = rng.beta(20, 2)
    found = []
    for number in range(n):
        codes = {id: (5 if rng.random() < truth else 2) if rng.random() > 0.04 else None for id in "abcde"}
        found.append(made.answer(unit, day=str(number % 9), stage=2, **codes))
        found[-1]["channel"] = "issued" if rng.random() < 0.4 else "open"
    return found

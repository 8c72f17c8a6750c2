"""Where units lie: the reception points' coordinates as entered, else those of the shipped reference data."""

import csv
from collections.abc import Mapping
from functools import cache
from statistics import fmean

from survey_app.documents.coverage_pictures import Spot
from survey_app.services.units import REFERENCE
from survey_app.storage import places, session


def spots(province: str, simulated: bool) -> dict[str, Spot]:
    """Unit to its place: the middle of its reception points that have coordinates, else of the reference data; others are left out."""
    with session.reading() as tx:
        points = [one for one in places.points(tx, province) if one.simulated == simulated]
    entered: dict[str, list[tuple[float, float]]] = {}
    for one in points:
        if one.latitude is not None and one.longitude is not None:
            entered.setdefault(one.unit, []).append((one.latitude, one.longitude))
    found = {unit: Spot(at, entered=False) for unit, at in _reference(province).items()}
    return found | {unit: Spot((fmean(lat for lat, _ in at), fmean(lon for _, lon in at)), entered=True) for unit, at in entered.items()}


@cache
def _reference(province: str) -> Mapping[str, tuple[float, float]]:
    with (REFERENCE / "units.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["province"] == province]
    return {row["code"]: (float(row["latitude"]), float(row["longitude"])) for row in rows if row["latitude"] and row["longitude"]}

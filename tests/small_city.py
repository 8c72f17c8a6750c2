"""A city small enough to count by hand: two wards, one department, three counters, one open wave.

Ward An Bình has counter 1 (all matters) and counter 2 (land only, decided by the department); ward Bình Hòa has counter 3.
"""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

import questionnaires
from questionnaires.instrument import Instrument
from survey_app.services.fieldwork import Wave
from survey_app.storage import fieldwork, organisation, places, session
from survey_app.storage.fieldwork import CodeRow, WaveRow
from survey_app.storage.organisation import UnitRow
from survey_app.storage.places import CounterRow, DeciderRow, PointRow

PROVINCE = "79"
OPENS, CLOSES = date(2026, 3, 1), date(2026, 4, 25)
BEGAN = date(2025, 7, 1)
MORNING = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
"""Half past eight in the morning at the counter, on the second day of the wave."""

LAND = 3
CODE = "ACDEFHJKMNPR"
LAND_CODE = "A1CDEFHJKMNP"
OTHER_CODE = "A2CDEFHJKMNP"
RETIRED_CODE = "A3CDEFHJKMNP"


@dataclass(frozen=True, slots=True)
class SmallCity:
    wave: Wave
    code: str = CODE
    land_code: str = LAND_CODE
    other_code: str = OTHER_CODE
    retired_code: str = RETIRED_CODE


def build(*, simulated: bool = False, opens: date = OPENS, closes: date = CLOSES, form: Instrument | None = None) -> SmallCity:
    """Needs an open database. Everything is valid from 1 July 2025, the wave is open from 1 March to 25 April 2026.

    form: another instrument than the one for counters.
    """
    instrument = form or questionnaires.load("sipas_counter", "2026-1")
    wave = WaveRow(
        province=PROVINCE,
        code="2026-Q1",
        name={"vi": "Đợt 1 năm 2026", "en": "First wave of 2026"},
        state="open",
        opens=opens,
        closes=closes,
        instrument=instrument.id,
        version=instrument.version,
        digest=instrument.digest,
        simulated=simulated,
        headline_basis="all",
        headline_of_blocks={},
        organiser={"vi": "Sở Nội vụ Thành phố Hồ Chí Minh", "en": "Department of Home Affairs of Ho Chi Minh City"},
        contact={"vi": "028 3829 0000, 86 Lê Thánh Tôn", "en": "028 3829 0000, 86 Le Thanh Ton Street"},
        supervised_by=None,
        results_url="https://khaosat.example.vn/results",
        results_expected=date(2026, 6, 1),
        answer_days=7,
        comments_kept={"vi": "12 tháng", "en": "12 months"},
    )
    with session.transaction() as tx:
        organisation.save(
            tx,
            [
                UnitRow(PROVINCE, "26734", "ward", {"vi": "Phường An Bình", "en": "An Bình Ward"}, BEGAN),
                UnitRow(PROVINCE, "26737", "ward", {"vi": "Phường Bình Hòa", "en": "Bình Hòa Ward"}, BEGAN),
                UnitRow(PROVINCE, "SNNMT", "department", {"vi": "Sở Nông nghiệp và Môi trường", "en": "Agriculture"}, BEGAN),
            ],
        )
        centre = {"vi": "Trung tâm Phục vụ hành chính công phường An Bình", "en": "An Bình Public Service Centre"}
        other = {"vi": "Trung tâm Phục vụ hành chính công phường Bình Hòa", "en": "Bình Hòa Public Service Centre"}
        places.save(
            tx,
            [
                PointRow(PROVINCE, "AB", "26734", centre, None, None, None, simulated, BEGAN),
                PointRow(PROVINCE, "BH", "26737", other, None, None, None, simulated, BEGAN),
            ],
        )
        places.save(
            tx,
            [
                CounterRow(PROVINCE, "AB-1", "AB", "26734", "1", {"vi": "Quầy 1"}, None, BEGAN),
                CounterRow(PROVINCE, "AB-2", "AB", "26734", "2", {"vi": "Quầy 2"}, LAND, BEGAN),
                CounterRow(PROVINCE, "BH-3", "BH", "26737", "3", {"vi": "Quầy 3"}, None, BEGAN),
                DeciderRow(PROVINCE, "AB", LAND, BEGAN, None, "SNNMT"),
            ],
        )
        fieldwork.save(
            tx,
            [
                wave,
                CodeRow(PROVINCE, CODE, "AB-1", BEGAN),
                CodeRow(PROVINCE, LAND_CODE, "AB-2", BEGAN),
                CodeRow(PROVINCE, OTHER_CODE, "BH-3", BEGAN),
                CodeRow(PROVINCE, RETIRED_CODE, "BH-3", BEGAN, date(2026, 2, 1)),
            ],
        )
    return SmallCity(wave)


def simulate(city: SmallCity) -> None:
    """Declare the wave and the points of ward An Bình simulated."""
    with session.transaction() as tx:
        fieldwork.save(tx, [replace(city.wave, simulated=True)])
        places.save(tx, [replace(point, simulated=True) for point in places.points(tx, PROVINCE)])


def close(city: SmallCity) -> None:
    with session.transaction() as tx:
        fieldwork.save(tx, [replace(city.wave, state="closed")])

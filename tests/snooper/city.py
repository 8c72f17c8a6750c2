"""The city that is snooped on: 14 units in two blocks, three former districts, two departments that decide for wards; and the
citizens who come, a few at a time. What they say is known to this module and to the judge, never to the solver.
"""

import random
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import questionnaires
from questionnaires import answers
from questionnaires.packed import packed
from survey_app.services import accounts, door_flags
from survey_app.services.access import ROLES, Grant
from survey_app.storage import fieldwork, organisation, places, responses, session
from survey_app.storage.fieldwork import CodeRow, FrameHeader, FrameLine, WaveRow
from survey_app.storage.organisation import AreaRow, MembershipRow, UnitRow
from survey_app.storage.places import CounterRow, DeciderRow, PointRow
from survey_app.storage.responses import Comment, Flag

PROVINCE, WAVE, PASSWORD = "79", "S1", "bốn con mèo nằm"
SINCE, OPENS, CLOSES = date(2025, 7, 1), date(2026, 9, 1), date(2026, 12, 31)
START = datetime(2026, 9, 1, 11, 0, tzinfo=UTC)
WARDS = tuple(str(code) for code in range(26701, 26711))
QUIET = WARDS[9]
LAND_OFFICE, BUILDING_OFFICE, HOME, HEALTH = "SNNMT", "SXD", "SNV", "SYT"
DEPARTMENTS = (BUILDING_OFFICE, HEALTH, HOME, LAND_OFFICE)
RECEIVING = (*WARDS, BUILDING_OFFICE, LAND_OFFICE)
COPIES, LAND, BUILDING = 2, 3, 4
DISTRICTS = {"760": WARDS[:4], "761": WARDS[4:7], "762": WARDS[7:]}
STRADDLING = WARDS[3]
BLOCKS = {"khoi-phuong": WARDS, "khoi-so": DEPARTMENTS}
COMMENT = "lời riêng của người dân"
"""Planted in free text: no page and no file may ever hold it."""

SCALES = ("overall", "b1_general", "b2_general", "b3_general", "b4_general")
MODULES = {"m1": ("b1_signs", "b1_seats"), "m2": ("b2_posted",), "m3": ("b3_polite", "b3_guidance"), "m4": ("b4_correct", "b5_easy")}
CHANNELS = ("issued", "issued", "handed_out", "open", "open")
GRANTS = {
    "mttq": (Grant("area", "former_district", "760", SINCE, None),),
    "unit_head": (Grant("unit", "", WARDS[0], SINCE, None),),
}
Codes = dict[str, int | tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Answer:
    """One citizen's answer as it lies in the database, with the step at which it arrived."""

    id: str
    position: int
    step: int
    reception: str
    decider: str
    point: str
    sector: int
    channel: str
    module: str
    psu: str
    codes: Codes
    flagged: bool


def found(by_sector: bool) -> None:
    """Units, blocks, districts, counters, who decides what, files, an open wave and one account of every role that signs in."""
    blocks = [(unit, block, 1.0) for block, units in BLOCKS.items() for unit in units]
    shares = [(unit, area, 1.0) for area, units in DISTRICTS.items() for unit in units if unit != STRADDLING]
    shares += [(STRADDLING, "760", 0.5), (STRADDLING, "761", 0.5)]
    kinds = {**dict.fromkeys(WARDS, "ward"), **dict.fromkeys(DEPARTMENTS, "department")}
    with session.transaction() as tx:
        organisation.save(tx, [UnitRow(PROVINCE, unit, kind, {"vi": f"Đơn vị {unit}"}, SINCE) for unit, kind in kinds.items()])
        areas = [("block", code) for code in BLOCKS] + [("former_district", code) for code in DISTRICTS]
        organisation.save(tx, [AreaRow(PROVINCE, code, kind, at, {"vi": f"Nơi {code}"}, SINCE) for at, (kind, code) in enumerate(areas)])
        organisation.save(tx, [MembershipRow(PROVINCE, unit, area, SINCE, None, share, "test") for unit, area, share in [*blocks, *shares]])
    _counters()
    _wave(by_sector)
    for role in (name for name, role in ROLES.items() if role.signs_in):
        accounts.add(accounts.NewAccount(role, role, PROVINCE, GRANTS.get(role, ())), PASSWORD, START)


def decider(reception: str, sector: int) -> str:
    """Land and building are decided by a department, but two wards decide land themselves."""
    if reception in DEPARTMENTS:
        return reception
    if sector == LAND and reception not in WARDS[:2]:
        return LAND_OFFICE
    return BUILDING_OFFICE if sector == BUILDING else reception


def sectors(reception: str) -> tuple[int, ...]:
    if reception in DEPARTMENTS:
        return (LAND,) if reception == LAND_OFFICE else (BUILDING,)
    return (COPIES, LAND, BUILDING)


def _counters() -> None:
    decided = [(ward, sector, decider(ward, sector)) for ward in WARDS for sector in (LAND, BUILDING)]
    with session.transaction() as tx:
        words = {"vi": "Trung tâm"}
        placed = dict.fromkeys(DEPARTMENTS, "760")
        points = [PointRow(PROVINCE, f"P{unit}", unit, words, placed.get(unit), None, None, True, SINCE) for unit in RECEIVING]
        places.save(tx, points)
        places.save(tx, [CounterRow(PROVINCE, f"C{unit}", f"P{unit}", unit, "1", {"vi": "Quầy 1"}, None, SINCE) for unit in RECEIVING])
        places.save(tx, [DeciderRow(PROVINCE, f"P{unit}", sector, SINCE, None, body) for unit, sector, body in decided if body != unit])
        fieldwork.save(tx, [CodeRow(PROVINCE, code(unit), f"C{unit}", SINCE) for unit in RECEIVING])


def code(unit: str) -> str:
    """The code posted at the unit's counter."""
    return f"{'ACDEFHJKMNPR'[RECEIVING.index(unit)]}1CDEFHJKMNP"


def files(unit: str, sector: int | None) -> int:
    return 1200 + 137 * RECEIVING.index(unit) if sector is None else 400 + 37 * RECEIVING.index(unit) + 90 * sector


def _wave(by_sector: bool) -> None:
    instrument = questionnaires.load("sipas_counter", "2026-1")
    known = [(unit, sector) for unit in RECEIVING for sector in (sectors(unit) if by_sector else (None,))]
    lines = [
        FrameLine(unit, decider(unit, sector) if sector else unit, sector, "counter", None, files(unit, sector), None, OPENS, CLOSES)
        for unit, sector in known
    ]
    with session.transaction() as tx:
        wave = WaveRow(
            PROVINCE, WAVE, {"vi": "Đợt thử"}, "open", OPENS, CLOSES, instrument.id, instrument.version, instrument.digest, True,
            "verified", {}, {"vi": "Sở Nội vụ"}, {"vi": "028 0000 0000"}, None, None, None, 7, None,
        )  # fmt: skip
        fieldwork.save(tx, [wave])
        fieldwork.add_frame(tx, FrameHeader(PROVINCE, WAVE, 1, OPENS, CLOSES, START, False, "frame of the snooped city"), lines)


@dataclass(slots=True)
class Crowd:
    """Citizens in the order of their arrival; the same seed brings the same crowd."""

    chance: random.Random
    answers: list[Answer]

    @classmethod
    def of(cls, seed: int) -> "Crowd":
        return cls(random.Random(seed), [])

    def arrive(self, step: int) -> list[Answer]:
        """From none to thirty at every unit, stored as the form stores them; some of them flagged at the door."""
        came = [answer for unit in RECEIVING for answer in self._at(unit, step)]
        self.chance.shuffle(came)
        start = len(self.answers)
        kept = [self._placed(answer, start + at + 1) for at, answer in enumerate(came)]
        responses.append([_row(answer) for answer in kept])
        self.answers += kept
        return kept

    def _placed(self, answer: Answer, position: int) -> Answer:
        return Answer(**{**{name: getattr(answer, name) for name in Answer.__slots__}, "position": position})

    def _at(self, unit: str, step: int) -> Iterator[Answer]:
        chance = self.chance
        if unit == QUIET:
            most = chance.choice((0, 0, 1, 2))
        else:
            most = chance.choice((0, chance.randint(1, 4), chance.randint(5, 9), chance.randint(10, 14), chance.randint(15, 30)))
        for _ in range(most):
            day = OPENS + timedelta(days=5 * step + chance.randrange(5))
            sector = chance.choice((COPIES, COPIES, LAND, BUILDING)) if unit in WARDS else sectors(unit)[0]
            yield Answer(
                f"{chance.getrandbits(128):032x}", 0, step, unit, decider(unit, sector), f"P{unit}", sector, chance.choice(CHANNELS),
                chance.choice(tuple(MODULES)), f"{unit}|P{unit}|{day}", self._codes(sector), chance.random() < 0.08,
            )  # fmt: skip

    def _codes(self, sector: int) -> Codes:
        chance = self.chance
        stage = chance.choices((2, 1, 4), (92, 5, 3))[0]
        codes: Codes = {"stage": stage, "sector": sector}
        levels = (1, 2, 3, 4, 5)
        scales = [*SCALES[: 5 if stage == 2 else 4], *(("b5_general",) if chance.random() < 0.2 else ())]
        asked = [question for question in scales if question == "overall" or chance.random() < 0.95]
        codes |= {question: chance.choices(levels, (6, 10, 14, 40, 30))[0] for question in asked}
        codes.setdefault("b5_general", 0)
        codes |= {"visits": chance.choice((1, 1, 1, 2, 3)), "extra": (0,) if chance.random() < 0.9 else (chance.randint(1, 3),)}
        return codes | ({"on_time": chance.choice((1, 1, 2, 4))} if stage == 2 else {})


def _row(answer: Answer) -> responses.Row:
    chance = random.Random(answer.id)
    codes = answer.codes | {question: chance.randint(1, 5) for question in MODULES[answer.module]}
    answer.codes.update(codes)
    text = answers.encode(codes)
    day = answer.psu.rpartition("|")[2]
    flags = (Flag(door_flags.FAST, door_flags.VERSION, 1.0),) if answer.flagged else ()
    said = (Comment(secrets.token_hex(16), "comment", f"{COMMENT} {answer.id}"),) if chance.random() < 0.1 else ()
    instrument = questionnaires.load("sipas_counter", "2026-1")
    return responses.Row(
        answer.id, PROVINCE, WAVE, f"C{answer.reception}", answer.reception, answer.point, answer.decider, answer.sector, answer.channel,
        None, instrument.digest, answer.module, 0.2, 1.0, "vi", day, answer.psu, text, answers.digest(text), packed(instrument, codes),
        f"{day}T02:00:00", 90, said, None, flags,
    )  # fmt: skip

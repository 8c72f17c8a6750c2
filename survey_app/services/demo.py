"""The demonstration city: simulated people answer at simulated counters, through the same door as everybody else.

Where they answer: demo_places.py; the slips that some hold: demo_slips.py; one counter where forms are filled in:
demo_filled_in.py; its accounts: demo_accounts.py; what is answered: analysis/simulation.py. The truth behind the answers is
kept in the data folder.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import TypedDict

import questionnaires
from analysis import simulation
from analysis.figures import Release
from analysis.simulated import behaviour
from analysis.simulated.behaviour import Behaviour
from analysis.simulation import Body, City, TooFew, Visit
from questionnaires.instrument import Instrument
from questionnaires.model import Fault, Refused
from survey_app import settings
from survey_app.services import demo_accounts, demo_places, demo_slips, doors, quality, releases, slip_doors, submission, units
from survey_app.services.demo_filled_in import with_filled_in
from survey_app.services.demo_places import code_of, counter_id, point_code, wave_code
from survey_app.services.fieldwork import Wave
from survey_app.services.submission import LOCAL, Acknowledgement, CodeUsed, Post
from survey_app.storage import fieldwork as stored_fieldwork
from survey_app.storage import organisation, session
from survey_app.storage import releases as stored_releases
from survey_app.storage.rows import valid_on

PARAMETERS = units.REFERENCE / "simulation.toml"
INSTRUMENT = ("sipas_counter", "2026-1")
AT_ONCE = 500
"""Answers handed in together."""

Progress = Callable[[str, int, int], None]
"""What is being done, how much of it is done, out of how much."""


class Kept(TypedDict):
    """What demo_truth.json says of a city. `offices`: as simulated; `truth`: tree to leaf or node to unit ("" = the city) to value."""

    wave: str
    began: str
    responses: int
    seed: int
    offices: list[dict[str, object]]
    truth: Mapping[str, Mapping[str, Mapping[str, float]]]


@dataclass(frozen=True, slots=True)
class Built:
    """The finished demonstration of a city. `headline`: the city's index over the finished files, `truth`: of all simulated files."""

    wave: str
    release: int
    digest: str
    answers: int
    headline: float | None
    truth: float


def is_ready(province: str) -> bool:
    """True when the demonstration of that city has been built to its end: its release is stored."""
    with session.reading() as tx:
        return bool(stored_releases.numbers(tx, wave_code(province)))


def build(province: str, responses: int, seed: int, now: datetime, progress: Progress) -> Built:
    """Units, places, wave, frame, answers, accounts, a published release. What an interrupted build has done is not done again.

    Refused when it is there already, or was begun with another seed or number of answers.
    """
    if is_ready(province):
        raise Refused(
            Fault(
                "demo_exists",
                f"city {province}",
                "The demonstration of this city is there already. To build another, choose an empty SURVEY_DATA_DIR.",
            )
        )
    today = submission.local_day(now)
    parameters = behaviour.read(PARAMETERS.read_text(encoding="utf-8"))
    began = _began(province, responses, seed) or _first_monday(today, parameters)
    instrument = questionnaires.load(*INSTRUMENT)
    progress("units", 0, 1)
    units.import_units(province)
    progress("simulation", 0, 1)
    city = with_filled_in(_city(province, instrument, parameters, began, responses, seed), instrument)
    _keep_truth(province, city, began, responses, seed)
    progress("places", 0, 1)
    demo_places.furnish(province, city, parameters, began, seed)
    wave = demo_places.open_wave(province, instrument, began, today)
    _import_frame_once(wave, city, began + timedelta(days=7 * parameters.volume.weeks - 1), now)
    progress("slips", 0, 1)
    slip_codes = demo_slips.codes_of(wave, city, began, seed, now)
    _answer(province, city, began, seed, slip_codes, progress)
    demo_accounts.add(province, began, now)
    progress("quality", 0, 1)
    quality.run(wave.code, now)
    progress("release", 0, 1)
    release = releases.make(wave.code, None, now)
    releases.publish(release.number, now)
    progress("release", 1, 1)
    return _built(instrument, province, release, city)


def _built(instrument: Instrument, province: str, release: Release, city: City) -> Built:
    tree = instrument.trees[0]
    headline = next(
        (
            figure.estimate.estimate
            for figure in release.figures
            if (figure.domain, figure.tree, figure.node, figure.population) == (province, tree.id, tree.root, tree.population)
            and (figure.basis, figure.summary) == ("all", "pooled")
            and figure.estimate is not None
        ),
        None,
    )
    truth = city.truth[tree.id][tree.root][simulation.CITY]
    return Built(release.wave, release.number, release.digest, len(city.visits), headline, truth)


def _first_monday(today: date, parameters: Behaviour) -> date:
    """The weeks of the demonstration end before this one."""
    return today - timedelta(days=today.weekday() + 7 * parameters.volume.weeks)


def _began(province: str, responses: int, seed: int) -> date | None:
    """The first day of an interrupted build of the same city; None when there is none."""
    with session.reading() as tx:
        wave = stored_fieldwork.wave(tx, wave_code(province))
    if wave is None:
        return None
    kept = _kept().get(province)
    if kept is not None and (kept["responses"], kept["seed"]) != (responses, seed):
        values = {"responses": str(kept["responses"]), "seed": str(kept["seed"])}
        raise Refused(
            Fault(
                "demo_interrupted",
                f"city {province}",
                "An earlier build was interrupted. Repeat it with --responses {responses} --seed {seed}, "
                "or choose an empty SURVEY_DATA_DIR.",
                values,
            )
        )
    return wave.opens


def _city(province: str, instrument: Instrument, parameters: Behaviour, began: date, responses: int, seed: int) -> City:
    with session.reading() as tx:
        bodies = [Body(unit.code, unit.kind) for unit in organisation.units(tx, province) if valid_on(unit, began)]
    try:
        return simulation.city(instrument, bodies, parameters, responses, seed)
    except TooFew as short:
        raise Refused(
            Fault(
                "demo_too_few",
                "--responses",
                "The demonstration of this city needs {least} answers or more: it has offices that show special cases.",
                {"least": str(short.least)},
            )
        ) from short


def _import_frame_once(wave: Wave, city: City, last: date, now: datetime) -> None:
    with session.reading() as tx:
        known = stored_fieldwork.newest_frame(tx, wave.province, wave.code)
    if known is None:
        demo_places.import_frame(wave, city, last, now)


def _answer(province: str, city: City, began: date, seed: int, slip_codes: Mapping[str, str], progress: Progress) -> None:
    """Every visit in the order of sending. A repeated answer is acknowledged again and stored once, as for everybody."""
    kinds = {office.unit: office.kind for office in city.offices}
    for start in range(0, len(city.visits), AT_ONCE):
        progress("answers", start, len(city.visits))
        posts = list(_posts(province, city.visits[start : start + AT_ONCE], kinds, began, seed, slip_codes))
        for outcome in submission.accept_all(posts):
            if not isinstance(outcome, Acknowledgement):
                raise outcome
    progress("answers", len(city.visits), len(city.visits))


def _posts(
    province: str, visits: Sequence[Visit], kinds: Mapping[str, str], began: date, seed: int, slip_codes: Mapping[str, str]
) -> Iterator[Post]:
    remembered = doors.current()
    for visit in visits:
        point = point_code(visit.unit, kinds[visit.unit])
        midnight = datetime.combine(began + timedelta(days=simulation.calendar_day(visit.day)), time(), LOCAL)
        opened = (midnight + timedelta(seconds=visit.opened)).astimezone(UTC)
        code = slip_codes.get(visit.id) or code_of(province, counter_id(point, visit.unit, visit.desk), seed)
        has_slip = visit.id in slip_codes
        door = slip_doors.door(code, remembered) if has_slip else remembered.door(code, submission.local_day(opened))
        if door is None:
            raise LookupError(code)
        try:
            form = submission.open_form(door, visit.language, opened, visit.id, remembered=remembered)
        except CodeUsed:
            continue  # an interrupted build has stored this answer: nobody else has its code
        yield Post(form.token, visit.fields, opened + timedelta(seconds=visit.seconds), visit.language)


# ── what is kept beside the database ─────────────────────────────────────────────────────────────────────────────────


def _keep_truth(province: str, city: City, began: date, responses: int, seed: int) -> None:
    kept = _kept() | {
        province: {
            "wave": wave_code(province),
            "began": began.isoformat(),
            "responses": responses,
            "seed": seed,
            "offices": [asdict(office) for office in city.offices],
            "truth": city.truth,
        }
    }
    _truth_file().write_text(json.dumps(kept, ensure_ascii=False, indent=1), encoding="utf-8")


def _kept() -> dict[str, Kept]:
    path = _truth_file()
    found: dict[str, Kept] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return found


def _truth_file() -> Path:
    return settings.current().data_dir / "demo_truth.json"

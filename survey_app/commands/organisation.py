"""flask units, areas, points, counters, sectors: a city set up from files. Waves and frames are in fieldwork.py."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

import click

from survey_app.commands.clock import chance, today
from survey_app.commands.faults import refusing
from survey_app.commands.options import LANGUAGE, TABLE, as_json, chosen_city, city_option, template_option
from survey_app.services import codes, fieldwork, places, sectors, tables, units
from survey_app.words import of, say


def print_table(rows: Iterable[Sequence[object]]) -> None:
    """Columns as wide as they need to be."""
    lines = [[str(cell) for cell in row] for row in rows]
    widths = [max(len(line[at]) for line in lines) for at in range(len(lines[0]))] if lines else []
    for line in lines:
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


def told_import(done: places.Imported, what: str) -> None:
    click.echo(say(LANGUAGE, "{what}: {added} added, {changed} changed.", what=what, added=done.added, changed=done.changed))
    told_ignored(done.ignored)


def told_ignored(headings: Sequence[str]) -> None:
    if headings:
        click.echo(say(LANGUAGE, "Columns left out: {columns}.", columns=", ".join(headings)))


@click.group("units")
def units_group() -> None:
    """Bodies that are rated: wards, communes, special zones, departments."""


@units_group.command("import")
@click.option("--city", "--province", "city", metavar="CODE", required=True, help="31 (Hải Phòng) or 79 (Hồ Chí Minh).")
@click.option("--departments", type=TABLE, metavar="FILE", help="Your own list of departments instead of the unchecked one.")
@template_option("departments")
@refusing
def import_units(city: str, departments: Path | None) -> None:
    """Bring in units, former districts and blocks from the reference data; may be repeated.

    Departments come unchecked. Take survey_app/reference/departments.csv, have Home Affairs correct it, set checked to yes,
    and import it with --departments.

    Example: flask units import --city 79
    """
    done = units.import_units(city, None if departments is None else tables.read(departments))
    communes, departments_now = done.communes, done.departments
    click.echo(say(LANGUAGE, "{communes} commune-level units, {departments} departments.", communes=communes, departments=departments_now))
    former, straddling = done.former_districts, done.straddling
    click.echo(say(LANGUAGE, "{former} former districts; {straddling} units lie in several.", former=former, straddling=straddling))
    if done.unchecked:
        click.echo(say(LANGUAGE, "{count} departments are still to be checked by Home Affairs.", count=done.unchecked))


@units_group.command("list")
@city_option
@as_json
@refusing
def list_units(city: str | None, as_json: bool) -> None:
    """Codes and names of the units.

    Example: flask units list --city 31
    """
    rows = units.all_of(chosen_city(city))
    if as_json:
        click.echo(_json({"code": row.code, "kind": row.kind, "names": row.names, "checked": row.checked} for row in rows))
        return
    print_table((row.code, row.kind, of(row.names, "vi"), "" if row.checked else say(LANGUAGE, "to be checked")) for row in rows)


@click.group("areas")
def areas_group() -> None:
    """Former districts and blocks."""


@areas_group.command("list")
@city_option
@as_json
@refusing
def list_areas(city: str | None, as_json: bool) -> None:
    """Codes, names, number of units, and how many of them straddle.

    Example: flask areas list --city 79
    """
    rows = units.areas_of(chosen_city(city))
    if as_json:
        fields = ("grouping", "code", "names", "units", "straddling")
        click.echo(_json(dict(zip(fields, (row.grouping, row.code, row.names, count, shared), strict=True)) for row, count, shared in rows))
        return
    for row, count, shared in rows:
        straddling = say(LANGUAGE, ", {count} straddle", count=shared) if shared else ""
        number = say(LANGUAGE, "{count} units", count=count)
        click.echo(f"{row.grouping:16} {row.code:12} {of(row.names, 'vi')}: {number}{straddling}")


@click.group("points")
def points_group() -> None:
    """Reception points: places where files are handed in."""


@points_group.command("import", epilog=f"Columns (XLSX or CSV; * is needed): {tables.columns('points')}.")
@click.argument("file", type=TABLE)
@city_option
@template_option("points")
@refusing
def import_points(file: Path, city: str | None) -> None:
    """Add or change reception points, matched by code. A point placed in a former district (its code) counts there whole.

    Points of departments must be placed before a release can be made: a department has no share to fall back on.

    Example: flask points import points.xlsx --city 31
    """
    told_import(places.import_points(chosen_city(city), tables.read(file), today()), say(LANGUAGE, "Reception points"))


@points_group.command("list")
@city_option
@as_json
@refusing
def list_points(city: str | None, as_json: bool) -> None:
    """Codes, units, former districts where placed.

    Example: flask points list --city 31
    """
    rows = places.points(chosen_city(city))
    if as_json:
        click.echo(
            _json({"code": row.code, "unit": row.unit, "names": row.names, "area": row.area, "simulated": row.simulated} for row in rows)
        )
        return
    print_table((row.code, row.unit, row.area or "–", of(row.names, "vi")) for row in rows)


@click.group("counters")
def counters_group() -> None:
    """Counters and the codes on them."""


@counters_group.command("import", epilog=f"Columns (XLSX or CSV; * is needed): {tables.columns('counters')}.")
@click.argument("file", type=TABLE)
@city_option
@template_option("counters")
@refusing
def import_counters(file: Path, city: str | None) -> None:
    """Add or change counters, matched by point and number. A new counter gets a code; the unit is that of the point unless told.

    Example: flask counters import counters.csv --city 31
    """
    province = chosen_city(city)
    known = sectors.names_for_counters(province, today())
    told_import(places.import_counters(province, tables.read(file), known, today(), chance()), say(LANGUAGE, "Counters"))


@counters_group.command("add")
@city_option
@click.option("--point", required=True, metavar="CODE", help="Reception point.")
@click.option("--number", required=True, help="As the sign at the counter says.")
@click.option("--unit", metavar="CODE", help="The body that is rated there; that of the point unless told.")
@click.option("--name", help="What is written over the counter.")
@click.option("--name-en", help="The same in English.")
@click.option("--sector", metavar="CODE", help="Where the counter serves one kind of matter only.")
@refusing
def add_counter(city: str | None, **given: str | None) -> None:
    """Add or change one counter.

    Example: flask counters add --city 31 --point HB1 --number 4 --name "Quầy đất đai" --sector 3
    """
    province = chosen_city(city)
    known, sheet = sectors.names_for_counters(province, today()), tables.of_one_row("counters add", given)
    told_import(places.import_counters(province, sheet, known, today(), chance()), say(LANGUAGE, "Counters"))


@counters_group.command("list")
@city_option
@click.option("--wave", metavar="WAVE", help="The counters that this wave covers, with their addresses.")
@as_json
@refusing
def list_counters(city: str | None, wave: str | None, as_json: bool) -> None:
    """Counters with their codes; with --wave those of the wave, with code, unit, names and link.

    Example: flask counters list --wave 2026-1 --json
    """
    if wave is not None:
        covered = fieldwork.counters_of(fieldwork.wave(wave))
        if as_json:
            click.echo(_json(_counter_of_wave(row) for row in covered))
        else:
            print_table((codes.shown(row.code), row.unit, row.point, row.number, of(row.name, "vi"), row.link) for row in covered)
        return
    rows = places.counters(chosen_city(city))
    if as_json:
        fields = ("counter", "code", "unit", "point", "number", "names", "sector")
        values = ((row.id, code, row.unit, row.point, row.number, row.names, row.sector) for row, code in rows)
        click.echo(_json(dict(zip(fields, line, strict=True)) for line in values))
        return
    print_table((row.id, codes.shown(code) if code else "–", row.unit, row.point, row.number, of(row.names, "vi")) for row, code in rows)


def _counter_of_wave(row: fieldwork.CounterOfWave) -> dict[str, object]:
    return {
        "code": row.code,
        "shown": codes.shown(row.code),
        "counter": row.counter,
        "number": row.number,
        "unit": row.unit,
        "point": row.point,
        "sector": row.sector,
        "names": {"unit": row.unit_name, "point": row.point_name, "counter": row.name},
        "link": row.link,
    }


@counters_group.command("renew")
@click.argument("counter")
@city_option
@refusing
def renew(counter: str, city: str | None) -> None:
    """Give a counter a new code; the old one opens no form any more. Print its poster again.

    Example: flask counters renew HB1-3 --city 31
    """
    click.echo(codes.shown(places.renew_code(chosen_city(city), counter, today(), chance())))


@counters_group.command("retire")
@click.argument("counter")
@city_option
@refusing
def retire(counter: str, city: str | None) -> None:
    """Take a counter's code out of use.

    Example: flask counters retire HB1-3 --city 31
    """
    for code in places.retire_code(chosen_city(city), counter, today()):
        click.echo(codes.shown(code))


@click.group("sectors")
def sectors_group() -> None:
    """Kinds of matter: a city's own codes, and who decides where."""


@sectors_group.command("import", epilog=f"Columns (XLSX or CSV): {tables.columns('sectors')}.")
@click.argument("file", type=TABLE)
@city_option
@click.option("--instrument", metavar="ID", help="Whose sectors they are mapped to; the only one that asks for a sector unless told.")
@click.option("--version", metavar="VERSION", help="The newest unless told.")
@template_option("sectors")
@refusing
def import_sectors(file: Path, city: str | None, instrument: str | None, version: str | None) -> None:
    """Map the city's sector codes to those of the form (code, sector), and say who decides (point, code or sector, decider).

    A row may do one or both. It holds from its first day on and ends the row before it.

    Example: flask sectors import sectors.xlsx --city 31
    """
    form = sectors.instrument_with_sectors(instrument, version)
    done = sectors.import_sectors(chosen_city(city), tables.read(file), form, today())
    click.echo(say(LANGUAGE, "{codes} sector codes and {deciders} deciding bodies.", codes=done.codes, deciders=done.deciders))
    told_ignored(done.ignored)


def _json(rows: Iterable[object]) -> str:
    return json.dumps(list(rows), ensure_ascii=False, indent=2)


COMMANDS = (units_group, areas_group, points_group, counters_group, sectors_group)

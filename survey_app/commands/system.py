"""flask settings, flask accounts: what the operator of the server sets and whom the operator lets in."""

import sys
from datetime import date, datetime

import click

from questionnaires.model import Fault, Refused
from survey_app import settings
from survey_app.commands.clock import DAY, now, today
from survey_app.commands.faults import refusing
from survey_app.commands.options import LANGUAGE, chosen_city, city_option
from survey_app.services import accounts
from survey_app.services.access import ROLES, Grant
from survey_app.services.accounts import NewAccount
from survey_app.words import LANGUAGES, say

SIGNING_IN = [name for name, role in ROLES.items() if role.signs_in]


@click.command("settings")
def show_settings() -> None:
    """List every setting: name, value now (secrets masked), meaning."""
    shown = settings.current().shown()
    for setting in settings.SETTINGS:
        click.echo(f"{setting.name} = {shown[setting.name] or '–'}\n    {setting.meaning}")


@click.group("accounts")
def accounts_group() -> None:
    """Accounts of staff and reviewers."""


@accounts_group.command("add")
@click.option("--name", required=True, help="What is typed at sign-in.")
@click.option("--role", required=True, type=click.Choice(SIGNING_IN), help="What the account may do.")
@city_option
@click.option("--scope", "scopes", multiple=True, help="unit:26734 or area:former_district:760; may be given several times.")
@click.option("--from", "since", type=DAY, help="First day of the scopes (default: today).")
@click.option("--to", "until", type=DAY, help="Last day of the scopes (default: none).")
@click.option("--language", type=click.Choice(LANGUAGES), default="vi", show_default=True)
@click.option("--expires", type=DAY, help="Last day on which the account works.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@click.option("--generate", is_flag=True, help="Make a password and print it once.")
@refusing
def add(
    name: str, role: str, city: str | None, scopes: tuple[str, ...], since: datetime | None, until: datetime | None,
    language: str, expires: datetime | None, password_stdin: bool, generate: bool,
) -> None:  # fmt: skip
    """Add an account. The password is asked for; without a terminal, or with --generate, one is made and printed once."""
    first = since.date() if since else today()
    grants = tuple(_grant(scope, first, until.date() if until else None) for scope in scopes)
    password, made = _password(password_stdin, generate)
    province = chosen_city(city)
    new = NewAccount(name, role, province, grants, language, expires.date() if expires else None)
    accounts.add(new, password, now())
    click.echo(say(LANGUAGE, "Account added: {name} ({role}, province {province}).", name=name, role=role, province=province))
    if made:
        click.echo(say(LANGUAGE, "Password, shown only now: {password}", password=password))


@accounts_group.command("list")
@refusing
def list_accounts() -> None:
    """List accounts with role, scope and state."""
    for account in accounts.listed():
        scope = ", ".join(_scope(grant) for grant in account.grants) or say(LANGUAGE, "whole province")
        ends = say(LANGUAGE, ", until {day}", day=account.expires) if account.expires else ""
        state = say(LANGUAGE, "active") if account.active else say(LANGUAGE, "closed")
        click.echo(f"{account.name}\t{account.role}\t{account.province}\t{scope}\t{state}{ends}")


@accounts_group.command("password")
@click.argument("name")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@click.option("--generate", is_flag=True, help="Make a password and print it once.")
@refusing
def change_password(name: str, password_stdin: bool, generate: bool) -> None:
    """Set a new password: open sessions end, and a lock after failed attempts is lifted."""
    password, made = _password(password_stdin, generate)
    accounts.set_password(name, password, now())
    click.echo(say(LANGUAGE, "Password changed: {name}.", name=name))
    if made:
        click.echo(say(LANGUAGE, "Password, shown only now: {password}", password=password))


@accounts_group.command("close")
@click.argument("name")
@refusing
def close(name: str) -> None:
    """Close an account for good; it stays in the list and in the audit log."""
    accounts.close(name, now())
    click.echo(say(LANGUAGE, "Account closed: {name}.", name=name))


@accounts_group.command("log")
@click.option("--newest", type=click.IntRange(1), default=50, show_default=True, help="How many lines.")
@refusing
def log(newest: int) -> None:
    """Print the audit log: when (UTC), who, what, of which account, release or wave."""
    for line in accounts.log(newest):
        said = (line.at.isoformat(" ", "seconds"), line.province, line.actor, line.action, line.subject, line.detail)
        click.echo("\t".join(said).rstrip())


def _password(from_stdin: bool, generate: bool) -> tuple[str, bool]:
    """The password, and whether it was made here."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n"), False
    if generate or not sys.stdin.isatty():
        return accounts.new_password(), True
    return str(click.prompt("Password", hide_input=True, confirmation_prompt=True)), False


def _grant(text: str, since: date, until: date | None) -> Grant:
    """unit:CODE or area:GROUPING:CODE."""
    match text.split(":"):
        case ["unit", code] if code:
            return Grant("unit", "", code, since, until)
        case ["area", grouping, code] if grouping and code:
            return Grant("area", grouping, code, since, until)
    sentence = "A scope is written unit:CODE or area:GROUPING:CODE, for example unit:26734 or area:former_district:760."
    raise Refused(Fault("account.scope_form", f"scope {text}", sentence))


def _scope(grant: Grant) -> str:
    dates = f" ({grant.since} – {grant.until})" if grant.until else ""
    return (f"unit:{grant.code}" if grant.kind == "unit" else f"area:{grant.grouping}:{grant.code}") + dates


COMMANDS = (show_settings, accounts_group)

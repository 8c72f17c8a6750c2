"""create_app(): settings, database, words, pages and commands put together. The only module that knows everything."""

from flask import Flask

from survey_app import settings, starting, words
from survey_app.commands import demo as demo_commands
from survey_app.commands import fieldwork as fieldwork_commands
from survey_app.commands import independent as independent_commands
from survey_app.commands import nightly as nightly_commands
from survey_app.commands import posted_codes as posted_code_commands
from survey_app.commands import posters as poster_commands
from survey_app.commands import quality as quality_commands
from survey_app.commands import results as results_commands
from survey_app.commands import slips as slip_commands
from survey_app.commands import system as system_commands
from survey_app.settings import Settings
from survey_app.storage import session
from survey_app.web import checks, citizen, guard, results, sign_in, slip_api

PAGES = (citizen.pages, checks.pages, slip_api.pages, sign_in.pages, results.pages)
COMMANDS = (
    *fieldwork_commands.COMMANDS,
    *posted_code_commands.COMMANDS,
    *poster_commands.COMMANDS,
    *slip_commands.COMMANDS,
    *results_commands.COMMANDS,
    *independent_commands.COMMANDS,
    *quality_commands.COMMANDS,
    *system_commands.COMMANDS,
    *nightly_commands.COMMANDS,
    *demo_commands.COMMANDS,
)


def create_app(chosen: Settings | None = None) -> Flask:
    """The application of this process; `chosen` settings replace those of the environment (tests)."""
    active = chosen or settings.read()
    settings.install(active)
    session.configure(active.database_url)
    words.read_from(active.data_dir / "locale")
    app = Flask(__name__)
    app.config["SECRET_KEY"] = active.secret_key
    guard.install(app)
    for pages in PAGES:
        app.register_blueprint(pages)
    for command in COMMANDS:
        app.cli.add_command(command)
    return app


starting.loaded()

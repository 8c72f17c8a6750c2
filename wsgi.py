"""What gunicorn and the flask command load. What it will not run with is said in a line, not in a traceback."""

from questionnaires.model import Fault, Refused
from survey_app import create_app
from survey_app.commands.faults import refuse_to_start
from survey_app.settings import BadSetting

try:
    app = create_app()
except BadSetting as bad:
    refuse_to_start(Refused(Fault(bad.code, bad.name, bad.sentence, bad.values)))
except Refused as refused:
    refuse_to_start(refused)

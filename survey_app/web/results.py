"""Every page and file of a release, for every viewer, the public included."""

from typing import get_args

from flask import Blueprint, Response, abort, request

from survey_app.services import reports
from survey_app.services.access import Permission
from survey_app.services.reports import Format, NotShown
from survey_app.web import viewer as viewing
from survey_app.web.viewer import Page

pages = Blueprint("results", __name__)


@pages.get("/results")
@viewing.needs(Permission.READ_PUBLISHED)
def list_page() -> Page:
    listed = reports.listed(viewing.viewer(), viewing.language())
    return viewing.draw("staff/releases.html", releases=listed, formats=tuple(reports.WRITERS))


@pages.get("/results/<int(max=2147483647):number>")
@viewing.needs(Permission.READ_PUBLISHED)
def release_page(number: int) -> Page:
    domain = request.args.get("domain") or None
    shown, formats = _document(reports.page, number, domain), tuple(reports.WRITERS)
    return viewing.draw("report.html", document=shown, domain=domain, formats=formats, drawn=reports.drawn)


@pages.get("/results/<int(max=2147483647):number>.<format>")
@viewing.needs(Permission.READ_PUBLISHED)
def release_file(number: int, format: str) -> Page:
    wanted = next((known for known in get_args(Format) if known == format), None)
    if wanted is None:
        abort(404)
    domain = request.args.get("domain") or None
    made = reports.file(_document(reports.document, number, domain), wanted, domain)
    headers = {"Content-Disposition": f'attachment; filename="{made.name}"'}
    return viewing.private(Response(made.content, content_type=made.media_type, headers=headers))


def _document(make: reports.Make, number: int, domain: str | None) -> reports.Document:
    try:
        return make(viewing.viewer(), "results", number, domain, viewing.language())
    except NotShown:
        abort(404)

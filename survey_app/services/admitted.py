"""Which answers a release has let in, for whoever made it. The rule itself is analysis.disclosure.admit."""

from datetime import date

from analysis.disclosure import unit_of
from analysis.figures import Release
from survey_app.services.access import OPERATOR, Permission, Viewer, demand
from survey_app.storage import collected, session


def units_beyond(release: Release, until: date, by: Viewer = OPERATOR) -> tuple[str, ...]:
    """Reception units that keep answers from their first one of a later day on: an earlier release let them in.

    A cut is the position of an answer that is in, so comparing it with that first answer is exact.
    """
    demand(by, Permission.MAKE_RELEASES)
    with session.reading() as tx:
        first = collected.first_positions_after(tx, release.province, release.wave, until)
    cuts = ((unit_of(batch), cut) for batch, cut in release.cuts.items())
    return tuple(sorted({unit for unit, cut in cuts if unit in first and cut >= first[unit]}))

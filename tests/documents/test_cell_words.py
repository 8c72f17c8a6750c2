"""A cell of the weighting in words: never a code, never a question mark."""

import questionnaires
from survey_app.documents.figure_cells import View
from survey_app.documents.technical_tables import cell_words
from tests.documents import chart_samples

INSTRUMENT = questionnaires.load("sipas_counter", "2026-1")
SECTORS = {"1": "Đất đai"}
RELEASE = chart_samples.release(simulated=True)


def test_a_cell_names_the_body_or_says_that_it_is_another_or_not_known() -> None:
    known = View.of(RELEASE, INSTRUMENT, "vi", True, {}, None, bodies={"SNV": {"vi": "Sở Nội vụ"}})
    unknown = View.of(RELEASE, INSTRUMENT, "vi", False, {}, None)
    assert cell_words(known, "SNV|1", SECTORS) == "Sở Nội vụ / Đất đai"
    assert cell_words(unknown, "SNV|1", SECTORS) == "cơ quan khác / Đất đai"
    assert cell_words(known, "?|?", SECTORS) == "chưa rõ cơ quan / chưa rõ lĩnh vực"

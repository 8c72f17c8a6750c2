"""What a release tells beside its indices, section by section: levels, importance, an independent sample, coverage, quality."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from analysis.domains import Domain
from survey_app.documents.coverage_pictures import Spot, coverage_map
from survey_app.documents.figure_cells import View
from survey_app.documents.importance_tables import importance
from survey_app.documents.independent_parts import Kept, independent
from survey_app.documents.level_tables import level_bars
from survey_app.documents.quality_tables import quality
from survey_app.documents.report import Part


@dataclass(frozen=True, slots=True)
class Further:
    """What is known beside the release: where units lie, comparisons with independent samples."""

    spots: Mapping[str, Spot] = field(default_factory=dict)
    kept: tuple[Kept, ...] = ()


def studied(view: View, about: Sequence[Domain], further: Further) -> Iterator[Part]:
    """`about`: whom the document is about."""
    yield from level_bars(view, about)
    yield from importance(view, list(about))
    yield from independent(view, further.kept)
    yield from coverage_map(view, about, further.spots)
    yield from quality(view, about)

"""Releases of earlier waves as a document needs them: values, never files. Which they are is found in services/reports.py."""

from collections.abc import Mapping
from dataclasses import dataclass

from analysis.bases import Basis
from analysis.figures import Figure
from questionnaires.model import Text

Key = tuple[str, str, Basis]


@dataclass(frozen=True, slots=True)
class Past:
    """The last published release of one wave, cut to its reader. `definition`: how the headline is made (comparison.definition);
    `goes_by`: blocks to the basis they go by there; `figures`: of the headline, by domain, node and basis."""

    number: int
    wave: Text
    instrument: str
    method: str
    definition: str
    goes_by: Mapping[str, Basis]
    figures: Mapping[Key, Figure]


@dataclass(frozen=True, slots=True)
class History:
    """`wave`: name of the document's own wave; `definition`: how its headline is made; `past`: of waves before it, oldest first."""

    wave: Text
    definition: str
    past: tuple[Past, ...]

    def numbered(self, number: int | None) -> Past | None:
        return next((one for one in self.past if one.number == number), None)


NO_HISTORY = History({"vi": ""}, "", ())

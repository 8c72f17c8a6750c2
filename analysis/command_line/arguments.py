"""What stands on the command line as a Request; every fault at once. Flags are in flags.py, names of columns in grammar.py."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar, get_args

from analysis.any_table.request import (
    CI,
    DesignColumns,
    Distance,
    Estimator,
    KnownMargin,
    Mean,
    Quantile,
    Ratio,
    Request,
    Share,
    Total,
    Variance,
    WeightingRules,
)
from analysis.command_line import grammar
from analysis.command_line.flags import DESIGN, ESTIMATORS, Given
from analysis.command_line.grammar import Columns, nearest
from analysis.design import Lonely
from analysis.intervals import LEVELS
from analysis.needed_n import LIMITS
from questionnaires.model import Fault, Refused

READERS: Mapping[str, Callable[[Columns, str, str], Sequence[Estimator]]] = {
    "--mean": grammar.means,
    "--share": grammar.shares,
    "--ratio": grammar.ratios,
    "--total": grammar.totals,
    "--quantile": grammar.quantiles,
}
MOST_DRAWS = 100_000
WEIGHT_COLUMNS = ("design_weight", "factor", "weight")
"""What stands in a file of weights beside the row number and the columns kept."""

Word = TypeVar("Word", bound=str)


def margin_files(given: Given) -> tuple[str, ...]:
    """The files of known margins, in order of importance."""
    return (*given.all("--poststratify"), *given.all("--rake"))


def request(given: Given, file: str, columns: Sequence[str], margins: Sequence[KnownMargin]) -> Request:
    """What is asked of a file with these columns. Refused: columns that are not there, values that no flag takes, nothing asked."""
    return _request(given, file, columns, margins, estimates=True)


def weights_request(given: Given, file: str, columns: Sequence[str], margins: Sequence[KnownMargin]) -> tuple[Request, tuple[str, ...]]:
    """The same without estimates, and the columns to keep beside the weights."""
    found = Columns(file, tuple(columns))
    kept = tuple(dict.fromkeys(name for text in given.all("--keep") for name in found.several(text, "--keep")))
    own = [name for name in kept if name in ("row", *WEIGHT_COLUMNS)]
    sentence = "The file of weights has a column {column} of its own. Give yours another name, or do not keep it."
    found.faults += [Fault("keep_name_taken", "", sentence, {"column": name}) for name in own]
    asked = None
    try:
        asked = _request(given, file, columns, margins, estimates=False)
    except Refused as refused:
        found.faults += refused.faults
    if given.last("--out") is None:
        found.faults.append(Fault("out_missing", "", "Say where the weights go: --out W.csv", {}))
    if asked is None or found.faults:
        raise Refused(*found.faults)
    return asked, kept


@dataclass(frozen=True, slots=True)
class NeededN:
    """What needed-n is asked."""

    share: float
    half_width: float
    deff: float
    level: float
    population: int | None


def needed_n(given: Given) -> NeededN:
    """Refused: values that are missing, no numbers, or outside needed_n.LIMITS; each by the name of its flag."""
    faults: list[Fault] = []
    for flag in ("--share", "--half-width"):
        if given.last(flag) is None:
            faults.append(Fault("flag_missing", "", "{flag} is needed.", {"flag": flag}))
    share = _number(given, "--share", 0.5, faults, LIMITS["share"])
    half = _number(given, "--half-width", 0.5, faults, LIMITS["half_width"])
    deff = _number(given, "--deff", 1.0, faults, LIMITS["deff"])
    level = _number(given, "--level", 0.95, faults, LIMITS["level"])
    low, high = map(int, LIMITS["population"])
    population = _whole(given, "--population", 1, low, high, faults) if given.has("--population") else None
    if faults:
        raise Refused(*faults)
    return NeededN(share, half, deff, level, population)


def _request(given: Given, file: str, columns: Sequence[str], margins: Sequence[KnownMargin], estimates: bool) -> Request:
    found = Columns(file, tuple(columns))
    faults = found.faults
    estimators: dict[Estimator, None] = {}
    for flag, text in given.flags:
        if estimates and flag in READERS:
            estimators.update(dict.fromkeys(READERS[flag](found, text, flag)))
    if estimates and not any(flag in READERS for flag, _ in given.flags):
        flags = ", ".join(flag.name for flag in ESTIMATORS)
        faults.append(Fault("nothing_asked", "", "Nothing is asked. Say what to estimate: {flags}.", {"flags": flags}))
    by = dict.fromkeys(tuple(dict.fromkeys(found.several(text, "--by"))) for text in given.all("--by"))
    for margin in margins:
        for column in margin.columns:
            found.one(column, margin.name)
    design = _design(given, found)
    weighting = _weighting(given, margins, faults)
    level = _number(given, "--level", 0.95, faults, LEVELS)
    method = Request(
        tuple(estimators),
        tuple(by),
        design,
        weighting,
        _choice(given, "--ci", get_args(CI), faults),
        level,
        _choice(given, "--variance", get_args(Variance), faults) or "taylor",
        _whole(given, "--draws", 500, 2, MOST_DRAWS, faults),
        _whole(given, "--seed", 1, 0, 2**63 - 1, faults),
    )
    if faults:
        raise Refused(*faults)
    return method


def _design(given: Given, columns: Columns) -> DesignColumns:
    named = {
        flag.name: columns.one(text, flag.name)
        for flag in DESIGN
        if flag.name != "--lonely" and (text := given.last(flag.name)) is not None
    }
    lonely: Lonely = _choice(given, "--lonely", get_args(Lonely), columns.faults) or "adjust"
    return DesignColumns(
        named.get("--weight"),
        named.get("--stratum"),
        named.get("--psu"),
        named.get("--psu2"),
        named.get("--fpc"),
        named.get("--fpc2"),
        lonely,
    )


def _weighting(given: Given, margins: Sequence[KnownMargin], faults: list[Fault]) -> WeightingRules:
    distance: Distance = _choice(given, "--distance", get_args(Distance), faults) or "raking"
    bounds, trim = _pair(given, "--bounds", faults), _pair(given, "--trim", faults)
    if given.has("--poststratify") and given.has("--rake"):
        sentence = "--poststratify and --rake exclude each other. Give every margin with --rake, the most important first."
        faults.append(Fault("poststratify_and_rake", "", sentence))
    if not margin_files(given):
        needless = [flag for flag in ("--bounds", "--distance") if given.has(flag)]
        sentence = "{flag} says how weights are brought to known margins. Add --poststratify or --rake, or leave it out."
        faults += [Fault("no_margins", "", sentence, {"flag": flag}) for flag in needless]
    if distance == "logit" and bounds is None and not any(fault.code == "pair_not_read" for fault in faults):
        faults.append(Fault("logit_needs_bounds", "bounds", "Logit calibration needs bounds, for example 0.2 and 5."))
    return WeightingRules(tuple(margins), distance, bounds, trim)


def _choice(given: Given, flag: str, choices: tuple[Word, ...], faults: list[Fault]) -> Word | None:
    text = given.last(flag)
    if text is None or text in choices:
        return next((choice for choice in choices if choice == text), None)
    near = nearest(text, choices)
    sentence = "{flag} takes {choices}, not “{value}”."
    faults.append(Fault("flag_choice", "", sentence, {"flag": flag, "choices": ", ".join(near or choices), "value": text}))
    return None


def _number(given: Given, flag: str, default: float, faults: list[Fault], limits: tuple[float, float]) -> float:
    text = given.last(flag)
    found = default if text is None else grammar.number(text)
    if found is None:
        sentence = "{flag} takes a number with a decimal point, for example 0.95, not “{value}”."
        faults.append(Fault("flag_not_number", "", sentence, {"flag": flag, "value": text or ""}))
        return default
    if not limits[0] <= found <= limits[1]:
        faults.append(_beyond(flag, text or "", found, limits))
    return found


def _beyond(flag: str, text: str, found: float, limits: tuple[float, float]) -> Fault:
    """The text as it was typed: 0.99999999 is not 1. Whoever types a percentage is told the share."""
    low, high = limits
    values = {"flag": flag, "value": text, "low": f"{low:g}", "high": f"{high:g}"}
    if high <= 1 < found and low <= found / 100 <= high:
        sentence = "{flag} must lie from {low} to {high}, not {value}. Did you mean {meant}?"
        return Fault("flag_out_of_range", "", sentence, values | {"meant": f"{found / 100:g}"})
    return Fault("flag_out_of_range", "", "{flag} must lie from {low} to {high}, not {value}.", values)


def _whole(given: Given, flag: str, default: int, low: int, high: int, faults: list[Fault]) -> int:
    text = given.last(flag)
    if text is None:
        return default
    if not text.isdecimal() or not text.isascii() or not low <= int(text) <= high:
        values = {"flag": flag, "value": text, "low": str(low), "high": str(high)}
        faults.append(Fault("flag_not_whole", "", "{flag} takes a whole number from {low} to {high}, not “{value}”.", values))
        return default
    return int(text)


def _pair(given: Given, flag: str, faults: list[Fault]) -> tuple[float, float] | None:
    text = given.last(flag)
    if text is None:
        return None
    ends = [grammar.number(part) for part in text.split(",")]
    if len(ends) == 2 and ends[0] is not None and ends[1] is not None:
        return ends[0], ends[1]
    sentence = "{flag} takes two numbers with a comma between them, for example {flag} 0.2,5, not “{value}”."
    faults.append(Fault("pair_not_read", "", sentence, {"flag": flag, "value": text}))
    return None


def columns_read(request: Request) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The columns that are read as numbers, and those read as labels; one may be both."""
    design = request.design
    numbers = [column for estimator in request.estimators for column in _variables(estimator)]
    numbers += [column for column in (design.weight, design.fpc, design.fpc2) if column is not None]
    labels = [column for crossing in request.by for column in crossing]
    labels += [column for column in (design.stratum, design.psu, design.psu2) if column is not None]
    labels += [column for margin in request.weighting.margins for column in margin.columns]
    return tuple(dict.fromkeys(numbers)), tuple(dict.fromkeys(labels))


def _variables(estimator: Estimator) -> tuple[str, ...]:
    match estimator:
        case Mean(variables) | Share(variables, _):
            return variables
        case Ratio(numerator, denominator):
            return numerator, denominator
        case Total(of) | Quantile(of, _):
            return (of,)

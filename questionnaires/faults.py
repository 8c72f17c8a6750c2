"""The catalogue of everything that can be wrong in an instrument or an answer: stable code, English sentence.

The sentence is also the translation key (locale/<language>/LC_MESSAGES/faults_instrument.po). Who finds a fault lives elsewhere.
"""

from collections.abc import Mapping
from types import MappingProxyType

from questionnaires.model import Fault

SENTENCES: Mapping[str, str] = MappingProxyType(
    {
        # Finding a file
        "instrument.not_found": "There is no such instrument. Known here: {known}.",
        "instrument.no_such_digest": "No instrument file here has this digest; the file a wave was opened with must not change.",
        "instrument.misplaced": "The file says it is {id} {version}; it must lie at {expected}.",
        # Reading it
        "instrument.not_utf8": "The file is not UTF-8 text; save it as UTF-8.",
        "instrument.syntax": "Not valid TOML at line {line}, column {column}: {detail}.",
        "instrument.too_deep": "The file nests tables or lists too deeply to be an instrument.",
        "instrument.unknown_key": "The key {key} has no meaning here. Known keys: {known}.",
        "instrument.missing_key": "The key {key} is missing.",
        "instrument.wrong_type": "The key {key} must be of TOML type {wanted}.",
        "instrument.not_allowed": "{key} = {value} is not allowed; use one of: {allowed}.",
        "instrument.unknown_scale": "There is no scale named {scale}; define [scales.{scale}] or give options.",
        "instrument.options_twice": "Give either scale or options, not both; extra_options adds to a scale.",
        "instrument.leaf_value": "A leaf has exactly one of: {kinds}.",
        "instrument.given_only_arithmetic": "A node without children has no formula, so {key} has no meaning here.",
        # Languages and names
        "instrument.no_vietnamese": "languages must contain vi.",
        "instrument.missing_language": "The words in language {language} are missing.",
        "instrument.undeclared_language": "There are words in language {language}, which languages does not declare.",
        "instrument.empty_words": "The words in language {language} are empty.",
        "instrument.bad_id": "{id} cannot be an id here; allowed: {allowed}.",
        "instrument.reserved_id": "{id} is a field of the form itself; choose another question id.",
        "instrument.duplicate_id": "The id {id} is used more than once.",
        # Questions
        "instrument.unknown_section": "There is no section {section}.",
        "instrument.unknown_question": "There is no question {question}.",
        "instrument.not_for_kind": "{key} has no meaning for a question of kind {kind}.",
        "instrument.too_few_options": "A question of kind {kind} needs at least {least} options.",
        "instrument.code_range": "The answer code {code} is outside 0 to 99.",
        "instrument.duplicate_code": "The answer code {code} is used more than once.",
        "instrument.unknown_code": "{key} names the answer code {code}, which question {question} does not have.",
        "instrument.text_without_limit": "A question of kind text needs max_chars of at least 1.",
        "instrument.negative_seconds": "seconds cannot be below 0.",
        "instrument.condition_later": "shown_if points to question {question}, which comes later; it must come before.",
        "instrument.no_condition_codes": "A condition needs at least one answer code in its list.",
        "instrument.never_shown": "This question can never be shown: {question} belongs to another rotation group.",
        "instrument.no_codes": "Question {question} has no answer codes, so it cannot stand here.",
        "instrument.required_rotated": "A question in a rotation group cannot be required: only some people see it.",
        # Rotation and length
        "instrument.rotation_without_pi": "The rotation group {group} has no probability in [rotation].",
        "instrument.rotation_probability": "The probability of rotation group {group} must be above 0 and at most 1.",
        "instrument.rotation_sum": "The probabilities in [rotation] add up to {sum}; they must add up to 1.",
        "instrument.max_shown": "Somebody can be shown {count} questions (rotation group {group}), more than max_shown = {max}.",
        # Meanings
        "instrument.population_question": "The question that tells populations apart must be asked of everybody and take one answer.",
        "instrument.population_overlap": "The answer code {code} belongs to more than one population.",
        "instrument.no_such_population": "There is no population {population}; known: {known}.",
        # Trees
        "instrument.unknown_root": "The root {root} is neither a node nor a leaf of this tree.",
        "instrument.unknown_child": "The child {child} is neither a node nor a leaf of this tree.",
        "instrument.duplicate_child": "The child {child} is listed more than once.",
        "instrument.cycle": "The node contains itself: {path}.",
        "instrument.orphan": "Nothing leads here from the root {root}.",
        "instrument.counted_twice": "{id} is reached more than once below this pooled node, so its answers would count more than once.",
        "instrument.pooled_over_node": "A pooled node may contain only leaves and pooled nodes; {child} is a {combine} node.",
        "instrument.pooled_over_given": "A pooled node needs answers; {child} has none.",
        "instrument.pooled_arithmetic": "A pooled node divides sums of answers, so {key} has no meaning here.",
        "instrument.coefficients": "There are {count} coefficients for {children} children.",
        "instrument.coefficients_zero": "The coefficients of a mean must not be below 0 and must not all be 0.",
        "instrument.divisor": "divisor belongs to a mean and must be a whole number of at least 1.",
        "instrument.range": "range must rise: its first number must be below its second.",
        "instrument.range_over_scaled": "range maps children from 0 to 1, but {child} is not on 0 to 1.",
        "instrument.rescale": "missing = rescale belongs to a sum.",
        "instrument.given_only_reason": "A node without children must say in source why no formula stands here.",
        "instrument.published_for": "published_for must name at least one of: {allowed}.",
        "instrument.minimum_n": "{key} must be at least 1.",
        # Leaves
        "instrument.no_among": "satisfied and among must each name at least one answer code.",
        "instrument.satisfied_not_among": "satisfied names the answer code {code}, which is not in among.",
        "instrument.no_basis_counted": "{key} counts the answer code {code}, which question {question} lists in no_basis.",
        "instrument.not_exclusive": "Question {question} takes several answers: name one option ({question}.CODE), or let either "
        "all satisfied or all unsatisfied codes be exclusive.",
        "instrument.mean_of_multiple": "Question {question} takes several answers; a mean needs one option ({question}.CODE).",
        "instrument.low_equals_high": "low and high must differ.",
        "instrument.outside_range": "Answer codes outside {low} to {high}: {codes}. List them in no_basis or widen the range.",
        "instrument.never_together": "The leaf can have no answers: {question} and {other} are never asked of the same person.",
        "instrument.rates_nobody": "Question {question} rates nobody (no rates), so this tree cannot be published for unit.",
        "instrument.where_without_answers": "where chooses among answers; a leaf without answers cannot have it.",
        "instrument.maximum": "maximum must be above 0.",
        # Answers; written for the citizen
        "answer.missing_overall": "Please choose an overall level of satisfaction.",
        "answer.missing": "This question needs an answer; please choose one.",
        "answer.missing_words": "This question needs an answer; please write one.",
        "answer.not_listed": "Please choose one of the answers listed.",
        "answer.repeated": "Please give only one answer here.",
        "answer.exclusive": "One of the answers you ticked can only stand alone; keep that one, or untick it and keep the others.",
        "answer.not_a_number": "Please write a whole number from 0 to 99.",
        "answer.too_long": "Please shorten this to {max} characters; it now has {count}.",
        "answer.unknown_question": "The form sent something this questionnaire does not ask. Nothing was stored; please reload the page.",
    }
)


def fault(code: str, place: str, /, **values: object) -> Fault:
    """The fault of that code at that place, its sentence's {names} filled from values."""
    return Fault(code, place, SENTENCES[code], MappingProxyType({name: str(value) for name, value in values.items()}))


def inside(place: str, part: str) -> str:
    """A place one step further in: ("question stage", "option 3") → "question stage, option 3"."""
    return f"{place}, {part}" if place and part else place or part

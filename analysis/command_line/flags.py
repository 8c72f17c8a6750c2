"""The flags of estimate, weights and needed-n: what each is called, what it takes, what its help says; argparse around them.

Texts are taken as they come, so that arguments.py can name every fault at once, in the reader's language.
"""

import argparse
import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NoReturn

from analysis.command_line.grammar import nearest
from questionnaires.model import Fault, Refused

Say = Callable[[str], str]
NARROW = 80
"""Columns of the narrowest screen."""


@dataclass(frozen=True, slots=True)
class Flag:
    """`value`: what stands for the value in the help, empty for a switch. `often`: may be given more than once. `needed`: must be."""

    name: str
    value: str
    help: str
    often: bool = False
    needed: bool = False


ESTIMATORS = (
    Flag("--mean", "Y[,Y2][,Y3+Y4]", "mean of a column; a plus pools columns: all their answers together", often=True),
    Flag("--share", "Y=CODE[,CODE]", "share of answers with one of these codes; columns listed and pooled as for --mean", often=True),
    Flag("--ratio", "Y/X", "sum of one column over the sum of another", often=True),
    Flag("--total", "Y[,Y2]", "sum over the population", often=True),
    Flag("--quantile", "Y:P[,P]", "smallest value that a share P of the population does not exceed; 0.5 is the median", often=True),
)
BY = Flag("--by", "G[,G2]", "one estimate for each label of G; two columns are crossed; a further --by is a further grouping", often=True)
DESIGN = (
    Flag("--weight", "COLUMN", "design weight of each row; without it 1 ÷ the fraction drawn where --fpc is given, else 1"),
    Flag("--stratum", "COLUMN", "strata from which rows or PSUs were drawn"),
    Flag("--psu", "COLUMN", "primary sampling units, nested in strata; without it each row is one"),
    Flag("--psu2", "COLUMN", "sampling units of the second stage"),
    Flag("--fpc", "COLUMN", "units in the population of each stratum, or the fraction drawn"),
    Flag("--fpc2", "COLUMN", "the same for the second stage, of each PSU"),
    Flag("--lonely", "RULE", "strata with a single PSU: adjust (default), certainty, average, remove or fail"),
)
WEIGHTING = (
    Flag("--poststratify", "FRAME", "CSV or Parquet file of grouping columns and a column population: weights are brought to these counts"),
    Flag("--rake", "MARGIN", "the same for several margins, most important first", often=True),
    Flag("--distance", "KIND", "how weights are moved to the margins: raking (default), linear or logit"),
    Flag("--bounds", "LOW,HIGH", "least and greatest factor, as multiples of the mean factor"),
    Flag("--trim", "LOW,HIGH", "least and greatest weight; what is cut off goes to the other rows"),
)
METHOD = (
    Flag("--ci", "KIND", "interval of shares: kg (Korn-Graubard, default), wilson, logit or t"),
    Flag("--level", "LEVEL", "confidence level from 0.5 to 0.9999, 0.95 unless given"),
    Flag("--variance", "KIND", "taylor (default), or replicates: jk1, jkn or bootstrap"),
    Flag("--draws", "R", "replicates of the bootstrap, 500 unless given"),
    Flag("--seed", "SEED", "seed of the bootstrap, 1 unless given"),
)
JSON = Flag("--json", "", "results in full precision; without it a table to read")
EXPLAIN = Flag("--explain", "", "say design, weights and method in words, with the numbers of this run")
LANGUAGE = Flag("--language", "vi|en", "language of every sentence, Vietnamese unless given")
HELP = Flag("--help", "", "show these lines")
OUT = (
    Flag("--out", "W.csv", "file to write: row number, kept columns, design_weight, factor, weight", needed=True),
    Flag("--keep", "COLUMN[,COLUMN]", "columns to copy beside the weights, for example a number of the answer", often=True),
    Flag("--overwrite", "", "the file may be there already"),
)
WISHED = (
    Flag("--share", "SHARE", "the share that is expected, for example 0.9", needed=True),
    Flag("--half-width", "H", "the wished interval is the share ± H, for example 0.05", needed=True),
    Flag("--deff", "DEFF", "design effect, 1 unless given"),
    Flag("--level", "LEVEL", "confidence level from 0.5 to 0.9999, 0.95 unless given"),
    Flag("--population", "N", "people or files in all, where they are drawn without replacement"),
)


@dataclass(frozen=True, slots=True)
class Command:
    """`data`: what the word beside the flags is, if there is one."""

    name: str
    about: str
    data: str
    groups: Mapping[str, tuple[Flag, ...]]

    @property
    def flags(self) -> tuple[Flag, ...]:
        return tuple(flag for group in self.groups.values() for flag in group)


COMMANDS = {
    command.name: command
    for command in (
        Command(
            "index",
            "Index trees of an instrument file computed over values of your own.",
            "FILE.toml",
            {"Output": (Flag("--leaves", "LEAVES.json", "a JSON object: leaf or node id to number", needed=True), JSON, LANGUAGE, HELP)},
        ),
        Command(
            "estimate",
            "Means, shares, ratios, totals and quantiles of a table, with the standard errors and intervals of its design.",
            "DATA",
            {
                "What is estimated": (*ESTIMATORS, BY),
                "How the rows were drawn": DESIGN,
                "What is known of the population": WEIGHTING,
                "Method": METHOD,
                "Output": (JSON, EXPLAIN, LANGUAGE, HELP),
            },
        ),
        Command(
            "weights",
            "Calibrated weights of every row of a table, written to a file.",
            "DATA",
            {
                "How the rows were drawn": DESIGN,
                "What is known of the population": WEIGHTING,
                "Output": (*OUT, JSON, EXPLAIN, LANGUAGE, HELP),
            },
        ),
        Command(
            "needed-n",
            "How many answers a wished interval of a share needs, and what other formulas would say.",
            "",
            {"What is wished": WISHED, "Output": (JSON, LANGUAGE, HELP)},
        ),
    )
}


@dataclass(frozen=True, slots=True)
class Given:
    """What stands on the command line. `flags` in its order; the value of a switch is empty, a missing one too."""

    data: str | None
    flags: tuple[tuple[str, str], ...]

    def all(self, name: str) -> tuple[str, ...]:
        return tuple(value for flag, value in self.flags if flag == name)

    def last(self, name: str) -> str | None:
        return next((value for flag, value in reversed(self.flags) if flag == name), None)

    def has(self, name: str) -> bool:
        return self.last(name) is not None


def given(command: Command, words: Sequence[str]) -> Given:
    """The words apart. Refused, all at once: unknown flags, values that are missing or too many, a flag given twice."""
    switches = [flag.name for flag in command.flags if not flag.value]
    full = [word for word in words if word.startswith("--") and word.partition("=")[0] in switches and "=" in word]
    found, rest = _parser(command, str).parse_known_args([word for word in words if word not in full])
    flags: list[tuple[str, str]] = found.flags or []
    names = [name for name, _ in flags]
    faults = [Fault("flag_with_value", "", "{flag} takes no value.", {"flag": word.partition("=")[0]}) for word in full]
    faults += [_unknown(command, word) for word in rest if word.startswith("-") and word != "-"]
    data = [word for word in rest if not word.startswith("-") or word == "-"]
    if not faults:
        faults += _alone(command, data, "--help" in names)
    for flag in command.flags:
        if flag.value and (flag.name, "") in flags:
            sentence = "{flag} needs a value: {flag} {placeholder}. A value that begins with a dash is written {flag}=-…"
            faults.append(Fault("flag_without_value", "", sentence, {"flag": flag.name, "placeholder": flag.value}))
        if names.count(flag.name) > 1 and flag.value and not flag.often:
            faults.append(Fault("flag_twice", "", "{flag} is given more than once.", {"flag": flag.name}))
    if faults:
        raise Refused(*faults)
    return Given(data[0] if data else None, tuple(flags))


def _alone(command: Command, data: Sequence[str], asks: bool) -> list[Fault]:
    """Faults of the words that belong to no flag: the file is missing, or there are more words than a file."""
    if command.data and not any(data) and not asks:
        sentence = "Say which file to read: python -m analysis {command} {placeholder} …"
        return [Fault("data_missing", "", sentence, {"command": command.name, "placeholder": command.data})]
    if command.data:
        sentence = "“{word}” stands alone. A name or list with spaces needs quotation marks around it."
    else:
        sentence = "“{word}” stands alone. The name of its flag must stand before it."
    return [Fault("unexpected_word", "", sentence, {"word": word}) for word in data[1 if command.data else 0 :]]


def list_of_commands(say: Say) -> str:
    """What is said where no command is named."""
    indent, lines = " " * 13, [say("python -m analysis COMMAND …   (COMMAND --help says more)"), ""]
    for name, command in COMMANDS.items():
        lines += textwrap.wrap(f"  {name:<10} {say(command.about)}", NARROW, subsequent_indent=indent)
    more = say("A file may be - for standard input. Sentences are Vietnamese; with --language en they are English.")
    return "\n".join([*lines, "", *textwrap.wrap(more, NARROW)])


def help_text(command: Command, say: Say) -> str:
    """What --help prints."""
    return _parser(command, say).format_help()


def _unknown(command: Command, word: str) -> Fault:
    flag = word.partition("=")[0]
    others = [other.name for other in COMMANDS.values() if flag in (known.name for known in other.flags)]
    if others:
        sentence = "{command} has no flag {flag}; it belongs to {others}."
        return Fault("unknown_flag", "", sentence, {"command": command.name, "flag": flag, "others": ", ".join(others)})
    near = nearest(flag, [flag.name for flag in command.flags])
    if near:
        sentence = "There is no flag {flag}. Near: {near}."
        return Fault("unknown_flag", "", sentence, {"flag": flag, "near": ", ".join(near)})
    sentence = "There is no flag {flag}. python -m analysis {command} --help lists them."
    return Fault("unknown_flag", "", sentence, {"flag": flag, "command": command.name})


class _Noted(argparse.Action):
    """Keeps flags in the order in which they are given."""

    def __call__(
        self, parser: argparse.ArgumentParser, namespace: argparse.Namespace, values: object, option_string: str | None = None
    ) -> None:
        value = values if isinstance(values, str) else ""
        namespace.flags = [*(namespace.flags or []), (self.option_strings[0], value)]


class _Parser(argparse.ArgumentParser):
    """One whose own complaints are faults like all others."""

    def error(self, message: str) -> NoReturn:
        raise Refused(Fault("command_line", "", "The command line cannot be read. Technical message: {reason}", {"reason": message}))


class _Lines(argparse.HelpFormatter):
    """Help that fits the narrowest screen; “usage” is said by the caller."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=26, width=NARROW)

    def add_usage(self, usage: str | None, actions: object, groups: object, prefix: str | None = None) -> None:
        self.add_text(usage)

    def _format_args(self, action: argparse.Action, default_metavar: str) -> str:
        """What stands for the value, without the brackets that would say it may be left out."""
        return str(action.metavar or "")


def _parser(command: Command, say: Say) -> argparse.ArgumentParser:
    usage = " ".join(filter(None, ["python -m analysis", command.name, say(command.data) if command.data else "", "…"]))
    parser = _Parser(usage=usage, description=say(command.about), add_help=False, allow_abbrev=False, formatter_class=_Lines)
    for title, flags in command.groups.items():
        group = parser.add_argument_group(say(title))
        for flag in flags:
            marks = [say(mark) for mark, holds in (("needed", flag.needed), ("may be repeated", flag.often)) if holds]
            about = " ".join([say(flag.help), *(f"({mark})" for mark in marks)])
            names = [flag.name, "-h"] if flag is HELP else [flag.name]
            if flag.value:
                group.add_argument(*names, dest="flags", action=_Noted, nargs="?", const="", metavar=say(flag.value), help=about)
            else:
                group.add_argument(*names, dest="flags", action=_Noted, nargs=0, help=about)
    return parser

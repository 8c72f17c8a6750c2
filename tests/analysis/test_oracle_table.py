"""tests/golden/README.md says of every public function of the arithmetic what it is tested against."""

import ast
import re

from tests.installation import PROJECT

ANALYSIS = PROJECT / "analysis"
TESTS = PROJECT / "tests" / "analysis"
FILE_LAYER = {"__init__", "__main__", "files", "parquet"}
"""These read and write files; the arithmetic is in the others."""


def public(*kinds: type[ast.FunctionDef] | type[ast.ClassDef]) -> set[str]:
    """`module.name` in every module beside the packages (any_table, simulated …), which have rows by their doors."""
    return {
        f"{path.stem}.{statement.name}"
        for path in ANALYSIS.glob("*.py")
        if path.stem not in FILE_LAYER
        for statement in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(statement, kinds) and not statement.name.startswith("_")
    }


def rows() -> list[list[str]]:
    text = (PROJECT / "tests" / "golden" / "README.md").read_text(encoding="utf-8")
    table = text[text.index("|---|") :].partition("\n\n")[0]
    return [line.strip("| ").split(" | ") for line in table.splitlines()[1:]]


def named(cell: str) -> set[str]:
    """Names in backquotes: `module.name`, and bare ones after it are of the same module."""
    found, module = set(), ""
    for name in re.findall(r"`([^`]+)`", cell):
        before, dot, after = name.rpartition(".")
        module = before if dot else module
        found.add(f"{module}.{after}")
    return found


def test_every_public_function_has_a_row_with_its_oracle() -> None:
    known = set().union(*(named(row[0]) for row in rows()))
    assert sorted(public(ast.FunctionDef) - known) == []


def test_every_row_says_against_what_and_in_which_test() -> None:
    for row in rows():
        assert len(row) == 3 and all(row), row
        files = re.findall(r"`((?:any_table/|comparison/)?test_\w+\.py)`", row[2])
        assert files and all((TESTS / file).is_file() for file in files), row


def test_no_row_is_left_of_a_function_that_is_gone() -> None:
    modules = {path.stem for path in ANALYSIS.glob("*.py")} - FILE_LAYER
    found = {name for row in rows() for name in named(row[0]) if name.partition(".")[0] in modules}
    assert sorted(found - public(ast.FunctionDef, ast.ClassDef)) == []

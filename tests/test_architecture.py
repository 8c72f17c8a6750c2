"""The house rules that a machine can keep: arrows, homes of libraries, one door in, one door out."""

import ast
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import fields
from pathlib import Path

from analysis.figures import Figure

PROJECT = Path(__file__).resolve().parent.parent

ARROWS = {
    "questionnaires": set(),
    "analysis": {"questionnaires"},
    "survey_app.storage": {"questionnaires"},
    "survey_app.words": {"questionnaires"},
    "survey_app.settings": set(),
    "survey_app.documents": {"analysis", "questionnaires", "survey_app.words"},
    "survey_app.services": {
        "survey_app.storage", "survey_app.documents", "analysis", "questionnaires", "survey_app.words", "survey_app.settings",
    },
    "survey_app.web": {"survey_app.services", "questionnaires", "survey_app.words"},
    "survey_app.commands": {"survey_app.services", "questionnaires", "survey_app.words", "survey_app.settings"},
}  # fmt: skip
"""Package to the packages of ours it may import, beside itself. survey_app itself and wsgi may import everything."""

HOMES = {
    "flask": ("survey_app.web", "survey_app", "wsgi"),
    "flask_wtf": ("survey_app.web", "survey_app"),
    "wtforms": ("survey_app.web",),
    "werkzeug": ("survey_app.web", "survey_app"),
    "markupsafe": ("survey_app.web",),
    "click": ("survey_app.commands",),
    "sqlalchemy": ("survey_app.storage",),
    "duckdb": ("survey_app.storage", "analysis.parquet"),
    "numpy": ("analysis", "survey_app.storage", "survey_app.documents.charts"),
    "scipy": ("analysis",),
    "matplotlib": ("survey_app.documents.charts",),
    "docx": ("survey_app.documents.word",),
    "typst": ("survey_app.documents.pdf", "survey_app.documents.print_matter"),
    "qrcode": ("survey_app.documents.print_matter",),
    "openpyxl": ("survey_app.documents.workbooks",),
    "argon2": ("survey_app.services.accounts",),
}
"""Third-party library to the modules or packages it lives in."""

FILE_OPENERS = {"analysis.files", "analysis.parquet"}
"""The only modules of the arithmetic that open files, for its command line."""

BEFORE_NUMPY = {"analysis"}
"""The package itself, which tells the linear algebra how many threads it has before anything loads it."""

NO_FILES_OR_CLOCKS = {"os", "io", "pathlib", "time", "random", "secrets", "socket", "subprocess", "tempfile", "shutil", "sqlite3"}


def sources() -> dict[str, str]:
    found = {}
    for top in ("questionnaires", "analysis", "survey_app"):
        for path in sorted((PROJECT / top).rglob("*.py")):
            if {"reference", "deploy"} & set(path.parts):
                continue
            parts = path.relative_to(PROJECT).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path.read_text(encoding="utf-8")
    found["wsgi"] = (PROJECT / "wsgi.py").read_text(encoding="utf-8")
    return found


def package_of(module: str) -> str:
    if module.split(".")[0] != "survey_app":
        return module.split(".")[0]
    return ".".join(module.split(".")[:2])


def imports(source: str) -> Iterator[tuple[str, ast.AST]]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            for name in node.names:
                yield name.name, node
        elif isinstance(node, ast.ImportFrom):
            yield "." * node.level + (node.module or ""), node
            for name in node.names:
                yield f"{'.' * node.level}{node.module}.{name.name}", node


def undrawn_arrows(modules: Mapping[str, str]) -> list[str]:
    wrong = []
    for module, source in modules.items():
        home = package_of(module)
        if module in ("survey_app", "wsgi"):
            continue
        for target, node in imports(source):
            if target.startswith("."):
                wrong.append(f"{module}: relative import at line {node.lineno}")
            if target.split(".")[0] not in ("questionnaires", "analysis", "survey_app", "wsgi", "tests"):
                continue
            if target == "survey_app":  # `from survey_app import settings` is judged by the name behind it
                continue
            there = package_of(target)
            if there != home and there not in ARROWS.get(home, set()):
                wrong.append(f"{module} → {there} (line {node.lineno})")
    return wrong


def homeless_libraries(modules: Mapping[str, str]) -> list[str]:
    wrong = []
    for module, source in modules.items():
        for target, node in imports(source):
            homes = HOMES.get(target.split(".")[0])
            if homes is not None and not any(module == home or (module.startswith(home + ".") and home != "survey_app") for home in homes):
                wrong.append(f"{module} uses {target.split('.')[0]} (line {node.lineno})")
    return wrong


def cycles(modules: Mapping[str, str]) -> list[str]:
    known = set(modules)
    graph = {
        module: {target for target, _ in imports(source) if target in known and target not in (module, "survey_app")}
        for module, source in modules.items()
    }  # `from survey_app import settings` is judged by the name behind it
    done: set[str] = set()
    found: list[str] = []

    def visit(module: str, path: tuple[str, ...]) -> None:
        if module in path:
            found.append(" → ".join((*path[path.index(module) :], module)))
        elif module not in done:
            for target in sorted(graph[module]):
                visit(target, (*path, module))
            done.add(module)

    for module in sorted(graph):
        visit(module, ())
    return found


def inner_imports(modules: Mapping[str, str]) -> list[str]:
    wrong = []
    for module, source in modules.items():
        for outer in ast.walk(ast.parse(source)):
            if isinstance(outer, ast.FunctionDef | ast.AsyncFunctionDef):
                wrong += [f"{module}.{outer.name}" for inner in ast.walk(outer) if isinstance(inner, ast.Import | ast.ImportFrom)]
    return wrong


def callers(modules: Mapping[str, str], name: str) -> set[str]:
    """Modules that call `name` ("Figure" or "responses.append")."""
    found = set()
    for module, source in modules.items():
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == name:
                found.add(module)
    return found


def changed(modules: Mapping[str, str], names: set[str]) -> list[tuple[str, str]]:
    """Where an attribute of that name is written to on anything but oneself."""
    return [
        (module, ast.unparse(node))
        for module, source in modules.items()
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store | ast.Del) and node.attr in names
        if not (isinstance(node.value, ast.Name) and node.value.id == "self")
    ]


def test_arrows_point_inward() -> None:
    assert undrawn_arrows(sources()) == []


def test_a_library_has_one_home() -> None:
    assert homeless_libraries(sources()) == []


def test_no_module_imports_itself_through_others() -> None:
    assert cycles(sources()) == []


def test_imports_stand_at_the_top() -> None:
    assert inner_imports(sources()) == []


def test_the_arithmetic_touches_no_file_and_no_clock() -> None:
    others = FILE_OPENERS | BEFORE_NUMPY
    pure = {module: source for module, source in sources().items() if package_of(module) == "analysis" and module not in others}
    assert [(module, target) for module, source in pure.items() for target, _ in imports(source) if target in NO_FILES_OR_CLOCKS] == []


def test_only_settings_reads_the_environment() -> None:
    readers = {
        module
        for module, source in sources().items()
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Attribute) and ast.unparse(node) in ("os.environ", "os.getenv")
    }
    assert readers == {"survey_app.settings"}


def test_every_answer_enters_by_one_door() -> None:
    assert callers(sources(), "responses.append") == {"survey_app.services.submission"}


def test_figures_are_made_where_they_are_screened_and_read_back_in_another_file() -> None:
    """figures.rewritten is `replace`; the charts call matplotlib's own Figure."""
    others = callers(sources(), "Figure") - {"survey_app.documents.charts.sheet", "analysis.figures"}
    assert others == {"analysis.screening", "analysis.posted", "analysis.plain"}


def test_no_figure_is_changed_although_it_could_be() -> None:
    """Figures are values like all others; they are not frozen, since a release makes a hundred thousand of them."""
    assert changed(sources(), {field.name for field in fields(Figure)}) == []


def test_no_code_knows_a_question_or_an_index_of_an_instrument() -> None:
    """Ids of shipped instruments are data. Words that are also meanings (sector, age …) may stand in code as meanings."""
    files = sorted((PROJECT / "questionnaires").glob("*/*.toml"))
    read = [tomllib.loads(path.read_text(encoding="utf-8")) for path in files]
    meanings = {name for instrument in read for name in instrument.get("meanings", {})}
    questions = {question["id"] for instrument in read for question in instrument.get("question", ())}
    trees = [tree for instrument in read for tree in instrument.get("tree", ())]
    nodes = {node for tree in trees for node in (*tree.get("nodes", ()), *tree.get("leaves", ()))}
    known = {id for id in questions | nodes if len(id) > 4} - meanings - {"total", "comment", "capacity"}
    assert files
    assert [
        (module, node.value)
        for module, source in sources().items()
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Constant) and node.value in known
    ] == []


def test_a_drawn_rule_would_be_missed_when_broken() -> None:
    """The checks above are worth something: each sees a planted fault."""
    assert undrawn_arrows({"analysis.release": "from survey_app.storage import session"})
    assert undrawn_arrows({"survey_app.web.citizen": "from survey_app.storage import responses"})
    assert undrawn_arrows({"survey_app.web.citizen": "from survey_app import settings"})
    assert undrawn_arrows({"questionnaires.reader": "import analysis.release"})
    assert undrawn_arrows({"analysis.release": "from .indices import evaluate"})
    assert undrawn_arrows({"survey_app.services.releases": "from survey_app.storage import session"}) == []
    assert homeless_libraries({"survey_app.services.reports": "import sqlalchemy"})
    assert homeless_libraries({"survey_app.words": "from flask import request"})
    assert homeless_libraries({"survey_app": "from flask import Flask"}) == []
    assert cycles({"a": "import b", "b": "import c", "c": "import a"})
    assert inner_imports({"a": "def f():\n    import b"})
    assert changed({"a": "figure.gap = 1"}, {"gap"}) == [("a", "figure.gap")]
    many = "figure.gap += 1\ndel figure.gap\nx.gap, y = 1, 2\nself.gap = x.gap"
    assert changed({"a": many}, {"gap"}) == [("a", "figure.gap"), ("a", "figure.gap"), ("a", "x.gap")]
    assert callers({"a": "from x import responses\nresponses.append([1])"}, "responses.append") == {"a"}

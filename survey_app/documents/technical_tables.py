"""What only Home Affairs reads: unrounded values with their errors, and how the answers were weighted."""

from collections.abc import Iterator, Mapping, Sequence

from analysis.cells import Merge
from analysis.domains import Domain
from analysis.figures import Figure
from survey_app.documents import figure_cells as cells
from survey_app.documents.figure_cells import View
from survey_app.documents.report import Cell, Column, Heading, Number, Part, Row, Table
from survey_app.words import number, of, say


def computed(view: View) -> Iterator[Part]:
    """Nothing, unless the reader may see exact values."""
    if not view.precise:
        return
    yield Heading("computed", say(view.language, "How it was computed (Home Affairs only)"))
    yield _errors(view)
    units = {label for one in view.release.domains if one.kind == "unit" for label in one.members}
    if merged := [one for one in view.release.studies.merges if one.reception in units]:
        yield _merges(view, merged)
    if more := [one for one in view.release.studies.more_answers_than_files if one in units]:
        yield _more_answers_than_files(view, more)


def _errors(view: View) -> Table:
    language, tree = view.language, cells.headline_tree(view.instrument)
    columns = (
        Column("code", say(language, "Code")),
        Column("name", say(language, "Name")),
        Column("n", say(language, "Answers"), "number"),
        Column("items", say(language, "Valid items"), "number"),
        Column("psus", say(language, "Office-days"), "number"),
        Column("estimate", say(language, "Index, unrounded"), "number", "share"),
        Column("se", say(language, "Standard error (stabilised)"), "number", "share"),
        Column("df", say(language, "Degrees of freedom"), "number", "points"),
        Column("se_raw", say(language, "Standard error (raw)"), "number", "share"),
        Column("df_raw", say(language, "Degrees of freedom (raw)"), "number"),
        Column("ci_low", say(language, "Interval from"), "number", "share"),
        Column("ci_high", say(language, "Interval to"), "number", "share"),
        Column("deff", say(language, "Design effect"), "number", "points"),
    )
    rows = []
    for domain in view.release.domains:
        for means in (False, True):
            figure = view.figure(domain, tree, means=means)
            if figure is not None and figure.estimate is not None:
                rows.append(_error_row(view, domain, figure, means))
    caption = say(language, "Headline: unrounded values, standard errors, degrees of freedom, design effects")
    return Table("errors", caption, columns, tuple(rows), header=1)


def _error_row(view: View, domain: Domain, figure: Figure, means: bool) -> Row:
    one, name = figure.estimate, view.name(domain)
    if one is None:
        return Row((domain.id, name))
    language = view.language
    shown: tuple[Cell, ...] = (
        domain.id,
        say(language, "{name}: mean of the units", name=name) if means else name,
        _whole(language, one.n),
        _whole(language, one.answers),
        _whole(language, figure.psus),
        _share(language, one.estimate),
        _share(language, one.se),
        _plain(language, one.df),
        _share(language, one.se_raw),
        _whole(language, one.df_raw),
        _share(language, one.ci_low),
        _share(language, one.ci_high),
        _plain(language, one.deff),
    )
    return Row(shown, domain.id, total=domain.kind != "unit")


def _merges(view: View, merged: Sequence[Merge]) -> Table:
    language, names = view.language, {one.id: view.name(one) for one in view.release.domains}
    columns = (
        Column("code", say(language, "Code")),
        Column("name", say(language, "Receiving unit")),
        Column("cells", say(language, "Cells weighted together")),
        Column("n", say(language, "Answers"), "number"),
        Column("files", say(language, "Files"), "number"),
        Column("why", say(language, "Why")),
    )
    sectors = sectors_in_words(view)
    rows = []
    for merge in merged:
        together = "; ".join(cell_words(view, name, sectors) for name in merge.cells)
        why = why_merged(language, merge)
        counted = (_whole(language, merge.n), _whole(language, merge.files))
        rows.append(Row((merge.reception, names.get(merge.reception, merge.reception), together, *counted, why), merge.reception))
    return Table("merges", say(language, "Cells that were weighted together because they were thin"), columns, tuple(rows), header=1)


def sectors_in_words(view: View) -> dict[str, str]:
    """Sector code to its words in the questionnaire."""
    meaning = view.instrument.meanings.get("sector")
    options = view.instrument.question(meaning.question).options if meaning else ()
    return {str(option.code): of(option.text, view.language) for option in options}


def cell_words(view: View, name: str, sectors: Mapping[str, str]) -> str:
    """decider|sector in words."""
    decider, _, sector = name.partition("|")
    language, names = view.language, {**view.bodies, **{one.id: one.names for one in view.release.domains}}
    body = of(names[decider], language) if decider in names else say(language, "body not known" if decider == "?" else "another body")
    return f"{body} / {say(language, 'sector not known') if sector == '?' else sectors.get(sector, sector)}"


def why_merged(language: str, merge: Merge) -> str:
    return "; ".join(_why(language, reason) for reason in merge.why.split("+"))


def _why(language: str, reason: str) -> str:
    match reason:
        case "few_answers":
            return say(language, "fewer than 5 answers")
        case "high_factor":
            return say(language, "one answer would have stood for too many files")
        case "few_answers_in_unit":
            return say(language, "fewer than 20 answers in the unit")
        case "totals_only":
            return say(language, "only the unit's total of files is known")
        case "sector_not_in_frame":
            return say(language, "answers, but no files, in this sector")
        case _:
            return reason


def _more_answers_than_files(view: View, units: Sequence[str]) -> Table:
    language, names = view.language, {one.id: view.name(one) for one in view.release.domains}
    rows = tuple(Row((code, names.get(code, code)), code) for code in units)
    columns = (Column("code", say(language, "Code")), Column("name", say(language, "Unit")))
    return Table("more-answers", say(language, "Units with more answers than files: to be checked"), columns, rows, header=1)


def _whole(language: str, value: int | None) -> Cell:
    return None if value is None else Number(value, number(language, value))


def _share(language: str, value: float | None) -> Cell:
    return None if value is None else Number(value, number(language, 100 * value, 3) + "%", 3, "share")


def _plain(language: str, value: float | None) -> Cell:
    return None if value is None else Number(value, number(language, value, 2), 2, "points")

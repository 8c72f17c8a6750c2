"""The steps of “How was this computed” that are formulas: weight, error, interval, rounding. Which steps there are: method_panel.py."""

from collections.abc import Iterator, Sequence

from analysis.domains import Domain
from survey_app.documents import compared_sentences
from survey_app.documents.figure_cells import View
from survey_app.words import number, say


def weights(view: View) -> str:
    """The mode of weighting that this release used."""
    language, studies = view.language, view.release.studies
    if studies.no_frame:
        return say(language, "1 for every answer: the numbers of files are not known yet.")
    drawn = say(language, "1 for an answer by an open code; k where every k-th file gets a code.")
    if studies.totals_only:
        return f"{drawn} {say(language, 'Times the files of the unit ÷ its answers, because files by sector are not known.')}"
    sentence = (
        "Times files ÷ answers of its cell (receiving office × deciding body × sector). A cell with fewer than 5 answers, or whose factor "
        "is more than 4 times the median of its office, joins the next one; an office with fewer than 20 answers is one cell."
    )
    unknown = "Answers of unknown sector are one cell with their share of the office's files; the files of its other cells are cut by it."
    return f"{drawn} {say(language, sentence)} {say(language, unknown)}"


def clusters(language: str) -> str:
    return say(language, "All answers of one reception point on one day are one cluster (PSU); every receiving office is a stratum.")


def error(language: str) -> str:
    sentence = (
        "V = Σ over offices of G ÷ (G − 1) · Σ (z − z̄)²: z is the deviation of a cluster, G the clusters of the office. Published: "
        "V* = (8·V0 + df·V) ÷ (8 + df), where V0 is what the offices of the same block lead one to expect."
    )
    return say(language, sentence)


def deviation(language: str) -> str:
    sentence = (
        "z = Σ over its answers of g·d·(u − ū), with u = (y − H·x) ÷ X: y satisfied and x valid items of an answer that count for the "
        "figure (0 where none), X = Σ g·d·x, g the factor of the cell and ū the mean of u over all answers of the cell, by d."
    )
    return say(language, sentence)


def expected(view: View, domains: Sequence[Domain]) -> str:
    """The formula, and the fitted effects: of every block that units among the rows belong to, and of rows that are no units."""
    sentence = (
        "V0 = r·p·(1 − p) ÷ n_K, with p = (n·H + 20·H_block) ÷ (n + 20), n people with a valid item, n_K = (Σ w)² ÷ Σ w² of these; "
        "r = a + b·(m − 1), not below 0.2, m = Σ k² ÷ Σ k over the clusters of k answers. a and b by least squares of V ÷ (V0 ÷ r) on "
        "m − 1 over the block's offices with df of 4 and more, weighted by df (fewer than 10 such offices: 1 and 0.05)."
    )
    return " ".join([say(view.language, sentence), *_of_blocks(view, domains), *_of_groups(view, domains)])


def _of_blocks(view: View, domains: Sequence[Domain]) -> Iterator[str]:
    """Releases made before the effects of groups were kept have those of all answers alone."""
    language, studies, units = view.language, view.release.studies, {one.id for one in domains if one.kind == "unit"}
    blocks = {one.id: one for one in view.release.domains if one.grouping == "block" and units & set(one.members)}
    for one in studies.effects:
        if one.block in blocks and (studies.group_effects or view.basis_of(blocks[one.block]) == "all"):
            yield f"{view.name(blocks[one.block])}: {_a_and_b(language, one.a, one.b)}"


def _of_groups(view: View, domains: Sequence[Domain]) -> Iterator[str]:
    """A block goes by the fit over all offices in its own row, with the index of the city."""
    language, groups = view.language, [one for one in domains if one.kind != "unit"]
    if groups:
        yield say(language, "Of a block, an area and the city itself: H of the city in place of H_block, a and b over all offices.")
    ways = {view.basis_of(one) for one in groups}
    for one in view.release.studies.group_effects:
        if one.basis in ways:
            yield f"{compared_sentences.way(language, one.basis)}: {_a_and_b(language, one.a, one.b)}"


def of_gaps(view: View) -> Iterator[str]:
    """a and b of both sets of answers: of the blocks whose units the document has, and of all offices for its groups."""
    language, units = view.language, {one.id for one in view.release.domains if one.kind == "unit"}
    blocks = {one.id: view.name(one) for one in view.release.domains if one.grouping == "block" and units & set(one.members)}
    spoken_of = {figure.domain for figure in view.release.figures}
    if any(one.kind != "unit" and one.id in spoken_of for one in view.release.domains):
        blocks[""] = say(language, "Blocks, areas and the city")
    for one in view.release.studies.gap_effects:
        if one.block in blocks:
            yield f"{blocks[one.block]}, {compared_sentences.way(language, one.basis)}: {_a_and_b(language, one.a, one.b)}"


def _a_and_b(language: str, a: float, b: float) -> str:
    return f"a = {number(language, a, 4)}, b = {number(language, b, 4)}."


def freedom(language: str) -> str:
    """A unit is one office, so that its f is its df."""
    sentence = (
        "df = clusters with an answer − offices with an answer. Of V*: df + 8 for a unit; for a block, an area and the city (8 + df)² "
        "÷ (8 + df² ÷ f), with f = (Σ V_h)² ÷ Σ (V_h² ÷ (G_h − 1)) over the offices h with several clusters, V_h the part of V that "
        "office h gives (Satterthwaite; f = df where V is 0). Mean of the units: (Σ V*)² ÷ Σ (V*² ÷ df of V*) over the units."
    )
    return say(language, sentence)


def interval(language: str) -> str:
    sentence = (
        "95%, Korn-Graubard for shares: n_e = p·(1 − p) ÷ V*, at most M valid items; times (t(n − 1) ÷ t(df of V*))², again at most M; "
        "from the 2.5% point of Beta(H·n_e, n_e − H·n_e + 1) to the 97.5% point of Beta(H·n_e + 1, n_e − H·n_e). Scores in points and the "
        "mean of the units: t with V*, cut at the ends of the scale."
    )
    return say(language, sentence)


def rounding(language: str) -> str:
    sentence = (
        "Value and interval on one grid: fewer than 100 answers whole percent, fewer than 1,000 one decimal, else two; ends of the "
        "interval are rounded outward, to tenths of the range (tens of percent) with fewer than 30 answers, those of a gap too: the "
        "error of so few days would tell what one of them said. Where those who say otherwise weigh less than five of the heaviest "
        "answers the interval is that of V0 alone with 8 df, by tenths, too. A figure of which one person may be more than a tenth has "
        "no interval. Published numbers of answers are rounded to 5."
    )
    return say(language, sentence)

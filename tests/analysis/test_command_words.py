"""What the command line says: Vietnamese unless English is asked for, tables that fit a screen, the method in words."""

import json
import re
import unicodedata
from pathlib import Path

import pytest

from analysis.command_line.flags import COMMANDS
from tests.analysis.command import Run


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    return Run(tmp_path, capsys)


def test_faults_and_help_are_vietnamese_unless_english_is_asked_for(run: Run) -> None:
    file = run.file("y\nx\n")
    assert "data.csv, dòng 2, cột y: “x” không phải là số." in run("estimate", file, "--mean", "y")[2]
    english = run("estimate", file, "--mean", "y", "--language", "en")[2]
    assert "data.csv, row 2, column y: “x” is not a number." in english
    assert run("estimate", file, "--mean", "y", "--language=en")[2] == english
    assert "Không có tùy chọn --men." in run("estimate", file, "--men", "y")[2]
    assert "--language nhận vi, en, không nhận “fr”." in run("estimate", file, "--language", "fr")[2]
    assert "Không có lệnh estimat. Các lệnh: estimate." in run("estimat", file)[2]
    for command in ("index", "estimate", "weights", "needed-n"):
        code, vietnamese, _ = run(command, "--help")
        assert code == 0
        assert "hiện các dòng này" in vietnamese
        assert "show these lines" in run(command, "--help", "--language", "en")[1]
    assert "Cần bao nhiêu phiếu" in run()[1]
    assert "How many answers" in run("--language", "en")[1]


def test_help_fits_a_narrow_screen_and_marks_what_is_needed_and_what_may_be_repeated(run: Run) -> None:
    for language, needed, repeated in (("vi", "(bắt buộc)", "(có thể lặp lại)"), ("en", "(needed)", "(may be repeated)")):
        for words in ((), *((command, "--help") for command in COMMANDS)):
            text = run(*words, "--language", language)[1]
            assert max(map(len, text.splitlines())) <= 80
            flags = COMMANDS[words[0]].flags if words else ()
            whole = " ".join(text.split())
            assert whole.count(needed) == sum(flag.needed for flag in flags)
            assert whole.count(repeated) == sum(flag.often for flag in flags)


def test_no_english_is_left_in_vietnamese_help(run: Run) -> None:
    english = {line.strip() for command in ("estimate", "weights") for line in run(command, "--help", "--language", "en")[1].splitlines()}
    vietnamese = {line.strip() for command in ("estimate", "weights") for line in run(command, "--help")[1].splitlines()}
    assert {line for line in english & vietnamese if " " in line.replace("  ", "")} <= {"python -m analysis weights TỆP …"}


def test_numbers_for_people_have_a_decimal_comma_in_vietnamese(run: Run) -> None:
    file = run.file("y\n1\n2\n3\n4\n5\n")
    assert "3,00" in run("estimate", file, "--mean", "y")[1]
    assert "3.00" in run("estimate", file, "--mean", "y", "--language", "en")[1]
    assert run("estimate", file, "--mean", "y", "--json")[1] == run("estimate", file, "--mean", "y", "--json", "--language", "en")[1]


def test_a_table_for_people_is_no_wider_than_a_screen(run: Run) -> None:
    ward = "Ủy ban nhân dân phường Trần Hưng Đạo và các khu dân cư lân cận thuộc địa bàn quản lý"
    wide = "\n".join(f'"{ward} {k}",{"Khu vực rất dài " * 5}{k},{k % 5 + 1},{"x" * 150}' for k in range(40))
    file = run.file(f"đơn vị hành chính,khu vực,mức độ hài lòng với thái độ phục vụ,z\n{wide}\n")
    column = "mức độ hài lòng với thái độ phục vụ"
    asked = ("--mean", column, "--share", f"{column}=4,5", "--by", "đơn vị hành chính,khu vực", "--by", "z")
    code, out, _ = run("estimate", file, *asked)
    assert code == 0
    widths = [len(unicodedata.normalize("NFC", line)) for line in out.splitlines()]
    assert 100 < max(widths) <= 120
    assert re.search(r"^Ủy ban nhân dân +Khu vực", out, re.MULTILINE)


def test_a_newcomer_is_told_what_to_type_in_words_of_one_language(run: Run) -> None:
    file = run.file("y\n1\n")
    for words, said in (
        (("estimate",), "python -m analysis estimate TỆP …"),
        (("estimate", "", "--mean", "y"), "python -m analysis estimate TỆP …"),
        (("estimate", file, "--mean", "y", "--stratum"), "--stratum CỘT."),
        (("weights", file, "--share", "y=1"), "weights không có tùy chọn --share; đó là tùy chọn của estimate, needed-n."),
        (("needed-n", "0.9"), "“0.9” đứng riêng lẻ. Phía trước phải có tên tùy chọn"),
        (("estimate", file, "--mean", "y", "y"), "“y” đứng riêng lẻ. Tên hoặc danh sách có dấu cách"),
    ):
        code, out, err = run(*words)
        assert (code, out) == (2, "")
        assert said in err
    assert "python -m analysis estimate DATA …" in run("estimate", "--language", "en")[2]
    assert run("help") == run()


def test_letters_that_move_the_pen_are_shown_as_signs(run: Run) -> None:
    """Tabs, ends of lines and escapes in labels and names break neither the table nor a fault, and JSON has them as they are."""
    file = run.file('y,"g\n1"\n3,"a\tb"\n4,"c\r\nd"\n5,"a\tb"\n6,"\x1b[31mred"\n')
    code, out, err = run("estimate", file, "--mean", "y", "--by", "g\n1", "--explain")
    assert (code, err) == (0, "")
    assert [line.split()[0] for line in out.splitlines()[3:6]] == ["␛[31mred", "a␉b", "c␍␊d"]
    assert not {"\t", "\r", "\x1b"} & set(out)
    assert out.startswith("Theo g␊1\ng␊1")
    assert {row["domain"]["g\n1"] for row in run.rows(file, "--mean", "y", "--by", "g\n1")} == {"a\tb", "c\r\nd", "\x1b[31mred"}
    assert len(run("estimate", file, "--mean", "g\n1")[2].splitlines()) == 4
    assert len(run("estimate", file, "--mean", "g\n2")[2].splitlines()) == 1


def test_replicates_say_how_far_they_are_beside_the_results(run: Run) -> None:
    file = run.file("y,p\n" + "".join(f"{k % 7},{k % 10}\n" for k in range(100)))
    code, out, err = run("estimate", file, "--mean", "y", "--psu", "p", "--variance", "jk1", "--json")
    assert code == 0
    assert len(json.loads(out)) == 1
    assert err.splitlines()[-1] == "Mẫu lặp: 10 trên 10"
    assert run("estimate", file, "--mean", "y", "--psu", "p", "--json")[2] == ""


def test_explain_says_design_weights_and_method_with_their_numbers(run: Run) -> None:
    file = run.file("s,p,n,w,g,y\n1,a,5,2,A,4\n1,a,5,2,B,\n1,b,5,2,A,5\n2,c,9,3,B,1\n2,c,9,3,A,3\n")
    run.file("g,population\nA,60\nB,40\n", "sex.csv")
    asked = ("--mean", "y", "--share", "y=4,5", "--quantile", "y:0.5", "--stratum", "s", "--psu", "p", "--fpc", "n", "--weight", "w")
    method = ("--poststratify", "sex.csv", "--trim", "1,50", "--ci", "wilson", "--explain", "--language", "en")
    _, out, err = run("estimate", file, *asked, *method)
    text = " ".join(out.split())
    for said in (
        "5 rows",
        "Blank cells (empty, NA or NULL): y (1).",
        "2 strata (column s)",
        "3 primary sampling units (column p)",
        "Finite population correction from n.",
        "With a single sampling unit: 2; their PSU counts by its distance",
        "Design weights: column w. They are post-stratified",
        "sex.csv (",
        "Weights were trimmed to 1 … 50: 0 rows were cut.",
        "The weights add up to 100,",
        "Taylor",
        "level of 95%",
        "Shares: Wilson",
        "Woodruff",
        "Wilson 1927",
    ):
        assert said in text, said
    assert err == ""
    _, out, err = run("estimate", file, "--mean", "y", "--explain", "--json")
    assert json.loads(out)
    assert "Mẫu: không phân tầng. Mỗi dòng là một đơn vị mẫu: 5 đơn vị." in " ".join(err.split())


def test_explain_speaks_of_two_stages_bounds_and_replicates(run: Run) -> None:
    file = run.file("p,q,g,s,y\n" + "".join(f"{k % 6},{k % 12},{'AB'[k % 2]},{'MN'[k % 3 > 0]},{k % 5 + 1}\n" for k in range(60)))
    run.file("g,population\nA,60\nB,40\n", "sex.csv")
    run.file("s,population\nM,70\nN,30\n", "age.csv")
    asked = ("--mean", "y", "--rake", "sex.csv", "--rake", "age.csv", "--bounds", "0.9,1.2", "--distance", "linear", "--explain")
    _, out, err = run("estimate", file, "--psu", "p", "--psu2", "q", *asked, "--language", "en")
    text = " ".join(out.split())
    for said in ("Second stage: 12 units (q).", "adds nothing to the variance", "linear calibration", "bounded to 0.9 … 1.2", "Given up"):
        assert said in text, said
    assert "margins_given_up" in err
    drawn = ("--variance", "bootstrap", "--draws", "4", "--explain", "--language", "en")
    _, out, _ = run("estimate", file, "--psu", "p", "--mean", "y", *drawn)
    assert "bootstrap of Rao and Wu with 4 draws, seed 1" in " ".join(out.split())

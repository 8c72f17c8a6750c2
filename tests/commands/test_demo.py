"""flask demo before anything is built: what the help says of the number of answers, and what the command refuses."""

from tests.real_city import Run


def test_the_help_says_how_few_answers_are_too_few(run: Run) -> None:
    shown = " ".join(run("demo", "--help").stdout.split())
    assert "about a thousand or more; the command names the exact least number" in shown
    assert "x>=1" not in shown


def test_too_few_answers_are_refused_with_the_least_number(run: Run) -> None:
    for asked in ("500", "0", "-5"):
        refused = run("demo", "--city", "79", "--responses", asked)
        assert refused.exit_code == 2
        assert "needs 1014 answers or more" in refused.stderr

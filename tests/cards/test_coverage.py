"""The coverage register from files: the whole file or nothing, errors by line and column."""

import datetime
import io

import pytest
from django.core.management import CommandError, call_command

from cards.coverage import import_coverage
from cards.models import Coverage
from cards.spreadsheets import Unreadable

MARCH, APRIL = datetime.date(2018, 3, 1), datetime.date(2018, 4, 1)

pytestmark = pytest.mark.usefixtures("reference")


def register() -> dict[tuple[str, datetime.date], str]:
    return {(row.place_id, row.month): row.state for row in Coverage.objects.all()}


def load(*lines: str, **options):
    return import_coverage("\n".join(["place,month,state", *lines]).encode(), **options)


def counts(result) -> tuple[int, int, int, int]:
    return result.read, result.new, result.updated, result.unchanged


def test_codes_are_loaded():
    result = load("almaty,2018-03,full", "astana,2018-03,partly", "semey,2018-04,none")
    assert counts(result) == (3, 3, 0, 0)
    assert result.refusals == []
    assert register() == {
        ("almaty", MARCH): "full",
        ("astana", MARCH): "partly",
        ("semey", APRIL): "none",
    }


def test_names_in_any_language_and_months_as_excel_writes_them():
    result = load(
        "Алматы,2018-03-01,FULL",
        "Өскемен,01.03.2018,partly",
        "Taldykorgan and Almaty region,03.2018,Monitored all month",
        "Уральск,2018-03,none",
    )
    assert result.refusals == []
    assert register() == {
        ("almaty", MARCH): "full",
        ("ust-kamenogorsk", MARCH): "partly",
        ("taldykorgan", MARCH): "full",
        ("uralsk", MARCH): "none",
    }


def test_loading_again_changes_what_differs_and_keeps_the_rest():
    load("almaty,2018-03,full", "astana,2018-03,partly", "semey,2018-03,none")
    result = load("almaty,2018-03,full", "astana,2018-03,none", "astana,2018-04,full")
    assert counts(result) == (3, 1, 1, 1)
    assert register() == {
        ("almaty", MARCH): "full",
        ("astana", MARCH): "none",
        ("astana", APRIL): "full",
        ("semey", MARCH): "none",
    }


@pytest.mark.parametrize(
    ("line", "column"),
    [
        ("atlantis,2018-03,full", "place"),
        (",2018-03,full", "place"),
        ("almaty,2018-13,full", "month"),
        ("almaty,2018-3,full", "month"),
        ("almaty,2018-03-15,full", "month"),
        ("almaty,march,full", "month"),
        ("almaty,,full", "month"),
        ("almaty,0000-01,full", "month"),
        ("almaty,2999-01,full", "month"),
        ("almaty,2018-03,half", "state"),
        ("almaty,2018-03,1", "state"),
        ("almaty,2018-03,", "state"),
        ("astana,2018-03,none", "month"),
    ],
)
def test_one_bad_line_refuses_the_whole_file(line, column):
    result = load("astana,2018-03,full", line, "semey,2018-03,full")
    assert [(refusal.line, refusal.column) for refusal in result.refusals] == [(3, column)]
    assert register() == {}


def test_every_refusal_is_listed():
    result = load(*["atlantis,never,half"] * 1000)
    assert len(result.refusals) == 3000
    assert {refusal.line for refusal in result.refusals} == set(range(2, 1002))


def test_missing_and_unknown_columns():
    result = import_coverage(b"place,month,colour\nalmaty,2018-03,red\n")
    assert [(refusal.line, refusal.column) for refusal in result.refusals] == [(1, "state")]
    result = import_coverage(b"place,month,state,colour\nalmaty,2018-03,full,red\n")
    assert result.unknown_columns == ["colour"]
    assert register() == {("almaty", MARCH): "full"}
    with pytest.raises(Unreadable):
        import_coverage(b"")


def test_a_dry_run_says_the_same_and_writes_nothing():
    load("almaty,2018-03,full")
    result = load("almaty,2018-03,none", "astana,2018-03,full", dry_run=True)
    assert counts(result) == (2, 1, 1, 0)
    assert register() == {("almaty", MARCH): "full"}


def test_queries_do_not_grow_with_the_file(django_assert_num_queries):
    # Places, savepoint and its end, the months of the register, one statement that writes.
    months = [f"almaty,{year}-{month:02},full" for year in (2015, 2016) for month in range(1, 13)]
    with django_assert_num_queries(5):
        load(months[0])
    with django_assert_num_queries(5):
        load(*months)
    assert len(register()) == 24


def run(path, *options: str) -> tuple[str, str]:
    out, err = io.StringIO(), io.StringIO()
    call_command("import_coverage", str(path), *options, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def test_the_command_counts_and_names_what_nobody_reads(tmp_path):
    path = tmp_path / "coverage.csv"
    path.write_text("place;month;state;note\nalmaty;2018-03;full;all\n", encoding="utf-8-sig")
    out, err = run(path, "--dry-run")
    assert "rows read 1, new 1, updated 0, unchanged 0, refused 0" in out
    assert "note" in err
    assert register() == {}
    run(path)
    assert register() == {("almaty", MARCH): "full"}
    assert "new 0, updated 0, unchanged 1" in run(path)[0]


def test_the_command_fails_and_lists_refusals(tmp_path):
    path = tmp_path / "coverage.csv"
    path.write_text("place,month,state\nalmaty,2018-03,full\natlantis,2018-13,full\n")
    out, err = io.StringIO(), io.StringIO()
    with pytest.raises(CommandError) as failure:
        call_command("import_coverage", str(path), stdout=out, stderr=err)
    assert failure.value.returncode == 1
    assert "refused 1" in out.getvalue()
    lines = err.getvalue().splitlines()
    assert len(lines) == 2
    assert "atlantis" in lines[0]
    assert "2018-13" in lines[1]
    assert all("3" in line for line in lines)
    assert register() == {}


def test_the_command_says_what_file_is_missing_or_no_table(tmp_path):
    with pytest.raises(CommandError, match="nowhere.csv"):
        run(tmp_path / "nowhere.csv")
    path = tmp_path / "letter.csv"
    path.write_text("Dear all")
    with pytest.raises(CommandError, match=r"letter.csv.*place, month, state"):
        run(path)

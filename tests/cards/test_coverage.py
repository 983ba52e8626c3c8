"""The coverage register from files: the whole file or nothing, errors by line and column."""

import datetime
import io

import pytest
from django.core.management import CommandError, call_command

from cards.files import coverage
from cards.files.records import Unreadable
from cards.models import Coverage

MARCH, APRIL = datetime.date(2018, 3, 1), datetime.date(2018, 4, 1)

pytestmark = pytest.mark.usefixtures("reference")


def register() -> dict[tuple[str, datetime.date], str]:
    return {(row.place_id, row.month): row.state for row in Coverage.objects.all()}


def check(*lines: str) -> coverage.Checked:
    return coverage.check("\n".join(["place,month,state", *lines]).encode())


def load(*lines: str) -> coverage.Checked:
    checked = check(*lines)
    coverage.load(checked)
    return checked


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
        "Taldykorgan and Almaty region,43160,Monitored all month",
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
        ("almaty,2018-03-01 12:00,full", "month"),
        ("almaty,,full", "month"),
        ("almaty,0000-01,full", "month"),
        ("almaty,2999-01,full", "month"),
        ("almaty,2018-03,half", "state"),
        ("almaty,2018-03,1", "state"),
        ("almaty,2018-03,", "state"),
        ("astana,2018-03,none", "month"),
        ("almaty,2018-04,full,more", ""),
    ],
)
def test_one_bad_line_refuses_the_whole_file(line, column):
    checked = check("astana,2018-03,full", line, "semey,2018-03,full")
    assert [(refusal.line, refusal.column) for refusal in checked.refusals] == [(3, column)]
    with pytest.raises(ValueError, match="refused"):
        coverage.load(checked)
    assert register() == {}


def test_every_refusal_is_listed():
    checked = check(*["atlantis,never,half"] * 1000)
    assert len(checked.refusals) == 3000
    assert checked.refused == 1000


def test_missing_and_unknown_columns():
    checked = coverage.check(b"place,month,colour\nalmaty,2018-03,red\n")
    assert [(refusal.line, refusal.column) for refusal in checked.refusals] == [(1, "state")]
    checked = coverage.check(b"place,month,state,colour\nalmaty,2018-03,full,red\n")
    assert ["colour" in str(notice) for notice in checked.notices] == [True]
    assert counts(checked) == (1, 1, 0, 0)
    with pytest.raises(Unreadable):
        coverage.check(b"")


def test_checking_counts_what_loading_would_do_and_writes_nothing():
    load("almaty,2018-03,full")
    checked = check("almaty,2018-03,none", "astana,2018-03,full")
    assert counts(checked) == (2, 1, 1, 0)
    assert register() == {("almaty", MARCH): "full"}


def test_workbooks_with_dates_for_months():
    import openpyxl

    book = openpyxl.Workbook()
    book.active.append(["Coverage in spring"])
    book.active.append(["Place", "Month", "State"])
    book.active.append(["Almaty ", MARCH, "full"])
    book.active.append(["astana", datetime.datetime(2018, 4, 1), "partly"])
    stream = io.BytesIO()
    book.save(stream)
    coverage.load(coverage.check(stream.getvalue()))
    assert register() == {("almaty", MARCH): "full", ("astana", APRIL): "partly"}


def test_queries_do_not_grow_with_the_file(django_assert_num_queries):
    # Places, the months of the register, savepoint and its end, one statement that writes.
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
    with pytest.raises(SystemExit) as failure:
        call_command("import_coverage", str(path), stdout=out, stderr=err)
    assert failure.value.code == 1
    assert "rows read 2, new 0, updated 0, unchanged 0, refused 1" in out.getvalue()
    lines = err.getvalue().splitlines()
    assert [line.split(":")[0] for line in lines] == ["line 3, place", "line 3, month"]
    assert register() == {}


def test_the_command_says_what_file_is_missing_or_no_table(tmp_path):
    with pytest.raises(CommandError, match="nowhere.csv"):
        run(tmp_path / "nowhere.csv")
    path = tmp_path / "letter.csv"
    path.write_text("Dear all")
    with pytest.raises(CommandError, match="."):
        run(path)

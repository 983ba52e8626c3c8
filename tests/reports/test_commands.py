"""The commands of the reports: what they write, say, and end with."""

from __future__ import annotations

import csv
import io
import json

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from cards.models import Card
from reports import source
from reports.models import Fact, PublishedValue
from tests.factories import make_card
from tests.files import csv_of
from tests.reports.test_published import row

pytestmark = pytest.mark.django_db

PRINTED_2018 = settings.BASE_DIR / "fixtures" / "2018" / "published.csv"


def run(*arguments) -> tuple[int, str, str]:
    """Exit status, standard output and standard error of a command."""
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command(*map(str, arguments), stdout=out, stderr=err)
    except SystemExit as stopped:
        return int(stopped.code or 0), out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


@pytest.mark.slow
def test_build_report_writes_what_is_asked_for(reference, tmp_path):
    make_card("approved")
    folder = tmp_path / "new" / "folder"
    status, out, err = run(
        "build_report", "2018", "--out", folder, "--language", "kk", "--language", "en",
        "--formats", "csv,json,xlsx",
    )  # fmt: skip
    assert (status, out) == (0, "")
    tables = {f"table-{table.code}.csv" for table in source.gather("2018").report.tables}
    figures = {
        f"figure-{n}-{code}.{form}"
        for n in range(1, 7)
        for code in ("kk", "en")
        for form in ("svg", "png")
    }
    figures |= {f"figure-{n}.csv" for n in range(1, 7)}
    assert {path.name for path in folder.iterdir()} == {
        "values.csv",
        "report.json",
        "report-2018-kk.xlsx",
        "report-2018-en.xlsx",
        *tables,
        *figures,
    }
    assert "values.csv" in err, "progress is told"
    values = list(csv.DictReader((folder / "values.csv").open(encoding="utf-8")))
    found = [line for line in values if line["table"] == "1" and line["row"] == "TOTAL"]
    assert {line["column"]: line["value"] for line in found if line["source"] == "computed"} == {
        "assemblies": "1",
        "share": "100",
    }
    assert json.loads((folder / "report.json").read_text())["period"]["code"] == "2018"


@pytest.mark.slow
def test_build_report_is_in_russian_with_every_form_unless_told_otherwise(reference, tmp_path):
    make_card("approved")
    assert run("build_report", "2018", "--out", tmp_path)[0] == 0
    names = {path.name for path in tmp_path.iterdir()}
    assert {f"report-2018-ru.{ending}" for ending in ("pdf", "docx", "xlsx", "html")} <= names
    assert "report-2018-datapackage.zip" in names
    assert not [name for name in names if name.endswith(("-kk.pdf", "-en.pdf"))]
    assert (tmp_path / "report-2018-ru.pdf").read_bytes().startswith(b"%PDF-")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("1999", "--out", "x"), "There is no period “1999”. Known: 2010, 2011-2012"),
        (("2018", "--out", "x", "--formats", "odt"), "Unknown formats: odt. Known: pdf,"),
        (("2018", "--out", "x", "--formats", ""), "Unknown formats: none"),
    ],
)
def test_build_report_says_what_is_wrong(reference, tmp_path, monkeypatch, arguments, message):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CommandError, match=message):
        call_command("build_report", *arguments)
    assert list(tmp_path.iterdir()) == []


def test_build_report_into_a_place_that_is_a_file(reference, tmp_path):
    (tmp_path / "taken").write_text("mine")
    with pytest.raises(CommandError, match="taken"):
        call_command("build_report", "2018", "--out", str(tmp_path / "taken"), "--formats", "csv")


def test_verify_facts(reference):
    make_card("approved")
    assert run("verify_facts") == (0, "0 differences\n", "")
    Card.objects.update(injured=3)
    status, out, _err = run("verify_facts")
    assert status == 1
    assert out.splitlines() == [
        "almaty 2018-05 injured: kept None, cards (1, 3)",
        "1 differences",
    ]
    assert run("verify_facts", "--rebuild") == (
        0,
        "rebuilt 1 months of places\n0 differences\n",
        "",
    )
    assert Fact.objects.get().sums["injured"] == [1, 3]


def test_import_published(reference, tmp_path):
    assert run("import_published", PRINTED_2018) == (
        0,
        "rows read 583, new 583, updated 0, unchanged 0, refused 0\n",
        "",
    )
    assert run("import_published", PRINTED_2018)[1] == (
        "rows read 583, new 0, updated 0, unchanged 583, refused 0\n"
    )


def test_import_published_only_checks_on_a_dry_run(reference):
    _status, out, _err = run("import_published", PRINTED_2018, "--dry-run")
    assert out == "rows read 583, new 583, updated 0, unchanged 0, refused 0\n"
    assert PublishedValue.objects.count() == 0


def test_import_published_refuses_the_whole_file(reference, tmp_path):
    path = tmp_path / "figures.csv"
    path.write_bytes(csv_of(row(), *(row(row=f"place-{n}", unit="litres") for n in range(1000))))
    status, out, err = run("import_published", path)
    assert (status, out) == (1, "rows read 1001, new 0, updated 0, unchanged 0, refused 1000\n")
    assert len(err.splitlines()) == 1000, "each of them is listed"
    assert err.startswith("line 3, unit: ")
    assert PublishedValue.objects.count() == 0


def test_import_published_of_another_report(reference, tmp_path):
    path = tmp_path / "figures.csv"
    path.write_bytes(csv_of(row()))
    assert run("import_published", path, "--edition", "2019")[0] == 0
    assert PublishedValue.objects.get().edition == "2019"


def test_import_published_without_a_file(reference, tmp_path):
    with pytest.raises(CommandError, match="figures.csv: No such file"):
        call_command("import_published", str(tmp_path / "figures.csv"))


def test_check_published_lists_contradictions(reference, tmp_path):
    path = tmp_path / "figures.csv"
    path.write_bytes(
        csv_of(
            row(row="astana", column="assemblies", unit="count", printed="10", value="10"),
            row(row="almaty", column="assemblies", unit="count", printed="6", value="6"),
            row(row="TOTAL", column="assemblies", unit="count", printed="17", value="17"),
        )
    )
    run("import_published", path)
    status, out, err = run("check_published", "2018")
    found = [line for line in csv.DictReader(io.StringIO(out)) if line["rule"] == "total"]
    assert status == 1
    assert found == [
        {
            "table": "1",
            "period": "2018",
            "row": "TOTAL",
            "column": "assemblies",
            "printed": "17",
            "expected": "16",
            "difference": "1",
            "rule": "total",
            "kind": "contradiction",
        }
    ]
    assert err.endswith("listed\n")


def test_check_published_is_content_where_nothing_is_printed(reference):
    for arguments in ((), ("2018",)):
        status, out, err = run("check_published", *arguments)
        assert (status, len(out.splitlines()), err) == (0, 1, "0 listed\n")


def test_check_published_of_all_periods_and_of_one(reference):
    run("import_published", PRINTED_2018)
    everything = run("check_published")[1].splitlines()
    one = run("check_published", "2010")[1].splitlines()
    assert set(one) < set(everything)
    labels = {line["period"] for line in csv.DictReader(one)}
    assert labels <= {"2010", "2011 (sic; 2010)"}
    with pytest.raises(CommandError, match="There is no period “1999”"):
        call_command("check_published", "1999")

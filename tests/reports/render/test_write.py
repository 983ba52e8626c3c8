"""The files of build_report: their names, whole or not at all."""

import dataclasses

import pytest

from reports.render import FORMATS, write

#: Drawing and printing take their time; the inner loop goes without.
pytestmark = pytest.mark.slow


def test_all_files_have_their_names(report, tmp_path):
    told = []
    kinds = ("xlsx", "csv", "json", "package")
    written = write(report, tmp_path / "new", ["ru", "kk"], kinds, (), told.append)
    assert written == told
    assert {path.name for path in (tmp_path / "new").iterdir()} == {path.name for path in written}
    assert [path.name for path in written] == [
        "values.csv",
        "table-1.csv",
        "table-2.csv",
        "table-8.csv",
        "table-14.csv",
        *(f"figure-{number}.csv" for number in (1, 2, 3, 4)),
        "report.json",
        "report-2018-datapackage.zip",
        *(f"figure-{number}-ru.{form}" for number in (1, 2, 3, 4) for form in ("svg", "png")),
        "report-2018-ru.xlsx",
        *(f"figure-{number}-kk.{form}" for number in (1, 2, 3, 4) for form in ("svg", "png")),
        "report-2018-kk.xlsx",
    ]


def test_documents_are_written_too(report, tmp_path):
    short = dataclasses.replace(report, chapters=report.chapters[-1:], figures=())
    names = [path.name for path in write(short, tmp_path, ["en"], ("pdf", "docx", "html"))]
    assert names == ["report-2018-en.html", "report-2018-en.pdf", "report-2018-en.docx"]
    assert (tmp_path / names[1]).read_bytes().startswith(b"%PDF-1.7")


def test_an_unknown_format_writes_nothing(report, tmp_path):
    with pytest.raises(ValueError, match="odt"):
        write(report, tmp_path, formats=("csv", "odt"))
    assert list(tmp_path.iterdir()) == []


def test_a_failure_leaves_no_half_written_file(report, tmp_path):
    (tmp_path / "values.csv").write_text("old")

    def stop(path):
        raise OSError("no space")

    with pytest.raises(OSError, match="no space"):
        write(report, tmp_path, ["ru"], ("csv",), (), stop)
    assert [path.name for path in tmp_path.iterdir()] == ["values.csv"]
    assert (tmp_path / "values.csv").read_text() != "old"


def test_formats_are_those_of_the_command():
    assert FORMATS == ("pdf", "docx", "xlsx", "csv", "json", "html", "package")

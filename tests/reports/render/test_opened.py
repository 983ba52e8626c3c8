"""Files of a report opened by the programs that readers have: LibreOffice and pandas."""

import csv
import io
import json
import subprocess

import numpy as np
import pandas as pd
import pytest
from pypdf import PdfReader

from reports.render import figure_csv, render_docx, render_xlsx, report_json, values_csv
from reports.render.csv import HEADER
from tests.reports.render import reading, sample
from tests.reports.render.test_data import carried
from tests.reports.render.test_same_values import full_report

#: An office program takes seconds to start.
pytestmark = pytest.mark.slow
#: Comma, quotes, UTF-8, from the first line; numbers in full, not as they are shown; every sheet.
AS_CSV = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false,false,false,-1"


def converted(folder, name: str, content: bytes, kind: str):
    """The files that LibreOffice makes of one."""
    source = folder / name
    source.write_bytes(content)
    out = folder / "out"
    done = subprocess.run(
        [
            "soffice",
            f"-env:UserInstallation={(folder / 'profile').as_uri()}",
            "--headless",
            "--norestore",
            "--convert-to",
            kind,
            "--outdir",
            out,
            source,
        ],
        env={"HOME": str(folder), "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return sorted(out.iterdir())


def test_libreoffice_reads_every_sheet_of_the_workbook(tmp_path):
    report = full_report()
    made = converted(tmp_path, "report.xlsx", render_xlsx(report, "kk"), AS_CSV)
    sheets = {path.stem.partition("-")[2]: path for path in made}
    assert len(sheets) == len(report.tables) + 4
    for table in report.tables:
        name = f"T{int(table.code):02d}" if table.code.isdigit() else table.code
        with sheets[name].open(encoding="utf-8", newline="") as stream:
            lines = list(csv.reader(stream))
        shown = [line[1 : 1 + len(table.columns)] for line in lines[3 : 3 + len(table.rows)]]
        for row, texts in zip(table.rows, shown, strict=True):
            for cell, text in zip(row.cells, texts, strict=True):
                same(None if cell is None else cell.value.value, text)
        cells = list(table.cells())
        for cell, line in zip(cells, lines[-len(cells) :], strict=True):
            assert line[:3] == [cell.key.row, cell.key.period, cell.key.column]
            for value, text in zip(carried(cell.value), line[4:11], strict=True):
                same(value, text)


def same(value: float | None, text: str) -> None:
    """LibreOffice writes fifteen digits of a number."""
    assert (text == "") is (value is None)
    if value is not None:
        assert float(text) == pytest.approx(value, rel=1e-14, abs=0)


@pytest.mark.parametrize("language", ["ru", "kk"])
def test_libreoffice_sets_the_word_document_in_pages(tmp_path, language):
    content = render_docx(sample.edition(), language)
    (path,) = converted(tmp_path, "report.docx", content, "pdf")
    pages = PdfReader(io.BytesIO(path.read_bytes())).pages
    words = reading.squeezed("".join(page.extract_text() for page in pages))
    for rows in reading.of_docx(content):
        for row in rows:
            assert "".join(row) in words, row
    assert reading.squeezed(sample.LETTERS) in words or language != "kk"
    assert "Error" not in words
    upright = [float(page.mediabox.height) > float(page.mediabox.width) for page in pages]
    assert upright.count(False) == 1
    assert upright[0] is True
    # The first page has no number, the last one has.
    assert str(len(pages)) in pages[-1].extract_text().split()


def test_pandas_reads_the_workbook():
    report = full_report()
    book = io.BytesIO(render_xlsx(report, "en"))
    names = pd.ExcelFile(book, engine="calamine").sheet_names
    for number, table in enumerate(report.tables, start=1):
        frame = pd.read_excel(
            book, engine="calamine", sheet_name=names[number], header=2, nrows=len(table.rows)
        )
        found = frame.iloc[:, 1 : 1 + len(table.columns)].to_numpy(dtype=float)
        wanted = [
            [cell.value.value if cell is not None else None for cell in row.cells]
            for row in table.rows
        ]
        np.testing.assert_array_equal(found, np.array(wanted, dtype=float))


def test_pandas_reads_values_and_figures():
    report = full_report()
    cells = list(report.cells())
    frame = pd.read_csv(io.BytesIO(values_csv(report)), dtype={"row": str, "period": str})
    assert tuple(frame.columns) == HEADER
    assert len(frame) == len(cells)
    numbers = frame[["value", "numerator", "denominator", "n", "unknown", "low", "high"]]
    wanted = np.array([carried(cell.value) for cell in cells], dtype=float)
    np.testing.assert_array_equal(numbers.to_numpy(dtype=float), wanted)
    totals = frame[(frame.table == "1") & (frame.row == "TOTAL") & (frame.source == "computed")]
    assert totals.set_index("column").loc["assemblies", "value"] == 12
    drawn = pd.read_csv(io.BytesIO(figure_csv(report.figures[0])))
    assert drawn["value"].sum() == 12
    read = pd.DataFrame(json.loads(report_json(report))["values"])
    np.testing.assert_array_equal(read[list(numbers.columns)].to_numpy(dtype=float), wanted)

"""The PDF: tagged, complete, readable by machines, the same bytes every time."""

import dataclasses
import io
import os
import subprocess
import sys
from pathlib import Path

import pikepdf
import pytest
from pypdf import PdfReader

from reports.numbers import format_value
from reports.render import render_pdf
from reports.render.pdf import print_html
from tests.reports.render import sample

#: Drawing and printing take their time; the inner loop goes without.
pytestmark = [pytest.mark.slow, pytest.mark.once]

ROOT = Path(__file__).resolve().parents[3]

RENDER = """
import hashlib, django
django.setup()
from reports.render import render_pdf
from reports.render.pdf import print_html
from tests.reports.render import sample
from tests.reports.render import edition
parts = render_pdf(sample.report(), "kk"), render_pdf(edition.report(), "ru")
print(hashlib.sha256(b"".join(parts)).hexdigest())
"""


@pytest.fixture(scope="module")
def opened(pdf_bytes):
    with pikepdf.open(io.BytesIO(pdf_bytes)) as document:
        yield document


@pytest.fixture(scope="module")
def text(pdf_bytes) -> str:
    pages = PdfReader(io.BytesIO(pdf_bytes)).pages
    return "\n".join(page.extract_text() for page in pages)


def structure(element, kind: str) -> list:
    """All structure elements of one kind below an element."""
    found = [element] if element.get("/S") == f"/{kind}" else []
    kids = element.get("/K", [])
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
            found += structure(kid, kind)
    return found


def test_it_is_tagged_and_says_its_language_and_title(opened):
    assert opened.Root.MarkInfo.Marked is True
    assert str(opened.Root.Lang) == "ru"
    assert opened.Root.ViewerPreferences.DisplayDocTitle is True
    assert b"pdfuaid:part" in opened.Root.Metadata.read_bytes()
    assert "2018 год" in str(opened.docinfo["/Title"])
    assert str(opened.docinfo["/Author"])


def test_its_date_is_that_of_the_report(opened):
    assert str(opened.docinfo["/CreationDate"]).startswith("D:20181231")


def test_every_figure_says_in_words_what_it_shows(opened, report):
    figures = structure(opened.Root.StructTreeRoot, "Figure")
    assert [str(each.Alt) for each in figures] == [str(each.alt) for each in report.figures]


def test_tables_keep_their_headings(opened, report):
    tables = structure(opened.Root.StructTreeRoot, "Table")
    assert len(tables) == len(report.tables)
    assert all(structure(table, "TH") and structure(table, "Caption") for table in tables)


def test_every_link_is_nested_in_a_link(opened):
    numbers = opened.Root.StructTreeRoot.ParentTree.Nums
    parents = {int(numbers[at]): numbers[at + 1] for at in range(0, len(numbers), 2)}
    links = [note for page in opened.pages for note in page.get("/Annots", [])]
    # Of the contents: chapters, tables, figures; and from each figure to its numbers.
    assert len(links) == 3 + 4 + 4 + 4
    assert {str(parents[int(link.StructParent)].S) for link in links} == {"/Link"}


def test_the_outline_names_the_chapters(opened):
    with opened.open_outline() as outline:
        titles = [item.title for item in outline.root[0].children]
    assert [title for title in titles if title.startswith("3 ")] == ["3 Общие результаты"]
    assert "Приложение" in titles


def test_all_fonts_are_embedded(opened):
    fonts = {
        str(font.BaseFont): font.DescendantFonts[0].FontDescriptor
        for page in opened.pages
        for font in page.Resources.get("/Font", {}).values()
    }
    assert {name.split("+")[1] for name in fonts} == {"Golos-Text", "Golos-Text-Semi-Bold"}
    assert all("/FontFile2" in each or "/FontFile3" in each for each in fonts.values())


def test_its_text_carries_every_printed_value(text, report):
    squeezed = "".join(text.split())
    for table in report.tables:
        assert "".join(str(table.title).split()) in squeezed
        for row in table.rows:
            for cell in filter(None, row.cells):
                shown = format_value(cell.value.value, cell.unit, cell.decimals, "ru")
                assert "".join(shown.split()) in squeezed


def test_charts_stay_text(text):
    assert "Экономические" in text


def test_kazakh_letters_survive():
    short = dataclasses.replace(sample.report(), chapters=sample.report().chapters[-1:])
    pages = PdfReader(io.BytesIO(render_pdf(short, "kk"))).pages
    words = "".join("".join(page.extract_text() for page in pages).split())
    assert "".join(sample.LETTERS.split()) in words


def test_only_a_demonstration_says_so(report):
    real = sample.report(demonstration=False)
    assert "Demonstration" in print_html(report, "en")
    assert "Demonstration" not in print_html(real, "en")


def test_five_processes_give_the_same_bytes():
    """Each with a hash seed of its own; two at a time, for the smallest machine."""

    def started(seed: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-c", RENDER],
            cwd=ROOT,
            env=os.environ | {"PYTHONHASHSEED": seed, "DJANGO_SETTINGS_MODULE": "tests.settings"},
            stdout=subprocess.PIPE,
            text=True,
        )

    found = []
    for seeds in (("0", "1"), ("2", "31337"), ("4294967295",)):
        running = [started(seed) for seed in seeds]
        found += [process.communicate()[0].strip() for process in running]
    assert len(found) == 5
    assert len(found[0]) == 64
    assert len(set(found)) == 1

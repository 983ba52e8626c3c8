"""Reports read back from their files, each with a library that the site does not write with.

A table comes back as its rows, a row as the squeezed texts of its cells, a printed text as a
number.
"""

from __future__ import annotations

import io
import re
from decimal import ROUND_HALF_UP, Decimal

import openpyxl
from docx import Document
from docx.oxml.ns import qn
from lxml import html
from pypdf import PdfReader

from reports.types import Block, Report

Rows = list[list[str]]
DASH = "–"


def squeezed(text: str) -> str:
    """Without spaces and line breaks, which every format sets as it likes."""
    return "".join(text.split()).replace("\xad", "")


def printed(report: Report, kind: str) -> list[Block]:
    """The blocks of a kind, in the order of the chapters."""
    return [block for chapter in report.chapters for block in chapter.blocks if block.kind == kind]


def of_docx(content: bytes) -> list[Rows]:
    """The tables of values of a Word document, their heads left out."""
    document = Document(io.BytesIO(content))
    captions = [
        each.getnext()
        for each in document.element.body.iter(qn("w:p"))
        if each.pPr is not None
        and each.pPr.pStyle is not None
        and each.pPr.pStyle.val == document.styles["Table Caption"].style_id
        and each.findall(f".//{qn('w:instrText')}")
    ]
    found = []
    for table in document.tables:
        if table._tbl in captions:
            lines = [row for row in table.rows if row._tr.trPr.find(qn("w:tblHeader")) is None]
            found.append([[squeezed(cell.text) for cell in line.cells] for line in lines])
    return found


def of_html(content: bytes) -> list[Rows]:
    """The tables of values of a page."""
    page = html.fromstring(content.decode())
    tables = page.xpath("//div[contains(@class, 'report-table')][@id]//table")
    return [
        [
            [squeezed(cell.text_content()) for cell in line.xpath("th|td")]
            for line in table.xpath("./tbody/tr")
        ]
        for table in tables
    ]


def of_pdf(content: bytes) -> str:
    """All words of a PDF, squeezed, as they follow each other on its pages."""
    pages = PdfReader(io.BytesIO(content)).pages
    return squeezed("".join(page.extract_text() for page in pages))


def of_xlsx(content: bytes, report: Report) -> list[list[list]]:
    """The printed part of the sheet of each table: values in the order of its columns."""
    sheets = openpyxl.load_workbook(io.BytesIO(content)).worksheets[1:]
    found = []
    for table, sheet in zip(report.tables, sheets, strict=False):
        rows = sheet.iter_rows(min_row=4, max_row=3 + len(table.rows), values_only=True)
        found.append([list(row[1 : 1 + len(table.columns)]) for row in rows])
    return found


def number(text: str, language: str) -> Decimal | None:
    """A squeezed text as printed in a language as a number; a dash is none."""
    text = text.replace("†", "").replace("%", "")
    if text in ("", DASH):
        return None
    if language != "en":
        assert "." not in text
        text = text.replace(",", ".")
    return Decimal(re.sub(r"(?<=\d),(?=\d{3})", "", text))


def rounded(value: float | None, decimals: int) -> Decimal | None:
    """What should stand in print for a value."""
    if value is None:
        return None
    places = Decimal(1).scaleb(-decimals)
    return Decimal(repr(float(value))).quantize(places, ROUND_HALF_UP)

"""Hostile files of cards: workbooks and CSV that the importer must refuse or read as plain text."""

from __future__ import annotations

import io
import zipfile

from tests.files import card_row, csv_of, table, workbook_of

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_SHEET = "xl/worksheets/sheet1.xml"
_ENTITY = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
_LAUGHS = (
    b'<!DOCTYPE x [<!ENTITY a "ha">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))
    + b"]>"
)


def good() -> bytes:
    """A workbook in order."""
    return workbook_of(cards=table(card_row()))


def changed(change) -> bytes:
    """A workbook in order after ``change`` of its parts (a dictionary of name -> content)."""
    with zipfile.ZipFile(io.BytesIO(good())) as source:
        parts = {item.filename: source.read(item) for item in source.infolist()}
    change(parts)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in parts.items():
            target.writestr(name, content)
    return out.getvalue()


def sheet_of(rows: bytes, name: str = _SHEET) -> bytes:
    """A workbook whose first sheet holds these rows of XML."""

    def change(parts):
        del parts[_SHEET]
        parts[name] = b'<worksheet xmlns="%s"><sheetData>%s</sheetData></worksheet>' % (
            _MAIN.encode(), rows,
        )  # fmt: skip

    return changed(change)


def with_first(mark: bytes, *names: str) -> bytes:
    """A workbook in which these parts begin with ``mark`` and use its entity."""

    def change(parts):
        for name in names:
            content = parts[name]
            head, _end, rest = content.partition(b"?>")
            parts[name] = head + b"?>" + mark + rest if rest else mark + content

    return changed(change)


def _renamed(old: str, new: str) -> bytes:
    def change(parts):
        parts[new] = parts.pop(old)

    return changed(change)


def _far(reference: bytes) -> bytes:
    cell = b'<c r="%s"><v>1</v></c>' % reference
    return b'<row r="1"><c r="A1"><v>1</v></c></row><row r="%s">%s</row>' % (
        reference.lstrip(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ") or b"1", cell,
    )  # fmt: skip


def _lying() -> bytes:
    """A zip that announces less than it unpacks to."""
    content = bytearray(changed(lambda parts: parts.update({"xl/media/a.bin": bytes(2**20)})))
    directory = content.rindex(b"xl/media/a.bin") - 46
    local = content.index(b"xl/media/a.bin") - 30
    for at in (directory + 24, local + 22):
        content[at : at + 4] = (16).to_bytes(4, "little")
    return bytes(content)


def _bombs() -> dict[str, bytes]:
    zeros = b"<row>" + b"0" * (600 * 2**20)
    return {"zip that unpacks to 600 MB": sheet_of(zeros)}


#: Must be refused as unreadable.
REFUSED = {
    "external entity in a sheet": with_first(_ENTITY, "xl/workbook.xml"),
    "external entity in relations": with_first(_ENTITY, "xl/_rels/workbook.xml.rels"),
    "billion laughs": with_first(_LAUGHS, "xl/workbook.xml"),
    "cell at the far corner": sheet_of(_far(b"XFD1048576")),
    "cell far below": sheet_of(_far(b"ZZZ9999999")),
    "million columns": sheet_of(_far(b"BDWGO1")),
    "cell at the far corner, name in capitals": sheet_of(_far(b"XFD1048576"), "xl/Worksheets/Sheet1.xml"),
    "cell at the far corner, backslashes": sheet_of(_far(b"XFD1048576"), "xl\\worksheets\\sheet1.xml"),
    "zip that lies about its size": _lying(),
    "no workbook": _renamed("xl/workbook.xml", "xl/nothing.xml"),
    "no relations": _renamed("xl/_rels/workbook.xml.rels", "xl/nothing.rels"),
    "zip of nothing": b"PK\x05\x06" + bytes(18),
    "zip cut in half": good()[: len(good()) // 2],
    "zip magic only": b"PK\x03\x04",
    "old Excel": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512),
    "picture": b"\x89PNG\r\n\x1a\n" + bytes(100),
    "PDF": b"%PDF-1.7\n",
    "HTML called a sheet": b"<html><table><tr><td>=cmd|'/C calc'!A0</td></tr></table></html>",
    "UTF-16": "ref,date\n1,2".encode("utf-16"),
    "Latin letters of another code page": "ref,place\n1,\u041f\u043b\u043e\u0449\u0430\u0434\u044c".encode("cp1251"),
    "NUL bytes": b"ref,date\n1,\0\n",
    "open quotation mark": csv_of(card_row()) + b'"' + b"x" * 2_000_000,
    "nothing": b"",
    "spaces": b" \n" * 1000,
    "one column a million times": b"date," * 1_000_000,
    "million columns in CSV": b",".join(b"c%d" % n for n in range(10**6)),
}  # fmt: skip

#: May be read; what is in them must never run, reach outside, or take long.
READ = {
    "with macros": changed(lambda parts: parts.update({"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0macro"})),
    "with a path out of the archive": changed(lambda parts: parts.update({"../../evil.py": b"import os"})),
    "with a link to outside": changed(lambda parts: parts.update({"xl/externalLinks/externalLink1.xml":
        b"<externalLink xmlns='%s'><ddeLink ddeService='cmd' ddeTopic='/C calc'/></externalLink>" % _MAIN.encode()})),
    "with ten thousand parts": changed(lambda parts: parts.update({f"xl/media/{n}.bin": b"" for n in range(10_000)})),
    "with an entity in a part that nobody reads": with_first(_ENTITY, "docProps/app.xml"),
    "with an entity in a sheet": with_first(_LAUGHS, _SHEET),
    "ten thousand empty rows": sheet_of(b"<row/>" * 10_000),
    "deeply nested": sheet_of(b"<row>" * 50_000),
    "endless numbers": csv_of(card_row(participants="9" * 5000, latitude="1e999999", fine="x")),
    "not a number": csv_of(card_row(latitude="nan", longitude="inf", participants="-1")),
    "letters that turn": csv_of(card_row(place="\u202egnp.exe", ref="\u2066A\u2069")),
    "surrogates in text": csv_of(card_row()).replace(b"rally", b"\xed\xa0\x80"),
    "formulas": csv_of(card_row(place="=1+1", demands="@SUM(1)", ref="-1")),
    "date far away": csv_of(card_row(date="9999-12-31"), card_row("B", date="0001-01-01")),
    "thousand columns": csv_of(card_row() | {f"c{n}": "x" for n in range(1000)}),
    "row of ten thousand cells": csv_of(card_row()) + b"," * 10_000 + b"\n",
    "long text": csv_of(card_row(description="x" * 900_000)),
}  # fmt: skip
BOMBS = _bombs

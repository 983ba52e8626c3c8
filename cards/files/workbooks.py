"""Sheets of an Excel workbook, looked at before they are read.

The reader keeps every sheet as a full rectangle and stops the whole process when memory runs out,
and it gives an empty cell for a formula without a stored value and for an error such as #REF!. So
each sheet's XML is passed through first: how far it reaches, and which cells are not what they
seem.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from xml.etree import ElementTree

from django.utils.translation import gettext_lazy as _

from cards.files.records import Broken, Record, Unreadable

#: Bytes of the unpacked file, and cells of one sheet (rows × columns).
MAX_UNPACKED = 512 * 2**20
MAX_CELLS = 12_000_000
MAX_COLUMNS = 2**14
#: Attribute r of rows ("7") and cells ("AB7").
_REACH = re.compile(rb"""\sr=["']([A-Z]*)([0-9]+)["']""")
_CELL = re.compile(rb"""<(?:\w+:)?c\s[^>]*>""")
_REFERENCE = re.compile(rb"""\sr=["']([A-Z]+)([0-9]+)["']""")
_ERROR = re.compile(rb"""\st=["']e["']""")
_NO_VALUE = re.compile(rb"<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</")
_CHUNK = 2**20
_FORMULA = _("The cell holds a formula without a stored result. Open the file in Excel, save it.")
_BAD_VALUE = _("The cell holds an error of the spreadsheet, such as #REF!.")


def read_workbook(
    content: bytes, wanted: Sequence[str]
) -> Iterator[tuple[str, Iterator[Record], Broken]]:
    """Of each wanted sheet that is there: name, records, and cells that could not be read.

    Where the first of ``wanted`` is missing, the first sheet with another name stands for it.
    Raises Unreadable.
    """
    from python_calamine import CalamineError, CalamineWorkbook

    broken = _inspect(content)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        for name, title in _chosen(book.sheet_names, wanted).items():
            sheet = book.get_sheet_by_name(title)
            if sheet.start is None and name != wanted[0]:
                continue
            yield name, _records(sheet), broken.get(title, {})
    except CalamineError as error:
        raise Unreadable(_("This Excel file cannot be read.")) from error
    except BaseException as error:
        # A panic inside the reader is no Exception.
        if type(error).__name__ != "PanicException":
            raise
        raise Unreadable(_("This Excel file cannot be read.")) from None


def _chosen(titles: Sequence[str], wanted: Sequence[str]) -> dict[str, str]:
    """Wanted name -> title in the book."""
    known = {title.strip().casefold(): title for title in titles}
    chosen = {name: known[name] for name in wanted if name in known}
    others = [title for title in titles if title not in chosen.values()]
    if wanted[0] not in chosen and others:
        return {wanted[0]: others[0], **chosen}
    return chosen


def _records(sheet) -> Iterator[Record]:
    """The rows with the numbers and positions that the spreadsheet shows."""
    if sheet.start is None:
        return
    above, left = sheet.start
    before = [""] * left
    # The reader begins with the first row that holds anything.
    for number, cells in enumerate(sheet.iter_rows(), start=above + 1):
        yield number, before + cells


def _inspect(content: bytes) -> dict[str, Broken]:
    """Title of each sheet -> its broken cells. Raises Unreadable for what must not be opened."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as file:
            if sum(item.file_size for item in file.infolist()) > MAX_UNPACKED:
                raise Unreadable(_("The file is too large."))
            titles = _titles(file)
            found: dict[str, Broken] = {}
            for item in file.infolist():
                # Reading to the end also compares the checksum: a file cut short ends here. Every
                # part is looked at: which of them the reader takes for a sheet is for it to say
                # (it knows several spellings of a name).
                with file.open(item) as part:
                    broken = _scan(part)
                if (title := titles.get(_plain(item.filename))) is not None:
                    found[title] = broken
            return found
    except (
        zipfile.BadZipFile,
        zipfile.LargeZipFile,
        ElementTree.ParseError,
        EOFError,
        OSError,
        KeyError,
        NotImplementedError,
        RuntimeError,
        ValueError,
        zlib.error,
    ) as error:
        if isinstance(error, Unreadable):
            raise
        raise Unreadable(_("This Excel file cannot be read.")) from error


def _titles(file: zipfile.ZipFile) -> dict[str, str]:
    """Path of a sheet's part -> title of the sheet."""
    paths = {}
    for relation in _tree(file, "xl/_rels/workbook.xml.rels"):
        target = relation.get("Target", "")
        paths[relation.get("Id")] = _plain(posixpath.normpath(posixpath.join("/xl", target))[1:])
    titles = {}
    for element in _tree(file, "xl/workbook.xml").iter():
        if element.tag.endswith("}sheet"):
            key = next((v for name, v in element.attrib.items() if name.endswith("}id")), None)
            titles[paths.get(key, "")] = element.get("name", "")
    return titles


def _tree(file: zipfile.ZipFile, name: str) -> ElementTree.Element:
    item = file.getinfo(name)
    content = file.read(item) if item.file_size < _CHUNK else b""
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise Unreadable(_("This Excel file cannot be read."))
    return ElementTree.fromstring(content)  # noqa: S314  (small, and no entities: see above)


def _plain(path: str) -> str:
    """The path of a part as the reader compares it."""
    return path.replace("\\", "/").casefold()


def _scan(part) -> Broken:
    """Broken cells of a sheet. Raises Unreadable if it reaches too far."""
    broken: Broken = {}
    columns: set[bytes] = set()
    rows = 0
    rest = b""
    while chunk := part.read(_CHUNK):
        text = rest + chunk
        # Cut behind a whole cell; where none ends, before a tag.
        cut = text.rfind(b"c>") + 2
        if len(text) - cut > 4 * _CHUNK:
            cut = text.rfind(b"<") or len(text)
        text, rest = text[:cut], text[cut:]
        for letters, digits in set(_REACH.findall(text)):
            columns.add(letters)
            rows = max(rows, int(digits[:9]))
        if b"<f" in text or b":f" in text or b"'e'" in text or b'"e"' in text:
            _find_broken(text, broken)
    width = max(map(_position, columns), default=0) + 1
    if rows * width > MAX_CELLS or width > MAX_COLUMNS:
        raise Unreadable(_("The sheet reaches too far: delete what stands far below or right."))
    return broken


def _find_broken(text: bytes, broken: Broken) -> None:
    starts = [match.span() for match in _CELL.finditer(text)]
    ends = [start for start, _end in starts[1:]] + [len(text)]
    for (start, inside), end in zip(starts, ends, strict=True):
        head, body = text[start:inside], text[inside:end]
        bad = bool(_ERROR.search(head))
        formula = b"<f" in body or b":f" in body
        if not bad and not (formula and (b"v>" not in body or _NO_VALUE.search(body))):
            continue
        if reference := _REFERENCE.search(head):
            place = int(reference[2]), _position(reference[1])
            broken[place] = _BAD_VALUE if bad else _FORMULA


def _position(letters: bytes) -> int:
    """Position of a column from 0: A, B, … Z, AA, …; longer names are beyond any sheet."""
    number = 0
    for letter in letters[:4]:
        number = number * 26 + letter - 64
    return max(number - 1, 0)

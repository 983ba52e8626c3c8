"""The letters of page and PDF, put into the document: no reader has to have them.

Few machines have a font with all Kazakh letters in common (Liberation Sans, which stands for Arial
on Linux, has none of them), so the document brings its own, as Word and LibreOffice know how to
read it; whoever does not takes Arial. Office "obfuscates" such fonts with a key beside them.
"""

from __future__ import annotations

import hashlib
import io
import uuid
from functools import cache
from typing import TYPE_CHECKING

from reports.render.docx.parts import element
from reports.render.style import FAMILY, font_files

if TYPE_CHECKING:
    from docx.document import Document

INSTEAD = "Arial"
_CONTENT = "application/vnd.openxmlformats-officedocument.obfuscatedFont"
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/font"
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_OBFUSCATED = 32
"""Bytes at the beginning of a font that the key hides."""


def embed(document: Document) -> None:
    """Put both weights into the document, as the normal and the bold letters of the family."""
    from docx.opc.packuri import PackURI
    from docx.opc.part import Part
    from docx.oxml.ns import qn

    package = document.part.package
    relations = document.part.rels.values()
    (table,) = [each.target_part for each in relations if each.reltype.endswith("/fontTable")]
    weights = []
    names = ("embedRegular", "embedBold")
    for number, (name, content) in enumerate(zip(names, _fonts(), strict=True), start=1):
        guid = _guid(content)
        hidden = _hidden(content, guid)
        part = Part(PackURI(f"/word/fonts/font{number}.odttf"), _CONTENT, hidden, package)
        weights.append(
            f'<w:{name} r:id="{table.relate_to(part, _RELATION)}" w:fontKey="{{{guid}}}"/>'
        )
    table._blob = (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        f'<w:fonts xmlns:w="{_W}" xmlns:r="{_R}"><w:font w:name="{FAMILY}">'
        f'<w:altName w:val="{INSTEAD}"/><w:charset w:val="CC"/><w:family w:val="swiss"/>'
        f'<w:pitch w:val="variable"/>{"".join(weights)}</w:font></w:fonts>'
    ).encode()
    zoom = document.settings.element.find(qn("w:zoom"))
    zoom.addnext(element("w:embedTrueTypeFonts"))


@cache
def _fonts() -> tuple[bytes, bytes]:
    """The files of the normal and the strong letters, the latter under the name of a bold."""
    from fontTools.ttLib import TTFont

    normal, strong = font_files()
    bold = TTFont(strong, recalcTimestamp=False)
    for number, name in ((1, FAMILY), (2, "Bold"), (4, f"{FAMILY} Bold"), (6, "GolosText-Bold")):
        for record in [each for each in bold["name"].names if each.nameID == number]:
            record.string = name
    is_regular, is_bold = 0x40, 0x20
    bold["OS/2"].fsSelection = bold["OS/2"].fsSelection & ~is_regular | is_bold
    bold["OS/2"].usWeightClass, bold["head"].macStyle = 700, 1
    output = io.BytesIO()
    bold.save(output)
    return normal.read_bytes(), output.getvalue()


def _guid(content: bytes) -> str:
    """A key made of the font itself: the same one every time."""
    return str(uuid.UUID(bytes=hashlib.sha256(content).digest()[:16])).upper()


def _hidden(content: bytes, guid: str) -> bytes:
    """ECMA-376, part 4, 17.8.1: the first bytes, combined with the key from its end."""
    key = bytes.fromhex(guid.replace("-", ""))[::-1]
    first = bytes(byte ^ key[at % len(key)] for at, byte in enumerate(content[:_OBFUSCATED]))
    return first + content[_OBFUSCATED:]

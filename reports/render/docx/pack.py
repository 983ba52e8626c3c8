"""What the file says of itself, and its bytes: the same report gives the same ones."""

from __future__ import annotations

import datetime
import io
import zipfile
from typing import TYPE_CHECKING

from django.conf import settings

from reports.render.archive import zipped
from reports.render.docx.look import LOCALES
from reports.render.docx.parts import clean
from reports.types import Report, Text

if TYPE_CHECKING:
    from docx.document import Document

#: Its picture, its styles for Word 2007, its bibliography.
_TEMPLATES_OWN = ("/thumbnail", "/stylesWithEffects", "/customXml")


def describe(document: Document, report: Report, language: str, title: Text, subject: Text) -> None:
    """The properties of the document; its dates are the report's own."""
    day = report.imprint.frozen if report.imprint else report.period.end
    day = day or datetime.date(2000, 1, 1)
    moment = datetime.datetime(day.year, day.month, day.day)
    core = document.core_properties
    core.title, core.subject = clean(title)[:255], clean(subject)[:255]
    core.author = core.last_modified_by = clean(settings.ORGANISATION)[:255]
    core.language = LOCALES[language]
    core.identifier = clean(report.imprint.address if report.imprint else report.checksum)[:255]
    core.comments = core.keywords = core.category = ""
    core.created = core.modified = moment
    core.revision = 1


def packed(document: Document) -> bytes:
    """The file, without what is the template's own, its parts in a fixed order and of no time."""
    for related in (document.part.package.rels, document.part.rels):
        for identity, relation in list(related.items()):
            if relation.reltype.endswith(_TEMPLATES_OWN):
                related.pop(identity)
    raw = io.BytesIO()
    document.save(raw)
    with zipfile.ZipFile(raw) as made:
        # Programs that tell the kind of a file by its beginning look for this part first.
        first = "[Content_Types].xml"
        names = sorted(made.namelist(), key=lambda name: (name != first, name))
        return zipped({name: made.read(name) for name in names})

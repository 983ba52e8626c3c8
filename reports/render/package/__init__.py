"""The values as a Frictionless data package: tables that a description of every column goes with.

https://specs.frictionlessdata.io/tabular-data-package/ (version 1).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import override

from reports.render import html
from reports.render.archive import zipped
from reports.render.csv import written
from reports.render.package.resources import Resource, resources
from reports.render.text import LANGUAGES, title_of
from reports.types import Report, Text

CodebookRow = tuple[Text, Text, Text, Text, Text, Text]
_SPOKEN = "en"
"""The language of the description; each README has its own."""


def data_package(report: Report, codebook: Iterable[CodebookRow] = ()) -> bytes:
    """A ZIP file: ``datapackage.json``, a CSV for each resource, a README in each language."""
    made = resources(report, codebook)
    files = {f"{one.name}.csv": written(one.lines()) for one in made}
    with override(_SPOKEN):
        described = _descriptor(report, made, files)
    text = json.dumps(described, ensure_ascii=False, indent=2, allow_nan=False) + "\n"
    return zipped(
        {"datapackage.json": text.encode()}
        | {f"README.{language}.md": _readme(report, made, language) for language in LANGUAGES}
        | files
    )


def licence() -> dict[str, str]:
    """Name and address of the licence, as the organisation has chosen it; empty if it has not."""
    chosen = {"name": settings.DATA_LICENCE, "path": settings.DATA_LICENCE_URL}
    return {key: value for key, value in chosen.items() if value}


def _descriptor(
    report: Report, made: Iterable[Resource], files: Mapping[str, bytes]
) -> dict[str, Any]:
    day = report.imprint.frozen if report.imprint else report.period.end
    organisation = str(settings.ORGANISATION)
    where = f"-{report.region.code.lower()}" if report.region else ""
    described: dict[str, Any] = {
        "profile": "tabular-data-package",
        "name": f"freedom-of-assembly-{report.period.code.lower()}{where}",
        "title": f"{title_of(report)}. {report.period.name}",
        "description": _description(report),
        "contributors": [{"title": organisation, "role": "publisher"}],
        "sources": [
            {"title": _("Observation cards and earlier reports: %(who)s") % {"who": organisation}},
            {"title": "GeoNames", "path": "https://www.geonames.org/"},
        ],
        "keywords": ["freedom of assembly", "human rights", "Kazakhstan"],
        "checksum": report.checksum,
        "demonstration": report.demonstration,
        "resources": [_resource(one, files[f"{one.name}.csv"]) for one in made],
    }
    if day:
        described["created"] = f"{day.isoformat()}T00:00:00Z"
    if chosen := licence():
        described["licenses"] = [chosen]
    if report.imprint:
        described |= {"homepage": report.imprint.address, "version": report.imprint.code}
    return described


def _description(report: Report) -> str:
    said = _said()
    return f"{said} {_('Demonstration: reconstructed cards.')}" if report.demonstration else said


def _said() -> str:
    return _("Every value of the report, computed from observation cards or printed earlier.")


def _resource(one: Resource, content: bytes) -> dict[str, Any]:
    return {
        "profile": "tabular-data-resource",
        "name": one.name,
        "path": f"{one.name}.csv",
        "title": str(one.title),
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(content),
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
        "schema": one.schema(),
    }


def _readme(report: Report, made: Iterable[Resource], language: str) -> bytes:
    """What is in the package and how to read it; Markdown."""
    with override(language):
        context = html.context(report, language) | {
            "resources": made,
            "licence": licence(),
            "description": _said(),
        }
        return render_to_string("reports/package_readme.md", context).encode()

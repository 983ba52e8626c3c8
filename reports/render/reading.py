"""How to read the figures, where they come from, and what an edition says of itself: said once,
for page, PDF and DOCX."""

from __future__ import annotations

from typing import NamedTuple

from django.utils.translation import gettext as _

from reports.numbers import format_date
from reports.render.style import DAGGER, DASH
from reports.types import Report


class Reading(NamedTuple):
    """A sign or a word, and what it means.

    code: a text that may break anywhere; url: where the text leads.
    """

    term: str
    text: str
    code: bool = False
    url: str = ""


def reading(report: Report, dates: str) -> list[Reading]:
    """In the active language; ``dates``: first and last day of the period, or ""."""
    period = f"{report.period.name} ({dates})" if dates else str(report.period.name)
    return [
        Reading(_("Period"), period),
        Reading(
            DASH,
            _("The value does not exist or is not known. Unknown is never counted as zero."),
        ),
        Reading(
            "n",
            _(
                "The number of assemblies a figure rests on; “unknown” says how many were left out"
                " because the answer is not known."
            ),
        ),
        Reading(
            DAGGER,
            _(
                "A figure published in an earlier report. Everything without this mark is computed"
                " from the observation cards."
            ),
        ),
        Reading(
            _("Low–high"),
            _(
                "The small figures under an index: the range that the lowest and the highest"
                " counts give."
            ),
        ),
        Reading(
            _("Rounding"),
            _(
                "Sums, shares and indices are taken from unrounded values; only the printed figure"
                " is rounded."
            ),
        ),
        Reading(_("Checksum of the values"), report.checksum, code=True),
        Reading(_("Places"), _("Cities and their coordinates: GeoNames, CC BY 4.0.")),
    ]


def imprint(report: Report, language: str) -> list[Reading]:
    """What the title page of an edition has to say, in the active language; else nothing."""
    found = report.imprint
    if found is None:
        return []
    corrects = Reading(_("Takes the place of edition"), found.corrects)
    return [
        Reading(_("Edition"), found.code),
        Reading(_("Frozen on"), format_date(found.frozen, language)),
        *([corrects] if found.corrects else []),
        Reading(_("Permanent address"), found.address, code=True, url=found.address),
        Reading(_("Checksum of the values"), found.checksum, code=True),
        Reading(_("Suggested citation"), str(found.citation)),
    ]

"""What a file would do, as a page shows it: counts, notices, every refusal, the first rows."""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from django.utils import formats
from django.utils.translation import gettext as _

from cards.files import BROUGHT, applications, coverage, importing
from cards.files.checking_outcomes import fingerprint
from cards.files.columns import CARDS, OUTCOMES
from cards.files.refusals import Refusal
from cards.models import Place
from cards.permit_reading import label_of as application_label
from cards.permit_reading import labels_of as application_labels
from cards.reading import label_of, words
from cards.serialise import REFERENCES, as_text, labels_of
from cards.vocabularies import CoverageState, Review, Status

FIRST = 10
#: Columns of the first rows that the page shows.
SHOWN = ("date", "city", "place", "form", "topic", "participants", "police", "detained")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file that can be loaded in the browser.

    ``check`` reads the files and raises Unreadable; ``load`` writes what was checked. Of what was
    checked, ``tallies`` names the tables with their counts, ``first`` shows the first rows, and
    ``work`` is everything that would be written, so that two previews can be compared. ``route``
    is where such a file is chosen.
    """

    name: str
    right: str
    route: str
    check: Callable[..., Any]
    load: Callable[..., None]
    tallies: Callable[[Any], list[tuple[Any, Any]]]
    first: Callable[[Any], dict[str, Any]]
    work: Callable[[Any], list]


#: Name -> kind; other rooms add theirs (``BROUGHT``).
KINDS: dict[str, Kind] = {}
COUNTS = ("read", "new", "updated", "unchanged", "refused")


def preview(kind: Kind, checked: Any) -> dict[str, Any]:
    """The preview as plain values, in the active language; ``mark`` changes with what it says."""
    tallies = [
        {"name": str(name), **{count: getattr(tally, count) for count in COUNTS}}
        for name, tally in kind.tallies(checked)
    ]
    return {
        "tallies": tallies,
        "notices": [str(notice) for notice in checked.notices],
        "refusals": [_told(refusal) for refusal in checked.refusals],
        "first": kind.first(checked),
        "amended": getattr(checked, "amended", 0),
        "changes": sum(tally["new"] + tally["updated"] for tally in tallies),
        "mark": _mark([tallies, kind.work(checked)]),
    }


def table(head: list[str], lines: list[list[Any]]) -> dict[str, Any]:
    """The first rows, each cell with its heading, which narrow screens show beside it."""
    return {"head": head, "lines": [list(zip(head, line, strict=True)) for line in lines]}


def _told(refusal: Refusal) -> list[Any]:
    return [refusal.sheet, refusal.line, refusal.column, str(refusal.message)]


def _check_cards(files: dict[str, bytes], *, user, status: str = "") -> importing.Checked:
    return importing.check(files[CARDS], files.get(OUTCOMES), status=status or None, user=user)


def _card_tallies(checked: importing.Checked) -> list[tuple[Any, Any]]:
    named = [(_("Cards"), checked.cards), (_("Court outcomes"), checked.court)]
    return [(name, tally) for name, tally in named if tally is not None]


def _first_cards(checked: importing.Checked) -> dict[str, Any]:
    rows = checked.rows[:FIRST]
    labels = labels_of(
        {(name, row.answers[name] or "") for row in rows for name in REFERENCES if name in SHOWN}
    )
    lines = []
    for row in rows:
        answers = row.answers
        cells = [_short(name, answers[name], labels) for name in SHOWN]
        changed = [str(label_of(name)) for name in row.changes]
        what = (
            _("Changed: %(columns)s") % {"columns": ", ".join(changed)}
            if changed
            else _("New card")
        )
        status = str(Status(row.status).label)
        lines.append([row.line, row.ref or "—", what, status, *cells])
    head = [_("Line"), "ref", _("What happens"), _("Status"), *(str(label_of(n)) for n in SHOWN)]
    return table(head, lines)


def _short(name: str, value: Any, labels: dict) -> str:
    if isinstance(value, datetime.date):
        return formats.date_format(value, "SHORT_DATE_FORMAT")
    return words(name, value, labels) or "—"


def _check_coverage(files: dict[str, bytes], *, user, status: str = "") -> coverage.Checked:
    return coverage.check(files[coverage.SHEET])


def _load_coverage(checked: coverage.Checked, *, user) -> None:
    coverage.load(checked)


def _first_months(checked: coverage.Checked) -> dict[str, Any]:
    changed = list(checked.changed.items())[:FIRST]
    places = {place.pk: place.label for place in Place.with_codes(p for (p, _m), _s in changed)}
    lines = [
        [places[place], f"{month:%Y-%m}", str(CoverageState(state).label)]
        for (place, month), state in changed
    ]
    return table([_("Place"), _("Month"), _("State")], lines)


def _card_work(checked: importing.Checked) -> list:
    """Everything that would be written, so that two previews can be compared."""
    rows = [
        [row.line, row.status, row.stored and [row.stored.pk, row.stored.version], row.changes]
        for row in checked.rows
    ]
    return [rows, [[row.line, row.card, fingerprint(row.values)] for row in checked.outcomes]]


def _coverage_work(checked: coverage.Checked) -> list:
    return [[place, as_text(month), state] for (place, month), state in checked.changed.items()]


#: Columns of the first applications that the page shows.
SHOWN_OF_APPLICATIONS = ("applied_on", "city", "place", "topic", "decision", "answered_on")


def _check_applications(files: dict[str, bytes], *, user, status: str = "") -> applications.Checked:
    return applications.check(files[applications.SHEET], status=status or None, user=user)


def _first_applications(checked: applications.Checked) -> dict[str, Any]:
    rows = checked.rows[:FIRST]
    labels = application_labels(*(row.answers for row in rows))
    lines = []
    for row in rows:
        changed = [str(application_label(name)) for name in row.changes]
        what = _("New application")
        if changed:
            what = _("Changed: %(columns)s") % {"columns": ", ".join(changed)}
        cells = [_short(name, row.answers[name], labels) for name in SHOWN_OF_APPLICATIONS]
        lines.append([row.line, row.ref or "—", what, str(Review(row.review).label), *cells])
    names = [str(application_label(name)) for name in SHOWN_OF_APPLICATIONS]
    return table([_("Line"), "ref", _("What happens"), _("Review"), *names], lines)


def _application_work(checked: applications.Checked) -> list:
    return [
        [
            row.line,
            row.review,
            row.stored and [row.stored.pk, row.stored.version],
            row.changes,
            {name: as_text(value) for name, value in row.answers.items()},
        ]
        for row in checked.rows
    ]


def _mark(value: Any) -> str:
    return hashlib.sha256(json.dumps(value).encode()).hexdigest()


KINDS[CARDS] = Kind(
    CARDS,
    "card.import",
    "cards:import",
    _check_cards,
    importing.load,
    _card_tallies,
    _first_cards,
    _card_work,
)
KINDS[coverage.SHEET] = Kind(
    coverage.SHEET,
    "coverage.edit",
    "cards:import_coverage",
    _check_coverage,
    _load_coverage,
    lambda checked: [(_("Coverage"), checked)],
    _first_months,
    _coverage_work,
)
KINDS[applications.SHEET] = Kind(
    applications.SHEET,
    "application.import",
    "cards:import_applications",
    _check_applications,
    applications.load,
    lambda checked: [(_("Permit applications"), checked.tally)],
    _first_applications,
    _application_work,
)
for _module in BROUGHT:
    import_module(_module)

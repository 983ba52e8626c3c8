"""What a file would do, as a page shows it: counts, notices, every refusal, the first rows."""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from typing import Any

from django.utils import formats
from django.utils.translation import gettext as _

from cards import coverage, importing
from cards.checking_outcomes import fingerprint
from cards.columns import CARDS, OUTCOMES
from cards.models import Place
from cards.reading import label_of, words
from cards.refusals import Refusal, Row
from cards.serialise import REFERENCES, as_text, labels_of
from cards.sheets import Unreadable
from cards.vocabularies import CoverageState, Status

FIRST = 10
#: Columns of the first rows that the page shows.
SHOWN = ("date", "city", "place", "form", "topic", "participants", "police", "detained")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file that can be loaded in the browser. ``check`` raises Unreadable."""

    name: str
    right: str
    check: Callable[..., Any]


def _check_cards(files: dict[str, bytes], *, user, status: str = "") -> importing.Checked:
    return importing.check(files[CARDS], files.get(OUTCOMES), status=status or None, user=user)


def _check_coverage(files: dict[str, bytes], *, user, status: str = "") -> coverage.Checked:
    return coverage.check(files[coverage.SHEET])


KINDS = {
    CARDS: Kind(CARDS, "card.import", _check_cards),
    coverage.SHEET: Kind(coverage.SHEET, "coverage.edit", _check_coverage),
}


def load(checked: importing.Checked | coverage.Checked, *, user) -> None:
    """Write what was checked. Raises ``importing.Changed``."""
    if isinstance(checked, importing.Checked):
        importing.load(checked, user=user)
    else:
        coverage.load(checked)


def preview(checked: importing.Checked | coverage.Checked) -> dict[str, Any]:
    """The preview as plain values, in the active language; ``mark`` changes with what it says."""
    of_cards = isinstance(checked, importing.Checked)
    tallies = _tallies(checked)
    first = _first_cards(checked.rows[:FIRST]) if of_cards else _first_months(checked)
    work = _card_work(checked) if of_cards else _coverage_work(checked)
    return {
        "tallies": tallies,
        "notices": [str(notice) for notice in checked.notices],
        "refusals": [_told(refusal) for refusal in checked.refusals],
        "first": first,
        "changes": sum(tally["new"] + tally["updated"] for tally in tallies),
        "mark": _mark([tallies, work]),
    }


def _tallies(checked: importing.Checked | coverage.Checked) -> list[dict[str, Any]]:
    if isinstance(checked, importing.Checked):
        named = [(_("Cards"), checked.cards), (_("Court outcomes"), checked.court)]
        return [{"name": name, **asdict(tally)} for name, tally in named if tally is not None]
    counts = ("read", "new", "updated", "unchanged", "refused")
    return [{"name": _("Coverage"), **{name: getattr(checked, name) for name in counts}}]


def _told(refusal: Refusal) -> list[Any]:
    return [refusal.sheet, refusal.line, refusal.column, str(refusal.message)]


def _first_cards(rows: Iterable[Row]) -> dict[str, Any]:
    rows = list(rows)
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
    return _table(head, lines)


def _short(name: str, value: Any, labels: dict) -> str:
    if isinstance(value, datetime.date):
        return formats.date_format(value, "SHORT_DATE_FORMAT")
    return words(name, value, labels) or "—"


def _table(head: list[str], lines: list[list[Any]]) -> dict[str, Any]:
    """Cells with their headings, which narrow screens show beside each."""
    return {"head": head, "lines": [list(zip(head, line, strict=True)) for line in lines]}


def _first_months(checked: coverage.Checked) -> dict[str, Any]:
    changed = list(checked.changed.items())[:FIRST]
    places = {place.pk: place.label for place in Place.with_codes(p for (p, _m), _s in changed)}
    lines = [
        [places[place], f"{month:%Y-%m}", str(CoverageState(state).label)]
        for (place, month), state in changed
    ]
    return _table([_("Place"), _("Month"), _("State")], lines)


def _card_work(checked: importing.Checked) -> list:
    """Everything that would be written, so that two previews can be compared."""
    rows = [
        [row.line, row.status, row.stored and [row.stored.pk, row.stored.version], row.changes]
        for row in checked.rows
    ]
    return [rows, [[row.line, row.card, fingerprint(row.values)] for row in checked.outcomes]]


def _coverage_work(checked: coverage.Checked) -> list:
    return [[place, as_text(month), state] for (place, month), state in checked.changed.items()]


def _mark(value: Any) -> str:
    return hashlib.sha256(json.dumps(value).encode()).hexdigest()


__all__ = ["KINDS", "Kind", "Unreadable", "load", "preview"]

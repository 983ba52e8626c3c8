"""What the cards tell of themselves to whoever runs the site: numbers, never answers or places.

A count by region or person would tell who worked when; see docs/security.md.
"""

from __future__ import annotations

from django.db import connection
from django.db.models import Count, Min, Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from cards import guards
from cards.field import sealing
from cards.models import Attachment, Card, HeldParcel, HistoryHead
from cards.vocabularies import Status
from monitoring.operations import gauges, states, thresholds
from monitoring.operations.models import Kind
from monitoring.operations.repeated import age_state
from monitoring.operations.states import Finding, Level

#: Seconds for which a count over the whole table is good enough.
COUNTED_EVERY = 60


def register() -> None:
    """Called once, at start-up."""
    register = gauges.register
    register(
        "zhinalys_cards",
        "Cards by status.",
        cards_by_status,
        labels=("status",),
        seconds=COUNTED_EVERY,
    )
    register(
        "zhinalys_review_oldest_seconds",
        "How long the oldest submitted card has waited.",
        review_age,
        seconds=15,
    )
    register("zhinalys_history_entries", "Entries of the history.", history_entries, seconds=15)
    register(
        "zhinalys_attachments",
        "Attachments.",
        lambda: attachments()["number"],
        seconds=COUNTED_EVERY,
    )
    register(
        "zhinalys_attachments_bytes",
        "Size of the attachments as they arrived.",
        lambda: attachments()["size"],
        seconds=COUNTED_EVERY,
    )
    register(
        "zhinalys_parcels_held", "Parcels of devices that wait for a key.", parcels_held, seconds=15
    )  # fmt: skip
    states.register("history", _("History of the cards"), _history, group="safety")
    states.register("sealing", _("Keys that devices seal to"), _sealing, group="safety")
    states.register("review", _("Review queue"), _review, group="work")
    states.register("held", _("Sealed parcels"), _held, group="work")


def cards_by_status() -> dict[str, int]:
    """Every status -> how many cards have it."""
    rows = Card.objects.order_by().values_list("status").annotate(Count("pk"))
    return dict.fromkeys(Status.values, 0) | dict(rows)


def review_age() -> float | None:
    """Seconds since the oldest submitted card was submitted; 0 if none waits."""
    oldest = _queue()[1]
    return (timezone.now() - oldest).total_seconds() if oldest else 0


def history_entries() -> int | None:
    """How many entries the chain has; None before the first migration."""
    return HistoryHead.objects.values_list("seq", flat=True).first()


def attachments() -> dict[str, int]:
    """``number`` of attachments and their ``size`` in bytes."""
    found = Attachment.objects.order_by().aggregate(number=Count("pk"), size=Sum("size"))
    return {"number": found["number"], "size": found["size"] or 0}


def parcels_held() -> int:
    """How many parcels wait for a key that is not here."""
    return HeldParcel.objects.filter(opened_at=None).count()


def _queue():
    waiting = Card.objects.filter(status=Status.SUBMITTED).order_by()
    found = waiting.aggregate(number=Count("pk"), oldest=Min("submitted_at"))
    return found["number"], found["oldest"]


def _history() -> Finding:
    if missing := guards.missing(connection):
        text = ngettext_lazy(
            "%(number)s guard of the history is missing from the database.",
            "%(number)s guards of the history are missing from the database.",
            "number",
        ) % {"number": len(missing)}
        advice = _("Ask who could write to the database, then run the command “prepare”.")
        return Finding(Level.ACT, text, advice=advice)
    return age_state(
        Kind.VERIFY_HISTORY,
        thresholds.HISTORY_VERIFIED_AGE,
        never=_("It has not been proved on this server."),
        advice=_("Run the command “verify_history”, then find out why the timer did not."),
        broken=_("It may have been tampered with: stop the site and follow “Incidents”."),
    )


def _sealing() -> Finding:
    if sealing.ready(connection):
        return Finding(Level.ORDER, _("Devices can seal what they send."))
    return Finding(
        Level.ACT,
        _("The folder of the keys is missing, open to others, or a key is broken."),
        advice=_("Restore the folder from a backup; see “Keys” in the guide to operations."),
    )


def _review() -> Finding:
    number, oldest = _queue()
    if not number:
        return Finding(Level.ORDER, _("Nothing waits for an editor."))
    text = ngettext_lazy(
        "%(number)s card waits for an editor.", "%(number)s cards wait for an editor.", "number"
    ) % {"number": number}
    level = states.level_of_age(oldest, thresholds.REVIEW_AGE)
    advice = _("Ask the editors whether they are enough, and whether regions lack one.")
    return Finding(level, text, oldest, "" if level == Level.ORDER else advice)


def _held() -> Finding | None:
    number = parcels_held()
    if not number:
        return Finding(Level.ORDER, _("None waits for a key."))
    oldest = HeldParcel.objects.filter(opened_at=None).aggregate(at=Min("received_at"))["at"]
    text = ngettext_lazy(
        "%(number)s parcel waits for a key that is not here.",
        "%(number)s parcels wait for a key that is not here.",
        "number",
    ) % {"number": number}
    return Finding(
        Level.LOOK, text, oldest, _("Bring the recovery key and run the command “open_sealed”.")
    )

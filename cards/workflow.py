"""A card's life: the rows of TRANSITIONS, and ``apply``, the only writer of ``status``."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from cards import bulk, history, reading, review, services
from cards.models import Card, EventKind, Merge
from cards.serialise import answers_of
from cards.vocabularies import Review, Status
from monitoring.accounts.access import allowed


@dataclass(frozen=True, slots=True)
class Transition:
    """``label`` is the button's word, ``done`` what the person reads afterwards."""

    name: str
    label: str | Promise
    done: str | Promise
    sources: tuple[Status, ...]
    target: Status
    right: str
    reason_needed: bool = False


TRANSITIONS: tuple[Transition, ...] = (
    Transition(
        "submit",
        pgettext_lazy("button", "Submit"),
        _("The card has been submitted."),
        (Status.DRAFT, Status.RETURNED),
        Status.SUBMITTED,
        "card.submit",
    ),
    Transition(
        "return",
        pgettext_lazy("button", "Return to the monitor"),
        _("The card has been returned to the monitor."),
        (Status.SUBMITTED,),
        Status.RETURNED,
        "card.review",
        reason_needed=True,
    ),
    Transition(
        "approve",
        pgettext_lazy("button", "Approve"),
        _("The card has been approved."),
        (Status.SUBMITTED,),
        Status.APPROVED,
        "card.approve",
    ),
    Transition(
        "reject",
        pgettext_lazy("button", "Reject"),
        _("The card has been rejected."),
        (Status.SUBMITTED,),
        Status.REJECTED,
        "card.review",
        reason_needed=True,
    ),
    Transition(
        "duplicate",
        pgettext_lazy("button", "Mark as duplicate"),
        _("The card has been marked as a duplicate."),
        (Status.SUBMITTED,),
        Status.DUPLICATE,
        "card.review",
    ),
    Transition(
        "restore",
        pgettext_lazy("button", "Take up again"),
        _("The card is in the queue again."),
        (Status.REJECTED, Status.DUPLICATE),
        Status.SUBMITTED,
        "card.review",
        reason_needed=True,
    ),
    Transition(
        "reopen",
        pgettext_lazy("button", "Reopen"),
        _("The card is open for changes and must be approved again."),
        (Status.APPROVED,),
        Status.SUBMITTED,
        "card.reopen",
        reason_needed=True,
    ),
)
_BY_NAME = {row.name: row for row in TRANSITIONS}


class NotPossible(ValidationError):
    """The card is not in a state from which this transition leads."""


def open_to(user, card: Card) -> list[Transition]:
    """The transitions that ``user`` may take with ``card`` as it stands."""
    rows = [
        row for row in TRANSITIONS if card.status in row.sources and allowed(user, row.right, card)
    ]
    return [row for row in rows if row.name != "restore" or not bound_by_merge(card)]


def bound_by_merge(card: Card | int) -> bool:
    """Whether the card would be counted twice if it were taken up again: it went into a merge that
    stands, or came from one that was undone."""
    original = Q(first=card) | Q(second=card)
    return Merge.objects.filter(
        original & Q(undone_at=None) | Q(card=card, undone_at__isnull=False)
    ).exists()


@transaction.atomic
def apply(
    card: Card,
    name: str,
    *,
    actor,
    reason: str = "",
    duplicate_of: Card | None = None,
    warnings: Iterable[str] = (),
    unseen: bool = False,
) -> Card:
    """Move ``card`` along the transition ``name``; returns it as stored.

    ``warnings``: codes of the warnings that the person looked at and let stand; ``unseen``: that
    could not be shown to them, since the card was sealed without a connection.
    Raises PermissionDenied without the right, NotPossible from a wrong state, ValidationError
    (by field) for a missing reason or an incomplete card, KeyError for an unknown name.
    """
    row = _BY_NAME[name]
    card = Card.objects.select_for_update().get(pk=card.pk)
    if card.status not in row.sources:
        raise NotPossible(_("This is not possible: the card's status has changed meanwhile."))
    if not allowed(actor, row.right, card):
        raise PermissionDenied
    if name == "return" and not reason.strip():
        # What is asked is the reason, where something is asked.
        reason = reading.questions_in_words(card)
    if row.reason_needed and not reason.strip():
        raise ValidationError({"reason": ValidationError(_("Give a reason."), code="required")})
    _PREPARE.get(name, _nothing)(card, actor, duplicate_of)
    changes = _said(duplicate_of, warnings, unseen)
    return move(card, row.target, actor=actor, reason=reason, changes=changes)


def submit_new(
    card: Card,
    *,
    actor,
    warnings: Iterable[str] = (),
    unseen: bool = False,
    beside: Callable[[Card], Sequence[bulk.Statement]] | None = None,
) -> Card:
    """Write a composed card (``services.compose``) and submit it: what ``services.create`` and
    ``apply`` do one after the other, by one insertion in one transaction of its own. Raises what
    these raise.

    ``beside``: given the card with its number, what is to be written with it. It may hold rows of
    sessions and accounts, never a card or the head of the history.
    """
    row = _BY_NAME["submit"]
    if not (allowed(actor, "card.create") and allowed(actor, row.right, card)):
        raise PermissionDenied
    services.refuse(services.problems_of(card))
    # Whatever can be made before is: inside of the transaction others wait.
    told = history.encoded(services.told_of_new(card))
    changes = history.encoded(history.texts(_said(None, warnings, unseen)))
    source, card.status, card.version = card.status, row.target, 2
    with bulk.brief() as (begin, end):
        _number(card, begin)
        now = card.submitted_at = timezone.now()
        counts = services.insert(card, actor=actor, beside=beside(card) if beside else ())
        history.record_held(
            [
                (card.pk, EventKind.CREATED.value, actor.pk, now, "", "", 1, told, ""),
                (card.pk, EventKind.STATUS.value, actor.pk, now, str(source), str(row.target), 2,
                 changes, ""),
            ],
            along=counts,
            end=end,
        )  # fmt: skip
    return card


def move(
    card: Card,
    target: Status,
    *,
    actor,
    kind: EventKind = EventKind.STATUS,
    reason: str = "",
    changes: dict | None = None,
) -> Card:
    """Write ``target`` as the status of a locked card, record it, and tell the facts.

    Rights and rules are the caller's: ``apply``, and ``cards.merging`` for three cards at once.
    """
    source, card.status = card.status, target
    card.version += 1
    card.save()
    history.record(
        kind,
        card=card,
        actor=actor,
        reason=reason,
        from_status=source,
        to_status=target,
        changes=changes,
    )
    if Status.APPROVED in (source, target):
        added = card.pk if source != Status.APPROVED else None
        services.announce(services.month_of(card), added=added)
    return card


def arrived(
    status: str, *, actor, now: datetime.datetime, card: Card | None = None
) -> tuple[str, datetime.datetime | None, datetime.datetime | None, int | None, int | None]:
    """What a status given by a file brings with it; rights are the caller's.

    ``card``: the stored card that the file changes, None for a new one. Returns status,
    submitted_at, approved_at, editor_id, duplicate_of_id.
    """
    submitted_at = card.submitted_at if card else None
    approved_at = editor = None
    if status != Status.DRAFT:
        submitted_at = submitted_at or now
    if status == Status.APPROVED:
        approved_at = now
        monitor = card.monitor_id if card else None
        editor = actor.pk if actor is not None and actor.pk != monitor else None
    same = card is not None and status == Status.DUPLICATE
    return status, submitted_at, approved_at, editor, card.duplicate_of_id if same else None


def _said(duplicate_of: Card | None, warnings: Iterable[str], unseen: bool) -> dict[str, list[str]]:
    """What belongs to the transition beside the status, for the history."""
    said = {"duplicate_of": ["", duplicate_of.number]} if duplicate_of else {}
    if codes := ";".join(warnings):
        said["unseen" if unseen else "warnings"] = ["", codes]
    return said


def _nothing(card, actor, duplicate_of):
    """Transitions that only change the status."""


def _submit(card: Card, actor, duplicate_of) -> None:
    services.refuse(services.problems_of(card))
    if card.number is None:
        _number(card)
    card.submitted_at = timezone.now()


def _number(card: Card, along: Sequence[bulk.Statement] = ()) -> None:
    card.number = services.next_number(card, along)
    card.search_text = services.search_text(card.number, answers_of(card))


def _approve(card: Card, actor, duplicate_of) -> None:
    if waiting := review.unsettled(card).count():
        text = ngettext(
            "%(n)s question about this card is not closed yet: close it before you approve.",
            "%(n)s questions about this card are not closed yet: close them before you approve.",
            waiting,
        )
        raise ValidationError(text % {"n": waiting}, code="queries")
    card.editor = actor
    card.approved_at = timezone.now()
    # What came in with the card is reviewed with it, except what the approver added.
    for related in (services.pending_updates(card), card.attachments.filter(review="pending")):
        related.exclude(author=actor).update(
            review=Review.APPROVED, reviewer=actor, reviewed_at=timezone.now()
        )


def _duplicate(card: Card, actor, duplicate_of: Card | None) -> None:
    if duplicate_of is None or duplicate_of.pk == card.pk or duplicate_of.status == "duplicate":
        raise ValidationError(
            {"duplicate_of": ValidationError(_("Say which card it repeats."), code="required")}
        )
    card.duplicate_of = duplicate_of


def _restore(card: Card, actor, duplicate_of) -> None:
    if bound_by_merge(card):
        raise NotPossible(_("The card belongs to a merge: undo the merge, or merge anew."))
    card.duplicate_of = None


def _reopen(card: Card, actor, duplicate_of) -> None:
    card.editor = None
    card.approved_at = None


_PREPARE = {
    "submit": _submit,
    "approve": _approve,
    "duplicate": _duplicate,
    "restore": _restore,
    "reopen": _reopen,
}

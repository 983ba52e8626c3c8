"""What follows on a stored card: words to its editor, and the submission with its questions."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cards import bulk, review, services, submission, workflow
from cards.field import answers as said
from cards.field.shape import CardParcel
from cards.forms.review import MessageForm
from cards.models import Arrival, Card, Query
from cards.submission import Looked
from monitoring.accounts.access import allowed

_ARRIVAL = ("account_id", "uuid", "digest", "submitted", "at")


class TooLate(Exception):
    """The card was changed or submitted elsewhere in between."""


def reply(user, parcel: CardParcel, card: Card, *, again: bool = False) -> dict[str, list[str]]:
    """Send what was typed under questions of the review, inside the caller's transaction; what
    could not be taken, by ``reply-KEY``.

    ``again``: the parcel arrived before, so what the person said under a question stands already.
    """
    refused = {}
    for key, typed in parcel.replies.items():
        if typed.strip() and (text := _answer(user, card, key, typed, again)):
            refused[f"reply-{key}"] = [text]
    return refused


def submit_new(user, parcel: CardParcel, card: Card) -> dict[str, Any] | None:
    """Write a composed card and submit it, in one transaction; None, with nothing written, where
    anything stands against it. Raises IntegrityError where such a card is here."""
    if not (allowed(user, "card.create") and allowed(user, "card.submit", card)):
        return None
    looked = submission.look(card, user)
    known = set(looked.codes) <= parcel.accepted
    if looked.problems or not (parcel.unseen or known):
        return None
    unseen = parcel.unseen and not known
    arrival = (user.pk, parcel.uuid, parcel.digest, True, timezone.now())
    noted = bulk.inserting(Arrival, _ARRIVAL, [arrival])
    done = workflow.submit_new(
        card, actor=user, warnings=looked.codes, unseen=unseen, beside=lambda card: [noted]
    )
    return _told(user, parcel, done, looked, new=True)


def _told(user, parcel: CardParcel, done: Card, looked: Looked, *, new: bool) -> dict[str, Any]:
    unseen = [warning for warning in looked.warnings if warning.code not in parcel.accepted]
    hidden = looked.twins if "duplicate" not in parcel.accepted else []
    return said.submitted(user, parcel, done, unseen, hidden, new=new)


def submit(user, parcel: CardParcel, card: Card) -> dict[str, Any]:
    """Submit the card as it was just stored: refused, to be confirmed, or done. Raises TooLate."""
    if not allowed(user, "card.submit", card):
        text = _(
            "The card lies in a region that is not yours: an administrator can give it to you."
        )
        return said.refused(user, parcel, card, {NON_FIELD_ERRORS: [text]})
    looked = submission.look(card, user)
    if looked.problems:
        return said.refused(user, parcel, card, said.by_field(looked.problems))
    if not parcel.unseen and not set(looked.codes) <= parcel.accepted:
        return said.confirm(user, parcel, card, looked.warnings, looked.twins)
    done = _submit(user, parcel, card, looked.codes)
    return _told(user, parcel, done, looked, new=False)


@transaction.atomic
def _submit(user, parcel: CardParcel, card: Card, codes: list[str]) -> Card:
    (held,) = services.hold([card])
    if held.version != card.version:
        raise TooLate
    unseen = parcel.unseen and not set(codes) <= parcel.accepted
    try:
        done = workflow.apply(held, "submit", actor=user, warnings=codes, unseen=unseen)
    except (workflow.NotPossible, PermissionDenied) as late:
        raise TooLate from late
    Arrival.objects.filter(account=user, uuid=parcel.uuid, digest=parcel.digest).update(
        submitted=True
    )
    return done


def _answer(user, card: Card, key: int, typed: str, again: bool) -> str:
    """Send one answer; why it could not be taken, "" if it was."""
    query = Query.objects.filter(card=card, pk=key).select_related("card").first()
    if query is None:
        return _("This question is not there any more.")
    if again and query.messages.filter(author=user, text=typed.strip()).exists():
        return ""
    form = MessageForm({"text": typed})
    if not form.is_valid():
        return form.problem()
    try:
        review.answer(query, actor=user, text=form.cleaned_data["text"])
    except PermissionDenied:
        return _("This question cannot be answered any more.")
    except ValidationError as refused:
        return " ".join(refused.messages)
    return ""

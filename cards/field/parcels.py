"""Taking a parcel: one function for each kind, each of which may be called again at will.

The answer says what became of what was sent (docs/decisions/015). A parcel that arrived before
changes nothing; one that is not the account's to write is given back as it was typed.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from cards import conflicts, services
from cards.field import answers as said
from cards.field import sealing, submitting
from cards.field.errors import UnknownKey
from cards.field.shape import CardParcel, OutcomeParcel, form_data, parcel_in
from cards.forms.card import CardReader
from cards.forms.decisions import CountForm
from cards.forms.followups import OutcomeForm
from cards.lookup import case_codes
from cards.models import Arrival, Card, HeldParcel
from monitoring.accounts.access import allowed

#: Somebody else may be quicker that often before the parcel is given back as a conflict.
TURNS = 4
Answer = dict[str, Any]


@dataclass(slots=True)
class Kept:
    """A card with what the parcel says stored. ``errors``: what could not be read or taken;
    ``before``: all of it arrived before; ``late``: the card is with the editors."""

    card: Card
    errors: dict[str, list[str]]
    before: bool = False
    late: bool = False


class Gone(Exception):
    """The card is not the account's to change (any more); the message says why."""


class Differs(Exception):
    """Stored is another version; ``answers``: what the parcel says, as far as it can be read."""

    def __init__(self, card: Card, answers: dict[str, Any]):
        super().__init__(card.version)
        self.card, self.answers = card, answers


def receive(user, sealed: Any) -> Answer:
    """Open a parcel and take it; kept unopened where the key is not here. Raises Unreadable."""
    try:
        content = sealing.open_parcel(sealed)
    except UnknownKey:
        _hold(user, sealed)
        return {"result": "held", "uuid": None}
    return take(user, content)


def take(user, content: bytes) -> Answer:
    """Do what an opened parcel asks for, in the name of the person. Raises Unreadable."""
    parcel = parcel_in(content)
    if isinstance(parcel, OutcomeParcel):
        return take_outcome(user, parcel)
    return take_card(user, parcel)


def take_card(user, parcel: CardParcel) -> Answer:
    """A card, or changes of one: stored, and submitted if so wished."""
    if (answer := _at_once(user, parcel)) is not None:
        return answer
    for _turn in range(TURNS):
        try:
            with transaction.atomic():
                kept = _store(user, parcel)
            return _goes_on(user, parcel, kept)
        except (IntegrityError, submitting.TooLate):
            # The same card came in, or was changed, at the same moment: look at it anew.
            continue
        except Gone as gone:
            return said.gone(parcel, str(gone))
        except Differs as differs:
            return said.conflict(user, parcel, differs.card, differs.answers)
    # What the database refuses each time is refused, however it came about.
    card = Card.objects.filter(uuid=parcel.uuid, monitor=user).first()
    text = _("These answers cannot be stored together. Please look at them and send them again.")
    return said.refused(user, parcel, card, {NON_FIELD_ERRORS: [text]})


def take_outcome(user, parcel: OutcomeParcel) -> Answer:
    """What became known of a person's case; the same code again updates the case."""
    with transaction.atomic():
        card = Card.objects.visible_to(user).filter(uuid=parcel.card).first()
        if card is None:
            # What does not exist and what is out of reach answer alike.
            return said.gone(parcel, _("This card has not reached the site, or is not yours."))
        (card,) = services.hold([card])
        before = Arrival.objects.filter(account=user, uuid=parcel.uuid).first()
        if before is not None and before.digest == parcel.digest:
            return said.done("already", user, parcel.uuid, card)
        if before is not None:
            text = _("This outcome is on the site already, with other words: add another one.")
            return said.refused(user, parcel, card, {NON_FIELD_ERRORS: [text]})
        if not allowed(user, "card.add_outcome", card):
            return said.gone(parcel, _("No outcome can be added to this card any more."))
        form = OutcomeForm(form_data(parcel.answers), codes=case_codes(card))
        if form.is_valid():
            try:
                services.add_outcome(card, actor=user, outcome=form.values())
            except ValidationError as refused:
                form.take(refused)
        if form.errors:
            return said.refused(user, parcel, card, said.errors_of(form))
        Arrival.objects.create(account=user, uuid=parcel.uuid, digest=parcel.digest)
    return said.done("saved", user, parcel.uuid, card)


def _at_once(user, parcel: CardParcel) -> Answer | None:
    """A new card that may be submitted as it is: everything is looked at before the one short
    transaction. None, with nothing written, where it has to go the longer way."""
    if not parcel.submits or parcel.version or parcel.counts or parcel.replies:
        return None
    form = _read(user, parcel, None)
    if form.errors:
        return None
    card = services.compose(actor=user, answers=form.answers(), uuid=parcel.uuid)
    for name, row in form.references().items():
        # They were looked up for the form.
        setattr(card, name, row)
    try:
        return submitting.submit_new(user, parcel, card)
    except IntegrityError:
        # It is here already, or comes in at the same moment.
        return None


def _read(user, parcel: CardParcel, card: Card | None) -> CardReader:
    data = form_data(parcel.answers, uuid=parcel.uuid, version=parcel.version)
    form = CardReader(data, user=user, card=card)
    form.is_valid()
    return form


def _store(user, parcel: CardParcel) -> Kept:
    """Store what the parcel says, inside the caller's transaction.

    Raises Gone, Differs, and IntegrityError where the same card is begun at the same moment.
    """
    card = Card.objects.select_for_update().filter(uuid=parcel.uuid).first()
    if card is not None and card.monitor_id != user.pk:
        raise Gone(_("This card is not yours to change."))
    form = _read(user, parcel, card)
    # A parcel without answers brings something else, such as a word to the editor.
    typed = form.answers() if parcel.answers else {}
    errors = said.errors_of(form) if parcel.answers else {}
    arrivals = Arrival.objects.filter(account=user, uuid=parcel.uuid, digest=parcel.digest)
    arrival = arrivals.first()
    if card is not None and arrival is not None and (arrival.submitted or not parcel.submits):
        return Kept(card, errors | submitting.reply(user, parcel, card, again=True), before=True)
    late = card is not None and not card.is_open
    if late and services.changes_by(card, typed):
        raise Gone(_("The card is with the editors: it can be changed again if it is returned."))
    if not late:
        card = _write(user, parcel, card, typed)
        errors |= _count(user, parcel, card)
    errors |= submitting.reply(user, parcel, card)
    if arrival is None:
        Arrival.objects.create(account=user, uuid=parcel.uuid, digest=parcel.digest)
    # Where nothing is to be changed, it was submitted as it is, or brings a word to the editor.
    return Kept(card, errors, before=late and not parcel.replies, late=late)


def _write(user, parcel: CardParcel, card: Card | None, typed: dict[str, Any]) -> Card:
    """The draft with these answers, created or changed."""
    if card is None:
        if not allowed(user, "card.create"):
            raise Gone(_("Your account begins no cards."))
        return services.create(actor=user, answers=typed, uuid=parcel.uuid)
    if not allowed(user, "card.edit", card):
        raise Gone(_("This card is not yours to change."))
    chosen = conflicts.choose(card, typed, parcel.take)
    try:
        return services.save(card, actor=user, answers=chosen, expected_version=parcel.version)
    except services.StaleVersion as stale:
        raise Differs(stale.card, typed) from stale


def _count(user, parcel: CardParcel, card: Card) -> dict[str, list[str]]:
    """Keep the log of counts, each line once and none in use; what could not be read of it."""
    problems = []
    for line in parcel.counts:
        form = CountForm(line)
        if not form.is_valid():
            problems += [text for texts in said.errors_of(form).values() for text in texts]
            continue
        names = ("subject", "best", "basis", "counted_at")
        values = {name: form.cleaned_data[name] for name in names}
        if not card.counts.filter(author=user, **values).exists():
            services.add_count(card, actor=user, **values)
    return {"counts": problems} if problems else {}


def _goes_on(user, parcel: CardParcel, kept: Kept) -> Answer:
    """What follows on the storing: the submission, where one is wished and to be had."""
    if kept.before or kept.late or not parcel.submits:
        result = "already" if kept.before and not kept.errors else "saved"
        return said.done(result, user, parcel.uuid, kept.card, errors=kept.errors)
    if kept.errors:
        return said.refused(user, parcel, kept.card, kept.errors)
    return submitting.submit(user, parcel, kept.card)


def _hold(user, sealed: dict[str, Any]) -> None:
    """Keep a parcel that cannot be opened here, once."""
    names = ("protected", "iv", "ciphertext", "tag", "recipients")
    text = json.dumps({name: sealed[name] for name in names}, sort_keys=True)
    digest = hashlib.sha256(text.encode()).hexdigest()
    HeldParcel.objects.get_or_create(account=user, digest=digest, defaults={"parcel": text})


__all__ = ["Gone", "receive", "take", "take_card", "take_outcome"]

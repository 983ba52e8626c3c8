"""Two cards on one assembly brought together in a third, and taken apart again.

Both originals stay as they were: they only become duplicates of the third card, which is approved
like any other, by somebody who wrote none of the three. Counts, court cases, files and permit
applications go along; undoing brings back what was added to the third card meanwhile.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models.fields.files import FieldFile
from django.utils import timezone
from django.utils.translation import gettext as _

from cards import attachments, comparison, history, review, services, workflow
from cards.comparison import FIRST, SECOND
from cards.models import (
    COUNT_FIELDS,
    Attachment,
    Card,
    CaseUpdate,
    Count,
    CourtCase,
    EventKind,
    Merge,
    PermitApplication,
)
from cards.querysets import WRITING
from cards.serialise import answers_of, differences
from cards.vocabularies import QueryState, Status
from monitoring.accounts.access import allowed

OTHER = {FIRST: SECOND, SECOND: FIRST}


class Changed(ValidationError):
    """One of the cards was changed since the person looked at them."""


@dataclass(frozen=True, slots=True)
class Additions:
    """What was added to the third card since the merge."""

    outcomes: tuple[CaseUpdate, ...]
    counts: tuple[Count, ...]
    attachments: tuple[Attachment, ...]
    applications: tuple[PermitApplication, ...]

    def __bool__(self) -> bool:
        return bool(self.outcomes or self.counts or self.attachments or self.applications)


@transaction.atomic
def merge(
    first: Card,
    second: Card,
    *,
    actor,
    choices: Mapping[str, str],
    lead: str = FIRST,
    apart: Collection[str] = (),
    versions: tuple[int, int] | None = None,
) -> Merge:
    """Make a third card of the two and set them aside as its duplicates.

    choices: question -> first, second or both, for every question in which they differ (see
    ``comparison.chosen``). lead: the side whose monitor the third card has. apart: person codes
    that mean different people on the two cards; the one of the card that does not lead is renamed.
    versions: those that the person looked at. Raises PermissionDenied, Changed, and ValidationError
    by field where nothing is chosen or the choices contradict each other.
    """
    first, second = services.hold([first, second])
    _ask(actor, "card.merge", first, second)
    if versions is not None and versions != (first.version, second.version):
        raise Changed(_("One of the cards was changed meanwhile. Please look at them again."))
    if any(review.unsettled(card).exists() for card in (first, second)):
        # They would stay behind with cards that nobody opens any more.
        raise ValidationError(_("Close the questions about both cards first."))
    sides = {FIRST: first, SECOND: second}
    card = _third(sides[lead], first, second, comparison.chosen(first, second, choices))
    history.record(
        EventKind.CREATED,
        card=card,
        actor=actor,
        changes=differences(answers_of(Card()), answers_of(card)),
    )
    agreement = comparison.agreement(first, second)
    order = (lead, OTHER[lead])
    _take_counts(card, sides, {name: choices.get(name, lead) for name in COUNT_FIELDS}, order)
    renamed = _take_cases(card, [sides[side] for side in order], apart)
    _take_attachments(card, [sides[side] for side in order])
    linked = {
        str(application.uuid): side
        for side, original in sides.items()
        for application in original.applications.all()
    }
    _link(PermitApplication.objects.filter(uuid__in=linked), card, actor)
    made = Merge.objects.create(
        card=card,
        first=first,
        second=second,
        first_status=first.status,
        second_status=second.status,
        choices=dict(choices),
        lead=lead,
        taken={"renamed": renamed, "applications": linked},
        agreement=agreement,
        compared=len(agreement),
        agreed=sum(agreement.values()),
        author=actor,
    )
    _set_aside(made, actor)
    return made


@transaction.atomic
def unmerge(made: Merge, *, actor, reason: str, receiver: str = "") -> Merge:
    """Take a merge back: the third card is rejected, the originals stand again as before.

    What was added to the third card meanwhile is copied: court outcomes to the card that has the
    case, everything else to the ``receiver`` (by default the side that led). Raises
    PermissionDenied, ``workflow.NotPossible`` where the cards have gone on since, ValidationError
    without a reason.
    """
    made = Merge.objects.select_for_update().get(pk=made.pk)
    made.card, made.first, made.second = services.hold([made.card, made.first, made.second])
    _ask(actor, "card.unmerge", made.card, made.first, made.second)
    if obstacle := obstacle_to_undoing(made):
        raise workflow.NotPossible(obstacle)
    if not reason.strip():
        raise ValidationError({"reason": ValidationError(_("Give a reason."), code="required")})
    given = _give_back(made, additions(made), receiver or made.lead, actor)
    made.undone_by, made.undone_at = actor, timezone.now()
    made.save(update_fields=["undone_by", "undone_at"])
    names = f"{made.first}; {made.second}"
    _move(made.card, Status.REJECTED, actor, reason, {"merged_from": [names, ""]})
    for side, before in ((FIRST, made.first_status), (SECOND, made.second_status)):
        original = made.sides[side]
        target = Status(before)
        if target == Status.APPROVED and hinders(original, made):
            target = Status.SUBMITTED
            original.editor = original.approved_at = None
        original.duplicate_of = None
        changes = {"merged_into": [str(made.card), ""], **given.get(side, {})}
        _move(original, target, actor, reason, changes)
    return made


def obstacle_to_undoing(made: Merge) -> str:
    """Why the merge cannot be undone, in words; "" if it can be."""
    if made.undone_at is not None:
        return _("This merge has been undone already.")
    if made.card.status == Status.DUPLICATE:
        return _(
            "The merged card has been merged further or marked as a duplicate."
            " Take that back first."
        )
    for original in (made.first, made.second):
        if original.status != Status.DUPLICATE or original.duplicate_of_id != made.card_id:
            return _("The status of card %(number)s has been changed since.") % {"number": original}
    return ""


def hinders(original: Card, made: Merge) -> bool:
    """Whether an original that was approved cannot simply be so again: its answers were changed
    since, questions about it are open, or it breaks a rule that came later."""
    written = original.events.filter(kind__in=WRITING, at__gt=made.created_at)
    asked = original.queries.exclude(state=QueryState.CLOSED)
    return written.exists() or asked.exists() or bool(services.problems_of(original))


def additions(made: Merge) -> Additions:
    """What was added to the third card since: rows taken over keep the time they were made."""
    since = {"created_at__gt": made.created_at}
    updates = CaseUpdate.objects.filter(case__card=made.card_id, **since)
    linked = PermitApplication.objects.filter(card=made.card_id)
    return Additions(
        tuple(updates.select_related("case").order_by("id")),
        tuple(made.card.counts.filter(**since)),
        tuple(made.card.attachments.filter(**since)),
        tuple(linked.exclude(uuid__in=made.taken.get("applications", {}))),
    )


def shared_codes(first: Card, second: Card) -> list[str]:
    """Person codes that both cards have a case for."""
    codes = first.cases.filter(case_code__in=second.cases.values("case_code"))
    return list(codes.values_list("case_code", flat=True))


def _ask(actor, right: str, *cards: Card) -> None:
    if not all(allowed(actor, right, card) for card in cards):
        raise PermissionDenied


def _third(lead: Card, first: Card, second: Card, answers: dict[str, Any]) -> Card:
    """The card made from the two, a draft still, with a number of its own."""
    card = Card(monitor=lead.monitor, reconstruction=first.reconstruction or second.reconstruction)
    services.settle(card, answers)
    services.refuse(services.problems_of(card))
    card.number = services.next_number(card)
    card.search_text = services.search_text(card.number, answers_of(card))
    card.submitted_at = timezone.now()
    card.save(force_insert=True)
    return card


def _set_aside(made: Merge, actor) -> None:
    """The third card goes into the queue, the originals become its duplicates."""
    names = f"{made.first}; {made.second}"
    _move(made.card, Status.SUBMITTED, actor, "", {"merged_from": ["", names]}, EventKind.MERGED)
    for original in (made.first, made.second):
        original.duplicate_of = made.card
        changes = {"merged_into": ["", str(made.card)]}
        _move(original, Status.DUPLICATE, actor, "", changes, EventKind.MERGED)


def _move(card, target, actor, reason, changes, kind=EventKind.MERGE_UNDONE) -> None:
    workflow.move(card, target, actor=actor, kind=kind, reason=reason, changes=changes)


def _copies(rows: Iterable[Any], **changes) -> list[Any]:
    """Rows of their own that keep author, review and the time at which they were made."""
    made = []
    for row in rows:
        values = {}
        for column in row._meta.concrete_fields:
            value = getattr(row, column.attname)
            # Of a stored file only the name: both rows point to the same bytes.
            values[column.attname] = value.name if isinstance(value, FieldFile) else value
        new = type(row)(**{**values, "id": None, **changes})
        new.save(force_insert=True)
        # The database would say now.
        type(row).objects.filter(pk=new.pk).update(created_at=row.created_at)
        made.append(new)
    return made


def _take_counts(card: Card, sides, chosen: Mapping[str, str], order) -> None:
    """Every count of both; the one in use is that of the side whose number was chosen."""
    for side in order:
        for count in sides[side].counts.order_by("id"):
            used = count.used and chosen[count.subject] == side
            _copies([count], card_id=card.pk, used=used)


def _take_cases(card: Card, originals: list[Card], apart: Collection[str]) -> dict[str, str]:
    """The cases of both with all their updates, one case for each person code.

    Returns new code -> old code of those that were renamed to keep two people apart.
    """
    lead, other = originals
    taken = {*lead.cases.values_list("case_code", flat=True)}
    codes = {*taken, *other.cases.values_list("case_code", flat=True)}
    renamed: dict[str, str] = {}
    for case in other.cases.filter(case_code__in=set(apart) & taken):
        code = _free_code(case.case_code, codes)
        codes.add(code)
        renamed[code] = case.case_code
    new_code = {old: new for new, old in renamed.items()}
    found: dict[str, CourtCase] = {}
    for original in originals:
        for case in original.cases.all():
            code = new_code.get(case.case_code, case.case_code)
            code = code if original is other else case.case_code
            if code not in found:
                found[code] = CourtCase.objects.create(card=card, case_code=code)
    updates = CaseUpdate.objects.filter(case__card__in=originals).select_related("case")
    # In the order in which they became known: of two on one day the later one counts.
    for update in updates.order_by("created_at", "id"):
        code = update.case.case_code
        if update.case.card_id == other.pk:
            code = new_code.get(code, code)
        _copies([update], case_id=found[code].pk)
    return renamed


def _free_code(code: str, taken: Collection[str]) -> str:
    """The code with the first number behind it that nobody has."""
    number = 2
    while (free := f"{code[:36]}-{number}") in taken:
        number += 1
    return free


def _take_attachments(card: Card, originals: list[Card]) -> None:
    """The files of both, each once; of the same file both captions stay, and what one of the two
    cards knows of it."""
    kept: dict[str, Attachment] = {}
    for original in originals:
        for row in original.attachments.all():
            if row.sha256 not in kept:
                place = {"card_id": card.pk, "uuid": _new_uuid(), "order": len(kept)}
                (kept[row.sha256],) = _copies([row], **place)
                continue
            twin = kept[row.sha256]
            if row.caption and row.caption not in twin.caption:
                twin.caption = " / ".join(filter(None, (twin.caption, row.caption)))[:300]
            twin.taken_at = twin.taken_at or row.taken_at
            twin.taken_by = twin.taken_by or row.taken_by
            twin.camera_sha256 = twin.camera_sha256 or row.camera_sha256
            twin.save(update_fields=["caption", "taken_at", "taken_by", "camera_sha256"])


def _new_uuid():
    return Attachment._meta.get_field("uuid").get_default()


def _link(applications, card: Card, actor) -> None:
    """Link permit applications to another card, each recorded in its own history."""
    for application in applications.select_for_update().order_by("pk"):
        before = application.card.number if application.card else ""
        application.card = card
        application.version += 1
        application.save(update_fields=["card", "version", "updated_at"])
        history.record(
            EventKind.APPLICATION_LINKED,
            application=application,
            actor=actor,
            changes={"card": [before or "", card.number or ""]},
        )


def _give_back(
    made: Merge, added: Additions, receiver: str, actor
) -> dict[str, dict[str, list[str]]]:
    """Copy what was added to the originals; side -> what it got, for the history."""
    got: dict[str, dict[str, list[str]]] = {FIRST: {}, SECOND: {}}

    def note(side: str, name: str, text: str) -> None:
        before = got[side].get(name, ["", ""])[1]
        got[side][name] = ["", "; ".join(filter(None, (before, text)))]

    for update in added.outcomes:
        side, code = _home_of(made, update.case.case_code, receiver)
        case, _new = CourtCase.objects.get_or_create(card=made.sides[side], case_code=code)
        _copies([update], case_id=case.pk)
        note(side, "case_code", code)
    for count in added.counts:
        _copies([count], card_id=made.sides[receiver].pk, used=False)
        note(receiver, "counts", str(count))
    for row in added.attachments:
        home = made.sides[receiver].pk
        _copies([row], card_id=home, uuid=_new_uuid(), order=attachments.next_order(home))
        note(receiver, "attachments", row.name)
    origin = made.taken.get("applications", {})
    for side, original in made.sides.items():
        mine = [uuid for uuid, whose in origin.items() if whose == side]
        mine += [row.uuid for row in added.applications if side == receiver]
        linked = PermitApplication.objects.filter(card=made.card_id, uuid__in=mine)
        _link(linked, original, actor)
    return got


def _home_of(made: Merge, code: str, receiver: str) -> tuple[str, str]:
    """Side and code of the card that the case came from; of both or none: the receiver's."""
    renamed = made.taken.get("renamed", {})
    if code in renamed:
        return OTHER[made.lead], renamed[code]
    if code in renamed.values():
        return made.lead, code
    sides = [
        side
        for side, original in made.sides.items()
        if original.cases.filter(case_code=code).exists()
    ]
    return (sides[0] if len(sides) == 1 else receiver), code

"""What could not be opened, or had no card, when it came: opened later, in its sender's name."""

from __future__ import annotations

import contextlib
import json
import uuid as uuids
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError
from django.utils import timezone

from cards import services
from cards.field import parcels, sealing, uploads
from cards.field.errors import UnknownKey, Unreadable
from cards.field.shape import CardParcel, form_data, parcel_in
from cards.forms.card import CardReader
from cards.models import Arrival, HeldParcel
from monitoring.accounts.access import allowed

#: Results after which what was sent is on the site.
_STORED = frozenset({"saved", "submitted", "already", "confirm"})
#: Of identifiers of drafts that keep the other side of a conflict.
_BESIDE = uuids.UUID("6d1f2c5e-6b6f-4a53-9d3a-5a0f3d6c9d11")


CLOSED = "its account is closed: open that again first"


@dataclass(frozen=True, slots=True)
class Opened:
    """``what``: of whom and when; ``result``: what became of it; ``stays``: it still waits."""

    what: str
    result: str
    stays: bool


def open_all(keys: Iterable[Any] = ()) -> Iterator[Opened]:
    """Open every parcel and every file that waits, with the site's keys and these."""
    keys = list(keys)
    for held in HeldParcel.objects.filter(opened_at=None).select_related("account"):
        yield _open(held, keys)
    for upload in uploads.waiting():
        yield _open_file(upload, keys)


def _open(held: HeldParcel, keys: list) -> Opened:
    what = f"parcel {held.pk} of {held.account}, {held.received_at:%Y-%m-%d %H:%M}"
    if not held.account.is_active:
        return Opened(what, CLOSED, stays=True)
    try:
        content = sealing.open_parcel(json.loads(held.parcel), keys)
        parcel = parcel_in(content)
    except UnknownKey:
        return Opened(what, "its key is not here", stays=True)
    except Unreadable as error:
        return Opened(what, f"cannot be read: {error}", stays=True)
    answer = parcels.take(held.account, content)
    result = answer["result"]
    if not _is_stored(held, parcel, result):
        if not isinstance(parcel, CardParcel) or not allowed(held.account, "card.create"):
            return Opened(what, f"not taken: {_reason(answer)}", stays=True)
        _set_beside(held, parcel)
        result = "beside"
    HeldParcel.objects.filter(pk=held.pk).update(opened_at=timezone.now(), result=result)
    return Opened(what, result, stays=False)


def _open_file(upload, keys: list) -> Opened:
    what = f"file {upload.uuid} of {upload.account}, {upload.begun_at:%Y-%m-%d %H:%M}"
    if not upload.account.is_active:
        return Opened(what, CLOSED, stays=True)
    try:
        sealed = uploads.content_of(upload)
    except FileNotFoundError:
        return Opened(what, "its content is missing: restore a backup that has it", stays=True)
    answer = uploads.finish(upload, sealed, keys, keep=True)
    result = answer["result"]
    return Opened(what, _reason(answer), stays=result not in ("saved", "already"))


def _is_stored(held: HeldParcel, parcel, result: str) -> bool:
    """A card that may not be submitted is a draft all the same; a refused outcome is nothing."""
    arrived = Arrival.objects.filter(account=held.account, uuid=parcel.uuid, digest=parcel.digest)
    return result in _STORED or arrived.exists()


def _set_beside(held: HeldParcel, parcel: CardParcel) -> None:
    """Nobody holds the phone any more that could be asked: what differs becomes another draft."""
    uuid = uuids.uuid5(_BESIDE, held.digest)
    form = CardReader(form_data(parcel.answers, uuid=uuid, version=0), user=held.account)
    form.is_valid()
    # Made already if the last time was interrupted.
    with contextlib.suppress(IntegrityError):
        services.create(actor=held.account, answers=form.answers(), uuid=uuid)


def _reason(answer: dict[str, Any]) -> str:
    told = answer.get("reason") or answer.get("errors") or ""
    return f"{answer['result']} {told}".strip()

"""What a parcel says, read from its bytes: anything but what a device says is ``Unreadable``."""

from __future__ import annotations

import datetime
import hashlib
import json
import re
import uuid as uuids
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from cards.field.errors import Unreadable

VERSION = 1
#: More is no card: a form of the site has 2,000 fields at most.
MOST = 2000
LONGEST = 1_000_000
#: What the column of a version holds.
MOST_VERSIONS = 2**31 - 1
#: Says nothing of what is to be stored; the same things sent with another of these are the same.
_ASIDE = ("v", "action", "accepted", "unseen")
#: How half of a character may come in: written out as ``\\ud83d``, or as bytes that no text has.
_HALVES = re.compile(rb"\\u[dD]|\xed[\xa0-\xbf]")
Answers = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class CardParcel:
    """A card, or changes of one. ``digest``: of everything that it wants stored."""

    uuid: uuids.UUID
    version: int
    submits: bool
    answers: Answers
    accepted: frozenset[str]
    unseen: bool
    take: dict[str, str]
    counts: tuple[dict[str, str], ...]
    replies: dict[int, str]
    digest: str


@dataclass(frozen=True, slots=True)
class OutcomeParcel:
    """What became known of a person of the card; ``uuid``: made by the device."""

    uuid: uuids.UUID
    card: uuids.UUID
    answers: Answers
    digest: str


@dataclass(frozen=True, slots=True)
class FileParcel:
    """A file of a card. ``whole``: its bytes have the checksum that the device gave;
    ``camera_sha256``: that of the camera's own file, which stays on the phone or camera."""

    uuid: uuids.UUID
    card: uuids.UUID
    name: str
    caption: str
    taken_at: datetime.datetime | None
    taken_by: str
    camera_sha256: str
    order: int
    content: bytes
    whole: bool


def parcel_in(content: bytes) -> CardParcel | OutcomeParcel:
    """The parcel that the bytes hold; raises Unreadable."""
    said = read(content)
    kinds = {"card": _card, "outcome": _outcome}
    kind = said.get("kind")
    if said.get("v") != VERSION or not isinstance(kind, str) or kind not in kinds:
        raise Unreadable("another kind of parcel")
    return kinds[kind](said)


def file_in(content: bytes) -> FileParcel:
    """The file that the bytes hold: a length, what is said of it, its content."""
    size = int.from_bytes(content[:4], "big")
    if len(content) < 4 + size:
        raise Unreadable("cut off")
    said, body = read(content[4 : 4 + size]), content[4 + size :]
    if said.get("v") != VERSION or said.get("kind") != "file":
        raise Unreadable("another kind of parcel")
    order = said.get("order", 0)
    return FileParcel(
        uuid=uuid_in(said.get("uuid")),
        card=uuid_in(said.get("card")),
        name=_text(said.get("name", "")),
        caption=_text(said.get("caption", "")),
        taken_at=_moment(said.get("taken_at")),
        taken_by=_text(said.get("taken_by", "")),
        camera_sha256=_text(said.get("camera_sha256", "")),
        order=order if isinstance(order, int) and 0 < order < 2**15 else 0,
        content=body,
        whole=hashlib.sha256(body).hexdigest() == said.get("sha256"),
    )


def read(content: bytes) -> dict[str, Any]:
    """A JSON object with texts that a database can hold; raises Unreadable."""
    try:
        said = json.loads(content)
        if _HALVES.search(content) or b"\0" in content:
            said = _clean(said)
    except (ValueError, RecursionError) as error:
        raise Unreadable("no JSON") from error
    if not isinstance(said, dict):
        raise Unreadable("no object")
    return said


def uuid_in(value: Any) -> uuids.UUID:
    """Raises Unreadable."""
    try:
        return uuids.UUID(_text(value))
    except ValueError as error:
        raise Unreadable("no identifier") from error


def form_data(answers: Answers, **fields: Any) -> QueryDict:
    """The answers as a browser would have posted them."""
    data = QueryDict(mutable=True)
    for name, values in answers.items():
        data.setlist(name, values)
    for name, value in fields.items():
        data[name] = str(value)
    return data


def _card(said: dict[str, Any]) -> CardParcel:
    version = said.get("version")
    if not isinstance(version, int) or not 0 <= version <= MOST_VERSIONS:
        raise Unreadable("version")
    action = said.get("action", "save")
    if action not in ("save", "submit"):
        raise Unreadable("action")
    return CardParcel(
        uuid=uuid_in(said.get("uuid")),
        version=version,
        submits=action == "submit",
        answers=_answers(said.get("answers")),
        accepted=frozenset(_text(code) for code in _list(said.get("accepted", []))),
        unseen=said.get("unseen", False) is True,
        take={name: _text(side) for name, side in _dict(said.get("take", {})).items()},
        counts=tuple(_count(row) for row in _list(said.get("counts", []))),
        replies={_number(key): _text(text) for key, text in _dict(said.get("replies", {})).items()},
        digest=_digest(said),
    )


def _outcome(said: dict[str, Any]) -> OutcomeParcel:
    return OutcomeParcel(
        uuid=uuid_in(said.get("uuid")),
        card=uuid_in(said.get("card")),
        answers=_answers(said.get("answers")),
        digest=_digest(said),
    )


def _answers(value: Any) -> Answers:
    return {name: [_text(each) for each in _list(values)] for name, values in _dict(value).items()}


def _count(value: Any) -> dict[str, str]:
    """A line of the log of counts, as the form of a count is posted."""
    row = _dict(value)
    names = {"subject": "subject", "best": "best", "basis": "basis", "at": "counted_at"}
    return {
        to: str(row[name]) for name, to in names.items() if isinstance(row.get(name), str | int)
    }


def _digest(said: dict[str, Any]) -> str:
    # The same word to an editor, written at another time, is another one.
    aside = _ASIDE if said.get("replies") else (*_ASIDE, "made_at")
    rest = {name: value for name, value in said.items() if name not in aside}
    return hashlib.sha256(json.dumps(rest, sort_keys=True).encode()).hexdigest()


def _clean(value: Any) -> Any:
    """Halves of characters, which a phone leaves when it cuts a text off, are replaced."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_clean(each) for each in value]
    if isinstance(value, dict):
        return {_clean(name): _clean(each) for name, each in value.items()}
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str) or len(value) > LONGEST:
        raise Unreadable("no text")
    return value


def _list(value: Any) -> list:
    if not isinstance(value, list) or len(value) > MOST:
        raise Unreadable("no list")
    return value


def _dict(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict) or len(value) > MOST:
        raise Unreadable("no object")
    return value


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise Unreadable("no number")
    return int(text)


def _moment(value: Any) -> datetime.datetime | None:
    """A moment, if it is one; what a camera says of its clock is no reason to lose a photograph."""
    try:
        found = parse_datetime(value) if isinstance(value, str) else None
        if found is not None and timezone.is_naive(found):
            found = timezone.make_aware(found)
        return found.astimezone(datetime.UTC) if found else None
    except (ValueError, OverflowError):
        return None

"""How an entry of the history is bound to the one before it: the text that is hashed, and its hash.

The text is JSON, so that nothing typed into a reason can be read as the border of two columns. Its
first line names this layout: if columns are ever added, entries of the old layout stay provable.
"""

from __future__ import annotations

import datetime
import functools
import hashlib
import json
from collections.abc import Iterable
from typing import Any

LAYOUT = "zhinalys history 1"
#: Of entries on a thing that cards know nothing of: its ``subject`` is hashed, too.
LAYOUT_OF_SUBJECTS = "zhinalys history 2"
#: What the first entry says of the one before it.
GENESIS = "0" * 64
#: What of an entry is hashed, beside its ``seq`` and ``previous``: every column but the row's key,
#: which is a matter of the database (``verify_history`` holds its order).
COLUMNS = (
    "card_id",
    "application_id",
    "account_id",
    "kind",
    "actor_id",
    "at",
    "reason",
    "from_status",
    "to_status",
    "version",
    "changes",
)
_AT = COLUMNS.index("at")
#: From here on many entries say the same, after what they are on.
_SAME = COLUMNS.index("kind")


def digest(seq: int, previous: str, values: list[Any], subject: str = "") -> str:
    """SHA-256 in hexadecimal of an entry; ``values``: those of ``COLUMNS``, as Python has them."""
    head, rest = halves(values, subject)
    return hashlib.sha256(f'{head}{seq},"{previous}",{rest}'.encode()).hexdigest()


def halves(values: list[Any], subject: str = "") -> tuple[str, str]:
    """What is hashed of an entry before and after its number and the hash of the one before it,
    which nobody knows until it is its turn: ``HEAD 7,"HASH",REST``."""
    told = list(values)
    told[_AT] = _moment(values[_AT])
    if subject:
        return f"{LAYOUT_OF_SUBJECTS}\n[", _ENCODE([*told, subject])[1:]
    if type(told[-1]) is Encoded:
        # Of a file's entries all but these are the same.
        first = ",".join(map(_plain, told[:_SAME]))
        return f"{LAYOUT}\n[", f"{first},{_same(*told[_SAME:-1])},{told[-1]}]"
    return f"{LAYOUT}\n[", _ENCODE(told)[1:]


class Encoded(str):
    """The ``changes`` of an entry (the last of ``COLUMNS``) as the JSON that is hashed: names in
    their order, letters as they are, no spaces."""

    __slots__ = ()

    @classmethod
    def of(cls, parts: Iterable[str]) -> Encoded:
        """From ``pair`` of each field, in the order of their names."""
        return cls(f"{{{','.join(parts)}}}")


def pair(name: str, before: str, after: str) -> str:
    """A field with what was and is, as a part of ``Encoded``."""
    return f"{_TEXT(name)}:[{_TEXT(before)},{_TEXT(after)}]"


_TEXT = json.encoder.encode_basestring


#: One encoder for all: ``json.dumps`` with options makes a new one for every call.
_ENCODE = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


def _plain(value: str | int | None) -> str:
    """A text, a number or nothing as ``_ENCODE`` writes it."""
    if value is None:
        return "null"
    return _TEXT(value) if isinstance(value, str) else str(value)


@functools.lru_cache(maxsize=256)
def _same(*values: str | int | None) -> str:
    return ",".join(map(_plain, values))


@functools.lru_cache(maxsize=16)
def _moment(at: datetime.datetime) -> str:
    return at.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")

"""How an entry of the history is bound to the one before it: the text that is hashed, and its hash.

The text is JSON, so that nothing typed into a reason can be read as the border of two columns. Its
first line names this layout: if columns are ever added, entries of the old layout stay provable.
"""

from __future__ import annotations

import datetime
import hashlib
import json
from typing import Any

LAYOUT = "zhinalys history 1"
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


def digest(seq: int, previous: str, values: list[Any]) -> str:
    """SHA-256 in hexadecimal of an entry; ``values``: those of ``COLUMNS``, as Python has them."""
    told = [seq, previous, *values]
    told[2 + _AT] = _moment(values[_AT])
    return hashlib.sha256(f"{LAYOUT}\n{_ENCODE(told)}".encode()).hexdigest()


#: One encoder for all: ``json.dumps`` with options makes a new one for every call.
_ENCODE = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


def _moment(at: datetime.datetime) -> str:
    return at.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")

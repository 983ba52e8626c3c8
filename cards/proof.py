"""Whether the history is what was recorded: the chain is walked and every hash computed anew."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection
from django.db.models import Subquery

from cards import guards
from cards.chain import COLUMNS, GENESIS, digest
from cards.models import Event, HistoryHead
from monitoring.chunks import chunked

#: Entries read at once.
PAGE = 2000
_NOTED = re.compile(r"(\d+):([0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in the chain and its hash, written ``SEQ:HASH``; kept elsewhere, it proves more."""

    seq: int = 0
    hash: str = GENESIS

    @classmethod
    def parse(cls, text: str) -> Mark:
        """Raises ValueError for anything but ``SEQ:HASH``."""
        found = _NOTED.fullmatch(text.strip())
        if found is None:
            raise ValueError(text)
        return cls(int(found[1]), found[2])

    def __str__(self) -> str:
        return f"{self.seq}:{self.hash}"


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, and with which entry; ``kind`` is one of

    changed, missing, out_of_order, added, head_differs, noted_differs, guards_missing.
    """

    kind: str
    text: str
    seq: int | None = None


@dataclass(frozen=True, slots=True)
class Proof:
    """``entries`` were walked before the first fault; ``head`` is what the database says it is."""

    entries: int
    head: Mark | None
    faults: tuple[Fault, ...]


class _Broken(Exception):
    """Stops the walk at the first broken entry: nothing behind it can be proved."""

    def __init__(self, kind: str, text: str, seq: int | None = None):
        super().__init__(text)
        self.fault = Fault(kind, text, seq)


def verify(noted: Mark | None = None) -> Proof:
    """Walk the chain in constant memory. ``noted``: a mark that must still stand in it.

    Entries may be added meanwhile: those behind the head that was read first are not looked at.
    """
    faults = []
    walked, head = 0, None
    row = HistoryHead.objects.first()
    if row is not None:
        head = Mark(row.seq, row.hash)
    try:
        for mark in _walk(head):
            walked += 1
            if noted and mark.seq == noted.seq and mark.hash != noted.hash:
                raise _Broken(
                    "noted_differs", f"entry {mark.seq} is not the one that was noted", mark.seq
                )
        if noted and noted.seq > walked:
            raise _Broken("missing", f"entry {noted.seq}, which was noted, is missing", noted.seq)
    except _Broken as broken:
        faults.append(broken.fault)
    if gone := guards.missing(connection):
        faults.append(Fault("guards_missing", f"triggers are missing: {', '.join(gone)}"))
    return Proof(walked, head, tuple(faults))


def _walk(head: Mark | None) -> Iterator[Mark]:
    """The marks of the entries up to ``head``, each proved; raises _Broken."""
    if head is None:
        raise _Broken("head_differs", "the head of the chain is missing")
    last, last_id = Mark(), 0
    rows = Event.objects.filter(seq__lte=head.seq).order_by("seq")
    rows = rows.values_list("id", "seq", "previous", "hash", "subject", *COLUMNS)
    for row in chunked(rows, PAGE):
        pk, seq, previous, link, subject, *values = row
        _follows(pk, seq, previous, last, last_id)
        if digest(seq, previous, values, subject) != link:
            raise _Broken("changed", f"entry {seq} (row {pk}) was changed", seq)
        last, last_id = Mark(seq, link), pk
        yield last
    if last.seq < head.seq:
        raise _Broken("missing", f"entry {last.seq + 1} is missing", last.seq + 1)
    if last != head:
        raise _Broken("head_differs", f"the head says {head}, entry {last.seq} is {last.hash}")
    _nothing_behind()


def _follows(pk: int, seq: int, previous: str, last: Mark, last_id: int) -> None:
    expected = last.seq + 1
    if seq > expected:
        raise _Broken("missing", f"entry {expected} is missing", expected)
    if seq < expected or pk <= last_id:
        raise _Broken("out_of_order", f"entry {seq} (row {pk}) is out of order", seq)
    if previous != last.hash:
        text = f"entry {seq} (row {pk}) does not follow the one before it"
        raise _Broken("out_of_order", text, seq)


def _nothing_behind() -> None:
    """Nothing stands behind the head; both are read at once, as somebody may be adding entries."""
    last = Event.objects.order_by("-seq").values("seq")[:1]
    seq, found = HistoryHead.objects.values_list("seq", Subquery(last)).get()
    if found is not None and found > seq:
        raise _Broken("added", f"entry {seq + 1} was added behind the head", seq + 1)

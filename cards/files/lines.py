"""Cards as lines of CSV, as fast as the database gives them and in constant memory.

PostgreSQL writes the lines itself (COPY); on SQLite they are written from plain rows. Both give
what ``export.row_of`` and ``cells.safe`` would: the same texts, and no formula for a spreadsheet.
"""

from __future__ import annotations

import csv
import io
import os
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db import connections, models
from django.db.models import Case, F, Func, QuerySet, TextField, Value, When
from django.db.models.functions import Cast
from django.db.models.lookups import Regex

from cards import bulk
from cards.files.cells import MAY_RUN, RUNS, safe
from cards.models import Card
from cards.models.fields import CodesField
from cards.serialise import REFERENCES, as_text

#: Bytes that travel together, and rows that are read together.
_PART, _ROWS = 1 << 18, 2000
Convert = Callable[[Any], str]


def written(
    cards: QuerySet, columns: Mapping[str, str], *, end: str = "\r\n", mark: bool = True
) -> Iterator[bytes]:
    """A CSV file in parts: names of the columns, then a line for each card in its order.

    ``columns``: name in the file -> field of the card, "" for a column that stays empty; ``ref`` is
    the card's identifier where it has none. ``end``: of a line; ``mark``: the sign at the beginning
    by which Excel knows UTF-8.
    """
    head = (("\ufeff" if mark else "") + ",".join(columns) + end).encode()
    if connections[cards.db].vendor == "postgresql":
        parts = _copied(cards, list(columns.values()), end.encode())
    else:
        parts = _from_rows(cards, list(columns.values()), end)
    yield head
    yield from parts


# SQLite


def _from_rows(cards: QuerySet, columns: Sequence[str], end: str) -> Iterator[bytes]:
    """Lines written in Python. SQLite makes most texts, too; it knows no way to guard them."""
    work = [
        (place, convert)
        for place, name in enumerate(columns)
        if name and (convert := _converter(name))
    ]
    text = io.StringIO()
    write = csv.writer(text, lineterminator=end).writerow
    found = cards.values_list(*(_on_sqlite(name) for name in columns))
    for number, values in enumerate(found.iterator(chunk_size=_ROWS), start=1):
        line = list(values)
        for place, convert in work:
            if line[place]:
                line[place] = convert(line[place])
        write(line)
        if number % _ROWS == 0:
            yield text.getvalue().encode()
            text.seek(0)
            text.truncate()
    if rest := text.getvalue():
        yield rest.encode()


def _converter(name: str) -> Convert | None:
    """What is still to be done to a value that is not empty; None where nothing is."""
    field = Card._meta.get_field(name)
    if isinstance(field, models.DecimalField):
        return _number
    plain = field.choices or isinstance(field, CodesField)
    texts = isinstance(field, models.CharField | models.TextField | models.ForeignKey)
    return _guarded if texts and not plain else None


def _guarded(text: str) -> str:
    return safe(text) if MAY_RUN.search(text) else text


def _number(value: Decimal) -> str:
    return safe(as_text(value))


def _on_sqlite(name: str) -> Any:
    """The text of a column as SQLite has it: days are texts there, identifiers lack their
    hyphens."""
    if not name:
        return Value(None, output_field=TextField())
    field, column = Card._meta.get_field(name), F(_attribute(name))
    if isinstance(field, models.BooleanField):
        return Case(When(**{name: True}, then=Value("yes")), default=Value("no"))
    if isinstance(field, models.DateField):
        return Cast(column, TextField())
    if isinstance(field, models.TimeField):
        return _text(column, Value(1), Value(5), function="substr")
    if isinstance(field, CodesField):
        return _text(column, Value(";"), function="trim")
    if isinstance(field, models.UUIDField):
        return _Hyphens(column)
    if name == "ref":
        return _text(_known(column), _Hyphens(F("uuid")), function="COALESCE")
    return column


class _Hyphens(Func):
    """An identifier of 32 digits as it is written."""

    output_field = TextField()

    def as_sql(self, compiler, connection, **extra):
        digits, params = compiler.compile(self.source_expressions[0])
        spans = ((1, 8), (9, 4), (13, 4), (17, 4), (21, 12))
        sql = " || '-' || ".join(f"substr({digits}, {at}, {n})" for at, n in spans)
        return f"({sql})", [*params] * len(spans)


# PostgreSQL


def _copied(cards: QuerySet, columns: Sequence[str], end: bytes) -> Iterator[bytes]:
    """Lines that PostgreSQL writes. It is asked over a connection of its own, so that the site's
    is free meanwhile; inside a transaction over that one, which alone sees what it has written."""
    connection = connections[cards.db]
    told = bulk.copying(cards.values_list(*(_expression(name) for name in columns)), "csv")
    if told is None:
        return
    parts = _at_once(connection, told) if connection.in_atomic_block else _apart(connection, told)
    yield from parts if end == b"\n" else _ended(parts, end)


def _at_once(connection: Any, told: str) -> Iterator[bytes]:
    import tempfile

    with tempfile.TemporaryFile() as stream:
        with connection.cursor() as cursor:
            cursor.copy_expert(told, stream)
        stream.seek(0)
        while part := stream.read(_PART):
            yield part


def _apart(connection: Any, told: str) -> Iterator[bytes]:
    """The answer through a pipe: nobody reads ahead of whoever takes the lines."""
    readable, writable = os.pipe()
    failed: list[BaseException] = []

    def copy() -> None:
        own = connection.copy()
        try:
            with (
                open(writable, "wb", buffering=_PART) as stream,
                own.cursor() as cursor,
                own.wrap_database_errors,
            ):
                cursor.copy_expert(told, stream)
        except BaseException as error:  # noqa: BLE001  (told to whoever reads)
            failed.append(error)
        finally:
            own.close()

    thread = threading.Thread(target=copy, name="cards as CSV", daemon=True)
    thread.start()
    try:
        with open(readable, "rb", buffering=0) as stream:
            while part := stream.read(_PART):
                yield part
    finally:
        # Whoever stops reading closes the pipe, and the statement ends with it.
        thread.join()
    if failed:
        raise failed[0]


def _ended(parts: Iterator[bytes], end: bytes) -> Iterator[bytes]:
    """The lines with another end; line feeds inside of quotes stay."""
    quoted = False
    for part in parts:
        if not quoted and b'"' not in part:
            yield part.replace(b"\n", end)
            continue
        pieces = part.split(b'"')
        for place, piece in enumerate(pieces):
            if not quoted:
                pieces[place] = piece.replace(b"\n", end)
            if place < len(pieces) - 1:
                quoted = not quoted
        yield b'"'.join(pieces)


def _expression(name: str) -> Any:
    """The text of a column as PostgreSQL makes it; NULL where it is empty."""
    if not name:
        return Value(None, output_field=TextField())
    field = Card._meta.get_field(name)
    column = F(_attribute(name))
    if isinstance(field, models.IntegerField):
        return column
    if isinstance(field, models.BooleanField):
        return Case(When(**{name: True}, then=Value("yes")), default=Value("no"))
    if isinstance(field, models.DateField):
        return _text(column, Value("YYYY-MM-DD"), function="to_char")
    if isinstance(field, models.TimeField):
        return _text(column, Value("HH24:MI"), function="to_char")
    if isinstance(field, CodesField):
        return _known(_text(column, Value(";"), function="btrim"))
    if isinstance(field, models.UUIDField):
        return Cast(column, TextField())
    if isinstance(field, models.DecimalField):
        return _safe(Cast(_text(column, function="trim_scale"), TextField()))
    if field.choices:  # codes, as the database itself holds
        return _known(column)
    if name == "ref":
        return _safe(_text(_known(column), Cast(F("uuid"), TextField()), function="COALESCE"))
    return _safe(_known(column))


def _safe(expression: Any) -> Any:
    """As ``cells.safe``; only what might run is looked through."""
    text = Cast(expression, TextField())
    guarded = _text(text, Value(RUNS), Value("'"), Value("g"), function="regexp_replace")
    return Case(
        When(Regex(text, Value(MAY_RUN.pattern)), then=guarded),
        default=text,
        output_field=TextField(),
    )


def _known(expression: Any) -> Func:
    return _text(expression, Value(""), function="NULLIF")


def _text(*expressions: Any, function: str) -> Func:
    return Func(*expressions, function=function, output_field=TextField())


def _attribute(name: str) -> str:
    return f"{name}_id" if name in REFERENCES else name

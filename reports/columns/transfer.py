"""Rows whose bytes PostgreSQL hands over as they lie.

As the answer to a query, bytes come written in hexadecimal digits: twice as many, and each is read
by the client. In its binary form of COPY they come as they are, in half the time.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from typing import Any

from django.db import connections
from django.db.models import BinaryField, Field, QuerySet, TextField
from django.db.models.functions import Cast

from cards import bulk

#: What COPY begins with, before its first row; and what stands in place of a row's number of
#: values at the end (PostgreSQL's documentation, SQL COPY, "Binary Format").
_HEAD = len(b"PGCOPY\n\xff\r\n\x00") + 8
_END = -1
_COUNT, _LENGTH = struct.Struct("!h"), struct.Struct("!i")


def values_list(rows: QuerySet[Any], *names: str) -> Iterator[tuple[Any, ...]]:
    """What ``rows.values_list(*names)`` gives, for columns of the model itself without NULL;
    bytes are views of what was read."""
    connection = connections[rows.db]
    if connection.vendor != "postgresql":
        yield from rows.values_list(*names)
        return
    fields: list[Field[Any, Any]] = [
        rows.model._meta.pk if name == "pk" else rows.model._meta.get_field(name) for name in names
    ]
    asked = [
        name if isinstance(field, BinaryField) else Cast(name, TextField())
        for name, field in zip(names, fields, strict=True)
    ]
    told = bulk.copying(rows.values_list(*asked), "binary")
    if told is None:
        return
    answer = io.BytesIO()
    with connection.cursor() as cursor, connection.wrap_database_errors:
        cursor.copy_expert(told, answer)
    for row in _parts(answer.getbuffer()):
        yield tuple(
            part if isinstance(field, BinaryField) else field.to_python(str(part, "utf-8"))
            for part, field in zip(row, fields, strict=True)
        )


def _parts(told: memoryview) -> Iterator[list[memoryview]]:
    """The values of each row as COPY writes them, each with its length before it."""
    at = _HEAD
    while (values := _COUNT.unpack_from(told, at)[0]) != _END:
        at += _COUNT.size
        row = []
        for _ in range(values):
            begin = at + _LENGTH.size
            at = begin + _LENGTH.unpack_from(told, at)[0]
            row.append(told[begin:at])
        yield row

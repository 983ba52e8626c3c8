"""Rows of a query a chunk at a time, whatever stands between the site and the database."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import connections, transaction
from django.db.models import QuerySet


def chunked(rows: QuerySet, size: int) -> Iterator[Any]:
    """Each row, ``size`` of them in memory at a time.

    A cursor that the server keeps lives in a session, and behind a pooler
    (``DISABLE_SERVER_SIDE_CURSORS``) a session ends with the transaction: so there the rows are
    read inside of one.
    """
    connection = connections[rows.db]
    if not connection.settings_dict.get("DISABLE_SERVER_SIDE_CURSORS"):
        yield from rows.iterator(chunk_size=size)
        return
    with transaction.atomic(using=connection.alias, savepoint=False):
        # As ``iterator`` goes on where that setting is not; inside a transaction it may.
        yield from rows._iterator(True, size)

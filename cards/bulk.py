"""Many rows written with few statements.

``bulk_create`` asks every field of every row what to write and compiles the statement anew for
every fifteen rows of a wide table; for a file of cards that is five times the work of writing it.
Here the statement and what turns a value into the database's are made once for a table. What a
caller leaves out gets the field's default, as with a model.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.db import connection, models

#: Rows of one statement on PostgreSQL.
PAGE = 200
#: Their values go to the driver as they are.
_PLAIN = frozenset(
    {
        "CharField",
        "SlugField",
        "BigAutoField",
        "BigIntegerField",
        "IntegerField",
        "PositiveIntegerField",
        "PositiveSmallIntegerField",
    }
)


def insert(model: type[models.Model], names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert rows of values of the columns ``names`` (attribute names, as ``city_id``)."""
    given = [_column(model, name) for name in names]
    rest = [
        column
        for column in model._meta.concrete_fields
        if column not in given and not column.primary_key
    ]
    defaults = [column.get_default() for column in rest]
    columns = [*given, *rest]
    listed = ", ".join(_quoted(column.column) for column in columns)
    into = f"INSERT INTO {_quoted(model._meta.db_table)} ({listed}) VALUES "  # noqa: S608
    values = _prepared(columns, ([*row, *defaults] for row in rows))
    marks = f"({', '.join(['%s'] * len(columns))})"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            from psycopg2.extras import execute_values

            execute_values(cursor, f"{into} %s", values, page_size=PAGE)
        else:
            cursor.executemany(into + marks, values)


def update(model: type[models.Model], names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write the columns ``names`` of rows; each row of values ends with its primary key."""
    key = model._meta.pk
    columns = [_column(model, name) for name in names]
    listed = ", ".join(f"{_quoted(column.column)} = %s" for column in columns)
    statement = (
        f"UPDATE {_quoted(model._meta.db_table)} SET {listed} WHERE {_quoted(key.column)} = %s"  # noqa: S608
    )
    values = _prepared([*columns, key], rows)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            from psycopg2.extras import execute_batch

            execute_batch(cursor, statement, values, page_size=PAGE)
        else:
            cursor.executemany(statement, values)


def _prepared(columns: list[models.Field], rows: Iterable[Sequence[Any]]) -> list[list[Any]]:
    """The rows as the driver takes them."""
    writers = [(at, write) for at, column in enumerate(columns) if (write := _writer(column))]
    prepared = []
    for row in rows:
        values = list(row)
        for at, write in writers:
            values[at] = write(values[at])
        prepared.append(values)
    return prepared


def _writer(column: models.Field) -> Callable[[Any], Any] | None:
    """Turns a value of the column into the database's; None where it is the same."""
    if column.is_relation:
        return _writer(column.target_field)
    if column.get_internal_type() in _PLAIN or type(column) is models.TextField:
        return None
    if isinstance(column, models.JSONField):
        # Letters as they are: Cyrillic escaped to ASCII takes three times the room.
        return functools.partial(json.dumps, cls=column.encoder, ensure_ascii=False)
    known: dict[Any, Any] = {None: None}

    def write(value: Any) -> Any:
        if value not in known:
            known[value] = column.get_db_prep_save(value, connection)
        return known[value]

    return write


def _column(model: type[models.Model], attname: str) -> models.Field:
    return next(column for column in model._meta.concrete_fields if column.attname == attname)


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)

"""Many rows written with few statements.

``bulk_create`` asks every field of every row what to write and compiles the statement anew for
every fifteen rows of a wide table; for a file of cards that is five times the work of writing it.
Here the statement and what turns a value into the database's are made once for a table. What a
caller leaves out gets the field's default, as with a model.
"""

from __future__ import annotations

import functools
import io
import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.db import connection, models

#: Updates that go to PostgreSQL at once.
PAGE = 200
#: What COPY's text format writes in another way.
_ESCAPED = (("\\", r"\\"), ("\t", r"\t"), ("\n", r"\n"), ("\r", r"\r"))
#: Their values go to the driver as they are.
_PLAIN = frozenset(
    {
        "CharField",
        "SlugField",
        "BigAutoField",
        "BigIntegerField",
        "IntegerField",
        "PositiveBigIntegerField",
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
    table = f"{_quoted(model._meta.db_table)} ({listed})"
    values = _prepared(columns, ([*row, *defaults] for row in rows))
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            lines = io.StringIO("".join(map(_copy_line, values)))
            with connection.wrap_database_errors:
                cursor.copy_expert(f"COPY {table} FROM STDIN", lines)
        else:
            marks = ", ".join(["%s"] * len(columns))
            cursor.executemany(f"INSERT INTO {table} VALUES ({marks})", values)  # noqa: S608  (our columns)


def update(model: type[models.Model], names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write the columns ``names`` of rows; each row of values ends with its primary key."""
    key = model._meta.pk
    columns = [_column(model, name) for name in names]
    listed = ", ".join(f"{_quoted(column.column)} = %s" for column in columns)
    statement = (
        f"UPDATE {_quoted(model._meta.db_table)} SET {listed} WHERE {_quoted(key.column)} = %s"  # noqa: S608  (our columns)
    )
    values = _prepared([*columns, key], rows)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            from psycopg2.extras import execute_batch

            execute_batch(cursor, statement, values, page_size=PAGE)
        else:
            cursor.executemany(statement, values)


def _copy_line(row: Sequence[Any]) -> str:
    """The row in the text format of PostgreSQL's COPY."""
    return "\t".join([_copy_cell(value) for value in row]) + "\n"


def _copy_cell(value: Any) -> str:
    if value is None:
        return r"\N"
    if type(value) is not str:
        return str(value)
    # Looking for a sign is much faster than str.translate, and few texts have any.
    for sign, escaped in _ESCAPED:
        if sign in value:
            value = value.replace(sign, escaped)
    return value


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
    return _Saved(column).__getitem__


class _Saved(dict):
    """Value of a column -> the database's, each found out once."""

    def __init__(self, column: models.Field):
        super().__init__({None: None})
        self.column = column

    def __missing__(self, value: Any) -> Any:
        self[value] = saved = self.column.get_db_prep_save(value, connection)
        return saved


def _column(model: type[models.Model], attname: str) -> models.Field:
    return next(column for column in model._meta.concrete_fields if column.attname == attname)


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)


def look_at(*written: type[models.Model]) -> None:
    """Let PostgreSQL count tables that have grown within this transaction; its plans rest on it."""
    if connection.vendor == "postgresql":
        tables = ", ".join(_quoted(model._meta.db_table) for model in written)
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {tables}")

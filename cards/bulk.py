"""Many rows written with few statements.

``bulk_create`` asks every field of every row what to write and compiles the statement anew for
every fifteen rows of a wide table; for a file of cards that is five times the work of writing it.
Here the statement and what turns a value into the database's are made once for a table. What a
caller leaves out gets the field's default, as with a model.
"""

from __future__ import annotations

import contextlib
import functools
import io
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, Error, connection, connections, models, transaction

from cards.chain import Encoded

#: Updates that go to PostgreSQL at once, and rows of a statement where rows may be there already.
PAGE = 200
#: Up to so many rows are inserted by one statement there, more by COPY.
FEW = 8
#: Values of a column whose form for the database is remembered.
MOST_SAVED = 20_000
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


#: SQL with marks, and the values for them.
Statement = tuple[str, Sequence[Any]]


class Sql(str):
    """Stands in a row for ``inserting`` where the database knows the value: how it finds it."""

    __slots__ = ()


def insert(
    model: type[models.Model],
    names: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    then: Sequence[Statement] = (),
) -> None:
    """Insert rows of values of the columns ``names`` (attribute names, as ``city_id``).

    ``then``: carried out afterwards; with few rows, together with inserting them (``run``).
    """
    plan = _plan(model, tuple(names), connection.vendor)
    values = plan.prepared(rows)
    if 0 < len(values) <= FEW:
        run(_inserting(plan, values), *then)
        return
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql" and values:
            lines = io.StringIO("".join(map(_copy_line, values)))
            with connection.wrap_database_errors:
                cursor.copy_expert(f"COPY {plan.table} FROM STDIN", lines)
        else:
            cursor.executemany(f"INSERT INTO {plan.table} VALUES ({plan.marks})", values)  # noqa: S608  (our columns)
    run(*then)


def inserting(
    model: type[models.Model], names: Sequence[str], rows: Iterable[Sequence[Any]]
) -> Statement:
    """The statement that inserts a few rows, for ``run``."""
    plan = _plan(model, tuple(names), connection.vendor)
    return _inserting(plan, plan.prepared(rows))


def returning_key(model: type[models.Model], statement: Statement) -> Statement:
    """The same insertion of a row, giving its key."""
    sql, values = statement
    return f"{sql} RETURNING {_quoted(model._meta.pk.column)}", values


def copying(rows: models.QuerySet[Any], form: str) -> str | None:
    """The statement by which PostgreSQL writes what the rows give, in a format of COPY; None where
    nothing can be among them (nobody's regions, say)."""
    database = connections[rows.db]
    try:
        sql, params = rows.query.get_compiler(connection=database).as_sql()
    except EmptyResultSet:
        return None
    with database.cursor() as cursor:
        return str(cursor.mogrify(f"COPY ({sql}) TO STDOUT (FORMAT {form})", params).decode())


def run(*statements: Statement, using: str = DEFAULT_DB_ALIAS) -> tuple[Any, ...] | None:
    """Carry out one after the other; the first row of what the last one gives, None without one.

    To PostgreSQL they go together: each by itself is a way to the server and back.
    """
    if not statements:
        return None
    database = connections[using]
    if database.vendor == "postgresql":
        together = "; ".join(sql for sql, _values in statements)
        statements = ((together, [value for _sql, values in statements for value in values]),)
    with database.cursor() as cursor:
        for sql, values in statements:
            cursor.execute(sql, values)
        return cursor.fetchone() if cursor.description else None


@contextlib.contextmanager
def brief() -> Iterator[tuple[Sequence[Statement], Sequence[Statement]]]:
    """A transaction of nothing but ``run``, which is given what begins it with its first statement
    and what ends it with its last.

    PostgreSQL is then told of the end together with what is written last. Told by itself, it would
    come when our process has its turn again, and whoever waits for a row waits for that, too.
    Inside of another transaction, and on SQLite, it is an ordinary one.
    """
    if connection.vendor != "postgresql" or connection.in_atomic_block:
        with transaction.atomic():
            yield (), ()
        return
    try:
        yield (("BEGIN", ()),), (("COMMIT", ()),)
    except BaseException:
        # Nobody else may go on with it: neither this request nor the next on this connection.
        try:
            run(("ROLLBACK", ()))
        except Error:
            connection.close()
        raise


def _inserting(plan: _Plan, values: Sequence[Sequence[Any]]) -> Statement:
    marks = ", ".join([f"({plan.marks})"] * len(values))
    together = [value for row in values for value in row]
    if any(type(value) is Sql for value in together):
        rows = (", ".join(v if type(v) is Sql else "%s" for v in row) for row in values)
        marks = ", ".join(f"({row})" for row in rows)
        together = [value for value in together if type(value) is not Sql]
    return f"INSERT INTO {plan.table} VALUES {marks}", together  # noqa: S608  (our columns)


def upsert(
    model: type[models.Model],
    names: Sequence[str],
    rows: Iterable[Sequence[Any]],
    unique: Sequence[str],
    *,
    using: str = DEFAULT_DB_ALIAS,
) -> None:
    """Insert as ``insert`` does; where a row has the same ``unique`` columns, write the others."""
    connection = connections[using]
    plan = _plan(model, tuple(names), connection.vendor)
    same = ", ".join(_quoted(_column(model, name).column) for name in unique)
    written = (_quoted(_column(model, name).column) for name in names if name not in unique)
    listed = ", ".join(f"{column} = EXCLUDED.{column}" for column in written)
    end = f" ON CONFLICT ({same}) DO UPDATE SET {listed}"
    values = plan.prepared(rows)
    with connection.cursor() as cursor:
        for start in range(0, len(values), PAGE):
            sql, together = _inserting(plan, values[start : start + PAGE])
            cursor.execute(f"{sql}{end}", together)


def keys(model: type[models.Model], number: int) -> list[int]:
    """That many keys that no row of the table has or will get, for rows that bring their own.

    Who refers to rows need not ask for the keys that they got. Inside a transaction; on SQLite it
    is the only writer, and the first row with such a key moves the table's counter on.
    """
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
                [_quoted(table), model._meta.pk.column, number],
            )
            return [key for (key,) in cursor.fetchall()]
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        (last,) = cursor.fetchone() or (0,)
    return list(range(last + 1, last + 1 + number))


@dataclass(frozen=True, slots=True)
class _Plan:
    """How rows of a table are written. ``table``: its name and the columns; ``marks``: of their
    values; ``rest``: columns that the caller leaves out."""

    table: str
    marks: str
    rest: tuple[models.Field, ...]
    writers: Writers

    def prepared(self, rows: Iterable[Sequence[Any]]) -> list[tuple[Any, ...]]:
        """The rows as the driver takes them, with the defaults of the other columns."""
        columns = list(zip(*rows, strict=True))
        if not columns:
            return []
        number = len(columns[0])
        for column in self.rest:
            own = callable(column.default)
            columns.append(
                tuple(column.get_default() for _row in range(number))
                if own
                else (column.get_default(),) * number
            )
        return _prepared(self.writers, columns)


@functools.lru_cache(maxsize=64)
def _plan(model: type[models.Model], names: tuple[str, ...], vendor: str) -> _Plan:
    given = [_column(model, name) for name in names]
    rest = [
        column
        for column in model._meta.concrete_fields
        if column not in given and not column.primary_key
    ]
    columns = [*given, *rest]
    listed = ", ".join(_quoted(column.column) for column in columns)
    table = f"{_quoted(model._meta.db_table)} ({listed})"
    return _Plan(table, ", ".join(["%s"] * len(columns)), tuple(rest), _writers(columns))


def update(model: type[models.Model], names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write the columns ``names`` of rows; each row of values ends with its primary key."""
    key = model._meta.pk
    columns = [_column(model, name) for name in names]
    listed = ", ".join(f"{_quoted(column.column)} = %s" for column in columns)
    statement = (
        f"UPDATE {_quoted(model._meta.db_table)} SET {listed} WHERE {_quoted(key.column)} = %s"  # noqa: S608  (our columns)
    )
    values = _prepared(_writers([*columns, key]), list(zip(*rows, strict=True)))
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


Writers = tuple[tuple[int, Callable[[Any], Any]], ...]


def _writers(columns: Iterable[models.Field]) -> Writers:
    """Place of each column whose values are written in another way, and how."""
    return tuple((at, write) for at, column in enumerate(columns) if (write := _writer(column)))


def _prepared(writers: Writers, columns: list[Iterable[Any]]) -> list[tuple[Any, ...]]:
    """Rows as the driver takes them, from the values of each column: a column at a time is turned
    without a step of Python for each value."""
    for at, write in writers:
        columns[at] = map(write, columns[at])
    return list(zip(*columns, strict=True))


def _writer(column: models.Field) -> Callable[[Any], Any] | None:
    """Turns a value of the column into the database's; None where it is the same."""
    if column.is_relation:
        return _writer(column.target_field)
    if column.get_internal_type() in _PLAIN or type(column) is models.TextField:
        return None
    if isinstance(column, models.JSONField):
        # Letters as they are: Cyrillic escaped to ASCII takes three times the room.
        encode = functools.partial(json.dumps, cls=column.encoder, ensure_ascii=False)
        return lambda value: value if type(value) is Encoded else encode(value)
    if isinstance(column, models.BinaryField):
        return connection.Database.Binary
    if isinstance(column, models.UUIDField) and connection.vendor == "sqlite":
        # Hardly two are the same: nothing to remember.
        return lambda value: value if value is None else column.to_python(value).hex
    return _Saved(column).__getitem__


class _Saved(dict):
    """Value of a column -> the database's, each found out once."""

    def __init__(self, column: models.Field):
        super().__init__({None: None})
        self.column = column

    def __missing__(self, value: Any) -> Any:
        saved = self.column.get_db_prep_save(value, connection)
        if len(self) > MOST_SAVED:
            # Plans are kept as long as the process: identifiers and moments are never the same.
            self.clear()
            self[None] = None
        self[value] = saved
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

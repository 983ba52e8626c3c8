"""The rows of the database as JSON lines, and back: the same for SQLite and PostgreSQL.

Tables are read and written through the models as they were after the migrations that the database
(or the backup) has seen, so that a backup of last year can be loaded by this year's program.
"""

from __future__ import annotations

import datetime
import decimal
import gzip
import io
import json
import uuid
import zlib
from collections.abc import Iterable, Iterator
from typing import Any

from django.db import models
from django.db.migrations.loader import MigrationLoader

from monitoring.backup.errors import Damaged
from monitoring.chunks import chunked

#: Text of a table that travels in one part.
PART = 1 << 22
READ_AT_ONCE = 1000
FOLDER, SUFFIX = "tables/", ".jsonl.gz"
#: A restored site asks everybody to sign in again, and programs for another token: one that was
#: revoked after the backup must not come back with it, nor is work begun again that somebody asked
#: for then. Marks for a replica are of another database, what was done on a server is of that
#: server. What reports keep beside the facts of months, columns of answers among it, and the mark
#: of what they are made from, are made anew by what is restored.
LEFT_OUT = frozenset(
    {
        "sessions.session",
        "accounts.token",
        "jobs.job",
        "jobs.worker",
        "django_tasks_database.dbtaskresult",
        "accounts.lastwrite",
        "operations.operation",
        "reports.yearfact",
        "reports.monthratios",
        "reports.monthcolumn",
        "reports.columnchange",
        "reports.stamp",
    }
)
Model = type[models.Model]


def applied(loader: MigrationLoader) -> list[str]:
    """The migrations that the database has seen and this program knows, as ``app.name``."""
    return sorted(
        ".".join(node) for node in loader.applied_migrations if node in loader.disk_migrations
    )


def models_after(loader: MigrationLoader, migrations: Iterable[str]) -> list[Model]:
    """The models of every table after these migrations; whom a row refers to comes first."""
    nodes = [tuple(name.split(".", 1)) for name in migrations]
    apps = loader.project_state(nodes).apps
    return _in_order(
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy and not model._meta.swapped
    )


def columns(model: Model) -> list[models.Field]:
    """The columns that are written; what the database computes by itself is not."""
    return [
        field for field in model._meta.concrete_fields if not getattr(field, "generated", False)
    ]


def label(model: Model) -> str:
    return model._meta.label_lower


def dump(model: Model, using: str) -> Iterator[tuple[str, bytes, int]]:
    """The table in parts: name, content, rows in it. An empty table has one part."""
    names = [field.attname for field in columns(model)]
    head = json.dumps({"table": label(model), "columns": names})
    lines, length, part, rows = [head], len(head), 1, 0
    found = model._base_manager.using(using).order_by("pk").values_list(*names)
    for row in chunked(found, READ_AT_ONCE):
        line = json.dumps(row, ensure_ascii=False, separators=(",", ":"), default=_plain)
        lines.append(line)
        length, rows = length + len(line), rows + 1
        if length > PART:
            yield _part(model, part), _packed(lines), rows
            lines, length, part, rows = [head], len(head), part + 1, 0
    if rows or part == 1:
        yield _part(model, part), _packed(lines), rows


def number_in(content: bytes) -> int:
    """How many rows a part holds; raises Damaged for what is no part of a table."""
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(content)) as stream:
            return sum(1 for _line in stream) - 1
    except (OSError, EOFError, zlib.error) as error:
        raise Damaged("a table cannot be unpacked") from error


def lines_of(content: bytes) -> tuple[dict[str, Any], Iterator[str]]:
    """A part that was found whole, unpacked: what it says of its table, and a line for each row."""
    stream = io.TextIOWrapper(gzip.GzipFile(fileobj=io.BytesIO(content)), "utf-8", newline="\n")
    return json.loads(stream.readline()), stream


def load(model: Model, names: list[str], lines: Iterable[str], using: str) -> int:
    """Insert the rows as they were: no default, no time of today, no signal. Returns how many."""
    from django.db import connections

    fields = [model._meta.get_field(name) for name in names]
    size = connections[using].ops.bulk_batch_size(fields, range(READ_AT_ONCE))
    batch, loaded = [], 0
    for line in lines:
        batch.append(_row(model, fields, json.loads(line)))
        if len(batch) == size:
            loaded += _insert(model, fields, batch, using)
            batch = []
    return loaded + (_insert(model, fields, batch, using) if batch else 0)


def files(models_: Iterable[Model], using: str) -> Iterator[str]:
    """The name of every file that a row speaks of, each once."""
    for model in models_:
        for field in columns(model):
            if isinstance(field, models.FileField):
                named = model._base_manager.using(using).exclude(**{field.name: ""})
                names = named.order_by(field.name).values_list(field.attname, flat=True).distinct()
                yield from chunked(names, READ_AT_ONCE)


def _insert(model: Model, fields: list[models.Field], batch: list, using: str) -> int:
    # What Django's own loading of fixtures comes down to, for many rows at once.
    model._base_manager._insert(batch, fields=fields, using=using, raw=True)
    return len(batch)


def _row(model: Model, fields: list[models.Field], values: list) -> models.Model:
    return model(
        **{
            field.attname: value if value is None else _value(field, value)
            for field, value in zip(fields, values, strict=True)
        }
    )


def _value(field: models.Field, value: Any) -> Any:
    if isinstance(field, models.BinaryField):
        return bytes.fromhex(value)
    return field.to_python(value)


def _plain(value: Any) -> Any:
    """What JSON has no word for, to the last microsecond; ``to_python`` reads it back."""
    if isinstance(value, datetime.datetime | datetime.date | datetime.time):
        return value.isoformat()
    if isinstance(value, uuid.UUID | decimal.Decimal):
        return str(value)
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    if isinstance(value, datetime.timedelta):
        return f"{value.days} {value.seconds}.{value.microseconds:06d}"
    raise TypeError(f"{type(value).__name__} in a row")


def _part(model: Model, part: int) -> str:
    return f"{FOLDER}{label(model)}/{part:06d}{SUFFIX}"


def _packed(lines: list[str]) -> bytes:
    return gzip.compress("\n".join([*lines, ""]).encode(), 6, mtime=0)


def _in_order(found: Iterable[Model]) -> list[Model]:
    """Those referred to before those that refer; circles stand in the order of their names."""
    waiting = {label(model): model for model in sorted(found, key=label)}
    ordered: dict[str, Model] = {}

    def place(name: str, above: frozenset[str]) -> None:
        if name in ordered or name in above or name not in waiting:
            return
        for field in waiting[name]._meta.concrete_fields:
            if field.remote_field:
                place(label(field.remote_field.model), above | {name})
        ordered[name] = waiting[name]

    for name in waiting:
        place(name, frozenset())
    return list(ordered.values())

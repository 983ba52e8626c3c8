"""Rows of several registers, each by its code, read by one statement that is not made anew."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection, models

from cards.models.reference import Labelled


def of_codes(wanted: Mapping[type[Labelled], str | None]) -> dict[type[Labelled], Labelled | None]:
    """Register -> its row with that code; None where it has none. One query."""
    registers = tuple(wanted)
    statement, readers = _plan(registers, connection.vendor)
    with connection.cursor() as cursor:
        cursor.execute(statement, [wanted[register] for register in registers])
        values = cursor.fetchone()
    found, start = {}, 0
    for register, reader in zip(registers, readers, strict=True):
        found[register] = reader.row(values[start : start + len(reader.columns)])
        start += len(reader.columns)
    return found


@dataclass(frozen=True, slots=True)
class _Reader:
    """How a row of a register is read. ``key``: place of its code; ``converters``: of the columns
    that Python has in another way, with their expressions."""

    register: type[Labelled]
    columns: tuple[str, ...]
    key: int
    converters: tuple[tuple[int, Any, tuple[Callable[..., Any], ...]], ...]

    def row(self, values: tuple[Any, ...]) -> Labelled | None:
        if values[self.key] is None:
            return None
        read = list(values)
        for at, expression, converters in self.converters:
            for convert in converters:
                read[at] = convert(read[at], expression, connection)
        return self.register.from_db(connection.alias, self.columns, read)


@functools.lru_cache(maxsize=16)
def _plan(registers: tuple[type[Labelled], ...], vendor: str) -> tuple[str, tuple[_Reader, ...]]:
    """The statement and who reads what it gives; one row, whatever is missing."""
    quoted = connection.ops.quote_name
    columns, joins, readers = [], [], []
    for place, register in enumerate(registers):
        fields = register._meta.concrete_fields
        columns += [f"r{place}.{quoted(field.column)}" for field in fields]
        table, key = quoted(register._meta.db_table), quoted(register._meta.pk.column)
        joins.append(f"LEFT JOIN {table} r{place} ON r{place}.{key} = %s")
        readers.append(_reader(register, fields))
    statement = f"SELECT {', '.join(columns)} FROM (SELECT 1) one {' '.join(joins)}"  # noqa: S608  (our tables)
    return statement, tuple(readers)


def _reader(register: type[Labelled], fields: list[models.Field]) -> _Reader:
    converters = []
    for at, field in enumerate(fields):
        column = field.get_col(register._meta.db_table)
        found = (
            *connection.ops.get_db_converters(column),
            *column.get_db_converters(connection),
        )
        if found:
            converters.append((at, column, found))
    key = next(at for at, field in enumerate(fields) if field.primary_key)
    return _Reader(register, tuple(field.attname for field in fields), key, tuple(converters))

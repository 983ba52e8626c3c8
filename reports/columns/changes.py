"""Which months have changed: the database itself writes it down.

Whatever changes a counted card writes the facts of its month in the same transaction; triggers on
the facts add the month to ``ColumnChange``, whatever program wrote. Rows are only added, none is
looked for: two writers never wait for each other, and nobody's row is taken for another's.
"""

# ruff: noqa: S608  (statements of our own tables, nothing from outside is in them)
from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any

from django.db import router

from reports.facts.triggers import Triggers
from reports.models import ColumnChange, Fact, MonthColumn

_TABLE = ColumnChange._meta.db_table
#: What is done to facts -> the rows of which a trigger reads the months.
_ROWS = {"INSERT": ("NEW",), "UPDATE": ("OLD", "NEW"), "DELETE": ("OLD",)}


def note(using: str, months: Iterable[datetime.date]) -> None:
    """Write down that these months (by their first days) have changed."""
    ColumnChange.objects.using(using).bulk_create(
        [ColumnChange(month=month) for month in months], batch_size=500
    )


def noted() -> bool:
    """Whether any month has changed."""
    return ColumnChange.objects.using(router.db_for_write(ColumnChange)).exists()


def note_all(using: str) -> None:
    """Write down every month that has facts or columns."""
    told = (model.objects.using(using).values_list("month", flat=True).distinct().order_by()
            for model in (Fact, MonthColumn))  # fmt: skip
    note(using, sorted({month for months in told for month in months}))


def after_migrations(sender: Any, using: str, **kwargs: Any) -> None:
    """Listens to ``post_migrate``: puts missing triggers in place; then nothing is current, since
    nothing tells what was written while there was none."""
    TRIGGERS.ensure(using, lambda: note_all(using))


def _noted(vendor: str, act: str) -> str:
    read = "SELECT {}.month" if vendor == "sqlite" else "SELECT DISTINCT month FROM {}_rows"
    return f"INSERT INTO {_TABLE} (month) {' UNION '.join(map(read.format, _ROWS[act]))};"


def _once_a_statement(act: str) -> str:
    """Whoever derives everything anew writes thousands of facts."""
    rows = " ".join(f"{row} TABLE AS {row}_rows" for row in _ROWS[act])
    return f"REFERENCING {rows} FOR EACH STATEMENT"


TRIGGERS = Triggers(
    "columns_changed",
    "zhinalys_columns_changed",
    (MonthColumn, ColumnChange),
    _noted,
    _once_a_statement,
)

"""The record of operations: ``recorded`` around what a command does is its only writer."""

from __future__ import annotations

import datetime
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone

from monitoring.operations.models import Kind, Operation, Outcome

logger = logging.getLogger("zhinalys.operations")
#: So many of each kind are kept.
KEPT = 100


@dataclass(frozen=True, slots=True)
class Last:
    """When it last went well, and when it last failed; None: never, as far as is known."""

    done: datetime.datetime | None = None
    failed: datetime.datetime | None = None

    @property
    def broken(self) -> bool:
        """Whether the latest of all failed."""
        return self.failed is not None and (self.done is None or self.failed > self.done)


@contextmanager
def recorded(kind: Kind) -> Iterator[dict[str, int | float]]:
    """Notes when and how what is done inside has ended; numbers put into the mapping go with it.

    An error, or an end with another status than 0, is a failure and goes on its way. What cannot be
    noted is told in the log and changes nothing of what was done.
    """
    began, details = timezone.now(), {}
    try:
        yield details
    except BaseException as error:
        good = isinstance(error, SystemExit) and not error.code
        _note(kind, Outcome.DONE if good else Outcome.FAILED, began, details, error)
        raise
    _note(kind, Outcome.DONE, began, details)


def last() -> dict[str, Last]:
    """Kind -> when it last ended well and badly; one query."""
    rows = Operation.objects.values_list("kind", "outcome").annotate(at=Max("ended_at"))
    found: dict[str, dict[str, datetime.datetime]] = {}
    for kind, outcome, at in rows.order_by():
        found.setdefault(kind, {})[outcome] = at
    return {kind: Last(**ends) for kind, ends in found.items()}


def latest(kind: Kind) -> Operation | None:
    """The last one of a kind, however it ended."""
    return Operation.objects.filter(kind=kind).order_by("-ended_at", "-id").first()


def _note(kind, outcome, began, details, error: BaseException | None = None) -> None:
    name = type(error).__name__ if error is not None and outcome == Outcome.FAILED else ""
    try:
        if not _table():
            return
        with transaction.atomic():
            row = Operation.objects.create(
                kind=kind, outcome=outcome, began_at=began, ended_at=max(timezone.now(), began),
                error=name[:100], details=details,
            )  # fmt: skip
            of_kind = Operation.objects.filter(kind=kind).order_by("-ended_at", "-id")
            over = list(of_kind.values_list("id", flat=True)[KEPT:])
            Operation.objects.filter(id__in=over).exclude(pk=row.pk).delete()
    except Exception:
        logger.exception("an operation could not be recorded", extra={"operation": str(kind)})


def _table() -> bool:
    """Whether there is a place to note it: a database that is not there is not made for this."""
    if connection.vendor == "sqlite":
        name = str(connection.settings_dict["NAME"])
        if "mode=memory" not in name and name != ":memory:" and not os.path.exists(name):
            return False
    return Operation._meta.db_table in connection.introspection.table_names()

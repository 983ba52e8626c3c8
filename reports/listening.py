"""What makes facts be derived anew: cards that change, and registers that say how they are read.

A worker that writes no card never loads what derives them.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any

from django.db import models
from django.db.models.signals import post_save, pre_save
from django.dispatch import receiver

from cards.models import City, Law, Topic
from cards.signals import counted_cards_changed

Month = tuple[str, datetime.date]
#: Seconds after which no other month is packed before somebody looks for a job again.
MOMENT = 2.0


@receiver(counted_cards_changed, dispatch_uid="reports.facts")
def on_cards_changed(
    sender: Any, months: Iterable[Month], added: int | None = None, **kwargs: Any
) -> None:
    """Listens to ``cards``: runs inside the transaction that changed a card."""
    from reports import facts

    if added is None:
        facts.refresh(months)
    else:
        (month,) = months
        facts.add(month, added)


#: What the facts of a card hang on beside its answers: model -> the columns that say it.
_REGISTERS: dict[type[models.Model], tuple[str, ...]] = {
    Law: (
        "in_force_from",
        "in_force_to",
        "sanctioned_statuses",
        "excluded_statuses",
        "answer_days",
    ),
    Topic: ("group_id",),
    City: ("place_id",),
}


@receiver(pre_save, dispatch_uid="reports.facts.register")
def before_register_changes(sender: Any, instance: Any, raw: bool, **kwargs: Any) -> None:
    """Remembers what a row of the settings said of cards that are there already."""
    if sender in _REGISTERS and not raw:
        columns = _REGISTERS[sender]
        rows = sender._default_manager.filter(pk=instance.pk).values_list(*columns)
        instance._facts_said = rows.first()


@receiver(post_save, dispatch_uid="reports.facts.register")
def on_register_changed(sender: Any, instance: Any, raw: bool, **kwargs: Any) -> None:
    """Derives everything anew where a law, the group of a topic or the place of a city changed.

    That is rare, and which months it touches is not worth guessing. New topics and cities have no
    cards; a new law reads those that are there.
    """
    if sender not in _REGISTERS or raw:
        return
    before = instance.__dict__.pop("_facts_said", None)
    rows = sender._default_manager.filter(pk=instance.pk).values_list(*_REGISTERS[sender])
    now = rows.first()
    if before != now and (before is not None or sender is Law):
        from reports.facts import rebuild

        rebuild()


def after_migrations(sender: Any, using: str, **kwargs: Any) -> None:
    """Listens to ``post_migrate``: see ``reports.facts.years``."""
    from reports.facts import years

    years.after_migrations(sender, using)


def columns_after_migrations(sender: Any, using: str, **kwargs: Any) -> None:
    """Listens to ``post_migrate``: see ``reports.columns.changes``."""
    from reports.columns import changes

    changes.after_migrations(sender, using)


def columns_complete(connection: Any) -> bool:
    """Whether the database writes down which months change."""
    from reports.columns import changes

    return changes.TRIGGERS.complete(connection)


def pack_columns() -> bool:
    """Now and then, while nothing else is to be done: pack what has changed, for a moment; whether
    more is left to be packed."""
    from reports.columns import changes, keeping

    return bool(keeping.settle(seconds=MOMENT)) and changes.noted()

"""The addresses of cards, described: columns by the export's allow list, parameters by the lists'
filter. Both are made when somebody asks for them: every page knows the addresses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from cards.models import Card
from monitoring.api.records import Column, Endpoint, Kind, Pages, Parameter

if TYPE_CHECKING:
    from django_filters import Filter

#: Columns that every card has.
ALWAYS = frozenset({"ref", "uuid", "status"})
_KINDS: dict[str, Kind] = {
    "BooleanField": "yes_no",
    "DateField": "date",
    "DecimalField": "number",
    "PositiveIntegerField": "integer",
    "PositiveSmallIntegerField": "integer",
    "TimeField": "time",
    "UUIDField": "identifier",
}
_OTHER_NAMES = {
    "ref": _("the source's own identifier, or the card's"),
    "uuid": _("identifier of the card"),
}


def _columns() -> tuple[Column, ...]:
    from cards.files.export import COLUMNS

    return tuple(_column(name) for name in COLUMNS)


def _column(name: str) -> Column:
    from cards.files.columns import vocabulary_of

    field = Card._meta.get_field(name)
    vocabulary = vocabulary_of(field)
    return Column(
        name,
        _OTHER_NAMES.get(name, field.verbose_name),
        kind=_KINDS.get(field.get_internal_type(), "text"),
        codes=tuple(vocabulary.values) if vocabulary else _choices(field),
        several=hasattr(field, "vocabulary"),
        always=name in ALWAYS,
    )


def _choices(field: models.Field) -> tuple[str, ...]:
    return tuple(code for code, _label in field.flatchoices if code != "")


def _parameters() -> tuple[Parameter, ...]:
    from cards.filters import CardFilter

    return tuple(_parameter(name, one) for name, one in CardFilter.get_filters().items())


def _parameter(name: str, one: Filter) -> Parameter:
    from django_filters import ChoiceFilter, DateFilter

    kind: Kind = "date" if isinstance(one, DateFilter) else "text"
    choices = one.extra.get("choices", ()) if isinstance(one, ChoiceFilter) else ()
    return Parameter(name, one.label, kind, tuple(code for code, _label in choices))


CARD_COLUMNS = SimpleLazyObject(_columns)
CARDS = Endpoint(
    "cards",
    "cards/",
    _("Cards that the caller may export, the newest first, by the filter of the lists"),
    right="card.export",
    scope="cards",
    by_session=False,
    columns=CARD_COLUMNS,
    parameters=SimpleLazyObject(_parameters),
    pages=Pages(usual=100, most=1000),
)
CARD = Endpoint(
    "card",
    "cards/<uuid:uuid>/",
    _("One card"),
    right="card.export",
    scope="cards",
    by_session=False,
    columns=CARD_COLUMNS,
    single=True,
)

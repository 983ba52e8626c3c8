"""The columns of files of cards and of court outcomes, and how the cells of each are read."""

from __future__ import annotations

from functools import cache

from django.db import models

from cards import vocabularies
from cards.files import parsing
from cards.files.parsing import Parser, Remembering, one_of, words_of, words_of_rows
from cards.models import Card, CaseUpdate, City, CourtCase, Form, Topic
from cards.models.reference import LATITUDE, LONGITUDE
from cards.sections import OUTCOME_SECTION
from cards.serialise import KEPT
from cards.vocabularies import Status

CARDS, OUTCOMES = "cards", "outcomes"
#: What identifies a card of the file, and the state it arrives in.
IDENTITY = ("ref", "uuid", "status")
CARD_COLUMNS: tuple[str, ...] = (*IDENTITY, *KEPT)
OUTCOME_COLUMNS: tuple[str, ...] = ("card", *OUTCOME_SECTION.fields)
COLUMNS = {CARDS: CARD_COLUMNS, OUTCOMES: OUTCOME_COLUMNS}
#: Columns that the site keeps: a file written by the site has them, they are not read back.
KEPT_BY_SITE = frozenset({"number", "monitor", "editor", "version", "attachments"})
REF_LENGTH = Card._meta.get_field("ref").max_length


def card_parsers() -> dict[str, Parser]:
    """Column -> parser, for every column that a file of cards may have."""
    parsers = {name: parser_of(Card._meta.get_field(name)) for name in KEPT}
    parsers |= {
        "latitude": parsing.degrees(*LATITUDE),
        "longitude": parsing.degrees(*LONGITUDE),
        "source_links": parsing.links,
        "detained_unknown": Remembering(parsing.yes_no_or_open),
        "uuid": parsing.identifier,
        "ref": parsing.text_of(REF_LENGTH),
    }
    words = {"city": words_of_rows(City.objects.all()), "status": words_of(Status)}
    words |= {name: words_of_rows(model.objects.all()) for name, model in _TABLES.items()}
    return {**parsers, **{name: Remembering(one_of(known)) for name, known in words.items()}}


def outcome_parsers() -> dict[str, Parser]:
    """Column -> parser, for every column that a file of court outcomes may have."""
    parsers = {name: parser_of(field_of(name)) for name in OUTCOME_SECTION.fields}
    return {
        **parsers,
        "card": parsing.text_of(REF_LENGTH),
        "fine_mci": Remembering(parsing.money),
        "fine_kzt": Remembering(parsing.whole_to(parsing.MOST_TENGE)),
    }


def field_of(name: str) -> models.Field:
    """The model's column of a column of a file of court outcomes."""
    return (CourtCase if name == "case_code" else CaseUpdate)._meta.get_field(name)


def vocabulary_of(column: models.Field) -> type[models.TextChoices] | None:
    """The vocabulary whose codes the column holds; None if it holds none."""
    if vocabulary := getattr(column, "vocabulary", None):
        return vocabulary
    codes = tuple(code for code, _label in column.flatchoices)
    return _vocabularies().get(codes) if codes else None


_TABLES: dict[str, type[models.Model]] = {"form": Form, "topic": Topic}
_BY_TYPE: dict[str, Parser] = {
    "DateField": parsing.day,
    "TimeField": parsing.clock,
    "PositiveIntegerField": parsing.people,
    "PositiveSmallIntegerField": parsing.people,
    "BooleanField": parsing.yes_no,
}


def parser_of(column: models.Field) -> Parser:
    """Reads a cell of the column, by its vocabulary or its type."""
    vocabulary = vocabulary_of(column)
    if vocabulary is not None:
        several = hasattr(column, "vocabulary")
        read = parsing.some_of if several else one_of
        return Remembering(read(words_of(vocabulary)))
    by_type = _BY_TYPE.get(column.get_internal_type())
    return Remembering(by_type) if by_type else parsing.text_of(column.max_length)


@cache
def _vocabularies() -> dict[tuple[str, ...], type[models.TextChoices]]:
    kinds = (
        item
        for item in vars(vocabularies).values()
        if isinstance(item, type) and issubclass(item, models.TextChoices)
    )
    return {tuple(kind.values): kind for kind in kinds if kind is not models.TextChoices}

"""Cards as files that can be loaded again: CSV, or a workbook with the court outcomes beside.

Columns by allow list: the answers and decisions of the card and what identifies it; nothing of
who wrote it. A card without a ``ref`` is known by its identifier, so that outcomes find it.
"""

from __future__ import annotations

import csv
import datetime
import io
import tempfile
from collections.abc import Callable, Iterable, Iterator
from typing import IO, Any

from django.db.models import F

from cards.files.cells import safe
from cards.models import CaseUpdate
from cards.querysets import CardQuerySet
from cards.sections import ANSWERS, DECISIONS, OUTCOME_SECTION
from cards.serialise import answers_of, as_text
from cards.vocabularies import Review

#: What a file of cards holds, in this order; nothing else ever leaves.
COLUMNS = ("ref", "uuid", "number", "status", *ANSWERS, *DECISIONS)
OUTCOME_COLUMNS = ("card", *OUTCOME_SECTION.fields)
CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_CHUNK = 2000
_IN_MEMORY = 8 * 1024 * 1024
#: What a cell of a workbook can hold; a longer text ends in "…" there and is whole in CSV.
_LONGEST = 32_767


def written(cards: CardQuerySet, kind: str) -> IO[bytes]:
    """The cards as ``csv`` or ``xlsx``, newest first; an open file at its beginning.

    The court outcomes that were not refused are in the workbook only: a CSV file holds one
    table. Raises KeyError for another kind.
    """
    write: Callable[[IO[bytes], CardQuerySet], None] = {"csv": _csv, "xlsx": _xlsx}[kind]
    stream = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115  (the caller's)
    write(stream, cards.order_by("-date", "-id"))
    stream.seek(0)
    return stream


def table_file(
    kind: str, name: str, columns: tuple[str, ...], lines: Iterable[list[Any]]
) -> IO[bytes]:
    """One table as ``csv`` or ``xlsx``, nothing in it a formula; an open file at its beginning.

    ``lines`` are values in the order of ``columns``. Raises KeyError for another kind.
    """
    stream = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115  (the caller's)
    if kind not in CONTENT_TYPES:
        raise KeyError(kind)
    if kind == "csv":
        _csv_table(stream, columns, lines)
    else:
        with _workbook(stream) as book:
            _sheet(book, name, columns, lines)
    stream.seek(0)
    return stream


def rows(cards: CardQuerySet) -> Iterator[list[Any]]:
    """Values of ``COLUMNS`` for each card, codes for choices."""
    for card in cards.iterator(chunk_size=_CHUNK):
        known = answers_of(card)
        known |= {name: getattr(card, name) for name in ("number", "status", "uuid")}
        known["ref"] = card.ref or str(card.uuid)
        yield [known[name] for name in COLUMNS]


def outcome_rows(cards: CardQuerySet) -> Iterator[list[Any]]:
    """Values of ``OUTCOME_COLUMNS`` for each court outcome that was not refused."""
    updates = (
        CaseUpdate.objects.filter(case__card__in=cards.order_by())
        .exclude(review=Review.REJECTED)
        .select_related("case__card")
        .order_by("case__card_id", "case_id", F("decided_on").asc(nulls_first=True), "id")
    )
    for update in updates.iterator(chunk_size=_CHUNK):
        card = update.case.card
        values = {name: getattr(update, name) for name in OUTCOME_COLUMNS[2:]}
        values |= {"card": card.ref or str(card.uuid), "case_code": update.case.case_code}
        yield [values[name] for name in OUTCOME_COLUMNS]


def _csv(stream: IO[bytes], cards: CardQuerySet) -> None:
    _csv_table(stream, COLUMNS, rows(cards))


def _csv_table(stream: IO[bytes], columns: tuple[str, ...], lines: Iterable[list[Any]]) -> None:
    # The mark at the beginning tells Excel that it is UTF-8.
    text = io.TextIOWrapper(stream, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([safe(as_text(value)) for value in line] for line in lines)
    text.detach()


def _xlsx(stream: IO[bytes], cards: CardQuerySet) -> None:
    with _workbook(stream) as book:
        _sheet(book, "cards", COLUMNS, rows(cards))
        _sheet(book, "outcomes", OUTCOME_COLUMNS, outcome_rows(cards))


def _workbook(stream: IO[bytes]):
    import xlsxwriter

    # Every text is written as text: neither formulas nor links are made of what people typed.
    return xlsxwriter.Workbook(
        stream,
        {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False},
    )


def _sheet(book, name: str, columns: tuple[str, ...], lines: Iterable[list[Any]]) -> None:
    sheet = book.add_worksheet(name)
    heading = book.add_format({"bold": True})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    sheet.freeze_panes(1, 1)
    sheet.set_column(0, len(columns) - 1, 16)
    sheet.write_row(0, 0, columns, heading)
    for line, values in enumerate(lines, start=1):
        for column, value in enumerate(values):
            if isinstance(value, int) and not isinstance(value, bool):
                sheet.write_number(line, column, value)
            elif isinstance(value, datetime.date) and value.year >= 1900:
                sheet.write_datetime(line, column, value, day)
            elif (text := safe(as_text(value))) != "":
                short = text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
                sheet.write_string(line, column, short)

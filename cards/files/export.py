"""Cards as files: CSV, or a workbook with the court outcomes beside.

Columns by allow list, one for each purpose. ``WHOLE`` can be loaded again: the answers and
decisions of the card and what identifies it; nothing of who wrote it. ``FOR_ANALYSIS`` has what can
be counted: no text that somebody wrote, no exact place, no code of a person; court outcomes that
somebody has checked. A card without a ``ref`` is known by its identifier, so that outcomes find it.
"""

from __future__ import annotations

import csv
import datetime
import io
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import IO, Any

from django.db.models import F

from cards.files import lines
from cards.files.cells import safe
from cards.models import Card, CaseUpdate
from cards.querysets import CardQuerySet
from cards.sections import ANSWERS, DECISIONS, OUTCOME_SECTION
from cards.serialise import answers_of, as_text
from cards.vocabularies import Review
from monitoring.chunks import chunked
from monitoring.jobs.progress import tell


@dataclass(frozen=True, slots=True)
class Columns:
    """What a file of cards and of their outcomes holds, in this order; nothing else ever leaves.

    ``checked``: only outcomes that an editor has approved; else all that were not refused.
    """

    cards: tuple[str, ...]
    outcomes: tuple[str, ...]
    checked: bool = False


COLUMNS = ("ref", "uuid", "number", "status", *ANSWERS, *DECISIONS)
OUTCOME_COLUMNS = ("card", *OUTCOME_SECTION.fields)
WHOLE = Columns(COLUMNS, OUTCOME_COLUMNS)
FOR_ANALYSIS = Columns(
    (
        "uuid", "number", "status",
        "date", "date_precision", "start_time", "end_time", "end_date", "duration_minutes",
        "city", "place_type", "source", "arrived_at",
        "course", "peaceful", "form", "topic", "organiser_type", "attributes", "minors_present",
        "participants", "participants_low", "participants_high", "participants_basis",
        "legal_status", "reason_not_requested", "application_date", "answer_date",
        "prosecutor_present", "prosecutor_warned", "akimat_present", "akimat_warned",
        "police_present", "police_warned", "police", "police_low", "police_high", "police_basis",
        "plain_clothes", "police_actions", "warned_before_dispersal",
        "detained", "detained_unknown", "detained_minors", "detained_before",
        "released_without_report", "in_the_name_of_the_law", "injured",
        "report_worthy", "inclusion",
    ),
    (
        "card", "decided_on", "article", "outcome", "fine_mci", "fine_kzt", "arrest_days",
        "observed_by_monitor", "appeal",
    ),
    checked=True,
)  # fmt: skip
CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_CHUNK = 2000
_IN_MEMORY = 8 * 1024 * 1024
#: What a cell of a workbook can hold; a longer text ends in "…" there and is whole in CSV.
_LONGEST = 32_767


def written(cards: CardQuerySet, kind: str, columns: Columns = WHOLE) -> IO[bytes]:
    """The cards as ``csv`` or ``xlsx``, newest first; an open file at its beginning.

    The court outcomes are in the workbook only: a CSV file holds one table. Raises KeyError for
    another kind.
    """
    write: Callable[[IO[bytes], CardQuerySet, Columns], None] = {"csv": _csv, "xlsx": _xlsx}[kind]
    stream = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115  (the caller's)
    write(stream, cards.order_by("-date", "-id"), columns)
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


def written_for_analysis(cards: CardQuerySet, kind: str) -> IO[bytes]:
    """The same with what can be counted and nothing else."""
    return written(cards, kind, FOR_ANALYSIS)


def rows(cards: CardQuerySet, line: Callable[[Card], list[Any]]) -> Iterator[list[Any]]:
    """The ``line`` of each card, a chunk of them in memory at a time."""
    for number, card in enumerate(chunked(cards, _CHUNK)):
        if number % 100 == 0:
            tell("rows", number)
        yield line(card)


def row_of(card: Card, columns: Columns = WHOLE) -> list[Any]:
    """Values of the columns of one card, codes for choices."""
    known = answers_of(card)
    known |= {name: getattr(card, name) for name in ("number", "status", "uuid")}
    known["ref"] = card.ref or str(card.uuid)
    return [known[name] for name in columns.cards]


def row_for_analysis(card: Card) -> list[Any]:
    """Values of ``COLUMNS``: empty what analysts do not take out, ``ref`` the card's identifier."""
    known = dict(zip(FOR_ANALYSIS.cards, row_of(card, FOR_ANALYSIS), strict=True))
    known["ref"] = str(card.uuid)
    return [known.get(name) for name in COLUMNS]


def outcome_rows(cards: CardQuerySet, columns: Columns) -> Iterator[list[Any]]:
    """Values of the columns for each court outcome.

    A card stands in them as it does in its own file: by its ``ref`` where that is a column.
    """
    updates = CaseUpdate.objects.filter(case__card__in=cards.order_by())
    updates = (
        updates.filter(review=Review.APPROVED)
        if columns.checked
        else updates.exclude(review=Review.REJECTED)
    )
    updates = updates.select_related("case__card").order_by(
        "case__card_id", "case_id", F("decided_on").asc(nulls_first=True), "id"
    )
    for update in chunked(updates, _CHUNK):
        card, case = update.case.card, update.case
        known = {name: getattr(update, name) for name in OUTCOME_COLUMNS[2:]}
        known["card"] = card.ref if card.ref and "ref" in columns.cards else str(card.uuid)
        known["case_code"] = case.case_code
        yield [known[name] for name in columns.outcomes]


def _csv(stream: IO[bytes], cards: CardQuerySet, columns: Columns) -> None:
    done, quoted = -1, False  # the names of the columns are a line, too
    for part in lines.written(cards, dict(zip(columns.cards, columns.cards, strict=True))):
        stream.write(part)
        # PostgreSQL does not say how many it wrote; what is quoted may hold ends of lines.
        pieces = part.split(b'"')
        done += sum(piece.count(b"\n") for piece in pieces[quoted::2])
        quoted ^= len(pieces) % 2 == 0
        tell("rows", done)


def _csv_table(stream: IO[bytes], columns: tuple[str, ...], lines: Iterable[list[Any]]) -> None:
    # The mark at the beginning tells Excel that it is UTF-8.
    text = io.TextIOWrapper(stream, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([safe(as_text(value)) for value in line] for line in lines)
    text.detach()


def _xlsx(stream: IO[bytes], cards: CardQuerySet, columns: Columns) -> None:
    with _workbook(stream) as book:
        _sheet(book, "cards", columns.cards, rows(cards, partial(row_of, columns=columns)))
        _sheet(book, "outcomes", columns.outcomes, outcome_rows(cards, columns))


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

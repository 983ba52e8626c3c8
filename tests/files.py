"""Files of cards for tests: rows that can be loaded, written as CSV and as workbooks."""

from __future__ import annotations

import csv
import io
from typing import Any

from cards.serialise import as_text
from tests.factories import card_answers, outcome_answers


def card_row(ref: str = "A-1", **changes) -> dict[str, str]:
    """A card of a file, as text, that is in order; ``changes`` are put in as they are."""
    answers = {name: as_text(value) for name, value in card_answers().items()}
    # In files an empty number of people detained says that it is not known.
    answers.pop("detained_unknown", None)
    return {"ref": ref, **answers, **changes}


def outcome_row(card: str = "A-1", **changes) -> dict[str, str]:
    """A court outcome of a file that is in order."""
    answers = {name: as_text(value) for name, value in outcome_answers().items()}
    return {"card": card, **answers, **changes}


def csv_of(*rows: dict[str, Any], quoting: int = csv.QUOTE_MINIMAL) -> bytes:
    """The rows under the columns of all of them; what a row does not have is empty."""
    stream = io.StringIO()
    writer = csv.DictWriter(stream, columns(*rows), lineterminator="\n", quoting=quoting)
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue().encode()


def workbook_of(**sheets: list[list[Any]]) -> bytes:
    """A workbook with the rows of each sheet, cells as openpyxl keeps them."""
    import openpyxl

    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    return saved(book)


def table(*rows: dict[str, Any]) -> list[list[Any]]:
    """The rows under the columns of all of them, as a sheet has them."""
    names = columns(*rows)
    return [names, *([row.get(name) for name in names] for row in rows)]


def columns(*rows: dict[str, Any]) -> list[str]:
    """Every column of the rows, in the order of their first appearance."""
    return list(dict.fromkeys(name for row in rows for name in row))


def saved(book) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()

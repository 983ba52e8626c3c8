"""Loading a file of cards with every rule checked, beside pandas reading it and writing a table.

The product checks all rows by the rules of the form, gives numbers, keeps counts and history on
one hashed chain, and derives the facts; pandas reads the CSV and writes it with ``to_sql`` into a
file of SQLite, as durable as the product's.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.bench.rows import Row
from tests.bench.site import site
from tests.bench.timing import paired

SECTION = "importing"
ROWS = 100_000
LIMIT = 4.0
ROUNDS = 3
MEGABYTE = 2**20


def run(sizes: Sequence[int], databases: Sequence[str]) -> Iterator[Row]:
    """Rows of ``SECTION``: a file of at most ``ROWS`` cards into an empty site."""
    rows = max((size for size in sizes if size <= ROWS), default=min(sizes))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "cards.csv"
        _file(rows, file)
        for database in databases:
            yield from _measured(rows, database, file)


def _measured(rows: int, database: str, file: Path) -> Iterator[Row]:
    engine = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[database]
    peaks: list[int] = []

    def load() -> float:
        with site(EMPTY, database, scratch=True) as it:
            seconds = it.clock("tests.bench.importing:load", str(file), rows)
            peaks.append(it.peak())
            return seconds

    calls = {"product": load, "pandas": lambda: _of_pandas(file)}
    took = paired(calls, rounds=ROUNDS if rows >= 10_000 else 1, warm=0, own=True)
    yield Row(SECTION, "pandas reads a file and writes a table", rows, "pandas, SQLite",
              took["pandas"])  # fmt: skip
    yield Row(
        SECTION, "a file of cards loaded, every rule checked", rows, f"Zhinalys, {engine}",
        took["product"], ratio=took["product"] / took["pandas"], limit=LIMIT,
        against="pandas reads a file and writes a table",
        note="constraints, indexes, history and facts of every card are part of it",
    )  # fmt: skip
    yield Row(SECTION, "most memory while loading", rows, f"Zhinalys, {engine}",
              amount=max(peaks) / MEGABYTE, unit="MB")  # fmt: skip


#: The site that a file is loaded into has next to nothing.
EMPTY = 100


def _file(rows: int, file: Path) -> None:
    """A CSV file of that many synthetic cards, as the site's own export writes it."""
    with site(rows, "sqlite") as it:
        it.call("tests.bench.importing:write", str(file), rows)


def _of_pandas(file: Path) -> float:
    """Seconds in a process of its own: the product's leaves no libraries behind either."""
    from tests.bench.child import Child

    with tempfile.TemporaryDirectory() as folder, Child() as child:
        child.call("tests.bench.importing:import_pandas")
        return child.clock("tests.bench.importing:with_pandas", str(file), f"{folder}/t.sqlite3")


# What follows runs in other processes.


def import_pandas() -> None:
    """Reading the library itself is not measured."""
    import pandas  # noqa: F401


def with_pandas(file: str, database: str) -> None:
    import contextlib
    import sqlite3

    import pandas as pd

    with contextlib.closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        pd.read_csv(file).to_sql("cards", connection, index=False)
        connection.commit()


def write(file: str, rows: int) -> None:
    """The cards of the site as its export writes them, with identifiers of another source."""
    import csv

    from cards.files.columns import CARD_COLUMNS
    from cards.models import Card
    from cards.serialise import REFERENCES, as_text

    names = [f"{name}_id" if name in REFERENCES else name for name in CARD_COLUMNS]
    cards = Card.objects.order_by("pk").values_list(*names)[:rows]
    with open(file, "w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(CARD_COLUMNS)
        for at, row in enumerate(cards.iterator()):
            said = dict(zip(CARD_COLUMNS, map(as_text, row), strict=True))
            status = "approved" if said["status"] in ("approved", "duplicate") else "submitted"
            said |= {"ref": f"source-{at}", "uuid": "", "status": status}
            writer.writerow(said.values())


def load(file: str, rows: int) -> None:
    """As the command ``import_cards`` does; every row has to come in."""
    from cards.files import importing
    from cards.models import Card

    before = Card.objects.count()
    checked = importing.check(open(file, "rb").read())  # noqa: SIM115
    if checked.refusals:
        raise AssertionError(f"{len(checked.refusals)} refused: {checked.refusals[0]}")
    importing.load(checked)
    if Card.objects.count() != before + rows:
        raise AssertionError("not every card came in")

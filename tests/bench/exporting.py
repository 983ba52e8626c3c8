"""Cards out as CSV: the file that the product streams, beside COPY of the same columns.

Each runs in a fresh process that measures its memory. SQLite has no COPY: there the standard
library writes the columns as they are stored.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence
from typing import Any

from tests.bench import timing
from tests.bench.rows import Row
from tests.bench.site import Site, site

SECTION = "exporting"
NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
BASE = {"sqlite": "csv.writer over the bare rows", "postgresql": "COPY of the bare columns"}
#: Bytes that a process may need for the file, beside what it takes to start.
MEMORY = 200 * 1024 * 1024


def run(
    sizes: Sequence[int] = (1_000_000,), databases: Sequence[str] = ("sqlite", "postgresql"), *,
    rounds: int = 3,
) -> Iterator[Row]:  # fmt: skip
    """The largest size alone: lines cost the same each."""
    cards = max(sizes)
    for database in databases:
        with site(cards, database) as it:
            yield from _rows(it, rounds)


def _rows(it: Site, rounds: int) -> Iterator[Row]:
    ours, base = [], []
    peak = it.call("tests.bench.exporting:memory")
    for turn in range(rounds + 1):
        seconds, lines = it.call("tests.bench.exporting:streamed")
        bare = it.call("tests.bench.exporting:bare")
        if lines != it.call("tests.bench.exporting:seen") + 1:
            raise RuntimeError(f"{lines} lines of {it.cards} cards")
        if turn:
            ours.append(seconds)
            base.append(bare)
    peak = it.call("tests.bench.exporting:memory") - peak
    engine = f"Zhinalys, {NAMES[it.database]}"
    seconds, bare = statistics.median(ours), statistics.median(base)
    yield Row(
        SECTION, "all cards as CSV, streamed through the site", it.cards, engine, seconds,
        ratio=bare / seconds, limit=1 / 3 if it.database == "postgresql" else None, at_least=True,
        against=BASE[it.database],
    )  # fmt: skip
    yield Row(
        SECTION, "memory of that", it.cards, engine, amount=peak / 2**20, unit="MB",
        ratio=peak / MEMORY, limit=1.0, against="200 MB",
    )  # fmt: skip
    yield Row(SECTION, "all cards as CSV", it.cards, BASE[it.database], bare)


def seen() -> int:
    """Cards that are nobody's draft: what an editor of all regions takes out."""
    from cards.models import Card

    return Card.objects.exclude(status="draft").count()


def memory() -> int:
    return timing.peak_memory()


def streamed() -> tuple[float, int]:
    """Seconds of the whole answer to a program that asks for all cards, and its lines.

    Through every layer of middleware, as a token's owner; line feeds inside of texts are left out
    of the count by reading the file as CSV would: an even number of quotes ends a line.
    """
    import time

    from django.test import Client

    client = Client(headers={"host": "127.0.0.1", "authorization": f"Bearer {_token()}"})
    began = time.perf_counter()
    answer: Any = client.get("/api/v1/cards/", {"format": "csv"})
    if answer.status_code != 200 or not answer.streaming:
        raise RuntimeError(str(answer.status_code))
    lines, open_quote = 0, False
    for part in answer.streaming_content:
        if b'"' not in part and not open_quote:
            lines += part.count(b"\n")
            continue
        for place, piece in enumerate(part.split(b'"')):
            if place:
                open_quote = not open_quote
            if not open_quote:
                lines += piece.count(b"\n")
    return time.perf_counter() - began, lines


def bare() -> float:
    """Seconds of the same columns as they are stored, by the shortest way there is."""
    import csv
    import time

    from django.db import connection

    from cards.files.export import COLUMNS
    from cards.files.lines import _attribute

    columns = ", ".join(f'"{_attribute(name)}"' for name in COLUMNS)
    query = f"SELECT {columns} FROM cards_card WHERE status <> 'draft' ORDER BY date DESC, id DESC"  # noqa: S608  (ours)
    began = time.perf_counter()
    with open("/dev/null", "w", newline="") as sink, connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.copy_expert(f"COPY ({query}) TO STDOUT (FORMAT csv)", sink)
        else:
            cursor.execute(query)
            csv.writer(sink).writerows(iter(cursor))
    return time.perf_counter() - began


def _token() -> str:
    """A token of the first editor that is good for cards."""
    from monitoring.accounts import tokens
    from monitoring.accounts.models import Token, User

    editor = User.objects.get(username="editor-1")
    Token.objects.filter(account=editor, name="bench").delete()
    return tokens.issue(editor, name="bench", scopes=["cards"], purpose="bench", days=30)[1]

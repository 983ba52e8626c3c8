"""Search by words: the product's own statements beside the plainest question to the index of words.

Words of every kind, from those in half of all cards to one in a thousand and none at all. The
baseline asks the same index for the same page: the first cards by date that hold the word.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from tests.bench import timing
from tests.bench.rows import Row
from tests.bench.site import Site, site

SECTION = "searching"
NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
ROWS = 26


def run(
    sizes: Sequence[int] = (1_000_000,), databases: Sequence[str] = ("sqlite", "postgresql"), *,
    rounds: int = 7,
) -> Iterator[Row]:  # fmt: skip
    """Each word at the largest size."""
    for database in databases:
        with site(max(sizes), database) as it:
            for word, hits in it.call("tests.bench.searching:words"):
                yield from _rows(it, word, hits, rounds)


def _rows(it: Site, word: str, hits: int, rounds: int) -> Iterator[Row]:
    ours = it.call("tests.bench.searching:first_page", word)
    plain = it.call("tests.bench.searching:plain", word)
    if ours != plain:
        raise RuntimeError(f"“{word}”: {ours} and {plain}")
    found = timing.paired(
        {
            "ours": lambda: it.clock("tests.bench.searching:first_page", word),
            "plain": lambda: it.clock("tests.bench.searching:plain", word),
        },
        rounds,
        own=True,
    )
    share = f"“{word}”, in {hits / it.cards:.3%} of the cards"
    yield Row(
        SECTION, f"the first page of {share}", it.cards, f"Zhinalys, {NAMES[it.database]}",
        found["ours"], ratio=found["ours"] / found["plain"], limit=3.0,
        against="the index of words, sorted by date",
    )  # fmt: skip


def words() -> list[tuple[str, int]]:
    """Words of the texts and in how many cards they stand: from the commonest to one without any.

    Chosen by the share of a sample of the cards that holds them.
    """
    from collections import Counter

    from cards.models import Card

    step = max(Card.objects.count() // 5000, 1)
    texts = Card.objects.filter(pk__in=range(1, 5000 * step + 1, step))
    shares: Counter[str] = Counter()
    for text in texts.values_list("search_text", flat=True):
        shares.update({word for word in text.split(" ") if word.isalpha() and len(word) > 3})
    by_share = [word for word, _n in shares.most_common()]
    wanted = [by_share[0]]
    for share in (0.2, 0.05, 0.01, 0.001):
        below = [word for word in by_share if shares[word] <= share * 5000]
        if below and below[0] not in wanted:
            wanted.append(below[0])
    number = Card.objects.filter(status="approved").order_by("-id").values_list("number", flat=True)
    found = [(word, _hits(word)) for word in (*wanted, "жоқсөз")]
    return [*found, (str(number[0]), 1)]


def _match(word: str) -> tuple[str, str]:
    """Condition on the index, and its parameter."""
    from django.db import connection

    from cards import search

    parts = search.words(word)
    if connection.vendor == "sqlite":
        return (
            "id IN (SELECT rowid FROM card_search WHERE card_search MATCH %s)",
            " AND ".join(f'"{part}"*' for part in parts),
        )
    return (
        "to_tsvector('simple', search_text) @@ %s::tsquery",
        " & ".join(f"'{part}':*" for part in parts),
    )


def _hits(word: str) -> int:
    condition, parameter = _match(word)
    return int(_ask(f"SELECT count(*) FROM cards_card WHERE {condition}", parameter)[0][0])  # noqa: S608


def plain(word: str) -> list[int]:
    """Keys of the first page, by the index of words."""
    condition, parameter = _match(word)
    order = "ORDER BY date DESC, id DESC"
    query = f"SELECT * FROM cards_card WHERE {condition} {order} LIMIT {ROWS}"  # noqa: S608
    return [row[0] for row in _ask(query, parameter)]


def first_page(word: str) -> list[int]:
    """Keys of the first page as the product finds them, all that it asks for that included."""
    from cards import paging, search
    from cards.models import Card

    order = [column.expression() for column in paging.NEWEST]
    rows: Any = search.found(Card.objects.all(), word).order_by(*order)[:ROWS]
    return [row[0] for row in rows.values_list()]


def _ask(query: str, parameter: str) -> list[Any]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(query, [parameter])
        return list(cursor.fetchall())

"""Search by words: where the texts of cards are kept for it, and how a word is looked for.

A word is found where a word of the card begins with it: "құрмет" finds "құрметті". The texts of a
card are kept as its words with single spaces between (``search_text``), so that two plans give
the same cards:

* a rare word is looked up in an index of words (FTS5 on SQLite, a tsvector on PostgreSQL);
* a common one is looked for in the cards themselves, in the order of the list: a page is full
  after a few dozen, while the index would give half of all cards, to be sorted for one page.

Which of them it is the newest cards tell, then the index itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connections
from django.db.models import Q, QuerySet

from cards.models import Card

#: Letters of a word that are looked at.
LONGEST = 60
#: How many of the newest cards are looked at, and in how many of them a common word stands.
SAMPLE, COMMON = 100, 4
#: More cards than that are not taken from the index.
MOST_FROM_INDEX = 3000
_WORD = re.compile(r"[^\W_]+")
_CARDS = Card._meta.db_table
_INDEX = "card_search"
_FTS = (
    f"CREATE VIRTUAL TABLE {_INDEX} USING fts5(search_text, content='{_CARDS}', content_rowid='id',"
    " tokenize='unicode61 remove_diacritics 0', detail='none', prefix='3')"
)
_TSVECTOR = "to_tsvector('simple', search_text)"


def words(text: str) -> list[str]:
    """The words of a text as they are compared: casefolded, cut where they are very long."""
    found: list[str] = _WORD.findall(text.casefold())
    if max(map(len, found), default=0) > LONGEST:
        return [word[:LONGEST] for word in found]
    return found


def text_of(*parts: str | None) -> str:
    """What is kept of the texts of a card."""
    return " ".join(words("\n".join(filter(None, parts))))


def found(cards: QuerySet, text: str) -> QuerySet:
    """The cards in which every word of the text begins a word; none for a text without any."""
    wanted = list(dict.fromkeys(words(text)))
    if not wanted:
        return cards.none() if text.strip() else cards
    using = cards.db
    if not _common(using, wanted):
        keys = _from_index(using, wanted)
        if not keys:
            return cards.none()
        if len(keys) <= MOST_FROM_INDEX:
            return cards.filter(pk__in=keys)
    for word in wanted:
        begins = Q(search_text__startswith=word) | Q(search_text__contains=f" {word}")
        cards = cards.filter(begins)
    return cards


def _common(using: str, wanted: Sequence[str]) -> bool:
    """Whether cards with all the words are so many that a page of them is soon found."""
    place = {"sqlite": "instr", "postgresql": "strpos"}[connections[using].vendor]
    holds = " AND ".join([f"{place}(words, %s) > 0"] * len(wanted))
    newest = (
        f"SELECT ' ' || search_text AS words FROM {_CARDS} ORDER BY date DESC, id DESC LIMIT %s"  # noqa: S608  (ours)
    )
    sql = f"SELECT COUNT(*), COUNT(CASE WHEN {holds} THEN 1 END) FROM ({newest}) newest"  # noqa: S608  (ours)
    with connections[using].cursor() as cursor:
        cursor.execute(sql, [*(f" {word}" for word in wanted), SAMPLE])
        cards, hits = cursor.fetchone()
    return hits >= COMMON or cards < SAMPLE


def _from_index(using: str, wanted: Sequence[str]) -> list[int]:
    """Keys of the cards with all the words, one more than ``MOST_FROM_INDEX`` at most."""
    with connections[using].cursor() as cursor:
        # Letters and digits only: nothing in a word has a meaning of its own here.
        if cursor.db.vendor == "sqlite":
            sql = f"SELECT rowid FROM {_INDEX} WHERE {_INDEX} MATCH %s LIMIT %s"  # noqa: S608 (ours)
            asked = " AND ".join(f'"{word}"*' for word in wanted)
        else:
            sql = f"SELECT id FROM {_CARDS} WHERE {_TSVECTOR} @@ %s::tsquery LIMIT %s"  # noqa: S608 (ours)
            asked = " & ".join(f"'{word}':*" for word in wanted)
        cursor.execute(sql, [asked, MOST_FROM_INDEX + 1])
        return [key for (key,) in cursor.fetchall()]


def install(connection: Any, concurrently: bool = False) -> None:
    """Make the index of words where it is missing, and on SQLite what keeps it; repeatable.

    concurrently: on PostgreSQL, while others write; not inside a transaction.
    """
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
        if _CARDS not in tables:
            return
        if connection.vendor == "postgresql":
            how = "CONCURRENTLY" if concurrently else ""
            if concurrently:
                from monitoring import online

                online.drop_unfinished(connection, _INDEX)
            cursor.execute(
                f"CREATE INDEX {how} IF NOT EXISTS {_INDEX} ON {_CARDS} USING gin ({_TSVECTOR})"
            )
            return
        there = dict(_triggers_there(cursor))
        complete = all(there.get(name) == sql for name, sql in _TRIGGERS.items())
        if complete and _INDEX in tables:
            return
        for name in _TRIGGERS:
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
        if _INDEX not in tables:
            cursor.execute(_FTS)
        # Whatever changed while nothing kept it is read again.
        cursor.execute(f"INSERT INTO {_INDEX}({_INDEX}) VALUES ('rebuild')")  # noqa: S608  (ours)
        for sql in _TRIGGERS.values():
            cursor.execute(sql)


@contextmanager
def added_together(connection: Any) -> Iterator[None]:
    """Cards that are only inserted, many in one transaction, enter the index at its end by one
    statement. SQLite's index goes to the disk whenever a trigger fills it: for a file of cards that
    took longer than inserting them."""
    if connection.vendor != "sqlite":
        yield
        return
    name, sql = "search_insert", _TRIGGERS["search_insert"]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT COALESCE(MAX(id), 0) FROM {_CARDS}")  # noqa: S608  (ours)
        (last,) = cursor.fetchone()
        # Within the transaction: whoever else writes has to wait, and a failure brings it back.
        cursor.execute(f"DROP TRIGGER {name}")
        yield
        cursor.execute(
            f"INSERT INTO {_INDEX}(rowid, search_text)"  # noqa: S608  (ours)
            f" SELECT id, search_text FROM {_CARDS} WHERE id > %s",
            [last],
        )
        cursor.execute(sql)


def remove(connection: Any) -> None:
    """Take it all away: for the migration that brings it."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"DROP INDEX IF EXISTS {_INDEX}")
            return
        for name in _TRIGGERS:
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
        cursor.execute(f"DROP TABLE IF EXISTS {_INDEX}")


def complete(connection: Any) -> bool:
    """Whether the index is there and is kept."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(%s)",
                           [_INDEX])  # fmt: skip
            return cursor.fetchone() == (True,)
        there = dict(_triggers_there(cursor))
        return all(there.get(name) == sql for name, sql in _TRIGGERS.items())


def after_migrations(sender: Any, using: str, **kwargs: Any) -> None:
    """Listens to ``post_migrate``: SQLite rebuilds a table without its triggers."""
    install(connections[using])


def _triggers_there(cursor: Any) -> list[tuple[str, str]]:
    cursor.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [_CARDS]
    )
    return cursor.fetchall()


_PUT = (
    f"INSERT INTO {_INDEX}(rowid, search_text)"  # noqa: S608  (ours)
    " VALUES (new.id, new.search_text);"
)
_TAKE = (
    f"INSERT INTO {_INDEX}({_INDEX}, rowid, search_text)"  # noqa: S608  (ours)
    " VALUES ('delete', old.id, old.search_text);"
)
_TRIGGERS = {
    "search_insert": f"CREATE TRIGGER search_insert AFTER INSERT ON {_CARDS} BEGIN {_PUT} END",
    "search_update": (
        f"CREATE TRIGGER search_update AFTER UPDATE OF id, search_text ON {_CARDS}"
        " WHEN old.id <> new.id OR old.search_text <> new.search_text"
        f" BEGIN {_TAKE} {_PUT} END"
    ),
    "search_delete": f"CREATE TRIGGER search_delete AFTER DELETE ON {_CARDS} BEGIN {_TAKE} END",
}

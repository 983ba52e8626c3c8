"""SQLite sorts by code point, which puts Ә Ғ Қ Ң Ө Ұ Ү Һ І after Я: give it an alphabet."""

from django.db.backends.signals import connection_created
from django.dispatch import receiver

ALPHABET = "аәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюя"
_RANK = {letter: chr(0xE000 + rank) for rank, letter in enumerate(ALPHABET)}


def sort_key(text: str) -> str:
    """The text with each Cyrillic letter replaced by its rank in the Kazakh alphabet."""
    return "".join(_RANK.get(letter, letter) for letter in text.casefold())


@receiver(connection_created)
def teach_sqlite(sender, connection, **kwargs):
    """The collation ``kazakh`` on every SQLite connection; PostgreSQL has ``kk-x-icu``."""
    if connection.vendor == "sqlite":
        connection.connection.create_collation(
            "kazakh", lambda a, b: (sort_key(a) > sort_key(b)) - (sort_key(a) < sort_key(b))
        )

"""A notice for the next page, stored by the very transaction that it tells of.

Django stores what is in a session when the answer is ready: in a transaction of its own, which has
to reach the disk as well. What is written in one transaction waits for the disk once.
"""

from __future__ import annotations

from typing import Any

from django.contrib.messages.storage.base import Message
from django.db import connection


class Notice:
    """``statement`` inside of the transaction, ``stored`` once that is over."""

    def __init__(self, request, level: int):
        self._session, self._level = request.session, level
        # Notices lie in the session (settings.MESSAGE_STORAGE).
        self._storage = request._messages
        self._kept = ""

    def statement(self, text: str) -> tuple[str, tuple[Any, ...]]:
        """SQL and its values that store the session with the notice in it.

        A session that has been ended meanwhile stays ended: there is no row to change.
        """
        message = Message(self._level, text)
        self._kept = self._storage.serialize_messages([*self._storage._loaded_messages, message])
        session, name = self._session, self._storage.session_key
        quoted = connection.ops.quote_name
        table = quoted(session.model._meta.db_table)
        ends = connection.ops.adapt_datetimefield_value(session.get_expiry_date())
        return (
            f"UPDATE {table} SET session_data = %s, expire_date = %s WHERE session_key = %s",  # noqa: S608  (its table)
            (
                session.encode({**dict(session.items()), name: self._kept}),
                ends,
                session.session_key,
            ),
        )

    def stored(self) -> None:
        """The rest of the request knows of it, and nothing is left to be stored."""
        changed = self._session.modified
        self._session[self._storage.session_key] = self._kept
        self._session.modified = changed

"""Pages by key: the next page begins after the last row of this one, wherever that now is.

An OFFSET reads all it skips and shows rows twice when others come in; a key reads one page from
the index that serves the order. The last column of an order is unique, so ties do not matter, and
rows without a value stand where PostgreSQL puts them: first in falling, last in rising order.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core import signing
from django.db.models import F, Q, QuerySet
from django.http import QueryDict

SIZES = (25, 50)
_SALT = "zhinalys.page"
_KINDS = {"date": datetime.date, "datetime": datetime.datetime}


@dataclass(frozen=True, slots=True)
class Column:
    """One column of an order. ``nulls``: rows of the list may have no value there."""

    name: str
    falling: bool = False
    nulls: bool = False

    def reversed(self) -> Column:
        return Column(self.name, not self.falling, self.nulls)

    def expression(self):
        if not self.nulls:
            return F(self.name).desc() if self.falling else F(self.name).asc()
        if self.falling:
            return F(self.name).desc(nulls_first=True)
        return F(self.name).asc(nulls_last=True)

    def beyond(self, value) -> Q | None:
        """Rows strictly after ``value`` in this order; None if there can be none."""
        if value is None:
            return Q(**{f"{self.name}__isnull": False}) if self.falling else None
        return Q(**{f"{self.name}__{'lt' if self.falling else 'gt'}": value})

    def same(self, value) -> Q:
        return Q(**({f"{self.name}__isnull": True} if value is None else {self.name: value}))


#: Newest first; a draft may have no date yet.
NEWEST = (Column("date", falling=True, nulls=True), Column("id", falling=True))
#: Oldest first, of cards that have a date.
OLDEST = (Column("date"), Column("id"))
#: Longest in the queue first.
OLDEST_SUBMITTED = (Column("submitted_at", nulls=True), Column("id"))

#: Permit applications, the last one handed in first.
NEWEST_APPLICATIONS = (Column("applied_on", falling=True), Column("id", falling=True))


@dataclass(frozen=True, slots=True)
class Page:
    """Rows of one page, in the order of the list, and where its neighbours begin."""

    rows: list
    before: str = ""
    after: str = ""

    def previous_url(self, query: QueryDict) -> str:
        """Query string of the page before this one; "" if there is none."""
        return _address(query, "before", self.before)

    def next_url(self, query: QueryDict) -> str:
        """Query string of the page after this one; "" if there is none."""
        return _address(query, "after", self.after)


def page_of(
    rows: QuerySet, order: Sequence[Column], query: QueryDict, size: int = SIZES[0]
) -> Page:
    """The page that ``after`` or ``before`` in the query string asks for.

    A cursor that cannot be read (an old link, a slip) gives the first page. Two queries; two
    more at the end of a list with rows that have no value in its first column.
    """
    backwards = "before" in query and "after" not in query
    cursor = _read(query.get("before" if backwards else "after", ""), len(order))
    if cursor is None:
        backwards = False
    columns = [column.reversed() for column in order] if backwards else list(order)
    found: list = []
    for part in _parts(columns, cursor):
        # Which rows first, then what they say: a database that sorts and joins for the page, or
        # finds out what is noted of each row, does so for this page and not for the list.
        keys = _in_order(rows.filter(part), columns).values_list("pk", flat=True)
        if which := list(keys[: size + 1 - len(found)]):
            found += _in_order(rows.filter(pk__in=which), columns)
        if len(found) > size:
            break
    more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()
    if not found:
        return Page([])
    earlier = more if backwards else cursor is not None
    later = True if backwards else more
    return Page(
        found,
        before=_cursor(found[0], order) if earlier else "",
        after=_cursor(found[-1], order) if later else "",
    )


def is_cursor(text: str, order: Sequence[Column]) -> bool:
    """Whether the text is where a page of a list in that order begins."""
    return _read(text, len(order)) is not None


def neighbours(rows: QuerySet, order: Sequence[Column], row) -> tuple[Any, Any]:
    """The rows before and after ``row`` in the order, whether or not it is among them; None where
    there is none. Two queries, one more at the end of the list."""
    cursor = [getattr(row, column.name) for column in order]
    found = []
    for columns in ([column.reversed() for column in order], list(order)):
        parts = _parts(columns, cursor)
        firsts = (_in_order(rows.filter(part), columns).first() for part in parts)
        found.append(next((each for each in firsts if each is not None), None))
    return found[0], found[1]


def _in_order(rows: QuerySet, columns: Sequence[Column]) -> QuerySet:
    return rows.order_by(*(column.expression() for column in columns))


def _parts(columns: Sequence[Column], cursor: Sequence[Any] | None) -> list[Q]:
    """Rows after the cursor (None: all), in parts that follow each other in the order.

    Rows without a value stand behind all others in a rising column. Asked for together with these
    they would keep the database from beginning in the index where the page does.
    """
    if cursor is None:
        return [Q()]
    first = columns[0]
    if cursor[0] is None or not first.nulls or first.falling:
        return [_beyond(columns, cursor)]
    known = Column(first.name)
    return [_beyond([known, *columns[1:]], cursor), Q(**{f"{first.name}__isnull": True})]


def _beyond(columns: Sequence[Column], cursor: Sequence[Any]) -> Q:
    """Rows after the cursor: beyond it in a column, with all columns before that the same."""
    found, same = Q(), Q()
    for column, value in zip(columns, cursor, strict=True):
        beyond = column.beyond(value)
        if beyond is not None:
            found |= same & beyond
        same &= column.same(value)
    return _bound(columns[0], cursor[0]) & found


def _bound(column: Column, value) -> Q:
    """Implied by the rest, but it tells the database where in the index to begin."""
    if value is None:
        return Q()
    return Q(**{f"{column.name}__{'lte' if column.falling else 'gte'}": value})


def _cursor(row, order: Sequence[Column]) -> str:
    values = []
    for column in order:
        value = getattr(row, column.name)
        if isinstance(value, datetime.datetime):
            value = ["datetime", value.isoformat()]
        elif isinstance(value, datetime.date):
            value = ["date", value.isoformat()]
        values.append(value)
    return signing.Signer(salt=_SALT).sign_object(values)


def _read(text: str, length: int) -> list | None:
    """The values of a cursor of ours; None for anything else."""
    if not text:
        return None
    try:
        values = signing.Signer(salt=_SALT).unsign_object(text)
    except signing.BadSignature:
        return None
    if len(values) != length:
        return None
    return [
        _KINDS[value[0]].fromisoformat(value[1]) if isinstance(value, list) else value
        for value in values
    ]


def _address(query: QueryDict, name: str, cursor: str) -> str:
    if not cursor:
        return ""
    query = query.copy()
    for old in ("after", "before"):
        query.pop(old, None)
    query[name] = cursor
    return f"?{query.urlencode()}"

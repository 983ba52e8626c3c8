"""Cards for programs: a page of them, all of them as CSV, or one. Each reading is logged."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from cards import paging
from cards.api.records import CARD, CARD_COLUMNS, CARDS
from cards.api.rows import record, texts
from cards.files import lines
from cards.files.export import COLUMNS, FOR_ANALYSIS, row_for_analysis, row_of
from cards.filters import CardFilter
from cards.lookup import card_for
from cards.models import Card
from monitoring.accounts import access_log
from monitoring.accounts.access import allowed
from monitoring.accounts.models import Action
from monitoring.api import answers, problems, reading
from monitoring.api.door import ask_right, served


@served
def cards(request):
    """Those of the filter in the caller's reach: a page of them.

    CSV without ``limit`` and ``after`` is all of them, sent while it is read.
    """
    ask_right(request, CARDS)
    chosen, asked = _chosen(request)
    if asked.format == "csv" and not asked.limit and not asked.after:
        found = chosen.qs.order_by(*(column.expression() for column in paging.NEWEST))
        _note(request, "cards", "csv", filter=chosen.query, rows=chosen.qs.count())
        return answers.file("cards", lines.written(found, _columns(request), end="\n", mark=False))
    page = _page(request, chosen, asked)
    _note(request, "cards", asked.format, filter=chosen.query, rows=len(page.rows))
    return _answer(request, "cards", map(_line(request), page.rows), asked.format, page.after)


@served
def card(request, uuid):
    """One card; what is out of the caller's reach answers as what does not exist."""
    ask_right(request, CARD)
    asked = reading.read(request, CARD)
    found = card_for(request.user, uuid)
    _note(request, found.number or str(found.uuid), asked.format, rows=1)
    line = _line(request)(found)
    if asked.format == "csv":
        return _answer(request, "card", [line], "csv")
    return answers.one(record(line))


def _columns(request) -> dict[str, str]:
    """Column -> field of the card, of all that the caller takes out; "" for what stays empty."""
    if allowed(request.user, "card.export_whole"):
        return {name: name for name in COLUMNS}
    counted = {name: name if name in FOR_ANALYSIS.cards else "" for name in COLUMNS}
    return counted | {"ref": "uuid"}


def _line(request) -> Callable[[Card], list[Any]]:
    """What the caller takes out of a card, as the exported files have it."""
    return row_of if allowed(request.user, "card.export_whole") else row_for_analysis


def _chosen(request) -> tuple[CardFilter, reading.Asked]:
    """The filter of the lists, as far as this caller has it; Problem for what cannot be read."""
    chosen = CardFilter(request.GET, request=request)
    asked = reading.read(
        request, CARDS, without=set(CardFilter.get_filters()) - set(chosen.filters)
    )
    given = QueryDict(mutable=True)
    given.update(asked.values)
    chosen = CardFilter(given, request=request)
    if chosen.errors:
        raise problems.wrong({name: " ".join(found) for name, found in chosen.errors.items()})
    return chosen, asked


def _page(request, chosen: CardFilter, asked: reading.Asked) -> paging.Page:
    if asked.after and not paging.is_cursor(asked.after, paging.NEWEST):
        raise problems.wrong({"after": _("Not from “next” of a page before.")})
    size = asked.limit or CARDS.pages.usual
    return paging.page_of(chosen.qs, paging.NEWEST, request.GET, size)


def _answer(request, name: str, lines: Iterable[list[Any]], form: str, after: str = ""):
    if form == "csv":
        return answers.table(request, CARD_COLUMNS, name, map(texts, lines), after)
    return answers.listed(request, map(record, lines), after)


def _note(request, subject: str, form: str, **details: Any) -> None:
    """In the access log, with what the token was issued for."""
    token = request.token
    access_log.note(
        request.user,
        Action.CARDS_FETCHED,
        subject,
        purpose=token.purpose,
        token=f"{token.name} ({token.hint}…)",
        format=form,
        **details,
    )

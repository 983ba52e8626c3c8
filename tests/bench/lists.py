"""First and deep pages of every list: a site of a thousand cards beside a large one.

Whole pages, as the person gets them: through every layer of middleware, with menu, filter, headings
and what is counted in them. The sites take turns, each in a process of its own. Both pages have as
many lines: of a thousand cards thirty wait in the queue and ten are in a cell, so that lists which
fill no page there are held against a site of ten thousand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from tests.bench import timing
from tests.bench.rows import Row
from tests.bench.site import Site, site

SECTION = "lists"
SMALL, FEW = 1000, 10_000
NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


@dataclass(frozen=True, slots=True)
class List:
    """who: sees it; monitors wrote 25 cards each of a thousand, and 25,000 of a million.
    address: with its query string. order: of ``cards.paging``, where its pages go
    by key; then a page nine tenths down is asked for, too, of the cards that are ``within``.
    small: cards of the site that it is held against."""

    what: str
    who: str
    address: str
    order: str = ""
    small: int = SMALL
    within: tuple[tuple[str, Any], ...] = (("date__isnull", False),)


LISTS = (
    List("cards in reach", "editor-1", "/cards/all/", "NEWEST"),
    List("cards, as an analyst", "analyst-1", "/cards/all/", "NEWEST"),
    List(
        "one's own cards", "monitor-1", "/cards/", "NEWEST", FEW,
        (("monitor__username", "monitor-1"), ("date__isnull", False)),
    ),
    List("one's own cards, of somebody with few", "editor-1", "/cards/"),
    List(
        "review queue", "editor-1", "/cards/queue/", "OLDEST_SUBMITTED", FEW,
        (("status", "submitted"),),
    ),
    List(
        "cards that await a court", "editor-1", "/cards/awaiting/", "OLDEST", FEW,
        (("status", "approved"), ("cases__updates__outcome", "pending")),
    ),
    List(
        "permit applications", "editor-1", "/cards/applications/", "NEWEST_APPLICATIONS", FEW, ()
    ),
    List(
        "cards behind a cell of the report", "editor-1",
        "/cards/all/?period=2018&place=almaty&counted=yes", "NEWEST", FEW,
        (("date__year", 2018), ("city__place", "almaty"), ("status", "approved")),
    ),
    List(
        "cards behind a cell of the explorer", "editor-1",
        "/cards/all/?counted=yes&topic=gas_price&police_present=yes&minors_present=no",
        "NEWEST", FEW,
        (("topic", "gas_price"), ("police_present", "yes"), ("minors_present", "no"),
         ("status", "approved")),
    ),
    List("history of a card", "editor-1", "/cards/{card}/history/"),
    List("card on the desk", "editor-1", "/cards/{submitted}/?in=queue"),
    List("access log", "administrator-1", "/settings/access/"),
    List("people", "administrator-1", "/settings/people/"),
    List("cards for programs", "token", "/api/v1/cards/?limit=100", "NEWEST"),
)  # fmt: skip


def run(
    sizes: Sequence[int] = (1_000_000,), databases: Sequence[str] = ("sqlite", "postgresql"), *,
    rounds: int = 9,
) -> Iterator[Row]:  # fmt: skip
    """Each list at the largest size, held against the same at few cards."""
    for database in databases:
        with ExitStack() as stack:
            options = {"SECOND_FACTOR_REQUIRED": "false", "ALLOWED_HOSTS": "127.0.0.1"}
            small = {
                cards: stack.enter_context(site(cards, database, **options))
                for cards in (SMALL, FEW) if cards < max(sizes)
            }  # fmt: skip
            large = stack.enter_context(site(max(sizes), database, **options))
            for number, each in enumerate(LISTS):
                for deep in (False, True) if each.order else (False,):
                    against = small.get(each.small, small[SMALL])
                    yield _row(each, number, deep, against, large, rounds)


def _row(each: List, number: int, deep: bool, small: Site, large: Site, rounds: int) -> Row:
    def ask(it: Site) -> Callable[[], float]:
        it.call("tests.bench.lists:ready", number, deep)
        return lambda: it.clock("tests.bench.lists:page", number, deep)

    found = timing.paired({"small": ask(small), "large": ask(large)}, rounds, own=True)
    return Row(
        SECTION, f"{each.what}, {'a deep' if deep else 'the first'} page", large.cards,
        f"Zhinalys, {NAMES[large.database]}", found["large"],
        ratio=found["large"] / found["small"], limit=1.3, against=f"{small.cards:,} cards",
    )  # fmt: skip


_READY: dict[tuple[int, bool], tuple[Any, str]] = {}


def ready(number: int, deep: bool) -> None:
    """Sign in, and find where the page begins; outside of what is measured."""
    from django.test import Client

    from cards.models import Card
    from monitoring.accounts.models import User

    each = LISTS[number]
    if each.who == "token":
        from tests.bench.exporting import _token

        client = Client(headers={"host": "127.0.0.1", "authorization": f"Bearer {_token()}"})
    else:
        client = Client(headers={"host": "127.0.0.1"})
        client.force_login(User.objects.get(username=each.who))
    address = each.address
    if "{card}" in address:
        card = Card.objects.filter(status="approved").order_by("-id").first()
        address = address.replace("{card}", str(card.uuid))  # type: ignore[union-attr]
    if "{submitted}" in address:
        card = Card.objects.filter(status="submitted").order_by("-id").first()
        address = address.replace("{submitted}", str(card.uuid))  # type: ignore[union-attr]
    if deep:
        address += f"{'&' if '?' in address else '?'}after={_cursor(each)}"
    _READY[number, deep] = client, address
    page(number, deep)


def page(number: int, deep: bool) -> None:
    """The whole answer."""
    client, address = _READY[number, deep]
    answer = client.get(address)
    if answer.status_code != 200:
        raise RuntimeError(f"{address}: {answer.status_code}")


def _cursor(each: List) -> str:
    """Where a page begins that lies nine tenths down the list, and is full if the list has one."""
    from urllib.parse import quote

    from cards import paging
    from cards.models import Card, PermitApplication

    order: Any = getattr(paging, each.order)
    model: Any = PermitApplication if each.order == "NEWEST_APPLICATIONS" else Card
    rows = model.objects.filter(**dict(each.within)).distinct()
    rows = rows.order_by(*(column.expression() for column in order))
    number = rows.count()
    row = rows[max(min(number * 9 // 10, number - paging.SIZES[0] - 2), 0)]
    return quote(paging._cursor(row, order))

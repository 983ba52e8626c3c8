"""Every route × every person × every method: what should answer, and what does.

``sweep`` really sends each request and tells every cell that is not as the tables say: a wrong
status, a text of a card shown to somebody who may not see it, a row written by who was refused, a
thing out of reach that answers unlike one that does not exist.
"""

from __future__ import annotations

import io
import logging
import re
import uuid as uuids
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from django.db import connection, transaction
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.urls import URLPattern, get_resolver, reverse

from tests.accounts import test_access as access
from tests.cards import test_workflow as life
from tests.security.routes import Cell, Row, rows
from tests.security.world import (
    ADDRESSES,
    KEPT_OUT,
    NOTHING_THERE,
    PEOPLE,
    POSTED,
    STATUSES,
    Thing,
    World,
    choose_file,
)

SAFE = ("GET", "HEAD", "OPTIONS", "TRACE")
METHODS = (*SAFE, "POST", "PUT", "PATCH", "DELETE", "BREW")
#: Tables that a refused request may write to: the session that it ends. Nothing of the bureau's.
NOT_THE_BUREAUS = ("django_session",)
RIGHTS = access.cells(access.OF_A_CARD)
SEEN = access.cells(access.SEEN)
WAYS = life.table()
#: No person, no card, no attachment has these.
NOBODY, NOTHING = 999_999_999, uuids.UUID("00000000-0000-4000-8000-000000000000")

_WRITING = re.compile(r'(?:^|;)\s*(INSERT|UPDATE|DELETE|REPLACE)\b[^"]*"(\w+)"', re.IGNORECASE)
_MARK = re.compile(rb"zq(\w{3,20}?)qz")
_NUMBER = re.compile(rb"\d{4}-[A-Z]+-\d{3,}")
_UUID = re.compile(rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
#: What differs between two answers that say the same: tokens of forms.
_FRESH = re.compile(rb'(name="csrfmiddlewaretoken" value|nonce)="[^"]*"')


@dataclass(frozen=True, slots=True)
class Answer:
    """``wrote``: the statements that changed a row of the bureau's."""

    status: int
    location: str
    content: bytes
    wrote: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Expected:
    """Statuses that may answer, whether the person is let in, what the cell is like."""

    statuses: frozenset[int]
    let_in: bool
    out_of_reach: bool = False


def site_routes() -> dict[str, URLPattern]:
    """Every address of the site by name; those without one under their namespace and model."""
    found: dict[str, URLPattern] = {}

    def walk(patterns, space: str) -> None:
        names = [each.name for each in patterns if isinstance(each, URLPattern) and each.name]
        model = next((n.removesuffix("_changelist") for n in names if "_changelist" in n), "")
        for each in patterns:
            if isinstance(each, URLPattern):
                name = f"{space}{each.name or model}"
                assert name not in found, f"two routes are called {name}"
                found[name] = each
            else:
                inner = f"{space}{each.namespace}:" if each.namespace else space
                walk(each.url_patterns, inner)

    walk(get_resolver().url_patterns, "")
    return found


def things_of(world: World, row: Row, letter: str, states=STATUSES) -> Iterator[Thing | None]:
    """What the person tries the route with: a card in every status, or nothing in particular."""
    if not row.of_a_card:
        yield None
        return
    for state in states:
        yield world.thing(letter, state)


def variants(row: Row, world: World, thing: Thing | None) -> Iterator[dict[str, Any]]:
    """The arguments of the address; for the workflow's one set for each transition."""
    if row.named == "card/transition":
        for name in life.TARGET:
            yield {"uuid": thing.card.uuid, "name": name}
    else:
        yield ADDRESSES[row.named](world, thing)


def address(route: str, kwargs: dict[str, Any]) -> str:
    """The path. Routes of the settings without a name stand beside the list of their model."""
    if route == "admin:":
        return reverse("admin:index") + kwargs["url"]
    if "object_id" in kwargs and route.removeprefix("admin:") in ADDRESSES:
        return f"{reverse(f'{route}_changelist')}{quote(str(kwargs['object_id']))}/"
    return reverse(route, kwargs=kwargs)


def expected(
    world: World, row: Row, method: str, letter: str, thing: Thing | None, kwargs: dict[str, Any]
) -> Expected:
    """What the tables say of one cell, for a request that carries its token."""
    cell = row.cell(method)
    door = KEPT_OUT.get(letter)
    if door and not any(door.opens.intersection(each.who) for each in row.cells.values()):
        return Expected(frozenset({door.post if method == "POST" else door.other}), False)
    if cell is None and row.rest == "admin":
        cell = row.cells["GET"]
        cell = Cell(cell.who, cell.answers | {200, 302, 405}, cell.refusal)
    if cell is None:
        says = method == "OPTIONS" and row.rest == "405+"
        return Expected(frozenset({200, 405} if says else {405}), False)
    if row.named == "upload" and letter != "E":
        return Expected(frozenset({404}), False, out_of_reach=True)
    if thing is not None:
        return _of_a_card(cell, letter, thing, kwargs)
    return _decided(cell, any(_has(world, letter, who) for who in cell.who))


def _of_a_card(cell: Cell, letter: str, thing: Thing, kwargs) -> Expected:
    stands = thing.stands(letter)
    if stands not in SEEN["seen", thing.state]:
        return Expected(frozenset({404}), False, out_of_reach=True)
    if cell.who == ("transition",):
        name = kwargs["name"]
        if name not in life.POSSIBLE[thing.state]:
            # Somebody else was quicker: back to the card, and nothing is written.
            return Expected(frozenset({302}), False)
        # Small letters are people of another region, of whom the workflow's table has one: F.
        return _decided(cell, stands in WAYS[thing.state, name])
    may = cell.who == ("seen",) or any(
        stands in RIGHTS[right, thing.state] for right in cell.who if right != "seen"
    )
    return _decided(cell, may)


def _decided(cell: Cell, may: bool) -> Expected:
    # Where even the answer of those who may is a refusal, nobody writes.
    let_in = may and min(cell.answers, default=403) < 400
    return Expected(cell.answers if may else cell.refusal, let_in)


def _has(world: World, letter: str, who: str) -> bool:
    if who in ("all", "owner"):
        return True
    if letter in KEPT_OUT:
        return who in KEPT_OUT[letter].opens
    if who == "nobody":
        return False
    return who == "signed_in" or world.people[letter].role in access.PLAIN[who]


def send(
    world: World, letter: str, method: str, path: str, data: dict | None = None, token: bool = True
) -> Answer:
    """One request of that person's browser; whatever it writes is taken back."""
    body = encode_multipart(BOUNDARY, data or {}) if method == "POST" else b""
    kind = MULTIPART_CONTENT if method == "POST" else "application/octet-stream"
    wrote: list[str] = []

    def watch(execute, sql, params, many, context):
        # psycopg sends a batch of statements as bytes, one behind the other.
        text = sql.decode() if isinstance(sql, bytes) else sql
        for verb, table in _WRITING.findall(text):
            if table not in NOT_THE_BUREAUS:
                wrote.append(f"{verb} {table}")
        return execute(sql, params, many, context)

    with transaction.atomic(), connection.execute_wrapper(watch), _quietly():
        response = world.request(letter, method, path, body, kind, token)
        content = b"".join(response) if response.streaming else response.content
        transaction.set_rollback(True)
    location = response.headers.get("Location", "")
    return Answer(response.status_code, location, _readable(content), tuple(wrote))


@contextmanager
def _quietly() -> Iterator[None]:
    """Thousands of refusals need no line of the log each."""
    logging.disable(logging.ERROR)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)


def _readable(content: bytes) -> bytes:
    """What a reader of the file finds in it: workbooks are packed."""
    if not content.startswith(b"PK\x03\x04"):
        return content
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return b"\n".join(book.read(name) for name in book.namelist())


def leaks(world: World, letter: str, answer: Answer, asked: Thing | None) -> list[str]:
    """What the answer tells of cards that the person may not see: marks, numbers, addresses."""
    texts = answer.content + b"\n" + answer.location.encode()
    marks, numbers, uuids = (set(p.findall(texts)) for p in (_MARK, _NUMBER, _UUID))
    told = []
    for thing in world.things:
        if thing.stands(letter) in SEEN["seen", thing.state]:
            continue
        card, name = thing.card, f"{thing.of}'s {thing.state} card"
        if thing.mark[2:-2].encode() in marks:
            told.append(f"a text of {name}")
        if card.number and card.number.encode() in numbers:
            told.append(f"the number of {name}")
        if thing is not asked and str(card.uuid).encode() in uuids:
            told.append(f"the address of {name}")
    return told


def sweep(
    world: World,
    *,
    routes: set[str] | None = None,
    letters: str = PEOPLE,
    states: tuple[str, ...] = STATUSES,
    every_method: bool = False,
    first: bool = False,
) -> list[str]:
    """Every cell that is not as the tables say. ``first``: only the first of them.

    ``every_method``: HEAD and the methods that a route does not know too, and every method that
    changes something without its token; with a card in one status, since these are refused before
    anybody looks at the card.
    """
    wrong: list[str] = []
    for row in rows():
        if routes is not None and row.route not in routes:
            continue
        for letter in letters:
            for text in _try(world, row, letter, states, every_method):
                wrong.append(text)
                if first:
                    return wrong
    return wrong


def _try(world: World, row: Row, letter: str, states, every_method: bool) -> Iterator[str]:
    absent = _absent(world, row, letter)
    for number, thing in enumerate(things_of(world, row, letter, states)):
        for turn, kwargs in enumerate(variants(row, world, thing)):
            every = every_method and number == turn == 0
            for method in METHODS if every else row.cells:
                yield from _cell(world, row, method, letter, thing, kwargs, absent)
            if every:
                for method in METHODS[len(SAFE) :]:
                    yield from _without_token(world, row, method, letter, thing, kwargs)


def _cell(world: World, row: Row, method: str, letter, thing, kwargs, absent) -> Iterator[str]:
    cell = f"{method} {row.route} {kwargs} by {letter}, {thing.state if thing else '-'}"
    wanted = expected(world, row, method, letter, thing, kwargs)
    path = address(row.route, kwargs)
    data = POSTED[row.route](world, thing) if method == "POST" and row.route in POSTED else None
    with transaction.atomic():
        if row.named == "upload" and wanted.let_in:
            # What is loaded or discarded is gone from the storage: each try has a file of its own.
            path = address(row.route, {"token": choose_file(world)})
        answer = send(world, letter, method, path, data)
        if data and not wanted.let_in:
            # Who may not is refused before anybody reads the form.
            empty = send(world, letter, method, path).status
            if empty != answer.status:
                yield f"{cell}: an empty form is answered with {empty}"
        transaction.set_rollback(True)
    if answer.status not in wanted.statuses:
        yield f"{cell}: {answer.status} instead of {sorted(wanted.statuses)}"
    leads_to = tuple(map(reverse, KEPT_OUT[letter].leads_to)) if letter in KEPT_OUT else ()
    kept_out = answer.status == 302 and not wanted.let_in and letter in KEPT_OUT
    if kept_out and not answer.location.startswith(leads_to):
        yield f"{cell}: leads to {answer.location}"
    if not wanted.let_in and answer.wrote:
        yield f"{cell}: refused, but wrote {', '.join(answer.wrote)}"
    for told in leaks(world, letter, answer, thing):
        yield f"{cell}: tells {told}"
    if wanted.out_of_reach and method in absent and _same(answer, kwargs) != absent[method]:
        yield f"{cell}: what is out of reach answers unlike what does not exist"


def _without_token(world: World, row: Row, method: str, letter, thing, kwargs) -> Iterator[str]:
    answer = send(world, letter, method, address(row.route, kwargs), token=False)
    cell = f"{method} {row.route} {kwargs} by {letter} without a token"
    if answer.status != 403:
        yield f"{cell}: {answer.status} instead of 403"
    if answer.wrote:
        yield f"{cell}: wrote {', '.join(answer.wrote)}"
    for told in leaks(world, letter, answer, thing):
        yield f"{cell}: tells {told}"


def nothing_there(world: World, routes: set[str] | None = None) -> list[str]:
    """Addresses that name nothing, or what belongs to another card, and yet find something."""
    wrong = []
    for row in rows():
        if routes is not None and row.route not in routes:
            continue
        for letter, kwargs in _names_nothing(world, row):
            for method in row.cells:
                data = POSTED[row.route](world, world.thing("S", "returned")) if (
                    method == "POST" and row.route in POSTED
                ) else None  # fmt: skip
                answer = send(world, letter, method, address(row.route, kwargs), data)
                if answer.status != 404:
                    wrong.append(f"{method} {row.route} {kwargs} by {letter}: {answer.status}")
    return wrong


def _names_nothing(world: World, row: Row) -> Iterator[tuple[str, dict[str, Any]]]:
    """A person who may come in by the route, and arguments that name nothing there."""
    if row.of_a_card and row.named in NOTHING_THERE:
        thing = world.thing("E", "submitted")
        for kwargs in NOTHING_THERE[row.named]:
            yield "E", kwargs | {"uuid": thing.card.uuid}
    elif row.named in NOTHING_THERE:
        yield from (("E", kwargs) for kwargs in NOTHING_THERE[row.named])
    elif row.of_a_card and row.named != "card":
        # S may do all of it with a card of their own that is open, or approved.
        state = "returned" if row.named == "card/count" else "approved"
        mine, theirs = world.thing("S", state), world.thing("E", state)
        found = ADDRESSES[row.named](world, theirs)
        yield "S", found | {"uuid": mine.card.uuid}
        yield (
            "S",
            {name: _missing(name, value) for name, value in found.items()}
            | {"uuid": mine.card.uuid},
        )
        if row.route == "cards:attachment":
            # A document has no clean copy that others than editors could have.
            yield "S", {"uuid": mine.card.uuid, "attachment": world.document}


def _absent(world: World, row: Row, letter: str) -> dict[str, tuple]:
    """Method -> what answers at the address of a thing that does not exist.

    A card that does not exist yet can be begun at its address: it has no such answer there.
    """
    if not (row.of_a_card or row.named == "upload") or letter in KEPT_OUT:
        return {}
    if row.route in ("cards:edit", "cards:autosave"):
        return {}
    thing = world.thing("M", "submitted")
    kwargs = next(variants(row, world, thing))
    missing = {name: _missing(name, value) for name, value in kwargs.items()}
    return {
        method: _same(send(world, letter, method, address(row.route, missing)), missing)
        for method in row.cells
    }


def _missing(name: str, value: Any) -> Any:
    if isinstance(value, uuids.UUID):
        return NOTHING
    return NOBODY if isinstance(value, int) else value


def _same(answer: Answer, kwargs: dict[str, Any]) -> tuple:
    """The answer without what only says which address was asked for, and fresh tokens."""
    content = _FRESH.sub(b"", answer.content)
    for value in kwargs.values():
        content = content.replace(f"/{value}/".encode(), b"/-/")
    return answer.status, answer.location, content

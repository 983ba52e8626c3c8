"""Every route × every person × every method: what should answer, and what does.

``sweep`` really sends each request and tells every cell that is not as the tables say: a wrong
status, a text of a card shown to somebody who may not see it, a row written by who was refused, a
thing out of reach that answers unlike one that does not exist.
"""

from __future__ import annotations

import io
import json
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

from monitoring import later
from tests.cards import test_workflow as life
from tests.security.addresses import (
    ADDRESSES,
    NOBODY,
    NOTHING_THERE,
    QUERY,
    Json,
    typed,
)
from tests.security.expected import expected, reads_questions, sees
from tests.security.routes import MANAGED, Row, rows
from tests.security.world import (
    EVERYWHERE_TOO,
    KEPT_OUT,
    NOT_FRESH,
    PEOPLE,
    STATES,
    TOKENS,
    Thing,
    World,
    choose_file,
)

SAFE = ("GET", "HEAD", "OPTIONS", "TRACE")
METHODS = (*SAFE, "POST", "PUT", "PATCH", "DELETE", "BREW")
#: Tables that a refused request may write to: the session that it ends. Nothing of the bureau's;
#: who ends somebody's session otherwise leaves an entry in the history.
NOT_THE_BUREAUS = ("django_session", "accounts_usersession")
#: What the settings manage: all by the same views, so that every method is tried at one of them.
ALIKE = frozenset(MANAGED.split()[1:])
#: Where regions make no difference, and those who differ by their region alone.
EVERYWHERE, ELSEWHERE = ("admin:", "account:", "people:", "reports:"), "mosewad"
#: No card, no attachment has this.
NOTHING = uuids.UUID("00000000-0000-4000-8000-000000000000")

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
                if isinstance(each.callback, later.View):
                    each.callback = each.callback.__wrapped__
                found[name] = each
            else:
                inner = f"{space}{each.namespace}:" if each.namespace else space
                walk(each.url_patterns, inner)

    walk(get_resolver().url_patterns, "")
    return found


def things_of(world: World, row: Row, letter: str, states=None) -> Iterator[Thing | None]:
    """What the person tries the route with: a thing in every state, or nothing in particular."""
    if row.named == "card/merged":
        yield world.merged
    elif row.kind in STATES:
        for state in STATES[row.kind]:
            if states is None or row.kind != "card" or state in states:
                yield world.thing(letter, state, row.kind)
    else:
        yield None


def variants(row: Row, world: World, thing: Thing | None) -> Iterator[dict[str, Any]]:
    """The arguments of the address; for the workflow's one set for each transition, for a pair one
    for each order."""
    if row.named == "card/transition":
        for name in life.TARGET:
            yield {"uuid": thing.card.uuid, "name": name}
        return
    kwargs = ADDRESSES[row.named](world, thing)
    yield kwargs
    if row.named == "card/pair":
        yield {"uuid": kwargs["other"], "other": kwargs["uuid"]}


def address(route: str, kwargs: dict[str, Any]) -> str:
    """The path. Routes of the settings without a name stand beside the list of their model."""
    kwargs = dict(kwargs)
    query = kwargs.pop(QUERY, "")
    if route == "admin:":
        return reverse("admin:index") + kwargs["url"]
    if "object_id" in kwargs and route.removeprefix("admin:") in ADDRESSES:
        return f"{reverse(f'{route}_changelist')}{quote(str(kwargs['object_id']))}/"
    return reverse(route, kwargs=kwargs) + (f"?{query}" if query else "")


def send(
    world: World, letter: str, method: str, path: str, data: dict | None = None, token: bool = True
) -> Answer:
    """One request of that person's browser; whatever it writes is taken back."""
    body = encode_multipart(BOUNDARY, data or {}) if method == "POST" else b""
    kind = MULTIPART_CONTENT if method == "POST" else "application/octet-stream"
    if isinstance(data, Json):
        body, kind = json.dumps(data).encode(), "application/json"
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


def leaks(world: World, letter: str, answer: Answer, asked: str) -> list[str]:
    """What the answer tells of things that the person may not see: marks, numbers, addresses.

    ``asked``: what they knew and sent themselves, the address at least.
    """
    texts = answer.content + b"\n" + answer.location.encode()
    marks, numbers, uuids = (set(p.findall(texts)) for p in (_MARK, _NUMBER, _UUID))
    named = {
        other.card.number.encode()
        for each in world.things
        if sees(letter, each)
        for other in each.names
    }
    told = []
    for thing in world.things:
        name = f"{thing.of}'s {thing.state} {thing.kind}"
        if thing.asked[2:-2].encode() in marks and not reads_questions(letter, thing):
            told.append(f"a question about {name}")
        if sees(letter, thing):
            continue
        number = getattr(thing.row, "number", None)
        if thing.mark[2:-2].encode() in marks and thing.mark not in asked:
            told.append(f"a text of {name}")
        if number and number.encode() in numbers - named and number not in asked:
            told.append(f"the number of {name}")
        if str(thing.row.uuid).encode() in uuids and str(thing.row.uuid) not in asked:
            told.append(f"the address of {name}")
    return told


def sweep(
    world: World,
    *,
    routes: set[str] | None = None,
    letters: str = PEOPLE,
    states: tuple[str, ...] | None = None,
    every_method: bool = False,
    first: bool = False,
) -> list[str]:
    """Every cell that is not as the tables say. ``first``: only the first of them.

    ``every_method``: HEAD and the methods that a route does not know too, and every method that
    changes something without its token; with a thing in one state, since these are refused before
    anybody looks at the card.
    """
    wrong: list[str] = []
    for row in rows():
        if routes is not None and row.route not in routes:
            continue
        for letter in letters:
            if not _concerns(row, letter):
                continue
            for text in _try(world, row, letter, states, every_method):
                wrong.append(text)
                if first:
                    return wrong
    return wrong


def _concerns(row: Row, letter: str) -> bool:
    """Whether the person differs at that route from somebody else who tries it."""
    if letter in NOT_FRESH:
        return row.fresh
    if letter in TOKENS:
        return row.for_programs or letter == EVERYWHERE_TOO
    return letter not in ELSEWHERE or not row.route.startswith(EVERYWHERE)


def _try(world: World, row: Row, letter: str, states, every_method: bool) -> Iterator[str]:
    absent = _absent(world, row, letter)
    for number, thing in enumerate(things_of(world, row, letter, states)):
        for turn, kwargs in enumerate(variants(row, world, thing)):
            every = every_method and number == turn == 0 and row.named not in ALIKE
            for method in METHODS if every else row.cells:
                yield from _cell(world, row, method, letter, thing, kwargs, absent, turn == 0)
            if every:
                for method in METHODS[len(SAFE) :]:
                    yield from _without_token(world, row, method, letter, thing, kwargs)


def _cell(
    world: World, row: Row, method: str, letter, thing, kwargs, absent, empty_too: bool
) -> Iterator[str]:
    cell = f"{method} {row.route} {kwargs} by {letter}, {thing.state if thing else '-'}"
    wanted = expected(world, row, method, letter, thing, kwargs)
    path = address(row.route, kwargs)
    data = typed(row.route, world, thing, kwargs) if method == "POST" else None
    with transaction.atomic():
        if row.named == "upload" and wanted.let_in:
            # What is loaded or discarded is gone from the storage: each try has a file of its own.
            path = address(row.route, {"token": choose_file(world)})
        answer = send(world, letter, method, path, data)
        if data and not wanted.let_in and empty_too:
            # Who may not is refused before anybody reads the form.
            empty = send(world, letter, method, path).status
            if empty != answer.status:
                yield f"{cell}: an empty form is answered with {empty}"
        transaction.set_rollback(True)
    if answer.status not in wanted.statuses:
        yield f"{cell}: {answer.status} instead of {sorted(wanted.statuses)}"
    doors = KEPT_OUT[letter].leads_to if letter in KEPT_OUT else ("admin:login",)
    kept_out = letter in KEPT_OUT or row.rest == "admin"
    refused = answer.status == 302 and not wanted.let_in and kept_out
    if refused and not answer.location.startswith(tuple(map(reverse, doors))):
        yield f"{cell}: leads to {answer.location}"
    if wanted.asks_again and reverse("account:confirm") not in answer.location + str(
        answer.content
    ):
        yield f"{cell}: does not ask again who it is"
    if not wanted.let_in and answer.wrote:
        yield f"{cell}: refused, but wrote {', '.join(answer.wrote)}"
    # Who is kept out finds what they typed in the page, to be sent on later.
    known = f"{path} {data}" if letter in KEPT_OUT else path
    for told in leaks(world, letter, answer, known):
        yield f"{cell}: tells {told}"
    if wanted.out_of_reach and method in absent and _same(answer, kwargs) != absent[method]:
        yield f"{cell}: what is out of reach answers unlike what does not exist"


def _without_token(world: World, row: Row, method: str, letter, thing, kwargs) -> Iterator[str]:
    path = address(row.route, kwargs)
    answer = send(world, letter, method, path, token=False)
    cell = f"{method} {row.route} {kwargs} by {letter} without a token"
    # The API changes nothing, whoever asks: it needs no token of a form to refuse.
    refusal = 405 if row.for_programs else 403
    if answer.status != refusal:
        yield f"{cell}: {answer.status} instead of {refusal}"
    if answer.wrote:
        yield f"{cell}: wrote {', '.join(answer.wrote)}"
    for told in leaks(world, letter, answer, path):
        yield f"{cell}: tells {told}"


def nothing_there(world: World, routes: set[str] | None = None) -> list[str]:
    """Addresses that name nothing, or what belongs to another card, and yet find something."""
    wrong = []
    for row in rows():
        if routes is not None and row.route not in routes:
            continue
        for letter, kwargs in _names_nothing(world, row):
            for method in row.cells:
                thing = world.thing("S", "returned")
                sent = method == "POST" and row.named != "chosen"
                data = typed(row.route, world, thing, kwargs) if sent else None
                answer = send(world, letter, method, address(row.route, kwargs), data)
                if answer.status not in (404, 410):
                    wrong.append(f"{method} {row.route} {kwargs} by {letter}: {answer.status}")
    return wrong


def _names_nothing(world: World, row: Row) -> Iterator[tuple[str, dict[str, Any]]]:
    """A person who may come in by the route, and arguments that name nothing there."""
    if row.of_a_card and row.named in NOTHING_THERE:
        thing = world.thing("E", "submitted")
        for kwargs in NOTHING_THERE[row.named]:
            yield "E", kwargs | {"uuid": thing.card.uuid}
    elif row.named in NOTHING_THERE:
        # Pages of people are for administrators; analysts write editions, periods and printed reports.
        letter = {"account": "D", "edition": "A", "own_period": "A"}.get(row.kind, "E")
        if row.kind.startswith("printed"):
            letter = "A"
        yield from ((letter, kwargs) for kwargs in NOTHING_THERE[row.named])
    elif row.named == "card/merged":
        yield "E", {"uuid": world.thing("E", "approved").card.uuid}
    elif row.named == "card/pair":
        one = world.thing("E", "submitted").card.uuid
        yield from (("E", {"uuid": one, "other": other}) for other in (one, NOTHING))
    elif row.of_a_card and row.named != "card":
        yield from _belongs_elsewhere(world, row)


def _belongs_elsewhere(world: World, row: Row) -> Iterator[tuple[str, dict[str, Any]]]:
    """Something of another card, and what is of none, under a card that lets the person do it."""
    # S may do most with a card of their own that is open, or approved; editors ask of others'.
    letter, state = "S", "approved"
    if row.named in ("card/count", "card/query"):
        state = "returned"
    mine, theirs = world.thing("S", state), world.thing("E", state)
    if row.route in ("cards:query_again", "cards:query_close"):
        letter, mine, theirs = "E", theirs, mine
    found = ADDRESSES[row.named](world, theirs)
    yield letter, found | {"uuid": mine.card.uuid}
    none = {name: _missing(name, value) for name, value in found.items()}
    yield letter, none | {"uuid": mine.card.uuid}
    if row.route == "cards:attachment":
        # A document has no clean copy that others than editors could have.
        yield letter, {"uuid": mine.card.uuid, "attachment": world.document}


def _absent(world: World, row: Row, letter: str) -> dict[str, tuple]:
    """Method -> what answers at the address of a thing that does not exist.

    What does not exist yet can be begun at its address: it has no such answer there.
    """
    if not (row.kind in STATES or row.named == "upload"):
        return {}
    if letter in KEPT_OUT and not (letter in TOKENS and row.for_programs):
        return {}
    if row.route in ("cards:edit", "cards:autosave", "cards:application_edit"):
        return {}
    thing = next(things_of(world, row, "M"))
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

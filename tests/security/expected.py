"""What the tables say of one cell of the matrix: which answers, and who is let in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.accounts import test_access as access
from tests.accounts import test_application_access as papers
from tests.cards import test_workflow as life
from tests.security.routes import Cell, Row
from tests.security.world import KEPT_OUT, NOT_FRESH, TOKENS, Thing, World

#: (right, state) -> letters, of cards and of applications.
RIGHTS = access.cells(access.OF_A_CARD) | papers.cells()
#: Kind of thing, its state -> letters of those who see it.
SEEN = {
    "card": {state: letters for (_seen, state), letters in access.cells(access.SEEN).items()},
    "application": {state: papers.cells()["seen", state] for state in papers.REVIEWS},
}
PLAIN = access.PLAIN | papers.PLAIN
WAYS = life.table()


@dataclass(frozen=True, slots=True)
class Expected:
    """Statuses that may answer, whether the person is let in, what the cell is like.

    ``asks_again``: the answer is, or leads to, the page where people confirm who they are.
    """

    statuses: frozenset[int]
    let_in: bool
    out_of_reach: bool = False
    asks_again: bool = False


_OUT_OF_REACH = Expected(frozenset({404}), False, out_of_reach=True)


def sees(letter: str, thing: Thing) -> bool:
    """Whether the person finds the thing in a list or at its address."""
    return thing.stands(letter) in SEEN[thing.kind][thing.state]


def reads_questions(letter: str, thing: Thing) -> bool:
    """Whether the person reads what editors and author asked each other."""
    return sees(letter, thing) and thing.stands(letter) in RIGHTS["card.see_queries", thing.state]


def expected(
    world: World, row: Row, method: str, letter: str, thing: Thing | None, kwargs: dict[str, Any]
) -> Expected:
    """What the tables say of one cell, for a request that carries its token."""
    if row.for_programs:
        return _for_programs(world, row, method, letter, thing)
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
    if cell.fresh and letter in NOT_FRESH:
        # To the confirmation, before anybody looks at what was asked for.
        return Expected(frozenset({200 if method == "POST" else 302}), False, asks_again=True)
    if row.named == "upload" and letter != "E":
        return _OUT_OF_REACH
    if row.named in ("own_view", "own_job") and letter != "E" and _has(world, letter, *cell.who):
        return _OUT_OF_REACH
    if thing is not None:
        return _of_a_thing(world, cell, letter, thing, kwargs)
    return _decided(cell, any(_has(world, letter, who) for who in cell.who))


def _for_programs(world: World, row: Row, method: str, letter: str, thing) -> Expected:
    """An address of the API: by a token that is good for it, or as a signed-in browser."""
    cell, holder = row.cell(method), TOKENS.get(letter)
    way, _colon, scope = row.rest.partition(":")
    if cell is None:
        return Expected(frozenset({405}), False)
    if cell.who == ("all",):
        return _decided(cell, True)
    if holder is None and (way == "token" or letter in "NXGLP"):
        return Expected(frozenset({401}), False)
    if holder is not None and not holder.good:
        return Expected(frozenset({401}), False)
    roles = {who: PLAIN.get(who) for who in cell.who}
    may = letter != "K" and (holder is None or not scope or scope in holder.scopes)
    may = may and any(held is None or world.people[letter].role in held for held in roles.values())
    if may and thing is not None and not sees(letter, thing):
        return _OUT_OF_REACH
    return _decided(cell, may)


def _of_a_thing(world: World, cell: Cell, letter: str, thing: Thing, kwargs) -> Expected:
    stands = thing.stands(letter)
    if cell.who == ("merge",):
        return _of_a_pair(world, cell, letter, thing, kwargs)
    if not sees(letter, thing):
        return _OUT_OF_REACH
    if cell.who == ("transition",):
        name = kwargs["name"]
        if name not in life.POSSIBLE[thing.state]:
            # Somebody else was quicker: back to the card, and nothing is written.
            return Expected(frozenset({302}), False)
        # Small letters are people of another region, of whom the workflow's table has one: F.
        return _decided(cell, stands in WAYS[thing.state, name])
    may = cell.who == ("seen",) or any(
        all(each.stands(letter) in RIGHTS[right, each.state] for each in (thing, *thing.sides))
        for right in cell.who
        if right != "seen"
    )
    return _decided(cell, may)


def _of_a_pair(world: World, cell: Cell, letter: str, thing: Thing, kwargs) -> Expected:
    """Two cards, one after the other; those set aside already lead back to the first."""
    pair = [
        next(each for each in world.things if each.row.uuid == kwargs[name])
        for name in ("uuid", "other")
    ]
    for card in pair:
        if not sees(letter, card):
            return _OUT_OF_REACH
        if not _has(world, letter, "card.queue"):
            return Expected(frozenset({403}), False)
    if any(card.state == "duplicate" for card in pair):
        return Expected(frozenset({302}), False)
    may = all(card.stands(letter) in RIGHTS["card.merge", card.state] for card in pair)
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
    return who in ("signed_in", "set_up") or world.people[letter].role in PLAIN[who]

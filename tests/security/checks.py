"""What the tables of rights, of the workflow and of the settings find wrong with the product.

Each function gives the cells that do not hold: none for the product as it is, at least one for a
mutant of it. They ask the product's functions; ``matrix.sweep`` sends the requests.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import product
from types import SimpleNamespace
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse

from cards import at_once, lookup, merging, permits, review, services, workflow
from cards.files import pending
from cards.models import Card, PermitApplication
from monitoring.accounts import (
    people,
)
from monitoring.accounts.access import allowed
from monitoring.accounts.admin import site
from tests.accounts import test_access as tables
from tests.cards import test_workflow as life
from tests.cards.test_merging import proposed
from tests.factories import APPLICATION
from tests.security import matrix
from tests.security.addresses import CHECK, POSTED, partner
from tests.security.expected import PLAIN, RIGHTS, WAYS, sees
from tests.security.world import STATES, Thing, World, choose_file

#: Who has no right whatever their role: not signed in, account closed.
CLOSED = "NX"
#: What asks for a right whoever calls it: the right, and a service in which it does so.
SERVICES: tuple[tuple[Callable, str, Callable[[World, Thing, Any], object]], ...] = (
    (
        services.decide_inclusion,
        "card.decide_inclusion",
        lambda world, thing, actor: services.decide_inclusion(
            thing.card, actor=actor, inclusion="counted", reason="Because"
        ),
    ),
    (
        services.review_outcome,
        "card.review_outcome",
        lambda world, thing, actor: services.review_outcome(
            thing.card.cases.get().updates.get(), actor=actor, accept=True, reason="Because"
        ),
    ),
    (
        services.review_attachment,
        "card.review_outcome",
        lambda world, thing, actor: services.review_attachment(
            thing.card.attachments.get(), actor=actor, accept=True, reason="Because"
        ),
    ),
    (
        review._held,
        "card.ask",
        lambda world, thing, actor: review.ask(thing.card, actor=actor, text="Which?"),
    ),
    (
        review._held,
        "card.close_query",
        lambda world, thing, actor: review.close(thing.card.queries.get(), actor=actor),
    ),
    (
        review._held,
        "card.dismiss_check",
        lambda world, thing, actor: review.dismiss(
            thing.card, actor=actor, code=CHECK, reason="Because"
        ),
    ),
    (
        review._held,
        "card.verify",
        lambda world, thing, actor: review.verify(
            thing.card, actor=actor, fields=["place"], version=thing.card.version
        ),
    ),
    (
        merging._ask,
        "card.merge",
        lambda world, thing, actor: _merge(thing.card, partner(world).card, actor),
    ),
    (
        merging._ask,
        "card.merge",
        lambda world, thing, actor: _merge(partner(world).card, thing.card, actor),
    ),
    (
        permits.create,
        "application.create",
        lambda world, thing, actor: permits.create(actor=actor, answers=APPLICATION),
    ),
    (
        permits.change,
        "application.edit",
        lambda world, thing, actor: permits.change(
            thing.row, actor=actor, answers={"place": "Elsewhere"}, reason="Because"
        ),
    ),
    (
        permits.review,
        "application.review",
        lambda world, thing, actor: permits.review(
            thing.row, actor=actor, accept=False, reason="Because"
        ),
    ),
    (
        permits._link,
        "application.link",
        lambda world, thing, actor: permits.link(thing.row, actor=actor, card=partner(world).card),
    ),
    (
        people.may_manage,
        "account.manage",
        lambda world, thing, actor: people.end_sessions(
            world.people["o"], actor=actor, reason="Because"
        ),
    ),
)


@contextmanager
def taken_back() -> Iterator[None]:
    """Whatever is written meanwhile is taken back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def _merge(first: Card, second: Card, actor) -> object:
    return merging.merge(first, second, actor=actor, choices=proposed(first, second))


def wrong_rights(world: World, names: set[str] | None = None) -> list[str]:
    """Cells of the table of rights, and of who sees which card, that do not hold."""
    wrong = []
    for letter in tables.PEOPLE + CLOSED:
        person = world.people[letter] or AnonymousUser()
        closed = letter in CLOSED
        if letter == "X":
            person.is_active = False
        for name, roles in PLAIN.items():
            if names is None or name in names:
                may = not closed and person.role in roles
                if allowed(person, name) != may:
                    wrong.append(f"{name} of {letter}")
        for kind, states in STATES.items():
            for state in states:
                thing = world.thing(letter, state, kind)
                wrong += _wrong_on(thing, letter, person, closed, names)
            if names is None and _seen(world, kind, person) != _to_be_seen(world, kind, letter):
                wrong.append(f"{letter} sees another {kind} than the table says")
    return wrong


def _wrong_on(thing: Thing, letter, person, closed, names) -> list[str]:
    wrong = []
    for (name, of), letters in RIGHTS.items():
        asked = of == thing.state and name.startswith(f"{thing.kind}.")
        if asked and (names is None or name in names):
            may = not closed and thing.stands(letter) in letters
            if allowed(person, name, thing.row) != may:
                wrong.append(f"{name} of {letter}, {thing.state}")
    return wrong


def _seen(world: World, kind: str, person) -> set[int]:
    model = {"card": Card, "application": PermitApplication}[kind]
    seen = set(model.objects.visible_to(person).values_list("pk", flat=True))
    return seen - {world.placeless.pk} if kind == "card" else seen


def _to_be_seen(world: World, kind: str, letter: str) -> set[int]:
    if letter in CLOSED:
        return set()
    return {each.row.pk for each in world.things if each.kind == kind and sees(letter, each)}


def wrong_at_the_edges(world: World) -> list[str]:
    """All regions reach every card, no city is its author's alone, a card begins at its address."""
    wrong = []
    monitor, editor, card = world.people["M"], world.people["E"], world.placeless
    if not allowed(world.everywhere, "card.review", world.thing("m", "submitted").card):
        wrong.append("an editor of all regions is refused")
    if not allowed(monitor, "card.add_outcome", card):
        wrong.append("a card without a city is closed to its author")
    if allowed(editor, "card.add_outcome", card):
        wrong.append("a card without a city is open to an editor of some region")
    for letter, status in (("M", 302), ("A", 403)):
        for route, kind, state in (
            ("cards:edit", "card", "draft"),
            ("cards:application_edit", "application", "pending"),
        ):
            thing = world.thing("M", state, kind)
            place = reverse(route, args=[matrix.NOTHING])
            data = POSTED[route](world, thing) | {"uuid": str(matrix.NOTHING), "version": "0"}
            answer = matrix.send(world, letter, "POST", place, data)
            if answer.status != status:
                wrong.append(f"{letter} begins {place}: {answer.status}")
            if letter == "A":
                asked = [matrix.send(world, letter, how, place).status for how in ("GET", "POST")]
                if asked != [403, 403]:
                    wrong.append(f"{letter} asks for {place}: {asked}")
    for letter, route, data, status in (
        ("E", "cards:verify", {"field": "poetry", "version": "1"}, 404),
        ("E", "cards:verify", {}, 404),
        ("E", "cards:query_ask", {"field": "poetry", "text-poetry": "Which?"}, 404),
        # Whoever may not is not told whether there is a merge.
        ("M", "cards:unmerge", {}, 403),
    ):
        place = reverse(route, args=[world.thing("M", "submitted").card.uuid])
        answer = matrix.send(world, letter, "POST", place, data)
        if answer.status != status:
            wrong.append(f"{letter} at {place} with {data}: {answer.status}")
    return wrong + _wrong_lookups(world)


def _wrong_lookups(world: World) -> list[str]:
    """A number, a choice, a card's applications that find too much or too little."""
    wrong = []
    for letter in "MEeAD":
        for of, state in (("M", "submitted"), ("S", "submitted"), ("M", "approved")):
            thing, person = world.thing(of, state), world.people[letter]
            found = lookup.numbered(person, thing.card.number)
            if found != (thing.card if sees(letter, thing) else None):
                wrong.append(f"{letter} finds {found} by the number of {of}'s {state} card")
    here, editor = world.thing("M", "submitted").card, world.people["E"]
    for letter, cards in (("E", [here]), ("e", [])):
        if at_once.chosen(world.people[letter], [str(here.uuid)]) != cards:
            wrong.append(f"{letter} chooses other cards than those chosen")
    paper = world.thing("S", "pending", "application").row
    if list(lookup.applications_of(editor, world.thing("M", "approved").card)) != [paper]:
        wrong.append("a card shows other applications than its own")
    return wrong


def wrong_uploads(world: World) -> list[str]:
    """Previews found on another device, after their day, or when the file is gone."""
    wrong, token = [], choose_file(world)
    place = reverse("cards:import_preview", args=[token])
    if matrix.send(world, "E", "GET", place).status != 200:
        wrong.append("the upload is not found by who chose it")
    if matrix.send(world, "E on another device", "GET", place).status != 404:
        wrong.append("the upload is found on another device")
    kept, pending.KEPT_FOR = pending.KEPT_FOR, -pending.KEPT_FOR
    try:
        if matrix.send(world, "E", "GET", place).status != 404:
            wrong.append("the upload is found after its day")
    finally:
        pending.KEPT_FOR = kept
    pending._delete(pending._folder(world.people["E"].pk, token))
    if matrix.send(world, "E", "GET", place).status != 404:
        wrong.append("an upload is found whose file is gone")
    return wrong


def wrong_settings(world: World) -> list[str]:
    """Pages of the settings that say of somebody that they may, or that something is deleted."""
    wrong = []
    for letter, person in world.people.items():
        request = SimpleNamespace(user=person or AnonymousUser())
        may = letter in "DdCT4"
        for page in site._registry.values():
            said = (
                page.has_module_permission(request),
                page.has_view_permission(request),
                page.has_add_permission(request),
                page.has_change_permission(request),
                page.has_delete_permission(request),
            )
            if said != (may, may, may, may, False):
                wrong.append(f"{page} of {letter}")
    return wrong


def wrong_transitions(world: World, name: str) -> list[str]:
    """Cells of the workflow's table that do not hold for a transition, and its reason."""
    wrong = []
    other = world.thing("S", "submitted").card
    for letter in "MOSEeWAD":
        for state in life.POSSIBLE:
            thing, person = world.thing(letter, state), world.people[letter]
            if name not in life.POSSIBLE[state]:
                should = "state"
            else:
                should = "done" if letter in WAYS[state, name] else "right"
            if life.attempt(thing.card, name, person, other) != should:
                wrong.append(f"{name} by {letter}, {state}")
    return wrong + _wrong_reason(world, name)


def _wrong_reason(world: World, name: str) -> list[str]:
    state = next(state for state, names in life.POSSIBLE.items() if name in names)
    letter = WAYS[state, name][0]
    other = world.thing("S", "submitted").card
    try:
        with transaction.atomic():
            workflow.apply(
                world.thing(letter, state).card,
                name,
                actor=world.people[letter],
                duplicate_of=other,
            )
            transaction.set_rollback(True)
    except ValidationError as refused:
        asked = "reason" in refused.error_dict
    else:
        asked = False
    return [f"{name}: reason"] if asked != (name in life.REASON_NEEDED) else []


def wrong_services(world: World, asking: Callable) -> list[str]:
    """People without the right whom a service does not refuse."""
    wrong = []
    for one, right, call in SERVICES:
        if one is not asking:
            continue
        kind = "application" if right.startswith("application.") else "card"
        states = ("submitted", "approved") if kind == "card" else ("pending", "approved")
        for letter, state in product("MEeAD", states):
            thing, person = world.thing(letter, state, kind), world.people[letter]
            roles, letters = PLAIN.get(right), RIGHTS.get((right, state), "")
            may = person.role in roles if roles else letter in letters
            if _done(call, world, thing, person) != may:
                wrong.append(f"{right} by {letter}, {state}")
        if right == "card.review_outcome" and _reviews_own(world, call):
            wrong.append(f"{asking.__name__} of what one added oneself")
    return wrong


def _done(call: Callable, world: World, thing: Thing, person) -> bool:
    try:
        with taken_back():
            call(world, thing, person)
    except PermissionDenied:
        return False
    except ValidationError as refused:
        # In another region there is no city for what one writes; the right was there.
        return "city" in refused.error_dict
    return True


def _reviews_own(world: World, call: Callable) -> bool:
    """Whether an editor can review the outcome, or the file, that they added."""
    thing, author = world.thing("E", "approved"), world.people["E"]
    with taken_back():
        thing.card.attachments.update(author=author, review="pending", reviewer=None)
        updates = thing.card.cases.get().updates
        updates.update(author=author, review="pending", reviewer=None)
        return _done(call, world, thing, author)

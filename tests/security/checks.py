"""What the tables of rights, of the workflow and of the settings find wrong with the product.

Each function gives the cells that do not hold: none for the product as it is, at least one for a
mutant of it. They ask the product's functions; ``matrix.sweep`` sends the requests.
"""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse

from cards import services, workflow
from cards.files import pending
from cards.models import Card, PermitApplication
from monitoring.accounts.access import allowed
from monitoring.accounts.admin import site
from tests.accounts import test_access as tables
from tests.cards import test_workflow as life
from tests.security import matrix
from tests.security.addresses import POSTED
from tests.security.expected import PLAIN, RIGHTS, WAYS, sees
from tests.security.world import NOT_FRESH, STATES, Thing, World, choose_file

#: Who has no right whatever their role: not signed in, account closed.
CLOSED = "NX"
#: Kind of thing -> its rows.
MODELS = {"card": Card, "application": PermitApplication}
#: Services that ask for a right themselves, whoever calls them: the right, and how they are called.
SERVICES: tuple[tuple[Callable, str, Callable], ...] = (
    (
        services.decide_inclusion,
        "card.decide_inclusion",
        lambda card, actor: services.decide_inclusion(
            card, actor=actor, inclusion="counted", reason="Because"
        ),
    ),
    (
        services.review_outcome,
        "card.review_outcome",
        lambda card, actor: services.review_outcome(
            card.cases.get().updates.get(), actor=actor, accept=True, reason="Because"
        ),
    ),
    (
        services.review_attachment,
        "card.review_outcome",
        lambda card, actor: services.review_attachment(
            card.attachments.get(), actor=actor, accept=True, reason="Because"
        ),
    ),
)


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
                wrong += _wrong_on_a_thing(thing, letter, person, closed, names)
            if names is None and not closed and not _finds(world, letter, person, kind):
                wrong.append(f"{letter} sees other things than the table says: {kind}")
            if names is None and closed and MODELS[kind].objects.visible_to(person).exists():
                wrong.append(f"{letter} sees something: {kind}")
    return wrong


def _wrong_on_a_thing(thing: Thing, letter, person, closed, names) -> list[str]:
    wrong = []
    for (name, of), letters in RIGHTS.items():
        if name == "seen" or of != thing.state or name.partition(".")[0] != thing.kind:
            continue
        if names is None or name in names:
            may = not closed and thing.stands(letter) in letters
            if allowed(person, name, thing.row) != may:
                wrong.append(f"{name} of {letter}, {thing.state}")
    return wrong


def _finds(world: World, letter: str, person, kind: str) -> bool:
    """Whether the person sees those things of the world, and no others, that the table says."""
    things = [each for each in world.things if each.kind == kind]
    known = MODELS[kind].objects.visible_to(person).filter(pk__in=[each.row.pk for each in things])
    seen = set(known.values_list("pk", flat=True))
    return seen == {each.row.pk for each in things if sees(letter, each)}


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
        thing = world.thing("M", "draft")
        place = reverse("cards:edit", args=[matrix.NOTHING])
        data = POSTED["cards:edit"](world, thing) | {"uuid": str(matrix.NOTHING), "version": "0"}
        answer = matrix.send(world, letter, "POST", place, data)
        if answer.status != status:
            wrong.append(f"{letter} begins a card: {answer.status}")
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
        may = NOT_FRESH.get(letter, letter) in "DdC"
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


def wrong_services(world: World, service: Callable) -> list[str]:
    """People without the right whom the service does not refuse."""
    wrong = []
    for one, right, call in SERVICES:
        for letter in "MEeAD" if one is service else "":
            for state in ("submitted", "approved"):
                may = letter in RIGHTS[right, state]
                try:
                    with transaction.atomic():
                        call(world.thing(letter, state).card, world.people[letter])
                        transaction.set_rollback(True)
                    done = True
                except PermissionDenied:
                    done = False
                if done != may:
                    wrong.append(f"{service.__name__} by {letter}, {state}")
        if one is service and right == "card.review_outcome" and _reviews_own(world, call):
            wrong.append(f"{service.__name__} of what one added oneself")
    return wrong


def _reviews_own(world: World, call: Callable) -> bool:
    """Whether an editor can review the outcome, or the file, that they added."""
    card, author = world.thing("E", "approved").card, world.people["E"]
    try:
        with transaction.atomic():
            card.attachments.update(author=author, review="pending", reviewer=None)
            updates = card.cases.get().updates
            updates.update(author=author, review="pending", reviewer=None)
            call(card, author)
    except PermissionDenied:
        return False
    return True

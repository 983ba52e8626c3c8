"""Policy mutants: one right, one guard, one row of the workflow changed at a time.

A mutant is the product with one mistake in its policy. The tables of rights, of the workflow and
of routes must notice it; one that they do not notice is a hole in the tables. Everything runs in
this process on the world of tests/security/world.py, so that a mutant takes a second at most.

You add a policy function (something that decides who may): name it in ``POLICY``, with the routes
that it stands before. Rights, transitions and routes are found by themselves.
"""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import FunctionType

from django.db import transaction

from cards import attachments, lookup, workflow
from cards.files import pending
from cards.querysets import CardQuerySet
from cards.views import card as card_views
from cards.views import detail, followups, importing, lists
from cards.vocabularies import Status
from monitoring.accounts import access
from monitoring.accounts.access import Right
from monitoring.accounts.admin import Managed, SiteAdmin
from monitoring.accounts.models import Role
from reports import views as reports
from tests.security import matrix
from tests.security.checks import (
    SERVICES,
    wrong_at_the_edges,
    wrong_rights,
    wrong_services,
    wrong_settings,
    wrong_transitions,
    wrong_uploads,
)
from tests.security.mutation import GUARDS, OPERATORS, altered, with_code, without_guard
from tests.security.routes import rows
from tests.security.world import World

#: Modules whose views are tried with each of their guards left out.
VIEWS = (card_views, detail, followups, importing, lists, reports)
#: Functions that decide who may -> the routes that they stand before ("" : the tables suffice).
POLICY: tuple[tuple[Callable, str], ...] = (
    (access.in_scope, ""),
    (access.own, ""),
    (access.not_own, ""),
    (access.not_changed_by, ""),
    (access.open_card, ""),
    (access.submitted, ""),
    (access.approved, ""),
    (access.takes_outcomes, ""),
    (access.allowed, ""),
    (CardQuerySet.visible_to, ""),
    (lookup.card_for, "cards:detail cards:attach"),
    (lookup.card_or_new, "cards:edit"),
    (lookup.count_for, "cards:count_use"),
    (lookup.outcome_for, "cards:outcome_review"),
    (lookup.attachment_for, "cards:attachment_original"),
    (attachments.shown_to, "cards:attachment"),
    (pending.find, "cards:import_preview"),
    (SiteAdmin.has_permission, "admin:index"),
    (Managed.has_module_permission, "admin:index"),
    (Managed.has_view_permission, "admin:cards_form_change"),
    (Managed.has_delete_permission, "admin:cards_form_delete"),
)
#: Mutants that change nothing for anybody, and why.
EQUIVALENT: dict[str, str] = {
    "route admin:logout without the lock of the settings": (
        "signing out is open to whoever is signed in, there as everywhere"
    ),
    "route admin:password_change without the lock of the settings": (
        "it leads to the page of one's own password, as for everybody"
    ),
    "route admin:password_change_done without the lock of the settings": (
        "it leads to the page of one's own password, as for everybody"
    ),
}


@dataclass(frozen=True, slots=True)
class Mutant:
    """``alter()`` makes the mistake and gives what takes it back; ``notice``: what is wrong."""

    name: str
    alter: Callable[[], Callable[[], None]]
    notice: Callable[[World], list[str]]

    def noticed(self, world: World) -> list[str]:
        """What the tables find wrong while the mistake stands; empty if it goes unnoticed."""
        undo = self.alter()
        try:
            with transaction.atomic():
                try:
                    return self.notice(world)
                finally:
                    transaction.set_rollback(True)
        except Exception as error:  # noqa: BLE001  (a test that breaks has noticed too)
            return [f"{type(error).__name__}: {error}"]
        finally:
            undo()


def every_mutant() -> list[Mutant]:
    """All of them, by name, without those that are known to change nothing."""
    found = [*_of_rights(), *_of_transitions(), *_of_policy(), *_of_routes(), *_of_views()]
    found += _of_services()
    names = [mutant.name for mutant in found]
    assert len(names) == len(set(names)), "two mutants of one name"
    gone = set(EQUIVALENT) - set(names)
    assert not gone, f"no such mutants any more: {gone}"
    return [mutant for mutant in found if mutant.name not in EQUIVALENT]


def _sweep(routes: str, letters: str = "MOSEeWADX", **options) -> Callable[[World], list[str]]:
    return lambda world: matrix.sweep(
        world, routes=set(routes.split()), letters=letters, first=True, **options
    )


# Rights


def _of_rights() -> Iterator[Mutant]:
    for right in access.RIGHTS:
        for role in Role.values:
            has = role in right.roles
            roles = tuple(each for each in right.roles if each != role) if has else (
                *right.roles, role,
            )  # fmt: skip
            word = "not for" if has else "also for"
            yield _right(f"{right.name} {word} {role}", right, roles=roles)
        for condition in right.conditions:
            name = condition.__name__
            others = tuple(each for each in right.conditions if each is not condition)
            yield _right(f"{right.name} without {name}", right, conditions=others)
            turned = (*others, _not(condition))
            yield _right(f"{right.name} unless {name}", right, conditions=turned)


def _not(condition: Callable) -> Callable:
    return lambda user, card: not condition(user, card)


def _right(name: str, right: Right, **changes) -> Mutant:
    changed = dataclasses.replace(right, **changes)
    return Mutant(
        f"right {name}",
        _entry(access._BY_NAME, right.name, changed),
        lambda world: wrong_rights(world, {right.name}),
    )


def _entry(table: dict, key: str, value) -> Callable[[], Callable[[], None]]:
    """Puts another value into a table for a while."""

    def alter() -> Callable[[], None]:
        before, table[key] = table[key], value
        return lambda: table.__setitem__(key, before)

    return alter


# Transitions


def _of_transitions() -> Iterator[Mutant]:
    rights = sorted({row.right for row in workflow.TRANSITIONS})
    for row in workflow.TRANSITIONS:
        for status in Status:
            has = status in row.sources
            sources = tuple(each for each in row.sources if each != status) if has else (
                *row.sources, status,
            )  # fmt: skip
            yield _transition(row, "not from" if has else "also from", status, sources=sources)
        for right in rights:
            if right != row.right:
                yield _transition(row, "by", right, right=right)
        word = "without a reason" if row.reason_needed else "only with a reason"
        yield _transition(row, word, "", reason_needed=not row.reason_needed)
        target = Status.DRAFT if row.target != Status.DRAFT else Status.REJECTED
        yield _transition(row, "leads to", target, target=target)


def _transition(row, word: str, what: str, **changes) -> Mutant:
    return Mutant(
        f"transition {row.name} {word} {what}".strip(),
        _entry(workflow._BY_NAME, row.name, dataclasses.replace(row, **changes)),
        lambda world: wrong_transitions(world, row.name),
    )


# Code: one operator, one guard, one filter at a time


def _of_policy() -> Iterator[Mutant]:
    for function, routes in POLICY:
        for name, code in altered(function, OPERATORS):

            def notice(world: World, routes=routes) -> list[str]:
                return (
                    wrong_rights(world)
                    or wrong_at_the_edges(world)
                    or (routes and _sweep(routes)(world))
                    or (routes and matrix.nothing_there(world, set(routes.split())))
                    or wrong_uploads(world)
                    or wrong_settings(world)
                )

            yield Mutant(f"{function.__qualname__}: {name}", with_code(function, code), notice)


def _of_services() -> Iterator[Mutant]:
    for service, _right, _call in SERVICES:
        for name, code in altered(service, (without_guard,)):
            yield Mutant(
                f"services.{service.__name__}: {name}",
                with_code(service, code),
                lambda world, service=service: wrong_services(world, service),
            )


def _of_views() -> Iterator[Mutant]:
    """Each view of ``VIEWS`` without one of its guards."""
    for route, pattern in matrix.site_routes().items():
        view = inspect.unwrap(pattern.callback)
        if inspect.getmodule(view) not in VIEWS or not isinstance(view, FunctionType):
            continue
        for name, code in altered(view, GUARDS):

            def notice(world: World, route=route) -> list[str]:
                return _sweep(route)(world) or matrix.nothing_there(world, {route})

            yield Mutant(f"view {route}: {name}", with_code(view, code), notice)


# Routes


def _of_routes() -> Iterator[Mutant]:
    everybody = {row.route for row in rows() if any("all" in c.who for c in row.cells.values())}
    for route, pattern in matrix.site_routes().items():
        view = pattern.callback
        if route not in everybody:
            yield Mutant(
                f"route {route} without sign-in",
                _attribute(pattern, "callback", _open_to_all(view)),
                _sweep(route, "N", states=("submitted",)),
            )
        checked = _check_of(view)
        if hasattr(checked, "__wrapped__") and not hasattr(view, "view_class"):
            yield Mutant(
                f"route {route} without {_lock(view)}",
                _attribute(pattern, "callback", checked.__wrapped__),
                _sweep(route, "ED", states=("submitted",), every_method=True),
            )


def _open_to_all(view: Callable) -> Callable:
    def opened(request, *args, **kwargs):
        return view(request, *args, **kwargs)

    opened.__dict__.update(view.__dict__)
    opened.login_required = False
    return opened


def _check_of(view: Callable) -> Callable:
    """The decorator of the view that asks for the method, whatever stands before it."""
    found = view
    while hasattr(found, "__wrapped__"):
        if found.__code__.co_qualname.startswith("require_http_methods."):
            return found
        found = found.__wrapped__
    return view


def _lock(view: Callable) -> str:
    return "the lock of the settings" if hasattr(view, "admin_site") else "its check of the method"


def _attribute(thing, name: str, value) -> Callable[[], Callable[[], None]]:
    def alter() -> Callable[[], None]:
        before = getattr(thing, name)
        setattr(thing, name, value)
        return lambda: setattr(thing, name, before)

    return alter

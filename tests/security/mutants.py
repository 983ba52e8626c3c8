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
from django.views.decorators.http import require_safe

from cards import at_once, attachments, lookup, reading, workflow
from cards.api import views as cards_for_programs
from cards.files import pending
from cards.querysets import ApplicationQuerySet, CardQuerySet
from cards.views import applications, detail, field, followups, importing, lists, merging
from cards.views import card as card_views
from cards.views import review as desk
from cards.vocabularies import Status
from monitoring.accounts import (
    access,
    devices,
    fresh,
    invitations,
    passkeys,
    second_factor,
    sessions,
    tokens,
)
from monitoring.accounts.access import Right
from monitoring.accounts.admin import Managed, SiteAdmin
from monitoring.accounts.middleware import SessionLimitsMiddleware, SignInMiddleware
from monitoring.accounts.models import Role
from monitoring.accounts.views import own as own_account
from monitoring.accounts.views import people as pages_of_people
from monitoring.accounts.views import sign_in
from monitoring.accounts.views import tokens as pages_of_tokens
from monitoring.api import door
from monitoring.api import views as described
from monitoring.jobs import asking
from monitoring.jobs import views as jobs
from monitoring.operations import views as operations
from reports import views as reports
from reports import views_reconciliation
from reports.api import views as figures_for_programs
from reports.editions import box_views as boxes
from reports.editions import views as editions
from reports.explorer import saved
from reports.explorer import views as explorer
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
from tests.security.doors import wrong_accounts, wrong_doors
from tests.security.mutation import GUARDS, OPERATORS, altered, with_code, without_guard
from tests.security.routes import rows
from tests.security.world import World

#: Modules whose views are tried with each of their guards left out.
VIEWS = (
    card_views, detail, followups, importing, lists, reports, applications, desk, merging,
    own_account, pages_of_people, sign_in, field, explorer, editions, boxes, pages_of_tokens, described,
    cards_for_programs, figures_for_programs, views_reconciliation, jobs, operations,
)  # fmt: skip
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
    (access.submitted_or_approved, ""),
    (access.under_review, ""),
    (access.own_or_reviewed, ""),
    (access.editor_or_own_pending, ""),
    (access.not_author, ""),
    (access.ask, ""),
    (access.allowed, ""),
    (CardQuerySet.visible_to, ""),
    (ApplicationQuerySet.visible_to, ""),
    (lookup.card_for, "cards:detail cards:attach"),
    (lookup.card_or_new, "cards:edit"),
    (lookup.count_for, "cards:count_use"),
    (lookup.outcome_for, "cards:outcome_review"),
    (lookup.attachment_for, "cards:attachment_original"),
    (lookup.query_for, "cards:query_answer cards:query_close"),
    (lookup.merge_of, "cards:unmerge"),
    (lookup.numbered, "cards:transition cards:application_link"),
    (lookup.account_for, "account_history"),
    (lookup.application_for, "cards:application cards:application_review"),
    (lookup.application_or_new, "cards:application_edit"),
    (lookup.applications_of, "cards:detail"),
    (reading.hidden_from, "cards:detail cards:history"),
    (at_once.chosen, "cards:selected"),
    (desk._message, "cards:query_answer cards:query_again"),
    (second_factor.required, "account:index"),
    (second_factor.missing, "account:index account:second_factor"),
    (second_factor.has, "account:index"),
    (fresh.is_fresh, "cards:export"),
    (sessions.over, "account:index"),
    (sessions.end_one, ""),
    (sessions.end_others, ""),
    (devices._remembered, ""),
    (devices.forget, ""),
    (devices.forget_itself, ""),
    (passkeys.remove, ""),
    (door.ask_right, "api:schema api:periods api:values api:cards api:card"),
    (door.good_for, "api:periods api:values api:cards"),
    (door._token, "api:periods api:cards"),
    (door._by_session, "api:periods api:cards"),
    (tokens.find, "api:periods"),
    (tokens.scopes_for, ""),
    (tokens.issue, ""),
    (tokens._revoke, ""),
    (tokens._still_open, "api:periods"),
    (tokens.revoke_one, ""),
    (pages_of_tokens.own, "account:tokens"),
    (invitations.revoke, ""),
    (invitations._open, ""),
    (invitations._good, "invitation"),
    (sign_in._pending, "sign_in_second"),
    (SessionLimitsMiddleware.__call__, "account:index"),
    (SignInMiddleware.process_view, "account:index account:second_factor sign_in healthz"),
    (SignInMiddleware.handle_no_second_factor, "account:index account:sessions_end"),
    (SignInMiddleware.handle_no_permission, "account:index account:sessions_end"),
    (attachments.shown_to, "cards:attachment"),
    (pending.find, "cards:import_preview"),
    (saved.own, "reports:explore_delete"),
    (asking.found, "jobs:job jobs:state jobs:file jobs:cancel"),
    (asking.ask_right, "jobs:backup"),
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
    "view cards:merge: card_for() without 'card.queue' (2)": (
        "the right is of the role, not of a card, and was asked at the first of the two"
    ),
    "view reports:edition_freeze: without ask(request.user, 'edition.publish')": (
        "the right is asked again when the job is asked for, and once more when it is done"
    ),
    "SignInMiddleware.process_view: answer is not None or not request.user.is_authenticated ->"
    " answer is not None and (not request.user.is_authenticated)": (
        "a stranger gets an answer wherever a sign-in is asked for; elsewhere the next line lets"
        " them through, and who is signed in never gets one there"
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


def _sweep(
    routes: str, letters: str = "MOSEeWADXNLPKRT1234567890", **options
) -> Callable[[World], list[str]]:
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
                    or wrong_doors(world)
                    or wrong_accounts(world)
                )

            yield Mutant(f"{function.__qualname__}: {name}", with_code(function, code), notice)


def _of_services() -> Iterator[Mutant]:
    for service in dict.fromkeys(service for service, _right, _call in SERVICES):
        for name, code in altered(service, (without_guard,)):
            yield Mutant(
                f"{service.__module__}.{service.__name__}: {name}",
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
                return (
                    _sweep(route)(world)
                    or matrix.nothing_there(world, {route})
                    or wrong_at_the_edges(world)
                    or wrong_accounts(world)
                )

            yield Mutant(f"view {route}: {name}", with_code(view, code), notice)


# Routes


def _of_routes() -> Iterator[Mutant]:
    # The API asks who it is by itself.
    everybody = {
        row.route
        for row in rows()
        if row.for_programs or any("all" in c.who for c in row.cells.values())
    }
    for route, pattern in matrix.site_routes().items():
        view = pattern.callback
        if route not in everybody:
            yield Mutant(
                f"route {route} without sign-in",
                _attribute(pattern, "callback", _open_to_all(view)),
                _sweep(route, "N", states=("submitted",)),
            )
        for layer in _layers(view):
            if layer.__code__ is _FRESH:
                yield Mutant(
                    f"route {route} without a fresh sign-in",
                    _without_layer(pattern, layer),
                    _sweep(route, "RT", states=("submitted",)),
                )
            if layer.__code__ is _METHOD:
                yield Mutant(
                    f"route {route} without its check of the method",
                    _without_layer(pattern, layer),
                    _sweep(route, "ED", states=("submitted",), every_method=True),
                )
        if hasattr(view, "admin_site") or hasattr(view, "model_admin"):
            yield Mutant(
                f"route {route} without the lock of the settings",
                _attribute(pattern, "callback", view.__wrapped__),
                _sweep(route, "ED", every_method=True),
            )


#: The code of what stands before a view that asks for a fresh sign-in, or for certain methods.
_FRESH = fresh.fresh_sign_in(lambda request: None).__code__
_METHOD = require_safe(lambda request: None).__code__


def _layers(view: Callable) -> Iterator[FunctionType]:
    """The view and what it wraps, from outside."""
    while view is not None:
        if isinstance(view, FunctionType):
            yield view
        view = getattr(view, "__wrapped__", None)


def _without_layer(pattern, gate: FunctionType) -> Callable[[], Callable[[], None]]:
    """The view with that layer left out, wherever it is held."""
    for layer in _layers(pattern.callback):
        for cell in layer.__closure__ or ():
            if cell.cell_contents is gate:
                return _attribute(cell, "cell_contents", gate.__wrapped__)
    return _attribute(pattern, "callback", gate.__wrapped__)


def _open_to_all(view: Callable) -> Callable:
    def opened(request, *args, **kwargs):
        return view(request, *args, **kwargs)

    opened.__dict__.update(view.__dict__)
    opened.login_required = False
    return opened


def _attribute(thing, name: str, value) -> Callable[[], Callable[[], None]]:
    def alter() -> Callable[[], None]:
        before = getattr(thing, name)
        setattr(thing, name, value)
        return lambda: setattr(thing, name, before)

    return alter

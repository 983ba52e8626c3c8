"""Who may do what: the one table of rights, asked by views, templates, workflow and commands.

A right is a row: its name, the roles that have it, and the conditions that must hold for the
card at hand. Missing and out of reach answer alike, so views look cards up through
``Card.objects.visible_to(user)`` first and ask here second.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied

from monitoring.accounts.models import Role, User

M, E, A, ADM = Role.MONITOR, Role.EDITOR, Role.ANALYST, Role.ADMINISTRATOR
Condition = Callable[[User, object], bool]


def in_scope(user: User, card) -> bool:
    """The card's region is one of the user's; a card without a city yet is its author's."""
    if user.all_regions:
        return True
    if card.city_id is None:
        return card.monitor_id == user.pk
    return card.city.region_id in user.region_codes()


def own(user: User, card) -> bool:
    return card.monitor_id == user.pk


def not_own(user: User, card) -> bool:
    return card.monitor_id != user.pk


def not_changed_by(user: User, card) -> bool:
    """Nobody approves what they wrote: neither the card nor its changes since the last approval."""
    return not card.was_changed_by(user)


def open_card(user: User, card) -> bool:
    return card.is_open


def submitted(user: User, card) -> bool:
    return card.status == "submitted"


def approved(user: User, card) -> bool:
    return card.status == "approved"


def submitted_or_approved(user: User, card) -> bool:
    """What stands in the queue or in the tables; at a returned card its monitor is at work."""
    return card.status in ("submitted", "approved")


def under_review(user: User, card) -> bool:
    """Somebody still works on it: questions are asked and answered."""
    return card.status in ("submitted", "returned")


def own_or_reviewed(user: User, card) -> bool:
    """The card is the person's own, or an editor's to review."""
    return own(user, card) or (user.role == Role.EDITOR and in_scope(user, card))


def takes_outcomes(user: User, card) -> bool:
    """Court outcomes follow a card for weeks, from the first draft on, unless it was dropped."""
    return card.status not in ("rejected", "duplicate")


def editor_or_own_pending(user: User, application) -> bool:
    """A monitor changes an application of their own until somebody has reviewed it."""
    mine = application.author_id == user.pk and application.review == "pending"
    return user.role == E or mine


def not_author(user: User, application) -> bool:
    return application.author_id != user.pk


@dataclass(frozen=True, slots=True)
class Right:
    name: str
    roles: tuple[str, ...]
    conditions: tuple[Condition, ...] = ()


RIGHTS: tuple[Right, ...] = (
    # cards
    Right("card.create", (M, E)),
    Right("card.edit", (M, E), (own, open_card)),
    Right("card.edit_submitted", (E,), (not_own, in_scope, submitted)),
    Right("card.submit", (M, E), (own, open_card, in_scope)),
    Right("card.review", (E,), (not_own, in_scope)),
    Right("card.approve", (E,), (not_own, in_scope, not_changed_by)),
    Right("card.merge", (E,), (not_own, in_scope, submitted_or_approved)),
    Right("card.unmerge", (E,), (not_own, in_scope)),
    Right("card.reopen", (E,), (in_scope, approved)),
    Right("card.decide_inclusion", (E,), (not_own, in_scope, submitted)),
    Right("card.see_queries", (M, E), (own_or_reviewed,)),
    Right("card.ask", (E,), (not_own, in_scope, under_review)),
    Right("card.close_query", (E,), (not_own, in_scope, under_review)),
    Right("card.answer_query", (M, E), (own, under_review)),
    Right("card.dismiss_check", (E,), (not_own, in_scope, submitted)),
    Right("card.verify", (E,), (not_own, in_scope, submitted)),
    Right("card.add_outcome", (M, E), (in_scope, takes_outcomes)),
    Right("card.remind", (M, E), (own, in_scope, takes_outcomes)),
    Right("card.review_outcome", (E,), (in_scope, approved)),
    Right("card.add_count", (M, E), (own, open_card)),
    Right("card.attach", (M, E), (in_scope, takes_outcomes)),
    Right("card.see_original", (E,), (in_scope,)),
    Right("card.queue", (E,)),
    Right("card.import", (E,)),
    Right("card.import_approved", (E,)),
    Right("card.export", (E, A)),
    Right("card.export_whole", (E,)),
    # applications for a permit
    Right("application.list", (M, E, A)),
    Right("application.create", (M, E)),
    Right("application.edit", (M, E), (editor_or_own_pending, in_scope)),
    Right("application.review", (E,), (not_author, in_scope, not_changed_by)),
    Right("application.link", (E,), (in_scope,)),
    Right("application.import", (E,)),
    Right("application.import_approved", (E,)),
    Right("application.export", (E, A)),
    # reports
    Right("report.view", (E, A)),
    Right("report.download", (E, A)),
    Right("explore.view", (E, A)),
    Right("coverage.edit", (E, A)),
    Right("period.edit", (A,)),
    Right("published.import", (A,)),
    # editions of a report: read by those who review, written and published by analysts
    Right("edition.view", (E, A)),
    Right("edition.write", (A,)),
    Right("edition.publish", (A,)),
    # what programs read with
    Right("token.issue", (E, A)),
    # people and settings
    Right("account.manage", (ADM,)),
    # long work: everybody sees their own, administrators that there is some
    Right("job.view_all", (ADM,)),
    Right("backup.make", (ADM,)),
    Right("access_log.view", (ADM,)),
    Right("status.view", (ADM,)),
)
_BY_NAME = {right.name: right for right in RIGHTS}


def allowed(user, name: str, card=None) -> bool:
    """Whether ``user`` has the right, for ``card`` where its conditions need one.

    Raises KeyError for a right that is not in the table.
    """
    right = _BY_NAME[name]
    if not getattr(user, "is_authenticated", False) or not user.is_active:
        return False
    if user.role not in right.roles:
        return False
    if right.conditions and card is None:
        raise ValueError(f"{name} is asked of a card")
    return all(condition(user, card) for condition in right.conditions)


def ask(user, name: str) -> None:
    """Raises PermissionDenied unless ``user`` has the right, one that is not asked of a card."""
    if not allowed(user, name):
        raise PermissionDenied

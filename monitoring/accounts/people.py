"""What administrators do with accounts: role, regions, closing, a way back in.

Every writer here records the change (``signals``), inside its transaction. Nobody but the person
ever sets or sees a password.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from monitoring.accounts import devices, second_factor, sessions, tokens
from monitoring.accounts.access import allowed
from monitoring.accounts.models import Role, User, UserSession
from monitoring.accounts.signals import tell

PAGE = 50
#: What an administrator may change of an account.
FIELDS = ("alias", "role", "all_regions", "language")


@dataclass(frozen=True, slots=True)
class Page:
    """Accounts by name, and the query strings of the neighbours ("" if there is none)."""

    people: list[User]
    previous_url: str
    next_url: str


def page(after: str = "", before: str = "") -> Page:
    """A page of all accounts, each with ``second_factor`` and ``here`` (signed in somewhere)."""
    from allauth.mfa.models import Authenticator

    factors = Authenticator.objects.filter(user=OuterRef("pk")).exclude(type="recovery_codes")
    here = UserSession.objects.filter(account=OuterRef("pk"))
    people = User.objects.annotate(second_factor=Exists(factors), here=Exists(here))
    people = people.prefetch_related("regions")
    if before:
        people = people.filter(username__lt=before).order_by("-username")
    elif after:
        people = people.filter(username__gt=after)
    found = list(people[: PAGE + 1])
    more, found = len(found) > PAGE, found[:PAGE]
    if before:
        found.reverse()
    earlier = bool(found) and (more if before else bool(after))
    later = bool(found) and (bool(before) or more)
    return Page(
        found,
        "?" + urlencode({"before": found[0].username}) if earlier else "",
        "?" + urlencode({"after": found[-1].username}) if later else "",
    )


def account(pk: int) -> User:
    """The account with that number; Http404 if there is none."""
    found = User.objects.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def everybody():
    """All accounts, for a choice among them."""
    return User.objects.all()


def name_taken(username: str) -> bool:
    """Whether an account signs in with that name, however it is written."""
    return User.objects.filter(username__iexact=username).exists()


def alias_taken(alias: str, account: User) -> bool:
    """Whether somebody else is shown under that name already."""
    return User.objects.filter(alias__iexact=alias).exclude(pk=account.pk).exists()


def picture(account: User) -> dict[str, str]:
    """What is recorded of an account, as text."""
    values = {name: str(getattr(account, name)) for name in FIELDS}
    values["all_regions"] = "yes" if account.all_regions else "no"
    codes = account.regions.order_by("pk").values_list("pk", flat=True) if account.pk else ()
    return {**values, "regions": ";".join(codes), "active": "yes" if account.is_active else "no"}


@transaction.atomic
def change(account: User, *, actor: User, values: dict, reason: str) -> User:
    """Change role, regions, alias or language. ``values``: ``FIELDS`` and regions.

    Raises ValidationError if nobody would be left to manage accounts, PermissionDenied.
    """
    account = _taken(account, actor)
    before = picture(account)
    if values["role"] != Role.ADMINISTRATOR:
        _keep_an_administrator(account, "role")
    for name in FIELDS:
        setattr(account, name, values[name])
    account.save(update_fields=FIELDS)
    account.regions.set(values["regions"])
    _record(account, actor, before, reason)
    return account


@transaction.atomic
def close(account: User, *, actor: User, reason: str) -> None:
    """Nobody signs in with it any more, sessions and tokens end at once; what was written keeps its
    author."""
    account = _taken(account, actor)
    _keep_an_administrator(account)
    before = picture(account)
    account.is_active = False
    account.save(update_fields=["is_active"])
    sessions.end_all(account, actor=actor, reason=reason)
    tokens.revoke_all(account, actor=actor, reason=reason)
    _record(account, actor, before, reason)


@transaction.atomic
def reopen(account: User, *, actor: User, reason: str) -> None:
    """The account may sign in again, with what it signed in with before."""
    account = _taken(account, actor)
    before = picture(account)
    account.is_active = True
    account.save(update_fields=["is_active"])
    _record(account, actor, before, reason)


@transaction.atomic
def take_means(account: User, *, actor: User, reason: str) -> User:
    """Password, second factor and tokens are void and all sessions end; an invitation leads back
    in."""
    account = _taken(account, actor)
    if account == actor:
        raise ValidationError(_("Another administrator makes you a new link."))
    _keep_an_administrator(account)
    had = {"password": account.has_usable_password(), "second_factor": second_factor.has(account)}
    account.set_unusable_password()
    account.save(update_fields=["password"])
    second_factor.remove_everything(account)
    sessions.end_all(account, actor=actor, reason=reason)
    tokens.revoke_all(account, actor=actor, reason=reason)
    changes = {name: ["yes" if was else "no", "no"] for name, was in had.items()}
    tell(account, actor=actor, kind="sign_in_means", changes=changes, reason=reason)
    return account


@transaction.atomic
def end_sessions(account: User, *, actor: User, reason: str, forget_devices: bool = False) -> None:
    """End every session of the account; it may sign in again.

    ``forget_devices``: what is kept on its devices opens nowhere any more, as after a seizure.
    """
    may_manage(actor)
    sessions.end_all(account, actor=actor, reason=reason)
    if forget_devices:
        devices.forget_all(account, actor=actor, reason=reason)


@transaction.atomic
def change_password(account: User, password: str) -> None:
    """The person chose another password; the caller keeps their session."""
    account.set_password(password)
    account.save(update_fields=["password"])
    second_factor.told(account, password=["", "changed"])


def _taken(account: User, actor: User) -> User:
    """The account as it stands now, locked. Administrators are locked together: two of them who
    close each other at the same moment must not both succeed."""
    may_manage(actor)
    locked = User.objects.select_for_update().filter(role=Role.ADMINISTRATOR).order_by("pk")
    list(locked.values_list("pk", flat=True))
    return User.objects.select_for_update().get(pk=account.pk)


def _keep_an_administrator(account: User, field: str | None = None) -> None:
    if account.role != Role.ADMINISTRATOR or not account.is_active or account.invited:
        return
    others = User.objects.filter(role=Role.ADMINISTRATOR, is_active=True).exclude(pk=account.pk)
    if any(not other.invited for other in others):
        return
    text = _("This is the last administrator: make another one first.")
    raise ValidationError({field: text} if field else text)


def may_manage(actor: User) -> None:
    """Raises PermissionDenied."""
    if not allowed(actor, "account.manage"):
        raise PermissionDenied


def _record(account: User, actor: User, before: dict[str, str], reason: str) -> None:
    after = picture(account)
    changes = {name: [before[name], after[name]] for name in after}
    tell(account, actor=actor, kind="account", changes=changes, reason=reason)

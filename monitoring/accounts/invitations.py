"""Invitations: a link, good for a week and once, with which a person chooses their password.

The same link is the way back in for who lost password or second factor. It is shown to the
administrator this once; the database knows its hash alone.
"""

from __future__ import annotations

import datetime
import hashlib
import secrets

from django.conf import settings
from django.core import signing
from django.core.mail import send_mail
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from monitoring.accounts import people
from monitoring.accounts.models import Invitation, User
from monitoring.accounts.signals import tell

_SALT = "zhinalys.invitation"


class NotGood(Exception):
    """The link was used, revoked, too old or never made."""


@transaction.atomic
def invite(*, actor: User, username: str, values: dict) -> tuple[User, str]:
    """A new account without a password, and the link's token.

    ``values``: alias, role, regions, all_regions, language. Raises PermissionDenied.
    """
    people.may_manage(actor)
    account = User(username=username, **{name: values[name] for name in people.FIELDS})
    account.set_unusable_password()
    account.save()
    account.regions.set(values["regions"])
    made = people.picture(account)
    changes = {name: ["", value] for name, value in made.items()}
    tell(account, actor=actor, kind="invited", changes=changes)
    return account, _link(account, actor)


@transaction.atomic
def invite_again(account: User, *, actor: User, reason: str) -> str:
    """Take password and second factor away and give the token of a new link.

    Raises ValidationError for one's own account or the last administrator, PermissionDenied.
    """
    account = people.take_means(account, actor=actor, reason=reason)
    return _link(account, actor)


@transaction.atomic
def revoke(account: User, pk: int, *, actor: User) -> None:
    """The link opens nothing from now on."""
    people.may_manage(actor)
    now = timezone.now()
    if _open(account).filter(pk=pk).update(revoked_at=now):
        tell(account, actor=actor, kind="invited", changes={"invitation": ["open", "revoked"]})


def of(account: User) -> list[Invitation]:
    """The account's links, the newest first."""
    return list(account.invitations.select_related("made_by"))


def word(invitation: Invitation) -> str:
    """The state in a word."""
    return {
        "used": pgettext("invitation", "used"),
        "revoked": pgettext("invitation", "revoked"),
        "expired": pgettext("invitation", "expired"),
        "open": pgettext("invitation", "not used yet"),
    }[invitation.state]


def account_of(token: str) -> User:
    """Whose link this is. Raises NotGood."""
    return _good(token).account


@transaction.atomic
def accept(token: str, password: str) -> User:
    """Use the link up: the person has chosen a password. Raises NotGood."""
    invitation = _good(token, lock=True)
    account = invitation.account
    invitation.used_at = timezone.now()
    invitation.save(update_fields=["used_at"])
    account.set_password(password)
    account.save(update_fields=["password"])
    changes = {"invitation": ["open", "used"], "password": ["no", "yes"]}
    tell(account, actor=account, kind="sign_in_means", changes=changes)
    return account


def send(account: User, address: str, url: str) -> None:
    """Mail the link; the address is not kept."""
    with translation.override(account.language or settings.LANGUAGE_CODE):
        subject = _("Your account in Zhinalys")
        text = _(
            "You have been invited to Zhinalys, the site where observation cards are kept.\n\n"
            "Open this link and choose a password. It is good for %(days)s days and works once:\n"
            "%(url)s\n\n"
            "Your name for signing in: %(username)s"
        ) % {"days": settings.INVITATION_DAYS, "url": url, "username": account.username}
        send_mail(subject, text, None, [address])


def _link(account: User, actor: User) -> str:
    """A new token; links that are still open are revoked."""
    now = timezone.now()
    _open(account).update(revoked_at=now)
    token = signing.Signer(salt=_SALT).sign(secrets.token_urlsafe(24))
    Invitation.objects.create(
        account=account,
        made_by=actor,
        expires_at=now + datetime.timedelta(days=settings.INVITATION_DAYS),
        token_hash=_hash(token),
    )
    return token


def _open(account: User):
    return Invitation.objects.filter(
        account=account, used_at=None, revoked_at=None, expires_at__gt=timezone.now()
    )


def _good(token: str, *, lock: bool = False) -> Invitation:
    try:
        signing.Signer(salt=_SALT).unsign(token)
    except signing.BadSignature as error:
        raise NotGood from error
    rows = Invitation.objects.filter(token_hash=_hash(token)).select_related("account")
    if lock:
        rows = rows.select_for_update(of=("self",))
    invitation = rows.first()
    if invitation is None or invitation.state != "open" or not invitation.account.is_active:
        raise NotGood
    return invitation


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()

"""Tokens with which programs read the site for a person: issued, found again, revoked.

A token is 256 random bits, shown this once. The database has its SHA-256: of a random text of that
length there is nothing to guess, so neither salt nor a slow hash would add anything, and every
request is answered after one look at an index.
"""

from __future__ import annotations

import datetime
import hashlib
import secrets
from collections.abc import Iterable

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from monitoring.accounts.access import allowed
from monitoring.accounts.models import Token, User
from monitoring.accounts.signals import tell

#: Tells people, and programs that look for secrets in published files, what the text is.
BEGINS = "zhn_"
#: What a token may read -> the right that its owner must have, now and at each request.
SCOPES = {"values": "report.download", "cards": "card.export"}
#: Days that a token may be good for; the longest is a year.
DAYS = (7, 30, 90, 180, 365)
USUAL_DAYS = 90
#: Of one account at a time.
MOST = 10
#: The last use is written down no more often.
_EVERY = datetime.timedelta(minutes=1)


def scopes_for(user: User) -> tuple[str, ...]:
    """What a token of that person may read."""
    return tuple(scope for scope, right in SCOPES.items() if allowed(user, right))


@transaction.atomic
def issue(
    account: User, *, name: str, purpose: str, scopes: Iterable[str], days: int = USUAL_DAYS
) -> tuple[Token, str]:
    """A new token of the account, and its text, which nobody can read again.

    Raises PermissionDenied for who may have none or none that reads this, ValidationError for
    too many or too long.
    """
    wanted = set(scopes)
    if not allowed(account, "token.issue") or not wanted <= set(scopes_for(account)):
        raise PermissionDenied
    if days not in DAYS:
        raise ValidationError({"days": _("A token is good for a year at most.")})
    User.objects.select_for_update().get(pk=account.pk)
    if _open(account).count() >= MOST:
        text = _("There are %(number)s tokens already: revoke one that is not needed any more.")
        raise ValidationError(text, params={"number": MOST})
    text = BEGINS + secrets.token_urlsafe(32)
    now = timezone.now()
    token = Token.objects.create(
        account=account,
        name=name.strip(),
        purpose=purpose.strip(),
        reads_values="values" in wanted,
        reads_cards="cards" in wanted,
        hint=text[: len(BEGINS) + 6],
        token_hash=_hash(text),
        issued_at=now,
        expires_at=now + datetime.timedelta(days=days),
    )
    said = (
        f"{_called(token)}; {', '.join(token.scopes)}; {token.expires_at.date()}; {token.purpose}"
    )
    _told(account, actor=account, before="", after=said)
    return token, text


def of(account: User) -> list[Token]:
    """The account's tokens that still read, the newest first."""
    return list(_open(account))


def past(account: User) -> list[Token]:
    """The last ones that were revoked or have expired."""
    return list(account.tokens.exclude(pk__in=_open(account).values("pk"))[:MOST])


@transaction.atomic
def revoke_one(account: User, pk: int, *, actor: User, reason: str = "") -> None:
    """One token of the account reads nothing from now on; one that is over already is no error.

    By its owner or by who manages accounts: raises PermissionDenied for others.
    """
    _revoke(account, _open(account).filter(pk=pk), actor, reason)


@transaction.atomic
def revoke_all(account: User, *, actor: User, reason: str = "") -> None:
    """Every token of the account reads nothing from now on. Raises PermissionDenied."""
    _revoke(account, _open(account), actor, reason)


def find(text: str) -> Token | None:
    """The token with that text, if it still reads and its account is open; one query."""
    found = _still_open(Token.objects.filter(token_hash=_hash(text), account__is_active=True))
    return found.select_related("account").first()


def used(token: Token) -> None:
    """Write down when the token was last used, to the minute."""
    now = timezone.now()
    if token.used_at is None or token.used_at < now - _EVERY:
        Token.objects.filter(pk=token.pk).update(used_at=now)


def _revoke(account: User, rows, actor: User, reason: str) -> None:
    if actor != account and not allowed(actor, "account.manage"):
        raise PermissionDenied
    for token in rows.select_for_update():
        Token.objects.filter(pk=token.pk).update(revoked_at=timezone.now())
        _told(account, actor=actor, before=_called(token), after="", reason=reason)


def _open(account: User):
    return _still_open(account.tokens.all())


def _still_open(rows):
    return rows.filter(revoked_at=None, expires_at__gt=timezone.now())


def _told(account: User, *, actor: User, before: str, after: str, reason: str = "") -> None:
    changes = {"token": [before, after]}
    tell(account, actor=actor, kind="sign_in_means", changes=changes, reason=reason)


def _called(token: Token) -> str:
    return f"{token.name} ({token.hint}…)"


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()

"""The second factor: whether one is asked for, codes of an app, recovery codes.

allauth keeps the secrets and reckons the codes; passkeys are in ``passkeys``. Functions here import
it inside, so that a web worker starts without it.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.db import transaction

from monitoring.accounts import delays
from monitoring.accounts.models import Means, Role, User
from monitoring.accounts.signals import tell

#: Roles that see or change what others wrote.
ROLES = frozenset({Role.EDITOR, Role.ANALYST, Role.ADMINISTRATOR})
#: In the session of somebody who has one, so that no page need ask the database.
MARK = "second_factor"


@dataclass(frozen=True, slots=True)
class State:
    """What somebody has. ``codes``: recovery codes left; None if there never were any."""

    app: bool
    passkeys: list
    codes: int | None

    @property
    def any(self) -> bool:
        return self.app or bool(self.passkeys)

    @property
    def only_one(self) -> bool:
        return self.app + len(self.passkeys) == 1


def required(user: User) -> bool:
    """Whether the person may not go on without one. Demonstration accounts open no real site."""
    return settings.SECOND_FACTOR_REQUIRED and user.role in ROLES and not user.demo


def has(user: User) -> bool:
    return _own(user).exclude(type="recovery_codes").exists()


def mark(request) -> None:
    """The signed-in person has one now."""
    request.session[MARK] = True


def unmark(request) -> None:
    """The signed-in person may have none any longer: ask the database again."""
    request.session.pop(MARK, None)


def missing(request) -> bool:
    """Whether the signed-in person still has to set one up; asks the database once a session."""
    if request.session.get(MARK) or not required(request.user):
        return False
    if not has(request.user):
        return True
    mark(request)
    return False


def state_of(user: User) -> State:
    """The person's means beside the password."""
    rows = list(_own(user).order_by("pk"))
    codes = next((row for row in rows if row.type == "recovery_codes"), None)
    return State(
        app=any(row.type == "totp" for row in rows),
        passkeys=[row for row in rows if row.type == "webauthn"],
        codes=None if codes is None else len(codes.wrap().get_unused_codes()),
    )


def check(user: User, code: str) -> Means:
    """Which means the code proves: that of the app, or a recovery code; either works once.

    Raises delays.Wait after many failures, ValueError for a wrong code.
    """
    key = f"code:{user.pk}"
    with delays.attempt([key], delays.LIMIT_OF_CODES) as attempt:
        means = _means(user, code)
        if means is not None:
            attempt.succeeded(key)
    if means is None:
        raise ValueError
    return means


@transaction.atomic
def _means(user: User, code: str) -> Means | None:
    rows = {row.type: row for row in _own(user).select_for_update().order_by("pk")}
    if "totp" in rows and _code_of_app(rows["totp"], code):
        return Means.APP
    if "recovery_codes" in rows and rows["recovery_codes"].wrap().validate_code(code):
        rows["recovery_codes"].record_usage()
        return Means.RECOVERY_CODE
    return None


def _code_of_app(row, code: str) -> bool:
    """Whether the app shows this code now; it and all before it are used up then.

    The last one is kept with the secret, under its lock: a cache may forget it.
    """
    from allauth.mfa.totp.internal import auth
    from allauth.mfa.utils import decrypt

    counter = _counter(decrypt(row.data["secret"]), code, auth)
    if counter is None or counter <= row.data.get("last", 0):
        return False
    row.data["last"] = counter
    row.save(update_fields=["data"])
    row.record_usage()
    return True


def _counter(secret: str, code: str, auth) -> int | None:
    for counter in auth.yield_hotp_counters_from_time():
        expected = auth.format_hotp_value(auth.hotp_value(secret, counter))
        if auth.compare_user_code(actual=code, expected=expected):
            return counter
    return None


@dataclass(frozen=True, slots=True)
class NewApp:
    """The key that an app shall take over. ``picture``: an SVG to be read by its camera."""

    secret: str
    picture: str

    @property
    def groups(self) -> str:
        """The key for typing, in groups of four."""
        return " ".join(self.secret[at : at + 4] for at in range(0, len(self.secret), 4))


def begin_app(request) -> NewApp:
    """The key offered in this session; the same one until it is confirmed."""
    import base64

    from allauth.mfa.adapter import get_adapter
    from allauth.mfa.totp.internal import auth

    secret = auth.get_totp_secret()
    adapter = get_adapter()
    svg = adapter.build_totp_svg(adapter.build_totp_url(request.user, secret))
    picture = base64.b64encode(svg.encode()).decode()
    return NewApp(secret=secret, picture=f"data:image/svg+xml;base64,{picture}")


def confirm_app(request, code: str) -> bool:
    """Whether the app shows the right code; from now on it is asked for."""
    from allauth.mfa.totp.internal import auth

    user = request.user
    secret = auth.get_totp_secret()
    with delays.attempt([f"code:{user.pk}"], delays.LIMIT_OF_CODES) as attempt:
        counter = _counter(secret, code, auth)
        if counter is None:
            return False
        attempt.succeeded(f"code:{user.pk}")
    with transaction.atomic():
        row = auth.TOTP.activate(user, secret).instance
        row.data["last"] = counter
        row.save(update_fields=["data"])
        told(user, app=["no", "yes"])
    auth.clear_totp_secret(request)
    mark(request)
    return True


@transaction.atomic
def remove_app(user: User) -> None:
    """Codes of the app are not asked for any longer."""
    if _own(user).filter(type="totp").delete()[0]:
        told(user, app=["yes", "no"])
        drop_codes_if_alone(user)


@transaction.atomic
def new_codes(user: User) -> list[str]:
    """Ten recovery codes instead of those before; they are shown this once."""
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes

    User.objects.select_for_update().get(pk=user.pk)
    _own(user).filter(type="recovery_codes").delete()
    codes = RecoveryCodes.activate(user).get_unused_codes()
    told(user, recovery_codes=["", "10"])
    return codes


def drop_codes_if_alone(user: User) -> None:
    """Recovery codes are no factor of their own."""
    if not has(user):
        _own(user).filter(type="recovery_codes").delete()


def remove_everything(user: User) -> None:
    """Take every second factor away; the caller records why."""
    _own(user).delete()


def told(user: User, **changes: list[str]) -> None:
    """The person changed their own means of signing in."""
    tell(user, actor=user, kind="sign_in_means", changes=changes)


def _own(user: User):
    from allauth.mfa.models import Authenticator

    return Authenticator.objects.filter(user=user)

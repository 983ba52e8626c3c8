"""What is wrong with the ways in: sessions, second factor, fresh sign-in, passkeys, links.

As in checks.py: nothing for the product as it is, something for a mutant of it.
"""

from __future__ import annotations

import datetime
import time
import uuid as uuids
from itertools import product
from types import SimpleNamespace
from unittest import mock

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from monitoring.accounts import (
    devices,
    fresh,
    invitations,
    passkeys,
    second_factor,
    sessions,
    tokens,
)
from monitoring.accounts.models import Device, Role, Token, UserSession
from monitoring.accounts.views import sign_in
from monitoring.api import rate
from tests.security import matrix
from tests.security.addresses import NOBODY
from tests.security.checks import taken_back
from tests.security.world import TOKENS, World


def wrong_accounts(world: World) -> list[str]:
    """Sessions and passkeys of somebody else that one ends, links that open when they may not."""
    wrong = []
    stranger, owner = world.people["M"], world.people["E"]
    mine = UserSession.objects.filter(account=owner)
    with taken_back():
        sessions.end_one(stranger, world.session, actor=stranger)
        sessions.end_others(stranger, "", actor=stranger)
        if not mine.filter(pk=world.session).exists():
            wrong.append("a session is ended by somebody else")
    with taken_back():
        kept = mine.get(pk=world.session)
        sessions.end_others(owner, kept.key, actor=owner)
        if list(mine.all()) != [kept]:
            wrong.append("another session than one's own stays")
        sessions.end_one(owner, kept.pk, actor=owner)
        if (
            mine.exists()
            or matrix.send(world, "E on another device", "GET", reverse("account:index")).status
            != 302
        ):
            wrong.append("a session that was ended goes on")
    with taken_back():
        sessions.end_one(owner, world.session, actor=owner)
        if not mine.all().exists():
            wrong.append("more sessions are ended than one")
    with taken_back():
        keys = Authenticator.objects.filter(pk=world.passkey)
        passkeys.remove(stranger, world.passkey)
        passkeys.remove(world.everywhere, world.passkey + 1)
        if not keys.exists():
            wrong.append("a passkey is removed by somebody else, or another one")
        passkeys.remove(world.everywhere, world.passkey)
        if keys.exists():
            wrong.append("a passkey stays")
    wrong += _wrong_devices(world)
    wrong += _wrong_tokens(world)
    for name in (
        "person",
        "change",
        "link",
        "close",
        "reopen",
        "end_sessions",
        "revoke",
        "token_revoke",
    ):
        numbers = [NOBODY, world.link] if "revoke" in name else [NOBODY]
        place, how = reverse(f"people:{name}", args=numbers), "GET" if name == "person" else "POST"
        if matrix.send(world, "E", how, place).status != 403:
            wrong.append(f"{name} tells an editor that there is no such account")
    return wrong + _wrong_links(world)


def _wrong_devices(world: World) -> list[str]:
    """Devices that somebody else forgets, or whose key is given out once they are forgotten."""
    wrong, device = [], world.device
    stranger, owner = world.people["M"], world.people["E"]
    rows = Device.objects.filter(account=owner)
    with taken_back():
        other, third = (devices.known(owner, uuids.uuid4(), "") for _turn in range(2))
        devices.forget(stranger, device.pk, actor=stranger)
        devices.forget_itself(stranger, device.uuid)
        devices.forget_all(stranger, actor=stranger)
        if devices.known(stranger, device.uuid, "").key == device.key:
            wrong.append("the key of a device is given to somebody else")
        if rows.filter(forgotten_at=None).count() != 3:
            wrong.append("a device is forgotten by somebody else")
        devices.forget(owner, device.pk, actor=owner)
        if set(devices.devices_of(owner)) != {other, third}:
            wrong.append("another device is forgotten, or this one stays")
        devices.forget_itself(owner, other.uuid)
        if devices.devices_of(owner) != [third] or rows.exclude(key="").get() != third:
            wrong.append("a device that wiped itself is known, or another one is not")
        try:
            devices.known(owner, device.uuid, "")
        except devices.Forgotten:
            pass
        else:
            wrong.append("a device that was forgotten gets a key")
    with taken_back():
        devices.forget_all(owner, actor=owner)
        if rows.filter(forgotten_at=None).exists():
            wrong.append("a device is left")
    return wrong


def _wrong_tokens(world: World) -> list[str]:
    """Tokens that somebody else revokes, that end others, or that go on when they are over."""
    wrong, owner, stranger = [], world.people["2"], world.people["3"]
    token, text = world.programs["2"]
    for letter, (_token, said) in world.programs.items():
        if (tokens.find(said) is not None) != TOKENS[letter].good:
            wrong.append(f"the token of {letter} is found, or it is not")
    if tokens.find(text.removeprefix(tokens.BEGINS)) or tokens.find(text[:-1]):
        wrong.append("a token is found by part of its text")
    with taken_back():
        other, _text = tokens.issue(owner, name="a", purpose="b", scopes=["values"])
        third, _text = tokens.issue(owner, name="a", purpose="b", scopes=["cards"])
        if (other.scopes, third.scopes) != (("values",), ("cards",)):
            wrong.append("a token is good for something else than was asked for")
        tokens.revoke_one(owner, third.pk, actor=owner)
        tokens.revoke_one(stranger, token.pk, actor=stranger)
        for call in (
            lambda: tokens.revoke_one(owner, token.pk, actor=stranger),
            lambda: tokens.revoke_all(owner, actor=stranger),
        ):
            try:
                call()
            except PermissionDenied:
                continue
            wrong.append("somebody else may revoke a token")
        if {each.pk for each in tokens.of(owner)} != {token.pk, other.pk}:
            wrong.append("a token is revoked by somebody else")
        tokens.revoke_one(owner, token.pk, actor=owner)
        if tokens.of(owner) != [other] or tokens.find(text):
            wrong.append("another token is revoked, or this one stays")
        tokens.revoke_all(owner, actor=world.people["D"])
        if tokens.of(owner) or not tokens.of(stranger):
            wrong.append("a token is left, or somebody else's is not")
    for letter, scopes in (
        ("M", ()),
        ("E", ("values", "cards")),
        ("A", ("values", "cards")),
        ("D", ()),
    ):
        if tokens.scopes_for(world.people[letter]) != scopes:
            wrong.append(f"a token of {letter} may read {tokens.scopes_for(world.people[letter])}")
    for letter, scope in (("M", "values"), ("D", "cards"), ("E", "accounts")):
        with taken_back():
            try:
                tokens.issue(world.people[letter], name="a", purpose="b", scopes=[scope])
            except PermissionDenied:
                continue
            wrong.append(f"{letter} gets a token for {scope}")
    with mock.patch.object(rate, "seconds_to_wait", return_value=7):
        if matrix.send(world, "2", "GET", reverse("api:periods")).status != 429:
            wrong.append("a program may ask as fast as it likes")
    with taken_back():
        Token.objects.filter(pk=token.pk).update(account=world.people["M"])
        place = reverse("account:tokens")
        if matrix.send(world, "M", "GET", place).status != 200:
            wrong.append("who may have none any more cannot see what is left")
    return wrong


def _wrong_links(world: World) -> list[str]:
    wrong, place = [], reverse("invitation", args=[world.token])
    link, account = world.invited.invitations, type(world.invited).objects
    past = timezone.now() - datetime.timedelta(seconds=1)
    for name, spoil in {
        "used": lambda: link.update(used_at=past),
        "revoked": lambda: link.update(revoked_at=past),
        "old": lambda: link.update(expires_at=past),
        "forged": lambda: link.update(token_hash="0" * 64),
        "closed": lambda: account.filter(pk=world.invited.pk).update(is_active=False),
        "taken back": lambda: invitations.revoke(
            world.invited, world.link, actor=world.people["D"]
        ),
    }.items():
        with taken_back():
            spoil()
            if matrix.send(world, "N", "GET", place).status != 410:
                wrong.append(f"a link that is {name} opens")
            if name in ("used", "revoked", "old") and invitations._open(world.invited).exists():
                wrong.append(f"a link that is {name} is open")
    with taken_back():
        invitations.revoke(world.people["o"], world.link, actor=world.people["D"])
        invitations.revoke(world.invited, world.link + 1, actor=world.people["D"])
        if matrix.send(world, "N", "GET", place).status != 200:
            wrong.append("a link is revoked in place of another, or by way of another account")
    return wrong


def wrong_doors(world: World) -> list[str]:
    """People who are asked for a second factor and should not be, or the other way round."""
    wrong = []
    for role, demo in product(Role, (False, True)):
        person = type(world.invited)(role=role, demo=demo)
        may = role != "monitor" and not demo
        if second_factor.required(person) != may:
            wrong.append(f"second factor of {role}, {demo=}")
    for letter, lacks in (("E", False), ("K", True), ("M", False)):
        request = SimpleNamespace(user=world.people[letter], session={})
        if second_factor.missing(request) != lacks:
            wrong.append(f"second factor of {letter} in a session that does not know yet")
    with taken_back():
        codes = {"type": "recovery_codes", "data": {}}
        Authenticator.objects.create(user=world.people["K"], **codes)
        if second_factor.has(world.people["K"]):
            wrong.append("recovery codes alone are a second factor")
    late = settings.FRESH_SIGN_IN_AGE
    for age, fresh_enough in ((0, True), (late - 30, True), (late + 30, False)):
        session = {sessions.FRESH: time.time() - age}
        if fresh.is_fresh(SimpleNamespace(session=session)) != fresh_enough:
            wrong.append(f"fresh after {age} s")
    if fresh.is_fresh(SimpleNamespace(session={})):
        wrong.append("fresh without a sign-in")
    for name, limit in (
        (sessions.BEGUN, settings.SESSION_COOKIE_AGE), (sessions.SEEN, settings.SESSION_IDLE_AGE),
    ):  # fmt: skip
        for age, over in ((limit - 30, False), (limit + 30, True)):
            if sessions.over({name: time.time() - age}) != over:
                wrong.append(f"{name} {age} s ago")
    pending = {"user": world.people["P"].pk, "at": time.time() - sign_in.PENDING_AGE - 30}
    if sign_in._pending(SimpleNamespace(session={sign_in.PENDING: pending})) is not None:
        wrong.append("a sign-in waits for its second factor for ever")
    return wrong

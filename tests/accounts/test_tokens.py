"""Tokens for programs: who gets one, what is kept of it, and everything that ends it."""

import datetime
import hashlib

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from monitoring.accounts import people, sessions, tokens
from monitoring.accounts.models import Role, Token
from tests.program import Program

pytestmark = pytest.mark.django_db
TYPED = {
    "name": "notebook on my laptop",
    "purpose": "Figures of the yearly report",
    "scopes": ["values"],
    "days": "90",
}


def told(account) -> list[list[str]]:
    """What the account's history tells of tokens."""
    rows = account.events.order_by("id")
    return [row.changes["token"] for row in rows if "token" in row.changes]


def reads(program: Program) -> bool:
    return program.get("periods/").status_code == 200


def test_it_is_shown_once_and_only_its_hash_is_kept(signed_in, analyst):
    client = signed_in(analyst)
    page = client.post(reverse("account:tokens"), TYPED)
    token = Token.objects.get()
    (text,) = [word for word in page.content.decode().split('"') if "zhn_" in word]
    text = text.split(">")[1].split("<")[0]
    assert len(text) == 4 + 43
    assert token.token_hash == hashlib.sha256(text.encode()).hexdigest()
    assert text.startswith(token.hint)
    assert "no-store" in page.headers["Cache-Control"]
    stored = [str(value) for value in vars(token).values()]
    assert not any(text in value for value in stored)
    after = client.get(reverse("account:tokens")).content.decode()
    assert text not in after
    assert "notebook on my laptop" in after
    assert token.hint in after
    ((before, said),) = told(analyst)
    assert before == ""
    assert "notebook on my laptop" in said
    assert "Figures of the yearly report" in said
    assert text not in said
    assert (token.expires_at - token.issued_at).days == tokens.USUAL_DAYS


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"purpose": "report"}, "at least 10 characters"),
        ({"name": ""}, "This field is required"),
        ({"scopes": []}, "This field is required"),
        ({"scopes": ["accounts"]}, "not one of the available choices"),
        ({"days": "3650"}, "not one of the available choices"),
    ],
)
def test_a_mistake_is_said_at_its_field_and_what_was_typed_stays(signed_in, analyst, typed, said):
    page = signed_in(analyst).post(reverse("account:tokens"), TYPED | typed)
    assert page.status_code == 422
    text = page.content.decode()
    assert said in text
    kept = {"name": TYPED["name"], "purpose": TYPED["purpose"]} | typed
    assert kept["name"] in text
    assert kept["purpose"] in text
    assert not Token.objects.exists()


def test_issuing_asks_again_who_it_is_and_keeps_what_was_typed(signed_in, analyst):
    client = signed_in(analyst)
    session = client.session
    session[sessions.FRESH] = 0
    session.save()
    page = client.post(reverse("account:tokens"), TYPED)
    assert page.status_code == 200
    assert "/account/confirm/" in page.content.decode()
    assert not Token.objects.exists()


def test_monitors_and_administrators_get_none(monitor, administrator, signed_in):
    for person in (monitor, administrator):
        with pytest.raises(PermissionDenied):
            tokens.issue(person, name="a", purpose="b", scopes=["values"])
        client = signed_in(person)
        assert client.get(reverse("account:tokens")).status_code == 403
        assert client.post(reverse("account:tokens"), TYPED).status_code == 403
        assert "/account/tokens/" not in client.get(reverse("account:index")).content.decode()


def test_nothing_longer_than_a_year_and_no_more_than_ten(analyst):
    with pytest.raises(ValidationError):
        Program(analyst, days=366)
    for _turn in range(tokens.MOST):
        last = Program(analyst)
    with pytest.raises(ValidationError, match=str(tokens.MOST)):
        Program(analyst)
    tokens.revoke_one(analyst, last.token.pk, actor=analyst)
    Program(analyst)


def test_its_owner_revokes_it(signed_in, analyst, editor):
    program, client = Program(analyst), signed_in(analyst)
    assert reads(program)
    signed_in(editor).post(reverse("account:token_revoke", args=[program.token.pk]))
    assert reads(program)
    client.post(reverse("account:token_revoke", args=[program.token.pk]))
    assert not reads(program)
    client.post(reverse("account:token_revoke", args=[program.token.pk]))
    assert [pair[1] for pair in told(analyst)][1:] == [""]
    page = client.get(reverse("account:tokens")).content.decode()
    assert "Revoked" in page


def test_an_administrator_takes_it_away(signed_in, administrator, analyst, editor):
    program, client = Program(analyst), signed_in(administrator)
    place = reverse("people:token_revoke", args=[analyst.pk, program.token.pk])
    page = client.get(reverse("people:person", args=[analyst.pk])).content.decode()
    assert f'action="{place}"' in page
    assert "The yearly report" in page
    other = reverse("people:token_revoke", args=[editor.pk, program.token.pk])
    client.post(other)
    assert reads(program)
    client.post(place)
    assert not reads(program)
    assert told(analyst)[-1][1] == ""
    assert analyst.events.order_by("-id").first().actor == administrator
    history = client.get(reverse("account_history", args=[analyst.pk])).content.decode()
    assert "oken for a program" in history


def test_nobody_else_revokes(analyst, editor):
    program = Program(analyst)
    with pytest.raises(PermissionDenied):
        tokens.revoke_one(analyst, program.token.pk, actor=editor)
    with pytest.raises(PermissionDenied):
        tokens.revoke_all(analyst, actor=editor)
    assert reads(program)


@pytest.mark.parametrize("end", ["close", "take_means"])
def test_a_closed_account_and_a_new_link_end_it_for_good(administrator, analyst, end):
    program = Program(analyst)
    getattr(people, end)(analyst, actor=administrator, reason="On leave")
    assert not reads(program)
    people.reopen(analyst, actor=administrator, reason="Back")
    assert not reads(program)
    assert told(analyst)[-1][1] == ""


def test_an_account_that_is_closed_by_whatever_means_reads_nothing(analyst):
    program = Program(analyst)
    type(analyst).objects.filter(pk=analyst.pk).update(is_active=False)
    assert not reads(program)


def test_it_ends_with_its_time(analyst):
    program = Program(analyst)
    now = timezone.now()
    begun = now - datetime.timedelta(days=91)
    rows = Token.objects.filter(pk=program.token.pk)
    rows.update(issued_at=begun, expires_at=now + datetime.timedelta(minutes=1))
    assert reads(program)
    rows.update(expires_at=now - datetime.timedelta(seconds=1))
    assert not reads(program)
    assert rows.get().state == "expired"


def test_rights_are_asked_anew_at_each_request(analyst):
    program = Program(analyst)
    for role, status in ((Role.MONITOR, 403), (Role.ADMINISTRATOR, 403), (Role.EDITOR, 200)):
        type(analyst).objects.filter(pk=analyst.pk).update(role=role)
        assert {program.get(path).status_code for path in ("values/", "cards/")} == {status}


def test_who_became_something_else_still_revokes_what_is_left(signed_in, analyst):
    program = Program(analyst)
    type(analyst).objects.filter(pk=analyst.pk).update(role=Role.MONITOR)
    analyst.refresh_from_db()
    client = signed_in(analyst)
    page = client.get(reverse("account:tokens")).content.decode()
    assert program.token.hint in page
    assert "Issue the token" not in page
    answer = client.post(reverse("account:token_revoke", args=[program.token.pk]), follow=True)
    assert answer.status_code == 200
    assert client.get(reverse("account:tokens")).status_code == 403


def test_its_use_is_noted_once_a_minute(analyst):
    program = Program(analyst)
    rows = Token.objects.filter(pk=program.token.pk)
    assert rows.get().used_at is None
    program.get("periods/")
    first = rows.get().used_at
    assert first is not None
    program.get("periods/")
    assert rows.get().used_at == first
    rows.update(used_at=first - datetime.timedelta(minutes=2))
    program.get("periods/")
    assert rows.get().used_at > first - datetime.timedelta(minutes=1)


def test_the_database_keeps_no_token_that_says_nothing(analyst):
    pk = Program(analyst).token.pk
    for wrong in (
        {"reads_values": False, "reads_cards": False},
        {"name": ""},
        {"purpose": ""},
        {"expires_at": timezone.now() - datetime.timedelta(days=1)},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Token.objects.filter(pk=pk).update(**wrong)

"""Invitations: once, for a week, by administrators; the way back in takes the old means away."""

import datetime

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone

from monitoring.accounts import invitations, people, second_factor
from monitoring.accounts.models import Invitation, User
from tests.accounts.means import code, reader, recorded, sign_in, signed_in
from tests.factories import PASSWORD, AdministratorFactory, EditorFactory, MonitorFactory

pytestmark = pytest.mark.django_db
NEW = "a long word of nobody"
FORM = {
    "username": "aigerim",
    "alias": "Monitor of Almaty",
    "role": "monitor",
    "regions": ["KZ-75"],
    "language": "en",
}


def invite(client, **changes):
    return client.post(reverse("people:invite"), {**FORM, **changes})


def path_of(answer) -> str:
    return "/" + answer.context["url"].split("/", 3)[3]


def choose(client, path: str, password: str = NEW):
    return client.post(path, {"new_password1": password, "new_password2": password})


def test_a_monitor_is_invited_and_comes_in(as_administrator):
    with recorded() as told:
        path = path_of(invite(as_administrator))
        account = User.objects.get(username="aigerim")
        assert (account.role, account.region_codes(), account.invited) == (
            "monitor",
            {"KZ-75"},
            True,
        )
        client = reader()
        page = client.get(path)
        assert "Monitor of Almaty" in page.content.decode()
        assert choose(client, path).url == reverse("home")
    assert signed_in(client)
    account.refresh_from_db()
    assert account.check_password(NEW)
    assert [(one["kind"], one["account"].pk) for one in told] == [
        ("invited", account.pk),
        ("sign_in_means", account.pk),
    ]
    assert told[0]["changes"]["role"] == ["", "monitor"]
    assert told[0]["changes"]["regions"] == ["", "KZ-75"]
    assert told[1]["changes"] == {"invitation": ["open", "used"], "password": ["no", "yes"]}


def test_an_editor_sets_up_a_second_factor_before_anything_else(as_administrator):
    path = path_of(invite(as_administrator, role="editor", regions=[], all_regions="on"))
    client = reader()
    choose(client, path)
    assert client.get(reverse("home")).url == reverse("account:second_factor")
    secret = client.get(reverse("account:app")).context["new"].secret
    page = client.post(reverse("account:app"), {"code": code(secret=secret)})
    assert len(page.context["codes"]) == 10
    assert client.get(reverse("cards:queue")).status_code == 200


def test_nobody_comes_in_with_an_invited_account_but_by_its_link(as_administrator):
    invite(as_administrator)
    account = User.objects.get(username="aigerim")
    for password in ("", PASSWORD, account.password):
        client = reader()
        assert sign_in(client, account, password).status_code == 422
        assert not signed_in(client)


def test_a_link_works_once(as_administrator):
    path = path_of(invite(as_administrator))
    choose(reader(), path)
    client = reader()
    assert client.get(path).status_code == 410
    assert choose(client, path, "yet another long word").status_code == 410
    assert not signed_in(client)
    assert User.objects.get(username="aigerim").check_password(NEW)


@pytest.mark.parametrize("how", ["revoked", "expired", "closed", "renewed", "forged"])
def test_a_link_that_is_not_good_says_so(as_administrator, administrator, how):
    path = path_of(invite(as_administrator))
    account = User.objects.get(username="aigerim")
    link = Invitation.objects.get()
    assert link.state == "open"
    if how == "revoked":
        as_administrator.post(reverse("people:revoke", args=[account.pk, link.pk]))
    elif how == "expired":
        Invitation.objects.update(expires_at=timezone.now())
    elif how == "closed":
        people.close(account, actor=administrator, reason="Left")
    elif how == "renewed":
        invitations.invite_again(account, actor=administrator, reason="Lost")
    else:
        path = path[:-2] + "x/"
    client = reader()
    assert client.get(path).status_code == choose(client, path).status_code == 410
    assert not signed_in(client)


def test_looking_at_the_link_does_not_use_it_up(as_administrator):
    path = path_of(invite(as_administrator))
    for _look in range(3):
        assert reader().get(path).status_code == 200
    assert reader().head(path).status_code == 200
    assert choose(reader(), path, "short").status_code == 422
    assert choose(reader(), path).status_code == 302


def test_a_link_is_good_for_a_week_and_its_token_is_not_kept(as_administrator):
    path = path_of(invite(as_administrator))
    link = Invitation.objects.get()
    assert datetime.timedelta(days=6, hours=23) < link.expires_at - timezone.now()
    assert link.expires_at - timezone.now() < datetime.timedelta(days=7, hours=1)
    assert link.token_hash not in path
    page = as_administrator.get(reverse("people:person", args=[link.account_id]))
    assert path.split("/")[2] not in page.content.decode()


def test_a_new_link_takes_the_old_means_away_at_once(as_administrator, editor):
    second_factor.new_codes(editor)
    here = reader()
    here.force_login(editor)
    address = reverse("people:link", args=[editor.pk])
    assert as_administrator.post(address, {"reason": ""}).status_code == 422
    with recorded() as told:
        path = path_of(as_administrator.post(address, {"reason": "Lost the phone"}))
    assert here.get(reverse("cards:queue")).status_code == 302
    assert not sign_in(reader(), editor).context["form"].is_valid()
    assert not second_factor.has(editor)
    assert second_factor.state_of(editor).codes is None
    assert {one["reason"] for one in told} == {"Lost the phone"}
    changes = {name: pair for one in told for name, pair in one["changes"].items()}
    assert changes == {
        "sessions": ["1", "0"],
        "password": ["yes", "no"],
        "second_factor": ["yes", "no"],
    }
    client = reader()
    choose(client, path)
    assert client.get(reverse("home")).url == reverse("account:second_factor")


def test_administrators_make_no_way_in_for_themselves(as_administrator, administrator):
    AdministratorFactory()
    address = reverse("people:link", args=[administrator.pk])
    answer = as_administrator.post(address, {"reason": "Why not"})
    assert (answer.status_code, Invitation.objects.count()) == (422, 0)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("username", "ADMINISTRATOR"),
        ("username", "with a space"),
        ("alias", ""),
        ("alias", "monitor of astana"),
        ("role", "king"),
        ("regions", ["KZ-99"]),
        ("language", "de"),
        ("all_regions", "on"),
    ],
)
def test_what_cannot_be_is_said_at_its_field(as_administrator, administrator, field, value):
    User.objects.filter(pk=administrator.pk).update(username="administrator")
    MonitorFactory(alias="Monitor of Astana")
    answer = invite(as_administrator, **{field: value})
    assert answer.status_code == 422
    wrong = "regions" if field == "all_regions" else field
    assert set(answer.context["form"].errors) == {wrong}
    assert not Invitation.objects.exists()


def test_administrators_are_given_no_regions(as_administrator):
    answer = invite(as_administrator, role="administrator")
    assert set(answer.context["form"].errors) == {"role"}
    assert invite(as_administrator, role="administrator", regions=[]).status_code == 200


def test_the_link_is_mailed_where_mail_is_configured(as_administrator, settings):
    assert "email" not in as_administrator.get(reverse("people:invite")).context["form"].fields
    settings.EMAIL_CONFIGURED = True
    answer = invite(as_administrator, email="aigerim@example.org")
    (sent,) = mail.outbox
    assert sent.to == ["aigerim@example.org"]
    assert answer.context["url"] in sent.body
    assert User.objects.get(username="aigerim").email == ""


@pytest.mark.parametrize("factory", [MonitorFactory, EditorFactory])
def test_nobody_else_invites(reference, factory):
    actor = factory()
    values = {"alias": "A", "role": "monitor", "regions": [], "all_regions": False, "language": ""}
    with pytest.raises(PermissionDenied):
        invitations.invite(actor=actor, username="x", values=values)
    with pytest.raises(PermissionDenied):
        invitations.invite_again(MonitorFactory(), actor=actor, reason="x")
    with pytest.raises(PermissionDenied):
        invitations.revoke(MonitorFactory(), 1, actor=actor)


def test_the_last_administrator_is_not_thrown_out(administrator):
    other = AdministratorFactory(is_active=False)
    User.objects.filter(pk=other.pk).update(is_active=True)
    people.close(other, actor=administrator, reason="Left")
    with pytest.raises(ValidationError):
        people.take_means(administrator, actor=administrator, reason="x")

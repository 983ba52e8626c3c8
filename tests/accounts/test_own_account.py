"""One's own account: sessions, password, second factor, and being asked again who one is."""

import time

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse

from monitoring.accounts import second_factor, sessions
from monitoring.accounts.models import UserSession
from tests.accounts.means import code, recorded, sign_in
from tests.factories import PASSWORD, MonitorFactory, make_card

pytestmark = pytest.mark.django_db
NEW = "a long word of nobody"


def stale(client: Client, seconds: int = 601) -> None:
    """As if the sign-in had been that long ago."""
    session = client.session
    session["fresh_at"] -= seconds
    session.save()


def test_the_account_page_tells_alias_role_regions_and_sessions(signed_in, monitor):
    other = Client(headers={"user-agent": "Mozilla/5.0 (Android 14; Mobile) Firefox/130.0"})
    sign_in(other, monitor)
    text = signed_in(monitor).get(reverse("account:index")).content.decode()
    for expected in (monitor.alias, "Monitor", "Almaty", "Firefox · Android", "this device"):
        assert expected in text
    assert text.count("/end/") == 2


@pytest.mark.parametrize("role", ["monitor", "editor", "analyst", "administrator"])
def test_everybody_finds_it_in_the_menu(signed_in, request, role):
    client = signed_in(request.getfixturevalue(role))
    page = client.get(reverse("account:index"))
    assert page.status_code == 200
    assert f'href="{reverse("account:index")}"' in page.content.decode()


@pytest.mark.parametrize(
    ("agent", "device"),
    [
        ("", ""),
        ("curl/8", ""),
        ("Mozilla/5.0 (X11; Linux x86_64) Chrome/130.0 Safari/537.36", "Chrome · Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/130.0 Safari/537.36 Edg/130.0", "Edge · Windows"),
        ("Mozilla/5.0 (Linux; Android 13) Chrome/120.0 YaBrowser/24", "Yandex Browser · Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Safari/604.1", "Safari · iPhone"),
    ],
)
def test_devices_are_told_in_words(agent, device):
    assert sessions.device_of(agent) == device


def test_one_session_is_ended_elsewhere(signed_in, monitor):
    here, there = signed_in(monitor), signed_in(monitor)
    other = UserSession.objects.get(key=there.session.session_key)
    with recorded() as told:
        here.post(reverse("account:session_end", args=[other.pk]))
    assert here.get(reverse("cards:list")).status_code == 200
    assert there.get(reverse("cards:list")).status_code == 302
    assert [one["changes"] for one in told] == [{"sessions": ["1", "0"]}]


def test_nobody_ends_a_session_of_somebody_else(signed_in, monitor, editor):
    theirs = signed_in(editor)
    row = UserSession.objects.get(key=theirs.session.session_key)
    signed_in(monitor).post(reverse("account:session_end", args=[row.pk]))
    assert theirs.get(reverse("cards:queue")).status_code == 200


def test_all_others_are_ended(signed_in, monitor):
    here, others = signed_in(monitor), [signed_in(monitor), signed_in(monitor)]
    here.post(reverse("account:sessions_end"))
    assert here.get(reverse("cards:list")).status_code == 200
    assert [one.get(reverse("cards:list")).status_code for one in others] == [302, 302]
    assert UserSession.objects.filter(account=monitor).count() == 1


def test_signing_out_takes_the_session_off_the_list(signed_in, monitor):
    signed_in(monitor).post(reverse("sign_out"))
    assert not UserSession.objects.exists()


@pytest.mark.parametrize(("mark", "limit"), [("seen_at", 7200), ("begun_at", 43200)])
def test_a_session_ends_after_resting_or_lasting_too_long(signed_in, monitor, mark, limit):
    client = signed_in(monitor)
    for seconds, status in ((limit - 5, 200), (limit + 1, 302)):
        session = client.session
        session["seen_at"] = session["begun_at"] = time.time()
        session[mark] = time.time() - seconds
        session.save()
        assert client.get(reverse("cards:list")).status_code == status
    assert not signed_in_now(client)
    assert not UserSession.objects.exists()


def signed_in_now(client) -> bool:
    return "_auth_user_id" in client.session


def test_what_was_typed_outlasts_the_idle_limit(signed_in, monitor):
    client = signed_in(monitor)
    session = client.session
    session["seen_at"] -= 7201
    session.save()
    address = reverse("cards:edit", args=["6f1f6c9e-4a0e-4a56-9a3b-0c7f3f1f6c9e"])
    answer = client.post(address, {"place": "Square"})
    assert answer.status_code == 401
    answer = sign_in(client, monitor, kept=answer.context["kept"])
    assert dict(answer.context["kept"].fields) == {"place": "Square"}


def test_being_there_is_written_down_once_a_minute(signed_in, monitor):
    client = signed_in(monitor)
    client.get(reverse("account:index"))
    seen = UserSession.objects.get().seen_at
    client.get(reverse("account:index"))
    assert UserSession.objects.get().seen_at == seen
    session = client.session
    session["seen_at"] -= 61
    session.save()
    client.get(reverse("account:index"))
    assert UserSession.objects.get().seen_at > seen


def test_another_password_ends_the_other_sessions(signed_in, monitor):
    here, there = signed_in(monitor), signed_in(monitor)
    address = reverse("account:password")
    assert here.post(address, {"new_password1": "x", "new_password2": "x"}).status_code == 422
    with recorded() as told:
        here.post(address, {"new_password1": NEW, "new_password2": NEW})
    assert here.get(reverse("account:index")).status_code == 200
    assert there.get(reverse("account:index")).status_code == 302
    monitor.refresh_from_db()
    assert monitor.check_password(NEW)
    assert {name for one in told for name in one["changes"]} == {"password", "sessions"}
    assert NEW not in str(told)
    assert UserSession.objects.get().key == here.session.session_key


def test_an_app_is_set_up_with_its_first_code_and_removed_again(signed_in, monitor):
    client = signed_in(monitor)
    new = client.get(reverse("account:app")).context["new"]
    assert new.picture.startswith("data:image/svg+xml;base64,")
    assert new.groups.replace(" ", "") == new.secret
    assert client.post(reverse("account:app"), {"code": "1"}).context["new"] == new
    assert not second_factor.has(monitor)
    now = code(secret=new.secret)
    with recorded() as told:
        page = client.post(reverse("account:app"), {"code": now})
        assert len(page.context["codes"]) == 10
        assert page["Cache-Control"].count("no-store") == 1
        with pytest.raises(ValueError):
            second_factor.check(monitor, now)
        client.post(reverse("account:app_remove"))
    assert not Authenticator.objects.exists()
    changes = [one["changes"] for one in told]
    assert changes == [
        {"app": ["no", "yes"]},
        {"recovery_codes": ["", "10"]},
        {"app": ["yes", "no"]},
    ]


def test_the_last_means_stays_where_the_role_needs_one(signed_in, editor):
    client = signed_in(editor)
    client.post(reverse("account:app_remove"))
    assert second_factor.has(editor)
    Authenticator.objects.create(user=editor, type="webauthn", data={"name": "Key"})
    client.post(reverse("account:app_remove"))
    assert not second_factor.state_of(editor).app
    key = Authenticator.objects.get(type="webauthn")
    client.post(reverse("account:passkey_remove", args=[key.pk]))
    assert second_factor.has(editor)


def test_nobody_removes_somebody_elses_passkey(signed_in, editor, monitor):
    key = Authenticator.objects.create(user=editor, type="webauthn", data={"name": "Key"})
    signed_in(monitor).post(reverse("account:passkey_remove", args=[key.pk]))
    assert Authenticator.objects.filter(pk=key.pk).exists()


@pytest.mark.parametrize("answer", ["", "{}", '{"id": "AA", "rawId": "AA"}', "null"])
def test_a_forged_passkey_is_not_kept(signed_in, monitor, answer):
    monitor.alias = "Observer"
    monitor.save()
    client = signed_in(monitor)
    asked = client.post(reverse("account:passkey_new")).json()["publicKey"]
    assert asked["authenticatorSelection"]["residentKey"] == "required"
    assert asked["authenticatorSelection"]["userVerification"] == "required"
    assert monitor.username not in str(asked)
    address = reverse("account:passkey_add")
    page = client.post(address, {"name": "Phone", "credential": answer})
    assert page.status_code == 422
    assert 'value="Phone"' in page.content.decode()
    assert not Authenticator.objects.exists()


def test_new_codes_make_the_old_ones_void(signed_in, editor):
    old = second_factor.new_codes(editor)
    new = signed_in(editor).post(reverse("account:codes")).context["codes"]
    assert not set(old) & set(new)
    with pytest.raises(ValueError):
        second_factor.check(editor, old[0])
    second_factor.check(editor, new[0])


FRESH = [
    ("get", "account:password", "monitor"),
    ("get", "account:second_factor", "monitor"),
    ("get", "account:app", "monitor"),
    ("post", "account:codes", "editor"),
    ("post", "account:app_remove", "editor"),
    ("get", "cards:export", "editor"),
    ("get", "people:invite", "administrator"),
]


@pytest.mark.parametrize(("method", "route", "who"), FRESH)
def test_what_is_sensitive_asks_again(signed_in, request, method, route, who):
    user = request.getfixturevalue(who)
    client = signed_in(user)
    stale(client, 590)
    assert getattr(client, method)(reverse(route)).status_code in (200, 302)
    stale(client, 20)
    address = reverse(route) + ("?form=rally" if route == "cards:export" else "")
    answer = getattr(client, method)(address)
    confirm = reverse("account:confirm")
    if method == "get":
        assert answer.url.startswith(confirm)
        answer = client.post(answer.url, {"password": PASSWORD})
        assert answer.url == address
    else:
        assert answer.context["kept"]
        kept = answer.context["kept"]
        answer = client.post(confirm, {"password": "wrong", "kept": kept})
        assert (answer.status_code, answer.context["kept"]) == (422, kept)
        answer = client.post(confirm, {"password": PASSWORD, "kept": kept})
        assert answer.context["kept"].path == address
    assert client.get(reverse("account:password")).status_code == 200


def test_what_an_administrator_typed_goes_on_after_the_confirmation(as_administrator):
    monitor = MonitorFactory()
    stale(as_administrator)
    address = reverse("people:change", args=[monitor.pk])
    typed = {"alias": "Other", "role": "monitor", "language": "kk", "reason": "A long reason"}
    answer = as_administrator.post(address, typed)
    monitor.refresh_from_db()
    assert monitor.alias != "Other"
    kept = answer.context["kept"]
    answer = as_administrator.post(reverse("account:confirm"), {"password": PASSWORD, "kept": kept})
    held = answer.context["kept"]
    assert dict(held.fields) == typed
    as_administrator.post(held.path, dict(held.fields))
    monitor.refresh_from_db()
    assert monitor.alias == "Other"


def test_what_was_typed_outlasts_a_session_that_ends_during_the_confirmation(as_administrator):
    stale(as_administrator)
    address = reverse("people:change", args=[MonitorFactory().pk])
    sealed = as_administrator.post(address, {"reason": "A long reason"}).context["kept"]
    as_administrator.session.flush()
    form = {"password": PASSWORD, "kept": sealed}
    answer = as_administrator.post(reverse("account:confirm"), form)
    assert (answer.status_code, answer.context["kept"]) == (401, sealed)


def test_originals_ask_again(signed_in, editor):
    card = make_card("submitted")
    client = signed_in(editor)
    stale(client)
    file = "6f1f6c9e-4a0e-4a56-9a3b-0c7f3f1f6c9e"
    address = reverse("cards:attachment_original", args=[card.uuid, file])
    assert client.get(address).url.startswith(reverse("account:confirm"))


def test_a_script_is_told_to_confirm(signed_in, monitor):
    client = signed_in(monitor)
    stale(client)
    answer = client.post(reverse("account:passkey_new"), headers={"accept": "application/json"})
    assert (answer.status_code, answer.json()["confirm"]) == (401, reverse("account:confirm"))


def test_the_confirmation_leads_nowhere_else(signed_in, monitor):
    client = signed_in(monitor)
    answer = client.post(
        reverse("account:confirm"), {"password": PASSWORD, "next": "https://example.org/"}
    )
    assert answer.url == reverse("home")


def test_wrong_passwords_of_the_confirmation_wait_too(signed_in, monitor):
    client = signed_in(monitor)
    for _round in range(4):
        client.post(reverse("account:confirm"), {"password": "wrong"})
    answer = client.post(reverse("account:confirm"), {"password": PASSWORD})
    assert answer.status_code == 429


def test_strangers_reach_nothing_of_an_account(client):
    for route in ("index", "confirm", "password", "second_factor", "app"):
        assert client.get(reverse(f"account:{route}")).status_code == 302


def test_keys_of_apps_outlast_a_new_key_of_the_site(editor, settings):
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another key"
    assert second_factor.check(editor, code()) == "app"

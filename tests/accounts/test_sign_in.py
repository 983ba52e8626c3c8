"""Signing in: one answer to everybody who may not, two factors, and nothing typed is lost."""

import re
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from functools import cache

import pytest
from allauth.mfa.models import Authenticator
from django.urls import reverse

from cards.models import Card
from monitoring.accounts import hashing, second_factor
from monitoring.accounts.models import Attempts, UserSession
from tests.accounts.means import code, reader, sign_in, signed_in
from tests.factories import PASSWORD, SEALED_SECRET, EditorFactory, MonitorFactory, card_answers

pytestmark = pytest.mark.django_db


def kept_form(client, user) -> dict:
    """A card sent after the session has ended; what the sign-in page carries on."""
    client.force_login(user)
    client.session.flush()
    uuid = "6f1f6c9e-4a0e-4a56-9a3b-0c7f3f1f6c9e"
    answer = client.post(
        reverse("cards:edit", args=[uuid]), {"description": "A long story\nof two lines"}
    )
    assert answer.status_code == 401
    return {"kept": answer.context["kept"]}


def test_a_password_is_enough_for_a_monitor(monitor):
    client = reader()
    assert sign_in(client, monitor).url == reverse("home")
    assert signed_in(client)
    assert UserSession.objects.get(account=monitor).means == "password"


def test_an_editor_gives_a_code_too(editor):
    client = reader()
    answer = sign_in(client, editor)
    assert (answer.status_code, signed_in(client)) == (200, False)
    assert client.get(reverse("cards:queue")).status_code == 302
    answer = client.post(reverse("sign_in_second"), {"code": code()})
    assert (answer.url, signed_in(client)) == (reverse("home"), True)
    assert client.get(reverse("cards:queue")).status_code == 200
    assert UserSession.objects.get(account=editor).means == "app"


def test_a_monitor_who_set_one_up_is_asked_too(reference):
    client = reader()
    sign_in(client, MonitorFactory(second_factor=True))
    assert not signed_in(client)


@pytest.mark.parametrize("step", [-1, 0, 1])
def test_a_clock_may_be_half_a_minute_off(editor, step):
    client = reader()
    sign_in(client, editor)
    client.post(reverse("sign_in_second"), {"code": code(step)})
    assert signed_in(client)


def test_a_code_works_once_and_none_before_it(editor):
    now = code()
    second_factor.check(editor, now)
    for used in (now, code(-1)):
        client = reader()
        sign_in(client, editor)
        answer = client.post(reverse("sign_in_second"), {"code": used})
        assert (answer.status_code, signed_in(client)) == (422, False)
        assert used not in answer.content.decode()


def test_a_recovery_code_works_once(editor):
    codes = second_factor.new_codes(editor)
    assert len(set(codes)) == 10
    for expected in (True, False):
        client = reader()
        sign_in(client, editor)
        client.post(reverse("sign_in_second"), {"code": codes[3]})
        assert signed_in(client) == expected
    assert second_factor.state_of(editor).codes == 9


def test_a_code_alone_opens_nothing(editor):
    client = reader()
    answer = client.post(reverse("sign_in_second"), {"code": code()})
    assert (answer.status_code, signed_in(client)) == (401, False)
    assert client.get(reverse("sign_in_second")).url == reverse("sign_in")


def test_the_second_step_does_not_wait_for_ever(editor):
    client = reader()
    sign_in(client, editor)
    session = client.session
    session["pending_sign_in"]["at"] -= 601
    session.save()
    answer = client.post(reverse("sign_in_second"), {"code": code(), "kept": "x"})
    assert (answer.status_code, signed_in(client)) == (401, False)
    assert answer.context["kept"] == "x"


@pytest.mark.parametrize(
    "answer", ["", "{}", "[]", "no json", '{"id": "AA"}', "5", '{"response": {"userHandle": "MQ"}}']
)
@pytest.mark.parametrize("route", ["sign_in_passkey", "sign_in_second"])
def test_a_forged_passkey_opens_nothing(editor, answer, route):
    client = reader()
    sign_in(client, editor)
    client.post(reverse("sign_in_passkey_options"))
    page = client.post(reverse(route), {"credential": answer})
    assert (page.status_code, signed_in(client)) == (422, False)


def test_secrets_lie_sealed_in_the_database(editor):
    second_factor.new_codes(editor)
    stored = str(list(Authenticator.objects.filter(user=editor).values("data")))
    assert "JBSWY3DP" not in stored
    assert (
        Authenticator.objects.get(user=editor, type="totp").wrap().instance.data["secret"][:4]
        == "gAAA"
    )


def refused_people():
    """Everybody who may not come in with the password that they give: kind -> (name, password)."""
    closed, invited = EditorFactory(is_active=False), MonitorFactory()
    invited.set_unusable_password()
    invited.save()
    return {
        "unknown": ("nobody-of-that-name", PASSWORD),
        "wrong": (MonitorFactory().username, "another password"),
        "closed": (closed.username, PASSWORD),
        "closed and wrong": (EditorFactory(is_active=False).username, "another password"),
        "invited": (invited.username, PASSWORD),
        "demonstration": (EditorFactory(demo=True).username, PASSWORD),
    }


def test_everybody_who_may_not_come_in_gets_the_same_answer(reference):
    pages = {}
    for kind, (name, password) in refused_people().items():
        Attempts.objects.all().delete()
        answer = reader().post(reverse("sign_in"), {"username": name, "password": password})
        text = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", answer.content.decode())
        pages[kind] = (answer.status_code, text.replace(f'"{name}"', '"NAME"'))
        assert password not in text
    assert pages["unknown"][0] == 422
    assert {kind: page for kind, page in pages.items() if page != pages["unknown"]} == {}


@pytest.mark.slow
@pytest.mark.once
def test_everybody_who_may_not_come_in_waits_the_same_time(reference, settings, monkeypatch):
    # The time of the processor is what counts; standing back for others only makes the test long.
    monkeypatch.setattr(hashing, "_thread", cache(lambda: ThreadPoolExecutor(1)))
    # The suite's quick hash would hide the difference that a missing hash makes.
    settings.PASSWORD_HASHERS = ["monitoring.accounts.hashing.Argon2"]
    people = refused_people()
    times = {kind: [] for kind in people}
    client = reader()
    for _round in range(41):
        for kind, (name, password) in people.items():
            Attempts.objects.all().delete()
            begin = time.process_time()
            client.post(reverse("sign_in"), {"username": name, "password": password})
            times[kind].append(time.process_time() - begin)
    medians = {kind: statistics.median(found) for kind, found in times.items()}
    assert max(medians.values()) / min(medians.values()) < 1.05, medians


@pytest.mark.slow
def test_a_card_sent_too_late_goes_on_after_both_factors(editor):
    client = reader()
    carried = kept_form(client, editor)
    answer = sign_in(client, editor, **carried)
    assert answer.context["kept"] == carried["kept"]
    wrong = client.post(reverse("sign_in_second"), {"code": "000000", **carried})
    assert wrong.context["kept"] == carried["kept"]
    answer = client.post(reverse("sign_in_second"), {"code": code(), **carried})
    held = answer.context["kept"]
    assert dict(held.fields) == {"description": "A long story\nof two lines"}
    client.post(held.path, dict(held.fields))
    assert Card.objects.get(monitor=editor).description.splitlines()[0] == "A long story"


def test_a_card_sent_too_late_goes_on_for_a_monitor(monitor):
    client = reader()
    answer = sign_in(client, monitor, **kept_form(client, monitor))
    assert dict(answer.context["kept"].fields)["description"].startswith("A long story")


def test_a_name_typed_into_a_form_is_carried_and_no_password_is(administrator):
    client = reader()
    address = reverse("people:invite")
    typed = {"username": "new", "alias": "New", "password": "secret", "new_password1": "secret"}
    sealed = client.post(address, typed).context["kept"]
    client = reader()
    sign_in(client, administrator, kept=sealed)
    answer = client.post(reverse("sign_in_second"), {"code": code(), "kept": sealed})
    assert dict(answer.context["kept"].fields) == {"username": "new", "alias": "New"}


def test_without_a_second_factor_only_its_set_up_is_open(signed_in):
    client = signed_in(EditorFactory(second_factor=False))
    set_up = reverse("account:second_factor")
    for address in (reverse("cards:queue"), reverse("home"), reverse("account:index")):
        assert client.get(address).url == set_up
    page = client.get(set_up)
    assert page.status_code == 200
    assert "site-nav" not in page.content.decode()
    assert client.get(reverse("account:app")).status_code == 200
    answer = client.get(reverse("cards:queue"), headers={"accept": "application/json"})
    assert answer.status_code == 403
    assert client.get(reverse("healthz")).status_code == 200
    assert client.post(reverse("set_language"), {"language": "kk"}).status_code == 302
    assert client.post(reverse("sign_out")).url == reverse("sign_in")


def test_what_was_typed_stays_in_the_page_until_there_is_a_second_factor(signed_in):
    user = EditorFactory(second_factor=False)
    client = signed_in(user)
    uuid = "6f1f6c9e-4a0e-4a56-9a3b-0c7f3f1f6c9e"
    answer = client.post(reverse("cards:edit", args=[uuid]), {"place": "Square", **card_ids(uuid)})
    assert answer.status_code == 403
    held = answer.context["kept"]
    assert dict(held.fields)["place"] == "Square"
    assert not Card.objects.exists()
    Authenticator.objects.create(user=user, type="totp", data={"secret": SEALED_SECRET})
    client.post(held.path, dict(held.fields))
    assert Card.objects.get().place == "Square"


def card_ids(uuid: str) -> dict:
    return {"uuid": uuid, "version": "0", "date": card_answers()["date"].isoformat()}


@pytest.mark.parametrize("exempt", ["demo", "setting", "monitor"])
def test_who_needs_no_second_factor(signed_in, settings, exempt):
    settings.DEBUG = exempt == "demo"
    settings.SECOND_FACTOR_REQUIRED = exempt != "setting"
    factory = MonitorFactory if exempt == "monitor" else EditorFactory
    client = signed_in(factory(second_factor=False, demo=exempt == "demo"))
    assert client.get(reverse("cards:list")).status_code == 200

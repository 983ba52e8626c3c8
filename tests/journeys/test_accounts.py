"""Signing in as people do: an invitation, an app, a passkey, a session ended elsewhere."""

from __future__ import annotations

import re
import time

import pytest
from playwright.sync_api import Page, expect

from tests.accounts.means import code
from tests.journeys.conftest import DESK, PASSWORD, PHONE
from tests.journeys.test_accessibility import violations

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
NEW = "a long word of an invited person"


@pytest.fixture
def strict(site, settings):
    """The site as it is outside of other journeys: roles that need a second factor give one."""
    settings.SECOND_FACTOR_REQUIRED = True
    return site


@pytest.fixture
def stranger(browser, strict):
    """``stranger(viewport)``: a page of a browser that has never been here."""
    contexts = []

    def open_page(viewport=PHONE, **options) -> Page:
        context = browser.new_context(viewport=viewport, base_url=strict, **options)
        context.add_cookies([{"name": "django_language", "value": "en", "url": strict}])
        contexts.append(context)
        return context.new_page()

    yield open_page
    for context in contexts:
        context.close()


def sign_in(page: Page, username: str, password: str = NEW) -> None:
    page.goto("/sign-in/")
    page.fill("main [name=username]", username)
    page.fill("[name=password]", password)
    with page.expect_navigation():
        page.press("[name=password]", "Enter")


def sign_out(page: Page) -> None:
    page.click("details.account summary")
    page.click(".account__panel button")
    page.wait_for_url("**/sign-in/")


def link_for(username: str, role: str = "editor") -> str:
    """An invitation as an administrator makes it; the path of its link."""
    from monitoring.accounts import invitations
    from monitoring.accounts.models import User

    actor = User.objects.create_user("boss", password=PASSWORD, role="administrator")
    values = {"alias": "Invited", "role": role, "regions": [], "all_regions": True}
    values["language"] = "en"
    _account, token = invitations.invite(actor=actor, username=username, values=values)
    return f"/invitation/{token}/"


def accept(page: Page, path: str) -> None:
    page.goto(path)
    page.fill("[name=new_password1]", NEW)
    page.fill("[name=new_password2]", NEW)
    page.locator("main form button").click()
    page.wait_for_url(lambda url: "/invitation/" not in url)


def set_up_app(page: Page) -> tuple[str, list[str]]:
    """The app's key and the recovery codes."""
    page.click("text=Set up an app")
    secret = page.inner_text(".secret").replace(" ", "")
    page.fill("[name=code]", code(secret=secret))
    page.locator("main form button").click()
    expect(page.locator(".codes li")).to_have_count(10)
    return secret, page.locator(".codes code").all_inner_texts()


def with_keys(page: Page):
    """Give the browser a phone's own authenticator that knows its holder."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    made = session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return session, made["authenticatorId"]


def test_from_the_invitation_to_the_next_sign_in(stranger):
    page = stranger()
    accept(page, link_for("aigerim"))
    page.wait_for_url("**/account/second-factor/")
    page.goto("/cards/queue/")
    assert page.url.endswith("/account/second-factor/")
    secret, recovery = set_up_app(page)
    page.click("text=I have written them down")
    page.wait_for_url("**/cards/queue/")
    sign_out(page)
    sign_in(page, "aigerim")
    page.fill("[name=code]", code(1, secret))
    page.press("[name=code]", "Enter")
    page.wait_for_url("**/cards/queue/")
    sign_out(page)
    sign_in(page, "aigerim")
    page.fill("[name=code]", recovery[0])
    page.press("[name=code]", "Enter")
    page.wait_for_url("**/cards/queue/")


def test_a_passkey_alone_and_as_second_factor(stranger):
    page = stranger()
    session, key = with_keys(page)
    accept(page, link_for("aigerim"))
    page.fill("[name=name]", "Work phone")
    page.click("text=Add a passkey")
    expect(page.locator(".codes li")).to_have_count(10)
    page.click("text=I have written them down")
    page.wait_for_url("**/cards/queue/")
    sign_out(page)
    page.click("text=Sign in with a passkey")
    page.wait_for_url("**/cards/queue/")
    sign_out(page)
    sign_in(page, "aigerim")
    page.click("text=Use a passkey")
    page.wait_for_url("**/cards/queue/")
    sign_out(page)
    session.send("WebAuthn.setUserVerified", {"authenticatorId": key, "isUserVerified": False})
    page.click("text=Sign in with a passkey")
    expect(page.locator("[data-passkey-problem]")).to_be_visible(timeout=20_000)
    assert "/sign-in/" in page.url


def test_a_passkey_confirms_who_one_is(stranger):
    from django.contrib.sessions.models import Session

    page = stranger()
    with_keys(page)
    accept(page, link_for("aigerim"))
    page.fill("[name=name]", "Work phone")
    page.click("text=Add a passkey")
    expect(page.locator(".codes li")).to_have_count(10)
    for row in Session.objects.all():
        store = row.get_session_store_class()(row.session_key)
        store["fresh_at"] = time.time() - 3600
        store.save()
    page.goto("/cards/export/?form=rally")
    page.click("text=Use a passkey")
    page.wait_for_url("**/cards/export/?form=rally")
    page.fill("[name=purpose]", "For the yearbook of 2018")
    with page.expect_download() as download:
        page.locator("main form button").click()
    assert download.value.suggested_filename.endswith(".xlsx")


def test_a_session_is_ended_from_another_device(stranger, person):
    person("monitor", ["KZ-75"])
    phone, desk = stranger(), stranger(DESK)
    for page in (phone, desk):
        sign_in(page, "monitor", PASSWORD)
        page.wait_for_url("**/cards/")
    desk.goto("/account/")
    expect(desk.locator(".rows__row", has_text="Signed in")).to_have_count(2)
    desk.click(".rows__row .btn-outline-danger")
    desk.wait_for_url("**/account/")
    phone.goto("/cards/")
    assert "/sign-in/" in phone.url
    desk.goto("/cards/")
    assert desk.url.endswith("/cards/")


def test_a_session_that_ends_in_the_middle_of_a_card_costs_nothing_through_two_factors(stranger):
    from django.contrib.sessions.models import Session

    from cards.models import Card

    page = stranger()
    accept(page, link_for("aigerim"))
    secret, _recovery = set_up_app(page)
    page.goto("/cards/new/")
    page.fill("[name=description]", "Долгий рассказ")
    Session.objects.all().delete()
    page.click(".card-bar button[value=save]")
    page.wait_for_selector("[name=password]")
    page.fill("main [name=username]", "aigerim")
    page.fill("[name=password]", NEW)
    page.press("[name=password]", "Enter")
    page.fill("[name=code]", "000000")
    page.press("[name=code]", "Enter")
    expect(page.locator("[data-error-summary]")).to_be_visible()
    page.fill("[name=code]", code(1, secret))
    page.press("[name=code]", "Enter")
    page.locator("main form button", has_text="Go on").click()
    page.wait_for_url(re.compile(r"/edit/$"))
    assert page.input_value("[name=description]") == "Долгий рассказ"
    assert Card.objects.filter(description="Долгий рассказ").count() == 1


def test_an_app_is_set_up_without_javascript(stranger):
    page = stranger(java_script_enabled=False)
    accept(page, link_for("aigerim"))
    expect(page.locator("form[data-passkey]")).to_be_hidden()
    set_up_app(page)
    page.click("text=I have written them down")
    page.wait_for_url("**/cards/queue/")


@pytest.mark.parametrize("light", ["light", "dark"])
def test_nothing_of_an_account_stands_in_anybodys_way(stranger, light):
    from monitoring.accounts.models import User

    found = {}

    def look(page: Page, what: str) -> None:
        if bad := violations(page):
            found[what, page.viewport_size["width"]] = bad
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= page.viewport_size["width"], what

    def send(page: Page) -> None:
        # A page about to be left is no page to look at.
        with page.expect_navigation():
            page.locator("main form button").click()

    page = stranger(color_scheme=light)
    path = link_for("aigerim", role="administrator")
    User.objects.filter(username="aigerim").update(all_regions=False)
    page.goto(path)
    look(page, "invitation")
    accept(page, path)
    look(page, "second factor, missing")
    page.goto("/account/second-factor/app/")
    look(page, "app")
    page.fill("[name=code]", "1")
    send(page)
    look(page, "app, refused")
    page.goto("/account/second-factor/")
    set_up_app(page)
    look(page, "codes")
    person = f"/settings/people/{User.objects.get(username='aigerim').pk}/"
    pages = ["/account/", "/account/second-factor/", "/account/password/", "/account/confirm/"]
    pages += ["/settings/people/", "/settings/people/invite/", person, "/settings/access/"]
    for viewport in (PHONE, DESK):
        page.set_viewport_size(viewport)
        for address in pages:
            assert page.goto(address).status == 200, address
            look(page, address)
        page.goto("/settings/people/invite/")
        page.fill("main [name=username]", f"next-{viewport['width']}")
        page.fill("[name=alias]", f"Next {viewport['width']}")
        send(page)
        look(page, "link")
        page.goto(path)
        look(page, "a link used up")
    sign_out(page)
    sign_in(page, "aigerim")
    look(page, "code")
    assert found == {}

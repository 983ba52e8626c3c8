"""A monitor's day without a network, in real Chromium: nothing lost, twice, or readable."""

from __future__ import annotations

import hashlib
import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import options
from tests.journeys import field
from tests.journeys.conftest import PHONE, watched

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def handset(browser, site):
    """``handset()``: a phone's own browser; ``.page`` is where it stands."""
    contexts = []

    def make(**options):
        context = field.phone(browser, site, **options)
        contexts.append(context)
        return context

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def restarted(browser, site, tmp_path):
    """``restarted()``: a page of the same browser profile, whose browser was closed and begun."""
    open_now = []

    def start() -> Page:
        for context in open_now:
            context.close()
        context = browser.browser_type.launch_persistent_context(
            tmp_path / "profile", base_url=site, viewport=PHONE, **options()
        )
        context.add_cookies([{"name": "django_language", "value": "en", "url": site}])
        open_now[:] = [context]
        return context.pages[0]

    yield start
    for context in open_now:
        context.close()


@pytest.fixture
def monitor(person):
    return person("monitor", ["KZ-75", "KZ-19"])


@pytest.fixture
def page(handset, monitor, site) -> Page:
    """Signed in with a connection, on the ordinary page that a monitor sees first; ready."""
    page = watched(handset().new_page(), site)
    field.sign_in(page, monitor.username)
    field.made_ready(page)
    yield page
    assert page.broken == []
    assert page.foreign == []


def photograph(seed: int) -> bytes:
    """A JPEG that is larger than one piece when it arrives."""
    import io
    import random

    from PIL import Image

    noise = random.Random(seed).randbytes(600 * 450 * 3)
    picture = Image.frombytes("RGB", (600, 450), noise).resize((2400, 1800))
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=90)
    return file.getvalue()


def cards():
    from cards.models import Card

    return Card.objects.filter(reconstruction=False)


def test_the_first_opening_is_without_a_network(page):
    page.context.set_offline(True)
    field.open_field(page)
    expect(page.locator("[data-link-text]")).to_contain_text("No connection")
    uuid = field.new_card(page)
    page.fill("#id_place", field.WORD)
    field.kept(page)
    page.reload()
    page.wait_for_selector(field.READY)
    assert page.evaluate("location.hash") == f"#card-{uuid}"
    assert page.input_value("#id_place") == field.WORD


def test_any_address_leads_to_the_card_when_there_is_no_network(page):
    page.context.set_offline(True)
    page.goto("/cards/")
    page.wait_for_selector(field.READY)
    assert page.url.endswith("/field/en/#")


def test_a_day_without_a_network_arrives_once(page):
    field.open_field(page)
    page.context.set_offline(True)
    for number in range(3):
        field.new_card(page)
        field.fill(page, place=f"{field.WORD} {number}", settlement=f"S {number}")
        field.finish(page)
        field.at_home(page)
    assert field.parcels(page) == 3
    expect(page.locator("[data-parcel=card]")).to_have_count(3)
    assert not cards().exists()
    page.context.set_offline(False)
    field.everything_sent(page)
    assert cards().filter(status="submitted").count() == 3
    assert {card.place for card in cards()} == {f"{field.WORD} {n}" for n in range(3)}
    expect(page.locator("[data-link-text]")).to_contain_text("Everything has been sent")


def test_a_draft_lives_through_a_restart_of_the_browser(restarted, monitor):
    page = restarted()
    field.sign_in(page, monitor.username)
    field.made_ready(page)
    field.open_field(page)
    page.context.set_offline(True)
    field.new_card(page)
    page.fill("#id_demands", field.WORD)
    field.kept(page)
    page = restarted()
    page.context.set_offline(True)
    page.goto("/field/en/")
    page.wait_for_selector(field.READY)
    page.click("[data-open]")
    expect(page.locator("#id_demands")).to_have_value(field.WORD)


def test_after_a_day_it_opens_locked_and_still_takes_a_card(page):
    import datetime

    field.open_field(page)
    page.context.set_offline(True)
    field.new_card(page)
    page.fill("#id_place", "of yesterday")
    field.kept(page)
    tomorrow = datetime.datetime.now(tz=datetime.UTC) + datetime.timedelta(hours=25)
    page.clock.set_fixed_time(tomorrow)
    page.reload()
    page.wait_for_selector(field.READY)
    # The card stood open: what it says is behind the lock now, not an empty card in its place.
    expect(page.locator(".field-locked")).to_contain_text("locked: 1")
    field.new_card(page)
    field.fill(page, place=field.WORD)
    field.finish(page)
    field.at_home(page)
    assert not field.answers_in(field.dump(page), field.WORD)
    page.context.set_offline(False)
    page.click("[data-send]")
    field.everything_sent(page)
    assert cards().get().place == field.WORD


def test_nothing_of_a_finished_card_can_be_read(page):
    field.open_field(page)
    page.context.set_offline(True)
    field.new_card(page)
    field.fill(page, place=field.WORD, demands=f"{field.WORD} demands", description=field.WORD)
    field.finish(page)
    field.at_home(page)
    text = field.dump(page)
    assert len(text) > 100_000
    assert not field.answers_in(text, field.WORD)
    assert not field.answers_in(page.content(), field.WORD)
    # The search itself finds what is there.
    assert field.answers_in(text, "zhinalys-parcel") or "protected" in text


def test_nothing_of_a_draft_can_be_read_without_its_key(page):
    field.open_field(page)
    field.new_card(page)
    page.fill("#id_place", field.WORD)
    field.kept(page)
    assert not field.answers_in(field.dump(page), field.WORD)


def test_a_second_tap_makes_no_twin(page):
    field.open_field(page)
    page.context.set_offline(True)
    field.new_card(page)
    field.fill(page)
    page.evaluate(
        """() => {
          const form = document.getElementById("card-form");
          form.requestSubmit();
          form.requestSubmit();
        }"""
    )
    field.at_home(page)
    page.context.set_offline(False)
    field.everything_sent(page)
    assert cards().count() == 1


def test_two_tabs_cannot_send_the_same_card_twice(page):
    field.open_field(page)
    uuid = field.new_card(page)
    page.fill("#id_place", field.WORD)
    field.kept(page)
    other = page.context.new_page()
    other.goto(f"/field/en/#card-{uuid}")
    other.wait_for_selector(field.READY)
    expect(other.locator("[data-notices]")).to_contain_text("open in another tab")
    other.click("text=Go on here")
    expect(other.locator("#id_place")).to_have_value(field.WORD)
    field.at_home(page)
    field.fill(other)
    other.context.set_offline(True)
    field.finish(other)
    field.at_home(other)
    other.context.set_offline(False)
    for tab in (page, other):
        tab.evaluate("import('/static/js/field/queue.js').then((queue) => queue.drain())")
    field.everything_sent(other)
    assert cards().count() == 1


def test_an_answer_that_is_lost_is_asked_for_again(page, site):
    field.open_field(page)
    field.new_card(page)
    field.fill(page)
    lost = []

    def lose(route):
        answer = route.fetch()
        if '"submitted"' in answer.text() and not lost:
            lost.append(answer.status)
            route.abort()
        else:
            route.fulfill(response=answer)

    page.route("**/field/send/", lose)
    field.finish(page)
    field.at_home(page)
    field.everything_sent(page)
    assert lost == [200]
    assert cards().get().status == "submitted"


def test_a_session_that_ends_in_the_middle_costs_nothing(page, monitor):
    from django.contrib.sessions.models import Session

    field.open_field(page)
    field.new_card(page)
    Session.objects.all().delete()
    field.fill(page, place=field.WORD)
    field.finish(page)
    field.at_home(page)
    assert field.parcels(page) == 1
    expect(page.locator("[data-sign-in]")).to_be_visible()
    page.click("[data-sign-in]")
    page.fill("main [name=username]", monitor.username)
    page.fill("[name=password]", field.PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_selector(field.READY)
    field.everything_sent(page)
    assert cards().get().place == field.WORD


def test_signing_out_keeps_what_was_not_sent(page, monitor):
    field.open_field(page)
    page.context.set_offline(True)
    field.new_card(page)
    field.fill(page, place=field.WORD)
    field.finish(page)
    field.at_home(page)
    page.route("**/field/send/", lambda route: route.abort())
    page.context.set_offline(False)
    page.goto("/cards/")
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.message), dialog.accept()))
    page.click("details.account summary")
    page.click(".account__panel button")
    page.wait_for_url("**/sign-in/")
    assert "not sent: 1" in asked[0]
    assert field.parcels(page) == 1
    page.unroute("**/field/send/")
    field.sign_in(page, monitor.username)
    field.open_field(page)
    field.everything_sent(page)
    assert cards().get().place == field.WORD


def test_a_clock_that_is_wrong_by_hours_changes_no_answer(page):
    import datetime

    wrong = datetime.datetime.now(tz=datetime.UTC) + datetime.timedelta(hours=7)
    page.clock.set_fixed_time(wrong)
    field.open_field(page)
    expect(page.locator("[data-link-text]")).to_contain_text("Connected")
    field.new_card(page)
    page.click("[data-fill=now][data-target=id_start_time]")
    # The browser's zone is the machine's.
    noted = datetime.datetime.strptime(page.input_value("#id_start_time"), "%H:%M").time()
    told = datetime.datetime.combine(datetime.date.today(), noted)
    away = abs((datetime.datetime.now() - told).total_seconds())
    assert min(away, 24 * 3600 - away) < 300
    page.fill("#id_place", field.WORD)
    field.state(page, "saved")
    assert cards().get().place == field.WORD


def test_a_full_device_says_so_and_the_site_keeps_the_card(page):
    field.open_field(page)
    page.evaluate(
        """() => {
          const put = IDBObjectStore.prototype.put;
          IDBObjectStore.prototype.put = function (...given) {
            if (this.name !== "meta") throw new DOMException("full", "QuotaExceededError");
            return put.apply(this, given);
          };
        }"""
    )
    field.new_card(page)
    page.fill("#id_place", field.WORD)
    expect(page.locator("[data-save-text]")).to_contain_text("no room left", timeout=10_000)
    page.wait_for_timeout(1500)
    assert cards().get().place == field.WORD
    assert page.input_value("#id_place") == field.WORD


def test_a_draft_from_the_phone_is_finished_on_a_laptop(page, handset, monitor):
    field.open_field(page)
    uuid = field.new_card(page)
    page.fill("#id_place", field.WORD)
    field.state(page, "saved")
    laptop = handset().new_page()
    field.sign_in(laptop, monitor.username)
    laptop.goto(f"/cards/{uuid}/edit/")
    assert laptop.input_value("#id_place") == field.WORD


def test_what_the_ordinary_card_cannot_send_is_kept_sealed(page):
    page.goto("/cards/new/")
    uuid = page.input_value("[name=uuid]")
    page.context.set_offline(True)
    page.fill("#id_place", field.WORD)
    expect(page.locator("[data-save-text]")).to_contain_text("kept sealed", timeout=15_000)
    assert not field.answers_in(field.dump(page), field.WORD)
    # The phone dies; the field page has the draft.
    other = page.context.new_page()
    page.close(run_before_unload=False)
    other.goto(f"/field/en/#card-{uuid}")
    other.wait_for_selector(field.READY)
    expect(other.locator("#id_place")).to_have_value(field.WORD)
    other.context.set_offline(False)
    field.state(other, "saved")
    assert cards().get().place == field.WORD


def test_storage_that_was_evicted_comes_back_from_the_site(page):
    field.open_field(page)
    field.new_card(page)
    page.fill("#id_place", field.WORD)
    field.state(page, "saved")
    page.goto("/calendar/")
    page.evaluate(
        """() => new Promise((done) => {
          const gone = indexedDB.deleteDatabase("zhinalys");
          gone.onsuccess = gone.onblocked = () => done(true);
        })"""
    )
    page.evaluate("caches.keys().then((names) => Promise.all(names.map((n) => caches.delete(n))))")
    field.open_field(page)
    page.click("[data-open]")
    expect(page.locator("#id_place")).to_have_value(field.WORD)


def test_two_devices_on_one_draft_choose_field_by_field(page, handset, monitor):
    field.open_field(page)
    field.new_card(page)
    page.fill("#id_place", "begun")
    field.state(page, "saved")
    other = handset().new_page()
    field.sign_in(other, monitor.username)
    field.open_field(other)
    other.click("[data-open]")
    page.context.set_offline(True)
    page.fill("#id_place", "of the first")
    page.fill("#id_demands", "demands of the first")
    field.kept(page)
    other.fill("#id_place", "of the second")
    field.state(other, "saved")
    page.context.set_offline(False)
    expect(page.locator(".conflicts")).to_be_visible(timeout=20_000)
    side = page.locator(".conflict:has-text('of the first') label:has-text('of the second')").first
    side.locator("input").check()
    page.click("text=Save what I chose")
    field.state(page, "saved")
    card = cards().get()
    assert (card.place, card.demands) == ("of the second", "demands of the first")
    assert page.input_value("#id_place") == "of the second"


def test_a_refused_card_is_a_draft_again_with_its_errors(page):
    field.open_field(page)
    page.context.set_offline(True)
    field.new_card(page)
    # Nothing here knows that the day lies ahead; the site does.
    field.fill(page, date=None, place=field.WORD)
    page.fill("#id_date", "2031-05-01")
    field.finish(page)
    field.at_home(page)
    page.context.set_offline(False)
    field.everything_sent(page)
    expect(page.locator("[data-notices]")).to_contain_text("draft again")
    page.click("[data-open]")
    expect(page.locator("#id_place")).to_have_value(field.WORD)
    expect(page.locator('.question[data-field="date"] .question__error')).to_be_visible()
    assert cards().get().status == "draft"


def test_a_warning_is_asked_before_it_is_sent(page):
    field.open_field(page)
    field.new_card(page)
    field.fill(page, police=29, participants=25, participants_high=30)
    field.finish(page)
    panel = page.locator(".notice--ask")
    expect(panel).to_be_visible()
    panel.locator("button").click()
    field.at_home(page)
    assert cards().get().status == "submitted"


def test_drafts_lock_and_open_with_a_pin_without_a_network(page):
    field.open_field(page)
    page.click("[data-go=device]")
    page.fill("#new-pin", "сорок-два")
    page.click("[data-pin-form] button")
    expect(page.locator("[data-pin-text]")).to_have_text("The PIN is set.")
    page.click("[data-view=device] [data-go=home]")
    page.context.set_offline(True)
    field.new_card(page)
    page.fill("#id_place", field.WORD)
    field.kept(page)
    page.click("[data-view=card] [data-go=home]")
    page.click("[data-go=device]")
    page.click("[data-lock-now]")
    expect(page.locator(".field-locked")).to_contain_text("locked: 1")
    expect(page.locator("[data-open]")).to_have_count(0)
    page.fill("#pin", "wrong-one")
    page.press("#pin", "Enter")
    expect(page.locator(".field-locked")).to_contain_text("Tries left: 9")
    page.fill("#pin", "сорок-два")
    page.press("#pin", "Enter")
    page.click("[data-open]")
    expect(page.locator("#id_place")).to_have_value(field.WORD)


def test_a_card_can_be_begun_while_the_drafts_are_locked(page):
    field.open_field(page)
    page.context.set_offline(True)
    page.click("[data-go=device]")
    page.click("[data-lock-now]")
    field.new_card(page)
    page.fill("#id_place", field.WORD)
    expect(page.locator("[data-save-text]")).to_contain_text("Kept sealed")
    page.click("[data-view=card] [data-go=home]")
    assert not field.answers_in(field.dump(page), field.WORD)
    page.context.set_offline(False)
    field.everything_sent(page)
    assert cards().get().place == field.WORD
    # There is a connection and a session, and still the drafts stay locked.
    expect(page.locator(".field-locked")).to_be_visible()
    expect(page.locator("[data-open]")).to_have_count(0)
    page.click("text=Show again who you are")
    page.fill("[name=password]", field.PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_selector(field.READY)
    page.click("[data-open]")
    expect(page.locator("#id_place")).to_have_value(field.WORD)


def test_a_passkey_opens_the_drafts_without_a_network(page):
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "ctap2Version": "ctap2_1", "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True, "isUserVerified": True, "hasPrf": True,
        "automaticPresenceSimulation": True,
    }  # fmt: skip
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    field.open_field(page)
    page.click("[data-go=device]")
    page.click("[data-passkey-set]")
    expect(page.locator("[data-passkey-text]")).to_contain_text("opens the drafts")
    page.click("[data-view=device] [data-go=home]")
    page.context.set_offline(True)
    field.new_card(page)
    page.fill("#id_place", field.WORD)
    field.kept(page)
    page.click("[data-view=card] [data-go=home]")
    page.click("[data-go=device]")
    page.click("[data-lock-now]")
    page.click("text=Open with the passkey")
    page.click("[data-open]")
    expect(page.locator("#id_place")).to_have_value(field.WORD)


def test_a_quick_exit_leaves_nothing_to_go_back_to(page):
    field.open_field(page)
    field.new_card(page)
    page.fill("#id_place", field.WORD)
    page.click("[data-exit]")
    page.wait_for_url("**/calendar/")
    expect(page.locator("[data-month]")).to_contain_text(re.compile(r"\d{4}"))
    field.until(page, "sessionStorage.getItem('away') === null")
    harmless = ("/calendar/", "about:blank")
    for step in (page.go_back, page.go_back, page.go_forward, page.go_forward):
        step()
        assert page.url.endswith(harmless), page.url
    page.goto("/cards/")
    assert "/sign-in/" in page.url
    field.open_field(page)
    expect(page.locator(".field-locked")).to_be_visible()


def test_a_quick_exit_leads_where_the_bureau_wishes(page, settings):
    from cards.field import shell

    settings.QUICK_EXIT_URL = "/healthz"
    shell.forget()
    page.evaluate("navigator.serviceWorker.getRegistration().then((one) => one.unregister())")
    field.open_field(page)
    shell.forget()
    page.click("[data-exit]")
    page.wait_for_url("**/healthz")
    page.go_back()
    assert page.url.endswith("/calendar/")
    page.go_forward()
    assert page.url.endswith("/healthz")


def test_a_quick_exit_works_without_a_network(page):
    field.open_field(page)
    page.context.set_offline(True)
    field.new_card(page)
    page.fill("#id_place", field.WORD)
    page.click("[data-exit]")
    page.wait_for_url("**/calendar/")
    field.open_field(page)
    expect(page.locator(".field-locked")).to_contain_text("locked: 1")
    # The network is back, and with it nobody else comes in.
    page.context.set_offline(False)
    page.goto("/cards/")
    assert "/sign-in/" in page.url


def test_wiping_says_what_is_lost_and_leaves_nothing(page):
    field.open_field(page)
    page.context.set_offline(True)
    field.new_card(page)
    field.fill(page)
    field.finish(page)
    field.at_home(page)
    field.new_card(page)
    page.fill("#id_place", field.WORD)
    field.kept(page)
    page.click("[data-view=card] [data-go=home]")
    page.click("[data-go=device]")
    page.click("[data-wipe]")
    expect(page.locator("[data-ask-text]")).to_contain_text("not been sent: 1")
    expect(page.locator("[data-ask-text]")).to_contain_text("not on the site: 1")
    page.context.set_offline(False)
    page.route("**/field/send/", lambda route: route.abort())
    page.click("[data-ask-yes]")
    page.wait_for_url("**/calendar/")
    assert page.evaluate("indexedDB.databases()") == []
    assert page.evaluate("caches.keys()") == []
    assert (
        page.evaluate("navigator.serviceWorker.getRegistrations().then((all) => all.length)") == 0
    )


def test_the_owner_ends_a_lost_phone_from_another_device(page, handset, monitor):
    from monitoring.accounts.models import Device

    field.open_field(page)
    page.context.set_offline(True)
    field.new_card(page)
    page.fill("#id_place", field.WORD)
    field.kept(page)
    page.click("[data-view=card] [data-go=home]")
    laptop = handset().new_page()
    field.sign_in(laptop, monitor.username)
    field.made_ready(laptop)
    laptop.goto("/account/")
    # The newest stands first: the phone was here before the laptop.
    row = laptop.locator("[aria-labelledby=devices] .rows__row").last
    row.locator("summary").click()
    row.locator("button").click()
    assert Device.objects.filter(forgotten_at__isnull=False).count() == 1
    # Not one of the tries that may be under way just then.
    page.route("**/field/send/", lambda route: route.abort())
    page.context.set_offline(False)
    expect(page.locator("[data-notices]")).to_contain_text("ended this device", timeout=20_000)
    expect(page.locator("[data-open]")).to_have_count(0)


def test_photographs_wait_in_the_queue_and_go_in_pieces(page, tmp_path):
    from cards.models import Attachment

    field.open_field(page)
    page.context.set_offline(True)
    field.new_card(page)
    field.fill(page)
    files = [
        {"name": f"p{n}.jpg", "mimeType": "image/jpeg", "buffer": photograph(n)} for n in range(2)
    ]
    page.fill("[data-photo-caption]", "The square")
    page.select_option("[data-photo-by]", "observer")
    page.set_input_files("[data-photos]", files[:1])
    rows = page.locator("[data-photo-list] li")
    expect(rows).to_have_count(1)
    expect(rows.first).to_contain_text("The square · Taken by: Another observer · sealed, waits")
    # The caption was of that one; whoever took it takes the next one too, unless told otherwise.
    expect(page.locator("[data-photo-caption]")).to_have_value("")
    expect(page.locator("[data-photo-by]")).to_have_value("observer")
    page.set_input_files("[data-photos]", files[1:])
    expect(rows).to_have_count(2)
    field.finish(page)
    field.at_home(page)
    assert field.parcels(page) == 3
    broken = []

    def once(route):
        if not broken and "offset=262144" in route.request.url:
            broken.append(1)
            route.abort()
        else:
            route.continue_()

    page.route("**/field/pieces/**", once)
    page.context.set_offline(False)
    field.everything_sent(page)
    rows = list(Attachment.objects.filter(card=cards().get()).order_by("id"))
    assert [row.name for row in rows] == ["photo-1.jpg", "photo-2.jpg"]
    assert [(row.caption, row.taken_by) for row in rows] == [
        ("The square", "observer"),
        ("", "observer"),
    ]
    # What arrived is smaller; the checksum is that of the very file that was picked.
    assert [row.camera_sha256 for row in rows] == [
        hashlib.sha256(file["buffer"]).hexdigest() for file in files
    ]
    assert all(row.was_made_smaller for row in rows)
    assert broken == [1]


def test_what_is_said_of_a_photograph_stays_with_the_draft(page, handset, monitor):
    """Through a restart without a network, and on another device once it has arrived."""
    field.open_field(page)
    page.context.set_offline(True)
    uuid = field.new_card(page)
    page.fill("#id_place", field.WORD)
    # As on the laptop: what nobody says stays unknown.
    expect(page.locator("[data-photo-by]")).to_have_value("")
    page.select_option("[data-photo-by]", "monitor")
    page.fill("[data-photo-caption]", "Before the akimat")
    file = {"name": "p.jpg", "mimeType": "image/jpeg", "buffer": photograph(7)}
    page.set_input_files("[data-photos]", [file])
    row = page.locator("[data-photo-list] li")
    said = "Before the akimat · Taken by: The monitor themselves"
    expect(row).to_contain_text(f"{said} · sealed, waits")
    field.kept(page)
    page.reload()
    page.wait_for_selector(field.READY)
    expect(row).to_contain_text(f"{said} · sealed, waits")
    # Of the picture nothing lies here in the clear, and neither does what was said of it.
    assert "Before the akimat" not in field.dump(page)
    page.context.set_offline(False)
    field.everything_sent(page)
    expect(row).to_contain_text(f"{said} · on the site", timeout=20_000)
    other = handset().new_page()
    field.sign_in(other, monitor.username)
    field.made_ready(other)
    field.open_field(other)
    other.click("[data-open]")
    field.until(other, f"location.hash === '#card-{uuid}'")
    expect(other.locator("[data-photo-list] li")).to_contain_text(f"{said} · on the site")


#: Each sealing of a card waits until the test lets it go; what the line said meanwhile is noted.
HELD_SEALING = """() => {
  const real = SubtleCrypto.prototype.encrypt;
  window.sealings = [];
  SubtleCrypto.prototype.encrypt = function (...given) {
    const place = new TextDecoder().decode(given[0].additionalData);
    if (!place.includes("/card/")) return real.apply(this, given);
    return new Promise((go) => window.sealings.push(go)).then(() => real.apply(this, given));
  };
  window.said = [];
  const line = document.querySelector("#save-state");
  const noted = new MutationObserver(() => window.said.push(line.dataset.state));
  noted.observe(line, { attributes: true });
}"""


def test_the_line_does_not_say_kept_of_what_was_typed_while_it_kept(page):
    field.open_field(page)
    page.context.set_offline(True)
    field.new_card(page)
    page.fill("#id_place", field.WORD)
    field.kept(page)
    page.evaluate(HELD_SEALING)
    page.fill("#id_place", f"{field.WORD}, first")
    field.until(page, "window.sealings.length === 1")
    page.fill("#id_place", f"{field.WORD}, second")
    page.evaluate("window.sealings[0]()")
    # The second begins when the first lies on the device.
    field.until(page, "window.sealings.length === 2")
    assert "unsaved" not in page.evaluate("window.said")
    page.evaluate("window.sealings[1]()")
    field.state(page, "unsaved")
    page.reload()
    page.wait_for_selector(field.READY)
    expect(page.locator("#id_place")).to_have_value(f"{field.WORD}, second")


#: What was typed rests for ever.
NEVER_SENT = """() => {
  const real = window.setTimeout;
  window.setTimeout = (what, delay, ...more) => (delay === 3000 ? 0 : real(what, delay, ...more));
}"""


def test_the_head_counts_what_the_foot_says_is_kept_here(page):
    field.open_field(page)
    field.new_card(page)
    head = page.locator("[data-link]")
    expect(head).to_have_attribute("data-waiting", "0")
    page.evaluate(NEVER_SENT)
    page.fill("#id_place", field.WORD)
    field.state(page, "unsaved")
    expect(head).to_have_attribute("data-waiting", "1")
    expect(head).not_to_contain_text("Everything has been sent")
    # It goes by itself: nothing else comes and goes above the questions while somebody types.
    expect(head).not_to_contain_text("next try")
    expect(page.locator("[data-send]")).to_be_hidden()


#: A try that fails, and how long the page waits then; chance as it is said.
FAILED_TRY = """async (chance) => {
  Math.random = () => chance;
  const queue = await import("/static/js/field/queue.js");
  await queue.drain();
  return queue.nextTry() - Date.now();
}"""


def test_phones_that_lost_the_site_together_come_back_apart(page):
    field.open_field(page)
    page.context.set_offline(True)
    field.new_card(page)
    page.fill("#id_place", field.WORD)
    field.kept(page)
    early, middle, late = (page.evaluate(FAILED_TRY, chance) for chance in (0, 0.5, 1))
    # Each while is twice the one before.
    assert early / 0.75 == pytest.approx(middle / 2, rel=0.05)
    assert late / 1.25 == pytest.approx(middle * 2, rel=0.05)


def test_the_card_just_made_here_is_the_last_one_without_a_network(page):
    field.open_field(page)
    page.context.set_offline(True)
    field.new_card(page)
    field.fill(page, settlement="Baizak", place_type="road", police=2)
    page.fill("#id_place", field.WORD)
    field.finish(page)
    field.at_home(page)
    assert field.parcels(page) == 1
    page.reload()
    page.wait_for_selector(field.READY)
    field.new_card(page)
    taken = {"city": "almaty", "settlement": "Baizak", "place_type": "road"}
    for name, value in taken.items():
        expect(page.locator(f"#id_{name}")).to_have_value(value)
        label = page.locator(f'.question[data-field="{name}"] .question__label')
        expect(label).to_contain_text("as on your last card")
    # Nothing else of that card: neither the place in its own words nor what happened there.
    answers = page.evaluate(
        """async () => {
          const { read } = await import("/static/js/field/answers.js");
          const given = Object.entries(read(document.getElementById("card-form")));
          return given.filter(([, values]) => values.join("")).map(([name]) => name);
        }"""
    )
    assert set(answers) == {*taken, "date", "date_precision"}
    assert not field.answers_in(field.dump(page), "Baizak")


def test_what_was_repeated_is_changed_like_any_other_answer(page, monitor):
    from tests.factories import make_card

    make_card("submitted", monitor=monitor, settlement="Baizak")
    field.open_field(page)
    expect(page.locator("text=Sent lately")).to_be_visible()
    uuid = field.new_card(page)
    marks = page.locator(".question__repeated")
    expect(marks).to_have_count(3)
    page.fill("#id_settlement", "Otegen Batyr")
    expect(marks).to_have_count(2)
    # In another city nothing of the old place stands; what was typed here stays.
    page.select_option("#id_city", "talgar")
    expect(marks).to_have_count(0)
    expect(page.locator("#id_place_type")).to_have_value("")
    expect(page.locator("#id_settlement")).to_have_value("Otegen Batyr")
    page.click("[data-save]")
    field.at_home(page)
    card = cards().get(uuid=uuid)
    assert (card.city_id, card.settlement, card.place_type) == ("talgar", "Otegen Batyr", "")
    # The marks are kept with the draft.
    uuid = field.new_card(page)
    expect(page.locator("#id_city")).to_have_value("talgar")
    page.fill("#id_place", field.WORD)
    field.kept(page)
    page.reload()
    page.wait_for_selector(field.READY)
    expect(marks).to_have_count(2)


def test_a_quick_card_repeats_only_what_it_shows(page, monitor):
    from tests.factories import make_card

    make_card("submitted", monitor=monitor, settlement="Baizak")
    field.open_field(page)
    expect(page.locator("text=Sent lately")).to_be_visible()
    field.new_card(page, "quick")
    expect(page.locator("#id_city")).to_have_value("almaty")
    expect(page.locator(".question__repeated")).to_have_count(1)
    assert page.input_value("#id_settlement") == page.input_value("#id_place_type") == ""
    page.click("[data-whole]")
    expect(page.locator(".question__repeated")).to_have_count(3)
    expect(page.locator("#id_settlement")).to_have_value("Baizak")


def test_while_the_drafts_are_locked_no_place_is_given_away(page, monitor):
    from tests.factories import make_card

    make_card("submitted", monitor=monitor, settlement="Baizak")
    field.open_field(page)
    expect(page.locator("text=Sent lately")).to_be_visible()
    field.new_card(page)
    expect(page.locator("#id_settlement")).to_have_value("Baizak")
    page.click("[data-view=card] [data-go=home]")
    page.context.set_offline(True)
    page.click("[data-go=device]")
    page.click("[data-lock-now]")
    expect(page.locator(".field-locked")).to_be_visible()
    field.new_card(page)
    assert page.input_value("#id_city") == page.input_value("#id_settlement") == ""
    expect(page.locator(".question__repeated")).to_have_count(0)


def test_counts_over_time_go_along(page):
    from cards.models import Count

    field.open_field(page)
    field.new_card(page)
    numbers = dict.fromkeys(("participants", "participants_low", "participants_high"))
    field.fill(page, **numbers, participants_basis="", police=2)
    for taps in (3, 5, 2):
        page.locator('.question[data-field="participants"]').get_by_text("Count by taps").click()
        for _tap in range(taps):
            page.click("[data-add='1']")
        page.click("[data-tally-done]")
    assert page.input_value("#id_participants") == "5"
    rows = page.locator('[data-counts="participants"] li')
    expect(rows).to_have_count(3)
    field.finish(page)
    field.at_home(page)
    card = cards().get()
    assert card.participants == 5
    log = Count.objects.filter(card=card, subject="participants", used=False)
    assert sorted(log.values_list("best", flat=True)) in ([2, 3, 5], [2, 3])


def test_a_quick_card_asks_five_things(page):
    field.open_field(page)
    field.new_card(page, "quick")
    shown = page.locator("#card-form .question:visible")
    assert {row.get_attribute("data-field") for row in shown.all()} >= {
        "city", "form", "topic", "participants", "police",
    }  # fmt: skip
    assert shown.count() <= 7
    page.select_option("#id_city", "almaty")
    page.select_option("#id_form", "picket")
    page.select_option("#id_topic", index=2)
    page.click('.counter[data-target=id_participants] [data-step="10"]')
    page.click('.counter[data-target=id_police] [data-step="5"]')
    page.click("[data-save]")
    field.at_home(page)
    card = cards().get()
    assert (card.city_id, card.participants, card.police, card.status) == ("almaty", 10, 5, "draft")


def test_the_nearest_city_is_found_without_a_network(handset, monitor):
    context = handset(
        geolocation={"latitude": 43.2601, "longitude": 76.9402}, permissions=["geolocation"]
    )
    page = context.new_page()
    field.sign_in(page, monitor.username)
    field.made_ready(page)
    page.context.set_offline(True)
    field.open_field(page)
    field.new_card(page)
    page.click("[data-near]")
    expect(page.locator("#id_city")).to_have_value("almaty")
    assert page.input_value("#id_latitude") == "43.26"


def test_the_language_changes_by_one_tap_with_everything_typed(page):
    field.open_field(page)
    page.context.set_offline(True)
    field.new_card(page)
    page.fill("#id_place", field.WORD)
    page.click("[data-language][lang=kk]")
    page.wait_for_url("**/field/kk/**")
    page.wait_for_selector(field.READY)
    assert page.input_value("#id_place") == field.WORD
    assert page.locator("html").get_attribute("lang") == "kk"


def test_an_outcome_is_noted_at_the_court_without_a_network(page, monitor):
    from cards.models import CaseUpdate
    from tests.factories import add_outcome, make_card

    card = make_card(status="submitted", monitor=monitor, detained=2, in_the_name_of_the_law="no")
    add_outcome(card, author=monitor, review="pending", case_code="A-01", outcome="pending")
    field.open_field(page)
    page.context.set_offline(True)
    page.click("text=Add an outcome")
    page.click("[data-outcome-cases] button")
    assert page.input_value("#out_case_code") == "A-01"
    page.fill("#out_decided_on", "2018-12-01")
    page.locator("#outcome-form [name=article]").first.evaluate("field => field.click()")
    page.locator('#outcome-form [name=outcome][value="warning"]').evaluate("field => field.click()")
    page.click("#outcome-form button:has-text('Finish')")
    field.at_home(page)
    assert field.parcels(page) == 1
    page.context.set_offline(False)
    field.everything_sent(page)
    assert card.cases.count() == 1
    assert CaseUpdate.objects.filter(case__card=card).count() == 2


def test_an_outcome_that_is_refused_comes_back_with_its_errors(page, monitor):
    from tests.factories import make_card

    card = make_card("submitted", monitor=monitor, detained=1, in_the_name_of_the_law="no")
    field.open_field(page)
    page.context.set_offline(True)
    page.click("text=Add an outcome")
    page.fill("#out_case_code", "A-01")
    page.fill("#out_decided_on", "2031-12-01")
    page.locator("#outcome-form [name=article]").first.evaluate("field => field.click()")
    page.locator('#outcome-form [name=outcome][value="warning"]').evaluate("field => field.click()")
    page.click("#outcome-form button:has-text('Finish')")
    field.at_home(page)
    page.context.set_offline(False)
    page.click("button:text-is('Correct')")
    assert page.input_value("#out_case_code") == "A-01"
    assert page.input_value("#out_decided_on") == "2031-12-01"
    error = page.locator('#outcome-form .question[data-field="decided_on"] .question__error')
    expect(error).to_be_visible()
    page.fill("#out_decided_on", "2018-12-01")
    page.click("#outcome-form button:has-text('Finish')")
    field.at_home(page)
    field.everything_sent(page)
    assert card.cases.get().updates.count() == 1
    expect(page.locator("text=Court outcomes to correct")).to_have_count(0)


def test_the_question_of_the_editor_is_answered_without_a_network(page, monitor, person):
    from cards import review
    from tests.factories import make_card

    editor = person("editor")
    card = make_card(status="submitted", monitor=monitor)
    review.ask(card, actor=editor, field="police", text="Were they in uniform?")
    field.open_field(page)
    page.context.set_offline(True)
    page.click("[data-open]")
    box = page.locator('.question[data-field="police"] .asking textarea')
    expect(page.locator(".asking__text")).to_contain_text("in uniform")
    # What is with the editors is not changed any more, only spoken of.
    expect(page.locator("#id_police")).to_be_disabled()
    expect(page.locator("#card-form button[type=submit]")).to_be_hidden()
    box.fill("All of them")
    field.kept(page)
    page.context.set_offline(False)
    page.click("[data-save]")
    page.wait_for_timeout(2000)
    query = card.queries.get()
    assert query.state == "answered"
    assert query.messages.last().text == "All of them"
    field.at_home(page)
    expect(page.locator("[data-open]")).to_have_count(0)


def test_it_fits_a_hand(page):
    field.open_field(page)
    assert page.viewport_size == PHONE
    for act in ("quick", "card"):
        field.new_card(page, act)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        page.click("[data-view=card] [data-go=home]")
    page.click("[data-go=device]")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]

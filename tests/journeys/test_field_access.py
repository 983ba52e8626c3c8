"""The field page for everyone: axe, a thumb, keys, a slow network, a newer version."""

from __future__ import annotations

import time

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import field
from tests.journeys.conftest import DESK, PHONE, watched
from tests.journeys.test_accessibility import UNFOLD, violations

pytestmark = [pytest.mark.journey, pytest.mark.once, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def monitor(person):
    return person("monitor", ["KZ-75"])


@pytest.fixture
def opened(browser, site, monitor):
    """``opened(**options)``: a phone that is signed in and stands on the field page."""
    contexts = []

    def make(**options) -> Page:
        context = field.phone(browser, site, **options)
        contexts.append(context)
        page = watched(context.new_page(), site)
        field.sign_in(page, monitor.username)
        field.made_ready(page)
        field.open_field(page)
        return page

    yield make
    for context in contexts:
        context.close()


@pytest.mark.parametrize("light", ["light", "dark"])
def test_nothing_of_it_stands_in_anybodys_way(opened, monitor, person, light):
    from cards import review
    from tests.factories import add_outcome, make_card

    editor = person("editor")
    taken = {"detained": 2, "in_the_name_of_the_law": "no"}
    asked = make_card("submitted", monitor=monitor, **taken)
    add_outcome(asked, author=monitor, review="pending", case_code="A-01", outcome="pending")
    review.ask(asked, actor=editor, field="police", text="Were they in uniform?")
    make_card("returned", monitor=monitor, editor=editor)
    page = opened(color_scheme=light, reduced_motion="reduce")
    found = {}

    def look(what: str) -> None:
        for viewport in (PHONE, DESK):
            page.set_viewport_size(viewport)
            if bad := violations(page):
                found[what, viewport["width"]] = bad
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= viewport["width"], (what, viewport)
        page.set_viewport_size(PHONE)

    def back() -> None:
        page.locator("[data-view]:not([hidden]) [data-go=home]").first.click()
        field.at_home(page)

    look("home")
    field.new_card(page, "quick")
    look("quick card")
    page.locator(".field-counts button").first.click()
    look("counting")
    page.click("[data-add='5']")
    page.click("[data-tally-done]")
    page.click("[data-whole]")
    page.evaluate(UNFOLD)
    field.finish(page)
    look("questions open")
    field.fill(page, police=29, participants=25, participants_high=30)
    field.finish(page)
    expect(page.locator(".notice--ask")).to_be_visible()
    look("is it right")
    back()
    page.locator("[data-open]", has_text=asked.number).click()
    expect(page.locator(".asking")).to_be_visible()
    look("a question of the editor")
    back()
    page.click("text=Add an outcome")
    look("outcome")
    page.click("#outcome-form button:has-text('Finish')")
    look("outcome, open")
    back()
    page.click("[data-go=device]")
    look("device")
    page.click("[data-sunlight]")
    look("in the sun")
    page.click("[data-wipe]")
    look("wiping")
    page.click("#ask button:has-text('Cancel')")
    page.fill("#new-pin", "long enough")
    page.click("[data-pin-form] button")
    expect(page.locator("[data-pin-text]")).to_have_text("The PIN is set.")
    page.click("[data-lock-now]")
    expect(page.locator(".field-locked")).to_be_visible()
    look("locked, in the sun")
    page.context.set_offline(True)
    page.reload()
    page.wait_for_selector(field.READY)
    look("locked, without a network")
    page.goto("/calendar/")
    look("calendar")
    assert found == {}
    assert page.foreign == []


def test_everything_that_is_tapped_is_as_large_as_a_thumb(opened):
    page = opened()
    small = """() => [...document.querySelectorAll("button, a, select, label.pill, summary")]
      .filter((key) => key.checkVisibility() && !key.closest("p:not([class])"))
      .filter((key) => !key.classList.contains("skip-link"))
      .map((key) => [key.outerHTML.slice(0, 90), key.getBoundingClientRect()])
      .filter(([, box]) => box.height && (box.height < 43.5 || box.width < 43.5))
      .map(([text, box]) => `${text} ${box.width}x${box.height}`)"""
    assert page.evaluate(small) == []
    field.new_card(page)
    page.evaluate(UNFOLD)
    assert page.evaluate(small) == []
    page.click("[data-view=card] [data-go=home]")
    page.click("[data-go=device]")
    assert page.evaluate(small) == []


def test_a_quick_card_is_made_by_keys_alone(opened, monitor):
    from cards.models import Card

    page = opened()
    page.focus("[data-new=quick]")
    page.keyboard.press("Enter")
    expect(page.locator("#card-title")).to_be_focused()
    for name, key in (("city", "A"), ("form", "P"), ("topic", "ArrowDown")):
        for _step in range(12):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.name") == name:
                break
        page.keyboard.press(key)
    for name, number in (("participants", "40"), ("police", "12")):
        for _step in range(12):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.name") == name:
                break
        page.keyboard.type(number)
    for _step in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("'save' in document.activeElement.dataset"):
            break
    page.keyboard.press("Enter")
    field.at_home(page)
    card = Card.objects.get(monitor=monitor)
    assert (card.participants, card.police) == (40, 12)
    assert card.city_id
    assert card.form_id
    assert card.topic_id


def test_a_practised_quick_card_takes_less_than_thirty_seconds(opened, monitor):
    """A second and a half for each tap, which is slow for a thumb that knows the way."""
    from cards.models import Card
    from tests.factories import make_card

    make_card("submitted", monitor=monitor)
    page = opened()
    begun = time.monotonic()

    def tap(selector: str) -> None:
        page.wait_for_timeout(1500)
        page.click(selector)

    def choose(selector: str, code: str) -> None:
        page.wait_for_timeout(3000)  # one tap opens the list, another chooses
        page.select_option(selector, code)

    tap("[data-new=quick]")
    choose("#id_form", "picket")
    choose("#id_topic", "police_actions")
    for step in ("10", "10", "1"):
        tap(f".counter[data-target=id_participants] [data-step='{step}']")
    tap(".counter[data-target=id_police] [data-step='5']")
    tap("[data-save]")
    field.at_home(page)
    took = time.monotonic() - begun
    print(f"quick card: {took:.1f} s")  # noqa: T201
    assert took < 30
    card = Card.objects.get(monitor=monitor, status="draft")
    assert (card.city_id, card.form_id, card.topic_id) == ("almaty", "picket", "police_actions")
    assert (card.participants, card.police) == (21, 5)


def test_the_next_card_starts_where_the_last_one_was(opened, monitor):
    from tests.factories import make_card

    make_card("submitted", monitor=monitor)
    page = opened()
    field.new_card(page, "quick")
    expect(page.locator("#id_city")).to_have_value("almaty")


def test_only_the_cities_of_the_persons_regions_are_offered(opened):
    page = opened()
    field.new_card(page)
    offered = page.locator("#id_city option:not([hidden])")
    codes = set(offered.evaluate_all("options => options.map((option) => option.value)"))
    assert codes == {"", "almaty"}


def test_without_a_network_it_starts_within_a_second(opened):
    page = opened()
    page.context.set_offline(True)
    times = []
    for _turn in range(3):
        begun = time.monotonic()
        page.reload()
        page.wait_for_selector(field.READY)
        times.append(time.monotonic() - begun)
    assert min(times) < 1.0, times


def test_a_newer_version_never_takes_an_open_card_away(opened, monkeypatch):
    from cards.field import shell
    from cards.field.texts import TEXTS

    page = opened()
    field.new_card(page)
    page.fill("#id_place", field.WORD)
    monkeypatch.setitem(TEXTS, "online", "Newly connected")
    shell.forget()
    page.evaluate("navigator.serviceWorker.getRegistration().then((one) => one.update())")
    page.wait_for_timeout(1500)
    expect(page.locator(".field-update")).to_have_count(0)
    assert page.input_value("#id_place") == field.WORD
    page.click("[data-view=card] [data-go=home]")
    page.click(".field-update button")
    expect(page.locator("[data-link-text]")).to_contain_text("Newly connected", timeout=15_000)
    page.click("[data-open]")
    expect(page.locator("#id_place")).to_have_value(field.WORD)
    monkeypatch.undo()
    shell.forget()


def test_without_javascript_it_leads_to_the_ordinary_card(browser, site):
    context = field.phone(browser, site, java_script_enabled=False)
    page = context.new_page()
    page.goto("/field/en/")
    expect(page.locator("noscript a")).to_have_attribute("href", "/cards/new/")
    context.close()

"""The desk: three cards by keyboard, a question answered on a phone, and all without a script."""

from __future__ import annotations

import datetime
import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import DESK, PHONE

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def three_cards(monitor) -> list:
    """Three assemblies ten days apart, so that none is taken for another; the second is odd."""
    from tests.factories import make_card

    start = datetime.date(2018, 9, 1)
    return [
        make_card(
            "submitted",
            monitor=monitor,
            date=start + datetime.timedelta(days=10 * number),
            place=f"Площадь {number + 1}",
            police=60 if number == 1 else 10,
        )
        for number in range(3)
    ]


def clean(page: Page) -> None:
    assert page.foreign == []
    assert page.broken == []


def focused(page: Page) -> str | None:
    return page.evaluate("document.activeElement.dataset.answer || null")


def status_of(card) -> str:
    card.refresh_from_db()
    return card.status


def test_three_cards_by_keyboard_and_a_question_on_a_phone(person, visit):
    monitor, editor = person("monitor", ["KZ-75"]), person("editor")
    first, second, third = three_cards(monitor)
    desk = visit(editor)
    desk.goto("/cards/queue/")
    expect(desk.locator("tbody")).to_contain_text(second.number)
    desk.click(".page-head a.btn-primary")
    desk.wait_for_url(f"**{first.get_absolute_url()}?in=queue")
    # the list of keys, and away with it
    desk.keyboard.press("?")
    expect(desk.locator("#keys")).to_be_visible()
    desk.keyboard.press("Escape")
    expect(desk.locator("#keys")).to_be_hidden()
    # from answer to answer; the second one is verified without leaving the page
    desk.keyboard.press("ArrowDown")
    desk.keyboard.press("ArrowDown")
    assert focused(desk) == "start_time"
    desk.keyboard.press("v")
    expect(desk.locator("#answer-start_time .tool--on")).to_be_visible()
    assert focused(desk) == "start_time"
    assert first.verifications.get().field == "start_time"
    # approving takes two presses and leads on
    desk.keyboard.press("a")
    assert status_of(first) == "submitted"
    desk.keyboard.press("a")
    desk.wait_for_url(f"**{second.get_absolute_url()}?in=queue")
    assert status_of(first) == "approved"
    # the second card: a question at an answer; what is typed there is no command
    desk.locator("#answer-police").focus()
    desk.keyboard.press("q")
    desk.keyboard.type("jak so? apparently many")
    desk.locator("#answer-police .ask__body button").click()
    desk.wait_for_url(re.compile(r"#answer-police$"))
    expect(desk.locator("#answer-police .thread")).to_contain_text("apparently many")
    desk.keyboard.press("j")
    desk.wait_for_url(f"**{third.get_absolute_url()}?in=queue")
    # the third goes back with a reason
    desk.keyboard.press("r")
    desk.keyboard.type("Фотографии?")
    desk.locator("[data-transition=return] form button").click()
    desk.wait_for_url(f"**{second.get_absolute_url()}?in=queue")
    assert status_of(third) == "returned"

    # the monitor, on a phone: the question itself in the list, answered at the field
    phone = visit(monitor, PHONE)
    phone.goto("/cards/")
    expect(phone.locator(".site-nav .count").first).to_have_text("1")
    phone.locator("#asked-title ~ .asked a").click()
    phone.wait_for_url(re.compile(r"#query-\d+$"))
    phone.fill(".thread__form textarea", "Два автобуса полиции.")
    phone.click(".thread__form button")
    phone.wait_for_url(re.compile(r"#answer-police$"))
    expect(phone.locator("#answer-police .thread")).to_contain_text("Два автобуса")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 360

    # the editor reads what is new, lets the check stand, closes and approves
    desk.goto("/cards/queue/?queries=answered")
    desk.locator(".stack-table__link").first.click()
    expect(desk.locator(".news")).to_be_visible()
    desk.keyboard.press("a")
    desk.keyboard.press("a")
    expect(desk.locator(".decisions .field__error")).to_be_visible()
    assert status_of(second) == "submitted"
    desk.locator("#check-police_above_participants summary").click()
    desk.fill("#dismiss-police_above_participants", "Два автобуса")
    desk.locator("#check-police_above_participants form button").click()
    expect(desk.locator(".checks__dismissed")).to_be_visible()
    desk.locator("#answer-police .thread__acts > form button").click()
    expect(desk.locator("#answer-police .thread--closed")).to_be_visible()
    desk.keyboard.press("a")
    desk.keyboard.press("a")
    desk.wait_for_url("**/cards/queue/**")
    assert status_of(second) == "approved"
    for page in (desk, phone):
        clean(page)


def test_a_returned_card_is_answered_in_its_form(person, visit):
    from cards import review, workflow
    from cards.models import Query

    monitor, editor = person("monitor", ["KZ-75"]), person("editor")
    card = three_cards(monitor)[0]
    query = review.ask(card, actor=editor, field="place", text="Какая площадь?")
    workflow.apply(card, "return", actor=editor)
    phone = visit(monitor, PHONE)
    phone.goto("/cards/")
    phone.locator("#asked-title ~ .asked a").click()
    phone.wait_for_url(re.compile(rf"/edit/#query-{query.pk}$"))
    expect(phone.locator(f"[data-field=place] #query-{query.pk}")).to_be_in_viewport()
    phone.fill(f"#answer-{query.pk}", "Старая.")
    phone.fill("[name=place]", "Старая площадь")
    # saving by itself keeps the answer on the page and sends none
    expect(phone.locator("#save-state")).to_have_attribute("data-state", "saved", timeout=15_000)
    assert query.messages.count() == 1
    phone.locator(f"#query-{query.pk} button").click()
    phone.wait_for_url(re.compile(r"/edit/$"))
    expect(phone.locator(f"#query-{query.pk}")).to_contain_text("Старая.")
    assert Query.objects.get().state == "answered"
    assert phone.evaluate("document.documentElement.scrollWidth") <= 360
    card.refresh_from_db()
    assert card.place == "Старая площадь"
    clean(phone)


def test_keys_work_on_a_russian_layout_and_never_with_a_modifier(person, visit):
    first, second, _third = three_cards(person("monitor", ["KZ-75"]))
    desk = visit(person("editor"))
    desk.goto(first.get_absolute_url() + "?in=queue")
    press = """init => document.body.dispatchEvent(
        new KeyboardEvent("keydown", {bubbles: true, ...init}))"""
    for held in ("ctrlKey", "metaKey", "altKey", "shiftKey"):
        desk.evaluate(press, {"key": "j", "code": "KeyJ", held: True})
    assert desk.url.endswith(f"{first.get_absolute_url()}?in=queue")
    desk.evaluate(press, {"key": "о", "code": "KeyJ"})
    desk.wait_for_url(f"**{second.get_absolute_url()}?in=queue")
    clean(desk)


def test_keys_can_be_switched_off_and_the_browser_remembers(person, visit):
    card = three_cards(person("monitor", ["KZ-75"]))[0]
    desk = visit(person("editor"))
    desk.goto(card.get_absolute_url())
    desk.click("[data-keys-help]")
    desk.locator("#keys .tick").click()
    desk.click("[data-keys-close]")
    for _page in range(2):
        desk.keyboard.press("r")
        expect(desk.locator("#id_return_reason")).to_be_hidden()
        desk.keyboard.press("ArrowDown")
        assert focused(desk) is None
        desk.reload()
    desk.click("[data-keys-help]")
    expect(desk.locator("[data-keys-switch]")).not_to_be_checked()
    desk.locator("#keys .tick").click()
    desk.click("[data-keys-close]")
    desk.keyboard.press("r")
    expect(desk.locator("#id_return_reason")).to_be_focused()
    clean(desk)


def test_the_history_lies_beside_the_card_where_there_is_room(person, visit):
    card = three_cards(person("monitor", ["KZ-75"]))[0]
    desk = visit(person("editor"), DESK)
    desk.goto(card.get_absolute_url())
    box, main = (desk.locator(name).bounding_box() for name in (".detail-side", ".detail-main"))
    assert box["x"] >= main["x"] + main["width"]
    expect(desk.locator("#history-list")).to_be_visible()
    desk.evaluate("window.scrollTo(0, 1200)")
    expect(desk.locator("#decide-title")).to_be_in_viewport()


def test_the_desk_works_without_a_script(person, visit):
    monitor, editor = person("monitor", ["KZ-75"]), person("editor")
    first, second, _third = three_cards(monitor)
    desk = visit(editor, DESK, java_script_enabled=False)
    desk.goto("/cards/queue/")
    desk.locator(".page-head a.btn-primary").click()
    desk.locator("#answer-place .tool--verify").click()
    expect(desk.locator("#answer-place .tool--on")).to_be_visible()
    desk.locator("#answer-place .tool--ask").click()
    desk.fill("#ask-place", "Какая площадь?")
    desk.locator("#answer-place .ask__body button").click()
    expect(desk.locator("#answer-place .thread")).to_contain_text("Какая площадь?")
    query = first.queries.get()

    phone = visit(monitor, PHONE, java_script_enabled=False)
    phone.goto("/cards/")
    phone.locator("#asked-title ~ .asked a").click()
    phone.fill(f"#query-text-{query.pk}", "Старая.")
    phone.locator(f"#query-{query.pk} .thread__form button").click()
    expect(phone.locator(f"#query-{query.pk}")).to_contain_text("Старая.")

    desk.goto(first.get_absolute_url() + "?in=queue")
    desk.locator("#answer-place .thread__acts > form button").click()
    desk.locator("button[data-transition=approve]").click()
    desk.wait_for_url(f"**{second.get_absolute_url()}?in=queue")
    assert status_of(first) == "approved"


def test_many_at_once(person, visit):
    monitor, editor = person("monitor", ["KZ-75"]), person("editor")
    first, second, third = three_cards(monitor)
    desk = visit(editor)
    desk.goto("/cards/queue/")
    for box in desk.locator("[name=card]").all():
        box.check()
    desk.locator(".together button").first.click()
    expect(desk.locator(".plan .tag--yes")).to_have_count(2)
    desk.locator("main form button").click()
    expect(desk.locator(".plan__card")).to_have_count(3)
    assert [status_of(card) for card in (first, second, third)] == [
        "approved", "submitted", "approved",
    ]  # fmt: skip
    clean(desk)

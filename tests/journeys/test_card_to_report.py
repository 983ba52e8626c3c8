"""The whole road of a figure: a card on a phone, two looks of an editor, a number in the report."""

from __future__ import annotations

import io
import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import DESK, PHONE

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def fill_card(page: Page) -> None:
    """Answer every question of a small picket, the way a thumb does."""
    page.fill("[name=date]", "2018-11-20")
    page.fill("[name=start_time]", "12:00")
    page.fill("[name=end_time]", "12:40")
    page.select_option("[name=city]", "almaty")
    page.fill("[name=place]", "Площадь Республики")
    page.select_option("[name=place_type]", "central_square")
    tick(page, "source", "direct")
    for name, answer in (("course", "held"), ("peaceful", "yes")):
        tick(page, name, answer)
    page.select_option("[name=form]", "picket")
    page.select_option("[name=topic]", "police_actions")
    for name, answer in (
        ("organiser_type", "spontaneous_group"),
        ("attributes", "placards"),
        ("minors_present", "no"),
    ):
        tick(page, name, answer)
    for _tap in range(7):
        page.click('.counter[data-target="id_participants"] [data-step="1"]')
    page.select_option("[name=participants_basis]", "counted")
    tick(page, "legal_status", "not_requested")
    tick(page, "reason_not_requested", "no_point_will_be_refused")
    for name, answer in (
        ("prosecutor_present", "no"),
        ("akimat_present", "no"),
        ("police_present", "yes"),
        ("police_warned", "no"),
    ):
        tick(page, name, answer)
    page.click('.counter[data-target="id_police"] [data-step="5"]')
    page.select_option("[name=police_basis]", "counted")
    for name, answer in (
        ("plain_clothes", "unknown"),
        ("police_actions", "observed"),
        ("warned_before_dispersal", "not_applicable"),
    ):
        tick(page, name, answer)
    page.fill("[name=detained]", "0")


def tick(page: Page, name: str, answer: str) -> None:
    page.locator(f'label.pill:has([name="{name}"][value="{answer}"])').click()


def sign_out_of_sight(page: Page) -> None:
    assert page.foreign == []
    assert page.broken == []


def almaty_assemblies(page: Page) -> int:
    """The number of Almaty in table 1, read off the page of the report."""
    page.goto("/reports/2018/")
    row = page.locator("#table-1 tr", has_text=re.compile("Алматы")).first
    return int(row.locator("td").first.inner_text())


def pdf_text(page: Page) -> str:
    from pypdf import PdfReader

    response = page.request.get("/reports/2018/files/pdf/ru/", timeout=180_000)
    assert response.status == 200
    assert response.headers["content-type"] == "application/pdf"
    reader = PdfReader(io.BytesIO(response.body()))
    return "\n".join(sheet.extract_text() for sheet in reader.pages)


def test_from_a_card_on_a_phone_to_a_number_in_the_report(person, visit):
    monitor = person("monitor", ["KZ-75"])
    editor, analyst = person("editor"), person("analyst")

    reader = visit(analyst)
    before = almaty_assemblies(reader)

    phone = visit(monitor, PHONE)
    phone.goto("/cards/new/")
    fill_card(phone)
    phone.click("button[name=action][value=submit] >> visible=true")
    # The account is missing: the summary says so and leads to the field.
    expect(phone.locator("[data-error-summary] a[href='#id_description']")).to_be_visible()
    assert phone.input_value("[name=participants]") == "7"
    phone.fill("[name=description]", "Семеро стояли с плакатами сорок минут и разошлись.")
    phone.click(".card-bar button[value=submit]")
    phone.wait_for_url(re.compile(r"/cards/[0-9a-f-]{36}/$"))
    card_url = phone.url
    expect(phone.locator("h1")).to_contain_text("2018-ALMATY-")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 360

    desk = visit(editor)
    desk.goto(card_url)
    desk.click("details:has(#id_return_reason) summary")
    desk.fill("#id_return_reason", "Сколько было плакатов и что на них написано?")
    desk.click("details:has(#id_return_reason) form button")
    desk.wait_for_url("**/cards/queue/")

    phone.goto("/cards/")
    expect(phone.locator("main")).to_contain_text("Сколько было плакатов")
    phone.goto(card_url + "edit/")
    phone.fill("[name=demands]", "«Реформа МВД», три плаката")
    phone.click(".card-bar button[value=submit]")
    phone.wait_for_url(card_url)

    assert almaty_assemblies(reader) == before
    desk.goto(card_url)
    expect(desk.locator("main")).to_contain_text("три плаката")
    desk.locator("form[action*='/transition/approve/'] button").click()
    desk.wait_for_url("**/cards/queue/")

    assert almaty_assemblies(reader) == before + 1
    assert f"Алматы {before + 1}" in " ".join(pdf_text(reader).split())
    for page in (reader, phone, desk):
        sign_out_of_sight(page)


def test_an_analyst_may_not_approve(person, visit):
    from tests.factories import make_card

    card = make_card("submitted", place="Площадь")
    page = visit(person("analyst"))
    assert page.goto(card.get_absolute_url()).status == 404
    token = page.context.cookies()
    csrf = next(cookie["value"] for cookie in token if cookie["name"] == "csrftoken")
    answer = page.request.post(
        f"{card.get_absolute_url()}transition/approve/",
        form={"csrfmiddlewaretoken": csrf},
        headers={"Referer": page.url},
    )
    assert answer.status == 404
    card.refresh_from_db()
    assert card.status == "submitted"


def test_a_monitor_sees_no_card_of_another_region(person, visit):
    from tests.factories import make_card

    card = make_card("approved", city="astana", place="Далёкая площадь")
    page = visit(person("monitor", ["KZ-75"]), PHONE)
    assert page.goto(card.get_absolute_url()).status == 404
    page.goto("/cards/")
    expect(page.locator("main")).not_to_contain_text("Далёкая площадь")
    page.goto("/cards/new/")
    assert page.locator("[name=city] option[value=astana]").count() == 0
    assert page.goto("/reports/2018/").status == 403


def test_what_is_typed_is_saved_by_itself(person, visit):
    from cards.models import Card

    page = visit(person("monitor", ["KZ-75"]), PHONE)
    page.goto("/cards/new/")
    page.fill("[name=place]", "У фонтана")
    expect(page.locator("#save-state")).to_have_attribute("data-state", "saved", timeout=15_000)
    assert Card.objects.get(status="draft").place == "У фонтана"
    page.reload()
    assert page.input_value("[name=place]") == "У фонтана"


def test_a_session_that_ends_while_typing_costs_nothing(person, visit):
    from django.contrib.sessions.models import Session

    from cards.models import Card

    page = visit(person("monitor", ["KZ-75"]), PHONE)
    page.goto("/cards/new/")
    page.fill("[name=description]", "Долгий рассказ")
    Session.objects.all().delete()
    page.click(".card-bar button[value=save]")
    page.wait_for_selector("[name=username]")
    page.fill("[name=username]", "monitor")
    page.fill("[name=password]", "a long word for journeys")
    page.press("[name=password]", "Enter")
    page.locator("main form button").last.click()
    page.wait_for_url(re.compile(r"/edit/$"))
    assert page.input_value("[name=description]") == "Долгий рассказ"
    assert Card.objects.filter(description="Долгий рассказ").count() == 1


def test_the_core_path_works_without_javascript(person, visit):
    monitor, editor = person("monitor", ["KZ-75"]), person("editor")
    page = visit(monitor, PHONE, java_script_enabled=False)
    page.goto("/cards/new/")
    page.fill("[name=date]", "2018-11-21")
    page.fill("[name=place]", "Сквер")
    page.click(".card-bar button[value=save]")
    page.wait_for_url(re.compile(r"/edit/$"))
    page.click(".card-bar button[value=submit]")
    expect(page.locator("[data-error-summary]")).to_be_visible()
    page.select_option("[name=city]", "almaty")
    page.select_option("[name=place_type]", "other")
    page.select_option("[name=form]", "picket")
    page.select_option("[name=topic]", "police_actions")
    for name, answer in (
        ("source", "direct"), ("course", "held"), ("peaceful", "yes"),
        ("organiser_type", "individual"), ("attributes", "none"), ("minors_present", "no"),
        ("legal_status", "unknown"), ("prosecutor_present", "unknown"),
        ("prosecutor_warned", "unknown"), ("akimat_present", "unknown"),
        ("akimat_warned", "unknown"), ("police_present", "no"), ("police_warned", "no"),
        ("plain_clothes", "no"), ("police_actions", "none"),
        ("warned_before_dispersal", "not_applicable"),
        ("in_the_name_of_the_law", "not_applicable"),
    ):  # fmt: skip
        tick(page, name, answer)
    page.fill("[name=detained]", "0")
    page.fill("[name=description]", "Один человек постоял и ушёл.")
    page.click(".card-bar button[value=submit]")
    page.wait_for_url(re.compile(r"/cards/[0-9a-f-]{36}/$"))
    desk = visit(editor, DESK, java_script_enabled=False)
    desk.goto(page.url)
    desk.locator("form[action*='/transition/approve/'] button").click()
    desk.wait_for_url("**/cards/queue/")

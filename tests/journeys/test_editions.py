"""From approved cards to a published edition, as an analyst does it; no number is typed."""

from __future__ import annotations

import hashlib

import pytest
from playwright.sync_api import expect

from reports.models import Edition, FrozenFile
from tests.journeys.conftest import DESK, PHONE

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def test_an_edition_is_written_frozen_published_and_corrected(visit, person):
    page = visit(person("analyst"), DESK)
    page.goto("/reports/editions/")
    page.select_option("[name=period]", "2018")
    for language in ("kk", "en"):
        page.uncheck(f"[name=languages][value={language}]")
    page.click("section.panel button.btn-primary")
    page.wait_for_url("**/reports/editions/2018-1/")

    # A value is found by words while typing, and taken with the Enter key.
    page.goto("/reports/editions/2018-1/chapters/overall/ru/")
    text = page.locator("#text")
    text.press_sequentially("Больше всего собраний прошло в городе {{ name 1/astana")
    page.keyboard.type(" }}: {{ Астана собрания")
    found = page.locator("#found [role=option]")
    expect(found.first).to_contain_text("10")
    page.keyboard.press("Enter")
    page.keyboard.type(". Всего – {{ 1/TOTAL/assemblies | assemblies }}.\n\n{{ standard }}\n")
    preview = page.locator("[data-shown]")
    expect(preview).to_contain_text("в городе Астана: 10. Всего – 32")
    expect(preview.locator("table").first).to_be_visible()

    # What is typed though the report computes it is pointed out.
    page.keyboard.type("\nЗадержания были на 22 собраниях.")
    expect(page.locator(".typed")).to_contain_text("22")
    with page.expect_navigation():
        page.click("button[value=save]")
    assert "22" in page.locator("#text").input_value()

    # A reference that says nothing is not saved, and nothing typed is lost.
    page.fill("#text", "{{ 1/TOTAL/assemblis }} и слова")
    with page.expect_navigation():
        page.click("button[value=save]")
    expect(page.locator(".error-summary")).to_contain_text("1/TOTAL/assemblies")
    assert page.locator("#text").input_value() == "{{ 1/TOTAL/assemblis }} и слова"
    page.fill("#text", "Всего – {{ 1/TOTAL/assemblies | assemblies }}.\n\n{{ standard }}\n")
    with page.expect_navigation():
        page.click("button[value=save]")

    page.goto("/reports/editions/2018-1/")
    page.click("form[action$='/freeze/'] button")
    page.wait_for_load_state()
    expect(page.locator(".edition-state")).to_have_class("edition-state edition-state--frozen")
    file = FrozenFile.objects.get(name="report-2018-1-ru.pdf")
    with page.expect_download() as download:
        page.click("a[href$='report-2018-1-ru.pdf']")
    content = download.value.path().read_bytes()
    assert hashlib.sha256(content).hexdigest() == file.sha256

    page.click("form[action$='/publish/'] button")
    page.wait_for_load_state()
    assert Edition.objects.get().state == "published"
    page.click("form[action$='/correct/'] button")
    page.wait_for_url("**/reports/editions/2018-2/")
    page.goto("/reports/editions/2018-2/chapters/overall/ru/")
    assert "{{ standard }}" in page.locator("#text").input_value()
    assert page.foreign == []
    assert page.broken == []


def test_two_people_write_one_chapter(visit, person):
    first = visit(person("analyst"), DESK)
    second = visit(person("analyst", name="second"), PHONE)
    first.goto("/reports/editions/")
    first.select_option("[name=period]", "2018")
    first.click("section.panel button.btn-primary")
    first.wait_for_url("**/reports/editions/2018-1/")
    for page in (first, second):
        page.goto("/reports/editions/2018-1/chapters/police/en/")
    first.fill("#text", "First words.")
    with first.expect_navigation():
        first.click("button[value=save]")
    second.fill("#text", "Second words.")
    with second.expect_navigation():
        second.click("button[value=save]")
    expect(second.locator(".versions")).to_contain_text("First words.")
    assert second.locator("#text").input_value() == "Second words."
    second.fill("#text", "First words. Second words.")
    with second.expect_navigation():
        second.click("button[value=save]")
    assert Edition.objects.get().texts.get().text == "First words. Second words.\n"


def test_the_chapter_is_written_without_scripts(visit, person):
    page = visit(person("analyst"), PHONE, java_script_enabled=False)
    page.goto("/reports/editions/")
    page.select_option("[name=period]", "2018")
    page.click("section.panel button.btn-primary")
    page.goto("/reports/editions/2018-1/chapters/overall/ru/")
    page.click("button[value=take]")
    text = page.locator("#text").input_value()
    assert "{{ 2/TOTAL/assemblies }}" in text
    page.fill("#text", f"{text}\nИ ещё: {{{{ 1/almaty/assemblies }}}}.")
    page.click("button[value=preview]")
    expect(page.locator("[data-shown]")).to_contain_text("И ещё: 6.")
    page.click("button[value=save]")
    assert Edition.objects.get().texts.get().language == "ru"

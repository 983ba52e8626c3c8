"""The explorer: questions chosen, a cell followed to its cards, a view kept, shared, taken away."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import DESK, PHONE

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def total_of(page) -> str:
    return page.locator("#explored tr.total td").first.inner_text()


@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
def test_from_two_questions_to_the_cards_and_a_file(person, visit, viewport):
    page = visit(person("analyst"), viewport)
    page.goto("/reports/")
    page.click("a[href='/reports/explore/']")
    expect(page.locator(".explored__chart > svg")).to_be_visible()
    assert total_of(page) == "32"
    # A change shows at once, and the address follows.
    page.select_option("[name=rows]", "form")
    page.wait_for_url(re.compile(r"rows=form"))
    page.select_option("[name=columns]", "police_actions")
    page.wait_for_url(re.compile(r"columns=police_actions"))
    expect(page.locator("#explored thead th").nth(2)).to_be_visible()
    # A chart that these questions cannot have: said at its field, the rest stays chosen.
    page.select_option("[name=chart]", "map")
    expect(page.locator(".explore .field--error .field__error")).to_be_visible()
    expect(page.locator("[name=columns]")).to_have_value("police_actions")
    page.select_option("[name=chart]", "")
    expect(page.locator(".explore .field--error")).to_have_count(0)
    # The cards are chosen as in their lists.
    page.locator(".explore summary").click()
    page.select_option("[name=place]", "almaty")
    page.wait_for_url(re.compile(r"place=almaty"))
    expect(page.locator("#explored .chosen a")).to_have_count(1)
    # A cell leads to as many cards.
    cell = page.locator("#explored .report-table tbody td a").last
    number = int(cell.inner_text())
    shared = page.url
    cell.click()
    page.wait_for_url(re.compile(r"/cards/all/\?"))
    expect(page.locator(".stack-table tbody tr")).to_have_count(number)
    # Kept under a name, opened again from the list.
    page.goto(shared)
    page.fill("[name=name]", "Алматы: полиция")
    page.click(".keep button")
    page.wait_for_url(re.compile(r"/reports/explore/\?"))
    expect(page.locator(".views__name")).to_have_text("Алматы: полиция")
    expect(page.locator(".views__reference")).to_contain_text("{{ view ")
    page.goto("/reports/explore/")
    page.click(".views__name")
    page.wait_for_url(re.compile(r"place=almaty"))
    assert page.url.partition("?")[2] == shared.partition("?")[2]
    with page.expect_download() as download:
        page.click("a[href*='/reports/explore/files/csv/']")
    assert download.value.suggested_filename.endswith(".csv")
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
    assert (page.foreign, page.broken) == ([], [])


def test_a_shared_address_shows_the_same_without_a_script(person, visit):
    person("analyst")
    page = visit(person("editor"), DESK, java_script_enabled=False)
    page.goto("/reports/explore/?rows=weekday&columns=hour&period=2018")
    assert total_of(page) != ""
    expect(page.locator(".explored__chart > svg")).to_be_visible()
    page.select_option("[name=rows]", "city")
    page.select_option("[name=columns]", "")
    page.select_option("[name=chart]", "map")
    page.click(".explore button.btn-primary")
    page.wait_for_url(re.compile(r"rows=city"))
    expect(page.locator(".explored__chart > svg")).to_be_visible()
    assert total_of(page) == "32"
    # A circle of the map is a link, too.
    mark = page.locator(".explored__chart svg a").first
    assert "/cards/all/" in (mark.get_attribute("xlink:href") or "")
    page.fill("[name=name]", "")
    page.click(".keep button")
    expect(page.locator(".keep .field__error")).to_be_visible()

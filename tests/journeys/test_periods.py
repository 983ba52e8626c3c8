"""An analyst adds a half-year, opens its report, and the report of one region, on a phone too."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import DESK, PHONE

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def look(page: Page, name: str) -> None:
    """Nothing sticks out; a picture where PICTURES names a folder."""
    width = page.viewport_size["width"]
    page.wait_for_load_state()
    assert page.evaluate("document.documentElement.scrollWidth") <= width, name
    if folder := os.environ.get("PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}-{width}.png", full_page=True)


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_a_half_year_and_a_region(person, visit, viewport):
    page = visit(person("analyst"), viewport)
    page.goto("/reports/")
    page.locator('a[href="/reports/periods/"]').click()
    page.wait_for_url("**/reports/periods/")
    look(page, "periods")
    page.locator('a[href="/reports/periods/new/"]').click()
    page.select_option("[name=part]", "half_1")
    page.fill("[name=year]", "2018")
    page.locator("form[method=get] button").click()
    expect(page.locator("[name=start]")).to_have_value("2018-01-01")
    expect(page.locator("[name=code]")).to_have_value("2018-1")
    look(page, "period-filled")
    page.fill("[name=months]", "7")
    page.locator("form[method=post] button:not([name])").last.click()
    expect(page.locator(".error-summary")).to_be_visible()
    expect(page.locator("[name=code]")).to_have_value("2018-1")
    look(page, "period-refused")
    page.fill("[name=months]", "5,5")
    page.locator("main form[method=post] button:not([name])").click()
    page.wait_for_url("**/reports/periods/")
    page.locator('main a[href="/reports/2018-1/"]').click()
    expect(page.locator("#table-2 thead th")).to_have_count(2)
    look(page, "half-year")
    page.goto("/reports/")
    expect(page.locator('main a[href="/reports/2018-1/"]')).to_be_visible()
    look(page, "reports")

    page.goto("/reports/2018/")
    page.locator("details:has(a[href*='/regions/']) summary").click()
    look(page, "regions")
    page.locator('a[href="/reports/2018/regions/KZ-33/"]').click()
    expect(page.locator("h1")).to_contain_text(re.compile("Жетісу"))
    look(page, "region")
    page.locator('#table-1 ~ .report-notes a, a[href$="/regions/KZ-33/tables/1/"]').first.click()
    page.wait_for_url("**/tables/1/")
    expect(page.locator("h1")).to_contain_text(re.compile("Жетісу"))
    look(page, "region-table")
    page.locator("#table-1 tbody a").first.click()
    expect(page).to_have_url(re.compile("region=KZ-33"))
    look(page, "region-cards")
    assert page.foreign == []
    assert page.broken == []

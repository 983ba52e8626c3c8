"""A printed table typed in, found wrong, mended: on a desk and on a phone."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import DESK, PHONE

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

PICTURES = os.environ.get("PICTURES")


def picture(page: Page, name: str, whole: bool = False) -> None:
    """Keep a picture of the page where somebody wants to look at it."""
    if PICTURES:
        width = page.viewport_size["width"] if page.viewport_size else 0
        page.screenshot(path=Path(PICTURES) / f"{name}-{width}.png", full_page=whole)


def cell(page: Page, row: str, column: str = "assemblies", period: str = "2031"):
    return page.locator(f'[name="cell|{row}|{period}|{column}"]')


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_typed_found_wrong_and_mended(person, visit, size):
    page = visit(person("analyst"), size)
    page.goto("/reports/reconciliation/")
    picture(page, "list")
    page.click('a[href$="/reconciliation/new/"]')
    page.fill("[name=edition]", "Other 2031")
    page.fill("[name=title]", "Somebody's yearly report")
    page.select_option("[name=table]", "1")
    page.fill("[name=periods]", "2031")
    picture(page, "begin", whole=True)
    page.click("main form button.btn-primary")

    # What cannot be read is told at its field; everything typed stays.
    cell(page, "almaty").fill("7")
    cell(page, "astana").fill("many")
    cell(page, "TOTAL").fill("11")
    page.click("button[value=save]")
    expect(page.locator("[data-error-summary]")).to_be_focused()
    expect(cell(page, "astana")).to_have_value("many")
    expect(cell(page, "almaty")).to_have_value("7")
    picture(page, "error")
    cell(page, "astana").fill("3")
    page.click("button[value=save]")

    # 7 and 3 are not 11: the total is marked in the table and leads to its entry.
    marked = page.locator(".printed-mark--contradiction a")
    expect(marked).to_have_count(1)
    picture(page, "table")
    marked.click()
    entry = page.locator(".finding")
    expect(entry).to_have_count(1)
    expect(entry.locator(".finding__numbers")).to_contain_text("11")
    expect(entry.locator(".finding__numbers")).to_contain_text("10")
    picture(page, "entry", whole=True)

    # Mended, the list is empty; who changed what is on record.
    page.goto("/reports/reconciliation/report/Other%202031/enter/1/")
    cell(page, "TOTAL").fill("10")
    page.click("button[value=save]")
    expect(page.locator(".printed-mark")).to_have_count(0)
    page.goto("/reports/reconciliation/report/Other%202031/")
    expect(page.locator(".finding")).to_have_count(0)
    expect(page.locator(".empty-state")).to_be_visible()
    page.goto("/reports/reconciliation/report/Other%202031/changes/")
    expect(page.locator("tbody tr")).to_have_count(4)
    picture(page, "changes")
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    assert page.foreign == []


def test_the_report_of_2018_and_a_pasted_table(person, visit):
    for size in (DESK, PHONE):
        page = visit(person("analyst", name=f"analyst{size['width']}"), size)
        page.goto("/reports/reconciliation/report/2018/")
        assert page.locator(".finding").count() > 60
        picture(page, "report-2018")
        picture(page, "whole-2018", whole=True)
        page.select_option("[name=kind]", "rounding")
        page.click(".finding-filter button")
        assert page.locator(".finding--contradiction").count() == 0
        assert page.locator(".finding--rounding").count() > 5
        for table in ("3", "8", "text", "14"):
            page.goto(f"/reports/reconciliation/report/2018/tables/{table}/")
            expect(page.locator(".printed-mark").first).to_be_visible()
            picture(page, f"table-{table}", whole=True)
            assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
        page.goto("/reports/reconciliation/report/2018/enter/2/?period=2019")
        page.click("details summary:has-text('spreadsheet'), details:has(#paste) summary")
        page.fill("#paste", "astana\t1\t2\t3\nНет такого места\t5\n1\t2\t3\t4\t5\t6\t7\t8\t9\t10")
        picture(page, "paste", whole=True)
        page.click("button[value=paste]")
        expect(page.locator(".notice--success")).to_be_visible()
        expect(cell(page, "astana", period="2010")).to_have_value("1")
        picture(page, "pasted", whole=True)

"""One assembly, two monitors, one figure: two cards merged, approved, counted once, taken apart."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import DESK, PHONE
from tests.journeys.test_card_to_report import almaty_assemblies, sign_out_of_sight

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def test_two_cards_on_one_assembly_count_once(person, visit):
    from cards.models import Card
    from tests.cards.test_merging import OTHERWISE
    from tests.factories import make_card

    editors = [person("editor", name=name) for name in ("approver", "merger", "second")]
    first = make_card("approved", monitor=person("monitor", name="one"), editor=editors[0])
    second = make_card(
        "approved", monitor=person("monitor", name="two"), editor=editors[0], **OTHERWISE
    )
    reader = visit(person("analyst"))
    before = almaty_assemblies(reader)

    # On the phone: from one card to both, one above the other.
    merger = visit(editors[1], PHONE)
    merger.goto(first.get_absolute_url())
    merger.click(f"a[href='/cards/{first.uuid}/merge/{second.uuid}/']")
    expect(merger.locator("h1")).to_be_visible()
    assert merger.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    merger.check("[name=participants][value=second]")
    merger.check("[name=description][value=both]")
    merger.click("form.merge button.btn-primary")
    merger.wait_for_url(lambda url: "/merge/" not in url)
    merged = merger.url
    expect(merger.locator("main")).to_contain_text(first.number)
    expect(merger.locator("main")).to_contain_text(second.number)
    # Who merged does not approve.
    assert merger.locator("form[action$='/transition/approve/']").count() == 0
    card = Card.objects.get(merge__first=first)
    assert (card.participants, card.description.count("\n\n")) == (40, 1)
    assert almaty_assemblies(reader) == before - 2

    desk = visit(editors[2], DESK)
    desk.goto(merged)
    desk.click("form[action$='/transition/approve/'] button")
    desk.wait_for_url("**/cards/queue/")
    assert almaty_assemblies(reader) == before - 1

    desk.goto(first.get_absolute_url())
    desk.click(f"a[href='{card.get_absolute_url()}']")
    desk.click("a[href$='/unmerge/']")
    desk.click("main form button.btn-primary")
    expect(desk.locator("[data-error-summary] a[href='#id_reason']")).to_be_visible()
    desk.fill("[name=reason]", "Два разных собрания")
    desk.click("main form button.btn-primary")
    desk.wait_for_url(re.compile(f"{card.get_absolute_url()}$"))
    expect(desk.locator("main")).to_contain_text(second.number)
    assert almaty_assemblies(reader) == before
    for page in (merger, desk, reader):
        sign_out_of_sight(page)

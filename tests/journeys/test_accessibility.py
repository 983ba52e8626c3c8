"""Every page, on a phone and on a desk, by day and by night: nothing for axe to find."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.journeys.conftest import DESK, PHONE

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

PAGES = {
    "monitor": ["/cards/", "/cards/new/"],
    "editor": [
        "/cards/queue/",
        "/cards/awaiting/",
        "/cards/all/?place=astana",
        "/cards/export/?place=astana",
        "/cards/import/",
        "/cards/import/format/",
        "{card}",
        "{card}history/",
        "{draft}edit/",
        "{card}outcomes/add/",
        "{card}files/add/",
    ],
    "analyst": [
        "/reports/",
        "/reports/2018/",
        "/reports/2018/tables/14/",
        "/reports/indicators/",
        "/reports/indicators/police_control/",
        "/reports/method/",
        "/reports/import/",
        "/cards/import/coverage/",
    ],
}


def violations(page) -> list[tuple[str, str]]:
    """Rule and first place of everything that axe finds."""
    found = Axe().run(page).response["violations"]
    return [(rule["id"], rule["nodes"][0]["html"][:160]) for rule in found]


@pytest.mark.parametrize("role", PAGES)
@pytest.mark.parametrize("light", ["light", "dark"])
def test_nothing_stands_in_anybodys_way(person, visit, role, light):
    from cards.models import Card
    from tests.factories import make_card

    user = person(role, ["KZ-75"] if role == "monitor" else None)
    card = Card.objects.filter(status="approved", detained__gt=0).order_by("date").first()
    places = {"card": card.get_absolute_url()}
    if role == "editor":
        places["draft"] = make_card("draft", monitor=user).get_absolute_url()
    found = {}
    for viewport in (PHONE, DESK):
        page = visit(user, viewport, color_scheme=light)
        for address in PAGES[role]:
            answer = page.goto(address.format(**places))
            assert answer.status == 200, address
            if bad := violations(page):
                found[address, viewport["width"]] = bad
            assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
        assert page.foreign == []
    assert found == {}


def test_the_sign_in_page_and_what_is_not_there(browser, site):
    context = browser.new_context(viewport=PHONE, base_url=site)
    page = context.new_page()
    for address in ("/sign-in/", "/sign-in/?next=/cards/"):
        page.goto(address)
        assert violations(page) == []
    context.close()

"""Every page in a browser: nothing against the content policy, nothing from or for a stranger."""

from __future__ import annotations

import pytest

from tests.journeys.test_accessibility import PAGES, places_for

pytestmark = [pytest.mark.journey, pytest.mark.once, pytest.mark.django_db(transaction=True)]

#: The pages of the settings, whose scripts and styles are Django's own.
SETTINGS = [
    "/settings/",
    "/settings/people/",
    "/settings/people/invite/",
    "/settings/people/{account}/",
    "/settings/people/{account}/history/",
    "/settings/access/",
    "/settings/cards/city/",
    "/settings/cards/city/almaty/change/",
    "/settings/cards/period/",
    "/settings/nothing/",
]
_WATCH = """
window.__violations = [];
document.addEventListener("securitypolicyviolation", (event) =>
  window.__violations.push(event.violatedDirective + " " + event.blockedURI));
"""


@pytest.mark.parametrize("role", PAGES)
def test_no_page_breaks_a_policy_or_asks_a_stranger(person, visit, role):
    user = person(role, ["KZ-75"] if role == "monitor" else None)
    places = places_for(user)
    page = visit(user)
    refused, blocked, seen = [], [], 0
    page.on("console", lambda line: refused.append(line.text) if "Policy" in line.text else None)

    def failed(request) -> None:
        # What was asked while the page was being left is no blocked request.
        if "ERR_ABORTED" not in request.failure:
            blocked.append((request.url, request.failure))

    page.on("requestfailed", failed)
    page.context.add_init_script(_WATCH)
    pages = PAGES[role] + (SETTINGS if role == "administrator" else [])
    for address in [*pages, "/nothing/", "/sign-in/"]:
        page.goto(address.format(**places), wait_until="networkidle")
        refused += page.evaluate("window.__violations")
        assert page.evaluate("document.styleSheets.length") > 0
        seen += 1
    assert seen >= 4
    assert refused == []
    assert blocked == []
    assert page.foreign == []
    assert page.broken == []


def test_after_signing_out_the_back_button_shows_no_card(person, visit):
    from cards.models import Card

    editor = person("editor")
    card = Card.objects.filter(status="approved").order_by("date").first()
    page = visit(editor)
    page.goto(card.get_absolute_url())
    assert card.number in page.content()
    page.evaluate("document.querySelector('form[action=\"/sign-out/\"]').submit()")
    page.wait_for_url("**/sign-in/**")
    page.go_back()
    page.wait_for_load_state()
    assert card.number not in page.content()

"""Every page in a browser: nothing against the content policy, nothing from or for a stranger."""

from __future__ import annotations

import pytest

from tests.journeys.test_accessibility import PAGES

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

#: The pages of the settings, whose scripts and styles are Django's own.
SETTINGS = [
    "/settings/",
    "/settings/accounts/user/",
    "/settings/accounts/user/?role__exact=editor&o=1",
    "/settings/accounts/user/add/",
    "/settings/accounts/user/{administrator}/change/",
    "/settings/accounts/user/{administrator}/history/",
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


@pytest.mark.parametrize("role", [*PAGES, "administrator"])
def test_no_page_breaks_a_policy_or_asks_a_stranger(person, visit, role):
    from cards.models import Card
    from tests.factories import make_card

    user = person(role, ["KZ-75"] if role == "monitor" else None)
    card = Card.objects.filter(status="approved", detained__gt=0).order_by("date").first()
    places = {"card": card.get_absolute_url(), "administrator": user.pk}
    if role == "editor":
        places["draft"] = make_card("draft", monitor=user).get_absolute_url()
    page = visit(user)
    refused, blocked, seen = [], [], 0
    page.on("console", lambda line: refused.append(line.text) if "Policy" in line.text else None)
    page.on("requestfailed", lambda request: blocked.append((request.url, request.failure)))
    page.context.add_init_script(_WATCH)
    for address in [*PAGES.get(role, SETTINGS), "/nothing/", "/sign-in/"]:
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

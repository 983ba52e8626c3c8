"""Settings: administrators only, one sign-in page, neither people nor cards."""

import pytest
from django.urls import reverse

pytestmark = pytest.mark.django_db


def test_administrators_find_vocabularies_but_neither_people_nor_cards(signed_in, administrator):
    page = signed_in(administrator).get(reverse("admin:index")).content.decode()
    assert reverse("admin:cards_topic_changelist") in page
    assert "accounts/user/" not in page
    assert "cards/card/" not in page
    assert "cards/event/" not in page


@pytest.mark.parametrize("who", ["monitor", "editor", "analyst"])
def test_nobody_else_comes_in(signed_in, request, who):
    client = signed_in(request.getfixturevalue(who))
    address = reverse("admin:index")
    answer = client.get(address, follow=True)
    assert answer.status_code == 403


def test_there_is_one_sign_in_page(client):
    answer = client.get(reverse("admin:login"))
    assert answer.url.startswith(reverse("sign_in"))
    chain = client.get(reverse("admin:index"), follow=True).redirect_chain
    assert chain[-1][0].startswith(reverse("sign_in"))


def test_the_demonstration_says_so_here_too(signed_in, administrator, settings):
    settings.DEMO = True
    page = signed_in(administrator).get(reverse("admin:index")).content.decode()
    assert "demo-strip" in page


def test_the_password_is_changed_on_ones_own_page(signed_in, administrator):
    answer = signed_in(administrator).get(reverse("admin:password_change"))
    assert answer.url == reverse("account:password")

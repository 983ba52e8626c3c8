"""People and settings: administrators only, one sign-in page, no cards."""

import pytest
from django.urls import reverse

pytestmark = pytest.mark.django_db


def test_administrators_find_people_and_vocabularies_but_no_cards(signed_in, administrator):
    page = signed_in(administrator).get(reverse("admin:index")).content.decode()
    assert reverse("admin:accounts_user_changelist") in page
    assert reverse("admin:cards_topic_changelist") in page
    assert "cards/card/" not in page
    assert "cards/event/" not in page


@pytest.mark.parametrize("who", ["monitor", "editor", "analyst"])
def test_nobody_else_comes_in(signed_in, request, who):
    client = signed_in(request.getfixturevalue(who))
    address = reverse("admin:accounts_user_changelist")
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


def test_an_administrator_makes_an_account(signed_in, administrator):
    from monitoring.accounts.models import User

    client = signed_in(administrator)
    answer = client.post(
        reverse("admin:accounts_user_add"),
        {
            "username": "new-monitor",
            "alias": "Monitor of Almaty",
            "role": "monitor",
            "regions": ["KZ-75"],
            "usable_password": "true",
            "password1": "a long word of nobody",
            "password2": "a long word of nobody",
        },
    )
    assert answer.status_code == 302
    made = User.objects.get(username="new-monitor")
    assert (made.role, made.region_codes()) == ("monitor", {"KZ-75"})
    assert made.check_password("a long word of nobody")

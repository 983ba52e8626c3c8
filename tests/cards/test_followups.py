"""Court outcomes in the browser: added by anybody in reach, one case per person, reviewed."""

import datetime

import pytest
from django.urls import reverse

from cards.models import CaseUpdate, CourtCase
from reports.models import Fact
from tests.factories import EditorFactory, MonitorFactory, add_outcome, make_card

pytestmark = pytest.mark.django_db
POSTED = {
    "case_code": "A-01",
    "decided_on": "10.06.2018",
    "court": "Court of Almaty",
    "article": "koap_488",
    "outcome": "fine",
    "fine_mci": "20,5",
    "observed_by_monitor": "yes",
    "appeal": "none",
}


def add(client, card, **changes):
    data = {name: value for name, value in {**POSTED, **changes}.items() if value is not None}
    return client.post(reverse("cards:outcome_add", args=[card.uuid]), data)


def review(client, update, **data):
    place = reverse("cards:outcome_review", args=[update.case.card.uuid, update.pk])
    return client.post(place, data)


@pytest.fixture
def card(reference):
    return make_card("approved", monitor=MonitorFactory(), detained=3, in_the_name_of_the_law="no",
                     police_actions=("detained",))  # fmt: skip


def test_an_outcome_is_added_without_reopening_the_card(signed_in, card):
    version = card.version
    response = add(signed_in(card.monitor), card)
    assert response.headers["Location"] == card.get_absolute_url() + "#outcomes"
    update = CaseUpdate.objects.get()
    assert (update.case.case_code, update.case.card) == ("A-01", card)
    assert update.decided_on == datetime.date(2018, 6, 10)
    assert (str(update.fine_mci), update.fine_kzt, update.review) == ("20.50", None, "pending")
    assert update.author == card.monitor
    card.refresh_from_db()
    assert (card.status, card.version) == ("approved", version)
    event = card.events.first()
    assert event.kind == "outcome"
    assert event.changes["case_code"] == ["", "A-01"]
    page = signed_in(card.monitor).get(card.get_absolute_url()).content.decode()
    assert "20.50 MCI" in page
    assert "Awaits review" in page


def test_the_same_person_however_typed_is_one_case(signed_in, card):
    client = signed_in(card.monitor)
    add(client, card)
    page = client.get(reverse("cards:outcome_add", args=[card.uuid])).content.decode()
    assert '<option value="A-01"></option>' in page
    add(client, card, case_code=" a-01 ", decided_on="2018-07-01", appeal="upheld")
    assert CourtCase.objects.count() == 1
    assert CaseUpdate.objects.count() == 2


def test_sent_twice_it_is_one_piece_of_news(signed_in, card):
    client = signed_in(card.monitor)
    assert add(client, card).status_code == add(client, card).status_code == 302
    assert CaseUpdate.objects.count() == 1


def test_the_next_person_comes_at_once_if_asked(signed_in, card):
    response = add(signed_in(card.monitor), card, action="another")
    assert response.headers["Location"] == reverse("cards:outcome_add", args=[card.uuid])


ERRORS = [
    ({"case_code": ""}, {"case_code"}),
    ({"case_code": "Асан Үсенов"}, {"case_code"}),
    ({"article": None, "outcome": None, "observed_by_monitor": None, "appeal": None},
     {"article", "outcome", "observed_by_monitor", "appeal"}),
    ({"fine_mci": None}, {"fine_mci"}),
    ({"fine_mci": "a lot"}, {"fine_mci"}),
    ({"fine_mci": None, "fine_kzt": "48 100"}, set()),
    ({"outcome": "arrest"}, {"arrest_days"}),
    ({"outcome": "arrest", "arrest_days": "16"}, {"arrest_days"}),
    ({"outcome": "arrest", "arrest_days": "16", "article": "koap_434"}, set()),
    ({"outcome": "arrest", "arrest_days": "15"}, set()),
    ({"outcome": "warning", "arrest_days": "99", "fine_mci": "5"}, set()),
    ({"outcome": "acquitted", "fine_mci": None}, set()),
    ({"decided_on": "2018-05-09"}, {"decided_on"}),
    ({"decided_on": "2999-01-01"}, {"decided_on"}),
    ({"decided_on": "some day"}, {"decided_on"}),
    ({"outcome": "shot"}, {"outcome"}),
    ({"court": "x" * 201}, {"court"}),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "fields"), ERRORS)
def test_what_is_wrong_is_said_at_its_question_and_nothing_typed_is_lost(
    signed_in, card, changes, fields
):
    response = add(signed_in(card.monitor), card, **changes)
    if not fields:
        assert response.status_code == 302
        return
    assert response.status_code == 422
    assert set(response.context["form"].errors) == fields
    assert not CaseUpdate.objects.exists()
    page = response.content.decode()
    for name, value in {**POSTED, **changes}.items():
        if name in ("case_code", "court", "fine_mci") and value:
            assert f'value="{value}"' in page
    assert all(f'href="#id_{name}"' in page for name in fields)


def test_amounts_that_are_not_asked_are_not_kept(signed_in, card):
    add(signed_in(card.monitor), card, outcome="warning", arrest_days="9", fine_mci="5")
    update = CaseUpdate.objects.get()
    assert (update.fine_mci, update.fine_kzt, update.arrest_days) == (None, None, None)


ADDING = {
    # (who, status): may add
    ("monitor", "draft"): 302,
    ("monitor", "submitted"): 302,
    ("monitor", "approved"): 302,
    ("monitor", "rejected"): 403,
    ("monitor", "duplicate"): 403,
    ("editor", "approved"): 302,
    ("editor", "draft"): 404,
    ("far editor", "approved"): 404,
    ("analyst", "approved"): 403,
    ("administrator", "approved"): 404,
    ("other monitor", "approved"): 404,
}


@pytest.mark.parametrize(("who", "status"), ADDING)
def test_who_adds_outcomes_to_which_cards(request, signed_in, reference, who, status):
    card = make_card(status)
    people = {
        "monitor": lambda: card.monitor,
        "other monitor": lambda: MonitorFactory(all_regions=True),
        "far editor": lambda: EditorFactory(all_regions=False, regions=["KZ-71"]),
    }
    user = people[who]() if who in people else request.getfixturevalue(who)
    assert add(signed_in(user), card).status_code == ADDING[who, status]


def convicted(place="almaty") -> int:
    return sum(fact.sums.get("convicted", [0, 0])[1] for fact in Fact.objects.filter(place=place))


def test_an_outcome_counts_from_its_acceptance_on(signed_in, card, editor):
    add(signed_in(card.monitor), card)
    update = CaseUpdate.objects.get()
    assert convicted() == 0
    assert review(signed_in(editor), update, decision="accept").status_code == 302
    update.refresh_from_db()
    assert (update.review, update.reviewer) == ("approved", editor)
    assert convicted() == 1
    event = card.events.first()
    assert event.changes == {"case_code": ["", "A-01"], "review": ["pending", "approved"]}


def test_a_refusal_needs_a_reason_and_so_does_deciding_anew(signed_in, card, editor):
    update = add_outcome(card, review="pending")
    client = signed_in(editor)
    refused = review(client, update, decision="refuse", reason="  ")
    assert refused.status_code == 422
    assert [error.code for error in refused.context["form"].errors.as_data()["reason"]] == [
        "required"
    ]
    assert review(client, update, decision="refuse", reason="Another case").status_code == 302
    update.refresh_from_db()
    assert (update.review, update.review_reason) == ("rejected", "Another case")
    assert review(client, update, decision="accept").status_code == 422
    assert review(client, update, decision="accept", reason="It was this one").status_code == 302
    assert card.events.first().changes["review"] == ["rejected", "approved"]
    assert convicted() == 1


def test_nobody_reviews_their_own_outcome_or_without_the_right(signed_in, card, editor, analyst):
    mine = add_outcome(card, author=editor, review="pending")
    assert review(signed_in(editor), mine, decision="accept").status_code == 403
    assert review(signed_in(analyst), mine, decision="accept").status_code == 403
    assert review(signed_in(card.monitor), mine, decision="accept").status_code == 403
    far = EditorFactory(all_regions=False, regions=["KZ-71"])
    assert review(signed_in(far), mine, decision="accept").status_code == 404
    page = signed_in(editor).get(card.get_absolute_url()).content.decode()
    assert reverse("cards:outcome_review", args=[card.uuid, mine.pk]) not in page
    mine.refresh_from_db()
    assert mine.review == "pending"


def test_an_outcome_is_found_under_its_own_card_only(signed_in, card, editor):
    update = add_outcome(card, review="pending")
    other = make_card("approved")
    place = reverse("cards:outcome_review", args=[other.uuid, update.pk])
    assert signed_in(editor).post(place, {"decision": "accept"}).status_code == 404


def test_a_decision_of_no_kind_is_refused(signed_in, card, editor):
    update = add_outcome(card, review="pending")
    assert review(signed_in(editor), update, decision="perhaps").status_code == 422
    assert review(signed_in(editor), update).status_code == 422


def test_without_javascript_each_condition_stands_in_words(signed_in, card):
    page = signed_in(card.monitor).get(reverse("cards:outcome_add", args=[card.uuid]))
    text = page.content.decode()
    assert 'data-show-when="outcome=fine"' in text
    assert "Only if — Outcome: Fine" in text or "Only if — outcome: Fine" in text


# What a monitor knows at the door of a court


def test_the_form_begins_with_what_is_known_of_the_person(signed_in, card):
    client, place = signed_in(card.monitor), reverse("cards:outcome_add", args=[card.uuid])
    add(client, card, article="koap_434")
    form = client.get(place, {"case": "A-01"}).context["form"]
    assert (form["case_code"].value(), form["article"].value()) == ("A-01", "koap_434")
    # What nobody has said of this decision is not known, and says so.
    assert (form["observed_by_monitor"].value(), form["appeal"].value()) == ("unknown", "unknown")
    new = client.get(place, {"case": "A-02"}).context["form"]
    assert (new["case_code"].value(), new["article"].value()) == ("A-02", None)


def test_the_rest_is_folded_away_until_it_is_needed(signed_in, card):
    client, place = signed_in(card.monitor), reverse("cards:outcome_add", args=[card.uuid])
    assert '<details class="more">' in client.get(place).content.decode()
    refused = add(client, card, appeal=None, outcome=None)
    assert '<details class="more" open>' in refused.content.decode()


def test_the_people_of_the_card_stand_above_the_form(signed_in, card):
    client, place = signed_in(card.monitor), reverse("cards:outcome_add", args=[card.uuid])
    assert "persons-title" not in client.get(place).content.decode()
    add(client, card)
    add(client, card, outcome="pending", decided_on="2018-07-01", fine_mci=None)
    response = client.get(place, {"case": "A-01"})
    (person,) = response.context["persons"]
    assert (person.code, person.latest.outcome, person.decided) == ("A-01", "pending", False)
    page = response.content.decode()
    assert f'href="{place}?case=A-01"' in page
    assert page.count('aria-current="true"><strong>') == 1
    assert f'href="{place}?case=A-02"' in page
    assert "another person" in page


def test_a_short_answer_is_enough_and_updates_the_person(signed_in, card):
    client = signed_in(card.monitor)
    short = {"court": None, "observed_by_monitor": "unknown", "appeal": "unknown"}
    add(client, card, outcome="pending", fine_mci=None, decided_on=None, **short)
    add(client, card, outcome="arrest", arrest_days="10", fine_mci=None, **short)
    assert CourtCase.objects.count() == 1
    latest = CaseUpdate.objects.order_by("-id").first()
    assert (latest.outcome, latest.arrest_days, latest.court) == ("arrest", 10, "")


@pytest.mark.parametrize("number", [2, 20])
def test_the_page_takes_as_many_queries_for_many_people_as_for_few(
    signed_in, card, number, django_assert_max_num_queries
):
    for index in range(number):
        add_outcome(card, case_code=f"A-{index:02d}", review="pending")
    client = signed_in(card.monitor)
    with django_assert_max_num_queries(14):
        page = client.get(reverse("cards:outcome_add", args=[card.uuid]))
    assert len(page.context["persons"]) == number

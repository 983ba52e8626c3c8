"""The pages of merging: who opens them, what they ask, what they keep, and the way back."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cards import services, workflow
from cards.models import Card, Merge
from tests.cards.test_merging import OTHERWISE, merged, proposed, two_cards
from tests.factories import EditorFactory, MonitorFactory, add_outcome, make_card

pytestmark = pytest.mark.django_db


def url(first: Card, second: Card) -> str:
    return reverse("cards:merge", args=[first.uuid, second.uuid])


def posted(first: Card, second: Card, **changes) -> dict[str, str]:
    """What the page sends if its proposals are taken."""
    return {
        "versions": f"{first.version},{second.version}",
        "lead": "first",
        **proposed(first, second),
        **changes,
    }


def text_of(response) -> str:
    return response.content.decode()


# The page of a card


def test_an_editor_sees_what_may_be_the_same_assembly_and_why(signed_in, editor):
    first, second = two_cards()
    response = signed_in(editor).get(first.get_absolute_url())
    ((candidate, mergeable),) = response.context["twins"]
    assert (candidate.card, mergeable) == (second, True)
    assert "Possibly the same assembly" in text_of(response)
    assert "the same form" in text_of(response)
    assert url(first, second) in text_of(response)


@pytest.mark.slow
@pytest.mark.parametrize("number", [1, 4])
def test_the_candidates_take_as_many_queries_whatever_there_is(signed_in, editor, number):
    first = make_card("submitted")
    for _copy in range(number):
        make_card("submitted", monitor=first.monitor)
    client = signed_in(editor)
    client.get(first.get_absolute_url())
    with CaptureQueriesContext(connection) as queries:
        response = client.get(first.get_absolute_url())
    assert len(response.context["twins"]) == number
    of_candidates = [each["sql"] for each in queries if "date_precision" in each["sql"]
                     and "BETWEEN" in each["sql"]]  # fmt: skip
    assert len(of_candidates) == 1
    assert len(queries) <= 30


def test_a_returned_twin_is_named_but_not_merged(signed_in, editor):
    first, second = make_card("submitted"), make_card("returned", **OTHERWISE)
    response = signed_in(editor).get(first.get_absolute_url())
    ((candidate, mergeable),) = response.context["twins"]
    assert (candidate.card, mergeable) == (second, False)
    assert url(first, second) not in text_of(response)


def test_monitors_and_analysts_are_shown_no_candidates(signed_in, analyst):
    first, _second = two_cards("approved")
    for person in (first.monitor, analyst):
        response = signed_in(person).get(first.get_absolute_url())
        assert response.context["twins"] == []
        assert "the same assembly" not in text_of(response)


def test_a_monitor_reads_no_more_of_anothers_card_than_where_and_when(signed_in, monitor):
    other = make_card("submitted", place="Secret yard")
    own = make_card("submitted", monitor=monitor)
    card = make_card("draft", monitor=monitor)
    client = signed_in(monitor)
    form = client.get(reverse("cards:edit", args=[card.uuid])).context["form"]
    data = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    response = client.post(reverse("cards:edit", args=[card.uuid]), {**data, "action": "submit"})
    page = text_of(response)
    assert {each.card for each in response.context["twins"]} == {other, own}
    assert other.number in page
    assert own.get_absolute_url() in page
    assert other.get_absolute_url() not in page
    assert "Secret yard" not in page


@pytest.mark.slow
def test_a_duplicate_is_one_tap(signed_in, editor):
    first, second = two_cards()
    client = signed_in(editor)
    assert f'name="twin" value="{second.number}"' in text_of(client.get(first.get_absolute_url()))
    address = reverse("cards:transition", args=[first.uuid, "duplicate"])
    assert client.post(address, {"duplicate_of": "typed", "twin": second.number}).status_code == 302
    first.refresh_from_db()
    assert first.duplicate_of == second
    assert first.get_absolute_url() not in text_of(client.get(reverse("cards:queue")))


def test_another_card_is_found_by_its_number(signed_in, editor):
    first, far = make_card("submitted"), make_card("submitted", city="astana")
    client = signed_in(editor)
    address = reverse("cards:merge_choose", args=[first.uuid])
    response = client.get(address, {"number": far.number.lower()})
    assert (response.status_code, response.url) == (302, url(first, far))
    for number in ("", "2018-NOWHERE-1", first.number, make_card("returned").number):
        response = client.get(address, {"number": number})
        assert response.url == first.get_absolute_url()


# Side by side


def test_both_cards_side_by_side(signed_in, editor):
    first, second = two_cards("approved")
    for card in (first, second):
        add_outcome(card, case_code="A-01")
    response = signed_in(editor).get(url(first, second))
    form = response.context["form"]
    assert {pair.row.name: pair.field.value() for pair in form.pairs} == proposed(first, second)
    assert [field.label for field in form.cases] == ["A-01"]
    page = text_of(response)
    assert "Theatre square" in page
    assert "Square before the theatre" in page
    assert page.index("differences") < page.index("are the same on both cards")


@pytest.mark.slow
def test_merging_leads_to_the_new_card(signed_in, editor):
    first, second = two_cards()
    client = signed_in(editor)
    response = client.post(url(first, second), posted(first, second, lead="second"))
    made = Merge.objects.get()
    assert (response.status_code, response.url) == (302, made.card.get_absolute_url())
    assert (made.lead, made.author, made.card.monitor) == ("second", editor, second.monitor)
    page = text_of(client.get(response.url))
    assert "This card was made from two cards" in page
    for card in (first, second):
        assert card.get_absolute_url() in page
        original = text_of(client.get(card.get_absolute_url()))
        assert made.card.get_absolute_url() in original
        assert "Take up again" not in original


def test_errors_stand_at_their_field_and_every_choice_is_kept(signed_in, editor):
    first, second = two_cards(police_present="no")
    data = posted(first, second, police_present="second", place="second", description="both")
    response = signed_in(editor).post(url(first, second), data)
    form = response.context["form"]
    assert response.status_code == 422
    assert set(form.errors) == {"police_present"}
    assert form["place"].value() == "second"
    assert form["description"].value() == "both"
    assert not Merge.objects.exists()
    data = posted(first, second)
    del data["place"]
    response = signed_in(editor).post(url(first, second), data)
    assert set(response.context["form"].errors) == {"place"}


def test_an_error_of_what_both_say_alike_stands_at_the_head(signed_in, editor):
    first, second = two_cards()
    Card.objects.filter(pk__in=[first.pk, second.pk]).update(
        application_date="2018-05-20", legal_status="sanctioned"
    )
    response = signed_in(editor).post(url(first, second), posted(*Card.objects.order_by("pk")))
    assert response.status_code == 422
    (error,) = response.context["form"].non_field_errors()
    assert error == "date of the application: The application is later than the assembly."


def test_a_card_changed_meanwhile_is_shown_again_with_every_choice(signed_in, editor):
    first, second = two_cards()
    data = posted(first, second, place="second")
    services.save(second, actor=EditorFactory(), answers={"minors_present": "yes"})
    client = signed_in(editor)
    response = client.post(url(first, second), data)
    form = response.context["form"]
    assert response.status_code == 409
    assert form["place"].value() == "second"
    data["versions"] = form["versions"].value()
    assert client.post(url(first, second), {**data, "minors_present": "second"}).status_code == 302
    assert Merge.objects.get().card.minors_present == "yes"


def test_who_comes_second_is_led_to_what_became_of_the_cards(signed_in, editor):
    first, second = two_cards()
    data = posted(first, second)
    made = merged(first, second)
    response = signed_in(editor).post(url(first, second), data, follow=True)
    assert response.redirect_chain == [(first.get_absolute_url(), 302)]
    assert "set aside meanwhile" in text_of(response)
    assert made.card.get_absolute_url() in text_of(response)
    assert Merge.objects.count() == 1


@pytest.mark.parametrize("versions", ["", "1", "a,b", "1,2,3"])
def test_versions_that_nobody_sent_are_no_fault_of_the_site(signed_in, editor, versions):
    first, second = two_cards()
    response = signed_in(editor).post(url(first, second), posted(first, second, versions=versions))
    assert response.status_code == 422
    assert "versions" in response.context["form"].errors


def test_different_people_under_one_code_by_hand(signed_in, editor):
    first, second = two_cards("approved")
    for card in (first, second):
        add_outcome(card, case_code="Б-01")
    data = posted(first, second, case_0="apart")
    assert signed_in(editor).post(url(first, second), data).status_code == 302
    codes = Merge.objects.get().card.cases.values_list("case_code", flat=True)
    assert set(codes) == {"Б-01", "Б-01-2"}


@pytest.mark.slow
def test_who_opens_the_pages(signed_in, editor, analyst, administrator):
    first, second = two_cards("approved")
    elsewhere = EditorFactory(all_regions=False, regions=["KZ-71"])
    expected = {
        editor: 200,
        first.monitor: 403,  # of their own card; the second one is not even looked up
        analyst: 403,
        administrator: 404,
        elsewhere: 404,
    }
    for person, status in expected.items():
        assert signed_in(person).get(url(first, second)).status_code == status, person
        assert signed_in(person).post(url(first, second)).status_code in (status, 422), person
    assert signed_in(first.monitor).get(url(first, first)).status_code == 403
    assert signed_in(editor).get(url(first, first)).status_code == 404
    made = merged(first, second)
    undo = reverse("cards:unmerge", args=[made.card.uuid])
    statuses = {person: signed_in(person).get(undo).status_code for person in expected}
    assert statuses == {
        editor: 200,
        first.monitor: 403,
        analyst: 404,  # not approved yet
        administrator: 404,
        elsewhere: 404,
    }
    assert Merge.objects.get().undone_at is None


# The way back


@pytest.mark.slow
def test_the_page_says_what_was_added_and_undoes(signed_in, editor):
    first, second = two_cards("approved")
    made = merged(first, second)
    client, address = signed_in(editor), reverse("cards:unmerge", args=[made.card.uuid])
    assert "Nothing was added" in text_of(client.get(address))
    workflow.apply(made.card, "approve", actor=EditorFactory())
    add_outcome(made.card, case_code="Z-09")
    response = client.get(address)
    assert "Z-09" in text_of(response)
    refused = client.post(address, {"reason": " ", "receiver": "second"})
    assert refused.status_code == 422
    assert refused.context["form"]["receiver"].value() == "second"
    assert set(refused.context["form"].errors) == {"reason"}
    done = client.post(address, {"reason": "Two assemblies", "receiver": "second"})
    assert (done.status_code, done.url) == (302, made.card.get_absolute_url())
    assert second.cases.get().case_code == "Z-09"
    page = text_of(client.get(made.card.get_absolute_url()))
    assert "The merge was undone" in page
    assert "Undo the merge" not in page
    assert "Take up again" not in page
    assert "undone already" in text_of(client.get(address))
    late = client.post(address, {"reason": "Again", "receiver": "first"}, follow=True)
    assert "undone already" in text_of(late)


def test_only_a_merged_card_has_a_merge_to_undo(signed_in, editor):
    card = make_card("submitted")
    assert signed_in(editor).get(reverse("cards:unmerge", args=[card.uuid])).status_code == 404


def test_nobody_undoes_the_merge_of_a_card_of_their_own(signed_in):
    asked = EditorFactory()
    first, second = make_card("submitted"), make_card("submitted", monitor=asked, **OTHERWISE)
    made = merged(first, second)
    assert signed_in(asked).get(reverse("cards:unmerge", args=[made.card.uuid])).status_code == 403


# What others see


def test_a_monitor_reads_what_became_of_their_card(signed_in):
    first, second = two_cards()
    made = merged(first, second)
    lead = text_of(signed_in(first.monitor).get(first.get_absolute_url()))
    assert made.card.get_absolute_url() in lead
    other = text_of(signed_in(second.monitor).get(second.get_absolute_url()))
    assert made.card.number in other
    assert made.card.get_absolute_url() not in other


@pytest.mark.parametrize("pairs", [1, 3])
def test_lists_tag_merged_cards_with_one_query_more(signed_in, editor, pairs):
    for _pair in range(pairs):
        merged(*two_cards())
    client = signed_in(editor)
    with CaptureQueriesContext(connection) as queries:
        response = client.get(reverse("cards:all"))
    page = text_of(response)
    assert page.count("Made from two cards") == pairs
    assert page.count("Went into a merge") == 2 * pairs
    assert len([each for each in queries if "cards_merge" in each["sql"]]) == 1


def test_a_plain_duplicate_says_what_it_repeats(signed_in, editor):
    card = make_card("duplicate", monitor=MonitorFactory(all_regions=True))
    page = text_of(signed_in(editor).get(card.get_absolute_url()))
    assert f"Duplicate of card {card.duplicate_of.number}" in page

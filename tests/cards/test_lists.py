"""Lists of each role: what stands in them, what is asked, and how many queries they take."""

import csv
import datetime
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cards import services, workflow
from cards.models import Card
from tests.factories import EditorFactory, MonitorFactory, add_outcome, make_card, rows_of_cards

pytestmark = pytest.mark.django_db
TAKEN = {
    "detained": 3,
    "police_actions": ("detained",),
    "in_the_name_of_the_law": "no",
}


def cards_on(response) -> list[int]:
    return [line.card.pk for line in response.context["lines"]]


def page(client, name, query=""):
    return client.get(reverse(f"cards:{name}") + query)


ALLOWED = {
    "list": {"monitor", "editor"},
    "queue": {"editor"},
    "awaiting": {"monitor", "editor"},
    "all": {"editor", "analyst"},
    "export": {"editor", "analyst"},
}


@pytest.mark.parametrize("name", ALLOWED)
@pytest.mark.parametrize("role", ["monitor", "editor", "analyst", "administrator"])
def test_each_list_opens_for_its_roles_only(request, signed_in, name, role):
    client = signed_in(request.getfixturevalue(role))
    status = page(client, name).status_code
    assert status == (200 if role in ALLOWED[name] else 403)


def test_nobody_sees_a_list_without_signing_in(client):
    for name in ALLOWED:
        assert page(client, name).status_code == 302


def test_a_monitor_sees_their_own_cards_and_what_is_asked(signed_in, monitor, editor):
    draft = make_card("draft", monitor=monitor, form=None, topic=None)
    returned = make_card("returned", monitor=monitor, editor=editor)
    approved = make_card("approved", monitor=monitor, editor=editor, **TAKEN)
    make_card("submitted")
    response = page(signed_in(monitor), "list")
    assert set(cards_on(response)) == {draft.pk, returned.pk, approved.pk}
    waiting = response.context["waiting"]
    assert [(item.card.pk, item.reason) for item in waiting.returned] == [
        (returned.pk, "Because of the test")
    ]
    assert [item.card.pk for item in waiting.drafts] == [draft.pk]
    assert [item.card.pk for item in waiting.followups] == [approved.pk]
    lines = {line.card.pk: line for line in response.context["lines"]}
    assert lines[draft.pk].open_questions == 2
    assert lines[returned.pk].open_questions == lines[approved.pk].open_questions == 0
    text = response.content.decode()
    assert "Because of the test" in text
    assert "2 questions open" in text


def test_an_empty_list_offers_one_button(signed_in, monitor):
    response = page(signed_in(monitor), "list")
    assert response.content.decode().count(f'href="{reverse("cards:new")}"') == 1
    assert response.context["empty"]


def test_no_match_is_not_an_empty_list(signed_in, monitor):
    make_card("draft", monitor=monitor)
    response = page(signed_in(monitor), "list", "?text=nowhere")
    assert not response.context["empty"]
    assert "No card matches" in response.content.decode()


def test_the_queue_is_oldest_first_within_the_regions(signed_in):
    here = EditorFactory(all_regions=False, regions=["KZ-75"])
    first, second = (make_card("submitted", police=40) for _ in range(2))
    make_card("submitted", city="astana")
    make_card("approved")
    three_days_ago = timezone.now() - datetime.timedelta(days=3, hours=1)
    Card.objects.filter(pk=second.pk).update(submitted_at=three_days_ago)
    response = page(signed_in(here), "queue")
    assert cards_on(response) == [second.pk, first.pk]
    assert [(line.days, line.flags) for line in response.context["lines"]] == [(3, 1), (0, 1)]
    text = response.content.decode()
    assert "waiting for 3 days" in text
    assert second.city.region.label_en in text


@pytest.mark.slow
def test_cards_await_a_court_until_every_known_case_is_decided(reference):
    none_known = make_card("approved", **TAKEN)
    decided = make_card("approved", **TAKEN)
    add_outcome(decided)
    pending = make_card("approved", **TAKEN)
    add_outcome(pending, outcome="pending", fine_mci=None)
    add_outcome(pending, case_code="A-02")
    settled = make_card("approved", **TAKEN)
    add_outcome(settled, outcome="pending", fine_mci=None)
    add_outcome(settled, decided_on=datetime.date(2018, 7, 1))
    refused = make_card("approved", **TAKEN)
    add_outcome(refused, review="rejected")
    reported = make_card("approved", **TAKEN)
    add_outcome(reported, review="pending")
    make_card("approved", **TAKEN, released_without_report=3)
    make_card("approved")
    make_card("submitted", **TAKEN)
    waiting = set(Card.objects.awaiting_outcome().values_list("pk", flat=True))
    assert waiting == {none_known.pk, pending.pk, refused.pk}
    assert {decided.pk, settled.pk, reported.pk} & waiting == set()


def test_the_days_since_the_assembly_are_told(signed_in, editor):
    today = timezone.localdate()
    make_card("approved", date=today - datetime.timedelta(days=20), **TAKEN)
    response = page(signed_in(editor), "awaiting")
    assert [line.days for line in response.context["lines"]] == [20]
    assert "20 days since the assembly" in response.content.decode()


def test_analysts_find_approved_cards_and_editors_all_but_others_drafts(signed_in, analyst):
    editor = EditorFactory()
    states = {status: make_card(status) for status in ("draft", "submitted", "approved")}
    own = services.create(actor=editor, answers={})
    assert cards_on(page(signed_in(analyst), "all")) == [states["approved"].pk]
    found = set(cards_on(page(signed_in(editor), "all")))
    assert found == {states["submitted"].pk, states["approved"].pk, own.pk}


def test_a_bad_condition_is_told_and_leaves_the_rest(signed_in, editor):
    card = make_card("submitted")
    make_card("submitted", form="picket")
    response = page(signed_in(editor), "all", "?place=atlantis&form=rally")
    assert response.status_code == 200
    assert cards_on(response) == [card.pk]
    text = response.content.decode()
    assert "could not be read" in text
    assert 'href="?"' in text  # taking the form out


@pytest.mark.parametrize("number", [5, 25])
@pytest.mark.parametrize(
    ("name", "role", "status", "limit"),
    [
        ("list", "monitor", "draft", 18),
        ("list", "monitor", "approved", 18),
        ("queue", "editor", "submitted", 16),
        ("awaiting", "editor", "approved", 11),
        ("all", "analyst", "approved", 10),
    ],
)
def test_a_list_takes_as_many_queries_for_5_cards_as_for_25(
    request, signed_in, name, role, status, limit, number
):
    user = request.getfixturevalue(role)
    owner = user if role == "monitor" else MonitorFactory()
    rows_of_cards(number, monitor=owner, status=status, **TAKEN)
    client = signed_in(user)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        response = page(client, name)
    assert len(cards_on(response)) == number
    assert len(queries) <= limit, "\n".join(query["sql"][:150] for query in queries)


@pytest.mark.slow
def test_pages_of_a_list_hold_every_card_once(signed_in, analyst):
    rows = rows_of_cards(60, monitor=MonitorFactory())
    client, seen, address = signed_in(analyst), [], "?form=rally"
    while address:
        response = page(client, "all", address)
        seen += cards_on(response)
        address = response.context["next_url"]
    assert seen == [card.pk for card in reversed(rows)]


def test_the_file_holds_the_filtered_cards_and_no_column_of_people(signed_in, analyst):
    card = make_card("approved", form="picket")
    make_card("approved")
    make_card("submitted", form="picket")
    address = reverse("cards:export") + "?form=picket"
    response = signed_in(analyst).post(address, {"purpose": "For the yearbook", "format": "csv"})
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment" in response["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(response.getvalue().decode("utf-8-sig"))))
    assert [row["number"] for row in rows] == [card.number]
    assert rows[0]["date"] == "2018-05-10"
    assert rows[0]["attributes"] == "placards;chants"
    assert not {"monitor", "editor", "search_text", "warnings_accepted"} & set(rows[0])
    assert not {card.monitor.username, card.monitor.alias} & set(rows[0].values())


@pytest.mark.parametrize("purpose", ["", "yearbook", " " * 20])
def test_no_file_without_a_purpose(signed_in, analyst, purpose):
    make_card("approved")
    client = signed_in(analyst)
    asked = client.get(reverse("cards:export"))
    assert (asked.status_code, asked.context["rows"]) == (200, 1)
    answer = client.post(reverse("cards:export"), {"purpose": purpose, "format": "csv"})
    assert answer.status_code == 422
    assert "purpose" in answer.context["form"].errors
    assert "Content-Disposition" not in answer


def test_a_bad_condition_gives_no_file_but_the_list(signed_in, analyst):
    make_card("approved")
    response = page(signed_in(analyst), "export", "?place=atlantis&form=rally")
    assert response.status_code == 302
    assert response["Location"] == reverse("cards:all") + "?form=rally"


@pytest.mark.slow
def test_a_returned_and_mended_card_goes_back_to_the_queue(signed_in, monitor, editor):
    card = make_card("returned", monitor=monitor, editor=editor)
    assert len(page(signed_in(monitor), "list").context["waiting"].returned) == 1
    workflow.apply(card, "submit", actor=monitor)
    assert not page(signed_in(monitor), "list").context["waiting"].returned
    assert cards_on(page(signed_in(editor), "queue")) == [card.pk]


def test_postgresql_plans_for_disks_that_do_not_turn():
    """Else a page of 25 lines waits for the compiling of a plan that answers at once."""
    if connection.vendor == "sqlite":
        assert "options" not in connection.settings_dict["OPTIONS"]
        return
    with connection.cursor() as cursor:
        for name, value in (("jit", "off"), ("random_page_cost", "1.1")):
            cursor.execute(f"SHOW {name}")
            assert cursor.fetchone() == (value,)

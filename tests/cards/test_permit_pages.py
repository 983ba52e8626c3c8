"""The pages of the register: list, form, conflict, review, link; and the card's own page."""

import csv
import datetime
import io
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cards import permits
from cards.models import PermitApplication
from monitoring.accounts.models import AccessEntry
from tests.factories import APPLICATION, EditorFactory, make_application, make_card

pytestmark = pytest.mark.django_db
REGISTER = "/cards/applications/"


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


def posted(**changes) -> dict:
    return {**APPLICATION, "uuid": uuid.uuid4(), "version": 0, "source_links": "", **changes}


def on(response) -> list[PermitApplication]:
    return list(response.context["applications"])


@pytest.mark.parametrize(
    ("role", "status"),
    [("monitor", 200), ("editor", 200), ("analyst", 200), ("administrator", 403)],
)
def test_the_register_opens_for_its_roles_and_stands_in_their_menu(
    request, signed_in, role, status
):
    client = signed_in(request.getfixturevalue(role))
    assert client.get(REGISTER).status_code == status
    menu = client.get("/accounts/", follow=True).content.decode()
    if status == 200:
        assert f'href="{REGISTER}"' in client.get(REGISTER).content.decode()
    assert status == 200 or f'href="{REGISTER}"' not in menu


def test_missing_and_out_of_reach_answer_alike(signed_in, monitor, analyst):
    others = make_application("pending")
    for person in (monitor, analyst):
        client = signed_in(person)
        assert client.get(others.get_absolute_url()).status_code == 404
        assert client.get(f"{REGISTER}{uuid.uuid4()}/").status_code == 404
    assert signed_in(analyst).get(f"{REGISTER}new/").status_code == 403


@pytest.mark.parametrize("data", [{}, {"uuid": "no identifier"}])
def test_a_form_that_lost_its_identifier_is_shown_again_under_its_address(signed_in, monitor, data):
    address = f"{REGISTER}{uuid.uuid4()}/edit/"
    response = signed_in(monitor).post(address, data)
    assert response.status_code == 422
    assert f'action="{address}"' in response.content.decode()


@pytest.mark.slow
def test_what_is_chosen_is_found(signed_in, editor):
    refused = make_application(place="Сквер Победы")
    silent = make_application("pending", decision="no_answer", answered_on=None, city="astana")
    late = make_application(
        answered_on=day("2018-08-17"), applied_on=day("2018-08-06"), applicant_type="unknown"
    )
    linked = permits.link(make_application(), actor=editor, card=make_card("approved"))
    earlier = make_application(
        applied_on=day("2017-03-01"),
        answered_on=None,
        decision="unknown",
        planned_for=None,
        appeal="upheld",
    )
    client = signed_in(editor)
    every = [refused, silent, late, linked, earlier]
    for query, expected in {
        "": every,
        "?period=2018": [refused, silent, late, linked],
        "?place=astana": [silent],
        "?decision=no_answer": [silent],
        "?decision=open": [earlier],
        "?applicant=unknown": [late],
        "?linked=yes": [linked],
        "?linked=no&review=approved": [refused, late, earlier],
        "?review=pending": [silent],
        "?answered=late": [late],
        "?answered=yes": [refused, late, linked],
        "?appeal=any": [earlier],
        "?text=ПОБЕДЫ": [refused],
        "?text=" + str(linked.card.number).lower(): [linked],
        "?from=2018-01-01&to=2018-12-31": [refused, silent, late, linked],
        "?decision=nonsense&place=astana": [silent],
    }.items():
        assert set(on(client.get(REGISTER + query))) == set(expected), query
    assert client.get(REGISTER + "?decision=nonsense").context["filter"].problems


@pytest.mark.slow
def test_pages_follow_each_other_with_few_queries(signed_in, editor):
    def look(query=""):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            response = client.get(REGISTER + query)
        return response, len(asked)

    client = signed_in(editor)
    first = make_application()
    rows = [
        PermitApplication(
            city_id="almaty",
            applied_on=day("2018-08-01") + datetime.timedelta(days=n // 3),
            author=editor,
            topic_id="gas_price",
            card=None,
        )
        for n in range(60)
    ]
    look()
    _response, few = look()
    PermitApplication.objects.bulk_create(rows)
    seen, query = [], ""
    while True:
        response, many = look(query)
        assert many <= few + 1
        seen += on(response)
        query = response.context["next_url"]
        if not query:
            break
    assert len(seen) == len(set(seen)) == 61
    assert first in seen
    assert seen == sorted(seen, key=lambda each: (each.applied_on, each.pk), reverse=True)


def test_recording_one(signed_in, monitor):
    client = signed_in(monitor)
    form = client.get(f"{REGISTER}new/")
    assert form.status_code == 200
    token = form.context["uuid"]
    response = client.post(f"{REGISTER}{token}/edit/", posted(uuid=token))
    application = PermitApplication.objects.get(uuid=token)
    assert response.url == application.get_absolute_url()
    assert (application.author, application.review) == (monitor, "pending")
    page = client.get(response.url).content.decode()
    assert "Square behind the cinema" in page
    assert "The square is being repaired" in page
    assert "Permit application recorded" in page


def test_mistakes_stand_at_their_fields_and_nothing_typed_is_lost(signed_in, monitor):
    client = signed_in(monitor)
    sent = posted(ground="", note="Two pages", applied_on="", source_links="x")
    response = client.post(f"{REGISTER}{sent['uuid']}/edit/", sent)
    assert response.status_code == 422
    assert {"ground", "applied_on", "source_links"} == set(response.context["form"].errors)
    assert "Two pages" in response.content.decode()
    assert not PermitApplication.objects.exists()


def test_a_city_elsewhere_is_not_offered(signed_in, monitor):
    sent = posted(city="astana")
    response = signed_in(monitor).post(f"{REGISTER}{sent['uuid']}/edit/", sent)
    assert response.status_code == 422
    assert set(response.context["form"].errors) == {"city"}


def test_who_saves_second_sees_both_versions_and_chooses(signed_in, monitor, editor):
    application = make_application("pending", author=monitor)
    address = f"{application.get_absolute_url()}edit/"
    permits.change(application, actor=editor, answers={"place": "A park", "note": "From the file"})
    client = signed_in(monitor)
    mine = posted(uuid=application.uuid, version=1, place="A street")
    response = client.post(address, mine)
    assert response.status_code == 409
    sides = {row.name: (row.mine, row.theirs, row.take) for row in response.context["conflicts"]}
    assert sides == {
        "place": ("A street", "A park", "mine"),
        "note": ("", "From the file", "theirs"),
    }
    again = {**mine, "version": 2, "take_place": "mine", "take_note": "theirs"}
    assert client.post(address, again).status_code == 302
    application.refresh_from_db()
    assert (application.place, application.note) == ("A street", "From the file")


def test_an_editor_reviews_but_not_their_own(signed_in, editor, other_editor):
    application = make_application("pending", author=editor)
    address = f"{application.get_absolute_url()}review/"
    assert signed_in(editor).post(address, {"decision": "accept"}).status_code == 403
    client = signed_in(other_editor)
    response = client.post(address, {"decision": "refuse", "reason": ""})
    assert response.status_code == 422
    assert "Give a reason" in response.content.decode()
    assert client.post(address, {"decision": "accept"}).status_code == 302
    application.refresh_from_db()
    assert (application.review, application.reviewer) == ("approved", other_editor)


def test_changing_a_reviewed_one_asks_for_a_reason(signed_in, editor):
    application = make_application("approved")
    address = f"{application.get_absolute_url()}edit/"
    client = signed_in(editor)
    assert "reason" in client.get(address).context["form"].fields
    sent = posted(uuid=application.uuid, version=1, place="A park")
    response = client.post(address, sent)
    assert response.status_code == 422
    assert set(response.context["form"].errors) == {"reason"}
    assert client.post(address, {**sent, "reason": "The letter says so"}).status_code == 302
    application.refresh_from_db()
    assert application.review == "pending"


@pytest.mark.slow
def test_linking_by_a_tap_by_number_and_back(signed_in, editor):
    application = make_application()
    near = make_card("approved", date=day("2018-08-25"))
    far = make_card("approved", date=day("2018-12-01"), city="astana")
    client = signed_in(editor)
    address = application.get_absolute_url()
    page = client.get(address)
    assert page.context["candidates"] == [near]
    wrong = {far.number: "another city", "nothing": "no such card", "": "no such card"}
    for number, part in wrong.items():
        refused = client.post(f"{address}link/", {"card": number})
        assert refused.status_code == 422
        assert part in refused.content.decode()
    assert client.post(f"{address}link/", {"card": near.number}).status_code == 302
    assert near.number in client.get(address).content.decode()
    assert client.post(f"{address}unlink/", {"reason": ""}).status_code == 422
    assert client.post(f"{address}unlink/", {"reason": "Another one"}).status_code == 302
    application.refresh_from_db()
    assert application.card is None


@pytest.mark.slow
def test_a_card_shows_its_applications_and_offers_to_record_one(signed_in, editor, monitor):
    card = make_card(
        "submitted",
        monitor=monitor,
        legal_status="requested_refused",
        reason_not_requested="",
        refusal_ground="Repairs",
        application_date=day("2018-05-01"),
    )
    client = signed_in(monitor)
    offer = f"{REGISTER}new/?card={card.number}"
    assert offer in client.get(card.get_absolute_url()).content.decode()
    form = client.get(offer)
    assert form.context["form"]["ground"].value() == "Repairs"
    token = form.context["uuid"]
    sent = posted(uuid=token, applied_on="2018-05-01", card=card.number)
    assert client.post(f"{REGISTER}{token}/edit/", sent).status_code == 302
    application = PermitApplication.objects.get(uuid=token)
    assert application.card == card
    for person in (monitor, editor):
        page = signed_in(person).get(card.get_absolute_url()).content.decode()
        assert application.get_absolute_url() in page
    assert (
        "new/?card="
        not in signed_in(editor).get(make_card("submitted").get_absolute_url()).content.decode()
    )


def test_a_card_of_somebody_else_is_not_linked_by_its_number(signed_in, monitor):
    foreign = make_card("approved")
    sent = posted(card=foreign.number)
    signed_in(monitor).post(f"{REGISTER}{sent['uuid']}/edit/", sent)
    assert PermitApplication.objects.get(uuid=sent["uuid"]).card is None


def test_the_page_of_one_takes_the_same_queries_however_long_its_history(signed_in, editor):
    def look(address):
        with CaptureQueriesContext(connection) as asked:
            assert client.get(address).status_code == 200
        return len(asked)

    application = make_application("pending")
    client = signed_in(editor)
    address = application.get_absolute_url()
    look(address)
    few = look(address)
    for n in range(12):
        permits.change(
            application, actor=editor, answers={"note": str(n), "topic": ["eviction", None][n % 2]}
        )
    make_card("approved", date=day("2018-08-25"))
    make_card("approved", date=day("2018-08-25"))
    # The topics that the history names are looked up together.
    assert look(address) <= few + 1


def test_a_csv_holds_what_is_chosen_and_no_formula(signed_in, editor, monitor):
    make_application(place="=1+1", note="@SUM(A1)\n-2")
    make_application(decision="permitted")
    assert signed_in(monitor).get(f"{REGISTER}export/").status_code == 403
    client, address = signed_in(EditorFactory()), f"{REGISTER}export/?decision=refused"
    asked = client.post(address, {"purpose": "none", "format": "csv"})
    assert (asked.status_code, asked.context["rows"]) == (422, 1)
    assert "purpose" in asked.context["form"].errors
    response = client.post(address, {"purpose": "For the yearbook", "format": "csv"})
    entry = AccessEntry.objects.get()
    assert (entry.subject, entry.details["rows"]) == ("applications", 1)
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    (line,) = csv.DictReader(io.StringIO(text))
    assert line["place"] == "'=1+1"
    assert line["note"] == "'@SUM(A1)\n'-2"
    wrong = client.get(f"{REGISTER}export/?decision=nonsense")
    assert wrong.url.startswith(reverse("cards:applications"))

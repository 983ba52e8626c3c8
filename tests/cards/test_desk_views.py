"""The pages of the desk: queue, card, questions at their fields, many at once; without a script."""

import datetime
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cards import queue, review, services, workflow
from cards.models import Card, Query, Sighting, Verification
from cards.sections import ANSWERS
from cards.serialise import answers_of, as_text
from tests.factories import AnalystFactory, EditorFactory, MonitorFactory, make_card, rows_of_cards

pytestmark = pytest.mark.django_db


def at(name: str, card: Card, *more, **named) -> str:
    return reverse(f"cards:{name}", args=[card.uuid, *more], **named)


def text_of(response) -> str:
    return response.content.decode()


def on_queue(client, query: str = "") -> list[int]:
    response = client.get(reverse("cards:queue") + query)
    assert response.status_code == 200
    return [line.card.pk for line in response.context["lines"]]


@pytest.fixture
def five(editor):
    """Cards of a queue, the longest waiting first: flagged, asked, answered, own, plain."""
    cards = [
        make_card("submitted", police=40),
        make_card("submitted"),
        make_card("submitted"),
        make_card("submitted", monitor=editor),
        make_card("submitted"),
    ]
    now = timezone.now()
    for number, card in enumerate(cards):
        Card.objects.filter(pk=card.pk).update(
            submitted_at=now - datetime.timedelta(days=4 - number, hours=1)
        )
    review.ask(cards[1], actor=editor, field="place", text="Which square?")
    query = review.ask(cards[2], actor=editor, field="place", text="Which square?")
    review.answer(query, actor=cards[2].monitor, text="The old one")
    review.see(cards[2], editor)
    review.see(cards[4], editor)
    services.save(cards[4], actor=EditorFactory(), answers={"settlement": "Aksai"})
    return [Card.objects.get(pk=card.pk) for card in cards]


def test_the_queue_tells_of_each_card_what_it_waits_for(signed_in, editor, five):
    response = signed_in(editor).get(reverse("cards:queue"))
    lines = response.context["lines"]
    assert [line.card.pk for line in lines] == [card.pk for card in five]
    assert [line.days for line in lines] == [4, 3, 2, 1, 0]
    assert [line.flags for line in lines] == [1, 0, 0, 0, 0]
    assert [(line.open, line.answered) for line in lines] == [
        (0, 0), (1, 0), (0, 1), (0, 0), (0, 0),
    ]  # fmt: skip
    assert [line.news for line in lines] == ["unseen", "unseen", "", "unseen", "changed"]
    assert [line.mine for line in lines] == [True, False, True, False, True]
    assert str(lines[1].turn) == "the monitor's turn: to answer"
    text = text_of(response)
    assert "1 check speaks" in text
    assert "changed since you saw it" in text
    assert response.context["first"].pk == five[0].pk
    assert f"{five[0].get_absolute_url()}?in=queue" in text


@pytest.mark.slow
def test_each_chip_shows_its_part_and_says_how_many(signed_in, editor, five):
    client = signed_in(editor)
    parts = {
        "?turn=mine": [0, 2, 4],
        "?flagged=yes": [0],
        "?queries=answered": [2],
        "?queries=open": [1],
        "?news=unseen": [0, 1, 3],
        "?news=changed": [4],
        "?waiting=long": [0, 1],
        "?amended=yes": [],
        "?queries=none": [0, 3, 4],
        "?turn=mine&news=unseen": [0],
    }
    for query, expected in parts.items():
        assert on_queue(client, query) == [five[number].pk for number in expected], query
    chips = client.get(reverse("cards:queue") + "?turn=mine").context["facets"]
    assert [chip.number for chip in chips] == [3, 1, 1, 1, 3, 1, 2, 0]
    assert [chip.on for chip in chips] == [True, *[False] * 7]
    assert (chips[0].url, chips[1].url) == ("?", "?turn=mine&flagged=yes")


def test_whoever_changed_the_answers_waits_for_another(signed_in, editor):
    card = make_card("submitted")
    services.save(card, actor=editor, answers={"settlement": "Aksai"})
    assert on_queue(signed_in(editor), "?turn=mine") == []
    assert on_queue(signed_in(EditorFactory()), "?turn=mine") == [card.pk]


@pytest.mark.slow
def test_a_check_let_stand_no_longer_flags_in_the_queue(signed_in, editor):
    card = make_card("submitted", police=40)
    client = signed_in(editor)
    answer = client.post(
        at("check_dismiss", card, "police_above_participants"), {"reason": "Two buses of police"}
    )
    assert answer.status_code == 302
    assert on_queue(client, "?flagged=yes") == []
    text = text_of(client.get(card.get_absolute_url()))
    assert "1 check was let stand" in text
    assert "Two buses of police" in text


def test_letting_a_check_stand_asks_for_a_reason_and_keeps_the_page(signed_in, editor):
    card = make_card("submitted", police=40)
    client = signed_in(editor)
    answer = client.post(at("check_dismiss", card, "police_above_participants"), {"reason": " "})
    assert answer.status_code == 422
    assert "Give a reason." in text_of(answer)
    assert client.post(at("check_dismiss", card, "nothing"), {"reason": "x"}).status_code == 404


@pytest.mark.parametrize("number", [5, 25])
@pytest.mark.parametrize("query", ["", "?turn=mine&news=unseen", "?flagged=yes"])
def test_the_queue_takes_as_many_queries_for_5_cards_as_for_25(signed_in, editor, number, query):
    cards = rows_of_cards(number, monitor=MonitorFactory(), status="submitted", police=40)
    for card in cards:
        Query.objects.create(card=card, author=editor, state="answered")
    client = signed_in(editor)
    with CaptureQueriesContext(connection) as queries:
        assert len(on_queue(client, query)) == number
    assert len(queries) <= (19 if "flagged" in query else 16)


@pytest.mark.slow
def test_a_card_takes_as_many_queries_with_one_question_as_with_twelve(signed_in, editor):
    numbers = []
    for questions in (1, 12):
        card = make_card("submitted", police=40, date=datetime.date(2018, 5, questions))
        for number in range(questions):
            query = review.ask(card, actor=editor, field="place", text=f"Question {number}")
            review.answer(query, actor=card.monitor, text="An answer")
        client = signed_in(editor)
        client.get(card.get_absolute_url())
        with CaptureQueriesContext(connection) as queries:
            assert client.get(card.get_absolute_url()).status_code == 200
        numbers.append(len(queries))
    assert numbers[0] == numbers[1]


@pytest.mark.slow
def test_from_card_to_card_within_the_filter(signed_in, editor, five):
    client = signed_in(editor)
    response = client.get(five[0].get_absolute_url() + "?in=queue&turn=mine")
    walk = response.context["walk"]
    assert (walk.previous, walk.next.pk, walk.left) == (None, five[2].pk, 2)
    assert f'href="{five[2].get_absolute_url()}?in=queue&amp;turn=mine"' in text_of(response)
    walk = client.get(five[2].get_absolute_url() + "?in=queue&turn=mine").context["walk"]
    assert (walk.previous.pk, walk.next.pk) == (five[0].pk, five[4].pk)
    # Without a filter, and for a card that the filter no longer has.
    walk = client.get(five[1].get_absolute_url()).context["walk"]
    assert (walk.previous.pk, walk.next.pk, walk.left) == (five[0].pk, five[2].pk, 4)
    assert not walk.more


def test_a_long_queue_is_not_counted_to_its_end(signed_in, editor, five, monkeypatch):
    monkeypatch.setattr(queue, "MOST_COUNTED", 3)
    response = signed_in(editor).get(five[1].get_absolute_url() + "?in=queue")
    walk = response.context["walk"]
    assert (walk.left, walk.more) == (3, True)
    assert "more than 3 other cards are left" in text_of(response)


def test_a_decision_leads_to_the_next_card_of_the_walk(signed_in, editor):
    first, second = make_card("submitted"), make_card("submitted")
    client = signed_in(editor)
    step = "?in=queue&text=theatre"
    answer = client.post(at("transition", first, "approve") + step)
    assert answer["Location"] == f"{second.get_absolute_url()}?in=queue&text=theatre"
    answer = client.post(at("transition", second, "reject") + step, {"reason": "No assembly"})
    assert answer["Location"] == reverse("cards:queue") + "?text=theatre"


@pytest.mark.slow
def test_a_question_is_asked_at_the_answer_and_reaches_the_monitor_there(
    signed_in, editor, monitor
):
    card = make_card("submitted", monitor=monitor)
    desk = signed_in(editor)
    answer = desk.post(
        at("query_ask", card) + "?in=queue", {"field": "place", "text-place": "Which square?"}
    )
    assert answer["Location"] == f"{card.get_absolute_url()}?in=queue#answer-place"
    query = Query.objects.get()
    phone = signed_in(monitor)
    listed = text_of(phone.get(reverse("cards:list")))
    assert "Which square?" in listed
    assert f'href="{card.get_absolute_url()}#query-{query.pk}"' in listed
    assert re.search(r'My cards <span class="count">1</span>', listed)
    page = text_of(phone.get(card.get_absolute_url()))
    assert at("query_answer", card, query.pk) in page
    assert at("query_close", card, query.pk) not in page
    answer = phone.post(at("query_answer", card, query.pk), {"text": "The old one"})
    assert answer["Location"].endswith("#answer-place")
    assert "The old one" in text_of(desk.get(card.get_absolute_url()))
    assert "Which square?" not in text_of(phone.get(reverse("cards:list")))
    assert desk.post(at("query_again", card, query.pk), {"text": "Sure?"}).status_code == 302
    assert desk.post(at("query_close", card, query.pk)).status_code == 302
    query.refresh_from_db()
    assert query.state == "closed"


@pytest.mark.slow
def test_what_cannot_be_taken_stays_where_it_was_typed(signed_in, editor, monitor):
    card = make_card("submitted", monitor=monitor)
    client = signed_in(editor)
    typed = {"field": "place", "text-place": "   ", "text-date": "Half a question"}
    answer = client.post(at("query_ask", card), typed)
    assert answer.status_code == 422
    text = text_of(answer)
    assert "Write something." in text
    assert "Half a question" in text
    assert not Query.objects.exists()
    assert client.post(at("query_ask", card), {"field": "colour"}).status_code == 404
    query = review.ask(card, actor=editor, text="What?")
    review.close(query, actor=editor)
    answer = signed_in(monitor).post(at("query_answer", card, query.pk), {"text": "Too late"})
    assert answer.status_code == 422
    assert "closed meanwhile" in text_of(answer)
    long = client.post(at("query_ask", card), {"field": "", "text-": "x" * 4001})
    assert long.status_code == 422


def test_the_questions_stand_in_the_form_at_their_fields(signed_in, editor, monitor):
    card = make_card("submitted", monitor=monitor)
    at_place = review.ask(card, actor=editor, field="place", text="Which square?")
    of_all = review.ask(card, actor=editor, text="Photographs?")
    unasked = review.ask(card, actor=editor, field="refusal_ground", text="Was it refused?")
    card = workflow.apply(card, "return", actor=editor)
    client = signed_in(monitor)
    text = text_of(client.get(at("edit", card)))
    place = text.index('data-field="place"')
    assert place < text.index(f'id="query-{at_place.pk}"') < text.index('data-field="settlement"')
    # What has no place among the questions now asked stands at the top.
    for query in (of_all, unasked):
        assert text.index(f'id="query-{query.pk}"') < text.index('id="section-identification"')
    form = sent(card) | {
        f"answer-{at_place.pk}": "The old one",
        f"answer-{unasked.pk}": "  ",
        "place": "Old square",
        "action": "save",
    }
    assert client.post(at("edit", card), form).status_code == 302
    card.refresh_from_db()
    assert card.place == "Old square"
    states = dict(Query.objects.values_list("pk", "state"))
    assert states == {at_place.pk: "answered", of_all.pk: "open", unasked.pk: "open"}
    assert at_place.messages.last().text == "The old one"


def test_saving_by_itself_sends_no_answer(signed_in, editor, monitor):
    card = make_card("submitted", monitor=monitor)
    query = review.ask(card, actor=editor, field="place", text="Which square?")
    card = workflow.apply(card, "return", actor=editor)
    client = signed_in(monitor)
    form = sent(card) | {f"answer-{query.pk}": "The ol", "place": "Old square"}
    assert client.post(at("autosave", card), form).status_code == 200
    assert query.messages.count() == 1


def test_submitting_with_a_question_unanswered_says_so(signed_in, editor, monitor):
    card = make_card("submitted", monitor=monitor)
    review.ask(card, actor=editor, field="place", text="Which square?")
    card = workflow.apply(card, "return", actor=editor)
    client = signed_in(monitor)
    form = sent(card, action="submit")
    answer = client.post(at("edit", card), form, follow=True)
    assert "1 question of the editor still waits for your answer." in text_of(answer)
    card.refresh_from_db()
    assert card.status == "submitted"


@pytest.mark.parametrize("text", ["x" * 4001, "a\x00b"])
def test_an_answer_that_cannot_be_taken_stays_in_the_form(signed_in, editor, monitor, text):
    card = make_card("submitted", monitor=monitor)
    query = review.ask(card, actor=editor, field="place", text="Which square?")
    card = workflow.apply(card, "return", actor=editor)
    form = sent(card) | {f"answer-{query.pk}": text, "place": "Old square", "action": "save"}
    answer = signed_in(monitor).post(at("edit", card), form)
    assert answer.status_code == 422
    assert f'id="answer-{query.pk}-error"' in text_of(answer)
    card.refresh_from_db()
    assert card.place == "Old square"
    assert query.messages.count() == 1


def test_what_was_typed_under_a_question_survives_a_conflict(signed_in, editor, monitor):
    card = make_card("submitted", monitor=monitor)
    query = review.ask(card, actor=editor, field="place", text="Which square?")
    card = workflow.apply(card, "return", actor=editor)
    client = signed_in(monitor)
    form = sent(card)
    services.save(card, actor=monitor, answers={"place": "From another phone"})
    form |= {f"answer-{query.pk}": "The old one", "place": "Old square", "action": "save"}
    answer = client.post(at("edit", card), form)
    assert answer.status_code == 409
    assert "The old one</textarea>" in text_of(answer)
    assert query.messages.count() == 1


def sent(card: Card, **changes) -> dict:
    """The card's form as a browser would send it back."""
    data = {
        name: list(value) if isinstance(value, tuple) else as_text(value)
        for name, value in answers_of(card).items()
        if value not in (None, "", (), False) and name in ANSWERS
    }
    data["detained"] = as_text(card.detained)
    return {"uuid": str(card.uuid), "version": str(card.version), **data, **changes}


@pytest.mark.slow
def test_an_answer_a_section_and_a_mark_taken_back(signed_in, editor):
    card = make_card("submitted")
    client = signed_in(editor)
    version = {"version": card.version}
    answer = client.post(at("verify", card) + "?in=queue", {"field": "place", **version})
    assert answer["Location"] == f"{card.get_absolute_url()}?in=queue#answer-place"
    text = text_of(client.get(card.get_absolute_url()))
    assert "verified by" in text
    assert "1 of 37 answers verified" in text
    assert client.post(at("verify", card), {"section": "numbers", **version}).status_code == 302
    assert Verification.objects.count() == 5
    client.post(at("verify", card), {"undo": "place", **version})
    assert Verification.objects.count() == 4
    for wrong in ({}, {"field": "colour"}, {"section": "colours"}, {"undo": "colour"}):
        assert client.post(at("verify", card), {**wrong, **version}).status_code == 404


@pytest.mark.parametrize("version", ["", "x", "99"])
def test_nothing_is_verified_that_was_not_seen(signed_in, editor, version):
    card = make_card("submitted")
    client = signed_in(editor)
    sent = {"field": "place", "version": version}
    answer = client.post(at("verify", card), sent, follow=True)
    assert "Nothing was verified" in text_of(answer)
    assert not Verification.objects.exists()


@pytest.mark.slow
def test_looking_is_remembered_for_editors_who_did_not_write_the_card(signed_in, editor, monitor):
    card = make_card("submitted", monitor=monitor)
    own = make_card("submitted", monitor=editor)
    client = signed_in(editor)
    for page in (card, own):
        assert client.get(page.get_absolute_url()).status_code == 200
    signed_in(monitor).get(card.get_absolute_url())
    client.head(make_card("submitted").get_absolute_url())
    assert list(Sighting.objects.values_list("card", "person")) == [(card.pk, editor.pk)]
    services.save(card, actor=EditorFactory(), answers={"place": "Station"})
    response = client.get(card.get_absolute_url())
    text = text_of(response)
    assert "Since you last saw this card" in text
    assert "answers__row--new" in text
    # It stays new while one works on the card, and no longer when one comes back.
    since = re.search(r"since=(\d+)", text).group(1)
    again = text_of(client.get(f"{card.get_absolute_url()}?since={since}"))
    assert "Since you last saw this card" in again
    assert "Since you last saw this card" not in text_of(client.get(card.get_absolute_url()))
    for odd in ("x", "-1", "9" * 30):
        assert client.get(f"{card.get_absolute_url()}?since={odd}").status_code == 200


def test_approval_that_a_question_holds_back_says_so_and_leads_there(signed_in, editor):
    card = make_card("submitted")
    query = review.ask(card, actor=editor, field="place", text="Which square?")
    answer = signed_in(editor).post(at("transition", card, "approve"))
    assert answer.status_code == 422
    text = text_of(answer)
    assert "1 question about this card is not closed yet" in text
    assert f'href="#query-{query.pk}"' in text


@pytest.mark.slow
def test_the_reason_of_a_return_is_written_from_the_questions(signed_in, editor):
    card = make_card("submitted")
    review.ask(card, actor=editor, field="place", text="Which square?")
    client = signed_in(editor)
    assert "– Place: Which square?</textarea>" in text_of(client.get(card.get_absolute_url()))
    client.post(at("transition", card, "return"), {"reason": ""})
    card.refresh_from_db()
    assert card.status == "returned"
    bare = make_card("submitted")
    assert client.post(at("transition", bare, "return"), {"reason": ""}).status_code == 422


@pytest.mark.slow
def test_analysts_and_strangers_see_no_question(signed_in, editor):
    card = make_card("submitted")
    query = review.ask(card, actor=editor, field="place", text="Which square?")
    review.close(query, actor=editor)
    card = workflow.apply(card, "approve", actor=editor)
    client = signed_in(AnalystFactory())
    whole = f"{card.get_absolute_url()}?since=0&in=queue"
    for address in (card.get_absolute_url(), whole, at("history", card)):
        text = text_of(client.get(address))
        assert "Which square?" not in text
        assert "Question" not in text
        assert 'class="walk"' not in text
    assert "queries" not in client.get(reverse("cards:all")).context["filter"].filters
    stranger = signed_in(MonitorFactory(all_regions=True))
    assert stranger.get(card.get_absolute_url()).status_code == 404


POSTS = {
    "query_ask": {"field": "place", "text-place": "What?"},
    "query_answer": {"text": "That"},
    "query_again": {"text": "What?"},
    "query_close": {},
    "check_dismiss": {"reason": "So"},
    "verify": {"field": "place", "version": "2"},
}
#: Route -> who may: the card's monitor, an editor, another monitor, an analyst, an administrator.
MAY = {
    "query_ask": (403, 302, 404, 404, 404),
    "query_answer": (302, 403, 404, 404, 404),
    "query_again": (403, 302, 404, 404, 404),
    "query_close": (403, 302, 404, 404, 404),
    "check_dismiss": (403, 302, 404, 404, 404),
    "verify": (403, 302, 404, 404, 404),
}


@pytest.mark.parametrize("name", MAY)
def test_each_act_opens_for_its_people_only(request, signed_in, editor, monitor, name):
    card = make_card("submitted", monitor=monitor, police=40)
    query = review.ask(card, actor=EditorFactory(), text="What?")
    more = {"check_dismiss": ["police_above_participants"], "query_ask": [], "verify": []}
    address = at(name, card, *more.get(name, [query.pk]))
    people = (
        monitor, editor, MonitorFactory(all_regions=True), request.getfixturevalue("analyst"),
        request.getfixturevalue("administrator"),
    )  # fmt: skip
    statuses = tuple(signed_in(person).post(address, POSTS[name]).status_code for person in people)
    assert statuses == MAY[name]
    assert signed_in(editor).get(address).status_code == 405


def test_a_question_of_another_card_is_not_found(signed_in, editor):
    card, other = make_card("submitted"), make_card("submitted")
    query = review.ask(other, actor=editor, text="What?")
    client = signed_in(editor)
    assert client.post(at("query_close", card, query.pk)).status_code == 404


def test_many_at_once_are_shown_first_and_done_then(signed_in, editor):
    clean = make_card("submitted", date=datetime.date(2018, 5, 1))
    flagged = make_card("submitted", police=40)
    client = signed_in(editor)
    address = reverse("cards:selected")
    chosen = {"card": [str(clean.uuid), str(flagged.uuid)], "action": "approve"}
    text = text_of(client.get(address, chosen))
    assert "will be approved" in text
    assert "1 quality check speaks." in text
    assert Card.objects.filter(status="approved").count() == 0
    answer = client.post(address, chosen)
    assert answer.status_code == 200
    assert "left as it was" in text_of(answer)
    assert list(Card.objects.filter(status="approved")) == [clean]
    # Sent again: the card has left the queue, nothing happens twice.
    client.post(address, chosen)
    assert clean.events.filter(to_status="approved").count() == 1


def test_where_nothing_can_be_done_no_button_says_so(signed_in, editor):
    flagged = make_card("submitted", police=40)
    chosen = {"card": [str(flagged.uuid)], "action": "approve"}
    text = text_of(signed_in(editor).get(reverse("cards:selected"), chosen))
    assert "stays in the queue" in text
    assert "Approve the cards marked so" not in text


def test_many_go_back_with_one_reason(signed_in, editor):
    cards = [make_card("submitted") for _number in range(2)]
    client = signed_in(editor)
    chosen = {"card": [str(card.uuid) for card in cards], "action": "return"}
    answer = client.post(reverse("cards:selected"), {**chosen, "reason": " "})
    assert answer.status_code == 422
    client.post(reverse("cards:selected"), {**chosen, "reason": "Photographs, please"})
    assert set(Card.objects.values_list("status", flat=True)) == {"returned"}


def test_odd_choices_choose_nothing(signed_in, editor, monitor):
    client = signed_in(editor)
    address = reverse("cards:selected")
    assert client.get(address, {"action": "delete"}).status_code == 404
    assert client.get(address, {"action": "approve", "card": "x"}).status_code == 302
    assert client.post(address, {"action": "approve"}).status_code == 302
    assert signed_in(monitor).get(address, {"action": "approve"}).status_code == 403


@pytest.mark.slow
def test_a_card_changed_after_approval_says_so_in_every_list(signed_in, editor, other_editor):
    card = make_card("approved", editor=editor)
    card = workflow.apply(card, "reopen", actor=editor, reason="A wrong number")
    card = services.save(card, actor=editor, answers={"police": 12})
    tag = "Changed after approval</span>"
    client = signed_in(editor)
    listed = text_of(client.get(reverse("cards:queue")))
    assert tag in listed
    workflow.apply(card, "approve", actor=other_editor)
    assert tag in text_of(client.get(reverse("cards:all") + "?amended=yes"))
    assert tag in text_of(client.get(card.get_absolute_url()))
    assert tag in text_of(signed_in(card.monitor).get(reverse("cards:list")))


def test_a_long_queue_is_counted_as_far_as_its_chips_go(signed_in, editor, monkeypatch):
    monkeypatch.setattr("cards.queue.MOST_COUNTED", 2)
    for _number in range(3):
        make_card("submitted")
    chips = signed_in(editor).get(reverse("cards:queue")).context["facets"]
    assert all(chip.more for chip in chips)
    monkeypatch.setattr("cards.queue.MOST_COUNTED", 3)
    chips = signed_in(editor).get(reverse("cards:queue")).context["facets"]
    assert not any(chip.more for chip in chips)
    assert chips[0].number == 3

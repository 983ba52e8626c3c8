"""The history as people read it: words for codes, differences, pages, of all three things."""

import datetime
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import translation

from cards import history, services
from cards.models import EventKind, PermitApplication
from cards.reading import MARKS, PAGE, history_of, page_of_history
from cards.wording import pieces
from tests.factories import add_outcome, make_card

pytestmark = pytest.mark.usefixtures("reference")
TEXT = "People gathered at noon on the square, spoke for an hour and went home in peace."


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def told(entry) -> list[tuple[str, str, str]]:
    return [(str(change.label), change.before, change.after) for change in entry.changes]


def test_every_kind_of_entry_has_a_word_and_a_mark():
    from django.contrib.staticfiles.finders import find

    with open(find("icons/sprite.svg")) as sprite:
        icons = sprite.read()
    assert set(MARKS) == set(EventKind)
    assert all(f'id="{mark}"' in icons for mark in MARKS.values())
    assert all(kind.label for kind in EventKind)


@pytest.mark.parametrize("kind", EventKind)
def test_every_kind_is_shown_on_the_page(signed_in, editor, kind):
    card = make_card("submitted")
    history.record(kind, card=card, actor=editor, reason="Because", changes={"zzz": ["a", "b"]})
    page = signed_in(editor).get(reverse("cards:history", args=[card.uuid])).content.decode()
    assert str(kind.label) in page
    assert "Because" in page


def test_codes_are_words_and_questions_stand_in_the_order_of_the_card(editor):
    card = make_card("submitted")
    services.save(
        card, actor=editor, answers={"city": "astana", "form": "picket", "minors_present": "yes",
                                     "date": datetime.date(2018, 5, 12)},
    )  # fmt: skip
    (entry,) = history_of(card, 1)
    assert told(entry)[:3] == [
        ("date", "May 10, 2018", "May 12, 2018"),
        ("city", "Almaty", "Astana"),
        ("form", "Rally", "Picket"),
    ]


def test_a_question_about_a_field_is_shown_as_it_was_asked(editor):
    card = make_card("submitted")
    for field in ("date", "police_present", "attributes", "city"):
        changes = {field: ["", "Really; are you sure?"]}
        history.record(EventKind.QUERY, card=card, actor=editor, changes=changes)
        assert history_of(card, 1)[0].changes[0].after == "Really; are you sure?"


def test_a_count_reads_as_people_say_it(editor):
    card = make_card("draft")
    services.add_count(card, actor=card.monitor, subject="police", best=12, low=10, high=15,
                       basis="counted", source="direct")  # fmt: skip
    services.add_count(card, actor=card.monitor, subject="police", best=None, low=5, high=None,
                       basis="unknown", source="")  # fmt: skip
    second, first = history_of(card, 2)
    assert first.changes[0].after.startswith("12 (10–15), ")
    assert "counted" not in first.changes[0].after.replace("Counted", "")
    assert second.changes[0].after.startswith("— (5–…), ")


def test_a_court_outcome_reads_in_words(editor):
    card = make_card("approved", detained=2, police_actions=("detained",))
    add_outcome(card)
    review, added = history_of(card, 2)
    assert ("outcome", "", "Fine") in told(added)
    assert ("review", "Pending", "Approved") in told(review) or review.changes


def test_the_history_of_a_permit_application(editor):
    application = PermitApplication.objects.create(city_id="almaty", applied_on="2018-05-10")
    changes = {
        "decision": ["pending", "refused"],
        "city": ["astana", "almaty"],
        "answered_on": ["", "2018-05-14"],
        "ground": ["", "No reason given"],
    }
    history.record(
        EventKind.APPLICATION_EDITED, application=application, actor=editor, changes=changes
    )
    (entry,) = history_of(application)
    decision = dict(PermitApplication._meta.get_field("decision").choices)
    assert told(entry) == [
        ("city", "Astana", "Almaty"),
        ("decision", str(decision["pending"]), str(decision["refused"])),
        ("date of the answer", "", "May 14, 2018"),
        ("ground, as the akimat put it", "", "No reason given"),
    ]


def test_the_history_of_an_account(administrator, monitor):
    history.record(
        EventKind.ACCOUNT,
        account=monitor,
        actor=administrator,
        changes={
            "is_active": [True, False],
            "regions": ["KZ-75", "KZ-71;KZ-75"],
            "role": ["monitor", "editor"],
            "passkey": ["", "Phone"],
        },
    )
    (entry,) = history_of(monitor)
    assert told(entry) == [
        ("role", "Monitor", "Editor"),
        ("regions", "Almaty", "Astana, Almaty"),
        ("active", "yes", "no"),
        ("passkey", "", "Phone"),
    ]


# Long ones


def test_a_changed_long_text_is_shown_word_by_word():
    found = pieces(TEXT, TEXT.replace("noon", "one o'clock"))
    assert [(piece.kind, piece.text) for piece in found] == [
        ("same", "People gathered at "),
        ("removed", "noon"),
        ("added", "one o'clock"),
        ("same", " on the square, spoke for "),
        ("gap", "…"),
    ]


def test_words_that_went_and_words_that_came_are_all_there():
    found = pieces(TEXT, TEXT.replace("noon", "eleven").replace(" in peace", ""))
    assert [p.text for p in found if p.kind == "removed"] == ["noon", " in peace"]
    assert [p.text for p in found if p.kind == "added"] == ["eleven"]
    short = TEXT[:50]
    found = pieces(short, short.replace("noon", "eleven"))
    assert "".join(p.text for p in found if p.kind in ("same", "removed")) == short


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("short", "shorter"),
        ("", TEXT),
        (TEXT, ""),
        (TEXT, "Ничего общего с прежним текстом здесь совсем нет"),
    ],
)
def test_short_and_other_texts_are_shown_as_wholes(before, after):
    assert pieces(before, after) == ()


def test_very_long_texts_are_not_compared():
    assert pieces("word " * 2000, "word " * 2000 + "more") == ()


def test_the_page_shows_words_and_not_blocks(signed_in, editor):
    card = make_card("submitted", description=TEXT)
    services.save(card, actor=editor, answers={"description": TEXT.replace("noon", "eleven")})
    page = signed_in(editor).get(reverse("cards:history", args=[card.uuid])).content.decode()
    assert "noon</del>" in page
    assert "eleven</ins>" in page


def test_a_long_entry_is_folded(editor):
    card = make_card("submitted")
    services.save(card, actor=editor, answers={"place": "Station"})
    newest, *_others, first = history_of(card)
    assert (newest.folded, first.folded) == (False, True)


@pytest.mark.slow
def test_pages_hold_every_entry_once(signed_in, editor):
    card = make_card("draft")
    now = datetime.datetime(2018, 5, 10, tzinfo=ZoneInfo("UTC"))
    row = [card.pk, "edited", None, now, "", "", 1, {"place": ["", "x"]}, ""]
    history.record_many([row] * (2 * PAGE))
    seen, before = [], ""
    while before is not None:
        page = page_of_history(card, str(before))
        seen += [entry.event.seq for entry in page.entries]
        before = page.before
    assert seen == sorted(seen, reverse=True)
    assert len(seen) == len(set(seen)) == 2 * PAGE + 1
    address = reverse("cards:history", args=[card.uuid])
    client = signed_in(card.monitor)
    first = client.get(address)
    last = first.context["page"].before
    assert f"?before={last}" in first.content.decode()
    assert "UTC+0500" in first.content.decode()
    for nonsense in ("", "x", "-1", "9" * 40, "１"):
        again = client.get(address, {"before": nonsense})
        assert again.context["page"].before == last


@pytest.mark.parametrize("size", [3, 30])
def test_a_page_asks_the_same_at_any_length(editor, django_assert_num_queries, size):
    """The entries with their actors, and the cities, forms and topics that they name."""
    card = make_card("draft")
    for number in range(size):
        services.save(card, actor=editor, answers={"police": number, "city": "astana"})
    with django_assert_num_queries(4):
        page_of_history(card)


# The account's page


def test_administrators_read_the_history_of_an_account(signed_in, administrator, monitor):
    history.record(
        EventKind.ACCOUNT,
        account=monitor,
        actor=administrator,
        reason="New task",
        changes={"role": ["monitor", "editor"]},
    )
    client = signed_in(administrator)
    address = reverse("account_history", args=[monitor.pk])
    page = client.get(address).content.decode()
    assert "New task" in page
    assert "Editor</ins>" in page
    assert address in client.get(
        reverse("people:person", args=[monitor.pk])
    ).content.decode()  # fmt: skip
    assert "Nothing has been recorded yet." in client.get(
        reverse("account_history", args=[administrator.pk])
    ).content.decode()  # fmt: skip


def test_nobody_else_reads_it_and_what_is_missing_is_not_found(signed_in, client, monitor, editor,
                                                               analyst, administrator):  # fmt: skip
    address = reverse("account_history", args=[monitor.pk])
    for person in (monitor, editor, analyst):
        assert signed_in(person).get(address).status_code == 403
        gone = signed_in(person).get(reverse("account_history", args=[10**9]))
        assert gone.status_code == 403
    assert client.get(address).url.startswith(reverse("sign_in"))
    nobody = reverse("account_history", args=[10**9])
    assert signed_in(administrator).get(nobody).status_code == 404
    assert signed_in(administrator).post(address).status_code == 405

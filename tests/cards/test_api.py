"""Cards for programs: those that the caller may export, by the lists' filter, page by page."""

import csv
import io
import uuid as uuids

import pytest
from django.core.cache import cache

from cards.api.records import CARD_COLUMNS, CARDS
from cards.files import export
from cards.filters import CardFilter
from cards.models import Card
from cards.serialise import as_text
from monitoring.accounts.models import AccessEntry, Action
from tests.factories import AnalystFactory, EditorFactory, MonitorFactory, make_card, rows_of_cards
from tests.program import Program

pytestmark = pytest.mark.django_db
ALMATY, ASTANA = ["KZ-75"], ["KZ-71"]


@pytest.fixture(autouse=True)
def _no_counts():
    cache.clear()


@pytest.fixture
def program(analyst):
    return Program(analyst, "cards")


@pytest.fixture
def whole():
    """The program of an editor, who takes out whole cards."""
    return Program(EditorFactory(all_regions=True), "cards")


def lines(answer) -> list[dict[str, str]]:
    text = answer.getvalue().decode() if answer.streaming else answer.content.decode()
    return list(csv.DictReader(io.StringIO(text)))


def numbers(program: Program, **asked) -> list[str]:
    return [row["number"] for row in program.rows("cards/", asked)]


def test_the_columns_are_those_of_the_export_and_no_others(program):
    card = make_card("approved", organiser_name="A union")
    (row,) = program.rows("cards/")
    assert tuple(row) == export.COLUMNS == tuple(column.name for column in CARD_COLUMNS)
    assert not {"monitor", "editor", "case_code", "counts", "attachments"} & set(row)
    assert row["uuid"] == row["ref"] == str(card.uuid)
    assert row["date"] == "2018-05-10"
    assert row["start_time"] == "12:00"
    assert row["participants"] == 25
    assert row["attributes"] == ["placards", "chants"]
    assert row["organiser_name"] is None, "a text that somebody wrote"
    assert card.monitor.username not in str(row)
    (line,) = lines(program.get("cards/?format=csv"))
    assert tuple(line) == export.COLUMNS
    assert line["attributes"] == "placards;chants"


def test_an_analyst_reads_what_can_be_counted_an_editor_the_whole(analyst):
    """As in the files of each: no texts of people, no exact place for who only counts."""
    told = {"description": "Said by a witness", "organiser_name": "A union", "latitude": 43}
    card = make_card("approved", **told, longitude=77)
    Card.objects.filter(pk=card.pk).update(ref="From a notebook")
    editor = EditorFactory(all_regions=True)
    for path in ("cards/", f"cards/{card.uuid}/"):
        seen = {}
        for user in (analyst, editor):
            found = Program(user, "cards").get(path).json()
            seen[user.role] = found["results"][0] if "results" in found else found
        withheld = {
            name for name, value in seen["analyst"].items() if value != seen["editor"][name]
        }
        assert {*told, "longitude", "ref", "place"} <= withheld
        assert not withheld & set(export.FOR_ANALYSIS.cards)
        assert seen["analyst"]["ref"] == str(card.uuid)
    for address in ("cards/?format=csv", f"cards/{card.uuid}/?format=csv"):
        (line,) = lines(Program(analyst, "cards").get(address))
        assert (line["description"], line["participants"]) == ("", "25")


def test_what_is_not_known_is_null_and_empty_never_nought(program):
    make_card("approved", participants=None, participants_low=None, participants_high=None,
              participants_basis="unknown", latitude=None, longitude=None, detained=0)  # fmt: skip
    (row,) = program.rows("cards/")
    assert row["participants"] is None
    assert row["latitude"] is None
    assert row["settlement"] is None
    assert row["detained"] == 0
    (line,) = lines(program.get("cards/?format=csv"))
    assert (line["participants"], line["detained"]) == ("", "0")


def test_both_forms_are_the_export_value_by_value(whole):
    for number in range(3):
        make_card("approved", place=f"Square {number}", latitude="43.25", longitude="76.95")
    expected = [
        dict(zip(export.COLUMNS, map(as_text, line), strict=True))
        for line in export.rows(Card.objects.order_by("-date", "-id"), export.row_of)
    ]
    assert lines(whole.get("cards/?format=csv")) == expected
    as_csv = [
        {name: as_text(_back(value)) for name, value in row.items()}
        for row in whole.rows("cards/", {"limit": 2})
    ]
    assert as_csv == expected


def _back(value):
    if isinstance(value, float):
        return f"{value:g}"
    return tuple(value) if isinstance(value, list) else value


def test_nothing_in_the_csv_runs_and_json_has_it_as_it_is(whole):
    make_card("approved", place="=1+1", demands='@SUM(A1);=HYPERLINK("x")')
    (row,) = whole.rows("cards/")
    assert row["place"] == "=1+1"
    (line,) = lines(whole.get("cards/?format=csv"))
    assert line["place"] == "'=1+1"
    assert line["demands"].startswith("'@SUM(A1);'=")


@pytest.mark.slow
def test_each_role_and_region_gets_what_it_may_see(reference):
    monitor = MonitorFactory()
    here, there = make_card("approved", monitor=monitor), make_card("approved", city="astana")
    queued = make_card("submitted", monitor=monitor)
    make_card("draft", monitor=monitor)
    both = {here.number, there.number}
    for caller, expected in (
        (AnalystFactory(), both),
        (AnalystFactory(all_regions=False, regions=ASTANA), {there.number}),
        (AnalystFactory(all_regions=False), set()),
        (EditorFactory(), both | {queued.number}),
        (EditorFactory(all_regions=False, regions=ALMATY), {here.number, queued.number}),
    ):
        program = Program(caller, "cards")
        assert set(numbers(program)) == expected
        assert {row["number"] for row in lines(program.get("cards/?format=csv"))} == expected
        for card in (here, there, queued):
            status = 200 if card.number in expected else 404
            assert program.get(f"cards/{card.uuid}/").status_code == status


def test_what_is_out_of_reach_answers_as_what_does_not_exist(reference):
    program = Program(AnalystFactory(all_regions=False, regions=ASTANA), "cards")
    card = make_card("approved")
    away, none = program.get(f"cards/{card.uuid}/"), program.get(f"cards/{uuids.uuid4()}/")
    assert away.status_code == none.status_code == 404
    assert away.content == none.content
    assert away.headers["Content-Type"] == "application/problem+json"


def test_one_card(program):
    card = make_card("approved")
    row = program.get(f"cards/{card.uuid}/").json()
    assert row == program.rows("cards/")[0]
    (line,) = lines(program.get(f"cards/{card.uuid}/?format=csv"))
    assert line["number"] == card.number
    assert program.get(f"cards/{card.uuid}/?place=almaty").status_code == 400


@pytest.mark.slow
def test_the_parameters_are_those_of_the_lists(program, editor):
    known = {each.name for each in CARDS.parameters}
    assert known == set(CardFilter.get_filters())
    rally, picket = make_card("approved"), make_card("approved", form="picket", city="astana")
    assert numbers(program, form="picket") == [picket.number]
    assert numbers(program, place="almaty", period="2018") == [rally.number]
    assert numbers(program, **{"from": "2018-05-11"}) == []
    assert numbers(program, text="theatre", counted="yes", to="31.12.2018") != []
    # The lists of analysts have no status; an editor's have.
    refused = program.get("cards/?status=submitted")
    assert (refused.status_code, list(refused.json()["parameters"])) == (400, ["status"])
    assert numbers(Program(editor, "cards"), status="submitted") == []


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("from=yesterday", "from"),
        ("form=opera", "form"),
        ("period=1913", "period"),
        ("course=sung", "course"),
        ("city=almaty&cities=1", "cities"),
        ("text=a%00b", "text"),
        ("limit=1001", "limit"),
        ("after=somewhere", "after"),
        ("before=x", "before"),
        ("region=KZ-75&region=KZ-71", "region"),
    ],
)
def test_what_cannot_be_read_is_named_and_never_left_out(program, query, named):
    make_card("approved")
    answer = program.get(f"cards/?{query}")
    assert answer.status_code == 400
    assert list(answer.json()["parameters"]) == [named]
    assert not AccessEntry.objects.filter(action=Action.CARDS_FETCHED).exists()


@pytest.mark.slow
def test_pages_follow_each_other_and_lose_nothing_that_was_there(program, monitor):
    rows_of_cards(7, monitor=monitor)
    whole = [str(row.uuid) for row in Card.objects.order_by("-date", "-id")]
    first = program.get("cards/?limit=3&place=almaty")
    page = first.json()
    assert first.headers["Link"] == f'<{page["next"]}>; rel="next"'
    assert "place=almaty" in page["next"]
    rows_of_cards(2, monitor=monitor)
    found = [row["uuid"] for row in page["results"]]
    while page["next"]:
        page = program.get(page["next"]).json()
        found += [row["uuid"] for row in page["results"]]
    assert [uuid for uuid in found if uuid in whole] == whole
    assert len(found) == len(set(found))
    by_csv, following = [], program.get("cards/?limit=4&format=csv")
    while True:
        by_csv += [row["uuid"] for row in lines(following)]
        if "Link" not in following.headers:
            break
        following = program.get(following.headers["Link"].partition(">")[0][1:])
    assert by_csv == [row["uuid"] for row in lines(program.get("cards/?format=csv"))]


@pytest.mark.parametrize("number", [3, 60])
@pytest.mark.parametrize("query", ["limit=1000", "limit=1000&place=almaty", "format=csv"])
def test_as_many_queries_whatever_there_is(
    program, monitor, number, query, django_assert_max_num_queries
):
    rows_of_cards(number, monitor=monitor)
    program.get("cards/")  # the use of the token is noted once a minute
    with django_assert_max_num_queries(5 + ("place" in query)):
        answer = program.get(f"cards/?{query}")
        found = lines(answer) if "csv" in query else answer.json()["results"]
    assert len(found) == number


def test_every_reading_is_in_the_access_log_with_the_purpose_of_the_token(program, analyst):
    card = make_card("approved")
    program.get("cards/?place=almaty")
    program.get("cards/?format=csv").getvalue()
    program.get(f"cards/{card.uuid}/")
    program.get("periods/")
    entries = list(AccessEntry.objects.filter(action=Action.CARDS_FETCHED).order_by("id"))
    assert [entry.subject for entry in entries] == ["cards", "cards", card.number]
    assert {(entry.user, entry.purpose) for entry in entries} == {(analyst, "The yearly report")}
    assert entries[0].details == {
        "token": f"notebook ({program.token.hint}…)", "format": "json", "filter": "place=almaty",
        "rows": 1,
    }  # fmt: skip
    assert (entries[1].details["format"], entries[1].details["rows"]) == ("csv", 1)
    assert program.text not in str([entry.details for entry in entries])

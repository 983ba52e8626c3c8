"""Pages and files of the explorer: who, what, how much, and nothing lost that was typed."""

from __future__ import annotations

import csv
import io
from urllib.parse import urlsplit

import pytest
from django.core.cache import cache
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from lxml import html
from python_calamine import CalamineWorkbook

from cards.models import Card, Form
from monitoring.accounts.models import AccessEntry
from reports.explorer.compute import compute
from reports.explorer.spec import parse
from reports.models import SavedView
from reports.prose.layout import pieces
from tests.factories import AnalystFactory, MonitorFactory
from tests.reports import generate
from tests.reports.explorer.test_cross import write

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
PAGE, SAVE = reverse("reports:explore"), reverse("reports:explore_save")


@pytest.fixture(autouse=True)
def empty_cache():
    cache.clear()


@pytest.fixture
def cards(reference):
    write(5, 60)


@pytest.fixture
def reader(signed_in, analyst):
    client = signed_in(analyst)
    client.cookies["django_language"] = "en"
    return client


def page_of(response, status: int = 200):
    assert response.status_code == status
    return html.fromstring(response.content.decode())


def links_to_cards(page) -> list[str]:
    return [
        each for each in page.xpath("//table//a/@href") if each.startswith(reverse("cards:all"))
    ]


def test_the_page_shows_a_chart_and_a_table(cards, reader):
    page = page_of(reader.get(PAGE, {"rows": "form", "columns": "detentions", "measure": "row"}))
    assert len(page.xpath("//figure//*[local-name()='svg']")) == 1
    assert len(page.xpath("//div[@class='report']//table")) == 1
    address = page.xpath("//a[contains(@class, 'keep__address')]/@href")[0]
    assert address == f"{PAGE}?rows=form&columns=detentions&measure=row"
    chosen = page.xpath("//select[@name='columns']//option[@selected]/@value")
    assert chosen == ["detentions"]


def test_a_cell_leads_to_the_list_of_as_many_cards(cards, reader):
    page = page_of(reader.get(PAGE, {"rows": "source", "columns": "year", "source": "media"}))
    links = page.xpath("//div[@class='report']//tbody//td/a")
    assert len(links) > 10
    for link in links[:6]:
        listed = page_of(reader.get(link.get("href")))
        assert len(listed.xpath("//table[contains(@class, 'stack-table')]/tbody/tr")) == int(
            link.text
        )


def test_nobody_else_comes_in(signed_in, monitor, editor, administrator, cards):
    assert signed_in(monitor).get(PAGE).status_code == 403
    assert signed_in(administrator).get(PAGE).status_code == 403
    assert signed_in(editor).get(PAGE).status_code == 200


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("rows=form&columns=form", "columns"),
        ("rows=mood", "rows"),
        ("rows=form&chart=map", "chart"),
        ("rows=form&columns=topic&chart=multiples", "chart"),
    ],
)
def test_what_is_wrong_is_said_at_its_question_and_all_stays(cards, reader, query, field):
    page = page_of(reader.get(f"{PAGE}?{query}&form=rally&to=2019-01-31"))
    error = page.xpath(f"//*[@name='{field}']/ancestor::div[contains(@class, 'field')][1]")[0]
    assert error.xpath(".//*[contains(@class, 'field__error')]")
    assert page.xpath("//select[@name='form']/option[@selected]/@value") == ["rally"]
    assert page.xpath("//input[@name='to']/@value") == ["2019-01-31"]
    assert not page.xpath("//div[@class='report']")


def test_a_condition_that_cannot_be_read_is_named_and_left_out(cards, reader):
    page = page_of(reader.get(PAGE, {"from": "yesterday", "form": "rally"}))
    assert len(page.xpath("//div[@id='explored']//*[@role='alert']//li")) == 1
    assert "form=rally" in page.xpath("//a[contains(@class, 'keep__address')]/@href")[0]


def test_each_condition_in_force_can_be_taken_out(cards, reader):
    page = page_of(reader.get(f"{PAGE}?rows=topic&columns=year&form=rally&place=almaty"))
    chips = page.xpath("//ul[@class='chosen']//a/@href")
    rest = "?rows=topic&columns=year"
    assert set(chips) == {f"{rest}&form=rally", f"{rest}&place=almaty"}


@pytest.mark.parametrize(
    "query",
    [
        "",
        "rows=region_then&columns=sanction&measure=all&form=rally",
        "rows=outcomes&columns=topic_group",
    ],
)
def test_the_same_queries_at_any_size(reader, reference, query):
    def asked() -> int:
        cache.clear()
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert reader.get(f"{PAGE}?{query}").status_code == 200
        return len(captured)

    write(7, 20)
    reader.get(PAGE)
    few = asked()
    write(8, 200)
    assert asked() == few
    assert few < 40


def test_one_grouped_query_over_an_index_that_holds_what_it_reads(cards):
    spec = parse("rows=police_actions&columns=year&measure=mean-participants")
    with CaptureQueriesContext(connection) as captured:
        compute(spec)
    grouped = [each["sql"] for each in captured if "GROUP BY" in each["sql"]]
    assert len(grouped) == 1
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN QUERY PLAN {grouped[0]}")
            plan = " ".join(row[3] for row in cursor.fetchall())
        assert "COVERING INDEX card_crossed" in plan


def test_the_table_as_csv_and_as_a_workbook(cards, reader, analyst):
    query = {"rows": "form", "columns": "detentions", "measure": "row"}
    response = reader.get(reverse("reports:explore_file", args=["csv"]), query)
    lines = list(
        csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode("utf-8-sig")))
    )
    table = compute(parse("rows=form&columns=detentions&measure=row")).table
    cells = [cell for row in table.rows for cell in row.cells if cell]
    assert len(lines) == len(cells)
    for line, cell in zip(lines, cells, strict=True):
        value = float(line["value"]) if line["value"] else None
        assert value == cell.value.value
        assert line["unit"] == cell.unit
    response = reader.get(reverse("reports:explore_file", args=["xlsx"]), query)
    book = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(response.streaming_content)))
    rows = book.get_sheet_by_index(0).to_python()
    printed = rows[3 : 3 + len(table.rows)]
    for line, row in zip(printed, table.rows, strict=True):
        shown = [cell.value.value for cell in row.cells]
        assert [each if each != "" else None for each in line[1 : 1 + len(shown)]] == shown
    about = book.get_sheet_by_index(1).to_python()
    assert any("rows=form&columns=detentions&measure=row" in str(line) for line in about)
    entries = list(AccessEntry.objects.filter(user=analyst, subject="explorer").order_by("pk"))
    assert [each.details["file"] for each in entries] == ["csv", "xlsx"]
    assert entries[0].details["filter"] == "rows=form&columns=detentions&measure=row"


def test_a_name_in_a_register_is_no_formula_in_a_file(cards, reader):
    Form.objects.filter(pk__in=Card.objects.values("form")).update(
        label_ru="=1+1", label_kk="=1+1", label_en='=HYPERLINK("//evil.example")'
    )
    response = reader.get(reverse("reports:explore_file", args=["csv"]), {"rows": "form"})
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    labels = {line["row_label"] for line in csv.DictReader(io.StringIO(text))}
    assert any(label.startswith("'=") for label in labels)
    assert not any(label.startswith("=") for label in labels)


@pytest.mark.slow
def test_charts_as_files(cards, reader):
    for form, begins in (("png", b"\x89PNG"), ("svg", b"<?xml")):
        response = reader.get(reverse("reports:explore_file", args=[form]), {"rows": "form"})
        assert response.headers["Content-Disposition"].startswith("attachment")
        assert b"".join(response.streaming_content).startswith(begins)
    assert reader.get(reverse("reports:explore_file", args=["doc"])).status_code == 404
    nothing = {"rows": "form", "from": "1999-01-01", "to": "1999-01-01"}
    assert reader.get(reverse("reports:explore_file", args=["png"]), nothing).status_code == 404
    wrong = reader.get(reverse("reports:explore_file", args=["png"]), {"rows": "mood"})
    assert (wrong.status_code, wrong.headers["Location"]) == (302, f"{PAGE}?rows=mood")


def test_a_view_is_saved_opened_shared_and_deleted(cards, reader, analyst, signed_in, editor):
    query = "rows=form&columns=year&form=rally"
    answer = reader.post(SAVE, {"name": "Forms over the years", "query": query})
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"{PAGE}?{query}"
    view = SavedView.objects.get(owner=analyst)
    page = page_of(reader.get(answer.headers["Location"]))
    # What is copied from the page is what the text of a chapter understands.
    for reference in page.xpath("//code"):
        assert [(each.kind, each.text) for each in pieces(reference.text)] == [
            ("view", str(view.pk))
        ]
    assert len(page.xpath("//code")) == 2
    opened = reader.get(reverse("reports:explore_view", args=[view.pk]))
    assert opened.headers["Location"] == f"{PAGE}?{query}"
    # Another person opens it by its address, but neither lists nor deletes it.
    other = signed_in(editor)
    assert other.get(reverse("reports:explore_view", args=[view.pk])).status_code == 302
    assert "Forms over the years" not in other.get(PAGE).content.decode()
    delete = reverse("reports:explore_delete", args=[view.pk])
    assert other.post(delete).status_code == 404
    assert reader.post(delete).status_code == 302
    assert not SavedView.objects.exists()
    assert reader.get(reverse("reports:explore_view", args=[view.pk])).status_code == 404


@pytest.mark.parametrize("name", ["", "x" * 121, "Taken"])
def test_a_name_that_cannot_be_kept_is_refused_and_stays_typed(cards, reader, analyst, name):
    SavedView.objects.create(owner=analyst, name="Taken", query="")
    page = page_of(reader.post(SAVE, {"name": name, "query": "rows=form&columns=year"}), 422)
    assert page.xpath("//input[@name='name']/@value") == ([name] if name else [])
    assert page.xpath("//*[contains(@class, 'keep')]//*[contains(@class, 'field__error')]")
    assert page.xpath("//input[@name='query']/@value") == ["rows=form&columns=year"]
    assert SavedView.objects.count() == 1


def test_who_sees_a_part_is_told_so(cards, signed_in):
    part = signed_in(AnalystFactory(all_regions=False, regions=["KZ-75"]))
    part.cookies["django_language"] = "en"
    page = page_of(part.get(PAGE))
    assert page.xpath("//tbody/tr[@class='total']//a/text()")[0] == str(
        Card.objects.counted().filter(city__region="KZ-75").count()
    )
    assert "Only the cards that this account may see." in page.text_content()


def test_nothing_of_who_wrote_a_card_can_be_asked(cards, reader):
    monitor = MonitorFactory()
    page = page_of(reader.get(PAGE, {"monitor": monitor.pk, "rows": "form"}))
    assert page.xpath("//a[contains(@class, 'keep__address')]/@href") == [f"{PAGE}?rows=form"]


def test_a_link_holds_nothing_but_known_parameters(cards, reader):
    page = page_of(reader.get(PAGE, {"rows": "form", "columns": "year", "period": "2018"}))
    for link in links_to_cards(page):
        assert set(QueryDict(urlsplit(link).query)) <= {"form", "year", "period", "counted", "told"}


def test_generated_cards_of_other_states_do_not_count(cards, reader):
    before = compute(parse("")).cross.at().n
    generate.write_cards(9, 20)
    rest = Card.objects.exclude(status="approved").exclude(course="prevented")
    rest.update(inclusion="counted")
    after = compute(parse("")).cross.at().n
    assert after == Card.objects.counted().count() >= before

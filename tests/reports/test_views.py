"""Pages and files of the reports: who may see them, what they show, what they cost."""

from __future__ import annotations

import csv
import datetime
import io
import json
import zipfile
from urllib.parse import urlsplit

import pytest
from django.core.cache import cache
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from lxml import html

from cards.filters import CardFilter
from cards.models import Card, Place
from monitoring.accounts.models import AccessEntry, Action
from reports import artefacts, facts, importing, indicators, source
from tests.factories import MonitorFactory, add_outcome, make_card, rows_of_cards
from tests.files import csv_of
from tests.reports import generate
from tests.reports.test_published import row

pytestmark = pytest.mark.django_db

PAGES = [
    reverse("reports:index"),
    reverse("reports:method"),
    reverse("reports:indicators"),
    reverse("reports:indicator", args=["police_control"]),
    reverse("reports:period", args=["2018"]),
    reverse("reports:table", args=["2018", "14"]),
    reverse("reports:figure", args=["2018", "1", "ru"]),
]
FILES = [
    reverse("reports:download", args=["2018", form, "ru"])
    for form in ("xlsx", "csv", "json", "package")
] + [
    reverse("reports:figure_file", args=["2018", "1", "ru", form]) for form in ("svg", "png", "csv")
]


@pytest.fixture(autouse=True)
def empty_cache():
    cache.clear()


@pytest.fixture
def reader(signed_in, analyst):
    """A client of an analyst who reads English."""
    return signed_in(analyst)


def page_of(response) -> html.HtmlElement:
    assert response.status_code == 200
    return html.fromstring(response.content.decode())


def text(element) -> str:
    """The words of an element, with one space between them."""
    return " ".join(" ".join(element.itertext()).split())


def by_class(element, name: str) -> list:
    return element.xpath(f".//*[contains(concat(' ', @class, ' '), ' {name} ')]")


def rows(table) -> list[list[str]]:
    """The cells of a table's body, row by row."""
    return [[text(cell) for cell in line.xpath("th|td")] for line in table.xpath(".//tbody/tr")]


def links(element) -> list[str]:
    return element.xpath(".//a/@href")


def content(response) -> bytes:
    return b"".join(response.streaming_content)


@pytest.mark.parametrize("address", [*PAGES, *FILES])
def test_editors_and_analysts_may_nobody_else(
    signed_in, client, monitor, editor, analyst, administrator, address
):
    assert client.get(address).status_code == 302, "people have to sign in"
    statuses = {
        user.role: signed_in(user).get(address).status_code
        for user in (monitor, editor, analyst, administrator)
    }
    assert statuses == {"monitor": 403, "editor": 200, "analyst": 200, "administrator": 403}


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
@pytest.mark.parametrize("address", [PAGES[0], PAGES[4], FILES[0]])
def test_reports_are_only_read(reader, address, method):
    assert getattr(reader, method)(address).status_code == 405


@pytest.mark.parametrize(
    "address",
    [
        "/reports/1999/",
        "/reports/1999/tables/1/",
        "/reports/2018/tables/20/",
        "/reports/1999/figures/1/ru/",
        "/reports/2018/figures/7/ru/",
        "/reports/2018/figures/1/de/",
        "/reports/1999/files/pdf/ru/",
        "/reports/2018/files/odt/ru/",
        "/reports/2018/figures/7/ru.png",
        "/reports/2018/figures/1/de.png",
        "/reports/2018/figures/1/ru.gif",
        "/reports/1999/figures/1/ru.csv",
        "/reports/2018/files/pdf/de/",
        "/reports/indicators/happiness/",
        "/reports/indicators/police_control/?period=1999",
        "/reports/indicators/form_share/?answer=sit-down",
    ],
)
def test_what_is_not_there_is_not_found(reader, monitor, signed_in, address):
    assert reader.get(address).status_code == 404
    assert signed_in(monitor).get(address).status_code == 403, "whether it is there or not"


def test_the_list_of_reports(reader):
    make_card("approved", legal_status="sanctioned")
    printed = row(table="2", period="2017", row="TOTAL", column="assemblies", unit="count")
    importing.load(importing.check(csv_of(printed | {"printed": "36", "value": "36"})))
    page = page_of(reader.get(reverse("reports:index")))
    (panel,) = by_class(page, "panel")
    assert "Report on 2018" in text(panel)
    assert [text(each) for each in panel.xpath(".//dd")] == ["1", "0.08", "100.0%", "0.40"]
    assert "/reports/2018/files/pdf/en/" in links(panel)
    (table,) = page.xpath("//table")
    assert rows(table) == [
        ["2018", "1", "0.08", "100.0%", "0.40", "Computed from cards"],
        ["2017", "36 †", "–", "–", "–", "Taken from earlier reports"],
    ]


def test_the_list_without_a_single_card(reader):
    page = page_of(reader.get(reverse("reports:index")))
    assert "There is no report yet" in text(page)
    assert by_class(page, "downloads") == []


@pytest.mark.slow
def test_the_report_as_a_page(reader):
    make_card("approved")
    page = page_of(reader.get(reverse("reports:period", args=["2018"])))
    chapters = page.xpath("//article/section/@id")
    (contents,) = by_class(page, "report-layout__contents")
    assert links(contents) == [f"#{chapter}" for chapter in chapters]
    table = page.get_element_by_id("table-1")
    assert rows(table)[0] == ["Almaty", "1", "100.0%"]
    assert reverse("reports:table", args=["2018", "1"]) in links(table)
    images = page.xpath("//figure//img/@src")
    assert images
    svg = reader.get(images[0])
    assert (svg["Content-Type"], svg.content[:5]) == ("image/svg+xml", b"<?xml")
    assert "immutable" in svg["Cache-Control"]
    assert "immutable" not in reader.get(images[0].partition("?")[0])["Cache-Control"]


@pytest.mark.slow
def test_a_page_says_when_its_cards_are_reconstructed(reader):
    make_card("approved")
    assert "reconstructed" not in reader.get("/reports/2018/").content.decode()
    Card.objects.update(reconstruction=True)
    facts.rebuild()
    assert "reconstructed cards" in reader.get("/reports/2018/").content.decode()


@pytest.mark.slow
def test_every_number_leads_to_the_cards_behind_it(reader, analyst, rf):
    """The card list that a number links to has as many cards as the number says."""
    generate.write_cards(21, 80)
    facts.rebuild()
    page = page_of(reader.get("/reports/2020/"))
    numbers = [
        link
        for table, columns in (("1", "[1]"), ("7", "[1]"), ("13", ""), ("16", "[1]"))
        for link in page.get_element_by_id(f"table-{table}").xpath(f".//td{columns}/a")
    ]
    assert len(numbers) > 20
    request = rf.get("/")
    request.user = analyst
    for number in numbers:
        address = urlsplit(number.get("href"))
        assert address.path == reverse("cards:all")
        chosen = CardFilter(QueryDict(address.query), request=request)
        assert chosen.problems == []
        assert set(chosen.given) >= {"period", "counted"}
        assert chosen.qs.count() == int(text(number)), address.query


def test_without_the_right_to_list_cards_numbers_lead_nowhere(reader, monkeypatch):
    make_card("approved")
    monkeypatch.setattr("reports.links.LIST_RIGHTS", ())
    page = page_of(reader.get("/reports/2018/"))
    detail = reverse("reports:table", args=["2018", "1"])
    assert links(page.get_element_by_id("table-1")) == [detail]


def test_one_table_with_all_that_its_values_carry(reader):
    make_card("approved", police_low=8, police_high=12)
    unknown = dict.fromkeys(("participants", "participants_low", "participants_high"))
    make_card("approved", place="Another square", participants_basis="", **unknown)
    page = page_of(reader.get(reverse("reports:table", args=["2018", "14"])))
    (detail,) = by_class(page.get_element_by_id("main"), "panel")
    assert ["Almaty", "Police-control index", "0.40", "10", "25", "1", "1", "0.27–0.60"] in rows(
        detail
    )
    assert "/reports/indicators/police_control/" in links(page)
    assert page.xpath("//a[@rel='prev' or @rel='next']/@rel") == ["prev", "next"]


@pytest.mark.slow
def test_every_table_has_a_page(reader):
    make_card("approved")
    for table in source.gather("2018").report.tables:
        page = page_of(reader.get(reverse("reports:table", args=["2018", table.code])))
        assert page.get_element_by_id(f"table-{table.code}") is not None


def test_the_page_of_an_indicator(reader):
    make_card("approved", legal_status="sanctioned")
    make_card("approved", city="semey", legal_status="unknown", reason_not_requested="")
    page = page_of(reader.get(reverse("reports:indicator", args=["law_abidance"])))
    record = indicators.get("law_abidance")
    paper = [text(each) for each in page.xpath("//dl/div/dd")]
    record = record.under(source.gather("2018").context.terms)
    assert paper[:5] == [
        str(record.definition),
        str(record.formula),
        "percent",
        str(record.missing),
        str(record.source),
    ]
    assert "/reports/2018/tables/11/" in links(page)
    by_place, by_period = page.xpath("//table")
    assert rows(by_place) == [
        ["Almaty", "100.0%", "1", "1", "1", "0", "–"],
        ["Semey", "–", "0", "0", "0", "1", "–"],
        ["Total", "100.0%", "1", "1", "1", "1", "–"],
    ]
    assert rows(by_period) == [["2018", "100.0%", "1", "1", "1", "1", "–"]]


def test_an_indicator_that_exists_by_answer(reader):
    make_card("approved")
    address = reverse("reports:indicator", args=["form_share"])
    (table,) = page_of(reader.get(address)).xpath("//table")
    lines = {line[0]: line[1:4] for line in rows(table)}
    assert lines["Rally"] == ["100.0%", "1", "1"]
    assert lines["Picket"] == ["0.0%", "0", "1"]
    (rally,) = table.xpath(".//th/a[text()='Rally']/@href")
    one = page_of(reader.get(address + rally))
    assert text(one.xpath("//h1")[0]) == f"{indicators.get('form_share').name}: Rally"
    assert len(one.xpath("//table")) == 2


@pytest.mark.slow
def test_every_indicator_has_a_page(reader):
    make_card("approved")
    terms = source.gather("2018").context.terms
    for indicator in indicators.INDICATORS:
        page = page_of(reader.get(reverse("reports:indicator", args=[indicator.code])))
        assert text(page.xpath("//h1")[0]) == str(indicator.under(terms).name)
        assert len(page.xpath("//table")) == (1 if indicator.category else 2)


def test_medians_of_every_period_stand_on_their_page(reader):
    make_card("approved")
    make_card("approved", date=datetime.date(2019, 5, 10), police=20)
    page = page_of(reader.get(reverse("reports:indicator", args=["median_police_per_participant"])))
    assert [line[:2] for line in rows(page.xpath("//table")[-1])] == [
        ["2018", "0.40"],
        ["2019", "0.80"],
    ]


@pytest.mark.slow
def test_files_carry_their_names_and_the_same_values(reader):
    make_card("approved", detained=4, in_the_name_of_the_law="no")
    report = source.gather("2018").report
    found = {
        form: reader.get(reverse("reports:download", args=["2018", form, "kk"]))
        for form in ("xlsx", "csv", "json")
    }
    assert {form: each["Content-Disposition"] for form, each in found.items()} == {
        "xlsx": 'attachment; filename="report-2018-kk.xlsx"',
        "csv": 'attachment; filename="report-2018-csv.zip"',
        "json": 'attachment; filename="report-2018.json"',
    }
    archive = zipfile.ZipFile(io.BytesIO(content(found["csv"])))
    assert set(archive.namelist()) == {
        "values.csv",
        *(f"table-{table.code}.csv" for table in report.tables),
        *(f"figure-{figure.number}.csv" for figure in report.figures),
    }
    lines = csv.DictReader(io.StringIO(archive.read("values.csv").decode()))
    addresses = ("table", "period", "row", "column", "source")
    values = {tuple(line[name] for name in addresses): line["value"] for line in lines}
    document = json.loads(content(found["json"]))
    assert len(values) == len(document["values"]) == len(list(report.cells()))
    for line in document["values"]:
        text = values[tuple(line[name] for name in addresses)]
        assert (float(text) if text else None) == line["value"]
    assert values["16", "2018", "almaty", "detained", "computed"] == "4"


@pytest.mark.slow
@pytest.mark.parametrize(("form", "kind", "begins"), [
    ("pdf", "application/pdf", b"%PDF-"),
    ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", b"PK"),
])  # fmt: skip
def test_the_document_downloads(reader, form, kind, begins):
    make_card("approved")
    response = reader.get(reverse("reports:download", args=["2018", form, "ru"]))
    assert response["Content-Disposition"] == f'attachment; filename="report-2018-ru.{form}"'
    assert response["Content-Type"] == kind
    body = content(response)
    assert body.startswith(begins)
    assert int(response["Content-Length"]) == len(body)


@pytest.mark.slow
def test_each_figure_may_be_taken_away(reader):
    make_card("approved")
    page = page_of(reader.get("/reports/2018/"))
    files = by_class(page, "report-files")
    assert len(files) == len(by_class(page, "report-figure"))
    assert [text(link) for link in files[0].xpath("a")] == [
        f"{name} : Assemblies in 2018 by place" for name in ("SVG", "PNG", "Data (CSV)")
    ]
    found = [reader.get(address) for address in links(files[0])]
    assert [each["Content-Disposition"] for each in found] == [
        'attachment; filename="2018-figure-1-en.svg"',
        'attachment; filename="2018-figure-1-en.png"',
        'attachment; filename="2018-figure-1.csv"',
    ]
    svg, png, data = (content(each) for each in found)
    assert svg.startswith(b"<?xml")
    assert png.startswith(b"\x89PNG")
    (line,) = csv.DictReader(io.StringIO(data.decode()))
    assert (line["category_en"], line["value"], line["source"]) == ("Almaty", "1", "computed")
    noted = AccessEntry.objects.filter(action=Action.REPORT_DOWNLOADED)
    assert noted.count() == 3
    again = {"if-none-match": found[1]["ETag"]}
    assert reader.get(links(files[0])[1], headers=again).status_code == 304


@pytest.mark.slow
def test_what_was_made_is_kept_until_it_shows_something_else(reader, monkeypatch):
    make_card("approved")
    made = []
    real = artefacts.html.context
    monkeypatch.setattr(artefacts.html, "context", lambda *a, **k: made.append(1) or real(*a, **k))
    first = reader.get("/reports/2018/")
    again = reader.get("/reports/2018/")
    assert len(made) == 1
    assert first["ETag"] == again["ETag"]
    unchanged = reader.get("/reports/2018/", headers={"if-none-match": first["ETag"]})
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    make_card("approved", place="Another square")
    changed = reader.get("/reports/2018/", headers={"if-none-match": first["ETag"]})
    assert changed.status_code == 200
    assert len(made) == 2
    Place.objects.filter(code="almaty").update(label_en="Alma-Ata")
    assert "Alma-Ata" in reader.get("/reports/2018/").content.decode()


@pytest.mark.slow
def test_files_are_not_sent_twice(reader, signed_in, editor):
    make_card("approved")
    address = reverse("reports:download", args=["2018", "json", "ru"])
    tag = reader.get(address)["ETag"]
    assert reader.get(address, headers={"if-none-match": tag}).status_code == 304
    add_outcome(Card.objects.get())
    assert reader.get(address, headers={"if-none-match": tag}).status_code == 200


def test_a_page_is_one_persons_own(signed_in, analyst, editor):
    make_card("approved")
    pages = [signed_in(user).get("/reports/2018/") for user in (analyst, editor)]
    assert pages[0]["ETag"] != pages[1]["ETag"]
    assert all("private" in page["Cache-Control"] for page in pages)


@pytest.mark.slow
@pytest.mark.parametrize("language", ["ru", "kk", "en"])
def test_pages_speak_the_readers_language(signed_in, analyst, language):
    make_card("approved")
    client = signed_in(analyst, language)
    for address in ("/reports/2018/", "/reports/", "/reports/indicators/law_abidance/"):
        page = page_of(client.get(address))
        assert page.get("lang") == language
    place = Place.objects.get(code="almaty")
    assert getattr(place, f"label_{language}") in text(page)


@pytest.mark.slow
@pytest.mark.parametrize("address", [address for address in PAGES if "figures" not in address])
def test_queries_do_not_grow_with_the_cards(reader, address):
    counts = []
    for number in (10, 300):
        rows_of_cards(
            number,
            monitor=MonitorFactory(all_regions=True),
            city=lambda n: generate.CITIES[n % 4],
            date=lambda n: datetime.date(2018, n % 12 + 1, 10),
        )
        facts.rebuild()
        cache.clear()
        with CaptureQueriesContext(connection) as queries:
            assert reader.get(address).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 24


def test_a_report_reads_cards_for_agreement_only(reader):
    make_card("approved")
    with CaptureQueriesContext(connection) as queries:
        reader.get("/reports/2018/")
    assert len([q for q in queries if '"cards_card"' in q["sql"]]) == 1

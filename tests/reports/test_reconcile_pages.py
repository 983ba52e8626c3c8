"""Printed reports on their pages: typed in, kept with who changed what, listed, taken out."""

from __future__ import annotations

import csv
import io
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from lxml import html

from monitoring.accounts.models import AccessEntry
from reports import importing, source
from reports.models import PrintedReport, PublishedChange, PublishedValue
from reports.printed import findings, outputs, store
from reports.printed.forms import OWN
from reports.types import TOTAL
from tests.factories import make_card
from tests.files import csv_of
from tests.reports.test_commands import run
from tests.reports.test_published import row
from tests.reports.test_views import by_class, content, page_of, text

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

PRINTED_2018 = (settings.BASE_DIR / "fixtures" / "2018" / "published.csv").read_bytes()
LIST = reverse("reports:reconciliation")


@pytest.fixture(autouse=True)
def empty_cache():
    cache.clear()


@pytest.fixture
def client(signed_in, analyst):
    """A client of an analyst who reads English."""
    return signed_in(analyst)


@pytest.fixture
def loaded(reference):
    """The printed report on 2018."""
    importing.load(importing.check(PRINTED_2018))


def grid_of(edition: str, table: str, **asked) -> str:
    address = reverse("reports:printed_grid", args=[edition, table])
    return f"{address}?{urlencode(asked, doseq=True)}" if asked else address


def fields(page) -> dict[str, str]:
    """What the form of the grid would send as it stands."""
    inputs = page.xpath("//main//form//input[@name]")
    return {each.get("name"): each.get("value", "") for each in inputs}


def slot(line: str, period: str = "2031", column: str = "assemblies") -> str:
    return f"cell|{line}|{period}|{column}"


def typed(client, figures: dict[str, str], address: str | None = None, **more):
    """Open the grid, type, and send it."""
    address = address or grid_of("X 1", "1", period="2031")
    sent = fields(page_of(client.get(address))) | figures | {"do": "save"} | more
    return client.post(address, sent)


def begin(client, **changes):
    answers = {"edition": "X 1", "title": "", "whose": "apart", "table": "1", "periods": "2031"}
    return client.post(reverse("reports:printed_begin"), answers | changes)


def test_a_report_begins_with_its_name_and_a_table(client):
    response = begin(client, title="Somebody's report", periods="2030, 2031\n2030")
    assert response.status_code == 302
    assert response.url == grid_of("X 1", "1", period=["2030", "2031"])
    report = store.report("X 1")
    assert (report.title, report.apart, report.figures) == ("Somebody's report", True, 0)
    assert "No figure is on record yet" in client.get(LIST + "report/X%201/").content.decode()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"edition": ""}, "edition"),
        ({"edition": "../x"}, "edition"),
        ({"edition": "a/b"}, "edition"),
        ({"table": ""}, "table"),
        ({"table": OWN}, "code"),
        ({"table": OWN, "code": "14"}, "code"),
        ({"table": OWN, "code": "a b", "columns": "Copies"}, "code"),
        ({"table": OWN, "code": "A1"}, "columns"),
        ({"periods": " , "}, "periods"),
        ({"periods": "x" * 41}, "periods"),
        ({"periods": ",".join(map(str, range(30)))}, "periods"),
    ],
)
def test_what_is_wrong_is_told_at_its_field_and_what_was_typed_stays(client, changes, field):
    response = begin(client, title="Kept", **changes)
    assert response.status_code == 422
    page = html.fromstring(response.content.decode())
    assert page.xpath(f"//*[@id='id_{field}_error']")
    assert page.xpath("//*[@name='title']/@value") == ["Kept"]
    assert not PrintedReport.objects.exists()


def test_a_report_on_record_does_not_begin_again(client, loaded):
    assert begin(client, edition="2018").status_code == 422
    assert not PrintedReport.objects.exists()
    response = client.post(
        reverse("reports:printed_choose", args=["2018"]), {"table": "18", "periods": "2018"}
    )
    assert response.url == grid_of("2018", "18", period="2018")


def test_what_is_typed_is_kept_verbatim_with_who_typed_it(client, analyst):
    begin(client)
    response = typed(client, {slot("almaty"): "3", slot("astana"): "–", slot("TOTAL"): " 3 ",
                              slot("almaty", column="share"): "100,0 %"})  # fmt: skip
    assert response.url == reverse("reports:printed_table", args=["X 1", "1"])
    kept = PublishedValue.objects.filter(edition="X 1")
    assert {(v.row, v.column, v.printed, v.value, v.unit) for v in kept} == {
        ("almaty", "assemblies", "3", 3, "count"),
        ("almaty", "share", "100,0 %", 100, "percent"),
        ("astana", "assemblies", "–", None, "count"),
        ("TOTAL", "assemblies", "3", 3, "count"),
    }
    assert {v.period_id for v in kept} == {None}
    changes = PublishedChange.objects.all()
    assert len(changes) == 4
    assert {(c.author, c.source, c.before) for c in changes} == {(analyst, "typed", "")}


def test_a_change_and_a_figure_taken_off_stay_on_record(client):
    begin(client)
    typed(client, {slot("almaty"): "3", slot("astana"): "4"})
    assert typed(client, {slot("almaty"): "5", slot("astana"): ""}).status_code == 302
    assert list(PublishedValue.objects.values_list("row", "printed")) == [("almaty", "5")]
    told = PublishedChange.objects.values_list("row", "before", "after")
    assert list(told)[:2] == [("astana", "4", ""), ("almaty", "3", "5")]
    page = page_of(client.get(reverse("reports:printed_changes", args=["X 1"])))
    assert "Table 1, 2031, Алматы, Assemblies" in text(page) or "Almaty" in text(page)
    before = PublishedChange.objects.count()
    assert typed(client, {slot("almaty"): "5"}).status_code == 302
    assert PublishedChange.objects.count() == before, "nothing was changed"


def test_the_record_of_changes_is_never_changed(client):
    begin(client)
    typed(client, {slot("almaty"): "3"})
    for act in (
        PublishedChange.objects.all().delete,
        lambda: PublishedChange.objects.update(row="x"),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            act()


def test_mistakes_are_told_at_their_cells_and_nothing_is_saved(client):
    begin(client)
    response = typed(
        client,
        {slot("almaty"): "3", slot("astana"): "many", slot("semey"): "1" * 61,
         slot("+25"): "", "line|+20": "Oslo", slot("+20"): "5", slot("+21"): "7"},
    )  # fmt: skip
    assert response.status_code == 422
    page = html.fromstring(response.content.decode())
    said = fields(page)
    assert said[slot("almaty")] == "3"
    assert said[slot("astana")] == "many"
    assert said["line|+20"] == "Oslo"
    wrong = page.xpath("//main//input[@aria-invalid]/@name")
    assert wrong == [slot("astana"), slot("semey"), "line|+21"]
    assert not PublishedValue.objects.exists()


def test_a_line_that_the_register_does_not_know(client):
    begin(client)
    twice = {"line|+20": "Oslo", slot("+20"): "5", "line|+21": "Astana", slot("+21"): "7"}
    assert "There is such a line already." in typed(client, twice).content.decode()
    typed(client, {"line|+20": "Oslo", slot("+20"): "5"})
    assert PublishedValue.objects.get().row == "Oslo"
    again = page_of(client.get(grid_of("X 1", "1")))
    assert fields(again)[slot("Oslo")] == "5"


def test_whoever_saves_second_sees_both(client):
    begin(client)
    address = grid_of("X 1", "1", period="2031")
    opened = fields(page_of(client.get(address)))
    typed(client, {slot("almaty"): "3"})
    response = client.post(address, opened | {slot("almaty"): "4", "do": "save"})
    assert response.status_code == 422
    page = html.fromstring(response.content.decode())
    assert fields(page)[slot("almaty")] == "4"
    assert "on record: 3" in text(page)
    assert PublishedValue.objects.get().printed == "3"
    sent = fields(page) | {"do": "save"}
    assert client.post(address, sent).status_code == 302
    assert PublishedValue.objects.get().printed == "4"


def test_a_request_without_figures_takes_none_off(client):
    begin(client)
    typed(client, {slot("almaty"): "3"})
    seen = store.seen(store.cells("X 1"), "1")
    client.post(grid_of("X 1", "1"), {"seen": seen, "do": "save"})
    assert PublishedValue.objects.get().printed == "3"


def test_a_table_is_pasted_from_a_spreadsheet(client):
    begin(client)
    lines = [
        "almaty\t3\t37,5 %", "Almaty\tx\ty\tz", "Осло\t5\t62,5 %", "Итого\t8", "TOTAL\t8\t100 %",
    ]  # fmt: skip
    address = grid_of("X 1", "1", period="2031")
    response = typed(client, {slot("semey"): "kept"}, address, do="paste", paste="\n".join(lines))
    assert response.status_code == 200
    page = html.fromstring(response.content.decode())
    said = fields(page)
    assert (said[slot("almaty")], said[slot("almaty", column="share")]) == ("3", "37,5 %")
    assert (said[slot("TOTAL")], said[slot("TOTAL", column="share")]) == ("8", "100 %")
    assert said["line|+20"] == "Осло"
    assert said[slot("semey")] == "kept"
    assert page.xpath("//textarea/text()")[0].strip() == "Almaty\tx\ty\tz"
    assert not PublishedValue.objects.exists(), "pasting saves nothing"


def test_lines_of_numbers_alone_fill_the_grid_from_its_top(client):
    begin(client)
    address = grid_of("X 1", "1", period="2031")
    response = typed(client, {}, address, do="paste", paste="3\t37,5 %\n–\n1\t2\t3")
    page = html.fromstring(response.content.decode())
    lines = [name.split("|")[1] for name in fields(page) if name.endswith("|assemblies")]
    said = fields(page)
    assert (said[slot(lines[0])], said[slot(lines[0], column="share")]) == ("3", "37,5 %")
    assert said[slot(lines[1])] == "–"
    assert page.xpath("//textarea/text()")[0].strip() == "1\t2\t3"


def test_a_table_of_ones_own(client):
    response = begin(client, table=OWN, code="A1", columns="Copies\nShare, %", periods="spring")
    assert "column=Copies&column=Share%2C+%25" in response.url
    typed(
        client,
        {"line|+1": "leaflets", slot("+1", "spring", "Copies"): "70",
         slot("+1", "spring", "share"): "71 %",
         "line|+2": "posters", slot("+2", "spring", "Copies"): "30",
         slot("+2", "spring", "share"): "31 %",
         slot("TOTAL", "spring", "Copies"): "101"},
        response.url,
    )  # fmt: skip
    found = [(each.rule, each.row, each.column) for each in findings.listing("X 1").findings]
    assert found == [("total", "TOTAL", "Copies"), ("hundred", "TOTAL", "share")]
    assert client.get(reverse("reports:printed_table", args=["X 1", "A1"])).status_code == 200


def test_a_report_apart_joins_no_table_and_no_annex(client):
    begin(client)
    typed(client, {slot("almaty", "2017"): "3", slot("TOTAL", "2017"): "9"},
          grid_of("X 1", "1", period="2017"))  # fmt: skip
    assert source.gather().report.published == ()
    assert source.gather().report.findings == ()
    assert run("check_published")[0] == 0
    status, out, _err = run("check_published", "--edition", "X 1")
    assert (status, len(out.splitlines())) == (1, 2)
    begin(client, edition="Y", whose="series")
    typed(client, {slot("TOTAL", "2017"): "9"}, grid_of("Y", "1", period="2017"))
    assert len(source.gather().report.published) == 1


def test_a_file_of_a_report_apart_may_name_any_period(reference, analyst):
    content = csv_of(row(period="spring of 1931"))
    assert importing.check(content, "Other").refused == 1
    assert importing.check(content, apart=True).refused == 1
    checked = importing.check(content, "Other", apart=True)
    assert checked.refusals == []
    importing.load(checked, analyst)
    assert store.report("Other").apart
    assert PublishedChange.objects.get().author == analyst
    assert importing.check(content, "Other", apart=True).unchanged == 1
    assert importing.check(csv_of(row()), "Other").refused == 1, "it does not become another kind"


def test_the_list_tells_cell_printed_expected_rule_difference_and_the_way_to_mend(client, loaded):
    page = page_of(client.get(reverse("reports:printed", args=["2018"])))
    entries = by_class(page, "finding")
    assert len(entries) == 72
    entry = text(next(each for each in entries if "TOTAL · participants" in text(each)))
    for said in ("Table", "535", "525", "+10", "The rows add up to 525, 535 is printed"):
        assert said in entry or said == "Table"
    assert "What would settle it" in entry


@pytest.mark.parametrize(
    ("asked", "number"),
    [({"kind": "rounding"}, 11), ({"table": "14"}, 5), ({"rule": "hundred"}, 5),
     ({"kind": "missing", "table": "3"}, 6), ({"kind": "poetry"}, 0)],
)  # fmt: skip
def test_the_list_is_filtered(client, loaded, asked, number):
    page = page_of(client.get(reverse("reports:printed", args=["2018"]), asked))
    assert len(by_class(page, "finding")) == number


def test_a_printed_table_marks_what_is_listed(client, loaded):
    page = page_of(client.get(reverse("reports:printed_table", args=["2018", "14"])))
    marked = by_class(page, "printed-mark")
    assert [text(each).split()[0] for each in marked] == ["1.0", "1.1", "0.7", "535", "1.07"]
    address = marked[0].xpath(".//a/@href")[0]
    assert address.startswith(reverse("reports:printed", args=["2018"]) + "#f-")
    assert client.get(reverse("reports:printed_table", args=["2018", "99"])).status_code == 404


def test_the_command_prints_the_same_list(loaded, tmp_path):
    make_card("approved")
    path = tmp_path / "list.csv"
    status, out, err = run("check_published", "--csv", path)
    lines = list(csv.DictReader(io.StringIO(out)))
    assert status == 1
    assert path.read_text(encoding="utf-8") == out
    listed = findings.listing("2018").findings
    assert [(each["table"], each["row"], each["rule"], each["kind"]) for each in lines] == [
        (each.table, each.row, each.rule, each.kind) for each in listed
    ]
    assert any(each.rule == "computed" for each in listed)
    assert set(listed) == set(source.gather().report.findings), "the annex tells the same"


@pytest.mark.parametrize("language", ["ru", "kk", "en"])
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_list_is_taken_out_and_that_is_logged(client, loaded, form, language):
    response = client.get(reverse("reports:printed_file", args=["2018", form, language]))
    assert response.status_code == 200
    assert f"errata-2018-{language}.{form}" in response["Content-Disposition"]
    entry = AccessEntry.objects.get()
    assert (entry.subject, entry.details) == ("2018", {"file": f"errata-{form}-{language}"})
    if form == "csv":
        lines = list(csv.reader(io.StringIO(content(response).decode("utf-8-sig"))))
    else:
        from openpyxl import load_workbook

        book = load_workbook(io.BytesIO(content(response)))
        lines = [[cell or "" for cell in line] for line in book.active.values]
    assert len(lines) == 73
    assert [str(cell) for cell in lines[3][:4]] == ["2", "2010", "TOTAL", "assemblies"]


def test_nothing_in_a_file_runs_as_a_formula(client):
    begin(client)
    typed(client, {"line|+20": "=1+1", slot("+20"): "1 =cmd()", slot("TOTAL"): "3"})
    listing = findings.listing("X 1")
    told = list(csv.reader(io.StringIO(outputs.file(listing, "csv", "en").decode("utf-8-sig"))))
    assert not [cell for line in told for cell in line if cell[:1] in "=@" and cell]


@pytest.mark.slow
@pytest.mark.parametrize("language", ["ru", "kk", "en"])
def test_the_erratum_sheet_is_a_tagged_document_of_three_pages_at_most(loaded, language, tmp_path):
    import pikepdf

    listing = findings.listing("2018")
    content = outputs.file(listing, "pdf", language)
    assert content == outputs.file(listing, "pdf", language), "the same list, the same bytes"
    document = pikepdf.open(io.BytesIO(content))
    assert 1 <= len(document.pages) <= 3
    assert document.Root.MarkInfo.Marked
    assert str(document.Root.Lang) == language
    with document.open_metadata() as about:
        assert about.get("pdfuaid:part") == "1"


def test_pages_cost_the_same_queries_whatever_there_is(client, reference):
    counts = []
    for number in (2, 60):
        rows = [row(row=f"place-{n}", printed="50%", value="50") for n in range(number)]
        importing.load(importing.check(csv_of(*rows), edition=f"E{number}"))
        for address in (LIST, reverse("reports:printed", args=[f"E{number}"]),
                        reverse("reports:printed_table", args=[f"E{number}", "1"]),
                        reverse("reports:printed_changes", args=[f"E{number}"]),
                        grid_of(f"E{number}", "1")):  # fmt: skip
            client.get(address)
            with CaptureQueriesContext(connection) as queries:
                client.get(address)
            counts.append(len(queries))
    assert counts[:5] == counts[5:]
    assert max(counts) < 30


def test_saving_a_table_costs_few_statements_beside_its_figures(client):
    begin(client)
    with CaptureQueriesContext(connection) as queries:
        typed(client, {slot(place): "1" for place in ("almaty", "astana", "semey", TOTAL)})
    assert len(queries) < 60

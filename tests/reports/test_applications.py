"""Applications that never became an assembly: facts, table, sentence, files, links, no drift."""

from __future__ import annotations

import csv
import datetime
import io
import json
import time
from collections import defaultdict

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from cards import permits
from cards.models import Period, PermitApplication
from reports import facts, source
from reports.models import Fact
from reports.render.csv import values_csv
from reports.render.json import report_json
from tests.factories import EditorFactory, make_application, make_card, rows_of_cards
from tests.reports import generate

pytestmark = pytest.mark.usefixtures("reference")
DECISIONS = ("refused", "no_answer", "other_place", "permitted", "withdrawn", "pending", "unknown")


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


def report(code: str = "2018"):
    return source.gather(code).report


def values(code: str = "2018") -> dict[tuple[str, str], float | None]:
    """(row, column) -> value, of the table in values.csv."""
    lines = csv.DictReader(io.StringIO(values_csv(report(code)).decode()))
    return {
        (line["row"], line["column"]): float(line["value"]) if line["value"] else None
        for line in lines
        if line["table"] == "applications"
    }


def expected(year: int) -> dict[tuple[str, str], float | None]:
    """The same from the rows of the register, in plain Python."""
    groups = defaultdict(list)
    for each in PermitApplication.objects.select_related("city"):
        if each.review == "approved" and each.card_id is None and each.applied_on.year == year:
            groups[each.city.place_id].append(each)
            groups["TOTAL"].append(each)
    found: dict[tuple[str, str], float | None] = {}
    for row, these in groups.items():
        days = [(each.answered_on - each.applied_on).days for each in these if each.answered_on]
        appeals = [each.appeal for each in these if each.appeal != "unknown"]
        found[row, "applications"] = len(these)
        for decision in DECISIONS:
            found[row, decision] = sum(each.decision == decision for each in these)
        found[row, "pending_or_unknown"] = sum(
            each.decision in ("pending", "unknown") for each in these
        )
        found[row, "mean_days"] = sum(days) / len(days) if days else None
        found[row, "answered_late"] = sum(n > 10 for n in days) if days else None
        found[row, "appealed"] = sum(appeal != "none" for appeal in appeals) if appeals else None
    return found


@pytest.mark.parametrize("seed", range(6))
def test_the_table_equals_a_second_computation(seed):
    generate.write_applications(seed, 60, first=day("2017-12-01"), days=430)
    facts.rebuild()
    assert values() == pytest.approx(expected(2018))
    assert list(facts.verify()) == []


def test_there_is_no_table_where_there_is_no_application():
    make_application("pending")
    make_application("rejected")
    made = report()
    assert "applications" not in [table.code for table in made.tables]
    assert values() == {}
    headings = [str(block.text) for block in made.chapters[-1].blocks if block.kind == "heading"]
    with translation.override("en"):
        assert not any("never became" in str(heading) for heading in headings)


def test_only_a_second_person_makes_it_count(editor, other_editor):
    application = make_application("pending", author=editor)
    assert values() == {}
    permits.review(application, actor=other_editor, accept=True)
    assert values()["TOTAL", "applications"] == 1
    permits.change(application, actor=editor, answers={"note": "x"}, reason="Because")
    assert values() == {}
    assert list(facts.verify()) == []


def test_a_move_takes_it_from_one_month_and_place_to_another(editor, other_editor):
    application = make_application()
    months = set(Fact.objects.values_list("place", "month"))
    assert months == {("almaty", day("2018-08-01"))}
    changes = {"city": "astana", "applied_on": day("2018-07-30")}
    permits.change(application, actor=editor, answers=changes, reason="The letter says so")
    assert not Fact.objects.exists()
    permits.review(application, actor=other_editor, accept=True)
    months = set(Fact.objects.values_list("place", "month"))
    assert months == {("astana", day("2018-07-01"))}
    permits.review(application, actor=other_editor, accept=False, reason="Twice")
    assert not Fact.objects.exists()


def test_cards_and_applications_of_a_month_leave_each_other_alone(editor):
    make_card("approved", date=day("2018-08-03"))
    before = {(cell.key, cell.source): cell.value for cell in report().cells()}
    application = make_application()
    after = {
        (cell.key, cell.source): cell.value
        for cell in report().cells()
        if cell.key.table != "applications"
    }
    assert after == before
    permits.link(application, actor=editor, card=make_card("submitted"))
    assert {(cell.key, cell.source): cell.value for cell in report().cells()} == before


def test_a_period_that_cuts_a_month_counts_its_days():
    for applied in ("2018-08-10", "2018-08-20"):
        make_application(applied_on=day(applied), answered_on=None)
    Period.objects.filter(code="2018").update(start=day("2018-08-15"))
    assert values()["TOTAL", "applications"] == 1


def test_the_checksum_covers_them():
    before = report().checksum
    make_application()
    assert report().checksum != before


@pytest.mark.parametrize(
    ("language", "one", "several"),
    [("en", "recorded 1 application for", "recorded 2 applications for")],
)
def test_the_sentence_has_its_plural(language, one, several):
    def told() -> str:
        with translation.override(language):
            blocks = report().chapters[-1].blocks
            return " ".join(str(block.text) for block in blocks if block.kind == "text")

    make_application()
    assert one in told()
    assert "1 application was refused." in told()
    assert "it took 10.0 days." in told()
    assert "0 answers came later than after 10 days." in told()
    make_application(answered_on=None)
    assert several in told()
    assert "All of them were refused." in told()
    make_application(decision="no_answer", answered_on=None, appeal="upheld")
    assert "2 applications were refused." in told()
    assert "1 application was left without an answer." in told()
    assert "An appeal was lodged over 1 application." in told()


def test_json_and_the_page_carry_the_same(signed_in, editor):
    make_application()
    document = json.loads(report_json(report()))
    table = next(each for each in document["tables"] if each["code"] == "applications")
    assert [row["code"] for row in table["rows"]] == ["almaty", "TOTAL"]
    assert [cell["value"] for cell in table["rows"][1]["cells"]] == [1, 1, 0, 0, 0, 0, 0, 10]
    page = signed_in(editor).get("/reports/2018/tables/applications/")
    assert page.status_code == 200
    assert "Other place offered" in page.content.decode()


@pytest.mark.slow
def test_every_cell_leads_to_the_applications_behind_it(signed_in):
    generate.write_applications(3, 60, first=day("2018-01-01"), days=365)
    facts.rebuild()
    client = signed_in(EditorFactory())
    from reports.links import drill

    address = drill(EditorFactory())
    tried = 0
    for cell in report().table("applications").cells():
        if cell.drill is None:
            continue
        response = client.get(address(cell))
        found = response.context["filter"]
        assert found.problems == []
        behind = cell.value.n if cell.key.column == "mean_days" else cell.value.value
        assert found.qs.count() == behind, cell.key
        tried += 1
    assert tried > 40


def test_the_pages_of_their_indicators_open(signed_in, analyst):
    make_application()
    client = signed_in(analyst)
    for code in ("applications", "applications_by_decision", "applications_mean_days"):
        page = client.get(f"/reports/indicators/{code}/")
        assert page.status_code == 200
    assert client.get("/reports/indicators/applications_by_decision/?category=refused")


def test_a_report_reads_no_application(monitor):
    """However many there are: their facts stand beside those of the cards."""

    def queries() -> list[str]:
        with CaptureQueriesContext(connection) as asked:
            _made = report()
        return [each["sql"] for each in asked.captured_queries]

    make_application()
    few = queries()
    generate.write_applications(1, 200, first=day("2018-01-01"), days=365)
    facts.rebuild()
    many = queries()
    assert len(many) == len(few)
    assert not any("permitapplication" in sql for sql in many)


@pytest.mark.slow
def test_an_approval_stays_fast_beside_many_applications(monitor):
    """The third statement over an empty month is one look into an index."""
    rows_of_cards(500, monitor=monitor)
    generate.write_applications(2, 5000, first=day("2018-01-01"), days=365)
    facts.rebuild()
    started = time.perf_counter()
    for _ in range(50):
        facts.refresh({("almaty", day("2018-05-01"))})
    assert (time.perf_counter() - started) / 50 < 0.1

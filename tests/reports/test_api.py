"""Figures for programs: the same values as in values.csv, and what explains their codes."""

import csv
import io

import pytest
from django.core.cache import cache

from cards.models import Period, Place
from reports import indicators, source
from reports.api import views
from reports.render import values_csv
from reports.render.csv import HEADER
from tests.factories import make_card
from tests.program import Program

pytestmark = pytest.mark.django_db
INDEX = "police_control_index"


@pytest.fixture(autouse=True)
def _no_counts():
    cache.clear()


@pytest.fixture
def program(analyst):
    return Program(analyst, "values")


@pytest.fixture
def counted(reference):
    """Two assemblies of 2018, one of which lacks the number of police."""
    make_card("approved")
    make_card("approved", form="picket", city="astana", police=None, police_basis="unknown")


def read(answer) -> list[dict[str, str]]:
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.getvalue().decode())))


def test_csv_is_values_csv_byte_by_byte(program, counted):
    answer = program.get("values/?period=2018&format=csv&limit=10000")
    assert answer.getvalue() == values_csv(source.gather("2018").report)
    assert 'filename="values-2018.csv"' in answer.headers["Content-Disposition"]


def test_json_is_the_same_values_page_by_page(program, counted):
    rows = program.rows("values/", {"period": "2018", "limit": 100})
    assert tuple(rows[0]) == HEADER
    expected = list(csv.DictReader(io.StringIO(values_csv(source.gather("2018").report).decode())))
    assert len(rows) == len(expected)
    for row, line in zip(rows, expected, strict=True):
        for name in ("value", "numerator", "denominator", "n", "unknown", "low", "high"):
            assert row[name] == (float(line[name]) if line[name] else None)
        assert {name: row[name] for name in HEADER[:5]} == {name: line[name] for name in HEADER[:5]}
    assert any(row["value"] is None for row in rows)


@pytest.mark.slow
def test_one_table_one_source_and_names_beside_the_codes(program, counted):
    rows = program.rows("values/", {"table": "14", "language": "en", "source": "computed"})
    assert {(row["table"], row["source"]) for row in rows} == {("14", "computed")}
    total = next(row for row in rows if row["row"] == "TOTAL" and row["column"] == INDEX)
    assert total["value"] == 10 / 25
    assert total["unknown"] == 1
    assert total["row_label"] == "Total"
    assert total["table_label"]
    assert total["unit_label"] == "police officers per participant"
    (line,) = [
        row
        for row in read(program.get("values/?table=14&language=ru&format=csv&source=computed"))
        if (row["row"], row["column"]) == ("TOTAL", INDEX)
    ]
    assert line["row_label"] == "Всего"
    assert program.get("values/?table=77").json()["parameters"].keys() == {"table"}


def test_without_a_period_it_is_the_last_that_has_cards(program, counted):
    assert program.get("values/").json()["period"] == "2018"
    assert program.get("tables/").json()["period"] == "2018"


@pytest.mark.slow
def test_all_pages_are_of_the_same_figures(program, counted):
    page = program.get("values/?limit=10").json()
    make_card("approved")
    answer = program.get(page["next"])
    assert answer.status_code == 409
    assert "begin again" in answer.json()["detail"]
    page = program.get("values/?limit=10").json()
    assert program.get(page["next"] + "&table=1").status_code == 409
    assert program.get(page["next"]).status_code == 200


@pytest.mark.slow
def test_nothing_is_sent_twice(program, counted):
    answer = program.get("values/?table=1")
    etag = answer.headers["ETag"]
    again = program.get("values/?table=1", **{"If-None-Match": etag})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["ETag"] == etag
    assert program.get("values/?table=2", **{"If-None-Match": etag}).status_code == 200
    assert program.get("tables/", **{"If-None-Match": etag}).status_code == 200
    make_card("approved")
    assert program.get("values/?table=1", **{"If-None-Match": etag}).status_code == 200
    assert "no-cache" in answer.headers["Cache-Control"]


def test_a_report_is_built_once(program, counted, monkeypatch):
    program.get("values/")
    monkeypatch.setattr(views.rows, "of_values", None)
    assert program.get("values/?limit=3").status_code == 200


@pytest.mark.slow
def test_the_registers(program, counted):
    periods = program.rows("periods/")
    assert [row["code"] for row in periods] == list(
        Period.objects.order_by("order").values_list("code", flat=True)
    )
    year = next(row for row in periods if row["code"] == "2018")
    assert (year["start"], year["end"], year["basis"]) == ("2018-01-01", "2018-12-31", "cards")
    places = program.rows("places/")
    assert [row["code"] for row in places] == list(Place.objects.values_list("pk", flat=True))
    assert places[0]["name_ru"]
    papers = program.rows("indicators/")
    assert [row["code"] for row in papers] == [each.code for each in indicators.INDICATORS]
    assert all(row[f"definition_{code}"] for row in papers for code in ("ru", "kk", "en"))
    tables = {row["code"]: row for row in program.rows("tables/")}
    assert tables["14"]["columns"][:3] == ["participants", "police", INDEX]
    assert tables["14"]["rows"] == ["almaty", "astana", "TOTAL"]
    line = next(row for row in read(program.get("tables/?format=csv")) if row["code"] == "14")
    assert line["columns"].startswith(f"participants;police;{INDEX}")
    for path in ("periods", "places", "indicators"):
        assert len(read(program.get(f"{path}/?format=csv"))) == len(program.rows(f"{path}/"))


@pytest.mark.parametrize("number", [1, 6])
@pytest.mark.parametrize(
    ("path", "most"), [("values/", 28), ("tables/?period=2018", 14), ("places/", 7)]
)
def test_as_many_queries_whatever_there_is(
    program, reference, number, path, most, django_assert_max_num_queries
):
    for turn in range(number):
        make_card("approved", city=("almaty", "astana", "shymkent")[turn % 3])
    program.get("periods/")
    with django_assert_max_num_queries(most):
        assert program.get(path).status_code == 200

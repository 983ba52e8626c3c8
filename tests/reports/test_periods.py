"""Periods that analysts add: what the days propose, what is refused, what stands beside what."""

from __future__ import annotations

import csv
import datetime
import io

import pytest
from django.contrib.admin.models import LogEntry
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from cards.filters import CardFilter
from cards.models import Card, Period
from cards.reference import load_reference
from reports import periods, source
from reports.models import PublishedValue
from reports.render.csv import values_csv
from reports.types import TOTAL, Label
from reports.types import Period as Row
from reports.wording import in_words
from tests.factories import AnalystFactory, make_card

pytestmark = pytest.mark.django_db

NEW, LIST = reverse("reports:period_new"), reverse("reports:periods")


def change_of(code: str) -> str:
    return reverse("reports:period_change", args=[code])


@pytest.fixture(autouse=True)
def empty_cache():
    cache.clear()


@pytest.fixture
def reader(signed_in, analyst):
    return signed_in(analyst)


def add(start: str, end: str, **more) -> Period:
    """A period by its days, everything else as proposed."""
    days = datetime.date.fromisoformat(start), datetime.date.fromisoformat(end)
    values = {"start": days[0], "end": days[1], **periods.propose(*days).as_dict(), **more}
    return periods.add(values, actor=AnalystFactory())


def half(year: int, number: int = 1) -> Period:
    days = ("01-01", "06-30") if number == 1 else ("07-01", "12-31")
    return add(*(f"{year}-{day}" for day in days))


def errors(response) -> dict[str, list[str]]:
    assert response.status_code == 422
    return {name: list(found) for name, found in response.context["form"].errors.items()}


# What the days propose


@pytest.mark.parametrize(
    ("start", "end", "series", "code", "months", "name"),
    [
        ("2024-01-01", "2024-12-31", "year", "2024", "12.0", "2024"),
        ("2024-01-01", "2024-06-30", "half_1", "2024-1", "6.0", "First half of 2024"),
        ("2024-07-01", "2024-12-31", "half_2", "2024-2", "6.0", "Second half of 2024"),
        ("2024-04-01", "2024-06-30", "quarter_2", "2024-q2", "3.0", "Second quarter of 2024"),
        (
            "2024-03-11", "2024-04-15", "custom", "20240311-20240415", "1.2",
            "Period from 11 March 2024 to 15 April 2024",
        ),
    ],
)  # fmt: skip
def test_what_the_days_propose(start, end, series, code, months, name):
    proposal = periods.propose(*map(datetime.date.fromisoformat, (start, end)))
    assert (proposal.series, proposal.code, str(proposal.months)) == (series, code, months)
    assert proposal.name_en == name


@given(
    st.dates(datetime.date(2000, 1, 1), datetime.date(2030, 12, 31)),
    st.integers(min_value=0, max_value=900),
)
def test_months_follow_from_the_days(start, length):
    end = start + datetime.timedelta(length)
    months = periods.months_of(start, end)
    assert 0 <= months <= periods.months_touched(start, end)
    assert abs(float(months) - (length + 1) / 30.44) < 0.2
    middle = start + datetime.timedelta(length // 2)
    rest = periods.months_of(middle + datetime.timedelta(1), end) if length else 0
    assert abs(periods.months_of(start, middle) + rest - months) <= periods.Decimal("0.1")


def test_a_period_in_words_inside_a_sentence():
    with override("en"):
        names = ["2024", "First half of 2024", "2011–2012", "Q1 2024"]
        said = [
            str(in_words(Row("x", Label(each, each, each), None, None, 1, "cards")))
            for each in names
        ]
    assert said == ["2024", "the first half of 2024", "2011–2012", "Q1 2024"]


# Adding and changing


def test_a_half_is_added_with_what_its_days_propose(reader):
    page = reader.get(NEW, {"part": "half_1", "year": "2024"}).content.decode()
    for proposed in ("2024-01-01", "2024-06-30", "2024-1", "First half of 2024", "6.0"):
        assert f'value="{proposed}"' in page
    answer = reader.post(NEW, {"start": "2024-01-01", "end": "30.06.2024"})
    assert (answer.status_code, answer.url) == (302, LIST)
    period = Period.objects.get(pk="2024-1")
    assert (period.series, period.basis, float(period.months)) == ("half_1", "cards", 6)
    assert period.name_en == "First half of 2024"
    assert LogEntry.objects.filter(object_id="2024-1").count() == 1
    assert "First half of 2024" in reader.get(LIST).content.decode()
    report = reader.get(reverse("reports:period", args=["2024-1"]))
    assert report.status_code == 200


def test_what_is_proposed_may_be_looked_over_and_typed_over(reader):
    typed = {"start": "2024-03-11", "end": "2024-04-15", "name_en": "Spring of 2024", "fill": "1"}
    form = reader.post(NEW, typed).context["form"]
    assert form.data["code"] == "20240311-20240415"
    assert form.data["name_en"] == "Spring of 2024"
    assert not Period.objects.filter(name_en="Spring of 2024").exists(), "nothing is saved yet"
    reader.post(NEW, {**form.data.dict(), "months": "1,5", "code": "2024-spring"})
    period = Period.objects.get(pk="2024-spring")
    assert (str(period.months), period.series) == ("1.5", "custom")


@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        ({"start": ""}, "start", "required"),
        ({"start": "yesterday"}, "start", "valid date"),
        ({"start": "0024-01-01"}, "start", "Check the year"),
        ({"end": "2023-12-31"}, "end", "before the first"),
        ({"code": "import"}, "code", "begins with a digit"),
        ({"code": "2024/1"}, "code", "begins with a digit"),
        ({"code": "2018"}, "code", "with this code already"),
        ({"name_ru": "2018"}, "name_ru", "has this name already"),
        ({"months": "0"}, "months", "more than 0"),
        ({"months": "7"}, "months", "no more than 6"),
        ({"months": "six"}, "months", "number"),
        ({"series": "year"}, "series", "not those of such"),
        ({"series": "quarter_1"}, "series", "not those of such"),
        ({"series": "century"}, "series", "Select a valid choice"),
        ({"end": "2024-12-31", "code": "2024-x", "name_ru": "x", "name_kk": "x", "name_en": "x"},
         "start", "share none"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_told_at_its_field_and_what_was_typed_stays(reader, typed, field, words):
    data = {
        "start": "2024-01-01",
        "end": "2024-06-30",
        **typed,
        "name_en": typed.get("name_en", "Mine"),
    }
    answer = reader.post(NEW, data)
    assert words in " ".join(errors(answer)[field])
    assert f'value="{data["name_en"]}"' in answer.content.decode()
    assert not Period.objects.filter(name_en="Mine").exists()


def test_a_period_that_was_not_given_out_may_be_changed(reader):
    half(2024)
    page = reader.get(change_of("2024-1"))
    form = page.context["form"]
    seal = form.initial["seal"]
    data = {name: form.initial[name] for name in ("start", "end", "series", "name_ru", "name_kk")}
    answer = reader.post(
        change_of("2024-1"), {**data, "name_en": "Half", "months": "5.5", "seal": seal}
    )
    assert answer.status_code == 302
    period = Period.objects.get(pk="2024-1")
    assert (period.name_en, str(period.months)) == ("Half", "5.5")
    again = reader.post(
        change_of("2024-1"), {**data, "name_en": "Late", "months": "4", "seal": seal}
    )
    told = errors(again)
    assert "Now stored: Half" in told["name_en"]
    assert "Now stored: 5.5" in told["months"]
    period.refresh_from_db()
    assert period.name_en == "Half", "whoever saves second sees both"


def test_a_period_that_was_given_out_stays(reader, analyst):
    half(2024)
    PublishedValue.objects.create(
        edition="2024", table="2", period_label="x", period_id="2024-1", row=TOTAL,
        column="assemblies", unit="count", printed="3", value=3,
    )  # fmt: skip
    page = reader.get(change_of("2024-1")).content.decode()
    assert "stays as it is" in page
    assert "Save the period" not in page
    answer = reader.post(change_of("2024-1"), {"start": "2024-01-01", "end": "2024-06-30"})
    assert answer.status_code == 422
    seal = periods.seal_of(Period.objects.get(pk="2024-1"))
    with pytest.raises(periods.Held):
        periods.change("2024-1", {"months": 5}, actor=analyst, seal=seal)


def test_only_analysts_come_in(signed_in, monitor, editor, administrator):
    for person in (monitor, editor, administrator):
        assert {signed_in(person).get(each).status_code for each in (LIST, NEW)} == {403}


# What stands beside what


def cards_of_two_years():
    """A card in each half of 2023 and two in the first half of 2024."""
    for day in ("2023-02-10", "2023-09-10", "2024-03-10", "2024-05-10"):
        make_card("approved", date=datetime.date.fromisoformat(day), application_date=None)


def columns(report, table: str) -> list[str]:
    return [column.code for column in report.table(table).columns]


def test_a_report_lists_periods_of_its_own_kind_only():
    cards_of_two_years()
    half(2024), half(2023), half(2023, 2)
    assert columns(source.gather("2024-1").report, "2") == ["2023-1", "2024-1"]
    assert columns(source.gather("2023-2").report, "2") == ["2023-2"]
    assert columns(source.gather("2024").report, "2")[-2:] == ["2023", "2024"]
    total = source.gather("2024-1").report.table("2").rows[-1]
    assert [cell.value.value for cell in total.cells] == [1, 2]
    index = source.gather("2024-1").report.table("3").rows[-1].cells[-1].value
    assert (index.numerator, index.denominator) == (2, 6)


def test_periods_with_days_of_their_own_stand_beside_those_with_the_same_days():
    cards_of_two_years()
    (
        add("2023-02-01", "2023-03-31"),
        add("2024-02-01", "2024-03-31"),
        add("2024-02-01", "2024-04-30"),
    )
    assert columns(source.gather("20240201-20240331").report, "2") == [
        "20230201-20230331",
        "20240201-20240331",
    ]
    assert columns(source.gather("20240201-20240430").report, "2") == ["20240201-20240430"]


@pytest.mark.slow
def test_no_two_periods_of_a_table_share_a_day():
    cards_of_two_years()
    half(2023), half(2024), half(2023, 2), half(2024, 2)
    (
        add("2024-01-01", "2024-03-31"),
        add("2024-02-05", "2024-03-10"),
        add("2024-02-07", "2024-03-12"),
    )
    for row in Period.objects.filter(start__isnull=False):
        listed = [each for each in source.gather(row.pk).periods if each.start]
        ends = [(each.start, each.end) for each in listed]
        assert all(before[1] < after[0] for before, after in zip(ends, ends[1:], strict=False))


def test_the_report_of_a_year_is_the_same_beside_its_halves():
    cards_of_two_years()
    before = source.gather("2024")
    half(2024), half(2024, 2), half(2023), add("2024-02-05", "2024-03-10")
    after = source.gather("2024")
    assert after.fingerprint == before.fingerprint
    assert after.report.checksum == before.report.checksum
    assert values_csv(after.report) == values_csv(before.report)


def test_halves_add_up_to_their_year():
    cards_of_two_years()
    half(2023), half(2023, 2)
    year, first, second = (
        source.gather(code).report.table("2").rows[-1].cells[-1].value.value
        for code in ("2023", "2023-1", "2023-2")
    )
    assert year == first + second == 2


def test_figures_of_earlier_reports_stay_with_their_years():
    half(2024)
    PublishedValue.objects.create(
        edition="2018", table="2", period_label="2017", period_id="2017", row=TOTAL,
        column="assemblies", unit="count", printed="36", value=36,
    )  # fmt: skip
    lines = list(csv.DictReader(io.StringIO(values_csv(source.gather("2024-1").report).decode())))
    assert {line["period"] for line in lines} == {"2024-1"}
    assert source.gather("2024-1").report.published == ()
    assert len(source.gather("2024").report.published) == 1


def test_the_pages_around_tell_years_and_their_parts_apart(reader):
    cards_of_two_years()
    half(2024), half(2023)
    glances = reader.get(reverse("reports:index")).context["glances"]
    assert [line.period.code for line in glances.years] == ["2024", "2023"]
    assert [line.period.code for line in glances.others] == ["2024-1", "2023-1"]
    assert glances.newest.period.code == "2024"
    page = reader.get(reverse("reports:indicator", args=["assemblies"]), {"period": "2024-1"})
    assert [str(number.label) for number in page.context["by_period"]] == [
        "First half of 2023",
        "First half of 2024",
    ]
    page = reader.get(reverse("reports:indicator", args=["assemblies"]))
    assert [str(number.label) for number in page.context["by_period"]] == ["2023", "2024"]


def test_the_filter_of_the_cards_takes_a_half(rf, analyst):
    cards_of_two_years()
    half(2024)
    request = rf.get("/", {"period": "2024-1"})
    request.user = analyst
    found = CardFilter(request.GET, request=request)
    assert found.qs.count() == 2
    codes = [str(row.pk) for row in found.form.fields["period"].queryset]
    assert codes.index("2024") < codes.index("2024-1") < codes.index("2023")


def test_a_year_gets_its_period_although_a_half_of_it_is_there(reference):
    half(2031)
    load_reference(today=datetime.date(2031, 2, 1))
    assert Period.objects.get(pk="2031").series == "year"


@pytest.mark.slow
def test_queries_do_not_grow_with_the_periods(reader):
    cards_of_two_years()
    address, counts = reverse("reports:index"), []
    for years in ((2023, 2024), (2019, 2020, 2021, 2022)):
        for year in years:
            half(year), half(year, 2)
        cache.clear()
        with CaptureQueriesContext(connection) as queries:
            assert reader.get(address).status_code == 200
        with CaptureQueriesContext(connection) as more:
            assert reader.get(LIST).status_code == 200
        counts.append((len(queries), len(more)))
    assert counts[0] == counts[1]
    assert Card.objects.count() == 4

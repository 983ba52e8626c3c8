"""Printed figures from a file: whole or nothing, errors by line and column, verbatim."""

from __future__ import annotations

import datetime

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from cards.files.records import Unreadable
from cards.models import Period
from reports import importing, published
from reports.models import PublishedValue
from tests.files import csv_of, workbook_of

pytestmark = pytest.mark.django_db

PRINTED_2018 = (settings.BASE_DIR / "fixtures" / "2018" / "published.csv").read_bytes()


def row(**changes) -> dict[str, str]:
    """A row that can be loaded, with ``changes``."""
    return {
        "table": "1",
        "period": "2018",
        "row": "astana",
        "column": "share",
        "unit": "percent",
        "printed": "31.2%",
        "value": "31.2",
        **changes,
    }


def refusals(content: bytes) -> list[tuple[int, str, str]]:
    checked = importing.check(content)
    return [(each.line, each.column, str(each.message)) for each in checked.refusals]


def numbers(checked: importing.Checked) -> tuple[int, int, int, int]:
    return checked.new, checked.updated, checked.unchanged, checked.refused


def test_the_report_of_2018_loads_verbatim(reference):
    checked = importing.check(PRINTED_2018)
    assert (checked.edition, checked.read, numbers(checked)) == ("2018", 583, (583, 0, 0, 0))
    assert PublishedValue.objects.count() == 0, "checking writes nothing"
    importing.load(checked)
    assert PublishedValue.objects.count() == 583
    again = importing.check(PRINTED_2018)
    assert numbers(again) == (0, 0, 583, 0)
    share = PublishedValue.objects.get(table="1", row="astana", column="share")
    assert (share.printed, share.value, share.period_id, share.edition) == (
        "31.2%",
        31.2,
        "2018",
        "2018",
    )


def test_labels_lead_to_their_periods(reference):
    importing.load(importing.check(PRINTED_2018))
    found = set(PublishedValue.objects.values_list("table", "period_label", "period_id"))
    assert {entry for entry in found if entry[1] != entry[2]} == {
        ("10", "2011 (sic; 2010)", "2010"),
        ("15", "2012", "2011-2012"),
        ("15", "2013", "2012-2013"),
        ("9", "text", None),
    }


def test_cells_keep_the_label_the_print_and_the_order(reference):
    importing.load(importing.check(PRINTED_2018))
    cells = published.cells()
    assert len(cells) == 583
    first, period = cells[0]
    assert (first.key.table, first.key.period, first.key.row, first.key.column) == (
        "1",
        "2018",
        "astana",
        "assemblies",
    )
    assert (first.value.value, first.printed, first.source, period) == (
        10,
        "10",
        "published",
        "2018",
    )
    label = next((cell, code) for cell, code in cells if cell.key.period == "2011 (sic; 2010)")
    assert label[1] == "2010"
    dash = next(cell for cell, _code in cells if cell.printed == "-")
    assert dash.value.value is None


def test_a_changed_figure_is_updated_and_others_stay(reference):
    importing.load(
        importing.check(
            csv_of(row(), row(column="assemblies", unit="count", printed="10", value="10"))
        )
    )
    checked = importing.check(csv_of(row(printed="31.3%", value="31.3")))
    assert numbers(checked) == (0, 1, 0, 0)
    importing.load(checked)
    assert dict(PublishedValue.objects.values_list("column", "printed")) == {
        "share": "31.3%",
        "assemblies": "10",
    }


def test_each_mistake_is_told_by_line_and_column(reference):
    content = csv_of(
        row(),
        row(row=""),
        row(row="almaty", period="1999"),
        row(row="uralsk", unit="litres"),
        row(row="semey", value="many"),
        row(row="aktobe", value="31.3"),
        row(row="atyrau", value=""),
        row(row="aktau", printed="-"),
        row(row="x" * 121),
        row(),
    )
    with translation.override("en"):
        assert refusals(content) == [
            (3, "row", "The cell is empty."),
            (4, "period", "The period “1999” is not known."),
            (5, "unit", "“litres” is not one of the answers."),
            (6, "value", "Write a number such as 12.5."),
            (7, "value", "The value is not the number that was printed."),
            (8, "value", "The printed figure is a number, so the value cannot be empty."),
            (9, "value", "The value is not the number that was printed."),
            (10, "row", "The text is longer than 120 characters."),
            (11, "column", "The same as in line 2."),
        ]


def test_nothing_of_a_file_with_mistakes_is_loaded(reference):
    checked = importing.check(csv_of(row(), row(row="almaty", unit="litres")))
    assert numbers(checked) == (1, 0, 0, 1)
    with pytest.raises(ValueError, match="refused"):
        importing.load(checked)
    assert PublishedValue.objects.count() == 0


def test_missing_and_unknown_columns(reference):
    given = row()
    del given["unit"], given["value"]
    checked = importing.check(csv_of({**given, "remark": "?"}))
    assert [(each.line, each.column) for each in checked.refusals] == [(1, "unit"), (1, "value")]
    assert len(checked.notices) == 1
    assert "remark" in str(checked.notices[0])


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf" + csv_of(row()).replace(b",", b";").replace(b"\n", b"\r\n"),
        csv_of(row()).replace(b",", b"\t"),
        csv_of(row()).replace(b",", b";").replace(b"31.2", b"31,2"),
        csv_of(row(period=" 2018 ", unit="percent ")),
    ],
)
def test_as_spreadsheets_write_it(reference, content):
    checked = importing.check(content)
    assert checked.refusals == []
    assert [(f.row, f.period_id, f.value) for f in checked.figures] == [("astana", "2018", 31.2)]


def test_a_workbook_keeps_its_years_and_numbers(reference):
    head = list(importing.COLUMNS)
    content = workbook_of(published=[head, [1, 2018, "astana", "share", "percent", "31.2%", 31.2]])
    (figure,) = importing.check(content).figures
    assert (figure.table, figure.period_label, figure.value) == ("1", "2018", 31.2)


@pytest.mark.parametrize(
    ("label", "code"),
    [("2011–2012", "2011-2012"), ("2011-2012", "2011-2012"), ("2011—2012", "2011-2012")],
)
def test_kinds_of_dashes_do_not_matter(reference, label, code):
    (figure,) = importing.check(csv_of(row(period=label))).figures
    assert (figure.period_label, figure.period_id) == (label, code)


def test_a_period_by_its_name(reference):
    Period.objects.create(
        code="h1-2019",
        name_ru="Первое полугодие 2019 года",
        name_kk="2019 жылғы бірінші жартыжылдық",
        name_en="First half of 2019",
        start=datetime.date(2019, 1, 1),
        end=datetime.date(2019, 6, 30),
        months=6,
        basis="cards",
        order=99,
    )
    (figure,) = importing.check(csv_of(row(period="первое  полугодие 2019 года"))).figures
    assert figure.period_id == "h1-2019"


def test_two_editions_stand_side_by_side_and_the_later_one_comes_last(reference):
    importing.load(importing.check(csv_of(row(printed="31.3%", value="31.3")), edition="2019"))
    importing.load(importing.check(csv_of(row())))
    assert [cell.printed for cell, _period in published.cells()] == ["31.2%", "31.3%"]


def test_a_file_that_cannot_be_read(reference):
    with pytest.raises(Unreadable):
        importing.check(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old Excel")


def test_checking_reads_the_database_a_few_times_at_any_size(reference):
    counts = []
    for number in (1, 2, 200):
        content = csv_of(*(row(row=f"place-{n}") for n in range(number)))
        with CaptureQueriesContext(connection) as queries:
            importing.load(importing.check(content))
        counts.append(len([q for q in queries if q["sql"].startswith("SELECT")]))
    assert counts[1:] == [3, 3], "the periods, what is stored of the edition, whether it is apart"

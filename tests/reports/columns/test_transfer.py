"""Rows come from PostgreSQL's COPY as they come from a query."""

import pytest
from django.db import DatabaseError, transaction

from reports import facts
from reports.columns import keeping, transfer
from reports.models import MonthColumn
from tests.reports.explorer.test_cross import write

pytestmark = pytest.mark.django_db
NAMES = ("pk", "month", "name", "answers", "width", "codes")


def told(rows) -> list[tuple]:
    return [
        tuple(bytes(each) if isinstance(each, memoryview) else each for each in row) for row in rows
    ]


@pytest.mark.slow
def test_they_are_the_same(reference, both):
    write(1, 60)
    facts.rebuild()
    keeping.settle()
    rows = MonthColumn.objects.order_by("month", "name")
    assert rows.count() > 100
    for chosen in (rows, rows.filter(name="date"), rows.filter(month__year=1990), rows.none()):
        assert told(transfer.values_list(chosen, *NAMES)) == told(chosen.values_list(*NAMES))


@pytest.mark.parametrize(
    ("answers", "codes"),
    [
        ('["Қазақ: «тілі», \\\\ %s"]', b""),
        ("[]", bytes(range(256))),
        ("\t\n\\N", b"\x00\xff\xff\xff\\x00\n"),
        ("", bytes(3_000_000)),
    ],
    ids=["no bytes", "every byte", "like an end", "many"],
)
def test_whatever_they_say(answers, codes):
    MonthColumn.objects.create(
        month="2018-05-01", name="100 % of 'them'", answers=answers, width=1, codes=codes
    )
    rows = MonthColumn.objects.filter(name="100 % of 'them'")
    assert told(transfer.values_list(rows, "name", "answers", "codes")) == [
        ("100 % of 'them'", answers, codes)
    ]


def test_what_the_database_refuses_is_an_error_of_the_database(reference):
    rows = MonthColumn.objects.extra(where=["no_such_column = 1"])
    with pytest.raises(DatabaseError, match="no_such_column"), transaction.atomic():
        list(transfer.values_list(rows, "name"))

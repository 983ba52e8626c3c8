"""The product against the printed report of 2018: through import, facts and report, cell by cell.

``oracle`` computes the same tables a second time in plain Python; ``deviations.csv`` names every
printed cell that the cards cannot reproduce. The list must be exactly as long as the truth.
"""

from __future__ import annotations

import csv
import math
from fractions import Fraction
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

from tests.published import oracle, printed

pytestmark = pytest.mark.django_db

FIXTURES = settings.BASE_DIR / "fixtures" / "2018"
HERE = Path(__file__).parent


@pytest.fixture
def report(db):
    from monitoring import demo
    from reports import source

    call_command("prepare", verbosity=0)
    demo._cards()
    return source.gather("2018").report


def computed(report) -> dict[tuple[str, str, str, str], float | None]:
    return {
        (cell.key.table, cell.key.period, cell.key.row, cell.key.column): cell.value.value
        for cell in report.cells()
        if cell.source == "computed"
    }


@pytest.mark.slow
def test_every_value_equals_the_independent_computation(report):
    ours = computed(report)
    cards = oracle.read(FIXTURES / "cards.csv")
    outcomes = oracle.read(FIXTURES / "outcomes.csv")
    theirs = oracle.compute(cards, outcomes, oracle.Reference.load(), "2018")
    assert len(theirs) > 300
    wrong = {}
    for key, (value, _numerator, _denominator) in theirs.items():
        found = ours.get(key)
        if key[0] in ("7", "8") and value == 0 and key not in ours:
            continue  # the product lists the forms that occurred in the period or the last
        same = found == value or (
            found is not None
            and value is not None
            and math.isclose(found, float(value), rel_tol=1e-12)
        )
        if not same:
            wrong[key] = (found, value and float(value))
    assert wrong == {}


@pytest.mark.slow
def test_the_printed_cells_are_reproduced_or_listed(report):
    ours = computed(report)
    deviating = set()
    for row in printed_rows():
        key = (row["table"], row["period"], row["row"], row["column"])
        value = ours.get(key)
        exact = None if value is None else Fraction(value).limit_denominator(100_000)
        if row["period"] == "2018" and not printed.how_printed(row["printed"], exact):
            deviating.add(key)
    with (HERE / "deviations.csv").open(encoding="utf-8", newline="") as stream:
        listed = {
            (row["table"], row["period"], row["row"], row["column"])
            for row in csv.DictReader(stream)
        }
    assert deviating == listed


@pytest.mark.slow
def test_every_printed_cell_is_in_the_values_verbatim(report):
    ours = {
        (cell.key.table, cell.key.period, cell.key.row, cell.key.column): cell
        for cell in report.cells()
        if cell.source == "published"
    }
    rows = printed_rows()
    assert len(rows) == 583
    for row in rows:
        cell = ours[row["table"], row["period"], row["row"], row["column"]]
        assert cell.printed == row["printed"]
        assert cell.value.value == (float(row["value"]) if row["value"] else None)


def printed_rows() -> list[dict[str, str]]:
    with (FIXTURES / "published.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))

"""Every real contradiction of the printed report on 2018, and no false one: derived twice."""

from reports.reconcile import check
from tests.reports.derive import derive
from tests.reports.material import FIXTURES, periods_2018, published_2018

#: What only one of the two finds, and why. Nothing so far.
DIFFERENCES: dict[tuple[str, ...], str] = {}


def test_the_rules_find_what_a_second_derivation_finds():
    listed = {
        (each.table, each.period, each.row, each.column, each.rule, each.kind)
        for each in check(published_2018(), periods_2018())
    }
    derived = derive(FIXTURES / "2018" / "published.csv")
    assert {address for address in listed ^ derived if address not in DIFFERENCES} == set()
    assert len(listed) == 72

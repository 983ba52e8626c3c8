"""The rules by which printed figures are checked against each other.

Each takes the printed figures and yields findings; none knows a single report's numbers, and none
asks which year it is. Where a figure may rest on either of two that contradict each other, it is
enough that one bears it out: their own contradiction is listed where it stands.
"""

from collections.abc import Callable, Iterator

from reports.reconcile.printed import Printed
from reports.reconcile.rules.agreement import assemblies_behind, rows_missing, same
from reports.reconcile.rules.fractions import indices, means, shares
from reports.reconcile.rules.sums import hundred, most, parts, totals
from reports.reconcile.rules.whole import whole_numbers
from reports.types import Finding

CHECKS: tuple[Callable[[Printed], Iterator[Finding]], ...] = (
    totals,
    parts,
    most,
    hundred,
    whole_numbers,
    shares,
    indices,
    assemblies_behind,
    means,
    same,
    rows_missing,
)

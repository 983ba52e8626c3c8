"""From cards to facts: the only crossing from ``cards`` to the figures of the reports.

Facts are what all indicators need, per reporting place and month: how many counted cards gave
each answer, and sums of what was counted and measured. ``measures`` lists them, ``derive`` makes
them from cards, ``keep`` derives anew whatever changed, ``read`` gives a report its periods.
"""

from reports.facts.keep import Difference, add, rebuild, refresh, verify
from reports.facts.measures import MEASURES
from reports.facts.read import for_period, for_periods

__all__ = [
    "MEASURES",
    "Difference",
    "add",
    "for_period",
    "for_periods",
    "rebuild",
    "refresh",
    "verify",
]

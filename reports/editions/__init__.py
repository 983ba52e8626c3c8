"""Editions of a report: written, frozen, published, corrected.

``dataset`` writes down what a report is made from, ``assembling`` joins it with the analysts'
texts, ``drafting`` is the only writer of a draft, ``blocking`` says what keeps one from being
frozen, ``freezing`` writes everything after it, ``rebuilding`` makes the same files again. See
docs/decisions/016.
"""

from reports.models import Edition


def subject(edition: Edition) -> str:
    """How the history names an edition."""
    return f"edition/{edition.code}"

"""Checking and loading files of cards in tests, and what came of it."""

from __future__ import annotations

import pytest

from cards.files import importing
from cards.models import Card, NumberSequence
from tests.files import csv_of


def load(*rows, outcomes=(), user=None, **options) -> importing.Checked:
    """Check and load rows of cards, and of outcomes."""
    checked = importing.check(
        csv_of(*rows), csv_of(*outcomes) if outcomes else None, user=user, **options
    )
    assert said(checked) == []
    importing.load(checked, user=user)
    return checked


def said(checked) -> list[tuple]:
    """Sheet, line and column of every refusal."""
    return [(refusal.sheet, refusal.line, refusal.column) for refusal in checked.refusals]


def refused(*rows, **options) -> list[tuple]:
    """Line and column of every refusal of these rows of cards."""
    checked = importing.check(csv_of(*rows), **options)
    with pytest.raises(ValueError, match="refused"):
        importing.load(checked)
    assert Card.objects.count() == NumberSequence.objects.count() == 0
    return [(refusal.line, refusal.column) for refusal in checked.refusals]


def counts(tally) -> tuple:
    """Rows read, new, updated, unchanged and refused."""
    return tally.read, tally.new, tally.updated, tally.unchanged, tally.refused

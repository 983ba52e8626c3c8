"""A card on its way to the editors: what is looked at first, and what stands against it.

The same for the form in a browser and for what a device sends; who asks says what the person
accepted, and tells them what came of it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied, ValidationError

from cards import checks, duplicates, services, validators, workflow
from cards.checks import Check
from cards.duplicates import Candidate
from cards.models import Card
from cards.serialise import answers_of


@dataclass(slots=True)
class Looked:
    """``problems`` stand against submitting; ``warnings`` and ``twins`` ask for a second look.
    ``refusal``: what the workflow raised."""

    problems: list[validators.Problem]
    warnings: list[Check]
    twins: list[Candidate]
    refusal: ValidationError | PermissionDenied | None = None

    @property
    def codes(self) -> list[str]:
        """Codes of what asks for a second look, as the history keeps them."""
        return [warning.code for warning in self.warnings] + ["duplicate"] * bool(self.twins)


def look(card: Card, user) -> Looked:
    """Look at a card, stored or only composed; where something is missing at nothing else."""
    if problems := services.problems_of(card):
        return Looked(problems, [], [])
    return Looked([], checks.asked(answers_of(card)), duplicates.candidates(card, user))


def go_on(card: Card, looked: Looked, accepted: Collection[str], *, actor) -> Card:
    """Submit a stored card unless something stands against it; what is raised goes to ``looked``,
    so that what was saved in the same transaction stays."""
    if looked.problems or not set(looked.codes) <= set(accepted):
        return card
    try:
        return workflow.apply(card, "submit", actor=actor, warnings=looked.codes)
    except (ValidationError, PermissionDenied) as refusal:
        looked.refusal = refusal
        return card

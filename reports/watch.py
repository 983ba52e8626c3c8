"""What the reports tell of themselves to whoever runs the site."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from monitoring.operations import states, thresholds
from monitoring.operations.models import Kind
from monitoring.operations.repeated import age_state
from monitoring.operations.states import Finding


def register() -> None:
    """Called once, at start-up."""
    states.register("facts", _("Figures and cards agree"), _facts, group="safety")


def _facts() -> Finding:
    return age_state(
        Kind.VERIFY_FACTS,
        thresholds.FACTS_VERIFIED_AGE,
        never=_("They have not been compared on this server."),
        advice=_("Run the command “verify_facts”, then find out why the timer did not."),
        broken=_(
            "Figures and cards differ: find out who wrote to the database, then run the command "
            "“verify_facts --rebuild”."
        ),
    )

"""The state of what is done again and again: backups, proofs."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from monitoring.operations import record, states
from monitoring.operations.models import Kind
from monitoring.operations.states import Finding, Level, Text
from monitoring.operations.thresholds import Limits


def age_state(
    kind: Kind, limits: Limits, *, never: Text, advice: Text, broken: Text = ""
) -> Finding:
    """Whether it failed last, was never done, or how long ago it went well.

    ``advice``: what to do when it is late; ``broken``: when it failed, if that is something else.
    """
    found = record.last().get(kind, record.Last())
    if found.broken:
        return Finding(Level.ACT, _("The last attempt failed."), found.failed, broken or advice)
    level = states.level_of_age(found.done, limits)
    if found.done is None:
        return Finding(level, never, None, advice)
    text = _("Done.") if level == Level.ORDER else _("Too long ago.")
    return Finding(level, text, found.done, "" if level == Level.ORDER else advice)

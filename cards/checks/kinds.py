"""What a check is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from cards.validators import Answers


class Kind(StrEnum):
    """Why a check speaks."""

    IMPLAUSIBLE = "implausible"
    INCONSISTENT = "inconsistent"
    MISSING = "missing"
    SOURCE = "source"
    PRIVACY = "privacy"

    @property
    def label(self) -> str | Promise:
        return KIND_LABELS[self]


KIND_LABELS: dict[Kind, str | Promise] = {
    Kind.IMPLAUSIBLE: pgettext_lazy("quality check", "implausible"),
    Kind.INCONSISTENT: pgettext_lazy("quality check", "inconsistent"),
    Kind.MISSING: pgettext_lazy("quality check", "missing"),
    Kind.SOURCE: pgettext_lazy("quality check", "source"),
    Kind.PRIVACY: pgettext_lazy("quality check", "personal data"),
}


@dataclass(frozen=True, slots=True)
class Check:
    """``fields``: the answers that ``test`` looks at, the one to mend first. ``asks``: the monitor
    is asked before submitting, too."""

    code: str
    kind: Kind
    fields: tuple[str, ...]
    message: str | Promise
    test: Callable[[Answers], bool]
    asks: bool = False

    @property
    def field(self) -> str:
        """Where the flag stands on the card."""
        return self.fields[0]

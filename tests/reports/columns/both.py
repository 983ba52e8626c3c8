"""A view of the explorer answered twice: with the columns that are current, and by SQL alone."""

from __future__ import annotations

from typing import Any

from reports.columns import counting
from reports.explorer import query
from reports.explorer.cross import Cross
from reports.explorer.filters import ExplorerFilter
from reports.explorer.registers import Registers
from reports.explorer.spec import Spec


class Both:
    """``counted``: how often columns were counted, over all views."""

    def __init__(self, monkeypatch: Any) -> None:
        self.counted = 0

        def noting(*args: Any) -> Any:
            self.counted += 1
            return counting.counted(*args)

        monkeypatch.setattr(query, "counted", noting)

    def answers(self, spec: Spec, user: Any = None) -> tuple[Cross, Cross]:
        """By columns where they are current, and by cards alone."""
        chosen = ExplorerFilter(dict(spec.chosen), user)
        assert chosen.problems == [], spec
        asked = (spec.row_question, spec.column_question, spec.measured.quantity, Registers())
        return (
            query.cross(chosen.qs, *asked, chosen.condition),
            query.cross(chosen.qs, *asked),
        )

    def agree(self, spec: Spec, user: Any = None) -> bool:
        """Both have to give the same; whether columns were counted for it."""
        before = self.counted
        one, other = self.answers(spec, user)
        assert one == other, (spec, user)
        return self.counted > before

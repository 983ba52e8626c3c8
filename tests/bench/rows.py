"""What a measurement says, and where measurements are kept until a document is made of them."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
#: Every row that was measured last, in the order of its section.
KEPT = ROOT / "docs" / "performance.json"


@dataclass(frozen=True, slots=True)
class Row:
    """One thing measured on one engine.

    section: code of the module that measured it. what: in words, as the document prints them.
    cards: number in the database. engine: what did it, with its database ("Zhinalys, SQLite").
    seconds: median; None where something else was measured (then ``amount`` in ``unit``).
    ratio: to the baseline that ``against`` names, of the same run. limit: the ratio to reach (None:
    none), ``at_least`` or at most. note: what bounds it, or how it came about.
    """

    section: str
    what: str
    cards: int
    engine: str
    seconds: float | None = None
    ratio: float | None = None
    limit: float | None = None
    at_least: bool = False
    note: str = ""
    against: str = ""
    amount: float | None = None
    unit: str = ""

    @property
    def reached(self) -> bool | None:
        """Whether the limit is kept; None where there is none, or nothing to hold against it."""
        if self.limit is None or self.ratio is None:
            return None
        return self.ratio >= self.limit if self.at_least else self.ratio <= self.limit

    @property
    def key(self) -> tuple[str, str, int, str]:
        """What makes a later measurement of the same thing take its place."""
        return self.section, self.what, self.cards, self.engine


def read(path: Path = KEPT) -> list[Row]:
    """The rows kept; none where nothing was measured yet."""
    if not path.exists():
        return []
    return [Row(**each) for each in json.loads(path.read_text(encoding="utf-8"))["rows"]]


def about(path: Path = KEPT) -> dict[str, dict[str, str]]:
    """Section -> when, and on which processor and versions it was measured."""
    if not path.exists():
        return {}
    measured: dict[str, dict[str, str]] = json.loads(path.read_text(encoding="utf-8"))["measured"]
    return measured


def keep(rows: Iterable[Row], circumstances: dict[str, str], path: Path = KEPT) -> None:
    """Put rows in the place of earlier measurements of the same things; others stay."""
    new = {row.key: row for row in rows}
    kept = {row.key: row for row in read(path)} | new
    measured = about(path) | {row.section: circumstances for row in new.values()}
    told = {
        "measured": dict(sorted(measured.items())),
        "rows": [dataclasses.asdict(row) for row in kept.values()],
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")

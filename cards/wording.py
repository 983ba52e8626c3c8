"""Two versions of a text, word by word."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass

#: Shorter texts read better as a whole.
LONG = 40
#: Comparing takes words × words; beyond this the two are shown as they are.
MOST = 1_000_000
#: Less in common than this is another text, not a changed one.
ALIKE = 0.4
#: Unchanged words that stay on either side of a change.
AROUND = 6
_WORDS = re.compile(r"\s+|\w+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Piece:
    """``kind``: same, removed, added, or gap for unchanged words that are left out."""

    kind: str
    text: str


def pieces(before: str, after: str) -> tuple[Piece, ...]:
    """The way from ``before`` to ``after``; nothing for texts better shown side by side."""
    if len(before) < LONG or len(after) < LONG:
        return ()
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    if len(old) * len(new) > MOST:
        return ()
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    if matcher.ratio() < ALIKE:
        return ()
    found: list[Piece] = []
    steps = matcher.get_opcodes()
    for number, (step, start, end, new_start, new_end) in enumerate(steps):
        if step == "equal":
            found += _shortened(old[start:end], first=number == 0, last=number == len(steps) - 1)
            continue
        if end > start:
            found.append(Piece("removed", "".join(old[start:end])))
        if new_end > new_start:
            found.append(Piece("added", "".join(new[new_start:new_end])))
    return tuple(found)


def _shortened(words: list[str], *, first: bool, last: bool) -> list[Piece]:
    """Unchanged words, without those that are far from any change."""
    around = 2 * AROUND  # between two words stands a space
    head, tail = (0 if first else around), (0 if last else around)
    if len(words) <= head + tail + around:
        return [Piece("same", "".join(words))]
    left, right = words[:head], words[len(words) - tail :]
    parts = [Piece("same", "".join(left)), Piece("gap", "…"), Piece("same", "".join(right))]
    return [part for part in parts if part.text]

"""What belongs together on a line of paper. On the screen lines are reflowed, and a text that is
copied or searched is better off with plain spaces."""

from __future__ import annotations

import re

_NO_BREAK = "\u00a0"
_TIES = (
    # A number and what it counts or its share in brackets, the parts of a date.
    re.compile(r"(?<=\d) (?=[^\W\d_]|\([\d\W])"),
    # "№ 5", "art. 488".
    re.compile(r"(?<=№) (?=\d)"),
    re.compile(r"(?<=\b(?:ст|пп|No)\.) (?=\d)|(?<=\bart\.) (?=\d)"),
    # A dash ends a line and never begins one.
    re.compile(r" (?=[–—] )"),
    # Russian words of one letter lean on the next word.
    re.compile(r"(?<=\b[вкосуияаВКОСУИЯА]) (?=\w)"),
)


def tie(text: str) -> str:
    """The text with no-break spaces where a line may not end.

    >>> tie("5 января") == "5\\u00a0января"
    True
    """
    for pattern in _TIES:
        text = pattern.sub(_NO_BREAK, text)
    return text

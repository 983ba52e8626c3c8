"""The sentences of a text that use a reference."""

from __future__ import annotations

import re

from reports.prose.language import references

#: A sentence ends with its mark and a space, or with the line.
_END = re.compile(r"(?<=[.!?…])\s+(?=[^a-zа-яё])|\n+")


def sentences_with(text: str, inside: str) -> list[str]:
    """Every sentence that holds ``{{ inside }}``, in the order of the text."""
    return [
        sentence.strip()
        for sentence in _END.split(text)
        if any(found.inside == inside for found in references(sentence))
    ]

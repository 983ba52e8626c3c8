"""Filters of the pages on which editions are written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template

if TYPE_CHECKING:
    from reports.prose.values import Entry

register = template.Library()


@register.filter
def reference(entry: Entry) -> str:
    """A value as prose names it, with its braces."""
    from reports.wording import in_braces

    return in_braces(str(entry.address))

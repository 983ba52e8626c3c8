"""What a finding says of its figure, in a sentence: what is expected, and how it can be mended."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from django.utils.translation import gettext_lazy as _

from reports.numbers import NOTHING, decimals_of
from reports.reconcile.amounts import BRACKETS
from reports.reconcile.mending import rewritten
from reports.types import Finding, Key, Text
from reports.wording import Number, say, written


class Naming(Protocol):
    """What gives addresses their names."""

    def where(self, key: Key) -> Text:
        """The whole address in words."""

    def table(self, table: str) -> Text:
        """The table in words."""


def way(finding: Finding, names: Naming) -> Text:
    """How to mend it: one sentence for each rule and case."""
    if finding.kind == "rounding" and finding.expected is not None and finding.rule != "hundred":
        return say(
            _(
                "Exactly it is %(exact)s, so it reads %(reads)s: the figure was cut off or rounded"
                " the wrong way."
            ),
            exact=exactly(finding),
            reads=should_read(finding),
        )
    return say(_sentence(finding), **_values(finding, names))


def _sentence(finding: Finding) -> Text:
    if finding.rule in ("total", "parts", "hundred") and of_a_column(finding):
        return _COLUMNS[finding.rule]
    return _SENTENCES[finding.rule]


def of_a_column(finding: Finding) -> bool:
    """Whether it tells what a column adds up to, not what a cell prints."""
    if finding.rule in ("hundred", "whole_numbers"):
        return finding.table != "text"
    return (finding.rule, finding.table) in (("total", "8"), ("parts", "topics"))


_SENTENCES: Mapping[str, Text] = {
    "total": _(
        "The rows add up to %(reads)s, %(printed)s is printed: either the total should read"
        " %(reads)s, or the rows are off by %(off)s."
    ),
    "parts": _(
        "The parts come to %(reads)s, %(printed)s is printed: either this should read %(reads)s,"
        " or a part is off by %(off)s."
    ),
    "most": _(
        "%(printed)s is printed, %(reads)s is the most that %(other)s leaves: one of the two has"
        " to be corrected."
    ),
    "hundred": _(
        "The other shares of the same whole leave %(reads)s at most, %(printed)s is printed:"
        " a number may stand where its share belongs."
    ),
    "whole_numbers": _(
        "No number of assemblies up to that of %(other)s gives these shares: they were taken of"
        " another number, or one of them is wrong."
    ),
    **dict.fromkeys(
        ("share", "index", "mean"),
        _(
            "It comes to %(exact)s, so it should read %(reads)s; or one of the figures that it is"
            " taken of is wrong."
        ),
    ),
    "index_without_assemblies": _(
        "No assemblies are printed here: either a dash belongs in place of %(printed)s, or the"
        " assemblies are missing from table 2."
    ),
    "assemblies_without_index": _(
        "%(other)s prints assemblies: the index is missing and should read %(reads)s, or a dash"
        " belongs there."
    ),
    "same": _(
        "%(other)s gives %(reads)s for the same quantity, here %(printed)s is printed: one of the"
        " two has to be corrected."
    ),
    "row_missing": _(
        "%(other)s is printed, but here the row is missing: add it, or a dash belongs there."
    ),
    "editions": _(
        "An earlier report printed %(reads)s, this one %(printed)s: say which holds, and that the"
        " other was corrected."
    ),
    "computed": _(
        "The cards give %(reads)s, %(printed)s is printed: correct the figure, or look for cards"
        " that are missing or too many."
    ),
}

_COLUMNS: Mapping[str, Text] = {
    **dict.fromkeys(
        ("total", "parts"),
        _(
            "The rows add up to %(printed)s, but %(other)s is printed as %(reads)s: a row is off"
            " by %(off)s, or that figure is."
        ),
    ),
    "hundred": _(
        "The shares add up to %(printed)s %%: one of them is off by %(off)s, an answer is counted"
        " twice, or a row is missing."
    ),
}


def _values(finding: Finding, names: Naming) -> dict[str, Text]:
    off = finding.difference
    other: Text = names.where(finding.basis[-1]) if finding.basis else names.table(finding.table)
    return {
        "printed": finding.printed or _("nothing"),
        "reads": should_read(finding),
        "exact": exactly(finding),
        "off": _number(finding, abs(off), decimals_of(finding.printed)) if off is not None else "",
        "other": other,
    }


def should_read(finding: Finding) -> Text:
    """What is expected, as it would be printed: with the places of what is printed."""
    if finding.rule == "index_without_assemblies":
        return NOTHING
    bracket = BRACKETS.search(finding.printed)
    if finding.rule == "share" and bracket:
        share = written(Number(finding.expected, "percent", decimals_of(bracket[2])))
        return say("%(number)s(%(share)s)", number=finding.printed[: bracket.start()], share=share)
    expected = finding.expected
    if expected is None:
        return ""
    if not any(sign.isdigit() for sign in finding.printed):
        return _number(finding, expected, 2)
    if of_a_column(finding) and float(expected).is_integer():
        return str(int(expected))
    return rewritten(finding.printed, expected, None)


def exactly(finding: Finding) -> Text:
    """What is expected, two places finer than what is printed."""
    return _number(finding, finding.expected, min(decimals_of(finding.printed) + 2, 4))


def _number(finding: Finding, value: float | None, places: int) -> Text:
    """A number like the one that is printed, with its sign; a whole one is told without places."""
    if value is None:
        return ""
    share = "%" in finding.printed.split("(")[0]
    places = 0 if float(value).is_integer() and not share else places
    return written(Number(value, "percent" if share else "count", places))

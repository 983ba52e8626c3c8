"""Who came and warned, and how many police there were."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from reports.narrative.story import (
    Story,
    compared,
    highest,
    labels,
    not_known,
    paragraph,
    range_of,
    whole,
)
from reports.types import TOTAL, Row, Text
from reports.wording import in_words, of, say

_PRESENT = ngettext_lazy(
    "%(who)s: present at %(n)s assembly.", "%(who)s: present at %(n)s assemblies.", "count"
)
_WARNED = ngettext_lazy(
    "A warning was given at %(n)s assembly.", "A warning was given at %(n)s assemblies.", "count"
)


def presence(story: Story) -> list[Text]:
    """One paragraph for each authority."""
    return [
        _of_body(story, row)
        for row in story.rows("13")
        if story.period.basis == "cards" or any(cell is not None for cell in row.cells)
    ]


def _of_body(story: Story, row: Row) -> Text:
    present = story.cell("13", row.code, "present")
    warned = story.cell("13", row.code, "warned")
    if present is None:
        first = say(_("%(who)s: it is not known whether they were present."), who=row.label)
    else:
        text = say(_PRESENT, count=whole(present), who=row.label, n=of(present))
        first = paragraph(text, not_known(present))
    if warned is None:
        return paragraph(first, _("It is not known whether they warned the participants."))
    text = say(_WARNED, count=whole(warned), n=of(warned))
    return paragraph(first, text, not_known(warned))


def police(story: Story) -> list[Text]:
    """How many officers there were in all and at an assembly."""
    total, mean = story.text("police"), story.text("mean_police")
    if total is None:
        text = _("How many police officers were at the assemblies is not known.")
        return [story.if_asked(text)]
    sum_of_all = say(
        ngettext_lazy(
            "Monitors counted %(n)s police officer at the assemblies.",
            "Monitors counted %(n)s police officers at the assemblies.",
            "count",
        ),
        count=whole(total),
        n=of(total),
    )
    average: Text = ""
    if mean is not None:
        average = say(_("On average an assembly had %(mean)s of them."), mean=of(mean))
    hidden = _(
        "Plain-clothes officers, and those who waited out of sight, are not always in these"
        " numbers."
    )
    return [paragraph(sum_of_all, not_known(total), range_of(total), average, hidden)]


def police_control(story: Story) -> list[Text]:
    """What the index is, its value, its range, and where it is highest."""
    column = "police_control_index"
    now = story.cell("15", TOTAL, column)
    about = _(
        "The police-control index is the number of police officers for each participant, over all"
        " assemblies at which both were counted."
    )
    if now is None:
        none = story.if_asked(_("It cannot be computed for this period."))
        return [paragraph(about, none)]
    value = say(
        _("In %(period)s the index is %(index)s."), period=in_words(story.period), index=of(now)
    )
    median = story.text("median_police_per_participant")
    middle: Text = ""
    if median is not None:
        text = _("The median of the single assemblies is %(median)s.")
        middle = say(text, median=of(median))
    top, most = highest(story.places("14"), 2)
    where: Text = ""
    if most is not None:
        text = _("The index is highest in: %(places)s (%(index)s).")
        where = say(text, places=labels(top), index=of(most))
    change = compared(story, now, story.before("15", TOTAL, column))
    return [
        paragraph(about, value, not_known(now), range_of(now), change),
        paragraph(middle, where),
    ]

"""Applications for a permit that never became an assembly."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from reports.narrative.permits import answered_late
from reports.narrative.story import Story, paragraph, whole
from reports.types import TOTAL, Cell, Text
from reports.wording import count, in_words, of, say


def applications(story: Story) -> list[Text]:
    """How many there were, how the authorities decided, how soon, and who went on."""
    if not story.tables["applications"]:
        return []
    every = story.cell("applications", TOTAL, "applications")
    if every is None:
        return []
    n = whole(every)
    first = say(
        ngettext_lazy(
            "In %(period)s monitors recorded %(n)s application for a permit that never became an"
            " assembly. It is in none of the other tables.",
            "In %(period)s monitors recorded %(n)s applications for a permit that never became an"
            " assembly. They are in none of the other tables.",
            "count",
        ),
        period=in_words(story.period),
        count=n,
        n=of(every),
    )
    told = [_decision(story, column, message, n) for column, message in _DECISIONS]
    return [paragraph(first, *told), paragraph(*_answers(story), _appeals(story))]


_DECISIONS: tuple[tuple[str, Text], ...] = (
    (
        "refused",
        ngettext_lazy(
            "%(n)s application was refused.", "%(n)s applications were refused.", "count"
        ),
    ),
    (
        "no_answer",
        ngettext_lazy(
            "%(n)s application was left without an answer.",
            "%(n)s applications were left without an answer.",
            "count",
        ),
    ),
    (
        "other_place",
        ngettext_lazy(
            "For %(n)s application another place or time was offered.",
            "For %(n)s applications another place or time was offered.",
            "count",
        ),
    ),
    (
        "permitted",
        ngettext_lazy(
            "%(n)s application was permitted.", "%(n)s applications were permitted.", "count"
        ),
    ),
)


def _decision(story: Story, column: str, message: Text, every: int) -> Text:
    cell = story.cell("applications", TOTAL, column)
    n = whole(cell)
    if cell is None or not n:
        return ""
    if column == "refused" and n == every > 1:
        return _("All of them were refused.")
    return say(message, count=n, n=of(cell))


def _answers(story: Story) -> list[Text]:
    days = story.cell("applications", TOTAL, "mean_days")
    late = story.cell("applications", TOTAL, "answered_late")
    if days is None or late is None or not days.value.n:
        return [_("Of none of them is the day of the answer known.")]
    n = days.value.n
    return [
        say(
            ngettext_lazy(
                "Of %(n)s application the day of the answer is known; it took %(days)s days.",
                "Of %(n)s applications the day of the answer is known; it took %(days)s days on"
                " average.",
                "count",
            ),
            count=n,
            n=count(n),
            days=of(days),
        ),
        answered_late(story, late),
    ]


def _appeals(story: Story) -> Text:
    appealed: Cell | None = story.cell("applications", TOTAL, "appealed")
    n = whole(appealed)
    if appealed is None or not n:
        return ""
    return say(
        ngettext_lazy(
            "An appeal was lodged over %(n)s application.",
            "Appeals were lodged over %(n)s applications.",
            "count",
        ),
        count=n,
        n=of(appealed),
    )

"""General statistics, and the main figures at the end."""

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
from reports.numbers import round_half_up
from reports.types import TOTAL, Cell, Text
from reports.wording import in_words, of, say


def participants(story: Story) -> list[Text]:
    """How many people took part, in all and on average."""
    total = story.cell("18", TOTAL, "participants")
    mean = story.cell("18", TOTAL, "mean_participants")
    if total is None:
        text = _("How many people took part in the assemblies is not known.")
        return [story.if_asked(text)]
    people = say(
        ngettext_lazy(
            "%(n)s person took part in the assemblies.",
            "%(n)s people took part in the assemblies.",
            "count",
        ),
        count=whole(total),
        n=of(total),
    )
    average: Text = ""
    if mean is not None:
        average = say(_("On average an assembly had %(mean)s participants."), mean=of(mean))
    top, most = highest(story.places("18"), 0)
    where: Text = ""
    if most is not None:
        where = say(_("Most took part in: %(places)s (%(n)s)."), places=labels(top), n=of(most))
    return [paragraph(people, not_known(total), range_of(total), average, where)]


def duration(story: Story) -> list[Text]:
    """How long assemblies lasted."""
    column = "mean_duration"
    now, before = story.cell("19", TOTAL, column), story.before("19", TOTAL, column)
    if now is None:
        return [story.if_asked(_("How long the assemblies lasted is not known."))]
    average = say(
        ngettext_lazy(
            "An assembly lasted %(n)s minute on average.",
            "An assembly lasted %(n)s minutes on average.",
            "count",
        ),
        # The noun follows the number that is read, which is the rounded one.
        count=int(round_half_up(now.value.value or 0, 0)),
        n=of(now),
    )
    columns = [each.code for each in story.tables["19"].columns]
    where: Text = ""
    if story.period.code in columns:
        top, most = highest(story.places("19"), columns.index(story.period.code))
        if most is not None:
            text = _("They lasted longest in: %(places)s (%(n)s).")
            where = say(text, places=labels(top), n=of(most))
    return [paragraph(average, not_known(now), compared(story, now, before), where)]


#: The main figures of a report: their name and where they stand.
MAIN: tuple[tuple[Text, str, str], ...] = (
    (_("Assemblies"), "2", "assemblies"),
    (_("Rally activity index, assemblies per month"), "3", "rally_activity_index"),
    (_("Law-abidance index"), "12", "law_abidance_index"),
    (_("Police-control index, officers per participant"), "15", "police_control_index"),
    (_("Assemblies with detentions"), "text", "assemblies_with_detentions"),
    (_("People detained"), "text", "detained"),
    (_("People convicted"), "court", "convicted"),
    (_("Unsanctioned assemblies that reached court"), "17", "unsanctioned_reaching_court"),
    (_("Participants"), "text", "participants"),
)


def main_figures(story: Story) -> tuple[Text, list[Text]]:
    """A heading sentence and one line for each main figure, beside the period before."""
    lines: list[Text] = []
    for label, table, column in MAIN:
        now, before = story.cell(table, TOTAL, column), story.before(table, TOTAL, column)
        if now is not None:
            lines.append(_line(story, label, now, before))
    heading = say(_("The main figures of %(period)s:"), period=in_words(story.period))
    return heading, lines


def _line(story: Story, label: Text, now: Cell, before: Cell | None) -> Text:
    previous = story.context.previous
    if before is None or previous is None:
        return say(_("%(name)s: %(now)s"), name=label, now=of(now))
    return say(
        _("%(name)s: %(now)s (%(previous)s: %(before)s)"),
        name=label,
        now=of(now),
        previous=previous.name,
        before=of(before),
    )

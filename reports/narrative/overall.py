"""Overall results and activity: how many assemblies, where, and since when."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from reports.narrative.story import Story, compared, highest, labels, number, paragraph, whole
from reports.types import TOTAL, Text
from reports.wording import count, in_words, listed, of, say


def assemblies(story: Story) -> list[Text]:
    """How many there were, in how many places, and against the period before."""
    name = in_words(story.period)
    total = story.cell("2", TOTAL, "assemblies")
    if total is None:
        text = _("How many assemblies there were in %(period)s is not known.")
        return [say(text, period=name)]
    n, places = whole(total), len(story.rows("1"))
    if not n:
        none = say(_("In %(period)s monitors recorded no assembly."), period=name)
        return [paragraph(none, _change(story))]
    if not places:
        recorded = say(
            ngettext_lazy(
                "In %(period)s monitors recorded %(n)s assembly.",
                "In %(period)s monitors recorded %(n)s assemblies.",
                "count",
            ),
            count=n,
            period=name,
            n=of(total),
        )
        return [paragraph(recorded, _change(story))]
    recorded = say(
        ngettext_lazy(
            "In %(period)s monitors recorded %(n)s assembly %(places)s.",
            "In %(period)s monitors recorded %(n)s assemblies %(places)s.",
            "count",
        ),
        count=n,
        period=name,
        n=of(total),
        places=say(
            ngettext_lazy("in %(n)s place", "in %(n)s places", "count"),
            count=places,
            n=count(places),
        ),
    )
    return [paragraph(recorded, _change(story))]


def _change(story: Story) -> Text:
    now, before = story.cell("2", TOTAL, "assemblies"), story.before("2", TOTAL, "assemblies")
    return compared(story, now, before)


def order_of_places(story: Story) -> list[Text]:
    """Who comes first, who next, and where there was nothing."""
    rows = story.places("1")
    top, most = highest(rows, 0)
    sentences: list[Text] = []
    if most is not None:
        share = top[0].cells[1]
        sentences.append(
            say(
                ngettext_lazy(
                    "First comes %(places)s: %(n)s assembly, %(share)s of all.",
                    "First comes %(places)s: %(n)s assemblies, %(share)s of all.",
                    "count",
                )
                if len(top) == 1
                else ngettext_lazy(
                    "First come %(places)s with %(n)s assembly each, %(share)s of all.",
                    "First come %(places)s with %(n)s assemblies each, %(share)s of all.",
                    "count",
                ),
                count=whole(most),
                places=labels(top),
                n=of(most),
                share=of(share) if share is not None else "",
            )
        )
        sentences.append(_next_places(story, len(top)))
    sentences.append(_without(story))
    return [paragraph(*sentences)]


def _next_places(story: Story, after: int) -> Text:
    """The second and third, if each stands alone and rests on more than one assembly."""
    rest = story.rows("1")[after:]
    named: list[Text] = []
    for row in rest[:2]:
        cell = row.cells[0]
        level = [other for other in rest if number(other.cells[0]) == number(cell)]
        if cell is None or len(level) > 1 or number(cell) <= 1:
            break
        named.append(say(_("%(place)s (%(n)s)"), place=row.label, n=of(cell)))
    return say(_("Next: %(places)s."), places=listed(named)) if named else ""


def _without(story: Story) -> Text:
    cell = story.text("places_without_assemblies")
    n, monitored = whole(cell), cell.value.denominator if cell is not None else 0
    if not n or not monitored or n == monitored:
        return ""
    return say(
        ngettext_lazy(
            "Of the monitored places (%(monitored)s) %(n)s had no assembly.",
            "Of the monitored places (%(monitored)s) %(n)s had no assembly.",
            "count",
        ),
        count=n,
        n=count(n),
        monitored=count(monitored),
    )


def periods(story: Story) -> list[Text]:
    """The period with most and the one with fewest assemblies, of all that are known."""
    table = story.tables["2"]
    total = table.rows[-1]
    known = [
        (column.title, cell)
        for column, cell in zip(table.columns, total.cells, strict=True)
        if cell is not None and cell.value
    ]
    if len(known) < 3:
        return []
    ends = []
    for pick in (max, min):
        value = pick(number(cell) for _title, cell in known)
        ends.append([(title, cell) for title, cell in known if number(cell) == value])
    most, fewest = ends
    if number(most[0][1]) == number(fewest[0][1]):
        return []
    return [
        say(
            _(
                "Of the periods in the table most assemblies were recorded in %(most)s (%(top)s),"
                " fewest in %(fewest)s (%(bottom)s). The periods are not all equally long; the"
                " index in the next chapter takes that into account."
            ),
            most=listed(title for title, _cell in most),
            top=of(most[0][1]),
            fewest=listed(title for title, _cell in fewest),
            bottom=of(fewest[0][1]),
        )
    ]


def activity(story: Story) -> list[Text]:
    """What the index is, its value, and where it is highest."""
    column = "rally_activity_index"
    now, before = story.cell("3", TOTAL, column), story.before("3", TOTAL, column)
    about = _(
        "The rally activity index is the number of assemblies in a month of monitoring. It makes"
        " places and periods comparable that were monitored for unequal times."
    )
    if now is None:
        none = say(
            _("For %(period)s there is no index: no month was covered."),
            period=in_words(story.period),
        )
        return [paragraph(about, none)]
    average = say(
        _("In %(period)s there were %(index)s assemblies a month on average."),
        period=in_words(story.period),
        index=of(now),
    )
    return [paragraph(about, average, compared(story, now, before)), _most_active(story)]


def _most_active(story: Story) -> Text:
    table = story.tables["3"]
    top, most = highest(story.places("3"), len(table.columns) - 1)
    if most is None:
        return ""
    return say(
        _("The index is highest in: %(places)s (%(index)s)."), places=labels(top), index=of(most)
    )

"""Permits: how many assemblies had one, and why others did not ask."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from reports.legal import time_for_an_answer, words
from reports.narrative.story import (
    Story,
    common_names,
    compared,
    highest,
    labels,
    not_known,
    paragraph,
    whole,
)
from reports.types import TOTAL, Cell, Text
from reports.wording import count, in_words, of, percent, say


def unsanctioned(story: Story) -> list[Text]:
    """How many assemblies had no permit."""
    share, told = story.cell("9", TOTAL, "unsanctioned_share"), words(story.context.terms)
    if share is None:
        return [story.if_asked(told.not_known)]
    value = share.value
    if value.numerator is None or value.denominator is None:
        first = say(told.unsanctioned_share, share=of(share))
    else:
        first = say(
            told.unsanctioned,
            count=int(value.denominator),
            of=count(value.denominator),
            n=count(value.numerator),
            share=of(share),
        )
    before = story.before("9", TOTAL, "unsanctioned_share")
    return [paragraph(first, _outside(story), compared(story, share, before))]


def _outside(story: Story) -> Text:
    share = story.cell("9", TOTAL, "unsanctioned_share")
    unknown = (share.value.unknown or 0) if share is not None else 0
    if not unknown:
        return ""
    return say(words(story.context.terms).outside, count=unknown, n=count(unknown))


def earlier_shares(story: Story) -> list[Text]:
    """Where figure 6 takes periods from that table 9 lacks."""
    nines = {column.code for column in story.tables["9"].columns}
    if all(column.code in nines for column in story.tables["12"].columns):
        return []
    return [
        say(
            _(
                "For periods of which only the law-abidance index was printed (table 12) the figure"
                " shows what the index leaves of %(all)s."
            ),
            all=percent(100, 0),
        )
    ]


def consequences(story: Story) -> list[Text]:
    """What followed: obstruction, detentions, court, or nothing."""
    sentences = [
        _number_of(story, "police_obstructed", _OBSTRUCTED),
        _number_of(story, "assemblies_with_detentions", _DETAINED),
        _number_of(story, "in_court", _IN_COURT),
        _number_of(story, "assemblies_without_consequences", _NOTHING),
    ]
    return [paragraph(*sentences)]


_OBSTRUCTED = ngettext_lazy(
    "The police obstructed %(n)s assembly.", "The police obstructed %(n)s assemblies.", "count"
)
_DETAINED = ngettext_lazy(
    "%(n)s assembly led to detentions.", "%(n)s assemblies led to detentions.", "count"
)
_IN_COURT = ngettext_lazy(
    "%(n)s assembly led to a case in court.", "%(n)s assemblies led to a case in court.", "count"
)
_NOTHING = ngettext_lazy(
    "%(n)s assembly remained without detentions and without a case in court.",
    "%(n)s assemblies remained without detentions and without a case in court.",
    "count",
)


def _number_of(story: Story, column: str, message: Text) -> Text:
    cell = story.text(column)
    if cell is None:
        return ""
    return paragraph(say(message, count=whole(cell), n=of(cell)), not_known(cell))


def answers(story: Story) -> list[Text]:
    """How long the authorities took to answer."""
    days, late = story.text("mean_answer_days"), story.text("answers_late")
    if days is None or late is None or not days.value.n:
        return []
    n = days.value.n
    return [
        paragraph(
            say(
                ngettext_lazy(
                    "To %(n)s application the day of the answer is known; it took %(days)s days.",
                    "To %(n)s applications the day of the answer is known; it took %(days)s days on"
                    " average.",
                    "count",
                ),
                count=n,
                n=count(n),
                days=of(days),
            ),
            answered_late(story, late),
        )
    ]


def answered_late(story: Story, late: Cell) -> Text:
    """How many answers came later than the law allows, which is named where it is one time."""
    terms = story.context.terms
    if terms.days is None:
        message = ngettext_lazy(
            "%(n)s answer came later than the law allows.",
            "%(n)s answers came later than the law allows.",
            "count",
        )
        return say(message, count=whole(late), n=of(late))
    message = ngettext_lazy(
        "%(n)s answer came later than after %(after)s.",
        "%(n)s answers came later than after %(after)s.",
        "count",
    )
    return say(message, count=whole(late), n=of(late), **time_for_an_answer(terms.days))


def reasons(story: Story) -> list[Text]:
    """For how many assemblies no permit was sought, and the reason most given."""
    rows, told = story.rows("10"), words(story.context.terms)
    first = story.cell("10", rows[0].code, "share")
    if first is None:
        return [story.if_asked(told.none_asked)]
    sentences: list[Text] = []
    if first.value.denominator is not None:
        n = int(first.value.denominator)
        sentences.append(say(told.asked_nobody, count=n, n=count(n)))
    last = len(story.tables["10"].columns) - 1
    given = [row for row in rows if row.code != "unknown"]
    top, most = highest(given, last)
    if most is not None:
        text = _("The reason given most often: %(reasons)s (%(share)s).")
        sentences.append(say(text, reasons=common_names(top), share=of(most)))
    unknown = story.cell("10", "unknown", "share")
    if unknown is not None and unknown.value.value:
        text = _("In %(share)s of the cases the reason is not known.")
        sentences.append(say(text, share=of(unknown)))
    return [paragraph(*sentences)]


def law_abidance(story: Story) -> list[Text]:
    """What the index is and what it came to."""
    column = "law_abidance_index"
    now, before = story.cell("12", TOTAL, column), story.before("12", TOTAL, column)
    about = words(story.context.terms).index
    if now is None:
        none = story.if_asked(_("It cannot be computed for this period."))
        return [paragraph(say(about, all=percent(100, 0)), none)]
    value = say(
        _("In %(period)s the index is %(index)s."), period=in_words(story.period), index=of(now)
    )
    top, most = highest(story.places("11"), 3)
    highest_place: Text = ""
    if most is not None:
        text = _("The index is highest in: %(places)s (%(index)s).")
        highest_place = say(text, places=labels(top), index=of(most))
    return [
        paragraph(say(about, all=percent(100, 0)), value, compared(story, now, before)),
        highest_place,
    ]

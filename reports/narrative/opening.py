"""Introduction: what was monitored, how, and how far."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from reports.narrative.story import Story, paragraph
from reports.tables.context import name
from reports.types import Text
from reports.wording import Day, count, in_words, listed, of, say


def introduction(story: Story) -> list[Text]:
    """Period, method, what counts, coverage and sources."""
    return [
        paragraph(_period(story), _region(story), _NOT_ALL),
        _METHOD,
        _COUNTED,
        paragraph(_coverage(story), _direct(story)),
        _earlier(story),
    ]


_NOT_ALL = _("The monitors may not have learned of every assembly that took place.")
_METHOD = _(
    "A monitor goes to the assembly and enters into a standard observation card where it takes"
    " place, how many people take part, how long it lasts, what they carry, who comes on behalf of"
    " the authorities and what the police do. Where nobody could be present the card is filled in"
    " from media, social networks or participants. After detentions the monitor follows the cases"
    " in court. An editor checks every card; only approved cards count."
)
_COUNTED = _(
    "Counted are assemblies that were held, and those that were cut short: people had gathered and"
    " were dispersed before they could speak or unfold a placard. Actions at which nobody gathered"
    " because people had been detained on the way or at home are recorded and reported apart from"
    " the tables. What is not known is never taken as zero: it leaves numerator and denominator,"
    " and each table says of how many assemblies that is true."
)


def _period(story: Story) -> Text:
    period = story.period
    if period.start is None or period.end is None:
        return say(
            _("This report rests on the monitoring of freedom of peaceful assembly in %(period)s."),
            period=in_words(period),
        )
    return say(
        _(
            "This report rests on the monitoring of freedom of peaceful assembly from %(start)s to"
            " %(end)s."
        ),
        start=Day(period.start),
        end=Day(period.end),
    )


def _region(story: Story) -> Text:
    region = story.context.region
    if region is None:
        return ""
    about = say(
        _(
            "It is about one region: %(region)s. Every figure in it is of assemblies in the cities"
            " that lie there today, in all periods; figures of the whole country are in the report"
            " on the country."
        ),
        region=region.name,
    )
    if not region.parts:
        return about
    names = [name(story.context.vocabulary.places, place) for place in region.parts]
    text = _("Of this place only the cities of the region are counted: %(places)s.")
    return paragraph(about, say(text, places=listed(names)))


def _coverage(story: Story) -> Text:
    covered = [months for months in story.context.own.covered.values() if months]
    if not covered:
        return ""
    n = len(covered)
    throughout = sum(months >= story.period.months for months in covered)
    monitored = say(
        ngettext_lazy("%(n)s place was monitored.", "%(n)s places were monitored.", "count"),
        count=n,
        n=count(n),
    )
    if throughout == n:
        return paragraph(monitored, _("The monitoring covered the whole period everywhere."))
    if not throughout:
        return paragraph(monitored, _("The monitoring covered only a part of the period."))
    part = say(
        ngettext_lazy(
            "The monitoring covered the whole period in %(n)s place, in the others only a part.",
            "The monitoring covered the whole period in %(n)s places, in the others only a part.",
            "count",
        ),
        count=throughout,
        n=count(throughout),
    )
    return paragraph(monitored, part)


def _direct(story: Story) -> Text:
    share = story.text("direct_share")
    if share is None or share.value.numerator is None:
        return ""
    seen = int(share.value.numerator)
    return say(
        ngettext_lazy(
            "At %(n)s of the counted assemblies (%(share)s) a monitor was present.",
            "At %(n)s of the counted assemblies (%(share)s) a monitor was present.",
            "count",
        ),
        count=seen,
        n=count(seen),
        share=of(share),
    )


def _earlier(story: Story) -> Text:
    if not any(period.basis == "published" for period in story.context.periods):
        return ""
    return _(
        "Figures of periods whose cards are not kept here come from earlier reports, as they were"
        " printed there, and are marked. Where they contradict each other the annex says so."
    )

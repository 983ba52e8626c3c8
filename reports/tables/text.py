"""What the text of a report states beside its tables, as a table of its own."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from reports.indicators import (
    activity,
    authorities,
    character,
    courts,
    detentions,
    permits,
    statistics,
)
from reports.tables.context import Context, name
from reports.types import TOTAL, Column, Indicator, Row, Table, Text
from reports.wording import in_words, say

ARTICLES: tuple[tuple[str, Text], ...] = (
    ("koap_488", _("People with a case under art. 488 of the Code on Administrative Offences")),
    ("koap_434", _("People with a case under art. 434 of the Code on Administrative Offences")),
    ("koap_667", _("People with a case under art. 667 of the Code on Administrative Offences")),
    ("koap_other", _("People with a case under another article on administrative offences")),
    ("uk_400", _("People with a case under art. 400 of the Criminal Code")),
    ("uk_other", _("People with a case under another article of the Criminal Code")),
)

#: Articles that the reports follow place by place: the column's beginning and its label.
CONVICTED_BY_PLACE: tuple[tuple[str, str, Text], ...] = (
    ("koap_434", "convicted_hooliganism", _("Convicted of hooliganism: %(place)s")),
    ("koap_667", "convicted_disobedience", _("Convicted of disobedience: %(place)s")),
)


@dataclass(frozen=True)
class Quantity:
    """A quantity of the text: its column, what computes it, and how it is called."""

    column: str
    indicator: Indicator
    label: Text = ""
    category: str = ""
    place: str = TOTAL


#: In the order of the chapters. The columns of the report on 2018 keep their codes.
QUANTITIES: tuple[Quantity, ...] = (
    Quantity("direct_share", statistics.DIRECT_SHARE),
    Quantity("places_without_assemblies", activity.PLACES_WITHOUT_ASSEMBLIES),
    Quantity(
        "organiser_spontaneous",
        character.ORGANISER_SHARE,
        _("Share of assemblies by spontaneous groups"),
        "spontaneous_group",
    ),
    Quantity(
        "organiser_individual",
        character.ORGANISER_SHARE,
        _("Share of assemblies by individuals"),
        "individual",
    ),
    Quantity("unsanctioned", permits.UNSANCTIONED),
    Quantity("mean_answer_days", permits.MEAN_ANSWER_DAYS),
    Quantity("answers_late", permits.ANSWERS_LATE),
    Quantity("answers_late_share", permits.ANSWERS_LATE_SHARE),
    Quantity("police_obstructed", authorities.POLICE_OBSTRUCTED),
    Quantity("police", authorities.POLICE),
    Quantity("mean_police", authorities.MEAN_POLICE),
    Quantity("median_police_per_participant", authorities.MEDIAN_POLICE_PER_PARTICIPANT),
    Quantity("assemblies_with_detentions", detentions.ASSEMBLIES_WITH_DETENTIONS),
    Quantity("assemblies_ending_in_detention", detentions.ASSEMBLIES_ENDING_IN_DETENTION),
    Quantity("assemblies_without_consequences", detentions.ASSEMBLIES_WITHOUT_CONSEQUENCES),
    Quantity("detained", detentions.DETAINED),
    Quantity("detained_share_of_participants", detentions.DETAINED_SHARE_OF_PARTICIPANTS),
    Quantity("detained_before", detentions.DETAINED_BEFORE),
    Quantity("detained_minors", detentions.DETAINED_MINORS),
    Quantity("released_without_report", detentions.RELEASED_WITHOUT_REPORT),
    Quantity("injured", detentions.INJURED),
    Quantity("arbitrary_share", detentions.ARBITRARY_SHARE),
    Quantity("prevented_assemblies", detentions.PREVENTED_ASSEMBLIES),
    Quantity("prevented_detained", detentions.PREVENTED_DETAINED),
    Quantity("prevented_convicted", detentions.PREVENTED_CONVICTED),
    Quantity("in_court", courts.IN_COURT),
    Quantity("reached_court", courts.REACHED_COURT),
    Quantity(
        "court_warning", courts.OUTCOME_SHARE, _("Warnings as a share of convictions"), "warning"
    ),
    Quantity("court_fine", courts.OUTCOME_SHARE, _("Fines as a share of convictions"), "fine"),
    Quantity(
        "court_arrest", courts.OUTCOME_SHARE, _("Arrests as a share of convictions"), "arrest"
    ),
    *(Quantity(f"article_{code}", courts.ARTICLE_PEOPLE, label, code) for code, label in ARTICLES),
    Quantity("participants", authorities.PARTICIPANTS),
    Quantity("mean_participants", statistics.MEAN_PARTICIPANTS),
    Quantity("mean_duration", statistics.MEAN_DURATION),
)


def text(context: Context) -> Table:
    """Quantities stated in the text: one row each, all in the column of the value."""
    rows = [
        Row(
            each.column,
            each.label or each.indicator.under(context.terms).name,
            (context.cell("text", TOTAL, each.column, each.indicator, each.place, each.category),),
        )
        for each in (*QUANTITIES, *_convicted_by_place(context))
    ]
    return Table(
        code="text",
        number="",
        title=say(_("Further quantities of %(period)s"), period=in_words(context.period)),
        stub=_("Quantity"),
        columns=(Column("value", _("Value")),),
        rows=tuple(rows),
    )


def _convicted_by_place(context: Context) -> Iterator[Quantity]:
    for article, column, label in CONVICTED_BY_PLACE:
        for place in context.places("court"):
            if context.own.sum(place, "convicted").n:
                where = say(label, place=name(context.vocabulary.places, place))
                what = courts.ARTICLE_CONVICTED
                yield Quantity(f"{column}_{place}", what, where, article, place)

"""How the tables of the printed reports are laid out: rows, columns, units.

A figure has an address (table, period, row, column); a grid has lines and columns. A table by
period has a column for each period; one of a single period has its measures as columns; table 8
has both; the quantities of the text are lines, though their codes are columns of the address.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from reports.tables import TABLES
from reports.tables.authorities import BODIES
from reports.tables.character import ORGANISERS
from reports.tables.context import ALL, PLACE
from reports.tables.permits import reasons_of
from reports.tables.text import CONVICTED_BY_PLACE, QUANTITIES
from reports.types import TOTAL, Key, Terms, Text, Unit, Vocabulary
from reports.wording import say

ASSEMBLIES, SHARE = _("Assemblies"), _("Share")
Measure = tuple[str, Text, Unit]


@dataclass(frozen=True, slots=True)
class Layout:
    """A table as it is typed in: its lines by name of their register, its measures with units."""

    code: str
    title: Text
    stub: Text
    lines: str
    measures: tuple[Measure, ...]
    by_period: bool = False
    total: bool = True

    @property
    def number(self) -> str:
        """The printed number; "" for a table without one."""
        return self.code if self.code.isdigit() else ""

    @property
    def name(self) -> Text:
        """ "Table 14" or, for one without number, its title."""
        return say(_("Table %(number)s"), number=self.number) if self.number else self.title

    @property
    def of_text(self) -> bool:
        """Whether its lines are columns of the address."""
        return self.lines == "quantities"

    def key(self, line: str, period: str, measure: str) -> Key:
        """The address of a place in the grid."""
        if self.of_text:
            return Key(self.code, period, TOTAL, line)
        return Key(self.code, period, line, measure)

    def place(self, key: Key) -> tuple[str, str, str]:
        """Line, period and measure of an address."""
        if self.of_text:
            return key.column, key.period, self.measures[0][0]
        return key.row, key.period, key.column

    def unit(self, line: str, measure: str) -> Unit:
        """The unit of a place in the grid."""
        if self.of_text:
            return QUANTITY_UNITS.get(line, "people" if line.startswith("convicted") else "count")
        return next((unit for code, _title, unit in self.measures if code == measure), "count")


INDEX: Measure = (
    "rally_activity_index",
    _("Rally activity index"),
    "assemblies per month",
)
N: Measure = ("assemblies", ASSEMBLIES, "count")
PART: Measure = ("share", SHARE, "percent")
LAW: Measure = ("law_abidance_index", _("Law-abidance index"), "percent")
CONTROL: Measure = (
    "police_control_index",
    _("Police-control index"),
    "officers per participant",
)
PEOPLE: Measure = ("participants", _("Participants"), "people")

LAYOUTS: dict[str, Layout] = {
    each.code: each
    for each in (
        Layout("1", _("Assemblies by place"), PLACE, "places", (N, PART)),
        Layout("2", _("Assemblies by place and period"), PLACE, "places", (N,), True),
        Layout("3", _("Rally activity index by place and period"), PLACE, "places", (INDEX,), True),
        Layout(
            "4",
            _("Topics of the assemblies by period"),
            _("Topics"),
            "groups",
            (PART,),
            True,
            False,
        ),
        Layout("topics", _("Topics of the assemblies"), _("Topic"), "topics", (N,), total=False),
        Layout(
            "5",
            _("Share of assemblies organised by public organisations, by period"),
            _("Organiser"),
            "public",
            (PART,),
            True,
            False,
        ),
        Layout(
            "6",
            _("Organisers of the assemblies by period"),
            _("Organiser"),
            "organisers",
            (PART,),
            True,
            False,
        ),
        Layout("7", _("Forms of the assemblies"), _("Form"), "forms", (N, PART)),
        Layout(
            "8",
            _("Forms of the assemblies compared with the period before"),
            _("Form"),
            "forms",
            (N, PART),
            True,
            False,
        ),
        Layout(
            "9",
            _("Share of unsanctioned assemblies by period"),
            ASSEMBLIES,
            "all",
            (("unsanctioned_share", _("Unsanctioned assemblies"), "percent"),),
            True,
        ),
        Layout(
            "10",
            _("Why no permit was sought, by period"),
            _("Reason"),
            "reasons",
            (PART,),
            True,
            False,
        ),
        Layout(
            "11",
            _("Law-abidance index by place"),
            PLACE,
            "places",
            (
                N,
                ("unsanctioned", _("Unsanctioned"), "count"),
                ("sanctioned", _("Sanctioned"), "count"),
                LAW,
            ),
        ),
        Layout("12", _("Law-abidance index by period"), ASSEMBLIES, "all", (LAW,), True),
        Layout(
            "13",
            _("Presence and warnings of the authorities"),
            _("Authority"),
            "bodies",
            (
                ("present", pgettext_lazy("authority", "Present"), "assemblies"),
                ("warned", pgettext_lazy("authority", "Warned"), "assemblies"),
            ),
            total=False,
        ),
        Layout(
            "14",
            _("Police-control index by place"),
            PLACE,
            "places",
            (PEOPLE, ("police", _("Police officers"), "officers"), CONTROL),
        ),
        Layout(
            "15",
            _("Police-control index by period, officers per participant"),
            ASSEMBLIES,
            "all",
            (CONTROL,),
            True,
        ),
        Layout(
            "16",
            _("Detentions by place"),
            PLACE,
            "places",
            (
                ("assemblies_with_detentions", _("Assemblies with detentions"), "count"),
                ("detained", _("People detained"), "people"),
            ),
        ),
        Layout(
            "court",
            _("Court outcomes by place"),
            PLACE,
            "places",
            (
                ("convicted", _("People convicted"), "people"),
                ("warning", pgettext_lazy("penalty", "Warning"), "people"),
                ("fine", pgettext_lazy("penalty", "Fine"), "people"),
                ("arrest", pgettext_lazy("penalty", "Arrest"), "people"),
            ),
        ),
        Layout(
            "17",
            _("Share of unsanctioned assemblies that reached court, by period"),
            ASSEMBLIES,
            "all",
            (("unsanctioned_reaching_court", _("Unsanctioned assemblies"), "percent"),),
            True,
        ),
        Layout(
            "18",
            _("Participants by place"),
            PLACE,
            "places",
            (
                PEOPLE,
                ("share", _("Share of all participants"), "percent"),
                ("mean_participants", _("Mean per assembly"), "people per assembly"),
            ),
        ),
        Layout(
            "19",
            _("Mean duration of an assembly by place and period, minutes"),
            PLACE,
            "places",
            (("mean_duration", _("Mean duration"), "minutes"),),
            True,
        ),
        Layout(
            "text",
            _("Figures told in the text"),
            _("Quantity"),
            "quantities",
            (("value", _("Value"), "count"),),
            True,
            False,
        ),
    )
}
QUANTITY_UNITS: dict[str, Unit] = {each.column: each.indicator.unit for each in QUANTITIES}


def layout_of(table: str, measures: Iterable[Measure] = (), title: str = "") -> Layout:
    """The layout of a table that is known, or of one of somebody's own with these measures."""
    known = LAYOUTS.get(table)
    if known is not None:
        return known
    return Layout(table, title or table, _("Row"), "own", tuple(measures), by_period=True)


def lines_of(layout: Layout, vocabulary: Vocabulary) -> dict[str, Text]:
    """Code -> name of every line that the table may have, in order, the total last."""
    lines: dict[str, Text] = {}
    if layout.lines == "places":
        lines |= vocabulary.places
    elif layout.lines == "forms":
        lines |= vocabulary.forms
    elif layout.lines == "groups":
        lines |= vocabulary.topic_groups
    elif layout.lines == "topics":
        lines |= _topics(vocabulary)
    elif layout.lines == "public":
        lines["public_organisations"] = ORGANISERS[0][1]
    elif layout.lines == "organisers":
        lines |= {code: label for code, label, _counted in ORGANISERS}
    elif layout.lines == "reasons":
        lines |= dict(reasons_of(Terms()))
    elif layout.lines == "bodies":
        lines |= {code: label for code, label, _present, _warned in BODIES}
    elif layout.lines == "quantities":
        lines |= _quantities(vocabulary)
    if layout.total:
        lines[TOTAL] = ALL
    return lines


def _topics(vocabulary: Vocabulary) -> dict[str, Text]:
    lines: dict[str, Text] = {}
    for group, label in vocabulary.topic_groups.items():
        lines[group] = label
        for topic, its_name in vocabulary.topics.items():
            if vocabulary.group_of_topic.get(topic) == group:
                lines[f"{group}/{topic}"] = its_name
    return lines


def _quantities(vocabulary: Vocabulary) -> dict[str, Text]:
    lines: dict[str, Text] = {each.column: each.label or each.indicator.name for each in QUANTITIES}
    for _article, column, label in CONVICTED_BY_PLACE:
        for place, its_name in vocabulary.places.items():
            lines[f"{column}_{place}"] = say(label, place=its_name)
    return lines


#: Tables that can be typed in without naming their columns, in the order of the report.
KNOWN = tuple(code for code in TABLES if code in LAYOUTS)

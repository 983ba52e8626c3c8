"""The card's sections and the order of its questions: feeds form, page, print and codebook."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


@dataclass(frozen=True, slots=True)
class Section:
    """A section of the paper card. ``number`` is the one printed there."""

    code: str
    number: int
    title: str | Promise
    fields: tuple[str, ...]


SECTIONS: tuple[Section, ...] = (
    Section(
        "identification",
        1,
        _("When and where"),
        (
            "date",
            "date_precision",
            "start_time",
            "end_time",
            "end_date",
            "duration_minutes",
            "city",
            "settlement",
            "place",
            "place_type",
            "latitude",
            "longitude",
        ),
    ),
    Section("source", 2, _("Source"), ("source", "source_links", "arrived_at")),
    Section(
        "assembly",
        3,
        _("The assembly"),
        (
            "course",
            "peaceful",
            "form",
            "form_other",
            "topic",
            "demands",
            "organiser_type",
            "organiser_name",
            "attributes",
            "minors_present",
        ),
    ),
    Section(
        "numbers",
        4,
        _("Participants"),
        ("participants", "participants_low", "participants_high", "participants_basis"),
    ),
    Section(
        "permit",
        5,
        _("Permit"),
        (
            "legal_status",
            "reason_not_requested",
            "refusal_ground",
            "application_date",
            "answer_date",
        ),
    ),
    Section(
        "authorities",
        6,
        _("Authorities and police"),
        (
            "prosecutor_present",
            "prosecutor_warned",
            "akimat_present",
            "akimat_warned",
            "police_present",
            "police_warned",
            "police",
            "police_low",
            "police_high",
            "police_basis",
            "plain_clothes",
            "police_actions",
            "warned_before_dispersal",
        ),
    ),
    Section(
        "detentions",
        7,
        _("Detentions"),
        (
            "detained",
            "detained_unknown",
            "detained_minors",
            "detained_before",
            "released_without_report",
            "in_the_name_of_the_law",
            "injured",
        ),
    ),
    Section(
        "narrative",
        9,
        pgettext_lazy("section of the card", "Account"),
        ("description", "report_worthy"),
    ),
)

#: Section 8 of the paper card: a row for each person before a court, kept apart from the card.
OUTCOME_SECTION = Section(
    "court_outcomes",
    8,
    _("Court outcomes"),
    (
        "case_code",
        "decided_on",
        "court",
        "article",
        "outcome",
        "fine_mci",
        "fine_kzt",
        "arrest_days",
        "observed_by_monitor",
        "appeal",
    ),
)

#: What the monitor answers, in the order of the card.
ANSWERS: tuple[str, ...] = tuple(name for section in SECTIONS for name in section.fields)
#: What an editor decides.
DECISIONS: tuple[str, ...] = ("inclusion", "inclusion_reason")
#: What the system keeps (section 10 of the paper card).
RECORD: tuple[str, ...] = ("number", "uuid", "status", "monitor", "editor", "version")

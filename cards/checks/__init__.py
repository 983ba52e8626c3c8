"""Quality checks: what deserves a second look. They flag and never block.

The one list for the monitor before submitting (``asked``) and for the editor at the desk
(``found``). A check looks at named answers, given as in ``cards.validators``; one that was let
stand speaks again when one of these answers changes. Beside the answers stands ``city_position``:
latitude and longitude of the card's city, or None.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from cards.checks.conditions import (
    ENDING,
    LASTING,
    MANY_COUNTED,
    OF_MANY,
    SHORT_MINUTES,
    above,
    arrived_after_end,
    at_night,
    brief_account,
    far_away,
    has,
    names_a_person,
    nobody_present,
    numberless,
    over,
    permit,
    point_range,
    seen,
    without_route,
    words_without_range,
)
from cards.checks.kinds import Check, Kind
from cards.validators import DAY, Answers

#: First what the monitor is asked as well, then in the order of the card.
CHECKS: tuple[Check, ...] = (
    Check(
        "police_above_participants",
        Kind.IMPLAUSIBLE,
        ("police", "participants"),
        _("More police than participants."),
        lambda a: above(a, "police", "participants"),
        asks=True,
    ),
    Check(
        "nobody_present",
        Kind.IMPLAUSIBLE,
        ("police_present", "akimat_present", "prosecutor_present", "participants"),
        _("A hundred people or more, and nobody of the authorities was seen?"),
        nobody_present,
        asks=True,
    ),
    Check(
        "over_a_day",
        Kind.IMPLAUSIBLE,
        ("duration_minutes", "form"),
        _("The assembly lasted longer than a day."),
        lambda a: over(a, "duration_minutes", DAY) and a.get("form") not in LASTING,
        asks=True,
    ),
    Check(
        "above_participants",
        Kind.INCONSISTENT,
        ("detained", "participants"),
        _("More detained than participants: the description must say who else was taken."),
        lambda a: above(a, "detained", "participants"),
        asks=True,
    ),
    Check(
        "very_short",
        Kind.IMPLAUSIBLE,
        ("duration_minutes", "course"),
        _("It was held, and lasted less than two minutes?"),
        lambda a: (
            a.get("course") == "held"
            and a.get("duration_minutes") is not None
            and a["duration_minutes"] < SHORT_MINUTES
        ),
    ),
    Check(
        "at_night",
        Kind.IMPLAUSIBLE,
        ("start_time", "form"),
        _("It began at night, between 23:00 and 6:00."),
        at_night,
    ),
    Check(
        "far_from_city",
        Kind.IMPLAUSIBLE,
        ("latitude", "longitude", "city"),
        _("The coordinates are more than 60 km from the city."),
        far_away,
    ),
    Check(
        "day_not_exact",
        Kind.SOURCE,
        ("date_precision", "source"),
        _("The monitor was there, and the day is not exact?"),
        lambda a: has(a, "source", "direct") and a.get("date_precision") not in ("", "exact"),
    ),
    Check(
        "start_unknown",
        Kind.MISSING,
        ("start_time", "source"),
        _("The monitor was there, and the hour of the beginning is missing."),
        lambda a: has(a, "source", "direct") and a.get("start_time") is None,
    ),
    Check(
        "second_hand_without_link",
        Kind.SOURCE,
        ("source_links", "source"),
        _("Nobody of the bureau was there, and no link leads to the source."),
        lambda a: (
            bool(a.get("source"))
            and not has(a, "source", "direct")
            and not (a.get("source_links") or "").strip()
        ),
    ),
    Check(
        "arrival_unknown",
        Kind.SOURCE,
        ("arrived_at", "source"),
        _("The monitor was there: when did they arrive?"),
        lambda a: has(a, "source", "direct") and a.get("arrived_at") is None,
    ),
    Check(
        "arrived_after_end",
        Kind.SOURCE,
        ("arrived_at", "start_time", "end_time", "end_date"),
        _("The monitor arrived after the end: who saw what the card tells?"),
        arrived_after_end,
    ),
    Check(
        "dispersed_but_held",
        Kind.INCONSISTENT,
        ("course", "police_actions"),
        _("People were dispersed, yet it was held: could they speak before that?"),
        lambda a: a.get("course") == "held" and has(a, "police_actions", "dispersed"),
    ),
    Check(
        "cut_short_by_nobody",
        Kind.INCONSISTENT,
        ("course", "police_actions"),
        _("Cut short, and the police did nothing that ends an assembly?"),
        lambda a: (
            a.get("course") == "cut_short" and seen(a) and not has(a, "police_actions", *ENDING)
        ),
    ),
    Check(
        "cut_short_without_duration",
        Kind.MISSING,
        ("duration_minutes", "course"),
        _("Cut short: how long were people there before that?"),
        lambda a: a.get("course") == "cut_short" and a.get("duration_minutes") is None,
    ),
    Check(
        "prevented_without_force",
        Kind.INCONSISTENT,
        ("course", "detained", "police_actions"),
        _("Prevented, and nobody was detained or kept away?"),
        lambda a: (
            a.get("course") == "prevented"
            and a.get("detained") == 0
            and not has(a, "police_actions", "blocked_access")
        ),
    ),
    Check(
        "nobody_took_part",
        Kind.INCONSISTENT,
        ("participants", "course"),
        _("It was held, and nobody took part?"),
        lambda a: a.get("course") == "held" and a.get("participants") == 0,
    ),
    Check(
        "single_picket_of_many",
        Kind.INCONSISTENT,
        ("participants", "form"),
        _("A single-person picket of more than one person."),
        lambda a: a.get("form") == "single_picket" and over(a, "participants", 1),
    ),
    Check(
        "one_person_alone",
        Kind.INCONSISTENT,
        ("participants", "form"),
        _("One participant: was it a single-person picket?"),
        lambda a: a.get("form") in OF_MANY and a.get("participants") == 1,
    ),
    Check(
        "hunger_strike_open_ended",
        Kind.MISSING,
        ("end_date", "duration_minutes", "form"),
        _("A hunger strike: its last day or its duration is missing."),
        lambda a: (
            a.get("form") == "hunger_strike"
            and a.get("end_date") is None
            and a.get("duration_minutes") is None
        ),
    ),
    Check(
        "procession_without_route",
        Kind.MISSING,
        ("place", "description", "form"),
        _("A procession: from where to where did people walk?"),
        without_route,
    ),
    Check(
        "organisation_unnamed",
        Kind.MISSING,
        ("organiser_name", "organiser_type"),
        _("An organisation called the assembly: its name is missing."),
        lambda a: (
            a.get("organiser_type") in ("public_organisation", "political_party", "trade_union")
            and not (a.get("organiser_name") or "").strip()
        ),
    ),
    Check(
        "spontaneous_with_permit",
        Kind.INCONSISTENT,
        ("legal_status", "organiser_type"),
        _("A spontaneous group that had asked for a permit?"),
        lambda a: (
            a.get("organiser_type") == "spontaneous_group" and permit(a, "sanctioned", "notified")
        ),
    ),
    Check(
        "participants_unknown",
        Kind.MISSING,
        ("participants", "participants_low", "participants_high", "source"),
        _("The monitor was there, and the number of participants is missing."),
        lambda a: has(a, "source", "direct") and numberless(a, "participants"),
    ),
    Check(
        "many_counted",
        Kind.IMPLAUSIBLE,
        ("participants_basis", "participants"),
        _("More than a thousand people counted one by one?"),
        lambda a: (
            a.get("participants_basis") == "counted" and over(a, "participants", MANY_COUNTED)
        ),
    ),
    Check(
        "participants_exact_estimate",
        Kind.INCONSISTENT,
        ("participants_basis", "participants_low", "participants_high"),
        _("Estimated, and yet the least and the most participants are the same."),
        point_range("participants"),
    ),
    Check(
        "participants_words_without_range",
        Kind.MISSING,
        ("participants_low", "participants_high", "participants_basis"),
        _("Participants told in words: what is the least and the most that the words mean?"),
        words_without_range("participants"),
    ),
    Check(
        "application_undated",
        Kind.MISSING,
        ("application_date", "legal_status"),
        _("A permit was asked for: when?"),
        lambda a: (
            a.get("application_date") is None
            and permit(
                a,
                "requested_refused",
                "requested_no_answer",
                "requested_other_place",
                "sanctioned",
                "notified",
            )
        ),
    ),
    Check(
        "answered_after_assembly",
        Kind.IMPLAUSIBLE,
        ("answer_date", "date"),
        _("The akimat answered after the assembly."),
        lambda a: above(a, "answer_date", "date"),
    ),
    Check(
        "absent_police_warned",
        Kind.INCONSISTENT,
        ("police_warned", "police_present"),
        _("The police were not there, and warned?"),
        lambda a: a.get("police_present") == "no" and a.get("police_warned") == "yes",
    ),
    Check(
        "absent_police_acted",
        Kind.INCONSISTENT,
        ("police_actions", "police_present"),
        _("The police were not there, and did something?"),
        lambda a: (
            a.get("police_present") == "no" and seen(a) and not has(a, "police_actions", "none")
        ),
    ),
    Check(
        "police_unknown",
        Kind.MISSING,
        ("police", "police_low", "police_high", "police_present", "source"),
        _("The monitor was there, the police too: their number is missing."),
        lambda a: (
            has(a, "source", "direct")
            and a.get("police_present") == "yes"
            and numberless(a, "police")
        ),
    ),
    Check(
        "police_exact_estimate",
        Kind.INCONSISTENT,
        ("police_basis", "police_low", "police_high"),
        _("Estimated, and yet the least and the most police are the same."),
        point_range("police"),
    ),
    Check(
        "police_words_without_range",
        Kind.MISSING,
        ("police_low", "police_high", "police_basis"),
        _("Police told in words: what is the least and the most that the words mean?"),
        words_without_range("police"),
    ),
    Check(
        "warned_of_nothing",
        Kind.INCONSISTENT,
        ("warned_before_dispersal", "police_actions", "course"),
        _("A warning before it was broken up, and it was not broken up?"),
        lambda a: (
            a.get("warned_before_dispersal") in ("yes", "no")
            and a.get("course") == "held"
            and seen(a)
            and not has(a, "police_actions", *ENDING)
        ),
    ),
    Check(
        "dispersal_without_answer",
        Kind.INCONSISTENT,
        ("warned_before_dispersal", "police_actions"),
        _("People were dispersed, so the question whether they were warned does apply."),
        lambda a: (
            a.get("warned_before_dispersal") == "not_applicable"
            and has(a, "police_actions", "dispersed")
        ),
    ),
    Check(
        "detained_not_in_conduct",
        Kind.INCONSISTENT,
        ("police_actions", "detained"),
        _("People were detained, but not by what the police did."),
        lambda a: over(a, "detained", 0) and seen(a) and not has(a, "police_actions", "detained"),
    ),
    Check(
        "minors_detained_unseen",
        Kind.INCONSISTENT,
        ("detained_minors", "minors_present"),
        _("Minors were detained where no minors were present."),
        lambda a: over(a, "detained_minors", 0) and a.get("minors_present") == "no",
    ),
    Check(
        "words_do_apply",
        Kind.INCONSISTENT,
        ("in_the_name_of_the_law", "detained"),
        _("People were detained, so the question about the words of the law does apply."),
        lambda a: over(a, "detained", 0) and a.get("in_the_name_of_the_law") == "not_applicable",
    ),
    Check(
        "force_without_injuries_known",
        Kind.MISSING,
        ("injured", "police_actions"),
        _("Force was used: was anybody hurt?"),
        lambda a: has(a, "police_actions", "force") and a.get("injured") is None,
    ),
    Check(
        "brief_account",
        Kind.MISSING,
        ("description", "detained", "police_actions"),
        _("People were detained, and the account is a line or two."),
        brief_account,
    ),
    Check(
        "a_name_in_the_account",
        Kind.PRIVACY,
        ("description",),
        _("The account seems to name a person: person codes only."),
        names_a_person("description"),
    ),
    Check(
        "a_name_in_the_demands",
        Kind.PRIVACY,
        ("demands",),
        _("The demands seem to name a person: is it a person of public life?"),
        names_a_person("demands"),
    ),
    Check(
        "a_person_as_organisation",
        Kind.PRIVACY,
        ("organiser_name",),
        _("The name of the organisation seems to be that of a person."),
        names_a_person("organiser_name"),
    ),
)
BY_CODE = {check.code: check for check in CHECKS}


def found(answers: Answers) -> list[Check]:
    """The checks that speak, in the order of the list."""
    return [check for check in CHECKS if check.test(answers)]


def asked(answers: Answers) -> list[Check]:
    """Those of them that the monitor is asked about before submitting."""
    return [check for check in CHECKS if check.asks and check.test(answers)]


__all__ = ["BY_CODE", "CHECKS", "Check", "Kind", "asked", "found"]

"""Rules across the answers of a card, for the form, the importer, the workflow and the sync.

Every function takes the answers as a mapping (field name -> Python value, as on the model;
several answers as a tuple of codes; references as their code under ``city``, ``form``, ``topic``)
and gives ``Problem`` rows. A column's own rule (vocabulary, range) is the database's.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Answers = Mapping[str, Any]
DAY = 24 * 60
#: A year before this is a slip of the finger (0018 for 2018).
FIRST_YEAR = 1990
#: Longer than any assembly, and within what the column holds.
LONGEST = 3660 * DAY


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong, missing or worth asking, at a field."""

    field: str
    code: str
    message: str | Promise

    def as_error(self) -> ValidationError:
        return ValidationError(self.message, code=self.code)


@dataclass(frozen=True, slots=True)
class Question:
    """``field`` is asked when ``on`` holds one of ``values``; then required if ``required``."""

    field: str
    on: str
    values: tuple[str, ...]
    required: bool = True
    message: str | Promise = ""

    def asked(self, answers: Answers) -> bool:
        given = answers.get(self.on)
        if type(given) is str:
            return given in self.values
        if isinstance(given, list | tuple | set | frozenset):
            return any(code in given for code in self.values)
        return given in self.values


_REQUESTED = ("requested_refused", "requested_no_answer", "requested_other_place")

#: Questions that appear when an answer asks for them.
CONDITIONAL: tuple[Question, ...] = (
    Question(
        "source_links",
        "source",
        ("media", "social_media"),
        message=_("Give the address of at least one publication."),
    ),
    Question("form_other", "form", ("other",), message=_("Say which form it was.")),
    Question(
        "reason_not_requested",
        "legal_status",
        ("not_requested",),
        message=_("Ask the participants why they did not turn to the authorities."),
    ),
    Question(
        "refusal_ground",
        "legal_status",
        ("requested_refused",),
        message=_("Give the ground for refusal as the akimat put it."),
    ),
    Question("application_date", "legal_status", (*_REQUESTED, "sanctioned", "notified"), False),
    Question(
        "answer_date",
        "legal_status",
        ("requested_refused", "requested_other_place", "sanctioned", "notified"),
        False,
    ),
    Question(
        "organiser_name",
        "organiser_type",
        ("public_organisation", "political_party", "trade_union"),
        False,
    ),
    Question("prosecutor_warned", "prosecutor_present", ("yes",), False),
    Question("akimat_warned", "akimat_present", ("yes",), False),
)

#: Must be answered before a card is submitted; "unknown" and the like are answers.
REQUIRED: tuple[str, ...] = (
    "date",
    "date_precision",
    "city",
    "place",
    "place_type",
    "source",
    "course",
    "peaceful",
    "form",
    "topic",
    "organiser_type",
    "attributes",
    "minors_present",
    "legal_status",
    "prosecutor_present",
    "prosecutor_warned",
    "akimat_present",
    "akimat_warned",
    "police_present",
    "police_warned",
    "plain_clothes",
    "police_actions",
    "warned_before_dispersal",
    "in_the_name_of_the_law",
    "description",
)

#: Of them those that must then be answered.
_REQUIRED_IF_ASKED = tuple(question for question in CONDITIONAL if question.required)
#: Fields of a number of people: best, low, high and how they came about.
_NUMBERS = tuple(
    (subject, f"{subject}_low", f"{subject}_high", f"{subject}_basis")
    for subject in ("participants", "police")
)
#: Who may have been there, and whether they warned the participants.
_BODIES = tuple((f"{body}_present", f"{body}_warned") for body in ("prosecutor", "akimat"))
_ALONE = frozenset({"none", "not_observed"})

#: Most addresses are so plain that they need no long look.
_PLAIN_ADDRESS = re.compile(r"https?://(?:[a-z0-9]{1,60}\.){1,3}[a-z]{2,20}(?:/[!-~]{0,1500})?")
_URL = URLValidator(schemes=["http", "https"])
#: What a person's name looks like, and a code does not.
TWO_WORDS = re.compile(r"[^\W\d_]{2,}\s+[^\W\d_]{2,}")


def duration_minutes(answers: Answers) -> int | None:
    """Minutes from start to end: past midnight if the end is before the start, days by end_date.

    None where a time is not known; zero or less where the times contradict each other.
    """
    date, start, end = answers.get("date"), answers.get("start_time"), answers.get("end_time")
    if start is None or end is None:
        return None
    minutes = (end.hour - start.hour) * 60 + end.minute - start.minute
    last = answers.get("end_date")
    if date and last and last > date:
        return minutes + (last - date).days * DAY
    return minutes + DAY if minutes < 0 else minutes


def default_inclusion(answers: Answers) -> str:
    """Held and cut short count; prevented ones and those with violence do not."""
    if answers.get("course") == "prevented" or answers.get("peaceful") == "no":
        return "excluded"
    return "counted"


def tidy(answers: dict[str, Any]) -> dict[str, Any]:
    """The answers with what follows from others filled in, and answers to unasked questions out."""
    tidied = dict(answers)
    computed = duration_minutes(tidied)
    if computed is not None and 0 < computed <= LONGEST:
        tidied["duration_minutes"] = computed
    if tidied.get("date") and tidied.get("end_date") == tidied["date"]:
        tidied["end_date"] = None
    if tidied.get("legal_status") and tidied["legal_status"] != "not_requested":
        tidied["reason_not_requested"] = ""
    if tidied.get("form") and tidied["form"] != "other":
        tidied["form_other"] = ""
    if tidied.get("detained") is not None:
        tidied["detained_unknown"] = False
    for present, warned in _BODIES:
        # Who was not there warned nobody: the question is not asked.
        if not tidied.get(warned) and tidied.get(present) in ("no", "unknown"):
            tidied[warned] = tidied[present]
    if tidied.get("detained") == 0 and not tidied.get("in_the_name_of_the_law"):
        tidied["in_the_name_of_the_law"] = "not_applicable"
    return tidied


def missing(answers: Answers) -> list[Problem]:
    """What must still be answered before the card can be submitted."""
    found = []
    # Whatever these questions are answered with is true; most cards answer them all.
    if not all(map(answers.get, REQUIRED)):
        found += [
            Problem(name, "required", _("Answer this question."))
            for name in REQUIRED
            if answers.get(name) in (None, "", (), []) and not _waits(name, answers)
        ]
    found += [
        Problem(question.field, "required", question.message)
        for question in _REQUIRED_IF_ASKED
        if not answers.get(question.field) and question.asked(answers)
    ]
    for *numbers, basis in _NUMBERS:
        if not answers.get(basis) and any(answers.get(name) is not None for name in numbers):
            found.append(Problem(basis, "required", _("Say where the number comes from.")))
    if answers.get("detained") is None and not answers.get("detained_unknown"):
        found.append(
            Problem("detained", "required", _("Give a number (0 means none), or say “not known”."))
        )
    return found


def _waits(name: str, answers: Answers) -> bool:
    """Whether the question comes up only with the answer to another that is open itself."""
    if name == "in_the_name_of_the_law":
        return answers.get("detained") is None and not answers.get("detained_unknown")
    return any(rule.field == name and not answers.get(rule.on) for rule in CONDITIONAL)


def impossible(answers: Answers, today: datetime.date) -> list[Problem]:
    """Answers that contradict each other or cannot be."""
    return [
        *_dates(answers, today),
        *_place(answers),
        *link_problems(answers),
        *_alone(answers),
        *_counts(answers),
        *_permit(answers),
        *_authorities(answers),
        *_detentions(answers),
        *inclusion_problems(answers),
    ]


def unstorable(answers: Answers) -> list[Problem]:
    """Answers that no draft can hold either: the database refuses them together."""
    return [*_place(answers), *_alone(answers)]


def _dates(answers: Answers, today: datetime.date) -> Iterator[Problem]:
    date, last = answers.get("date"), answers.get("end_date")
    if date and date > today:
        yield Problem("date", "future", _("The date lies in the future."))
    elif date and date.year < FIRST_YEAR:
        yield Problem("date", "too_early", _("Check the year of the date."))
    if date and last and last < date:
        yield Problem("end_date", "before_start", _("The last day is before the first."))
    elif last and last > today:
        yield Problem("end_date", "future", _("The last day lies in the future."))
    minutes = duration_minutes(answers)
    if minutes is not None and minutes <= 0:
        yield Problem("end_time", "no_duration", _("Start and end are the same."))
    if answers.get("duration_minutes") is not None and answers["duration_minutes"] <= 0:
        yield Problem("duration_minutes", "not_positive", _("The duration must be over 0."))


def _place(answers: Answers) -> Iterator[Problem]:
    latitude, longitude = answers.get("latitude"), answers.get("longitude")
    if (latitude is None) != (longitude is None):
        absent = "latitude" if latitude is None else "longitude"
        yield Problem(absent, "together", _("Give latitude and longitude together."))


def link_problems(answers: Answers) -> Iterator[Problem]:
    """Lines of ``source_links`` that are no address."""
    for link in (answers.get("source_links") or "").split():
        if _PLAIN_ADDRESS.fullmatch(link):
            continue
        try:
            _URL(link)
        except ValidationError:
            yield Problem(
                "source_links",
                "not_an_address",
                _("Each line must be an address that begins with http:// or https://."),
            )
            return


def _alone(answers: Answers) -> Iterator[Problem]:
    for name in ("attributes", "police_actions"):
        given = answers.get(name) or ()
        if len(given) > 1 and not _ALONE.isdisjoint(given):
            yield Problem(
                name, "alone", _("“None” and “not observed” cannot stand beside another answer.")
            )


def _counts(answers: Answers) -> Iterator[Problem]:
    for subject, its_low, its_high, its_basis in _NUMBERS:
        best, low, high = answers.get(subject), answers.get(its_low), answers.get(its_high)
        if low is None and high is None:
            continue
        if low is not None and best is not None and low > best:
            yield Problem(its_low, "above_best", _("The minimum is above the best estimate."))
        if high is not None and best is not None and high < best:
            yield Problem(its_high, "below_best", _("The maximum is below the best estimate."))
        elif low is not None and high is not None and low > high:
            yield Problem(its_high, "below_low", _("The maximum is below the minimum."))
        if high is not None and answers.get(its_basis) == "at_least":
            yield Problem(its_high, "at_least", _("“At least” means that no maximum is known."))


def _permit(answers: Answers) -> Iterator[Problem]:
    date, applied = answers.get("date"), answers.get("application_date")
    if applied and date and applied > date:
        yield Problem(
            "application_date", "after_date", _("The application is later than the assembly.")
        )
    answered = answers.get("answer_date")
    if applied and answered and answered < applied:
        yield Problem(
            "answer_date", "before_application", _("The answer is earlier than the application.")
        )


def _authorities(answers: Answers) -> Iterator[Problem]:
    for present, warned in _BODIES:
        if answers.get(warned) == "yes" and answers.get(present) != "yes":
            yield Problem(warned, "not_present", _("Only who was present can have warned."))
    if (answers.get("police") or 0) > 0 and answers.get("police_present") != "yes":
        yield Problem("police_present", "counted", _("Police were counted, so they were present."))


def _detentions(answers: Answers) -> Iterator[Problem]:
    detained = answers.get("detained")
    if "detained" in (answers.get("police_actions") or ()) and detained == 0:
        yield Problem(
            "detained",
            "police_detained",
            _("The police detained people, so the number cannot be 0."),
        )
    if detained is not None and answers.get("detained_unknown"):
        yield Problem("detained", "known_and_not", _("Give a number or “not known”, not both."))
    if detained is not None:
        for name in ("detained_minors", "detained_before", "released_without_report"):
            if (answers.get(name) or 0) > detained:
                yield Problem(name, "above_detained", _("More than were detained in all."))


def inclusion_problems(answers: Answers) -> Iterator[Problem]:
    inclusion = answers.get("inclusion")
    if not inclusion or inclusion == default_inclusion(answers):
        return
    if answers.get("course") == "prevented":
        yield Problem(
            "inclusion", "prevented", _("A prevented assembly is recorded and never counted.")
        )
    elif not (answers.get("inclusion_reason") or "").strip():
        yield Problem(
            "inclusion_reason", "required", _("Give the reason for departing from the rule.")
        )


def outcome_problems(
    outcome: Answers, card_date: datetime.date | None, today: datetime.date
) -> list[Problem]:
    """What is missing or impossible in one court outcome (fields of section 8)."""
    required = ("case_code", "article", "outcome", "observed_by_monitor", "appeal")
    found = [
        Problem(name, "required", _("Answer this question."))
        for name in required
        if not outcome.get(name)
    ]
    if TWO_WORDS.search(outcome.get("case_code") or ""):
        found.append(
            Problem("case_code", "a_name", _("Use a code such as A-01, never a person's name."))
        )
    decided = outcome.get("decided_on")
    if decided and card_date and decided < card_date:
        found.append(
            Problem("decided_on", "before_card", _("The decision is earlier than the assembly."))
        )
    if decided and decided > today:
        found.append(Problem("decided_on", "future", _("The date lies in the future.")))
    if outcome.get("outcome") == "fine" and not (
        outcome.get("fine_mci") or outcome.get("fine_kzt")
    ):
        found.append(
            Problem(
                "fine_mci", "required", _("Give the fine in monthly calculation indices or tenge.")
            )
        )
    return [*found, *_arrest(outcome)]


def _arrest(outcome: Answers) -> Iterator[Problem]:
    days = outcome.get("arrest_days")
    if outcome.get("outcome") == "arrest" and days is None:
        yield Problem("arrest_days", "required", _("Give the days of arrest."))
    elif days is not None and not 1 <= days <= 75:
        yield Problem("arrest_days", "range", _("An arrest lasts 1 to 75 days."))
    elif days is not None and days > 15 and outcome.get("article") == "koap_488":
        yield Problem("arrest_days", "under_488", _("Article 488 allows at most 15 days."))

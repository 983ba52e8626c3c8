"""Rules across the answers of a permit application, for the form, the importer and the services.

As ``cards.validators``: the answers are a mapping (field name -> Python value, references as their
code), and what is wrong comes as ``Problem`` rows.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from cards.validators import FIRST_YEAR, TWO_WORDS, Answers, Problem, link_problems

REQUIRED = ("city", "applied_on", "applicant_type", "decision", "appeal")
#: Decisions that say why, and those that nobody has answered yet.
WITH_GROUND = ("refused", "other_place")
UNANSWERED = ("pending", "no_answer")


def tidy(answers: dict[str, Any]) -> dict[str, Any]:
    """The answers without those to questions that the decision does not ask."""
    tidied = dict(answers)
    if tidied.get("decision") not in WITH_GROUND:
        tidied["ground"] = ""
    if tidied.get("decision") != "other_place":
        tidied["other_place"] = ""
    return tidied


def problems(answers: Answers, today: datetime.date) -> list[Problem]:
    """What is missing in an application, or cannot be."""
    found = [
        Problem(name, "required", _("Answer this question."))
        for name in REQUIRED
        if not answers.get(name)
    ]
    return [*found, *_dates(answers, today), *_decision(answers), *_words(answers)]


def _dates(answers: Answers, today: datetime.date) -> Iterator[Problem]:
    applied, answered = answers.get("applied_on"), answers.get("answered_on")
    planned = answers.get("planned_for")
    if applied and applied > today:
        yield Problem("applied_on", "future", _("The date lies in the future."))
    elif applied and applied.year < FIRST_YEAR:
        yield Problem("applied_on", "too_early", _("Check the year of the date."))
    if planned and planned.year < FIRST_YEAR:
        yield Problem("planned_for", "too_early", _("Check the year of the date."))
    if answered and applied and answered < applied:
        yield Problem(
            "answered_on",
            "before_application",
            _("The answer is earlier than the application."),
        )
    elif answered and answered > today:
        yield Problem("answered_on", "future", _("The date lies in the future."))
    if answered and answers.get("decision") in UNANSWERED:
        yield Problem(
            "answered_on", "unanswered", _("An application without an answer has no such date.")
        )


def _decision(answers: Answers) -> Iterator[Problem]:
    decision = answers.get("decision")
    if decision == "refused" and not (answers.get("ground") or "").strip():
        yield Problem("ground", "required", _("Give the ground for refusal as the akimat put it."))
    if decision == "other_place" and not (answers.get("other_place") or "").strip():
        yield Problem("other_place", "required", _("Say which place or time was offered."))


def _words(answers: Answers) -> Iterator[Problem]:
    if TWO_WORDS.search(answers.get("applicant_code") or ""):
        yield Problem(
            "applicant_code", "a_name", _("Use a code such as A-01, never a person's name.")
        )
    yield from link_problems(answers)


def warnings(answers: Answers) -> list[Problem]:
    """Answers that may well be right but deserve a second look; they never block."""
    applied, planned = answers.get("applied_on"), answers.get("planned_for")
    answered = answers.get("answered_on")
    found = []
    if applied and planned and planned < applied:
        found.append(
            Problem(
                "planned_for",
                "before_application",
                _("The assembly was planned for a day before the application."),
            )
        )
    if answered and planned and answered > planned >= applied:
        found.append(
            Problem(
                "answered_on",
                "after_planned",
                _("The answer came after the day for which the assembly was planned."),
            )
        )
    return found

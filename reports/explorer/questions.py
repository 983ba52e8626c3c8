"""QUESTIONS: what cards can be crossed by, explicit and in the order of the card.

A question's code is also the parameter of the card filter that its answers are codes of: that is
how every cell of a cross table leads to its cards.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, CharField, Q, TextChoices, Value, When
from django.db.models.functions import (
    Concat,
    ExtractHour,
    ExtractIsoWeekDay,
    ExtractMonth,
    ExtractYear,
)
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cards import selections
from cards import vocabularies as v
from cards.filter_kinds import APART
from cards.filters import CardFilter
from reports.explorer.registers import Registers
from reports.types import Text

UNKNOWN = "unknown"
Raw = tuple[Any, ...]

TIME, WHERE = _("When"), pgettext_lazy("group of questions", "Where")
WHAT, WHO = _("The assembly"), _("Numbers of people")
PERMIT, POLICE, AFTER = _("Permit"), _("Authorities and police"), _("Detentions and courts")


@dataclass(frozen=True, slots=True)
class Question:
    """A question of the card, or what follows from one.

    columns: what the database groups by, fields of the card or keys of ``derived``.
    answers: from their values to the answers that the card gave, at least one.
    names: code -> name of every answer, in the order in which they are listed; years have none.
    derived: expressions that the card has no column for.
    several: a card may give several answers. scale: the answers are steps without gaps.
    """

    code: str
    section: Text
    columns: tuple[str, ...]
    answers: Callable[[Registers, Raw], tuple[str, ...]]
    names: Callable[[Registers], Mapping[str, Text]]
    derived: Callable[[Registers], dict[str, Any]] = lambda registers: {}
    several: bool = False
    scale: bool = False

    @property
    def label(self) -> Text:
        """What the card filter calls it."""
        label: str | Promise = capfirst(CardFilter.base_filters[self.code].label)
        return label

    def tells(self, answer: str) -> bool:
        """Whether the answer says what was the case; others leave every share."""
        return answer not in APART

    def listed(self, registers: Registers, given: set[str]) -> dict[str, Text]:
        """Code -> name of the answers to show, those that tell nothing last.

        Of a scale every step between the first and the last that was given; of everything else
        what was given.
        """
        names: dict[str, Text] = dict(self.names(registers))
        if self.code == "year":
            years = [int(year) for year in given]
            names = (
                {str(year): str(year) for year in range(min(years), max(years) + 1)}
                if years
                else {}
            )
        elif self.scale:
            steps = [code for code in names if self.tells(code)]
            reached = [at for at, code in enumerate(steps) if code in given]
            shown = {*(steps[reached[0] : reached[-1] + 1] if reached else ()), *given}
            names = {code: name for code, name in names.items() if code in shown}
        else:
            names = {code: name for code, name in names.items() if code in given}
        names |= {code: code for code in sorted(given - set(names))}
        told = {code: name for code, name in names.items() if self.tells(code)}
        return told | {code: name for code, name in names.items() if code not in told}


def _choice(code: str, section: Text, column: str = "") -> Question:
    """One answer of a fixed vocabulary; what is blank is not known."""
    return Question(
        code,
        section,
        (column or code,),
        lambda registers, raw: (raw[0] or UNKNOWN,),
        lambda registers: _named(code),
    )


def _several(code: str, section: Text) -> Question:
    return Question(
        code,
        section,
        (code,),
        lambda registers, raw: raw[0] or (UNKNOWN,),
        lambda registers: _named(code),
        several=True,
    )


def _read(code: str, section: Text, cases: Callable[[], Mapping[str, Q]], rest: str) -> Question:
    """Answers that follow from conditions, tried in order; ``rest`` where none holds."""
    name = f"x_{code}"

    def extra(registers: Registers) -> dict[str, Any]:
        branches = [When(condition, then=Value(answer)) for answer, condition in cases().items()]
        return {name: Case(*branches, default=Value(rest), output_field=CharField())}

    return Question(
        code,
        section,
        (name,),
        lambda registers, raw: (raw[0],),
        lambda registers: _named(code),
        extra,
        scale=code.endswith("_class"),
    )


def _of_cases(code: str, vocabulary: type[TextChoices], argument: str) -> Question:
    """What the latest decisions on a card's people say; one text with every code in it."""
    name = f"x_{code}"

    def extra(registers: Registers) -> dict[str, Any]:
        parts = [
            Case(
                When(selections.with_case(**{argument: each}), then=Value(f"{each};")),
                default=Value(""),
                output_field=CharField(),
            )
            for each in vocabulary.values
        ]
        # Most cards have no case: they are told apart first, by one look instead of many.
        codes = When(selections.in_court(), then=Concat(*parts, output_field=CharField()))
        return {name: Case(codes, default=Value(""), output_field=CharField())}

    return Question(
        code,
        AFTER,
        (name,),
        lambda registers, raw: tuple(raw[0].rstrip(";").split(";")) if raw[0] else ("none",),
        lambda registers: _named(code),
        extra,
        several=True,
    )


def _step(code: str, column: str, extract: Callable[[str], Any]) -> Question:
    """A part of the date or of the hour."""
    name = f"x_{code}"
    exact = ("date_precision",) if code == "weekday" else ()

    def answers(registers: Registers, raw: Raw) -> tuple[str, ...]:
        known = raw[0] is not None and (not exact or raw[1] == v.DatePrecision.EXACT)
        # Some databases give parts of a date as decimals.
        return (str(int(raw[0])) if known else UNKNOWN,)

    return Question(
        code,
        TIME,
        (name, *exact),
        answers,
        lambda registers: {} if code == "year" else _named(code),
        lambda registers: {name: extract(column)},
        scale=True,
    )


def _register(code: str, section: Text, column: str, attribute: str, lookup: str = "") -> Question:
    """A row of a register: the column itself, or what ``lookup`` leads from it to."""

    def answers(registers: Registers, raw: Raw) -> tuple[str, ...]:
        if raw[0] is None:
            return (UNKNOWN,)
        return (getattr(registers, lookup)[raw[0]] if lookup else raw[0],)

    return Question(
        code, section, (column,), answers, lambda registers: getattr(registers, attribute)
    )


def _eras(registers: Registers) -> dict[str, Any]:
    branches = [
        When(date__gte=day, then=Value(number))
        for number, day in reversed(list(enumerate(registers.turns, start=1)))
    ]
    return {"x_era": Case(*branches, default=Value(0)) if branches else Value(0)}


def _reason(registers: Registers, raw: Raw) -> tuple[str, ...]:
    asked = raw[0] == v.LegalStatus.NOT_REQUESTED
    return (raw[1] or UNKNOWN,) if asked else ("not_asked",)


def _classes(column: str) -> Callable[[], Mapping[str, Q]]:
    return lambda: {code: selections.in_class(column, code) for code in selections.CLASSES}


def _named(code: str) -> dict[str, Text]:
    """Names of the answers, as the card filter has them."""
    names: dict[str, Text] = dict(CardFilter.base_filters[code].extra["choices"])
    return {UNKNOWN: v.YesNoUnknown.UNKNOWN.label, **names} if UNKNOWN not in names else names


QUESTIONS: tuple[Question, ...] = (
    _step("year", "date", ExtractYear),
    _step("month", "date", ExtractMonth),
    _step("weekday", "date", ExtractIsoWeekDay),
    _step("hour", "start_time", ExtractHour),
    _choice("date_precision", TIME),
    _register("place", WHERE, "city", "places", "place_of_city"),
    _register("city", WHERE, "city", "cities"),
    Question(
        "region_then",
        WHERE,
        ("city", "x_era"),
        lambda registers, raw: (registers.region_then(*raw),),
        lambda registers: registers.regions,
        _eras,
    ),
    _register("region", WHERE, "city", "regions", "region_of_city"),
    _choice("place_type", WHERE),
    _several("source", WHAT),
    _choice("course", WHAT),
    _choice("peaceful", WHAT),
    _register("form", WHAT, "form", "forms"),
    _register("topic_group", WHAT, "topic", "topic_groups", "group_of_topic"),
    _register("topic", WHAT, "topic", "topics"),
    _choice("organiser", WHAT, "organiser_type"),
    _several("attributes", WHAT),
    _choice("minors_present", WHAT),
    _read("participants_class", WHO, _classes("participants"), UNKNOWN),
    _choice("participants_basis", WHO),
    _read("police_class", WHO, _classes("police"), UNKNOWN),
    _choice("police_basis", WHO),
    _choice("legal_status", PERMIT),
    _read(
        "sanction",
        PERMIT,
        lambda: {code: selections.sanction(code) for code in ("sanctioned", "unsanctioned")},
        "outside",
    ),
    Question(
        "reason",
        PERMIT,
        ("legal_status", "reason_not_requested"),
        _reason,
        lambda registers: _named("reason"),
    ),
    _choice("prosecutor_present", POLICE),
    _choice("prosecutor_warned", POLICE),
    _choice("akimat_present", POLICE),
    _choice("akimat_warned", POLICE),
    _choice("police_present", POLICE),
    _choice("police_warned", POLICE),
    _choice("plain_clothes", POLICE),
    _several("police_actions", POLICE),
    _read(
        "obstructed",
        POLICE,
        lambda: {"yes": selections.obstructed(), "no": selections.conduct_known()},
        UNKNOWN,
    ),
    _choice("warned_before_dispersal", POLICE),
    _read(
        "detentions",
        AFTER,
        lambda: {"yes": Q(detained__gt=0), "no": Q(detained=0)},
        UNKNOWN,
    ),
    _choice("in_the_name_of_the_law", AFTER),
    _read("court", AFTER, lambda: {"yes": selections.in_court()}, "no"),
    _of_cases("outcomes", v.Outcome, "outcome"),
    _of_cases("articles", v.Article, "article"),
)  # fmt: skip
_BY_CODE = {question.code: question for question in QUESTIONS}
#: Questions whose answers have a place on the map.
ON_THE_MAP = ("place", "city", "region_then", "region")


def get(code: str) -> Question:
    """The question with that code; KeyError if there is none."""
    return _BY_CODE[code]

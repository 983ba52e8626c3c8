"""A permit application as people read it: answers in words, and both sides of a conflict."""

from __future__ import annotations

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cards.conflicts import MINE, THEIRS, Conflict
from cards.models import City, Form, PermitApplication, Topic
from cards.permits import FIELDS, answers_of
from cards.reading import Answer, words
from cards.serialise import as_text
from cards.vocabularies import Review

_REFERENCES = {"city": City, "form": Form, "topic": Topic}
#: Says nothing while it is empty.
_OPTIONAL = ("applicant_code", "note", "source_links")
Labels = dict[str, dict[str, Any]]


def label_of(name: str) -> str | Promise:
    """What a field of an application is called in the history."""
    if name == "review":
        return _("review")
    return PermitApplication._meta.get_field(name).verbose_name


def labels_of(*answers: dict[str, Any]) -> Labels:
    """Field -> code -> word in the active language, for the codes that the answers hold."""
    found: Labels = {"review": dict(Review.choices)}
    for name in FIELDS:
        if choices := PermitApplication._meta.get_field(name).choices:
            found[name] = dict(choices)
    for name, model in _REFERENCES.items():
        codes = {each[name] for each in answers if each.get(name)}
        found[name] = {row.pk: row.label for row in model.with_codes(codes)} if codes else {}
    return found


def answers_in_words(application: PermitApplication) -> list[Answer]:
    """Question and answer of everything asked, in the order of the form."""
    known = answers_of(application)
    labels = labels_of(known)
    found = []
    for name in FIELDS:
        asked = {
            "ground": known["decision"] in ("refused", "other_place"),
            "other_place": known["decision"] == "other_place",
        }.get(name, True)
        if not known[name] and (name in _OPTIONAL or not asked):
            continue
        if name == "source_links":
            links = tuple(application.links)
            found.append(Answer(name, label_of(name), "", links=links))
            continue
        text = words(name, known[name], labels)
        found.append(Answer(name, label_of(name), text, open=not text))
    return found


def conflicts_of(
    stored: PermitApplication, typed: dict[str, Any], base_version: int
) -> list[Conflict]:
    """Fields in which what was typed differs from what somebody else saved meanwhile.

    A field that the person left as it was keeps the other's answer; one they changed keeps theirs.
    """
    theirs = answers_of(stored)
    opened = {name: as_text(value) for name, value in theirs.items()}
    for event in stored.events.filter(version__gt=base_version).order_by("-id"):
        opened.update({name: pair[0] for name, pair in event.changes.items() if name in opened})
    labels = labels_of(typed, theirs)
    return [
        Conflict(
            name,
            label_of(name),
            words(name, typed[name], labels),
            words(name, theirs[name], labels),
            THEIRS if as_text(typed[name]) == opened[name] else MINE,
        )
        for name in typed
        if as_text(typed[name]) != as_text(theirs[name])
    ]


def chosen(
    stored: PermitApplication, typed: dict[str, Any], sides: dict[str, str]
) -> dict[str, Any]:
    """The typed answers, with the stored one wherever the person chose the other side."""
    theirs = answers_of(stored)
    return {
        name: theirs[name] if sides.get(name) == THEIRS else value for name, value in typed.items()
    }

"""The card's layout for crispy forms: sections of questions as the paper card has them.

``Layout(Section("numbers", _("Numbers"), Question("participants", counter=True), …))`` renders
with the templates ``cards/_*.html``; ``static/js/card.js`` adds what a phone can do beyond HTML.
A question whose field the form does not have (rights differ) is left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from crispy_forms.layout import LayoutObject
from crispy_forms.utils import TEMPLATE_PACK
from django import forms
from django.forms import BoundField
from django.template.loader import get_template
from django.utils.safestring import SafeString

from cards.forms.conditions import describe_condition, is_shown

EMPTY, PARTIAL, COMPLETE, ERRORS = "empty", "partial", "complete", "errors"


def codes(bound: BoundField) -> tuple[str, ...]:
    """What is answered now, as text codes; empty if the question is open."""
    value = bound.value()
    if value is None or value is False or value == "":
        return ()
    if isinstance(value, list | tuple | set):
        return tuple(str(item) for item in value if item not in ("", None))
    return (str(value),)


def _kind(bound: BoundField) -> str:
    """Which part of ``_control.html`` draws the field."""
    widget = bound.field.widget
    if isinstance(widget, forms.CheckboxSelectMultiple):
        return "choices"
    if isinstance(widget, forms.RadioSelect):
        return "choice"
    if isinstance(widget, forms.CheckboxInput):
        return "tick"
    if isinstance(widget, forms.Select):
        return "select"
    return "text"


class Question(LayoutObject):
    """One field as a question.

    ``show_when``: condition of ``cards.forms.conditions``; ``hint``: its words if the labels do
    not say it well. ``fill``: "today" or "now" beside the input. ``counter``: buttons that count.
    ``exclusive``: codes that stand alone ("none"). ``unknown``: the field of the tick "not known".
    ``required``: must be answered before submitting; by default what the form's field or its
    widget's ``data-required`` says. ``width``: "short", "medium" or "" for the full line.
    """

    template = "cards/_question.html"

    def __init__(
        self,
        name: str,
        *,
        show_when: str = "",
        hint: str = "",
        fill: str = "",
        counter: bool = False,
        exclusive: tuple[str, ...] = (),
        unknown: str = "",
        required: bool | None = None,
        width: str = "",
    ):
        self.fields = [name] + [unknown] * bool(unknown)
        self.name = name
        self.show_when = show_when
        self.hint = hint
        self.fill = fill
        self.counter = counter
        self.exclusive = exclusive
        self.unknown = unknown
        self.required = required
        self.width = width

    def is_required(self, form) -> bool:
        if self.required is not None:
            return self.required
        field = form.fields[self.name]
        return field.required or bool(field.widget.attrs.get("data-required"))

    def is_asked(self, form) -> bool:
        """Whether the answers given so far open the question."""
        return is_shown(
            self.show_when, lambda name: codes(form[name]) if name in form.fields else ()
        )

    def is_answered(self, form) -> bool:
        return any(codes(form[name]) for name in self.fields if name in form.fields)

    def default(self, form) -> str:
        """The answer a new card starts with: it alone does not mean that somebody began."""
        initial = form.fields[self.name].initial
        return str(initial) if isinstance(initial, str) else ""

    def is_begun(self, form) -> bool:
        """Whether somebody answered: the answer that a new card starts with does not say so."""
        return self.is_answered(form) and codes(form[self.name]) != (self.default(form),)

    def has_errors(self, form) -> bool:
        return any(form[name].errors for name in self.fields if name in form.fields)

    def render(self, form, context, template_pack=TEMPLATE_PACK, **kwargs):
        if self.name not in form.fields:
            return SafeString("")
        bound = form[self.name]
        for name in self.fields:
            getattr(form, "rendered_fields", set()).add(name)
        kind = _kind(bound)
        return get_template(self.template).render(
            {
                "field": bound,
                "question": self,
                "kind": kind,
                "grouped": kind in ("choice", "choices"),
                "required": self.is_required(form),
                "hint": self.hint or describe_condition(self.show_when, form),
                "exclusive": " ".join(self.exclusive),
                "default": self.default(form),
                "unknown": form[self.unknown] if self.unknown in form.fields else None,
                "threads": [
                    thread
                    for name in self.fields
                    for thread in getattr(form, "threads", {}).get(name, ())
                ],
            }
        )


class Container(LayoutObject):
    """Layout objects one after another inside a template."""

    template = ""

    def __init__(self, title, *fields, css_class: str = ""):
        self.title = title
        self.fields = list(fields)
        self.css_class = css_class

    def questions(self) -> Iterator[Question]:
        """Every question inside, in order."""
        for item in self.fields:
            if isinstance(item, Question):
                yield item
            elif isinstance(item, Container):
                yield from item.questions()

    def extra_context(self, form) -> dict:
        return {}

    def render(self, form, context, template_pack=TEMPLATE_PACK, **kwargs):
        body = self.get_rendered_fields(form, context, template_pack)
        if not body.strip():
            return SafeString("")
        return get_template(self.template).render(
            {"layout": self, "title": self.title, "body": body, **self.extra_context(form)}
        )


class Group(Container):
    """Short questions that belong together, side by side where there is room."""

    template = "cards/_group.html"


class More(Container):
    """Questions that are rarely asked, folded away unless one is answered or refused."""

    template = "cards/_more.html"

    def extra_context(self, form) -> dict:
        present = [question for question in self.questions() if question.name in form.fields]
        return {
            "open": any(
                question.has_errors(form) or question.is_begun(form) for question in present
            )
        }


class Duration(Container):
    """How long the assembly lasted, worked out live from its start and end."""

    template = "cards/_duration.html"

    def __init__(self, start="start_time", end="end_time", date="date", end_date="end_date"):
        super().__init__("")
        self.start, self.end, self.date, self.end_date = start, end, date, end_date

    def render(self, form, context, template_pack=TEMPLATE_PACK, **kwargs):
        names = (self.start, self.end, self.date, self.end_date)
        if not all(name in form.fields for name in names):
            return SafeString("")
        ids = {name: form[getattr(self, name)].auto_id for name in ("start", "end", "date")}
        return get_template(self.template).render({**ids, "end_date": form[self.end_date].auto_id})


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a section is: ``left`` required questions of ``required`` are open."""

    code: str
    number: int
    title: str
    state: str
    required: int
    left: int
    errors: int


class Section(Container):
    """A numbered part of the card, ``<section id="section-CODE">``."""

    template = "cards/_section.html"

    def __init__(self, code: str, number: int, title, *fields, intro="", css_class: str = ""):
        super().__init__(title, *fields, css_class=css_class)
        self.code = code
        self.number = number
        self.intro = intro

    def extra_context(self, form) -> dict:
        return {"code": self.code, "number": self.number, "intro": self.intro}

    def progress(self, form) -> Progress:
        """State of the section for the answers in the form; card.js keeps it up to date."""
        asked = [
            question
            for question in self.questions()
            if question.name in form.fields and question.is_asked(form)
        ]
        required = [question for question in asked if question.is_required(form)]
        left = sum(not question.is_answered(form) for question in required)
        errors = sum(question.has_errors(form) for question in asked)
        begun = any(question.is_begun(form) for question in asked)
        if errors:
            state = ERRORS
        elif not left and (required or begun):
            state = COMPLETE
        else:
            state = PARTIAL if begun else EMPTY
        return Progress(self.code, self.number, str(self.title), state, len(required), left, errors)


def progress(form, layout: LayoutObject) -> list[Progress]:
    """Every section's progress, in the order of the card."""
    return [item.progress(form) for item in layout.fields if isinstance(item, Section)]

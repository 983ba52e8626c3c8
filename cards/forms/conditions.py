"""Questions that appear only after a given answer: one small grammar for Python and JavaScript.

``legal_status=requested_refused,requested_no_answer|form=other`` reads: the permit is one of the
two, or the form is "other"; ``detained>0`` reads: more than nobody was detained.
``static/js/conditions.js`` reads the same text in the browser.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.forms import Form
from django.utils.translation import gettext as _


@dataclass(frozen=True, slots=True)
class Alternative:
    """One alternative of a condition: one of ``codes`` is chosen, or the number is over ``above``.

    A field without codes and without a number asks for any answer at all.
    """

    field: str
    codes: tuple[str, ...] = ()
    above: int | None = None

    def holds(self, answers: Sequence[str]) -> bool:
        if self.above is not None:
            return any(answer.isdecimal() and int(answer) > self.above for answer in answers)
        return bool(set(self.codes) & set(answers)) if self.codes else bool(answers)


def parse_condition(text: str) -> tuple[Alternative, ...]:
    """The alternatives of a condition, in the order written."""
    tests = []
    for part in filter(None, (piece.strip() for piece in text.split("|"))):
        name, above, number = part.partition(">")
        if above:
            tests.append(Alternative(name.strip(), above=int(number)))
            continue
        name, _equals, codes = part.partition("=")
        chosen = tuple(code.strip() for code in codes.split(",") if code.strip())
        tests.append(Alternative(name.strip(), chosen))
    return tuple(tests)


def is_shown(text: str, answers: Callable[[str], Sequence[str]]) -> bool:
    """Whether the question is asked. ``answers(field)`` gives the codes chosen there."""
    tests = parse_condition(text)
    return not tests or any(test.holds(answers(test.field)) for test in tests)


def describe_condition(text: str, form: Form) -> str:
    """The condition in words, for those whose browser shows every question at once."""
    parts = [
        f"{form[test.field].label}: {_words(test, form)}"
        for test in parse_condition(text)
        if test.field in form.fields
    ]
    return _("Only if — %(condition)s") % {"condition": "; ".join(parts)} if parts else ""


def _words(test: Alternative, form: Form) -> str:
    if test.above is not None:
        return _("more than %(number)s") % {"number": test.above}
    if not test.codes:
        return _("answered")
    words = {"True": _("yes")}  # a tick
    for value, label in getattr(form.fields[test.field], "choices", ()):
        nested = label if isinstance(label, list | tuple) else [(value, label)]
        words.update({str(code): str(word) for code, word in nested})
    # Answers have commas of their own.
    return " / ".join(words.get(code, code) for code in test.codes)

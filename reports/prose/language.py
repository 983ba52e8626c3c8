"""The little language of references: ``{{ share 16/TOTAL/detained of 18/TOTAL/participants }}``.

A reference is a verb (or none: the value itself), one or two addresses, and options after ``|``:
a noun with its case, forms of one's own, decimals. Reading one knows nothing of any report.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from django.utils.translation import gettext_lazy as _

from reports.prose.nouns import CASES, NOUNS
from reports.prose.values import Address
from reports.types import Text
from reports.wording import say

REFERENCE = re.compile(r"\{\{(?P<inside>[^{}\n]*)\}\}")
_OPTION = re.compile(r"(?P<name>[a-z]+)(?:\((?P<inside>[^()]*)\)|\s+(?P<word>\S+))?\s*$")

#: Verb -> what it says. "" is the value itself.
VERBS: dict[str, Text] = {
    "": _("The value as its table prints it."),
    "share": _("What part the first value is of the second, in percent."),
    "ratio": _("The first value divided by the second."),
    "change": _("By how much a value differs from that of the period before, without a sign."),
    "growth": _("The same in percent of the earlier value."),
    "times": _("How many times the earlier value it is."),
    "compare": _("More or fewer than in the period before, in words."),
    "first": _("The row with the highest value of a column; several if they are level."),
    "rank": _("Which place a row takes in a column: 1, 2, 3."),
    "name": _("The name of a row."),
    "rows": _("How many rows of a table have a value in a column."),
    "n": _("On how many assemblies a value rests."),
    "unknown": _("For how many assemblies the answer is unknown."),
    "low": _("The lower end of a value's range."),
    "high": _("The upper end of a value's range."),
    "period": _("The period of the report."),
    "previous": _("The period before."),
}
#: Verbs with two addresses, "A of B".
PAIRS = frozenset({"share", "ratio"})
#: Verbs that may name the period they compare with, "A since 2016".
SINCE = frozenset({"change", "growth", "times", "compare"})
#: Verbs that take a table and a column ("1/assemblies") instead of a value.
COLUMNS = frozenset({"first", "rows"})
BARE = frozenset({"period", "previous"})
OPTIONS = ("forms", "decimals", *NOUNS)


class Unreadable(ValueError):
    """A reference that cannot be read; ``message`` says why, in words for who wrote it."""

    def __init__(self, message: Text) -> None:
        super().__init__(message)
        self.message = message


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference as written. ``first`` and ``second``: its addresses; a column is (table, column).

    noun, case: how it is counted; forms: those given by hand; decimals: other than the value's.
    """

    written: str
    verb: str = ""
    first: Address | None = None
    second: Address | None = None
    column: tuple[str, str] | None = None
    since: str = ""
    noun: str = ""
    case: str = "nom"
    forms: tuple[str, ...] = ()
    decimals: int | None = None

    @property
    def addresses(self) -> tuple[Address, ...]:
        """The values it names."""
        return tuple(each for each in (self.first, self.second) if each is not None)


@dataclass(frozen=True, slots=True)
class Found:
    """A reference in a text, and where: ``start`` and ``end`` are places in the text."""

    start: int
    end: int
    inside: str
    line: int = field(default=1)


def references(text: str) -> Iterator[Found]:
    """Everything between double braces, in the order of the text."""
    for found in REFERENCE.finditer(text):
        line = text.count("\n", 0, found.start()) + 1
        yield Found(found.start(), found.end(), found["inside"].strip(), line)


def read(inside: str) -> Reference:
    """What stands between the braces; raises Unreadable."""
    body, *options = (part.strip() for part in inside.split("|"))
    reference = _verb(body)
    for option in options:
        reference = _option(reference, option)
    return reference


def _verb(body: str) -> Reference:
    if not body:
        raise Unreadable(_("There is nothing between the braces."))
    word, _space, rest = body.partition(" ")
    if word in BARE and not rest.strip():
        return Reference(body, word)
    if word not in VERBS or not rest.strip():
        if "/" not in word:
            raise Unreadable(say(_("“%(word)s” is no reference that is known."), word=word))
        return Reference(body, "", _address(body))
    rest = rest.strip()
    if word in PAIRS:
        return _pair(body, word, rest)
    if word in COLUMNS:
        table, slash, column = rest.partition("/")
        if not slash or not table.strip() or not column.strip() or "/" in column:
            raise Unreadable(
                say(
                    _("After “%(verb)s” a table and a column are expected: 1/assemblies."),
                    verb=word,
                )
            )
        return Reference(body, word, column=(table.strip(), column.strip()))
    address, _since, since = rest.partition(" since ")
    if since and word not in SINCE:
        raise Unreadable(say(_("“%(verb)s” compares with nothing: leave out “since”."), verb=word))
    if word == "name":
        # The name of a row needs no column.
        return Reference(
            body, word, _address(address if address.count("/") > 1 else f"{address}/-")
        )
    return Reference(body, word, _address(address), since=since.strip())


def _pair(body: str, verb: str, rest: str) -> Reference:
    first, of, second = rest.partition(" of ")
    if not of:
        raise Unreadable(
            say(_("“%(verb)s” takes two values: the part, “of”, the whole."), verb=verb)
        )
    return Reference(body, verb, _address(first), _address(second))


def _address(text: str) -> Address:
    try:
        return Address.parse(text)
    except ValueError:
        raise Unreadable(
            say(
                _("“%(text)s” is no address: table, row and column are parted by slashes."),
                text=text.strip(),
            )
        ) from None


def _option(reference: Reference, option: str) -> Reference:
    found = _OPTION.match(option)
    name = found["name"] if found else ""
    if found is None or name not in OPTIONS:
        raise Unreadable(
            say(
                _("“%(option)s” is no option. Known: %(known)s."),
                option=option,
                known=", ".join(OPTIONS),
            )
        )
    inside, word = found["inside"], found["word"]
    if name == "forms":
        forms = tuple(part.strip() for part in (inside or "").split(","))
        if not all(forms):
            raise Unreadable(_("forms needs words in brackets, parted by commas."))
        return replace(reference, forms=forms)
    if name == "decimals":
        if word is None or not word.isdigit() or int(word) > 4:
            raise Unreadable(_("decimals needs a number from 0 to 4."))
        return replace(reference, decimals=int(word))
    if word is not None and word not in CASES:
        raise Unreadable(
            say(_("“%(case)s” is no case. Known: %(known)s."), case=word, known=", ".join(CASES))
        )
    return replace(reference, noun=name, case=word or "nom")

"""What a request asks for: its parameters, each known and given once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.core import signing
from django.utils.translation import gettext as _

from monitoring.api import problems
from monitoring.api.records import Endpoint, Parameter

_SALT = "zhinalys.api"


@dataclass(frozen=True, slots=True)
class Asked:
    """``values``: the address's own parameters that were given. ``limit``: rows at most, None where
    none was given. ``after``: cursor of the page before, "" for the first."""

    values: dict[str, str]
    format: str
    limit: int | None
    after: str


def read(request, endpoint: Endpoint, without: Iterable[str] = ()) -> Asked:
    """The parameters of the request; ``without``: those of the address that this caller has not.

    An empty one is as good as none. Raises Problem (400), naming each that does not exist, is
    given twice or cannot be read.
    """
    known = {each.name: each for each in endpoint.all_parameters if each.name not in set(without)}
    found, wrong = {}, {}
    for name, given in request.GET.lists():
        if name not in known:
            wrong[name] = _("There is no such parameter.")
        elif len(given) > 1:
            wrong[name] = _("Given more than once.")
        elif given[0]:
            if problem := _problem(known[name], given[0]):
                wrong[name] = problem
            found[name] = given[0]
    limit = found.pop("limit", None)
    most = endpoint.pages.most if endpoint.pages else 0
    if limit is not None and "limit" not in wrong and not 1 <= int(limit) <= most:
        wrong["limit"] = _("From 1 to %(most)s.") % {"most": most}
    if wrong:
        raise problems.wrong(wrong)
    return Asked(
        format=found.pop("format", "json"),
        limit=None if limit is None else int(limit),
        after=found.pop("after", ""),
        values=found,
    )


def _problem(parameter: Parameter, text: str) -> str:
    """What is wrong with the text; "" if nothing is."""
    if "\0" in text:
        return _("A character that cannot be stored.")
    if parameter.codes and text not in parameter.codes:
        return _("One of: %(codes)s.") % {"codes": ", ".join(parameter.codes)}
    if parameter.kind == "integer" and not (text.isascii() and text.isdigit() and len(text) < 10):
        return _("A whole number is expected.")
    return ""


def cursor(kind: str, place: int) -> str:
    """Where the next page begins in the list called ``kind``; nobody else can make one."""
    return signing.Signer(salt=_SALT).sign_object([kind, place])


def place_of(text: str, kind: str) -> int:
    """What ``cursor`` was given; 0 for "". Raises Problem: 400 for what is none, 409 for another
    list's."""
    if not text:
        return 0
    try:
        of, place = signing.Signer(salt=_SALT).unsign_object(text)
    except (signing.BadSignature, ValueError):
        raise problems.wrong({"after": _("Not from “next” of a page before.")}) from None
    if of != kind:
        raise problems.changed()
    return place

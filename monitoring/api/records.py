"""What an address of the API is, as data: the one description that everything else is made from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise
Kind = Literal["text", "integer", "number", "date", "time", "yes_no", "identifier"]
FORMATS = ("json", "csv")
LANGUAGES = ("ru", "kk", "en")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the rows: the same name in JSON and in CSV.

    ``codes``: all that can stand there, empty if any text of the kind can. ``several``: an array
    in JSON, joined by ``;`` in CSV. ``null`` in JSON and an empty field in CSV say: not known, or
    not there; never 0. ``always``: there is no row without it.
    """

    name: str
    text: Text
    kind: Kind = "text"
    codes: tuple[str, ...] = ()
    several: bool = False
    always: bool = False


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of the query string; none is ever required."""

    name: str
    text: Text
    kind: Kind = "text"
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pages:
    """An address that answers page by page: rows of a page unless ``limit`` says otherwise."""

    usual: int
    most: int


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One address, read with GET or HEAD.

    ``path``: below ``/api/v1/``. ``right``: of the table of rights, asked of whoever calls.
    ``scope``: what a token must be good for; "" if any will do. ``by_session``: a signed-in browser
    may ask too, without a token. ``single``: one row at an address of its own, otherwise a list.
    ``extra``: columns that are there only if asked for. ``about``: columns of the answer as a
    whole, beside its rows, in JSON. ``conditional``: it has an ETag and answers 304.
    """

    name: str
    path: str
    summary: Text
    right: str
    columns: tuple[Column, ...] = ()
    extra: tuple[Column, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    about: tuple[Column, ...] = ()
    scope: str = ""
    by_session: bool = True
    pages: Pages | None = None
    single: bool = False
    conditional: bool = False

    @property
    def all_parameters(self) -> tuple[Parameter, ...]:
        """Its own, and those that every list has."""
        found = (*self.parameters, FORMAT)
        return (*found, LIMIT, AFTER) if self.pages else found


#: An address and the view that answers it.
Route = tuple[Endpoint, Callable[..., Any]]
FORMAT = Parameter("format", _("JSON, unless CSV is asked for"), codes=FORMATS)
LIMIT = Parameter("limit", _("rows of a page"), kind="integer")
AFTER = Parameter("after", _("where the page begins: from “next” of the page before"))


def labels(name: str, text: Text) -> tuple[Column, ...]:
    """A text in each language: ``name_ru``, ``name_kk``, ``name_en``."""
    return tuple(Column(f"{name}_{language}", text, always=True) for language in LANGUAGES)

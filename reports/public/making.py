"""Public pages and drawings, made once from what was frozen and kept by what they show."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache as once
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import Http404
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from reports import artefacts
from reports.editions import dataset, freezing
from reports.models import Edition, FrozenFile
from reports.numbers import format_date
from reports.pages import Glance, Glances, glances
from reports.public import links as where
from reports.public import shown
from reports.public.links import Links
from reports.public.picture import card
from reports.registers import YEAR
from reports.render import html, render_svg
from reports.render.package import licence
from reports.render.text import title_of
from reports.source import Source
from reports.types import Figure, Period, Picture, Report, Text
from reports.wording import in_words


@once
def look() -> str:
    """SHA-256 over the code and the templates of the public pages."""
    digest = hashlib.sha256(f"{artefacts.code_version()} {licence()}".encode())
    for path in sorted((Path(settings.BASE_DIR) / "templates" / "public").glob("*.html")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def version_of_list(editions: Sequence[Edition]) -> str:
    """What the list is kept under: it changes with any edition on it."""
    return artefacts.digest([look(), *map(_state, editions)])


def version_of(edition: Edition, replaced: Edition | None) -> str:
    """What the page of an edition is kept under."""
    parts = [look(), _state(edition), _state(replaced) if replaced else ""]
    return artefacts.digest([*parts, edition.freeze.checksum if edition.freeze else ""])


def _state(edition: Edition) -> str:
    return f"{edition.code} {edition.version} {edition.freeze_id} {edition.public}"


# The list


@dataclass(frozen=True, slots=True)
class Entry:
    """An edition on the list."""

    edition: Edition
    period: Period
    region: Text
    url: str
    day: str


@dataclass(frozen=True, slots=True)
class Trend:
    """A quantity over the periods: its last value in words, and a line of it."""

    title: str
    value: str
    period: str
    #: Points of a line each, as an SVG polyline has them; gaps part the lines.
    lines: tuple[str, ...]
    last: tuple[float, float] | None


WIDTH, HEIGHT = 160, 40


def list_page(editions: Sequence[Edition], language: str, links: Links, absolute: str) -> str:
    """The page of all public editions. absolute: root of the public pages, "" if not known."""
    name = f"list-{language}-{links.key}"

    def make() -> str:
        return _list_page(editions, language, links, absolute)

    return artefacts.kept(version_of_list(editions), name, make)


def _list_page(editions: Sequence[Edition], language: str, links: Links, absolute: str) -> str:
    with override(language):
        entries, newest = [], None
        for edition in editions:
            source = dataset.read(shown.freeze(edition).dataset)
            url = links.to(where.edition_path(edition.code, _spoken(edition, language)))
            region = source.region.name if source.region else ""
            entries.append(Entry(edition, source.period, region, url, _day(edition, language)))
            whole = edition.state == "published" and source.region is None
            whole = whole and source.period.series == YEAR
            if whole and (newest is None or _later(source, newest)):
                newest = source
        told = _at_a_glance(newest, language) if newest else None
        context = {
            "entries": entries,
            "trends": _trends(told) if told else (),
            "glances": told,
            "absolute": absolute,
            "path": where.index_path(language),
            "alternates": [
                (
                    code,
                    name,
                    links.to(where.index_path(code)),
                    f"{absolute}{where.index_path(code)}",
                )
                for code, name in settings.LANGUAGES
            ],
        }
        return render_to_string("public/index.html", context | _frame(language, links))


def _day(edition: Edition, language: str) -> str:
    """The day of publication."""
    moment = edition.published_at
    return format_date(timezone.localtime(moment).date(), language) if moment else ""


def _later(one: Source, other: Source) -> bool:
    """Whether the period of one ends after that of the other."""
    return str(one.period.end or "") > str(other.period.end or "")


def _spoken(edition: Edition, language: str) -> str:
    """The language in which an edition is offered to a reader of another."""
    return language if language in edition.languages else edition.languages[0]


def _at_a_glance(source: Source, language: str) -> Glances:
    """The periods that an edition tells of: those that stood beside its own when it was frozen."""
    return glances(replace(source, known=source.periods), language)


def _trends(told: Glances) -> list[Trend]:
    lines = list(reversed(told.years))
    return [_trend(lines, at, str(title)) for at, title in enumerate(told.titles)]


def _trend(lines: Sequence[Glance], at: int, title: str) -> Trend:
    values = [line.cells[at].value.value if line.cells[at] else None for line in lines]  # type: ignore[union-attr]
    known = [index for index, value in enumerate(values) if value is not None]
    if not known:
        return Trend(title, "–", "", (), None)
    most = max(value for value in values if value is not None) or 1
    step = (WIDTH - 8) / max(len(values) - 1, 1)
    points = [
        None if value is None else (4 + index * step, HEIGHT - 4 - value / most * (HEIGHT - 8))
        for index, value in enumerate(values)
    ]
    last = lines[known[-1]]
    parts: list[list[str]] = [[]]
    for point in points:
        if point is None:
            parts.append([])
        else:
            parts[-1].append(f"{point[0]:.1f},{point[1]:.1f}")
    return Trend(
        title,
        last.shown[at][1],
        str(last.period.name),
        tuple(" ".join(part) for part in parts if len(part) > 1),
        points[known[-1]],
    )


# An edition


def edition_page(
    edition: Edition, language: str, links: Links, replaced: Edition | None, absolute: str = ""
) -> str:
    """The whole page of a public edition. Http404 if it has not appeared in that language."""
    if language not in edition.languages:
        raise Http404(language)
    absolute = absolute or root_of(edition)
    name = f"page-{language}-{links.key}-{artefacts.digest([absolute])[:12]}"

    def make() -> str:
        return _edition_page(edition, language, links, replaced, absolute)

    return artefacts.kept(version_of(edition, replaced), name, make)


def root_of(edition: Edition) -> str:
    """The root of the public pages as it was when the edition was frozen."""
    return where.root_of(edition.freeze.address) if edition.freeze else ""


def _edition_page(
    edition: Edition, language: str, links: Links, replaced: Edition | None, absolute: str
) -> str:
    record = shown.freeze(edition)
    report = freezing.report_of(record, edition, language)
    code = edition.code

    def drawing(figure: Figure) -> str:
        return links.to(where.figure_path(code, language, figure.number))

    def photograph(picture: Picture) -> str:
        name = shown.picture_name(picture.name, picture.content_type)
        return links.to(where.picture_path(code, name))

    with override(language):
        context = html.context(report, language, figure_base=drawing, picture_base=photograph)
        article = render_to_string("reports/_article.html", context)
        path = where.edition_path(code, language)
        names = dict(settings.LANGUAGES)
        # The figures of the report's own period, for those who see only a link.
        told = _main_figures(dataset.read(record.dataset), language)
        page = {
            "edition": edition,
            "report": report,
            "imprint": report.imprint,
            "day": _day(edition, language),
            "article": article,
            "document_title": context["document_title"],
            "description": "; ".join(f"{name}: {value}" for name, value in told),
            "chapters": [(each.code, each.number, each.title) for each in report.chapters],
            "definitions": [_definition(each, language) for each in record.definitions],
            "files": _files(edition, language, links),
            "licence": licence(),
            "replaced": replaced,
            "replaced_url": _to_replacing(replaced, language, links),
            "corrected_url": _to_corrected(edition, language, links),
            "absolute": absolute,
            "path": path,
            "card": f"{absolute}{where.card_path(code, language)}",
            "alternates": [
                (each, names[each], links.to(where.edition_path(code, each)),
                 f"{absolute}{where.edition_path(code, each)}")
                for each in edition.languages
            ],
        }  # fmt: skip
        return render_to_string("public/edition.html", page | _frame(language, links))


def _definition(paper: dict[str, Any], language: str) -> dict[str, str]:
    names = ("name", "definition", "formula", "missing", "source")
    return {name: paper[name].get(language, "") for name in names}


@dataclass(frozen=True, slots=True)
class Download:
    """A file that is offered. language: "" where it is of none."""

    file: FrozenFile
    url: str
    kind: Text
    language: str


#: Ending of a file's name -> what it is called, the longest first.
_KINDS: tuple[tuple[str, Text], ...] = (
    ("-datapackage.zip", _("Data package (Frictionless)")),
    ("-csv.zip", "CSV"),
    (".pdf", "PDF"),
    (".docx", "Word"),
    (".xlsx", "Excel"),
    (".json", "JSON"),
)


def _files(edition: Edition, language: str, links: Links) -> list[Download]:
    """Files of this language and of none before those of the others."""
    found = []
    for file in shown.files(edition):
        stem = file.name.rpartition(".")[0]
        spoken = next((code for code in edition.languages if stem.endswith(f"-{code}")), "")
        kind = next((name for ending, name in _KINDS if file.name.endswith(ending)), file.name)
        url = links.to(where.file_path(edition.code, file.name))
        found.append(Download(file, url, kind, spoken))
    return sorted(found, key=lambda each: each.language not in ("", language))


def _to_replacing(replaced: Edition | None, language: str, links: Links) -> str:
    if replaced is None or not replaced.public:
        return ""
    return links.to(where.edition_path(replaced.code, _spoken(replaced, language)))


def _to_corrected(edition: Edition, language: str, links: Links) -> str:
    old = edition.corrects
    if old is None or not old.public:
        return ""
    return links.to(where.edition_path(old.code, _spoken(old, language)))


def _frame(language: str, links: Links) -> dict[str, Any]:
    """What the frame of every public page needs."""
    return {
        "language": language,
        "organisation": settings.ORGANISATION,
        "demo": settings.DEMO,
        "home": links.to(where.index_path(language)),
        "sheets": [(links.asset(name), media) for name, media in where.SHEETS],
        "icon": links.asset("icons/favicon.svg"),
        "font": links.asset("fonts/golos-text-400.woff2"),
    }


def missing_page(language: str) -> str:
    """What every address says that has nothing to show."""
    with override(language):
        return render_to_string("public/404.html", _frame(language, where.SiteLinks()))


# Drawings


@lru_cache(maxsize=4)
def _figures(freeze: int, text: str) -> Report:
    """The report behind the drawings of a page, which are asked for one after another."""
    return dataset.read(text).report


def figure(edition: Edition, number: str, language: str) -> bytes:
    """A figure as SVG; Http404 for one that the edition does not have."""
    if language not in edition.languages:
        raise Http404(language)

    def draw() -> bytes:
        record = shown.freeze(edition)
        for each in _figures(record.pk, record.dataset).figures:
            if each.number == number:
                return render_svg(each, language)
        raise Http404(number)

    return artefacts.kept(version_of(edition, None), f"figure-{number}-{language}", draw)


def numbers_of_figures(edition: Edition) -> list[str]:
    """The numbers of the figures that an edition prints."""
    record = shown.freeze(edition)
    return [each.number for each in _figures(record.pk, record.dataset).figures]


def card_of(edition: Edition, language: str) -> bytes:
    """The picture beside a link, as PNG."""
    if language not in edition.languages:
        raise Http404(language)

    def draw() -> bytes:
        source = dataset.read(shown.freeze(edition).dataset)
        with override(language):
            return card(
                str(settings.ORGANISATION),
                title_of(source.report),
                str(in_words(source.period)),
                _main_figures(source, language),
            )

    return artefacts.kept(version_of(edition, None), f"card-{language}", draw)


def _main_figures(source: Source, language: str) -> list[tuple[str, str]]:
    """Assemblies and the three indices of the report's own period, in the active language."""
    for line in _at_a_glance(source, language).lines:
        if line.period.code == source.period.code:
            return [(str(title), text) for title, text, _printed in line.shown]
    return []

"""The guides: Markdown under docs/guide/, a file for each guide and language, read once.

A picture is named by its file alone and lies in ``static/guide/<language>/``, or, if it has no
words, in ``static/guide/``; its text is required and held by tests/test_guide.py. ``make
guide-pictures`` takes those of the site from the demonstration. Each guide is a PDF too.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.cache import cache
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.functional import Promise
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

if TYPE_CHECKING:
    from markdown_it.token import Token

FOLDER = settings.BASE_DIR / "docs" / "guide"
STATIC = settings.BASE_DIR / "static"
PICTURES = STATIC / "guide"
#: Of the PDF, in this order; ``print.css`` belongs to the report.
STYLESHEETS = ("css/tokens.css", "css/fonts.css", "css/guide-print.css")
#: What is left of the Markdown's HTML; people of the project write it, and still nothing runs.
_TAGS = {
    "p", "h2", "h3", "ul", "ol", "li", "strong", "em", "code", "a", "img", "blockquote",
    "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
_ATTRIBUTES = {
    "h2": {"id"},
    "h3": {"id"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height", "loading"},
}


#: Of the pictures of the site on paper; as they are they make a file three times as heavy.
DPI = 200


@dataclass(frozen=True, slots=True)
class Guide:
    """``name``: of its files and its address. ``leaflet``: printed on one sheet, both sides."""

    name: str
    title: str | Promise
    summary: str | Promise
    leaflet: bool = False


#: In the order in which they are offered.
GUIDES: tuple[Guide, ...] = (
    Guide(
        "monitors",
        _("Guide for monitors"),
        _("One sheet to take along: what to record, how to count, what to do at a detention."),
        leaflet=True,
    ),
    Guide(
        "editors",
        _("Guide for editors"),
        _("From the queue to an approved card, and what follows it."),
    ),
    Guide(
        "analysts",
        _("Guide for analysts"),
        _("From approved cards to a published edition: figures, texts, freezing, data."),
    ),
)


@dataclass(frozen=True, slots=True)
class Page:
    """A guide in one language. ``contents``: anchor and heading of each chapter."""

    title: str
    html: SafeString
    contents: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Print:
    """A guide before it is set in pages. ``version``: of all that its PDF is made from."""

    html: str
    version: str


def page_of(name: str, language: str) -> Page:
    """The guide in that language. Raises KeyError if there is no such guide."""
    guide_of(name)
    path = FOLDER / f"{name}.{language}.md"
    return _rendered(path, path.stat().st_mtime_ns, language, printed=False)


def guide_of(name: str) -> Guide:
    """The guide of that name. Raises KeyError if there is none."""
    return {guide.name: guide for guide in GUIDES}[name]


def print_of(name: str, language: str) -> Print:
    """What the PDF is made from, all in that language. Raises KeyError as ``page_of``."""
    path = FOLDER / f"{name}.{language}.md"
    values = {
        "guide": guide_of(name),
        "page": _rendered(path, path.stat().st_mtime_ns, language, printed=True),
        "language": language,
        "organisation": settings.ORGANISATION,
        "stylesheets": STYLESHEETS,
    }
    with override(language):
        html = render_to_string("guide/print.html", values)
    # How it is set belongs to it: after an upgrade nobody gets what was kept before.
    digest = hashlib.sha256(html.encode() + Path(__file__).read_bytes())
    pictures = re.findall(r'src="([^"]+)"', html)
    for file in (*STYLESHEETS, *pictures):
        digest.update((STATIC / file).read_bytes())
    return Print(html, digest.hexdigest())


def pdf_of(document: Print) -> bytes:
    """A tagged PDF (PDF/UA-1) on A4; made once and kept until something that it shows changes."""
    key = f"guide:{document.version}"
    content: bytes | None = cache.get(key)
    if content is None:
        from weasyprint import HTML
        from weasyprint.urls import URLFetcher

        content = HTML(
            string=document.html,
            # Ends in a slash: addresses in the document are relative to the static folder.
            base_url=f"{STATIC.as_uri()}/",
            url_fetcher=URLFetcher(allowed_protocols=("file", "data"), fail_on_errors=True),
        ).write_pdf(pdf_variant="pdf/ua-1", dpi=DPI)
        cache.set(key, content)
    return content


@lru_cache(maxsize=32)
def _rendered(path: Path, changed: int, language: str, *, printed: bool) -> Page:
    import nh3
    from markdown_it import MarkdownIt

    shown = _set if printed else _shown
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = markdown.parse(path.read_text(encoding="utf-8"))
    title, tokens = tokens[1].content, tokens[3:]
    contents = []
    for number, token in enumerate(tokens):
        if token.type == "heading_open":
            # The same anchor in every language: a link stays right when the language changes.
            anchor = f"part-{len(contents) + 1}" if token.tag == "h2" else f"text-{number}"
            token.attrSet("id", anchor)
            if token.tag == "h2":
                contents.append((anchor, tokens[number + 1].content))
        if token.children:
            token.children = [part for child in token.children for part in shown(child, language)]
    html = markdown.renderer.render(tokens, markdown.options, {})
    clean = nh3.clean(html, tags=_TAGS, attributes=_ATTRIBUTES, link_rel=None)
    return Page(title, mark_safe(clean), tuple(contents))  # noqa: S308  (cleaned by nh3)


def file_of(picture: str, language: str) -> str:
    """Where a picture lies in the static folder: in its language, or without words for all."""
    own = f"guide/{language}/{picture}"
    shared = f"guide/{picture}"
    return shared if not (STATIC / own).exists() and (STATIC / shared).exists() else own


def _set(token: Token, language: str) -> list[Token]:
    """A picture on paper: its file as it lies in the static folder, linked to nothing."""
    if token.type == "image":
        token.attrs["src"] = file_of(str(token.attrs["src"]), language)
    return [token]


def _shown(token: Token, language: str) -> list[Token]:
    """A picture with its address, as a link to itself: a small screen shows it in full there."""
    from markdown_it.token import Token

    if token.type != "image":
        return [token]
    _place(token, language)
    link = Token("link_open", "a", 1, attrs={"href": token.attrs["src"]})
    return [link, token, Token("link_close", "a", -1)]


def _place(picture: Token, language: str) -> None:
    """The address of a picture, and its size, so that the text does not jump when it comes."""
    file = file_of(str(picture.attrs["src"]), language)
    picture.attrs["src"] = static(file)
    picture.attrs["loading"] = "lazy"
    if (STATIC / file).exists():
        picture.attrs["width"], picture.attrs["height"] = size_of(STATIC / file)


def size_of(path: Path) -> tuple[int, int]:
    """Width and height of a picture; of a drawing, as its first tag says."""
    if path.suffix == ".svg":
        found = re.search(r'<svg[^>]* width="(\d+)" height="(\d+)"', path.read_text("utf-8"))
        if found is None:
            raise ValueError(f"{path.name} does not say its size")
        return int(found[1]), int(found[2])
    from PIL import Image

    with Image.open(path) as image:
        return image.size

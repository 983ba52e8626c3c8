"""The guides: Markdown under docs/guide/, a file for each guide and language, read once.

A picture is named by its file alone and lies in ``static/guide/<language>/``; its text is required
and held by tests/test_guide.py. ``make guide-pictures`` takes them from the demonstration.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.templatetags.static import static
from django.utils.functional import Promise
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from markdown_it.token import Token

FOLDER = settings.BASE_DIR / "docs" / "guide"
PICTURES = settings.BASE_DIR / "static" / "guide"
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


@dataclass(frozen=True, slots=True)
class Guide:
    """``name``: of its files and its address."""

    name: str
    title: str | Promise
    summary: str | Promise


#: In the order in which they are offered.
GUIDES: tuple[Guide, ...] = (
    Guide(
        "editors",
        _("Guide for editors"),
        _("From the queue to an approved card, and what follows it."),
    ),
)


@dataclass(frozen=True, slots=True)
class Page:
    """A guide in one language. ``contents``: anchor and heading of each chapter."""

    title: str
    html: SafeString
    contents: tuple[tuple[str, str], ...]


def page_of(name: str, language: str) -> Page:
    """The guide in that language. Raises KeyError if there is no such guide."""
    if name not in {guide.name for guide in GUIDES}:
        raise KeyError(name)
    path = FOLDER / f"{name}.{language}.md"
    return _rendered(path, path.stat().st_mtime_ns, language)


@lru_cache(maxsize=32)
def _rendered(path: Path, changed: int, language: str) -> Page:
    import nh3
    from markdown_it import MarkdownIt

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
            token.children = [part for child in token.children for part in _shown(child, language)]
    html = markdown.renderer.render(tokens, markdown.options, {})
    clean = nh3.clean(html, tags=_TAGS, attributes=_ATTRIBUTES, link_rel=None)
    return Page(title, mark_safe(clean), tuple(contents))  # noqa: S308  (cleaned by nh3)


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
    name = str(picture.attrs["src"])
    path = PICTURES / language / name
    picture.attrs["src"] = static(f"guide/{language}/{name}")
    picture.attrs["loading"] = "lazy"
    if path.exists():
        from PIL import Image

        with Image.open(path) as image:
            picture.attrs["width"], picture.attrs["height"] = image.size

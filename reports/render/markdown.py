"""Analysts' prose in Markdown as HTML: a short allow list, headings below the chapter's own.

What is allowed: paragraphs, emphasis, lists, quotations, headings, a break between parts, links
to the web and to parts of the report. Pictures belong to case boxes and numbers to tables, so
there are none of either here; HTML that somebody types is text.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import TYPE_CHECKING

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import pgettext

from reports.types import Text

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_LOWEST = 4
"""The deepest heading: h4. A report that needs more needs another chapter."""
_UNUSED = ("backticks", "code", "fence", "html_block", "html_inline")
_TAGS = {"a", "blockquote", "br", "em", "h3", "h4", "hr", "li", "ol", "p", "span", "strong", "ul"}
_ATTRIBUTES = {
    "a": {"href"},
    "ol": {"start"},
    "span": {"class", "data-target", "data-before", "data-after"},
}
_SCHEMES = {"http", "https", "mailto"}


def prose(text: Text, *, level: int = 3, anchors: Collection[str] | None = None) -> SafeString:
    """Clean HTML of Markdown in the active language.

    level: of the highest heading, 3 in a chapter and 4 in a box that has a title of its own; the
    levels that were typed are only compared with each other, so that none is ever skipped.
    anchors: ids that a link to a part of the report ("#table-11") may lead to; on paper such a
    link is followed by its page. A link that leads anywhere else stays as text. ``None``: not
    known, all are kept.
    """
    import nh3

    markdown = _parser()
    tokens = parse(text, level)
    for token in tokens:
        if token.children:
            token.children = list(_inline(token.children, anchors))
    html = markdown.renderer.render(tokens, markdown.options, {})
    clean = nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes=_SCHEMES,
        link_rel="noopener noreferrer",
    )
    return mark_safe(clean)  # noqa: S308  (cleaned by nh3)


def parse(text: Text, level: int) -> list[Token]:
    """The same prose as tokens, for a format that is not HTML."""
    return list(_outlined(_parser().parse(str(text)), level))


def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": False}).disable(list(_UNUSED))


def _outlined(tokens: Iterable[Token], level: int) -> Iterator[Token]:
    """Headings at levels that the outline of the report can take, at most ``_LOWEST``."""
    above: list[int] = []
    for token in tokens:
        if token.type == "heading_open":
            typed = int(token.tag[1])
            while above and above[-1] >= typed:
                above.pop()
            above.append(typed)
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(level + len(above) - 1, _LOWEST)}"
        yield token


def _inline(tokens: Iterable[Token], anchors: Collection[str] | None) -> Iterator[Token]:
    """Pictures as their description; links as far as they lead somewhere."""
    leading: list[str] = []
    for token in tokens:
        if token.type == "image":
            yield _text(token.content)
        elif token.type == "link_open":
            target = str(token.attrs.get("href", ""))
            leading.append(target if leads(target, anchors) else "")
            if leading[-1]:
                yield token
        elif token.type == "link_close":
            target = leading.pop()
            if target:
                yield token
            if target.startswith("#"):
                yield _page(target)
        else:
            yield token


def leads(target: str, anchors: Collection[str] | None) -> bool:
    """Whether a link leads to a part of the report or, with its full address, out of it."""
    if target.startswith("#"):
        return anchors is None or target[1:] in anchors
    return target.partition(":")[0].lower() in _SCHEMES


def _text(words: str) -> Token:
    from markdown_it.token import Token

    return Token("text", "", 0, content=words)


def _page(target: str) -> Token:
    """Where the print style sets the page of a link's target; empty on the screen.

    It stands behind the link: WeasyPrint makes each box inside a link a link of its own.
    """
    from markdown_it.token import Token

    before, after = map(escape, page_words())
    return Token(
        "html_inline",
        "",
        0,
        content=f'<span class="page-ref" data-target="{escape(target)}" data-before="{before}"'
        f' data-after="{after}"></span>',
    )


def page_words() -> tuple[str, str]:
    """What stands before and behind the number of a page in a reference, in the active language."""
    before, _braces, after = pgettext("reference to a page", "page {}").partition("{}")
    return before.replace(" ", "\u00a0"), after

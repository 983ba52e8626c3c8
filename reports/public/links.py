"""Where public pages and files lie: on the site, or beside each other in a folder."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from django.templatetags.static import static
from django.urls import reverse

#: Style sheets of the public pages: name, media.
SHEETS = (
    ("css/fonts.css", ""),
    ("css/tokens.css", ""),
    ("css/tokens-dark.css", "screen and (prefers-color-scheme: dark)"),
    ("css/report.css", ""),
    ("css/public.css", ""),
)
#: What they and the pages load beside them.
ASSETS = (
    *(name for name, _media in SHEETS),
    "fonts/golos-text-400.woff2",
    "fonts/golos-text-600.woff2",
    "icons/favicon.svg",
)


def index_path(language: str) -> str:
    """The list of editions in a language, below the root of the public pages."""
    return f"{language}/"


def edition_path(code: str, language: str = "") -> str:
    return f"{code}/{language}/" if language else f"{code}/"


def figure_path(code: str, language: str, number: str) -> str:
    return f"{code}/{language}/figure-{number}.svg"


def card_path(code: str, language: str) -> str:
    """The picture that other sites show beside a link."""
    return f"{code}/{language}/card.png"


def picture_path(code: str, name: str) -> str:
    return f"{code}/pictures/{name}"


def file_path(code: str, name: str) -> str:
    return f"{code}/files/{name}"


class SiteLinks:
    """Addresses on this site."""

    def to(self, path: str) -> str:
        """The address of a path below the root of the public pages."""
        return reverse("public:index") + path

    def asset(self, name: str) -> str:
        """The address of a static file."""
        return static(name)

    @property
    def key(self) -> str:
        """What pages with such links are kept under."""
        return "site"


@dataclass(frozen=True, slots=True)
class FileLinks:
    """Addresses relative to a folder (``here``: "2018-1/ru/"), pages named in full."""

    here: str

    def to(self, path: str) -> str:
        whole = f"{path}index.html" if path.endswith("/") or not path else path
        return "../" * self.here.count("/") + whole

    def asset(self, name: str) -> str:
        return self.to(f"assets/{name}")

    @property
    def key(self) -> str:
        return f"files-{self.here}"


Links = SiteLinks | FileLinks


def root_of(address: str) -> str:
    """The root of the public pages with scheme and host, on the site that an edition was frozen on.

    address: the edition's permanent one. Nothing is taken from the request: a page that is kept
    must not say what somebody wrote into a header.
    """
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}{reverse('public:index')}"

"""The public pages as plain files, with relative links: for any web server, or none at all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from reports.public import links as where
from reports.public import making, shown
from reports.public.links import FileLinks
from reports.render.style import static_dir
from reports.types import LANGUAGES


def write(out: Path, address: str = "") -> Iterator[Path]:
    """Write everything that is public into a folder and tell each file.

    address: where the folder will lie ("https://example.org/reports/"), for what is said to other
    sites; by default where the editions were frozen. What lay in the folder before and has the
    same name is replaced, nothing else is touched. A file appears under its name when it is whole.
    """
    root = f"{address.rstrip('/')}/" if address else ""
    for name, content in _everything(root):
        path = out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f".{path.name}.part")
        part.write_bytes(content)
        part.replace(path)
        yield path


def _everything(root: str) -> Iterator[tuple[str, bytes]]:
    editions = shown.editions()
    absolute = root or (making.root_of(editions[0]) if editions else "")
    for name in where.ASSETS:
        yield f"assets/{name}", (static_dir() / name).read_bytes()
    own = settings.LANGUAGE_CODE[:2]
    for language, here in [(own, ""), *((code, where.index_path(code)) for code in LANGUAGES)]:
        page = making.list_page(editions, language, FileLinks(here), absolute)
        yield f"{here}index.html", page.encode()
    for edition in editions:
        replaced = shown.replaced_by(edition)
        first = edition.languages[0]
        pages = [(first, where.edition_path(edition.code))]
        pages += [(code, where.edition_path(edition.code, code)) for code in edition.languages]
        for language, here in pages:
            page = making.edition_page(edition, language, FileLinks(here), replaced, root)
            yield f"{here}index.html", page.encode()
        for language in edition.languages:
            yield where.card_path(edition.code, language), making.card_of(edition, language)
            for number in making.numbers_of_figures(edition):
                path = where.figure_path(edition.code, language, number)
                yield path, making.figure(edition, number, language)
        for file in shown.files(edition):
            yield where.file_path(edition.code, file.name), bytes(file.content)
        for sha256 in shown.pictures(edition):
            picture = shown.picture_of(sha256)
            name = shown.picture_name(sha256, picture.content_type)
            yield where.picture_path(edition.code, name), bytes(picture.content)

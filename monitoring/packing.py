"""Pages with a long piece that is the same for many people: the piece is packed once.

What gzip makes of a text can be put together from parts that were packed apart, as long as no part
refers back into another. So a page of 200 kB costs what its 5 kB of frame cost.
"""

from __future__ import annotations

import secrets
import zlib
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.utils.regex_helper import _lazy_re_compile
from django.utils.safestring import SafeString, mark_safe

#: Stands for the piece while the page around it is written; nobody can guess it.
PLACE: SafeString = mark_safe(f"<!--{secrets.token_hex(16)}-->")  # noqa: S308  (ours)
_GZIP = _lazy_re_compile(r"\bgzip\b")
_LEVEL = 6
#: As Django's own middleware does: lengths of packed pages tell nothing about what is in them.
_MOST_PADDING = 100


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of pages, as UTF-8 and packed."""

    plain: bytes
    packed: bytes


def piece(text: str) -> Piece:
    plain = text.encode()
    return Piece(plain, _deflated(plain, zlib.Z_FULL_FLUSH))


def answer(request: HttpRequest, page: str, long: Piece) -> HttpResponse:
    """The page with the piece at its ``PLACE``, packed for whoever takes that."""
    before, _place, after = (part.encode() for part in page.partition(PLACE))
    if not _GZIP.search(request.headers.get("Accept-Encoding", "")):
        return HttpResponse(before + long.plain + after)
    check = zlib.crc32(after, zlib.crc32(long.plain, zlib.crc32(before)))
    length = len(before) + len(long.plain) + len(after)
    content = b"".join(
        (
            # A file name in the head, of any length, is the padding.
            b"\x1f\x8b\x08\x08\0\0\0\0\0\xff",
            b"a" * secrets.randbelow(_MOST_PADDING) + b"\0",
            _deflated(before, zlib.Z_FULL_FLUSH),
            long.packed,
            _deflated(after, zlib.Z_FINISH),
            check.to_bytes(4, "little"),
            (length & 0xFFFFFFFF).to_bytes(4, "little"),
        )
    )
    response = HttpResponse(content)
    response.headers["Content-Encoding"] = "gzip"
    patch_vary_headers(response, ("Accept-Encoding",))
    return response


def _deflated(content: bytes, end: int) -> bytes:
    """The content without head and sum; ``Z_FULL_FLUSH``: nothing after it refers back to it."""
    pack = zlib.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    return pack.compress(content) + pack.flush(end)

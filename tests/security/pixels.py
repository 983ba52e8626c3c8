"""What an image file holds, read by its structure alone: no library of images has a part in it."""

from __future__ import annotations

import struct
import zlib

#: What pixels need, and nothing else.
JPEG_MARKERS = {0xC0, 0xC4, 0xDA, 0xDB, 0xDD, 0xE0}
PNG_CHUNKS = {b"IHDR", b"IDAT", b"IEND"}
WEBP_CHUNKS = {b"VP8 ", b"VP8L", b"VP8X", b"ALPH"}


def holds(content: bytes) -> set:
    """Markers of a JPEG, chunks of a PNG or a WebP. Raises ValueError for anything behind or beside
    them, ``APP0`` that is more than JFIF's own 14 bytes included."""
    if content[:2] == b"\xff\xd8":
        return _jpeg(content)
    if content[:8] == b"\x89PNG\r\n\x1a\n":
        return _png(content)
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return _webp(content)
    raise ValueError("no picture")


def is_bare(content: bytes) -> bool:
    """Whether the file holds what pixels need and nothing else."""
    return holds(content) <= (JPEG_MARKERS | PNG_CHUNKS | WEBP_CHUNKS)


def _jpeg(content: bytes) -> set[int]:
    found, at = set(), 2
    while True:
        if content[at] != 0xFF:
            raise ValueError(f"no marker at {at}")
        marker = content[at + 1]
        if marker == 0xD9:
            if at + 2 != len(content):
                raise ValueError("more behind the picture")
            return found
        found.add(marker)
        length = struct.unpack(">H", content[at + 2 : at + 4])[0]
        if marker == 0xE0 and (length != 16 or content[at + 4 : at + 9] != b"JFIF\0"):
            raise ValueError("a JFIF segment with more than its own")
        at += 2 + length
        if marker == 0xDA:
            # Coded pixels, in which 0xFF stands before 0 or a restart marker only.
            while content[at] != 0xFF or content[at + 1] == 0 or 0xD0 <= content[at + 1] <= 0xD7:
                at += 1


def _png(content: bytes) -> set[bytes]:
    found, at, packed = set(), 8, b""
    while at < len(content):
        length = struct.unpack(">I", content[at : at + 4])[0]
        kind, body = content[at + 4 : at + 8], content[at + 8 : at + 8 + length]
        if struct.unpack(">I", content[at + 8 + length : at + 12 + length])[0] != zlib.crc32(
            kind + body
        ):
            raise ValueError("wrong checksum")
        found.add(kind)
        packed += body if kind == b"IDAT" else b""
        at += 12 + length
        if kind == b"IEND" and (length or at != len(content)):
            raise ValueError("more behind the picture")
    stream = zlib.decompressobj()
    stream.decompress(packed)
    if stream.unused_data or not stream.eof:
        raise ValueError("more behind the pixels")
    return found


def _webp(content: bytes) -> set[bytes]:
    if struct.unpack("<I", content[4:8])[0] + 8 != len(content):
        raise ValueError("more behind the picture")
    found, at = set(), 12
    while at < len(content):
        found.add(content[at : at + 4])
        length = struct.unpack("<I", content[at + 4 : at + 8])[0]
        at += 8 + length + length % 2
    if at != len(content):
        raise ValueError("a chunk that reaches too far")
    return found

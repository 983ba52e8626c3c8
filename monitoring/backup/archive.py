"""The container: a tar of which every byte is accounted for.

Parts in the order of their writing, after every few a list of their SHA-256 (as ``sha256sum``
writes it), at the end the manifest with the SHA-256 of everything before it, and the manifest's
own. Headers are written in one way only, padding is zero, and nothing follows the end, so that a
byte that differs anywhere is noticed. Neither writing nor reading holds more than a chunk.
"""

from __future__ import annotations

import hashlib
import json
import tarfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from monitoring.backup.errors import Damaged

BLOCK = tarfile.BLOCKSIZE
CHUNK = 1 << 16
#: How many parts share a list of checksums.
LISTED = 1000
SUMS, MANIFEST, MANIFEST_SUM = "checksums/", "manifest.json", "manifest.sha256"
#: What belongs to the container itself is small; a larger one is no work of ours.
SMALL = 1 << 22
END = bytes(2 * BLOCK)


@dataclass(frozen=True, slots=True)
class Part:
    """``body`` is read once, before the next part is asked for."""

    name: str
    size: int
    body: Iterator[bytes]

    def content(self) -> bytes:
        return b"".join(self.body)


class Writer:
    """Writes parts into ``stream`` and closes them with ``finish``."""

    def __init__(self, stream: BinaryIO):
        self._stream = stream
        self._before = hashlib.sha256()
        self._sums: list[str] = []
        self._lists = 0

    def add(self, name: str, size: int, chunks: Iterable[bytes]) -> None:
        """A part of exactly ``size`` bytes; raises ValueError if there are more or fewer."""
        self._sums.append(_line(self._part(name, size, chunks), name))
        if len(self._sums) == LISTED:
            self._list()

    def finish(self, manifest: dict[str, Any]) -> dict[str, Any]:
        """Write the manifest, with the checksum of all before it, and the end."""
        if self._sums:
            self._list()
        manifest = {**manifest, "sha256_before": self._before.hexdigest()}
        text = json.dumps(manifest, ensure_ascii=False, indent=1).encode()
        self._small(MANIFEST, text)
        self._small(MANIFEST_SUM, _line(hashlib.sha256(text).hexdigest(), MANIFEST).encode())
        self._write(END)
        return manifest

    def _list(self) -> None:
        self._lists += 1
        self._small(f"{SUMS}{self._lists:06d}", "".join(self._sums).encode())
        self._sums = []

    def _small(self, name: str, content: bytes) -> None:
        self._part(name, len(content), [content])

    def _part(self, name: str, size: int, chunks: Iterable[bytes]) -> str:
        self._write(header(name, size))
        digest, written = hashlib.sha256(), 0
        for chunk in chunks:
            digest.update(chunk)
            written += len(chunk)
            self._write(chunk)
        if written != size:
            raise ValueError(f"{name}: {written} bytes instead of {size}")
        self._write(bytes(-size % BLOCK))
        return digest.hexdigest()

    def _write(self, content: bytes) -> None:
        self._before.update(content)
        self._stream.write(content)


class Reader:
    """Reads an archive from ``stream``; ``manifest`` is there once ``parts`` has come to its end.

    Every method raises Damaged as soon as something is not as ``Writer`` leaves it.
    """

    def __init__(self, stream: BinaryIO):
        self._stream = stream
        self._before = hashlib.sha256()
        self._sums: list[str] = []
        self.manifest: dict[str, Any] = {}

    def parts(self) -> Iterator[Part]:
        """Each part; a list of checksums that does not fit what was read raises Damaged."""
        while True:
            before = self._before.hexdigest()
            name, size = self._header()
            if name == MANIFEST:
                self._manifest(size, before)
                return
            if name.startswith(SUMS):
                self._compare(self._small(name, size))
                continue
            digest = hashlib.sha256()
            part = Part(name, size, self._body(name, size, digest))
            yield part
            for _rest in part.body:
                pass
            self._sums.append(_line(digest.hexdigest(), name))

    def _header(self) -> tuple[str, int]:
        block = self._read(BLOCK)
        try:
            info = tarfile.TarInfo.frombuf(block, "utf-8", "strict")
            same = header(info.name, info.size) == block
        except (tarfile.HeaderError, ValueError) as error:
            raise Damaged("a part has no proper beginning") from error
        if not same:
            raise Damaged(f"the beginning of “{info.name}” has been altered")
        return info.name, info.size

    def _body(self, name: str, size: int, digest) -> Iterator[bytes]:
        left = size
        while left:
            chunk = self._read(min(left, CHUNK))
            left -= len(chunk)
            digest.update(chunk)
            yield chunk
        if self._read(-size % BLOCK).strip(b"\0"):
            raise Damaged(f"there is something behind the end of “{name}”")

    def _small(self, name: str, size: int) -> bytes:
        if size > SMALL:
            raise Damaged(f"“{name}” is too large")
        return b"".join(self._body(name, size, hashlib.sha256()))

    def _compare(self, listed: bytes) -> None:
        read = "".join(self._sums).encode()
        if listed != read:
            wrong = set(read.splitlines()) - set(listed.splitlines())
            names = sorted(line.decode().split("  ", 1)[1] for line in wrong)
            raise Damaged(f"checksums differ: {', '.join(names[:5]) or 'parts are missing'}")
        self._sums = []

    def _manifest(self, size: int, before: str) -> None:
        text = self._small(MANIFEST, size)
        name, size = self._header()
        own = self._small(name, size)
        if (name, own.decode(errors="replace")) != (
            MANIFEST_SUM,
            _line(hashlib.sha256(text).hexdigest(), MANIFEST),
        ):
            raise Damaged("the manifest has been altered")
        manifest = json.loads(text)
        if manifest.get("sha256_before") != before or self._sums:
            raise Damaged("the manifest does not fit what stands before it")
        if self._read(len(END)) != END or self._stream.read(1):
            raise Damaged("it does not end where it should")
        self.manifest = manifest

    def _read(self, size: int) -> bytes:
        """Exactly ``size`` bytes, however little the stream gives at a time."""
        found = bytearray()
        while len(found) < size:
            chunk = self._stream.read(size - len(found))
            if not chunk:
                raise Damaged("it has been cut off")
            found += chunk
        self._before.update(found)
        return bytes(found)


def header(name: str, size: int) -> bytes:
    """The one header that a part of this name and size has."""
    info = tarfile.TarInfo(name)
    info.size, info.mode = size, 0o600
    return info.tobuf(tarfile.USTAR_FORMAT, "utf-8", "strict")


def _line(digest: str, name: str) -> str:
    return f"{digest}  {name}\n"

"""Pixels of a photograph, decoded in a process of its own that can do nothing else.

Decoders of images are the code that hostile files are made for. So the bytes go to a process that
is started for them: without environment, with limits of memory, of processor time and of what it
may open (nothing: neither a file nor a socket), and killed when it takes too long. Only a size and
the raw pixels come back, and no more of them than were announced; the copy is drawn from these.

This module is both ends: ``pixels_of`` for the site, and, run as a script, the process itself. It
imports nothing of the product, so that the process has nothing of it to lose.
"""

from __future__ import annotations

import os
import struct
import subprocess
import sys
import threading
from dataclasses import dataclass
from typing import IO

#: Of the process: bytes of address space, seconds of processor time, seconds on the clock.
MEMORY = 1280 * 2**20
PROCESSOR_SECONDS = 15
SECONDS = 20
#: Exit statuses that say why there are no pixels; any other end means a damaged file.
TOO_MANY_PIXELS = 3
NOBODY = 65534
_HEADER = struct.Struct("<IIB")
_MODES = {3: "RGB", 4: "RGBA"}


class NoPixels(Exception):
    """The bytes are no photograph that can be drawn, or drawing them took too much."""


class TooManyPixels(NoPixels):
    """The photograph would unpack to more pixels than are allowed."""


@dataclass(frozen=True, slots=True)
class Pixels:
    """An upright picture: ``data`` has a byte per channel, row by row; ``mode`` RGB or RGBA."""

    mode: str
    size: tuple[int, int]
    data: bytes


def pixels_of(file: IO[bytes], kind: str, limit: int) -> Pixels:
    """The picture in an open file (a real one, at its beginning), as Pillow's format ``kind``.

    ``limit``: pixels at most. Raises NoPixels and TooManyPixels.
    """
    command = [sys.executable, "-I", "-B", __file__, kind, str(limit)]
    with subprocess.Popen(
        command, stdin=file, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={}, cwd="/"
    ) as process:
        # When the time is over the pipe breaks off, and so does the reading.
        clock = threading.Timer(SECONDS, process.kill)
        clock.start()
        try:
            return _read(process, limit)
        finally:
            clock.cancel()
            process.kill()


def _read(process: subprocess.Popen, limit: int) -> Pixels:
    head = process.stdout.read(_HEADER.size)
    if len(head) < _HEADER.size:
        raise TooManyPixels if process.wait() == TOO_MANY_PIXELS else NoPixels
    width, height, channels = _HEADER.unpack(head)
    mode = _MODES.get(channels)
    if mode is None or not 0 < width * height <= limit:
        raise NoPixels
    length = width * height * channels
    data = process.stdout.read(length)
    if len(data) != length or process.stdout.read(1) or process.wait() != 0:
        raise NoPixels
    return Pixels(mode, (width, height), data)


def _draw(kind: str, limit: int) -> int:
    """The process: picture on standard input, size and pixels on standard output."""
    from PIL import Image, ImageOps, MpoImagePlugin, TiffImagePlugin, WebPImagePlugin

    # Decoders, and what reads how the camera was held: loaded while files can still be opened.
    Image.preinit()
    _loaded = (MpoImagePlugin, TiffImagePlugin, WebPImagePlugin)
    Image.MAX_IMAGE_PIXELS = None  # the limit is the caller's, and told before anything is unpacked
    _shut_in()
    with Image.open(sys.stdin.buffer, formats=[kind]) as image:
        if image.width * image.height > limit:
            return TOO_MANY_PIXELS
        image.load()
        ImageOps.exif_transpose(image, in_place=True)
        transparent = kind != "JPEG" and image.has_transparency_data
        mode = "RGBA" if transparent else "RGB"
        picture = image if image.mode == mode else image.convert(mode)
        data = picture.tobytes()
    sys.stdout.buffer.write(_HEADER.pack(*picture.size, len(mode)))
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()
    return 0


def _shut_in() -> None:
    """Give up all that decoding does not need; from here on nothing can be opened."""
    import resource

    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, PROCESSOR_SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 3),
    ):
        resource.setrlimit(what, (most, most))
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))


if __name__ == "__main__":
    sys.exit(_draw(sys.argv[1], int(sys.argv[2])))

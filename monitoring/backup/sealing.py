"""Sealing with age (https://age-encryption.org): ChaCha20-Poly1305 in chunks, to one or more keys.

A key is a recipient (``age1…``), which can only seal, or an identity (``AGE-SECRET-KEY-1…``), which
opens as well. A server that knows the recipient alone cannot read its own backups, nor can those
who seize it.
"""

from __future__ import annotations

import contextlib
import io
import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from monitoring.backup.errors import Damaged, Refused

MAGIC = b"age-encryption.org/"
BUFFER = 1 << 16


@dataclass(frozen=True, slots=True)
class Keys:
    """What one may seal to and what one can open with; neither: backups are not sealed."""

    recipients: tuple = ()
    identities: tuple = ()

    def __bool__(self) -> bool:
        return bool(self.recipients)


def read_keys(text: str) -> Keys:
    """Keys of a text: one a line or separated by blanks, ``#`` begins a comment.

    Raises Refused for what is no key; the message does not repeat it.
    """
    from pyrage import IdentityError, RecipientError, x25519

    recipients, identities = [], []
    lines = [line.partition("#")[0] for line in text.replace(",", " ").splitlines()]
    for word in " ".join(lines).split():
        try:
            if word.upper().startswith("AGE-SECRET-KEY-"):
                identity = x25519.Identity.from_str(word.upper())
                identities.append(identity)
                recipients.append(identity.to_public())
            else:
                recipients.append(x25519.Recipient.from_str(word))
        except (IdentityError, RecipientError) as error:
            raise Refused(
                "The key is neither a recipient (age1…) nor an identity (AGE-SECRET-KEY-1…); "
                "`backup_key` makes a pair."
            ) from error
    return Keys(tuple(recipients), tuple(identities))


def new_pair() -> tuple[str, str]:
    """A new identity and its recipient."""
    from pyrage import x25519

    identity = x25519.Identity.generate()
    return str(identity), str(identity.to_public())


def is_sealed(stream: BinaryIO) -> bool:
    """Whether the file is an age file; the stream stands at its beginning afterwards."""
    head = stream.read(len(MAGIC))
    stream.seek(0)
    return head == MAGIC


@contextlib.contextmanager
def sealed(target: BinaryIO, keys: Keys) -> Iterator[BinaryIO]:
    """A stream to write to; what is written arrives in ``target`` sealed."""
    from pyrage import encrypt_io

    inlet, outlet = _pipe()
    work = _Work(lambda: encrypt_io(inlet, target, list(keys.recipients)), inlet)
    try:
        with outlet:
            yield outlet
    except BrokenPipeError:
        # The other side has given up; what it met is the reason.
        work.done()
        raise
    work.done()


@contextlib.contextmanager
def opened(source: BinaryIO, keys: Keys) -> Iterator[BinaryIO]:
    """A stream to read what ``source`` holds sealed. Raises Refused for a key that does not fit,
    Damaged for a file that is not whole; nothing of it may be relied on before the end is read."""
    from pyrage import decrypt_io

    if not keys.identities:
        raise Refused("The backup is sealed: give the identity (AGE-SECRET-KEY-1…) to open it.")
    inlet, outlet = _pipe()
    work = _Work(lambda: decrypt_io(source, _Quiet(outlet), list(keys.identities)), outlet)
    stream = _Checked(inlet, work)
    try:
        yield stream
    except Damaged as error:
        # The container noticed first that something is missing; the seal knows why.
        raise (_said(work.failed()) or error) from error
    except Exception as error:
        raise (_said(error) or error) from error
    finally:
        inlet.close()
        work.join()


class _Work(threading.Thread):
    """Runs ``task`` beside the caller, closes ``end`` of the pipe after it, keeps its failure."""

    def __init__(self, task: Callable[[], None], end: BinaryIO):
        super().__init__(daemon=True)
        self._task, self._end = task, end
        self.failure: Exception | None = None
        self.start()

    def run(self) -> None:
        try:
            self._task()
        except Exception as error:  # noqa: BLE001  (told to the caller by ``done``)
            self.failure = error
        finally:
            with contextlib.suppress(OSError):
                self._end.close()

    def failed(self) -> Exception | None:
        self.join(timeout=10)
        return self.failure

    def done(self) -> None:
        self.join()
        if self.failure is not None:
            raise self.failure


class _Checked(io.RawIOBase):
    """Reads from the pipe; at its end tells whether the seal was whole."""

    def __init__(self, inlet: BinaryIO, work: _Work):
        self._inlet, self._work = inlet, work

    def read(self, size: int = -1) -> bytes:
        found = self._inlet.read(size)
        if not found and size:
            self._work.done()
        return found


class _Quiet:
    """Takes no offence when the reader has stopped listening."""

    def __init__(self, outlet: BinaryIO):
        self._outlet = outlet

    def write(self, content: bytes) -> int:
        with contextlib.suppress(BrokenPipeError, ValueError):
            self._outlet.write(content)
        return len(content)

    def flush(self) -> None:
        with contextlib.suppress(BrokenPipeError, ValueError):
            self._outlet.flush()


def _said(error: Exception | None) -> Refused | None:
    """The seal's failure in words; None if it is none of its failures."""
    from pyrage import DecryptError

    if isinstance(error, DecryptError) and "No matching keys" in str(error):
        return Refused("The key does not open this backup, or its beginning is damaged.")
    # A chunk that does not open comes as an OSError without a number of the system's.
    if isinstance(error, DecryptError) or (isinstance(error, OSError) and error.errno is None):
        return Damaged("the seal is broken: it has been cut off or altered")
    return None


def _pipe() -> tuple[BinaryIO, BinaryIO]:
    read, write = os.pipe()
    return os.fdopen(read, "rb", BUFFER), os.fdopen(write, "wb", BUFFER)

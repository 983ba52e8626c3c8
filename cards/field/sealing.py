"""The keys that devices seal to, and opening what they sealed (JWE, RFC 7516, general JSON).

A pair is one file of ``settings.SEALING_DIR``: a JWK on P-256, named by kind, the time it was made
and its thumbprint. Of the site's own pairs the newest is sealed to, older ones still open. Of a
recovery key only the public half lies here; its private half is kept outside of the site, for the
day on which the folder is lost. Files are added and never written over.
"""

from __future__ import annotations

import contextlib
import datetime
import fcntl
import json
import os
import re
import stat
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings

from cards.field.disk import sync_folder
from cards.field.errors import UnknownKey, Unreadable

ALG, ENC = "ECDH-ES+A256KW", "A256GCM"
SITE, RECOVERY = "site", "recovery"
_NAME = re.compile(r"(site|recovery)-(\d{8}T\d{12}Z)-[\w-]{16}\.json")
#: An imported pair opens and is never the newest: nobody knows where it has been.
_LONG_AGO = "19700101T000000000000Z"
_TEXTS = ("protected", "iv", "ciphertext", "tag")
#: Room for the larger of two keys and their headers around an attachment in base64.
_OVERHEAD = 1 << 16


class NoKey(Exception):
    """There is no key to seal to: ``prepare`` makes one."""


class Refused(Exception):
    """The command cannot do this; nothing was changed. The message says why."""


@dataclass(frozen=True, slots=True)
class KeyFile:
    """A file of the folder. ``made``: when, as in its name; ``kid``: "" if it cannot be read."""

    path: Path
    kind: str
    made: str
    kid: str


def folder() -> Path:
    return Path(settings.SEALING_DIR)


def ensure() -> str:
    """Make the site's first pair where there is none; its kid, "" if there was one.

    Two who do so at once make one: whoever comes second finds the file of the first.
    """
    with _locked():
        return "" if _files(SITE) else _make_site_pair()


def rotate() -> str:
    """A new pair that devices seal to from their next visit on; its kid. Older ones still open."""
    with _locked():
        return _make_site_pair()


def make_recovery(out: Path) -> str:
    """A recovery pair: the private half into ``out``, the public one into the folder; its kid.

    Raises Refused where ``out`` exists or lies in the data of the site.
    """
    out = out.absolute()
    for place in (folder(), Path(settings.DATA_DIR), Path(settings.MEDIA_ROOT)):
        if out.resolve().is_relative_to(place.resolve()):
            raise Refused(
                "Keep the private half of a recovery key away from the data of the site: "
                "whoever takes the one takes the other."
            )
    with _locked():
        pair = _new_pair()
        try:
            _write_new(out, _text(pair, private=True))
        except FileExistsError:
            raise Refused(f"{out} exists; nothing is written over.") from None
        except OSError as error:
            raise Refused(f"{out}: {error.strerror}") from None
        return _keep(RECOVERY, pair, _now())


def add_key(text: str) -> tuple[str, str]:
    """Add a key that was made elsewhere: a public one becomes the recovery key, a private one
    opens what was sealed to it and is never sealed to. Its kind and kid.

    Raises Refused for what is no key on P-256, for one that is here already, and for the private
    half of a recovery key.
    """
    key = read_key(text)
    kid = key.thumbprint()
    with _locked():
        known = {(row.kind, row.kid) for row in listing()}
        kind = SITE if key.is_private else RECOVERY
        if (kind, kid) in known:
            raise Refused(f"The key {kid} is here already.")
        if key.is_private and (RECOVERY, kid) in known:
            raise Refused(
                "This is the private half of the recovery key: keep it away from the site. "
                "`open_sealed --key FILE` opens what needs it."
            )
        return kind, _keep(kind, key, _LONG_AGO if key.is_private else _now())


def listing() -> list[KeyFile]:
    """Every key of the folder, the newest of each kind first."""
    return [
        KeyFile(path, kind, made, _kid(path))
        for kind in (SITE, RECOVERY)
        for made, path in _files(kind)
    ]


def public_keys() -> list[dict[str, str]]:
    """What devices seal to, as JWKs: the site's current key, then the recovery key if there is one.

    Raises NoKey.
    """
    newest = [rows[0][1] for rows in (_files(SITE), _files(RECOVERY)) if rows]
    if not newest or not newest[0].name.startswith(SITE):
        raise NoKey
    return [_public(_load(path)) for path in newest]


def open_parcel(parcel: Any, others: Iterable[Any] = ()) -> bytes:
    """What a device sealed. ``others``: more private keys to try (``read_key``).

    Raises UnknownKey if it is sealed to none of the keys that are here, Unreadable if it is no
    parcel or not as it was sealed.
    """
    _look_at(parcel)
    keys = {key.thumbprint(): key for key in others}
    keys |= {kid: _load(path) for _made, path in _files(SITE) if (kid := _kid(path))}
    for recipient in parcel["recipients"]:
        key = keys.get(recipient["header"]["kid"])
        if key is not None:
            return _opened({**parcel, "recipients": [recipient]}, key)
    raise UnknownKey


def seal(content: bytes, keys: Iterable[dict[str, str]] | None = None) -> dict[str, Any]:
    """Seal as a device does (tests, and whoever wants to try a key)."""
    from joserfc import jwe

    sealed = jwe.GeneralJSONEncryption(
        {"enc": ENC, "typ": "zhinalys-parcel", "cty": "json"}, content
    )
    for jwk in public_keys() if keys is None else keys:
        key = read_key(json.dumps(jwk))
        sealed.add_recipient({"alg": ALG, "kid": key.thumbprint()}, key)
    return jwe.encrypt_json(sealed, None, registry=_registry(len(content)))


def read_key(text: str):
    """A key of P-256 from its JWK, private or public. Raises Refused."""
    from joserfc.errors import JoseError
    from joserfc.jwk import ECKey

    try:
        values = json.loads(text)
        if values.get("crv") != "P-256":
            raise Refused("This is no key on the curve P-256.")
        return ECKey.import_key({name: values[name] for name in _PARTS if name in values})
    except (JoseError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise Refused("This is no key (a JWK on the curve P-256).") from error


def ready(connection) -> bool:
    """Whether devices can seal and the site can open: for ``/readyz``."""
    rows = _files(SITE)
    return (
        bool(rows)
        and all(_kid(path) for _made, path in rows)
        and os.access(folder(), os.W_OK | os.X_OK)
        and not stat.S_IMODE(rows[0][1].stat().st_mode) & 0o077
    )


_PARTS = ("kty", "crv", "x", "y", "d")


def _look_at(parcel: Any) -> None:
    """Refuse what has not the shape of a parcel before a library looks at it."""
    if not isinstance(parcel, dict) or not all(isinstance(parcel.get(n), str) for n in _TEXTS):
        raise Unreadable("no parcel")
    if "unprotected" in parcel or "aad" in parcel:
        raise Unreadable("more than a parcel has")
    recipients = parcel.get("recipients")
    if not isinstance(recipients, list) or not 1 <= len(recipients) <= 8:
        raise Unreadable("recipients")
    for row in recipients:
        header = row.get("header") if isinstance(row, dict) else None
        if (
            not isinstance(header, dict)
            or not isinstance(row.get("encrypted_key"), str)
            or header.get("alg") != ALG
            or not isinstance(header.get("kid"), str)
            # For one recipient alone the sender's key may stand in the protected header.
            or not isinstance(header.get("epk", {}), dict)
        ):
            raise Unreadable("recipient")


def _opened(parcel: dict[str, Any], key) -> bytes:
    from joserfc import jwe

    try:
        found = jwe.decrypt_json(parcel, key, registry=_registry(len(parcel["ciphertext"])))
    except Exception as error:
        # Whatever the libraries meet in a hostile parcel, it is the parcel that is wrong.
        raise Unreadable("not as it was sealed") from error
    return found.plaintext


def _registry(size: int):
    """One way to seal and no other: nothing is unpacked, no weaker algorithm is agreed to."""
    from joserfc.jwe import JWERegistry

    registry = JWERegistry(algorithms=[ALG, ENC])
    registry.max_ciphertext_length = 2 * size + _OVERHEAD
    return registry


def _make_site_pair() -> str:
    return _keep(SITE, _new_pair(), _now())


def _new_pair():
    from joserfc.jwk import ECKey

    return ECKey.generate_key("P-256", private=True)


def _keep(kind: str, key, made: str) -> str:
    kid = key.thumbprint()
    path = folder() / f"{kind}-{made}-{kid[:16]}.json"
    _write_new(path, _text(key, private=kind == SITE))
    return kid


def _text(key, *, private: bool) -> bytes:
    values = {**key.as_dict(private=private), "kid": key.thumbprint(), "alg": ALG, "use": "enc"}
    return json.dumps(values, indent=1).encode() + b"\n"


def _public(key) -> dict[str, str]:
    values = key.as_dict(private=False)
    return {
        **{name: values[name] for name in ("kty", "crv", "x", "y")},
        "kid": key.thumbprint(),
        "alg": ALG,
        "use": "enc",
    }


def _write_new(path: Path, content: bytes) -> None:
    """A file for the owner alone, whole and on the disk, or none; raises FileExistsError."""
    descriptor, unfinished = tempfile.mkstemp(dir=path.parent, prefix=".unfinished-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.link(unfinished, path)
    finally:
        os.unlink(unfinished)
    sync_folder(path.parent)


@contextlib.contextmanager
def _locked() -> Iterator[None]:
    """The folder, made if need be, for one process at a time."""
    folder().mkdir(parents=True, exist_ok=True, mode=0o700)
    with open(folder() / ".lock", "w", opener=_private) as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _private(path, flags) -> int:
    return os.open(path, flags, 0o600)


def _files(kind: str) -> list[tuple[str, Path]]:
    """(when it was made, its file) of every key of that kind, the newest first."""
    with contextlib.suppress(FileNotFoundError):
        found = (_NAME.fullmatch(entry.name) for entry in os.scandir(folder()))
        rows = ((m[2], folder() / m[0]) for m in found if m is not None and m[1] == kind)
        return sorted(rows, reverse=True)
    return []


def _kid(path: Path) -> str:
    """The thumbprint of the key in the file; "" if there is none to be read."""
    try:
        return _thumbprint(path, path.stat().st_mtime_ns)
    except (Refused, OSError):
        return ""


def _load(path: Path):
    """The key in the file; raises Refused, OSError."""
    return _read(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=64)
def _thumbprint(path: Path, changed: int) -> str:
    return _read(path, changed).thumbprint()


@lru_cache(maxsize=64)
def _read(path: Path, changed: int):
    return read_key(path.read_text(errors="replace"))


def _now() -> str:
    return datetime.datetime.now(datetime.UTC).strftime("%Y%m%dT%H%M%S%fZ")

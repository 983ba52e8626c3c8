"""What the three commands share: the key, and a manifest in words."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from monitoring.backup import sealing
from monitoring.backup.errors import Refused


def add_key_arguments(parser: CommandParser) -> None:
    key = parser.add_mutually_exclusive_group()
    key.add_argument(
        "--key-file",
        type=Path,
        help="file with age keys, one a line; - is standard input (default: BACKUP_KEY)",
    )
    key.add_argument("--no-key", action="store_true", help="not sealed, whatever BACKUP_KEY says")


def keys(key_file: Path | None, no_key: bool) -> sealing.Keys:
    """The keys that the person gave; raises CommandError if there is none in what they gave."""
    if no_key:
        return sealing.Keys()
    try:
        found = sealing.read_keys(_text(key_file))
    except OSError as error:
        raise CommandError(f"{key_file}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise CommandError(f"{key_file} holds no key.") from None
    except Refused as error:
        raise CommandError(str(error)) from None
    if key_file and not found:
        raise CommandError(f"{key_file} holds no key.")
    return found


def _text(key_file: Path | None) -> str:
    if key_file is None:
        return settings.BACKUP_KEY
    return sys.stdin.read() if str(key_file) == "-" else key_file.read_text()


def summary(manifest: dict[str, Any]) -> str:
    """One line: when, how much, how far the history went."""
    head = manifest["history"]
    return (
        f"made {manifest['created_at']}, {sum(manifest['rows'].values())} rows in "
        f"{len(manifest['rows'])} tables, {manifest['files']} files"
        + (f", history up to {head['seq']} {head['hash']}" if head else "")
    )

"""The browser of the journeys: the machine's Chromium, else the one that Playwright brings."""

import os
import shutil
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Playwright

NAMES = ("chromium", "google-chrome")

# Chromium calls home at every start; a test talks to its own server alone.
QUIET = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
]


def executable() -> Path | None:
    """``CHROMIUM`` or the first known name on the PATH; None for Playwright's own build."""
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    return Path(found) if found else None


def options() -> dict[str, Any]:
    """How the browser is begun. Root may use it only without the sandbox, as on a build machine."""
    return {
        "executable_path": executable(),
        "chromium_sandbox": os.geteuid() != 0,
        "args": QUIET,
    }


def launch(playwright: Playwright) -> Browser:
    """A headless browser."""
    return playwright.chromium.launch(**options())

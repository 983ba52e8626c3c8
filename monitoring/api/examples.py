"""The examples of docs/api.md, so that the page, the document and the test show the same ones."""

from __future__ import annotations

import re
from functools import lru_cache

from django.conf import settings

FILE = settings.BASE_DIR / "docs" / "api.md"
_FENCE = re.compile(r"^```(python|r)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def both() -> dict[str, str]:
    """Language (``python``, ``r``) -> its example, as it is run."""
    return _read(FILE.stat().st_mtime_ns)


@lru_cache(maxsize=1)
def _read(changed: int) -> dict[str, str]:
    return dict(_FENCE.findall(FILE.read_text(encoding="utf-8")))

"""ZIP files with the same bytes for the same content."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

#: In a ZIP file nothing is older than this.
_NO_TIME = (1980, 1, 1, 0, 0, 0)


def zipped(files: Mapping[str, bytes]) -> bytes:
    """Files by name, packed in their order and without a time."""
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, _NO_TIME), content, zipfile.ZIP_DEFLATED)
    return output.getvalue()

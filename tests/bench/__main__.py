"""``python -m tests.bench``: run sections, keep what they measured, write the document.

A limit that is not reached is shown as such; the exit status is 1 only if a section failed.
"""

from __future__ import annotations

import argparse
import importlib.util
import platform
import sys
import time
import traceback
from collections.abc import Sequence
from importlib import import_module, metadata
from pathlib import Path

from tests.bench import SECTIONS, SIZES, document, rows
from tests.bench.site import DATABASES, forget

#: What the figures hang on besides the product itself.
VERSIONS = ("django", "duckdb", "polars", "pandas", "numpy", "weasyprint", "gunicorn")


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit status: 1 if a section could not be measured."""
    chosen = _parser().parse_args(arguments)
    if chosen.forget:
        forget()
        return 0
    failed = 0
    if not chosen.document:
        for section in chosen.only or SECTIONS:
            failed += not _measured(section, chosen.sizes, chosen.database, chosen.keep)
    if chosen.document or chosen.write:
        document.write(chosen.keep)
    return int(bool(failed))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--sizes", type=_sizes, default=SIZES, help="numbers of cards, by commas")
    parser.add_argument("--only", nargs="+", choices=SECTIONS, help="these sections")
    parser.add_argument("--database", nargs="+", choices=DATABASES, default=DATABASES)
    parser.add_argument("--keep", type=Path, default=rows.KEPT, help="file that keeps all rows")
    parser.add_argument("--write", action="store_true", help="write docs/performance.md anew")
    parser.add_argument("--document", action="store_true", help="only that, from what is kept")
    parser.add_argument("--forget", action="store_true", help="throw away the kept databases")
    return parser


def _sizes(text: str) -> tuple[int, ...]:
    return tuple(sorted(int(part.replace("_", "")) for part in text.split(",")))


def _measured(section: str, sizes: Sequence[int], databases: Sequence[str], path: Path) -> bool:
    """Run a section and keep its rows, even those of one that fails later."""
    if importlib.util.find_spec(f"tests.bench.{section}") is None:
        sys.stderr.write(f"{section}: not here\n")
        return True
    began, found = time.monotonic(), []
    try:
        for row in import_module(f"tests.bench.{section}").run(sizes, databases):
            found.append(row)
            sys.stdout.write(f"{document.line(row)}\n")
            sys.stdout.flush()
        well = True
    except Exception:
        traceback.print_exc()
        well = False
    rows.keep(found, circumstances(), path)
    sys.stderr.write(f"{section}: {time.monotonic() - began:.0f} s\n")
    return well


def circumstances() -> dict[str, str]:
    """When and on what it was measured."""
    told = {
        "date": time.strftime("%Y-%m-%d"),
        "processor": _processor(),
        "python": platform.python_version(),
    }
    return told | {name: metadata.version(name) for name in VERSIONS}


def _processor() -> str:
    import os

    lines = Path("/proc/cpuinfo").read_text().splitlines()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return f"{os.cpu_count()} × {names[0] if names else platform.machine()}"


if __name__ == "__main__":
    sys.exit(main())

"""``make load``: a day of protest on a site of its own, on the database that DATABASE_URL names."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import tempfile
from dataclasses import fields
from pathlib import Path

import django

#: Addresses that are asked alone afterwards, with wrk: who asks, and what.
SINGLES = (
    ("anybody", "/healthz"), ("anybody", "/sign-in/"), ("anybody", "/editions/"),
    ("anybody", "/field/ru/"), ("monitors", "/cards/"), ("monitors", "/cards/new/"),
    ("editors", "/cards/queue/"), ("readers", "/reports/"), ("readers", "/reports/2018/"),
    ("readers", "/cards/all/?text=square"),
)  # fmt: skip


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    from tests.databases import new_database
    from tests.load import day, tables

    parser = argparse.ArgumentParser(prog="python -m tests.load", description=__doc__)
    defaults = {each.name: each.default for each in fields(day.Plan)}
    for name in ("monitors", "editors", "readers", "before", "after", "seed"):
        parser.add_argument(f"--{name}", type=int, default=defaults[name])
    parser.add_argument("--minutes", type=float, default=defaults["seconds"] / 60)
    parser.add_argument("--rate", type=float, default=defaults["rate"], help="times life's pace")
    parser.add_argument("--server", choices=day.SERVERS, default="waitress")
    parser.add_argument("--threads", type=int, help="of each worker")
    parser.add_argument("--singles", type=float, default=0, help="seconds of wrk for each address")
    parser.add_argument("--no-pdf", action="store_true", help="nobody takes the PDF")
    parser.add_argument("--folder", type=Path, help="kept afterwards; else a temporary one")
    given = parser.parse_args()
    plan = day.Plan(
        **{name: getattr(given, name) for name in ("monitors", "editors", "readers")},
        **{name: getattr(given, name) for name in ("before", "after", "seed", "rate")},
        seconds=given.minutes * 60,
        settle=defaults["settle"] if given.minutes > 2 else given.minutes * 12 * given.rate,
        with_pdf=not given.no_pdf,
    )
    folder = given.folder or Path(tempfile.mkdtemp(prefix="zhinalys-load-"))
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with new_database(folder, "load") as url:
            site = day.LoadedSite(url, folder, given.server)
            if given.threads:
                site.options += ("--threads", str(given.threads))
            people = day.prepare(site, plan)
            with site.running():
                day.warm_up(site, people, plan)
                lived = day.live(site, people, plan)
                print(f"\n{lived.database}\n\n{tables.summary(lived)}\n\n{tables.latencies(lived)}")  # noqa: T201
                if given.singles:
                    print("\n" + singles(site, people, given.singles))  # noqa: T201
        for problem in (lived.failed, lived.refused, lived.lost, day.faults(site)):
            assert not problem, problem[:10]
    finally:
        if not given.folder:
            shutil.rmtree(folder, ignore_errors=True)


def singles(site, people: Path, seconds: float) -> str:
    """What each address does alone, sixteen asking at once: requests a second, and latencies."""
    known = json.loads(people.read_text())
    lines = ["| address | requests a second | 50 % | 99 % |", "|---|---:|---:|---:|"]
    for who, path in SINGLES:
        command = ["wrk", "-t1", "-c16", f"-d{seconds:.0f}s", "--timeout", "30s", "--latency"]
        if who != "anybody":
            command += ["-H", f"Cookie: sessionid={known[who][0]['session']}"]
        command += [f"http://127.0.0.1:{site.port}{path}"]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
        assert "Non-2xx" not in said, (path, said)
        cells = [said[said.index(name) + 1] for name in ("Requests/sec:", "50%", "99%")]
        lines.append(f"| `{path}` | " + " | ".join(cells) + " |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()

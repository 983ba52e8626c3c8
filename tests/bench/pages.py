"""Pages of the report, served: against an empty page, and files against files that just lie there.

The site of the demonstration: the report of 2018 is as long there as with a million cards, because
it is made of facts. What is compared takes turns on the same two workers.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from tests.bench import proxy, serving
from tests.bench.child import Child
from tests.bench.rows import Row

SECTION = "pages"
REPORT, PDF = "/reports/2018/", "/reports/2018/files/pdf/ru/"
EMPTY, FILE, STATIC = "/bench/empty/", "/bench/file/", "/static/bench/file.pdf"


def run(
    sizes: Sequence[int] = (), databases: Sequence[str] = ("sqlite",), *, rounds: int = 7,
    seconds: float = 2,
) -> Iterator[Row]:  # fmt: skip
    """The report page, the PDF that is kept, and that of a published edition, on SQLite."""
    if not serving.there():
        return
    with tempfile.TemporaryDirectory(prefix="zhinalys-bench-") as folder:
        environment = environment_of(Path(folder))
        Path(environment["STATIC_ROOT"]).mkdir()
        with Child(environment, before="tests.bench.pages:start") as maker:
            cookie, cards = maker.call("tests.bench.pages:prepare")
            edition = maker.call("tests.bench.pages:published")
        headers = {"Cookie": cookie, "Accept-Encoding": "gzip", "Accept-Language": "ru"}
        with serving.served(environment, headers) as server:
            _same(server)
            yield from _rows(server, cards, rounds, seconds)
            if proxy.there():
                with proxy.fronted(server, Path(folder), _disk(Path(folder))) as front:
                    yield _edition(front, Path(folder), edition, cards, rounds, seconds)


def _disk(folder: Path) -> Path:
    """A folder that the proxy serves from its own disk."""
    disk = folder / "disk"
    disk.mkdir()
    return disk


def _edition(
    front: serving.Served, folder: Path, path: str, cards: int, rounds: int, seconds: float
) -> Row:
    """The PDF of an edition, which the proxy has kept, beside the same bytes on its own disk."""
    status, content = front.get(path)
    if status != 200 or not content.startswith(b"%PDF"):
        raise RuntimeError(f"{path}: {status}")
    (folder / "disk" / "file.pdf").write_bytes(content)
    found = front.in_turns({"edition": path, "disk": f"{proxy.OWN}file.pdf"}, rounds, seconds)
    return Row(
        SECTION, "the PDF of a published edition, through nginx", cards, "Zhinalys, SQLite",
        ratio=found["edition"] / found["disk"], limit=0.8, at_least=True,
        against="a static file of its size, from nginx", amount=found["edition"],
        unit="requests per second",
        note="one copy for everybody, kept by the proxy that docs/operations sets up",
    )  # fmt: skip


def environment_of(folder: Path) -> dict[str, str]:
    return {
        "DJANGO_SETTINGS_MODULE": "tests.bench.settings",
        "DATA_DIR": str(folder),
        "STATIC_ROOT": str(folder / "static"),
        "DATABASE_URL": f"sqlite:///{folder / 'zhinalys.sqlite3'}",
        "SECRET_KEY": "only-for-benchmarks-" * 3,
        "ALLOWED_HOSTS": "127.0.0.1",
        "DEBUG": "false",
        "DEMO": "true",
        "SECOND_FACTOR_REQUIRED": "false",
    }


def start() -> None:
    import django

    django.setup()


def prepare() -> tuple[str, int]:
    """Fill the site, keep the report's PDF; the cookie of an analyst, and the number of cards."""
    import io

    from django.conf import settings
    from django.core.management import call_command
    from django.test import Client

    from cards.models import Card
    from monitoring import demo
    from monitoring.accounts.models import User
    from reports import artefacts, source

    call_command("prepare", verbosity=0, stdout=io.StringIO())
    demo.prepare()
    User.objects.update(demo=False)
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(User.objects.get(username="analyst"))
    # Drawn here: asked for by a visitor, it would be made in the background.
    artefacts.document(source.gather("2018"), "pdf", "ru").close()
    answer: Any = client.get(PDF)
    file = settings.DATA_DIR / "file.pdf"
    file.write_bytes(b"".join(answer.streaming_content))
    call_command("collectstatic", interactive=False, verbosity=0)
    static = settings.STATIC_ROOT / "bench" / "file.pdf"
    static.parent.mkdir()
    shutil.copyfile(file, static)
    return "; ".join(f"{name}={each.value}" for name, each in client.cookies.items()), (
        Card.objects.count()
    )


def published() -> str:
    """Publish an edition of 2018 in Russian; the address of its PDF."""
    from django.urls import reverse

    from cards.models import Period
    from monitoring.accounts.models import User
    from reports.editions import drafting, freezing

    analyst = User.objects.get(username="analyst")
    edition = drafting.create(period=Period.objects.get(pk="2018"), actor=analyst, languages=["ru"])
    record = freezing.freeze(edition, actor=analyst, address="https://example.org/editions/")
    freezing.publish(edition, actor=analyst, public=True)
    name = record.files.get(content_type="application/pdf").name
    return reverse("public:file", args=[edition.code, name])


def _same(server: serving.Served) -> None:
    """Everybody hands out what is compared: the same bytes of the PDF, pages that are pages."""
    files = {path: server.get(path) for path in (PDF, FILE, STATIC)}
    if len({body for _status, body in files.values()}) != 1:
        raise RuntimeError(
            str({path: (status, len(body)) for path, (status, body) in files.items()})
        )
    for path in (REPORT, EMPTY):
        if server.get(path)[0] != 200:
            raise RuntimeError(f"{path}: {server.get(path)[0]}")


def _rows(server: serving.Served, cards: int, rounds: int, seconds: float) -> Iterator[Row]:
    paths = {"report": REPORT, "empty": EMPTY, "pdf": PDF, "file": FILE, "static": STATIC}
    found = server.in_turns(paths, rounds, seconds)
    told = {"empty": "an empty signed-in page", "file": "a file from a bare signed-in view",
            "static": "a static file of its size"}  # fmt: skip

    def row(what: str, name: str, against: str, limit: float | None, note: str = "") -> Row:
        return Row(
            SECTION, what, cards, "Zhinalys, SQLite", ratio=found[name] / found[against],
            limit=limit, at_least=True, against=told[against], amount=found[name],
            unit="requests per second", note=note,
        )  # fmt: skip

    yield row("the report page", "report", "empty", 0.5)
    yield row(
        "a kept PDF", "pdf", "file", 0.8,
        "who signs in is asked, the right is asked, and the access log is written to the disk",
    )  # fmt: skip
    yield row(
        "a kept PDF, held against a file that anybody may have", "pdf", "static", 0.8,
        "a static file asks nobody who is there and writes nothing",
    )  # fmt: skip
    yield row("a file from a bare signed-in view", "file", "static", None)

"""nginx in front of the served site, as docs/operations sets it up: what a stranger gets."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tests.bench.serving import ROOT, Served, answering

SHIPPED = ROOT / "docs" / "operations"
#: Where it serves a folder of its own disk.
OWN = "/bench-disk/"


def there() -> bool:
    """Whether nginx is installed."""
    return shutil.which("nginx") is not None


@contextlib.contextmanager
def fronted(site: Served, folder: Path, disk: Path) -> Iterator[Served]:
    """The site through nginx; ``disk``: a folder whose files it serves under ``OWN``.

    The lines of the files that are shipped, without TLS, and without the limit of requests that one
    address may send: all of them come from one here.
    """
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    path = folder / "nginx.conf"
    path.write_text(_configuration(site.port, port, folder, disk))
    server = subprocess.Popen(["nginx", "-c", str(path), "-e", "stderr"])
    with answering(Served(port, {}), server) as it:
        yield it


def _configuration(behind: int, port: int, folder: Path, disk: Path) -> str:
    text = (SHIPPED / "nginx.conf").read_text()
    before = text[: text.index("\nserver {")]
    for old, new in (
        ("unix:/run/zhinalys.sock", f"127.0.0.1:{behind}"),
        ("/var/cache/nginx/zhinalys", str(folder / "cache")),
        ("rate=20r/s", "rate=1000000r/s"),
    ):
        if old not in before:
            raise RuntimeError(f"nginx.conf has no {old}")
        before = before.replace(old, new)
    temporary = "".join(
        f"{name}_temp_path {folder}/{name};\n"
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    return (
        f"{'user root;' if os.geteuid() == 0 else ''}\nworker_processes 1;\n"
        f"pid {folder}/nginx.pid;\nerror_log stderr emerg;\ndaemon off;\n"
        f"events {{ worker_connections 256; }}\nhttp {{\n"
        f"include /etc/nginx/mime.types;\nsendfile on;\ntcp_nopush on;\n{temporary}{before}\n"
        f"server {{\nlisten 127.0.0.1:{port};\ninclude {SHIPPED / 'nginx-proxy.conf'};\n"
        f"location {OWN} {{ alias {disk}/; }}\n}}\n}}\n"
    )

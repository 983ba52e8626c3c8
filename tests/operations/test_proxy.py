"""The files of docs/operations/ with the real programs: nginx before gunicorn with two workers.

Everything is on 127.0.0.1. The names, paths and ports of a server are exchanged for those of the
test; every other line of the files is as it is shipped.
"""

from __future__ import annotations

import concurrent.futures
import contextlib
import http.client
import json
import os
import re
import socket
import ssl
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.conf import settings

from tests.databases import manage, new_database, site_environment

pytestmark = [pytest.mark.slow, pytest.mark.once, pytest.mark.django_db(transaction=True)]
FOLDER = settings.BASE_DIR / "docs" / "operations"
HOST = "cards.example.org"
TOKEN, MARK = "a-token-of-the-tests", "Zqmark"
WORKERS = 2


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Site:
    """gunicorn on a socket, nginx before it; ``said``: what both wrote on standard error."""

    def __init__(self, folder: Path, url: str):
        self.folder, self.url = folder, url
        self.clear, self.port = free_port(), free_port()
        self.socket = folder / "site.sock"
        self.environment = site_environment(url, folder) | {
            "DEBUG": "false", "HTTPS": "true", "ALLOWED_HOSTS": HOST, "METRICS_TOKEN": TOKEN,
            "CSRF_TRUSTED_ORIGINS": f"https://{HOST}", "STATIC_ROOT": str(folder / "static"),
            "TMPDIR": str(folder), "LOG_FORMAT": "json", "LOG_LEVEL": "INFO",
        }  # fmt: skip
        self.running: list[subprocess.Popen] = []

    @property
    def said(self) -> str:
        return "".join(path.read_text() for path in self.folder.glob("*.log"))

    def certificate(self) -> None:
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
             "-subj", f"/CN={HOST}", "-addext", f"subjectAltName=DNS:{HOST}",
             "-keyout", "privkey.pem", "-out", "fullchain.pem"],
            cwd=self.folder, check=True, capture_output=True,
        )  # fmt: skip

    def nginx(self) -> Path:
        """nginx.conf of a server with the test's paths and ports, in a frame as Debian has it."""
        text = (FOLDER / "nginx.conf").read_text()
        for old, new in (
            ("unix:/run/zhinalys.sock", f"unix:{self.socket}"),
            ("listen 80;", f"listen 127.0.0.1:{self.clear};"),
            ("listen [::]:80;", ""),
            ("listen 443 ssl http2;", f"listen 127.0.0.1:{self.port} ssl http2;"),
            ("listen [::]:443 ssl http2;", ""),
            (f"/etc/letsencrypt/live/{HOST}", str(self.folder)),
            ("/var/cache/nginx/zhinalys", str(self.folder / "cache")),
            ("snippets/zhinalys.conf", str(FOLDER / "nginx-proxy.conf")),
        ):
            assert text.count(old) >= 1, old
            text = text.replace(old, new)
        temporary = "".join(
            f"{name}_temp_path {self.folder}/{name};\n"
            for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        path = self.folder / "nginx.conf"
        path.write_text(
            # Root's temporary folders open to root alone; on a server the socket is www-data's.
            f"{'user root;' if os.geteuid() == 0 else ''}\n"
            f"worker_processes 1;\npid {self.folder}/nginx.pid;\nerror_log stderr emerg;\n"
            f"daemon off;\nevents {{ worker_connections 256; }}\nhttp {{\n"
            f"include /etc/nginx/mime.types;\n{temporary}{text}\n}}\n"
        )
        return path

    def start(self) -> None:
        command = [sys.executable, "-m", "gunicorn", "--config", "python:monitoring.gunicorn"]
        command += ["monitoring.wsgi", "--workers", str(WORKERS), "--timeout", "120"]
        command += ["--no-control-socket", "--bind", f"unix:{self.socket}"]
        self._run("gunicorn", command)
        self._run("nginx", ["nginx", "-c", str(self.nginx()), "-e", "stderr"])
        deadline = time.monotonic() + 120
        while True:
            with contextlib.suppress(OSError, http.client.HTTPException):
                if self.get("/readyz").status == 200:
                    return
            assert time.monotonic() < deadline, self.said
            assert all(each.poll() is None for each in self.running), self.said
            time.sleep(0.2)

    def _run(self, name: str, command: list[str]) -> None:
        with open(self.folder / f"{name}.log", "ab") as log:
            process = subprocess.Popen(
                command, cwd=settings.BASE_DIR, env=self.environment, stdout=log, stderr=log
            )
        self.running.append(process)

    def stop(self) -> None:
        for process in reversed(self.running):
            process.terminate()
        for process in self.running:
            process.wait(timeout=60)
        self.running.clear()

    def connection(self, *, secure: bool = True, timeout: float = 60):
        if not secure:
            return http.client.HTTPConnection("127.0.0.1", self.clear, timeout=timeout)
        context = ssl.create_default_context(cafile=str(self.folder / "fullchain.pem"))
        context.check_hostname = False
        return http.client.HTTPSConnection("127.0.0.1", self.port, timeout=timeout, context=context)

    def get(self, path: str, *, secure: bool = True, method: str = "GET", body=None, **headers):
        """The answer, with its ``body`` read."""
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        with contextlib.closing(self.connection(secure=secure)) as connection:
            connection.request(method, path, body, {"Host": HOST, **names})
            answer = connection.getresponse()
            answer.body = answer.read()
            return answer

    def figures(self) -> dict[str, float]:
        text = self.get("/metrics", Authorization=f"Bearer {TOKEN}").body.decode()
        rows = [line.rpartition(" ") for line in text.splitlines() if not line.startswith("#")]
        return {name: float(value) for name, _space, value in rows}


@pytest.fixture(scope="module")
def site(tmp_path_factory, django_db_setup, django_db_blocker):
    folder = tmp_path_factory.mktemp("site")
    with django_db_blocker.unblock(), new_database(folder, "proxied") as url:
        found = Site(folder, url)
        found.certificate()
        manage(url, folder, "prepare")
        static = {"STATIC_ROOT": str(folder / "static"), "DEBUG": "false"}
        manage(url, folder, "collectstatic", "--noinput", **static)
        found.start()
        yield found
        found.stop()


def test_plain_http_leads_to_https_and_goes_nowhere_else(site):
    answer = site.get("/cards/?page=1", secure=False)
    assert (answer.status, answer.headers["Location"]) == (301, f"https://{HOST}/cards/?page=1")


def test_headers_pass_and_those_of_the_visitor_do_not(site):
    answer = site.get(
        "/sign-in/", X_Request_ID="f" * 32, X_Forwarded_For="198.51.100.9",
        X_Forwarded_Proto="http", X_Forwarded_Host="evil.example.net", Forwarded="for=evil",
    )  # fmt: skip
    assert answer.status == 200
    # The site knows that it was asked over HTTPS, whatever the visitor says.
    assert "max-age=31536000" in answer.headers["Strict-Transport-Security"]
    assert any("__Host-csrftoken" in value for value in answer.headers.get_all("Set-Cookie"))
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "nginx/" not in answer.headers["Server"]
    assert "evil" not in answer.body.decode()
    assert re.fullmatch("[0-9a-f]{32}", answer.headers["X-Request-ID"])
    assert answer.headers["X-Request-ID"] != "f" * 32
    assert f'"request": "{answer.headers["X-Request-ID"]}"' in site.said


def test_a_host_of_somebody_elses_is_refused(site):
    assert site.get("/sign-in/", Host="evil.example.net").status == 400


def test_static_files_come_packed_and_may_be_kept(site):
    answer = site.get("/static/css/tokens.css", Accept_Encoding="gzip")
    assert answer.status == 200
    assert answer.headers["Content-Encoding"] == "gzip"
    assert "public" in answer.headers["Cache-Control"]
    again = site.get("/static/css/tokens.css", If_Modified_Since=answer.headers["Last-Modified"])
    assert again.status == 304
    assert site.get("/static/../monitoring/settings.py").status in (400, 404)


def test_what_is_too_large_is_refused_by_the_site_in_words_and_more_by_nginx(site):
    """A stranger may send one attachment, nobody more than ten."""
    least, most = (
        int(number) * 2**20
        for number in re.findall(
            r"client_max_body_size (\d+)m;", (FOLDER / "nginx-proxy.conf").read_text()
        )
    )
    assert least > settings.REQUEST_MAX_BYTES_SIGNED_OUT
    assert most >= settings.REQUEST_MAX_BYTES
    size = (settings.REQUEST_MAX_BYTES_SIGNED_OUT + least) // 2
    answer = site.get("/sign-in/", method="POST", body=b"x" * size, Content_Type="text/plain")
    assert answer.status == 413
    assert "X-Request-ID" in answer.headers
    for path, limit in (("/sign-in/", least), ("/cards/import/", most)):
        with contextlib.closing(site.connection()) as connection:
            connection.putrequest("POST", path, skip_host=True)
            connection.putheader("Host", HOST)
            connection.putheader("Content-Length", str(limit + 1))
            connection.endheaders()
            answer = connection.getresponse()
            assert answer.status == 413
            assert "X-Request-ID" not in answer.headers  # the site never heard of it


def test_slow_senders_hold_no_worker(site):
    """More of them than there are threads; the site answers meanwhile as if nobody were there."""
    slow = []
    try:
        for _each in range(WORKERS * 4 * 5):
            connection = site.connection()
            connection.putrequest("POST", "/cards/", skip_host=True)
            connection.putheader("Host", HOST)
            connection.putheader("Content-Type", "application/x-www-form-urlencoded")
            connection.putheader("Content-Length", "100000")
            connection.endheaders()
            connection.send(b"username=")
            slow.append(connection)
        begun = time.monotonic()
        for _each in range(5):
            assert site.get("/healthz").status == 200
        assert time.monotonic() - begun < 30
    finally:
        for connection in slow:
            connection.close()


def test_who_never_ends_the_head_of_a_request_is_cut_off(site):
    """After client_header_timeout, so that connections cannot be hoarded."""
    context = ssl.create_default_context(cafile=str(site.folder / "fullchain.pem"))
    context.check_hostname = False
    with socket.create_connection(("127.0.0.1", site.port)) as plain:
        plain.settimeout(60)
        with context.wrap_socket(plain) as wrapped:
            wrapped.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n")
            begun = time.monotonic()
            assert wrapped.recv(1000) == b"" or True
            assert 5 < time.monotonic() - begun < 50


def test_counts_of_all_workers_are_added_up_and_go_on_when_one_is_killed(site):
    def asked() -> float:
        name = 'zhinalys_requests_total{method="GET",route="healthz",status="2xx"}'
        return site.figures().get(name, 0)

    before = asked()
    with concurrent.futures.ThreadPoolExecutor(8) as many:
        answers = list(many.map(lambda _each: site.get("/healthz").status, range(40)))
    assert answers == [200] * 40
    # Whichever worker answers says the same.
    assert {asked() for _each in range(6)} == {before + 40}
    master = site.running[0].pid
    children = Path(f"/proc/{master}/task/{master}/children").read_text().split()
    files = sorted(path.name for path in site.folder.glob("zhinalys-metrics-*/*.db"))
    for child in children:
        os.kill(int(child), 9)
    deadline = time.monotonic() + 60
    while set(Path(f"/proc/{master}/task/{master}/children").read_text().split()) & set(children):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    with contextlib.suppress(OSError):
        site.get("/healthz")
    site.get("/healthz")
    assert before + 41 <= asked() <= before + 42
    assert sorted(path.name for path in site.folder.glob("zhinalys-metrics-*/*.db")) == files


def test_neither_program_tells_who_asked_for_what(site):
    """The last of the tests here: it reads everything that was said."""
    for path in (f"/{MARK}/?q={MARK}", f"/invitation/{MARK}/", f"/cards/{MARK}/", f"/%00{MARK}"):
        site.get(path, Referer=f"https://x/{MARK}", User_Agent=MARK, Cookie=f"sessionid={MARK}")
    site.get("/sign-in/", Cookie=f"{MARK}={'x' * 30000}")
    site.get(f"/{MARK * 2000}")
    # Past nginx, what gunicorn itself refuses.
    for words in (
        f"{MARK}\r\n\r\n",
        f"GET /{MARK} HTTP/9.9\r\n\r\n",
        f"GET /x HTTP/1.1\r\n{MARK}\r\n\r\n",
    ):
        with socket.socket(socket.AF_UNIX) as direct:
            direct.connect(str(site.socket))
            direct.sendall(words.encode())
            direct.settimeout(20)
            with contextlib.suppress(OSError):
                direct.recv(1000)
    said = site.said
    lines = [json.loads(line) for line in said.splitlines()]
    assert {line["logger"].partition(".")[0] for line in lines} == {
        "gunicorn",
        "zhinalys",
        "django",
    }
    assert "gunicorn.access" not in said  # the site itself tells of requests
    assert any(line["message"].startswith("Booting worker with pid: ") for line in lines)
    for told in (MARK, "127.0.0.1", "evil", TOKEN):
        assert told not in said, said[max(said.find(told) - 300, 0) :][:500]


def test_a_reload_and_an_end_leave_no_folder_of_counts(site):
    """Also the very last one: afterwards nothing runs."""
    site.stop()
    assert list(site.folder.glob("zhinalys-metrics-*")) == []


def test_nginx_in_a_container_takes_its_file(tmp_path):
    text = (FOLDER / "nginx-container.conf").read_text()
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=x",
         "-keyout", "privkey.pem", "-out", "fullchain.pem"],
        cwd=tmp_path, check=True, capture_output=True,
    )  # fmt: skip
    for old, new in (
        ("/tmp/", f"{tmp_path}/"),
        ("/certificates", str(tmp_path)),
        ("site:8000", "127.0.0.1:8000"),
        ("/etc/nginx/snippets/zhinalys.conf", str(FOLDER / "nginx-proxy.conf")),
    ):
        assert old in text, old
        text = text.replace(old, new)
    path = tmp_path / "nginx.conf"
    path.write_text(text)
    done = subprocess.run(
        ["nginx", "-t", "-c", str(path), "-e", "stderr"], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr

"""A store of objects that speaks S3: OpenStack Swift, as Debian's python3-swift brings it.

Four programs on this machine, one device, one copy; accounts, signatures and errors are its own.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.postgres import tools

#: Debian's own Python has it; the site's environment knows nothing of it.
PYTHON = "/usr/bin/python3"
KEY, SECRET, BUCKET = "bureau:site", "only-for-tests", "attachments"
SECONDS_TO_START = 60

_RINGS = """
import sys
from swift.common.ring import RingBuilder
for kind, port in zip(sys.argv[1::2], sys.argv[2::2]):
    builder = RingBuilder(4, 1, 0)
    builder.add_dev({'id': 0, 'region': 1, 'zone': 1, 'weight': 1, 'ip': '127.0.0.1',
        'port': int(port), 'device': 'disk', 'replication_ip': '127.0.0.1',
        'replication_port': int(port), 'meta': ''})
    builder.rebalance()
    builder.get_ring().save(kind + '.ring.gz')
"""
_SERVER = """
import sys
from swift.common import utils
utils.SWIFT_CONF_FILE = 'swift.conf'
from swift.common.wsgi import run_wsgi
sys.exit(run_wsgi(sys.argv[2], sys.argv[1]))
"""
#: What several proxies would keep in memcached, in the memory of the one that there is.
_CACHE = """
class Cache:
    def __init__(self):
        self.kept = {}
    def get(self, key, raise_on_error=False):
        return self.kept.get(key)
    def set(self, key, value, *args, **kwargs):
        self.kept[key] = value
    def delete(self, key, *args, **kwargs):
        self.kept.pop(key, None)
def filter_factory(global_conf, **conf):
    cache = Cache()
    def make(app):
        def call(environ, start_response):
            environ['swift.cache'] = cache
            return app(environ, start_response)
        return call
    return make
"""
_COMMON = """[DEFAULT]
bind_ip = 127.0.0.1
bind_port = {port}
workers = 0
swift_dir = {home}
devices = {home}
mount_check = false
user = {user}
log_level = CRITICAL
eventlet_debug = false
"""
_KEEPER = """[pipeline:main]
pipeline = {kind}-server
[app:{kind}-server]
use = egg:swift#{kind}
"""
_PROXY = """[pipeline:main]
pipeline = catch_errors cache bulk s3api tempauth slo proxy-server
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
[filter:cache]
paste.filter_factory = local_cache:filter_factory
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:bulk]
use = egg:swift#bulk
[filter:slo]
use = egg:swift#slo
[filter:s3api]
use = egg:swift#s3api
s3_acl = false
location = us-east-1
min_segment_size = 1
[filter:tempauth]
use = egg:swift#tempauth
user_{account}_{name} = {secret} .admin
user_other_reader = {secret} .admin
"""


@dataclass
class Store:
    """``url``: where it answers."""

    home: Path
    url: str
    processes: list[subprocess.Popen]

    @property
    def environment(self) -> dict[str, str]:
        """The site's settings for it."""
        return {
            "ATTACHMENTS_STORAGE": "s3",
            "S3_ENDPOINT_URL": self.url,
            "S3_BUCKET": BUCKET,
            "S3_ACCESS_KEY": KEY,
            "S3_SECRET_KEY": SECRET,
        }

    def client(self):
        """Asked directly, without the site."""
        import boto3
        from botocore.config import Config

        return boto3.client(
            "s3",
            endpoint_url=self.url,
            aws_access_key_id=KEY,
            aws_secret_access_key=SECRET,
            region_name="us-east-1",
            config=Config(s3={"addressing_style": "path"}, retries={"max_attempts": 1}),
        )

    def names(self) -> list[str]:
        found = self.client().list_objects_v2(Bucket=BUCKET)
        return [each["Key"] for each in found.get("Contents", [])]

    def content(self, name: str) -> bytes:
        return self.client().get_object(Bucket=BUCKET, Key=name)["Body"].read()

    def empty(self) -> None:
        for name in self.names():
            self.client().delete_object(Bucket=BUCKET, Key=name)


@contextlib.contextmanager
def store() -> Iterator[Store]:
    """A store with an empty bucket, running."""
    assert _has_swift(), "Swift is missing: .ci/setup test installs python3-swift"
    home = Path(tempfile.mkdtemp(prefix="zhinalys-objects-", dir=_place()))
    running: list[subprocess.Popen] = []
    try:
        ports = {kind: tools().free_port() for kind in ("account", "container", "object", "proxy")}
        _write(home, ports)
        for kind in ports:
            running.append(_start(home, kind))
        made = Store(home, f"http://127.0.0.1:{ports['proxy']}", running)
        _wait(made, ports["proxy"])
        made.client().create_bucket(Bucket=BUCKET)
        yield made
    finally:
        for process in running:
            process.kill()
            process.wait()
        shutil.rmtree(home, ignore_errors=True)


def _has_swift() -> bool:
    asked = [PYTHON, "-c", "import swift.common.middleware.s3api"]
    return Path(PYTHON).exists() and subprocess.run(asked, capture_output=True).returncode == 0


def _place() -> str:
    """A folder whose files may carry attributes: Swift keeps there what it knows of an object."""
    for place in (tempfile.gettempdir(), "/var/tmp", "/dev/shm"):
        with contextlib.suppress(OSError), tempfile.NamedTemporaryFile(dir=place) as probe:
            os.setxattr(probe.name, "user.probe", b"1")
            return place
    raise AssertionError("no folder takes extended attributes of files")


def _write(home: Path, ports: dict[str, int]) -> None:
    import getpass

    (home / "disk").mkdir()
    (home / "local_cache.py").write_text(_CACHE)
    (home / "swift.conf").write_text("[swift-hash]\nswift_hash_path_suffix = tests\n")
    account, name = KEY.split(":")
    for kind, port in ports.items():
        own = _PROXY if kind == "proxy" else _KEEPER
        text = (_COMMON + own).format(
            port=port, home=home, user=getpass.getuser(), kind=kind,
            account=account, name=name, secret=SECRET,
        )  # fmt: skip
        (home / f"{kind}.conf").write_text(text)
    rings = [
        str(each) for kind in ("account", "container", "object") for each in (kind, ports[kind])
    ]
    subprocess.run([PYTHON, "-c", _RINGS, *rings], cwd=home, check=True, env=_environment(home))


def _start(home: Path, kind: str) -> subprocess.Popen:
    return subprocess.Popen(
        [PYTHON, "-c", _SERVER, f"{kind}-server", str(home / f"{kind}.conf")],
        cwd=home,
        env=_environment(home),
        stdout=subprocess.DEVNULL,
        stderr=open(home / f"{kind}.log", "w"),
    )


def _environment(home: Path) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "HOME": str(home), "PYTHONPATH": str(home)}


def _wait(made: Store, port: int) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while True:
        with contextlib.suppress(OSError, http.client.HTTPException):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/")
            if connection.getresponse().status < 500:
                with contextlib.suppress(Exception):
                    made.client().list_buckets()
                    return
        dead = [each for each in made.processes if each.poll() is not None]
        assert not dead, "".join(p.read_text() for p in made.home.glob("*.log"))
        assert time.monotonic() < deadline, "the store of objects does not answer"
        time.sleep(0.1)

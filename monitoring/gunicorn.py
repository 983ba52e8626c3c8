"""How gunicorn serves the site: ``gunicorn --config python:monitoring.gunicorn …``."""

import itertools
import os
import shutil
import tempfile

import gunicorn.http.wsgi

from monitoring.logs.server import ServerLog

# What serves the site, and in which version, is nobody's business.
SERVER = gunicorn.http.wsgi.SERVER = "web"

# Whoever is slow holds no thread, with or without a proxy in front: docs/decisions/026.
worker_class = "monitoring.worker.Worker"
threads = 4
worker_connections = 1000
timeout = 60
# Longer than a device waits between two drafts: a connection that is kept costs a descriptor.
keepalive = 30

limit_request_line = 4094
limit_request_fields = 60
limit_request_field_size = 8190

# Its errors and its news like all other lines; requests are told of by the site, without addresses.
logger_class = ServerLog
accesslog = None
# For whoever asks for one all the same: no address, no path.
access_log_format = '{"method": "%(m)s", "status": "%(s)s", "bytes": "%(B)s", "ms": "%(M)s"}'

_counts = os.environ.get("METRICS_TOKEN", "")
if _counts:
    # Where workers count, each in its own file; with each server counts begin anew.
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix="zhinalys-metrics-")


def pre_fork(server, worker):
    """Give the worker the lowest number that no other has: it goes on with the file of the last
    one of that number."""
    taken = {other.slot for other in server.WORKERS.values()}
    worker.slot = next(number for number in itertools.count() if number not in taken)


def post_fork(server, worker):
    os.environ["ZHINALYS_WORKER"] = str(worker.slot)


def on_exit(server):
    if _counts:
        shutil.rmtree(os.environ["PROMETHEUS_MULTIPROC_DIR"], ignore_errors=True)

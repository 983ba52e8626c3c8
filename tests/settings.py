"""The site's settings with an environment of the tests' own.

Only ``DATABASE_URL`` is taken from outside, so that one suite runs on SQLite and on PostgreSQL.
Whatever else a developer's shell sets for the site must not change what a test sees.
"""

import atexit
import os
import shutil
import tempfile

_FROM_THE_SITE = (
    "ACCESS_LOG_DAYS ALLOWED_HOSTS ATTACHMENTS_STORAGE BACKUPS_KEPT BACKUP_DIR BACKUP_KEY"
    " CSRF_TRUSTED_ORIGINS DATABASE_POOLED DATABASE_REPLICA_URL DATA_LICENCE DATA_LICENCE_URL"
    " DEMO EMAIL_URL FIELD_LOCK_AFTER FIELD_UPLOAD_DAYS HTTPS JOBS JOBS_DAYS JOBS_DEAD_AFTER"
    " JOB_FILES_HOURS LANGUAGE_CODE LOG_FORMAT LOG_LEVEL MEDIA_ROOT METRICS_TOKEN"
    " MIGRATION_LOCK_TIMEOUT PROXIES PUBLIC_EDITIONS REPLICA_MAX_LAG SEALING_DIR"
    " SECOND_FACTOR_REQUIRED SECRET_KEY_FALLBACKS SESSION_IDLE_AGE STATIC_ROOT TIME_ZONE"
)
for _name in _FROM_THE_SITE.split():
    os.environ.pop(_name, None)

# A folder per process: parallel workers share no attachment and no file of a database.
_DATA_DIR = tempfile.mkdtemp(prefix="zhinalys-tests-")
atexit.register(shutil.rmtree, _DATA_DIR, ignore_errors=True)
os.environ |= {"DATA_DIR": _DATA_DIR, "DEBUG": "false", "SECRET_KEY": "only-for-tests-" * 4}

from monitoring.settings import *  # noqa: E402, F403
from monitoring.settings import DATA_DIR, DATABASES, MIDDLEWARE, PASSWORD_HASHERS  # noqa: E402

# Argon2 is slow on purpose; passwords hashed by it are still understood.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *PASSWORD_HASHERS]

# WhiteNoise would read the whole static folder anew for each test client.
MIDDLEWARE = [
    "tests.gate.GateMiddleware",
    *(name for name in MIDDLEWARE if not name.startswith("whitenoise.")),
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

# The tests' databases do not wait for the disk: one is in memory, one gone when the run is over.
DURABILITY_CHECKED = False

# What is long elsewhere is done at once and in the same transaction, unless a test asks otherwise.
JOBS = "immediate"

CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

# The whole suite uses a file, as the site does; the quick one keeps SQLite in memory. That is said
# by name: parallel workers would number the file, since they know Django's own backend only.
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    _IN_MEMORY = os.environ.get("TEST_IN_MEMORY")
    DATABASES["default"]["TEST"] = {
        "NAME": ":memory:" if _IN_MEMORY else DATA_DIR / "tests.sqlite3"
    }

"""Settings of the site, all from the environment; the table is in docs/operations.md.

Nothing here may import pandas, Matplotlib or WeasyPrint: a web worker starts without them.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from monitoring.logs.config import config as log_config

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

DEBUG = env.bool("DEBUG", default=False)
DEMO = env.bool("DEMO", default=False)
DATA_DIR = Path(env("DATA_DIR", default=str(BASE_DIR / "var")))


def _secret_key() -> str:
    """The key from the environment, else one kept beside the data, made at the first start."""
    if key := env("SECRET_KEY", default=""):
        return key
    DATA_DIR.mkdir(parents=True, exist_ok=True)
    path = DATA_DIR / "secret_key"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(descriptor, "w") as stream:
        stream.write(key := secrets.token_urlsafe(50))
    return key


SECRET_KEY = _secret_key()
# Earlier keys: what they signed is still believed, nothing new is signed with them.
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
INTERNAL_IPS = ["127.0.0.1"]

INSTALLED_APPS = [
    "monitoring",
    "monitoring.accounts",
    "monitoring.operations",
    "monitoring.jobs",
    "cards",
    "reports",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_filters",
    "csp",
    # The queue of long work; its models, nothing else of it is shown.
    "django_tasks",
    "django_tasks_db",
    # Models of the second factor; the pages are ours, none of theirs has an address.
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    # First of all: what the others refuse is told of, too.
    "monitoring.operations.observing.ObservedMiddleware",
    # Before the static files, so that these carry the same headers.
    "monitoring.headers.HeadersMiddleware",
    # Public pages are the same for everybody: nothing of the visitor gets in.
    "monitoring.headers.OpenPagesMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # Pages are long and phones are slow; Django pads against BREACH.
    "monitoring.headers.PackingMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "monitoring.headers.SizeMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "monitoring.accounts.middleware.SessionLimitsMiddleware",
    "monitoring.accounts.middleware.SignInMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "monitoring.unavailable.StorageMiddleware",
    # Last, as near to the views as can be; without DATABASE_REPLICA_URL it takes itself out.
    "monitoring.replica.ReplicaMiddleware",
]

ROOT_URLCONF = "monitoring.urls"
WSGI_APPLICATION = "monitoring.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "monitoring.context.site",
            ],
        },
    },
]
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
INSTALLED_APPS.append("django.forms")

DATABASES = {
    "default": env.db("DATABASE_URL", default=f"sqlite:///{DATA_DIR / 'zhinalys.sqlite3'}")
}
DATABASES["default"]["ATOMIC_REQUESTS"] = False
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # Django's own, with a line for those who wait to write.
    DATABASES["default"]["ENGINE"] = "monitoring.sqlite3"
    # "Saved" means durable: WAL with synchronous=FULL. IMMEDIATE takes the write lock at the start
    # of a transaction, so that two writers wait for each other instead of failing half-way.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; "
            # Each thread keeps its connection, and with it so many kB of the file.
            "PRAGMA cache_size=-16000; PRAGMA temp_store=MEMORY; "
            # REPLACE deletes a row before it inserts another; only with this do triggers see it.
            "PRAGMA recursive_triggers=ON;"
        ),
    }
else:
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    # Behind a pooler that lends a connection for one transaction: nothing may live in a session.
    pooled = env.bool("DATABASE_POOLED", default=False)
    DATABASES["default"]["DISABLE_SERVER_SIDE_CURSORS"] = pooled
    if not pooled:
        # PostgreSQL weighs an index as if disks still turned, and compiles for a tenth of a second
        # what then answers at once. A pooler does not pass this on: docs/operations.md.
        DATABASES["default"].setdefault("OPTIONS", {}).setdefault(
            "options", "-c jit=off -c random_page_cost=1.1"
        )
# Opening a connection anew costs a page of the field as much again as all the rest, on SQLite too.
DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=60)
# Seconds that a migration waits for a table before it lets others by and tries again; 0: no end.
MIGRATION_LOCK_TIMEOUT = env.float("MIGRATION_LOCK_TIMEOUT", default=2.0)
# A streaming replica of the database that cards and reports are read from.
REPLICA_MAX_LAG = env.float("REPLICA_MAX_LAG", default=10.0)
DATABASE_ROUTERS = []
if replica_url := env("DATABASE_REPLICA_URL", default=""):
    if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        raise ImproperlyConfigured("DATABASE_REPLICA_URL is for PostgreSQL: set DATABASE_URL.")
    DATABASES["replica"] = {**DATABASES["default"], **env.db_url_config(replica_url)}
    # The site waits for a page, not for a machine that has gone.
    DATABASES["replica"]["OPTIONS"] = {
        "connect_timeout": 3,
        **DATABASES["replica"].get("OPTIONS", {}),
    }
    # Tests see what they wrote through either name.
    DATABASES["replica"]["TEST"] = {"MIRROR": "default"}
    DATABASE_ROUTERS = ["monitoring.replica.Router"]
# The site refuses a database that is not durable; no environment can change that.
DURABILITY_CHECKED = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["monitoring.accounts.backends.AccountBackend"]
PASSWORD_HASHERS = [
    # Django's own, in a thread that stands back for the rest.
    "monitoring.accounts.hashing.Argon2",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
# Editors, analysts and administrators sign in with two factors; a monitor may.
SECOND_FACTOR_REQUIRED = env.bool("SECOND_FACTOR_REQUIRED", default=True)
INVITATION_DAYS = 7
# What is sensitive asks again who one is unless that was shown so many seconds ago.
FRESH_SIGN_IN_AGE = 10 * 60
ACCESS_LOG_DAYS = env.int("ACCESS_LOG_DAYS", default=365)
# How many proxies stand before the site: delays after failures go by the visitor's address.
PROXIES = env.int("PROXIES", default=1 if env.bool("HTTPS", default=False) else 0)
MFA_ADAPTER = "monitoring.accounts.adapter.Adapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_ISSUER = "Zhinalys"
MFA_TOTP_TOLERANCE = 1
MFA_WEBAUTHN_USER_VERIFICATION = "required"
# What the icon on a phone is called, and where a quick exit leads; both may be harmless.
FIELD_APP_NAME = env("FIELD_APP_NAME", default="")
QUICK_EXIT_URL = env("QUICK_EXIT_URL", default="")
# Published editions for everybody; each of them can be taken from there, too.
PUBLIC_EDITIONS = env.bool("PUBLIC_EDITIONS", default=True)
LOGIN_URL = "sign_in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "sign_in"

LANGUAGE_CODE = env("LANGUAGE_CODE", default="ru")
LANGUAGES = [("ru", "Русский"), ("kk", "Қазақша"), ("en", "English")]
# Django's own Kazakh has gaps and no formats; without these, pages fall back to Russian.
LOCALE_PATHS = [BASE_DIR / "locale", BASE_DIR / "monitoring" / "django_texts"]
FORMAT_MODULE_PATH = ["monitoring.formats"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = env("TIME_ZONE", default="Asia/Almaty")

STATIC_URL = "static/"
STATIC_ROOT = Path(env("STATIC_ROOT", default=str(BASE_DIR / "staticfiles")))
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = Path(env("MEDIA_ROOT", default=str(DATA_DIR / "attachments")))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedStaticFilesStorage"
    },
}
# Attachments on a store that speaks S3, for several web machines; MEDIA_ROOT is then only for what
# comes in pieces. No account of the machine's environment is tried in place of these.
ATTACHMENTS_STORAGE = env.str("ATTACHMENTS_STORAGE", default="files")
if ATTACHMENTS_STORAGE == "s3":
    STORAGES["default"] = {
        "BACKEND": "monitoring.objects.AttachmentStorage",
        "OPTIONS": {
            "endpoint_url": env("S3_ENDPOINT_URL", default=None),
            "bucket_name": env("S3_BUCKET"),
            "access_key": env("S3_ACCESS_KEY"),
            "secret_key": env("S3_SECRET_KEY"),
            "region_name": env("S3_REGION", default="us-east-1"),
            "location": env("S3_PREFIX", default=""),
            "verify": env("S3_CA_FILE", default=None),
        },
    }
elif ATTACHMENTS_STORAGE != "files":
    raise ImproperlyConfigured("ATTACHMENTS_STORAGE is files or s3.")
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_ALLOW_ALL_ORIGINS = False
ATTACHMENT_MAX_BYTES = env.int("ATTACHMENT_MAX_BYTES", default=25 * 1024 * 1024)
FILE_UPLOAD_PERMISSIONS = 0o600
# Keys that devices seal to; whoever has this folder opens what they send.
SEALING_DIR = Path(env("SEALING_DIR", default=str(DATA_DIR / "sealing")))
# Drafts on a device are locked so long after its last visit, connection or not.
FIELD_LOCK_AFTER = env.int("FIELD_LOCK_AFTER", default=12 * 60 * 60)
# Pieces of a file of which no more came are removed after so many days.
FIELD_UPLOAD_DAYS = env.int("FIELD_UPLOAD_DAYS", default=14)
# Keys of age that backups are sealed to; without any they are not sealed.
BACKUP_KEY = env("BACKUP_KEY", default="")
# Where backups lie that administrators begin on the site, and how many of them stay.
BACKUP_DIR = Path(env("BACKUP_DIR", default=str(DATA_DIR / "backups")))
BACKUPS_KEPT = env.int("BACKUPS_KEPT", default=7)
# Ten attachments in one form, or the largest import. Strangers: one attachment, because a form
# that was sent after the session ended is carried through the sign-in page.
REQUEST_MAX_BYTES = env.int("REQUEST_MAX_BYTES", default=10 * ATTACHMENT_MAX_BYTES + 2**20)
REQUEST_MAX_BYTES_SIGNED_OUT = ATTACHMENT_MAX_BYTES + 2**20
# A card with many counts and court cases has a few hundred fields; imports come as files.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": str(DATA_DIR / "cache"),
        "TIMEOUT": None,
        "OPTIONS": {"MAX_ENTRIES": 500},
    }
}

# Long work. "auto": by a worker (``manage.py work``), and by the site itself while none lives;
# "worker": by workers alone.
JOBS = env.str("JOBS", default="auto")
if JOBS not in ("auto", "worker"):
    raise ImproperlyConfigured(f"JOBS={JOBS}: auto or worker")
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
# Every kind, in the order of the lists that show them.
JOB_KINDS = [
    "cards.jobs.CHECK",
    "cards.jobs.LOAD",
    "cards.jobs.EXPORT",
    "reports.jobs.PDF",
    "reports.jobs.DOCX",
    "reports.editions.jobs.FREEZE",
    "monitoring.backup.jobs.BACKUP",
]
# Without a sign of life for so many seconds whoever did a job is taken for dead.
JOBS_DEAD_AFTER = env.int("JOBS_DEAD_AFTER", default=60)
# What was broken off is tried again after so many seconds; then it has failed.
JOBS_RETRY_AFTER = (10, 60)
JOBS_DAYS = env.int("JOBS_DAYS", default=14)
JOB_FILES_HOURS = env.int("JOB_FILES_HOURS", default=24)
# Signs of life where the database is SQLite.
JOBS_DIR = DATA_DIR / "jobs"
# Files of reports, made once; may be emptied any time.
DRAWN_DIR = DATA_DIR / "cache" / "files"

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
# A sign-in ends so long after it began, and so long after the last page.
SESSION_COOKIE_AGE = env.int("SESSION_COOKIE_AGE", default=12 * 60 * 60)
SESSION_IDLE_AGE = env.int("SESSION_IDLE_AGE", default=2 * 60 * 60)
SESSION_SAVE_EVERY_REQUEST = False
CSRF_COOKIE_HTTPONLY = False
CSRF_FAILURE_VIEW = "monitoring.views.csrf_failure"
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
# Behind HTTPS unless the site is served for a demonstration on one machine.
HTTPS = env.bool("HTTPS", default=False)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
# Probes ask from inside, where nothing speaks HTTPS.
# Addresses for programs refuse plain HTTP instead of leading away from it: a program would follow
# unnoticed and send its token in the clear each time.
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$", r"^api/v1/."]
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = LANGUAGE_COOKIE_HTTPONLY = HTTPS
# Notices lie in the session: a cookie of their own would carry them past the sign-out.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
if HTTPS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    # A browser takes a cookie of such a name from this very host and over HTTPS only.
    SESSION_COOKIE_NAME = "__Host-sessionid"
    CSRF_COOKIE_NAME = "__Host-csrftoken"
    LANGUAGE_COOKIE_NAME = "__Host-language"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}

EMAIL_CONFIG = env.email_url("EMAIL_URL", default="consolemail://")
vars().update(EMAIL_CONFIG)
EMAIL_CONFIGURED = "EMAIL_URL" in os.environ
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default="zhinalys@localhost")

# Lines of the log: json for programs, text for reading; in DEBUG with everything in it.
LOG_FORMAT = env("LOG_FORMAT", default="text" if DEBUG else "json")
# Of the product's own lines, one for each request at INFO; of others, warnings and worse.
LOG_LEVEL = env("LOG_LEVEL", default="WARNING" if DEBUG else "INFO").upper()
LOGGING = log_config(LOG_FORMAT, LOG_LEVEL, reveal=DEBUG)
# Whoever sends it reads /metrics; without it there is no such address.
METRICS_TOKEN = env("METRICS_TOKEN", default="")

ORGANISATION = _("Kazakhstan International Bureau for Human Rights and Rule of Law")
# Under which licence the figures of the reports may be used; named in their data packages.
DATA_LICENCE = env("DATA_LICENCE", default="")
DATA_LICENCE_URL = env("DATA_LICENCE_URL", default="")

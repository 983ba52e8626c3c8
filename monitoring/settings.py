"""Settings of the site, all from the environment; the table is in docs/operations.md.

Nothing here may import pandas, Matplotlib or WeasyPrint: a web worker starts without them.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

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
    "cards",
    "reports",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_filters",
    "csp",
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
    # Before the static files, so that these carry the same headers.
    "monitoring.headers.HeadersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # Pages are long and phones are slow; Django pads against BREACH.
    "django.middleware.gzip.GZipMiddleware",
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
    # "Saved" means durable: WAL with synchronous=FULL. IMMEDIATE takes the write lock at the start
    # of a transaction, so that two writers wait for each other instead of failing half-way.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; "
            "PRAGMA cache_size=-32000; PRAGMA temp_store=MEMORY; "
            # REPLACE deletes a row before it inserts another; only with this do triggers see it.
            "PRAGMA recursive_triggers=ON;"
        ),
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=60)
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
# The site refuses a database that is not durable; no environment can change that.
DURABILITY_CHECKED = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["monitoring.accounts.backends.AccountBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
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
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
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

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": env("LOG_LEVEL", default="WARNING")},
    # WeasyPrint and fontTools tell every subset table at INFO.
    "loggers": {"fontTools": {"level": "ERROR"}, "weasyprint": {"level": "ERROR"}},
}

ORGANISATION = _("Kazakhstan International Bureau for Human Rights and Rule of Law")

"""The log of the site and of its web server, as ``logging.config`` takes it."""

from __future__ import annotations

import logging
import sys
import threading
from typing import Any

from monitoring.logs import lines

FORMS = {"json": "monitoring.logs.lines.JsonLines", "text": "monitoring.logs.lines.TextLines"}


def config(form: str, level: str, *, reveal: bool = False) -> dict[str, Any]:
    """``form``: json or text; ``level``: of the product's own lines, others tell what is a warning
    or worse. ``reveal``: messages whole, as a developer reads them; never on a real site.

    Raises KeyError for a form that there is not.
    """
    others = level if level in ("ERROR", "CRITICAL") else "WARNING"
    loggers: dict[str, Any] = {
        lines.OURS: {"level": level},
        # Without Django's own handlers: one of them mails the whole request.
        "django": {"handlers": [], "level": "NOTSET", "propagate": True},
        # Each statement with its values.
        "django.db.backends": {"level": "WARNING"},
        # WeasyPrint and fontTools tell every subset table at INFO.
        "fontTools": {"level": "ERROR"},
        "weasyprint": {"level": "ERROR"},
    }
    if not reveal:
        # The lines of the development server, with addresses and paths.
        loggers["django.server"] = {"handlers": [], "level": "CRITICAL", "propagate": True}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": FORMS[form], "reveal": reveal}},
        "handlers": {"console": {"class": "monitoring.logs.lines.Console", "formatter": "line"}},
        "root": {"handlers": ["console"], "level": others},
        "loggers": loggers,
    }


def of_the_server(form: str) -> dict[str, Any]:
    """The same for gunicorn: its errors and its news."""
    found = config(form, "INFO")
    own = {"handlers": ["console"], "level": "INFO", "propagate": False}
    return {**found, "loggers": {"gunicorn.error": own}}


def install() -> None:
    """What Python itself would print with all its values goes the way of the other lines."""
    logging.captureWarnings(True)
    sys.excepthook = lines.complain
    threading.excepthook = lambda said: (
        lines.complain(said.exc_type, said.exc_value, said.exc_traceback)
        if said.exc_value is not None
        else None
    )

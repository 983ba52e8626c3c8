"""A record of the log as one line, with nothing in it that a person typed, sent or is.

Whatever a library puts into a message may come from a request or a card. So a line holds what is
known to be of the program: texts that stand in its code, numbers, names of types, places in files.
A message is shown if it is a constant of the code that is running; what is filled into it is shown
if it is a number. Of an error its type and its way through the files are told, never its text: that
of a database names the values of the row. Nothing here needs Django, because the web server's own
lines are made before it.
"""

from __future__ import annotations

import datetime
import errno
import http
import logging
import re
import sys
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from types import FrameType, TracebackType
from typing import Any

from pythonjsonlogger.json import JsonFormatter

#: The request that is being answered, or the work that is being done; "" outside of any.
REQUEST: ContextVar[str] = ContextVar("zhinalys.request", default="")

#: What the product's own lines may say beside their message.
FIELDS = (
    "method", "route", "status", "ms", "queries", "queries_ms", "role", "operation", "outcome",
    "gauge", "job", "state",
)  # fmt: skip
OURS = "zhinalys"
HIDDEN = "…"
#: Errors whose text is about the program alone.
OF_THE_PROGRAM = frozenset(
    {
        "builtins.ImportError",
        "builtins.ModuleNotFoundError",
        "django.core.exceptions.ImproperlyConfigured",
    }
)
#: Of a refusal by PostgreSQL: names in the tables, never values.
_NAMES = ("constraint_name", "table_name", "column_name")
_WORD = re.compile(r"[\w.:/-]{0,100}", re.ASCII)
_WARNING = re.compile(r"(?P<path>[^\n]+?):(?P<line>\d+): (?P<kind>\w+): ")
_PHRASES = frozenset(status.phrase for status in http.HTTPStatus)


class Hidden:
    """Stands in a message for what is not told."""

    def __str__(self) -> str:
        return HIDDEN

    __repr__ = __str__


class JsonLines(JsonFormatter):
    """One JSON object a line. ``reveal``: texts as they are, for development alone."""

    def __init__(self, reveal: bool = False):
        super().__init__(json_ensure_ascii=False)
        self.reveal = reveal

    def format(self, record: logging.LogRecord) -> str:
        return self.serialize_log_record(fields(record, reveal=self.reveal))


class TextLines(logging.Formatter):
    """The same for reading: time, level, logger, message, fields; a trace below them."""

    def __init__(self, reveal: bool = False):
        super().__init__()
        self.reveal = reveal

    def format(self, record: logging.LogRecord) -> str:
        said = fields(record, reveal=self.reveal)
        trace = said.pop("trace", "")
        head = " ".join(str(said.pop(name)) for name in ("time", "level", "logger", "message"))
        rest = " ".join(f"{name}={value}" for name, value in said.items())
        return "\n".join(part for part in (f"{head} {rest}".rstrip(), trace) if part)


class Console(logging.StreamHandler):
    """Standard error. A line that cannot be written is told of without its content, which Python
    itself would print."""

    def handleError(self, record: logging.LogRecord) -> None:
        kind = sys.exc_info()[0]
        name = kind.__name__ if kind else ""
        try:
            self.stream.write(
                f'{{"level": "ERROR", "logger": "{OURS}.log", '
                f'"message": "a line could not be written", "error": "{name}"}}\n'
            )
        except (OSError, ValueError):
            return


@contextmanager
def marked(mark: str) -> Iterator[None]:
    """Every line of what is done inside has this mark, as those of a request have theirs."""
    token = REQUEST.set(mark)
    try:
        yield
    finally:
        REQUEST.reset(token)


def fields(record: logging.LogRecord, *, reveal: bool = False) -> dict[str, Any]:
    """What a line says, in order: ``time`` (UTC), ``level``, ``logger``, ``message``, ``request``,
    what ``FIELDS`` names, ``process``; ``place``, ``error`` and ``trace`` of what went wrong."""
    at = datetime.datetime.fromtimestamp(record.created, datetime.UTC)
    said: dict[str, Any] = {
        "time": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "level": record.levelname,
        "logger": record.name,
        "message": record.getMessage() if reveal else message_of(record),
    }
    if request := REQUEST.get():
        said["request"] = request
    if record.name.partition(".")[0] == OURS:
        told = ((name, record.__dict__.get(name)) for name in FIELDS)
        said |= {name: value for name, value in told if value is not None and _plain(value)}
    said["process"] = record.process
    if record.levelno >= logging.WARNING:
        said["place"] = f"{record.module}:{record.lineno}"
    error = record.exc_info[1] if record.exc_info else None
    if error is not None:
        said["error"] = name_of(error)
        said["trace"] = "".join(traceback.format_exception(error) if reveal else trace_of(error))
    return said


def message_of(record: logging.LogRecord) -> str:
    """The message as far as the code says it: its text if that is a constant, numbers in it."""
    if record.name == "py.warnings":
        return _warning(record)
    text = record.msg
    if not isinstance(text, str) or not _stands_in_the_code(text):
        return HIDDEN
    arguments = record.args
    if not arguments:
        return text
    try:
        if isinstance(arguments, Mapping):
            return text % {name: _shown(value) for name, value in arguments.items()}
        return text % tuple(_shown(value) for value in arguments)
    except (TypeError, ValueError, KeyError):
        return text


def name_of(error: BaseException) -> str:
    """The type of an error, and what is known of it without its values."""
    kind = type(error)
    name = (
        kind.__qualname__
        if kind.__module__ == "builtins"
        else f"{kind.__module__}.{kind.__qualname__}"
    )
    told = list(_known(error))
    return f"{name} ({', '.join(told)})" if told else name


def trace_of(error: BaseException) -> Iterator[str]:
    """The way to an error and to what caused it, the first cause first; no texts, no values."""
    chain: list[BaseException] = []
    each: BaseException | None = error
    while each is not None and each not in chain:
        chain.append(each)
        each = each.__cause__ or (None if each.__suppress_context__ else each.__context__)
    for each in reversed(chain):
        yield from _way(each.__traceback__)
        yield f"{name_of(each)}\n"


def complain(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """For ``sys.excepthook``: what ends a process is told like everything else.

    Whoever sits at a terminal and typed the command reads it whole: that is no log.
    """
    if issubclass(kind, KeyboardInterrupt) or (sys.stderr is not None and sys.stderr.isatty()):
        sys.__excepthook__(kind, error, trace)
        return
    logging.getLogger(f"{OURS}.process").critical("ended by an error", exc_info=error)


def _way(trace: TracebackType | None) -> list[str]:
    walked = traceback.walk_tb(trace)
    return traceback.StackSummary.extract(walked, capture_locals=False).format()


def _known(error: BaseException) -> Iterator[str]:
    diag = getattr(error, "diag", None)
    if code := getattr(error, "pgcode", None):
        yield f"SQLSTATE {code}"
    yield from (name for key in _NAMES if isinstance(name := getattr(diag, key, None), str))
    if code := getattr(error, "sqlite_errorname", None):
        yield code
    if isinstance(error, OSError) and error.errno in errno.errorcode:
        yield errno.errorcode[error.errno]
    kinds = {f"{kind.__module__}.{kind.__qualname__}" for kind in type(error).__mro__}
    if kinds & OF_THE_PROGRAM:
        yield str(error)


def _stands_in_the_code(text: str) -> bool:
    """Whether the text is a constant of a function that is running: nobody sent it."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        if text in frame.f_code.co_consts:
            return True
        frame = frame.f_back
    return False


def _shown(value: Any) -> Any:
    """A number, the type of an error, the word for a status of HTTP; of all else, that it was."""
    if isinstance(value, bool | int | float):
        return value
    if isinstance(value, BaseException):
        return name_of(value)
    if isinstance(value, str) and value in _PHRASES:
        return value
    return Hidden()


def _plain(value: Any) -> bool:
    if isinstance(value, str):
        return _WORD.fullmatch(value) is not None
    return isinstance(value, bool | int | float)


def _warning(record: logging.LogRecord) -> str:
    """Kind and place of a warning of Python's: its text may quote what was warned of."""
    text = record.args[0] if isinstance(record.args, tuple) and record.args else record.msg
    found = _WARNING.match(str(text))
    return f"{found['kind']} at {found['path']}:{found['line']}" if found else HIDDEN

"""Nothing that a person typed, sent or is stands in any line of the log, whatever goes wrong."""

from __future__ import annotations

import io
import itertools
import json
import logging
import sys
import warnings

import pytest
from django.contrib.auth import get_user_model
from django.core.exceptions import ImproperlyConfigured
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, models
from django.test import RequestFactory
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cards import services
from cards.models import Card
from monitoring.logs import config, lines
from monitoring.operations import observing
from tests.accounts.means import code, reader, sign_in
from tests.factories import PASSWORD, EditorFactory, MonitorFactory, card_answers, make_card
from tests.files import card_row, csv_of
from tests.security import attacked

pytestmark = pytest.mark.django_db
#: Stands in everything that is typed, sent or asked for here.
MARK = "Zqmark"
#: What a visitor's connection is known by.
ADDRESS, BROWSER = "203.0.113.77", f"Browser/{MARK}"


class Log:
    """Every line of every logger, down to DEBUG, in both forms."""

    def __init__(self):
        self.json, self.text = io.StringIO(), io.StringIO()

    @property
    def lines(self) -> list[dict]:
        return [json.loads(line) for line in self.json.getvalue().splitlines()]

    @property
    def all(self) -> str:
        return self.json.getvalue() + self.text.getvalue()

    def of(self, logger: str) -> list[dict]:
        return [line for line in self.lines if line["logger"] == logger]

    def empty(self) -> None:
        for stream in (self.json, self.text):
            stream.seek(0)
            stream.truncate()


@pytest.fixture
def log():
    """The log while every logger tells everything, statements of the database among it."""
    found, root = Log(), logging.getLogger()
    handlers = []
    for stream, form in ((found.json, lines.JsonLines()), (found.text, lines.TextLines())):
        handler = lines.Console(stream)
        handler.setFormatter(form)
        handlers.append(handler)
        root.addHandler(handler)
    loud = [logging.getLogger(name) for name in ("", "zhinalys", "django", "django.db.backends")]
    # Each variable of a template that there is not, with a trace: minutes, and nothing new.
    quiet = logging.getLogger("django.template")
    before = [(logger, logger.level) for logger in (*loud, quiet)]
    for logger in loud:
        logger.setLevel(logging.DEBUG)
    quiet.setLevel(logging.INFO)
    connection.force_debug_cursor = True
    logging.captureWarnings(True)
    yield found
    logging.captureWarnings(False)
    connection.force_debug_cursor = False
    for logger, level in before:
        logger.setLevel(level)
    for handler in handlers:
        root.removeHandler(handler)


def visitor(client):
    """The client as a browser somewhere; what breaks is answered, not raised."""
    client.defaults |= {
        "REMOTE_ADDR": ADDRESS, "HTTP_USER_AGENT": BROWSER, "HTTP_REFERER": f"http://x/{MARK}",
        "HTTP_X_FORWARDED_FOR": ADDRESS,
    }  # fmt: skip
    client.raise_request_exception = False
    return client


def nothing_of_it_in(log: Log, *more: str) -> None:
    text = log.all
    assert text, "nothing was said at all: that proves nothing"
    for told in (MARK, ADDRESS, PASSWORD, *more):
        at = text.find(told)
        assert at < 0, text[max(at - 300, 0) : at + 100]


def marked_card() -> dict[str, str]:
    """Answers of a card with the mark in every text of it."""
    texts = [
        field.name
        for field in Card._meta.concrete_fields
        if isinstance(field, models.CharField | models.TextField) and not field.choices
    ]
    answers = {name: f"{MARK} {name}" for name in texts}
    return {**answers, "what_happened": MARK, "detained": MARK, "date": MARK, "city": MARK}


@pytest.mark.slow
def test_a_request_is_one_line_and_says_no_more_than_this(log, signed_in, editor):
    card = make_card("submitted")
    client = visitor(signed_in(editor))
    log.empty()
    answer = client.get(card.get_absolute_url(), {"q": MARK})
    (line,) = log.of("zhinalys.request")
    assert line.pop("ms") > 0
    assert line.pop("queries_ms") >= 0
    assert line.pop("queries") > 3
    assert line.pop("time").endswith("Z")
    assert line.pop("process") > 0
    assert line == {
        "level": "INFO", "logger": "zhinalys.request", "message": "request",
        "request": answer["X-Request-ID"], "method": "GET", "route": "cards:detail",
        "status": 200, "role": "editor",
    }  # fmt: skip
    nothing_of_it_in(log, str(card.uuid), card.number, editor.username, editor.alias)


def test_every_line_of_a_request_has_its_mark_and_none_that_follows(log, client):
    answer = visitor(client).get(f"/nothing/{MARK}/")
    mark = answer["X-Request-ID"]
    assert {line.get("request") for line in log.lines} == {mark}
    assert len(log.lines) >= 2
    log.empty()
    logging.getLogger("zhinalys.test").warning("afterwards")
    assert [line.get("request") for line in log.lines] == [None]


@pytest.mark.parametrize(
    ("given", "proxies", "taken"),
    [
        ("0123456789abcdef0123456789abcdef", 1, True),
        ("6f1f6c9e-4a0e-4a56-9a3b-0c7f3f1f6c9e", 1, True),
        ("0123456789abcdef0123456789abcdef", 0, False),
        (MARK * 4, 1, False),
        ("short", 1, False),
        ("0" * 400, 1, False),
    ],
)
def test_the_proxys_mark_is_taken_where_there_is_one(client, settings, given, proxies, taken):
    settings.PROXIES = proxies
    answer = client.get("/healthz", headers={"X-Request-ID": given})
    assert (answer["X-Request-ID"] == given) is taken
    assert 16 <= len(answer["X-Request-ID"]) <= 36


def test_a_look_that_loads_is_not_told_of(log, client):
    assert "X-Request-ID" not in client.get("/static/css/tokens.css")
    assert not [line for line in log.of("zhinalys.request") if line["status"] < 400]


def test_who_asked_is_not_looked_up_for_the_log(rf, editor):
    asked = []

    def look():
        asked.append(1)
        return editor

    request = rf.get("/")
    request.user = SimpleLazyObject(look)
    assert observing.role_of(request) is None
    assert asked == []
    request._cached_user = editor  # as Django's middleware keeps whom it has found
    assert observing.role_of(request) == "editor"
    request.user = editor
    assert observing.role_of(request) == "editor"
    del request.user
    assert observing.role_of(request) is None


def test_a_method_that_somebody_made_up_has_no_name(log, client):
    visitor(client).generic(MARK, "/healthz")
    assert log.of("zhinalys.request")[-1]["method"] == "OTHER"
    nothing_of_it_in(log)


@pytest.mark.slow
def test_signing_in_tells_neither_names_nor_words(log, reference):
    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.text(max_size=30), st.text(max_size=30), st.sampled_from(["", "next", "kept"]))
    def tried(name, word, more):
        visitor(reader()).post(
            reverse("sign_in"),
            {"username": MARK + name, "password": MARK + word, more: f"/{MARK}"},
        )

    tried()
    person = EditorFactory(username=f"{MARK}-editor", alias=f"{MARK} alias")
    client = visitor(reader())
    sign_in(client, person, f"{MARK} wrong")
    sign_in(client, person)
    client.post(reverse("sign_in_second"), {"code": f"{MARK}1"})
    right = code()
    client.post(reverse("sign_in_second"), {"code": right})
    client.get(f"/invitation/{MARK}-token/")
    client.post(f"/invitation/{MARK}-token/", {"new_password1": MARK})
    client.get("/api/v1/values/", headers={"Authorization": f"Bearer zhn_{MARK}"})
    client.get("/metrics", headers={"Authorization": f"Bearer {MARK}"})
    client.get("/healthz", headers={"Host": f"{MARK}.example.org"})
    nothing_of_it_in(log, right)
    assert len(log.of("zhinalys.request")) > 45


@pytest.mark.slow
def test_cards_with_the_mark_everywhere_leave_none_in_the_log(log, signed_in):
    monitor = MonitorFactory(username=MARK, alias=f"{MARK} alias", all_regions=True)
    client = visitor(signed_in(monitor))
    first = services.create(
        actor=monitor, answers=card_answers(settlement=MARK, place=f"{MARK} place")
    )
    for action in ("save", "submit", MARK):
        for answers in (marked_card(), {"place": f"{MARK} square", "settlement": MARK}):
            data = {"uuid": str(first.uuid), "version": "1", "action": action, **answers}
            client.post(reverse("cards:edit", args=[first.uuid]), data)
            client.post(reverse("cards:autosave", args=[first.uuid]), data)
    client.get(reverse("cards:list"), {"q": MARK, "after": MARK})
    client.post(
        reverse("cards:attach", args=[first.uuid]),
        {"files": SimpleUploadedFile(f"{MARK}.jpg", b"\xff\xd8\xff" + MARK.encode() * 9)},
    )
    client.post("/field/send/", {"parcel": MARK}, content_type="application/json")
    client.post("/field/send/", f'{{"{MARK}', content_type="application/json")
    nothing_of_it_in(log, str(first.uuid))
    assert len(log.of("zhinalys.request")) > 14


@pytest.mark.slow
def test_files_that_cannot_be_loaded_leave_nothing_in_the_log(log, signed_in):
    client = visitor(signed_in(EditorFactory(username=f"{MARK}-e")))
    row = {name: f"{MARK} {name}" for name in card_row()}
    files = {
        "cards.csv": csv_of(card_row(place=MARK), row),
        f"{MARK}.csv": b"\xff\xfe\x00" + MARK.encode(),
        f"{MARK}.xlsx": b"PK\x03\x04" + MARK.encode() * 50,
        "empty.csv": b"",
        "wide.csv": (MARK + ",").encode() * 5000,
    }
    for name, content in files.items():
        answer = client.post("/cards/import/", {"cards": SimpleUploadedFile(name, content)})
        if answer.status_code == 302:
            client.get(answer.url)
        client.post("/cards/import/coverage/", {"file": SimpleUploadedFile(name, content)})
    nothing_of_it_in(log)
    assert len(log.of("zhinalys.request")) >= 10


def broken(monkeypatch, break_it) -> None:
    """Let the page of the guides do that instead."""
    monkeypatch.setattr("monitoring.views.render", lambda *args, **kwargs: break_it())


def test_what_breaks_is_told_with_its_way_and_without_its_values(
    log, signed_in, editor, monkeypatch
):
    def break_it():
        secret = f"{MARK} of somebody"  # a local variable
        try:
            int(secret)
        except ValueError as cause:
            raise LookupError(f"not found: {secret}", {"who": secret}) from cause

    broken(monkeypatch, break_it)
    answer = visitor(signed_in(editor)).get("/guide/", {"q": MARK})
    assert answer.status_code == 500
    (line,) = log.of("django.request")
    assert line["error"] == "LookupError"
    assert line["message"] == "Internal Server Error: …"
    assert line["request"] == answer["X-Request-ID"]
    trace = line["trace"]
    assert "test_logs.py" in trace
    assert "in break_it" in trace
    assert "int(secret)" in trace
    assert trace.index("\nValueError\n") < trace.index("\nLookupError\n")
    nothing_of_it_in(log, editor.username)


def test_the_database_names_its_rule_and_not_the_row(log, signed_in, editor, monkeypatch):
    def break_it():
        for _each in range(2):
            get_user_model().objects.create(username=MARK, alias=f"{MARK} alias")

    broken(monkeypatch, break_it)
    assert visitor(signed_in(editor)).get("/guide/").status_code == 500
    (line,) = log.of("django.request")
    known = "SQLSTATE 23505, " if connection.vendor == "postgresql" else "SQLITE_CONSTRAINT_UNIQUE"
    assert known in line["trace"]
    assert "IntegrityError" in line["error"]
    nothing_of_it_in(log)
    # It had been asked with these values: else there would have been nothing to hide.
    assert log.of("django.db.backends")


def test_a_stream_that_breaks_is_told_the_same_way(log):
    try:
        raise BrokenPipeError(32, f"{MARK} pipe", f"/{MARK}")
    except BrokenPipeError:
        logging.getLogger("gunicorn.error").exception("Error handling request %s", f"/?q={MARK}")
    line = log.lines[-1]
    assert (line["message"], line["error"]) == (
        "Error handling request …", "BrokenPipeError (EPIPE)",
    )  # fmt: skip
    nothing_of_it_in(log)


def test_a_message_that_is_no_text_of_the_code_is_not_shown(log):
    logger = logging.getLogger("somebody.elses")
    ip, number = ADDRESS, 7
    logger.warning("Invalid request from ip={}: {}".format(ip, MARK))  # noqa: UP032, G001
    logger.warning(f"Invalid {MARK} {ip}")  # noqa: G004
    logger.warning(MARK + " and more")  # noqa: G003
    logger.warning(ValueError(MARK))
    logger.warning("%s of %d, %r", MARK, number, {"who": MARK})
    logger.warning("%(who)s at %(number)d", {"who": MARK, "number": number})
    logger.error("%s: %s", "Not Found", f"/cards/{MARK}/")
    logger.error("failed with %s", ValueError(MARK))
    logger.warning("said", extra={"route": MARK, "what": MARK})
    logging.getLogger("zhinalys.x").warning("said", extra={"what": MARK, "route": "a b"})
    assert [line["message"] for line in log.lines] == [
        "…", "…", "…", "…", "… of 7, …", "… at 7", "Not Found: …",
        "failed with ValueError", "said", "said",
    ]  # fmt: skip
    assert "route" not in log.lines[-2]
    assert "route" not in log.lines[-1]
    nothing_of_it_in(log)


def test_warnings_of_libraries_are_told_by_kind_and_place(log):
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(True)
        warnings.warn(f"the cell holds {MARK}", UserWarning, stacklevel=1)
    line = log.of("py.warnings")[-1]
    assert line["message"].startswith("UserWarning at ")
    assert "test_logs.py:" in line["message"]
    nothing_of_it_in(log)


def test_errors_of_the_program_itself_are_readable(log):
    for error in (
        ImproperlyConfigured("synchronous is 1, it must be 2"),
        ModuleNotFoundError("No module named 'x'"),
    ):
        logging.getLogger("zhinalys.x").error("said", exc_info=error)
    assert [line["error"] for line in log.lines] == [
        "django.core.exceptions.ImproperlyConfigured (synchronous is 1, it must be 2)",
        "ModuleNotFoundError (No module named 'x')",
    ]


def test_what_ends_a_process_goes_the_same_way(log):
    try:
        raise RuntimeError(MARK)
    except RuntimeError as error:
        lines.complain(type(error), error, error.__traceback__)
    assert log.lines[-1]["error"] == "RuntimeError"
    assert log.lines[-1]["level"] == "CRITICAL"
    nothing_of_it_in(log)


def test_a_line_that_cannot_be_written_is_told_without_its_content(capsys):
    class Broken(logging.Formatter):
        def format(self, record):
            raise ValueError(record.getMessage())

    handler = lines.Console(sys.stdout)
    handler.setFormatter(Broken())
    handler.handle(logging.LogRecord("x", logging.ERROR, "x.py", 1, MARK, (), None))
    said = capsys.readouterr()
    assert json.loads(said.out)["error"] == "ValueError"
    assert MARK not in said.out + said.err


def test_in_development_everything_is_shown():
    record = logging.LogRecord("x", logging.ERROR, "x.py", 1, "who: %s", (MARK,), None)
    assert MARK in lines.TextLines(reveal=True).format(record)
    assert MARK not in lines.TextLines().format(record)


def test_the_site_and_its_server_use_these_forms_and_no_other_handler():
    from django.conf import settings

    def handlers(found):
        return {handler["class"] for handler in found["handlers"].values()}

    server = config.of_the_server("json")
    assert handlers(settings.LOGGING) == handlers(server) == {"monitoring.logs.lines.Console"}
    assert settings.LOGGING["formatters"]["line"] == {
        "()": "monitoring.logs.lines.JsonLines", "reveal": False,
    }  # fmt: skip
    names = ("django", "django.request", "django.security", "django.server", "django.template", "")
    for name in names:
        own = {type(handler) for handler in logging.getLogger(name).handlers}
        assert not own & {logging.StreamHandler, logging.FileHandler}, name
        assert "AdminEmailHandler" not in {kind.__name__ for kind in own}
    with pytest.raises(KeyError):
        config.config("xml", "INFO")


@pytest.mark.slow
def test_a_whole_world_of_requests_leaves_no_mark(log, reference):
    """Every address, by everybody, with the mark in each part, question, header and body."""
    place = attacked.build()
    roles = ("editor", "analyst", "administrator")
    everybody = [(visitor(place.client(role)), True) for role in roles]
    log.empty()
    known = {name: values[0] for name, values in place.known.items() if values}
    everywhere, asked = attacked.routes(), 0
    for (client, knows), route in itertools.product(
        [*everybody, (visitor(reader()), False)], everywhere
    ):
        cookies = client.cookies.copy()
        values = [
            (known.get(name) or known.get(kind)) if knows else MARK for kind, name in route.parts
        ]
        path = route.filled([str(value or MARK) for value in values])
        client.get(path, {"q": MARK, "from": MARK, "after": MARK, MARK: MARK})
        client.post(path, {"reason": MARK, "text": MARK, MARK: MARK, "version": MARK})
        asked += 2
        client.cookies = cookies
    told = log.of("zhinalys.request")
    assert asked >= len(told) >= asked - 20  # files of the look are not told of
    names = {route.name for route in everywhere} | {observing.NOWHERE}
    strange = {line["route"] for line in told} - names
    assert {name for name in strange if not name.startswith("admin:django.")} == set()
    nothing_of_it_in(log, *(str(value) for value in known.values() if len(str(value)) > 11))


def test_the_request_line_costs_little(rf: RequestFactory):
    """No figure, only that there is nothing absurd: a line takes less than a millisecond."""
    import time

    record = logging.LogRecord("zhinalys.request", logging.INFO, "x.py", 1, "request", (), None)
    form, begun = lines.JsonLines(), time.perf_counter()
    for _each in range(200):
        form.format(record)
    assert (time.perf_counter() - begun) / 200 < 0.005


def test_work_in_the_background_has_a_mark_of_its_own(log):
    logger = logging.getLogger("zhinalys.x")
    with lines.marked("a" * 32):
        logger.warning("inside")
        with lines.marked("b" * 32):
            logger.warning("further inside")
        logger.warning("inside")
    logger.warning("outside")
    marks = [line.get("request") for line in log.lines]
    assert marks == ["a" * 32, "b" * 32, "a" * 32, None]

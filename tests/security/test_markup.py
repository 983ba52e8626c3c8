"""What people typed is text on every page: nothing of it becomes markup, script or style."""

import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import models
from django.urls import reverse

from cards import attachments, services
from cards.models import Card, CaseUpdate, CourtCase
from monitoring.accounts.models import User
from tests.factories import add_outcome, make_card
from tests.security.hostile import picture

ROOT = Path(__file__).parents[2]
pytestmark = [pytest.mark.django_db, pytest.mark.slow]
#: Where something is printed as it is -> why that is safe.
AS_IT_IS = {
    ("templates/components/field.html", "field.help_text|safe"): "help texts are Django's and ours, never people's",
    ("reports/render/html.py", "mark_safe(css)"): "our own style sheet, read from static/",
    ("reports/render/markdown.py", "mark_safe(clean)"): "analysts' prose, cleaned by nh3 with a short allow list",
    ("cards/forms/layout.py", "SafeString("): "joins parts that the templates made and escaped",
    ("reports/explorer/pages.py", "mark_safe(svg)"): "our own drawing; ElementTree escapes its texts",
    ("monitoring/guide.py", "mark_safe(clean)"): "our own guides, cleaned by nh3 all the same",
}  # fmt: skip
PAYLOADS = [
    "<script>alert(1)</script>", "\"><script>alert(1)</script>", "'><img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>", "<a href=javascript:alert(1)>x</a>", "javascript:alert(1)", "<b onmouseover=alert(1)>x",
    "</title><script>alert(1)</script>", "</textarea><script>alert(1)</script>", "</script><script>alert(1)</script>",
    "<style>*{display:none}</style>", "<iframe srcdoc='<script>alert(1)</script>'>", "<form action=//evil.example>",
    "<base href=//evil.example>", "<meta http-equiv=refresh content=0;url=//evil.example>", "{{7*7}}{% debug %}",
    "<math><mi//xlink:href='data:x,<script>alert(1)</script>'>", "<!--<script>alert(1)</script>-->",
    "<x onclick=alert(1)>", "\\u003cscript\\u003ealert(1)", "&lt;script&gt;alert(1)&lt;/script&gt;", "`${alert(1)}`",
    "<input autofocus onfocus=alert(1)>", "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
]  # fmt: skip
ALL_IN_ONE = " ".join(PAYLOADS)


class Page(HTMLParser):
    """What a page would run: scripts without a source, attributes that run, addresses that do."""

    def __init__(self, text: str):
        super().__init__()
        self.runs: list[str] = []
        self._in = ""
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self._in = tag
        given = {name: value or "" for name, value in attributes}
        self.runs += [
            f"{tag} {name}" for name in given if name.startswith("on") or name == "srcdoc"
        ]
        self.runs += [f"{tag} style" for name in given if name == "style"]
        self.runs += [tag] if tag in ("iframe", "base", "object", "embed", "style") else []
        for name in ("href", "src", "action", "formaction", "xlink:href"):
            value = given.get(name, "").strip().lower()
            if (
                value.startswith(("javascript:", "data:text", "vbscript:"))
                or "evil.example" in urlsplit(value).netloc
            ):
                self.runs.append(f"{tag} {name}={value}")

    def handle_data(self, data):
        if self._in in ("script", "style") and data.strip() and "alert" in data:
            self.runs.append(f"<{self._in}> {data[:60]}")

    def handle_endtag(self, tag):
        self._in = ""


def test_the_judge_sees_each_kind():
    seen = [payload for payload in PAYLOADS if Page(f"<p>{payload}</p>").runs]
    assert len(seen) >= 13
    assert Page(f'<p title="{PAYLOADS[1]}"></p>').runs


def test_nothing_else_is_printed_as_it_is():
    found = {}
    for folder in ("templates", "cards", "monitoring", "reports"):
        for path in (ROOT / folder).rglob("*"):
            if path.suffix not in (".html", ".txt", ".svg", ".py") or "migrations" in path.parts:
                continue
            text = path.read_text()
            pattern = r"[\w.]+\s*\|\s*safe(?:seq)?\b|mark_safe\(\w+\)|format_html\(|autoescape off|SafeString\("
            for match in re.findall(pattern, text):
                found[str(path.relative_to(ROOT)), match] = True
    assert set(found) == set(AS_IT_IS)


def test_our_scripts_never_write_markup():
    dangerous = re.compile(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|setTimeout\(\s*[\"']"
    )
    scripts = [
        path for path in (ROOT / "static" / "js").rglob("*.js") if "vendor" not in path.parts
    ]
    assert len(scripts) > 3
    assert [path.name for path in scripts if dangerous.search(path.read_text())] == []


def test_no_template_holds_script_style_or_a_stranger():
    bad = {}
    for path in (ROOT / "templates").rglob("*.html"):
        if path.name in ("standalone.html", "print.html"):
            continue  # files to keep and to print: they have to bring their style with them
        text = path.read_text()
        if re.search(
            r"<script(?![^>]*\bsrc=)|<style|\son\w+=\"|\sstyle=\"|(?:src|action)=\"https?:", text
        ):
            bad[str(path.relative_to(ROOT))] = True
    assert bad == {}


@pytest.fixture
def hostile_card(editor):
    """A submitted card every text of which is hostile, with an outcome, a file, a count, a history."""
    monitor = make_card("draft").monitor
    User.objects.filter(pk=monitor.pk).update(alias=ALL_IN_ONE[:60])
    card = make_card("submitted", monitor=monitor)
    update = add_outcome(card, review="pending")
    file = SimpleUploadedFile("a.jpg", picture())
    found = attachments.accept(card, actor=monitor, file=file, caption="<script>alert(1)</script>")
    type(found).objects.filter(pk=found.pk).update(
        name='"><img src=x onerror=alert(1)>.jpg', caption=ALL_IN_ONE[:300]
    )
    CourtCase.objects.filter(pk=update.case_id).update(case_code=PAYLOADS[1][:40])
    CaseUpdate.objects.filter(pk=update.pk).update(court=ALL_IN_ONE[:200])
    typed = {
        column.name: ALL_IN_ONE[: column.max_length or None]
        for column in Card._meta.concrete_fields
        if isinstance(column, models.CharField | models.TextField) and not column.choices
        and not hasattr(column, "vocabulary") and column.name not in ("uuid", "number")
    }  # fmt: skip
    typed["source_links"] = (
        "https://example.org/\"><script>alert(1)</script>\nhttps://example.org/?a='onx=1"
    )
    Card.objects.filter(pk=card.pk).update(**typed)
    card.refresh_from_db()
    services.save(card, actor=editor, answers={"settlement": ALL_IN_ONE[:100], "place": PAYLOADS[0]},
                  reason=ALL_IN_ONE)  # fmt: skip
    card.refresh_from_db()
    return card


def test_no_page_runs_what_a_card_says(signed_in, editor, analyst, hostile_card):
    card = hostile_card
    at = card.get_absolute_url()
    addresses = [
        at, f"{at}history/", f"{at}edit/", f"{at}files/add/", f"{at}outcomes/add/", "/cards/queue/", "/cards/all/",
        "/cards/import/", "/reports/", "/reports/2018/",
    ]  # fmt: skip
    client = signed_in(editor)
    for address in addresses:
        answer = client.get(address)
        text = answer.content.decode()
        assert answer.status_code == 200, address
        assert Page(text).runs == [], address
        assert "<script>alert" not in text
    shown = client.get(at).content.decode()
    assert "&lt;script&gt;alert(1)" in shown
    own = signed_in(card.monitor)
    for address in ("/cards/", at):
        assert Page(own.get(address).content.decode()).runs == []


@pytest.mark.parametrize("payload", PAYLOADS)
def test_nothing_sent_is_sent_back_as_markup(signed_in, editor, payload):
    card = make_card("submitted")
    at = card.get_absolute_url()
    client = signed_in(editor)
    said = client.post(
        f"{at}autosave/", {"place": payload, "date": payload}, HTTP_ACCEPT="application/json"
    )
    answers = [
        client.get("/cards/all/", {"text": payload, "place": payload, "from": payload, payload: payload}),
        client.get("/reports/indicators/", {"period": payload}),
        client.get("/sign-in/", {"next": payload}),
        client.get(f"/{payload}"),
        client.get(f"{at}outcomes/add/", {"case": payload}),
        client.post(f"{at}edit/", {"place": payload, "date": payload, "city": payload, "version": payload}),
        client.post(f"{at}transition/return/", {"reason": payload}),
        client.post(f"{at}transition/duplicate/", {"duplicate_of": payload}),
        client.post(f"{at}counts/", {"best": payload, "note": payload}),
        client.post(f"{at}outcomes/add/", {"case_code": payload, "court": payload, "decided_on": payload}),
        client.post(reverse("cards:import"), {"status": payload}),
    ]  # fmt: skip
    for answer in answers:
        if answer.status_code in (301, 302):
            assert answer.headers["Location"].startswith("/")
            continue
        if answer["Content-Type"].startswith("text/html"):
            assert Page(answer.content.decode()).runs == []
    assert said["Content-Type"] == "application/json"
    assert said["X-Content-Type-Options"] == "nosniff"

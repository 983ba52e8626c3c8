"""What the journeys of the field page share: a monitor's phone, its network, its storage."""

from __future__ import annotations

import json
import re
import time

from playwright.sync_api import BrowserContext, Error, Page, expect

from cards.serialise import as_text
from tests.factories import card_answers
from tests.journeys.conftest import PASSWORD, PHONE

READY = "html[data-ready=yes]"
#: Typed where nothing else has it: what is searched for afterwards.
WORD = "Шаңырақ-7731"


def phone(browser, site: str, **options) -> BrowserContext:
    """A browser of its own at the width of a phone, in English."""
    context = browser.new_context(viewport=PHONE, base_url=site, **options)
    context.add_cookies([{"name": "django_language", "value": "en", "url": site}])
    context.set_default_timeout(12_000)
    return context


def until(page: Page, expression: str, seconds: float = 20) -> None:
    """Until the expression is true; Playwright's own waiting would need ``unsafe-eval``."""
    deadline = time.monotonic() + seconds
    while not _holds(page, expression):
        assert time.monotonic() < deadline, expression
        page.wait_for_timeout(50)


def _holds(page: Page, expression: str) -> bool:
    try:
        return bool(page.evaluate(expression))
    except Error:
        return False  # the page was being left


def sign_in(page: Page, username: str) -> None:
    page.goto("/sign-in/")
    page.fill("main [name=username]", username)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url(lambda url: "/sign-in" not in url)


def made_ready(page: Page) -> None:
    """Until the worker keeps the page and the device has its key, as after any sign-in."""
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    until(page, "sessionStorage.getItem('field-ready') !== null")


def open_field(page: Page, language: str = "en") -> None:
    page.goto(f"/field/{language}/")
    page.wait_for_selector(READY)


def fill(page: Page, **changes) -> None:
    """Answer the whole card; ``changes`` as for tests.factories.card_answers."""
    for name, value in card_answers(**changes).items():
        if value is None or value is False or value == "" or value == ():
            continue
        for text in value if isinstance(value, tuple) else (as_text(value),):
            _answer(page, name, text)


def _answer(page: Page, name: str, text: str) -> None:
    field = page.locator(f"#card-form [name={name}]").first
    tag = field.evaluate("field => field.type")
    if tag in ("radio", "checkbox"):
        box = page.locator(f'#card-form [name={name}][value="{text}"]')
        (box if box.count() else field).evaluate("field => field.checked || field.click()")
    elif field.input_value() != text:
        fold = field.locator("xpath=ancestor::details[not(@open)]")
        if fold.count():
            fold.locator("summary").first.click()
        field.select_option(text) if tag == "select-one" else field.fill(text)


def new_card(page: Page, kind: str = "card") -> str:
    """Begin a card; its identifier."""
    page.click(f"[data-new={kind}]")
    until(page, "location.hash.startsWith('#card-')")
    return page.evaluate("location.hash.slice(6)")


def finish(page: Page) -> None:
    page.click("#card-form button[type=submit]")


def state(page: Page, name: str | re.Pattern, timeout: int = 15_000) -> None:
    expect(page.locator("#save-state")).to_have_attribute("data-state", name, timeout=timeout)


def kept(page: Page) -> None:
    """Until what was typed lies on the device."""
    state(page, re.compile("unsaved|saved|invalid|partly|idle"))


def at_home(page: Page) -> None:
    expect(page.locator("[data-view=home]")).to_be_visible(timeout=20_000)


def parcels(page: Page) -> int:
    return page.evaluate(
        """async () => {
          const store = await import("/static/js/field/store.js");
          return (await store.parcels()).length;
        }"""
    )


def everything_sent(page: Page) -> None:
    deadline = time.monotonic() + 30
    while parcels(page):
        assert time.monotonic() < deadline, "still waiting"
        page.wait_for_timeout(100)


def dump(page: Page) -> str:
    """Everything that the browser stores for this site, as text: databases, caches, the rest."""
    return page.evaluate(
        """async () => {
          const parts = [localStorage, sessionStorage].map((one) => JSON.stringify({ ...one }));
          parts.push(document.cookie);
          const even = (value) => value.slice(0, value.byteLength - (value.byteLength % 2));
          const decode = (value, as) => new TextDecoder(as).decode(value);
          const bytes = (value) => decode(value, "utf-8") + decode(even(value), "utf-16le");
          const look = (value) => {
            if (value instanceof ArrayBuffer) parts.push(bytes(value));
            else if (ArrayBuffer.isView(value)) parts.push(bytes(value.slice().buffer));
            else if (value && typeof value === "object" && !(value instanceof CryptoKey)) {
              for (const [name, inner] of Object.entries(value)) { parts.push(name); look(inner); }
            } else parts.push(String(value));
          };
          for (const { name } of await indexedDB.databases()) {
            const db = await new Promise((done, failed) => {
              const opening = indexedDB.open(name);
              opening.onsuccess = () => done(opening.result);
              opening.onerror = () => failed(opening.error);
            });
            for (const store of db.objectStoreNames) {
              const all = db.transaction(store).objectStore(store).getAll();
              look(await new Promise((done) => (all.onsuccess = () => done(all.result))));
              const keys = db.transaction(store).objectStore(store).getAllKeys();
              look(await new Promise((done) => (keys.onsuccess = () => done(keys.result))));
            }
            db.close();
          }
          for (const name of await caches.keys()) {
            const cache = await caches.open(name);
            for (const request of await cache.keys()) {
              parts.push(request.url, await (await cache.match(request)).text());
            }
          }
          return parts.join("\\n");
        }"""
    )


def answers_in(text: str, word: str) -> bool:
    """Whether the word is there as it is, escaped as JSON, or as base64 of its UTF-8."""
    import base64

    forms = {word, json.dumps(word)[1:-1]}
    raw = word.encode()
    for shift in range(3):
        encoded = base64.b64encode(b"x" * shift + raw).decode().rstrip("=")
        inner = encoded[4 if shift else 0 : -2]
        forms |= {inner, inner.replace("+", "-").replace("/", "_")}
    return any(form in text for form in forms)

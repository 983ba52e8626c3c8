"""The page of the field work as the browser keeps it: nothing of any person or card is in it.

A version is the checksum of everything that is kept, so a worker whose version is the same needs
nothing new, and one whose version differs fetches a whole new set beside the old one.
"""

from __future__ import annotations

import hashlib
import json
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation

from cards.field.texts import TEXTS
from cards.forms.card import CardForm
from cards.forms.followups import FactsForm, OutcomeForm
from cards.models import City

#: Beside the pages: everything that they load, so that the set is complete or not there at all.
FILES = (
    "vendor/bootstrap/bootstrap.min.css",
    "css/fonts.css",
    "css/tokens.css",
    "css/tokens-dark.css",
    "css/site.css",
    "css/components.css",
    "css/fields.css",
    "css/accounts.css",
    "css/calendar.css",
    "css/card.css",
    "css/field.css",
    "fonts/golos-text-400.woff2",
    "fonts/golos-text-600.woff2",
    "icons/favicon.svg",
    "icons/sprite.svg",
    "icons/field-192.png",
    "icons/field-512.png",
    "vendor/idb/idb.js",
    "vendor/jose/jose.js",
    "js/theme.js",
    "js/csrf.js",
    "js/clock.js",
    "js/conditions.js",
    "js/errors.js",
    "js/inputs.js",
    "js/progress.js",
    "js/field/answers.js",
    "js/field/app.js",
    "js/field/calendar.js",
    "js/field/card.js",
    "js/field/crowd.js",
    "js/field/device.js",
    "js/field/drafts.js",
    "js/field/exit.js",
    "js/field/form.js",
    "js/field/habits.js",
    "js/field/home.js",
    "js/field/html.js",
    "js/field/key.js",
    "js/field/link.js",
    "js/field/outcome.js",
    "js/field/photos.js",
    "js/field/queue.js",
    "js/field/seal.js",
    "js/field/start.js",
    "js/field/stash.js",
    "js/field/store.js",
    "js/field/sync.js",
)
#: Scripts that the field page does not load as modules, or not at its beginning.
ELSEWHERE = (
    "js/theme.js",
    "js/field/calendar.js",
    "js/field/start.js",
    "js/field/stash.js",
    "vendor/jose/jose.js",
)
#: The answers of the quick card.
QUICK = ("city", "form", "topic", "participants", "police")
#: After how many hours drafts may lock.
LOCK_HOURS = (1, 4, 12, 24)
#: A page is made anew after so many seconds: the settings may have changed the vocabularies.
_SECONDS = 60
_made: dict[str, tuple[float, str]] = {}


def page(language: str) -> str:
    """The field page in that language, the same for everybody."""
    return _kept(f"shell {language}", lambda: _page(language))


def calendar(language: str) -> str:
    """What a quick exit leads to: a page that tells of nothing."""
    with translation.override(language):
        return render_to_string("field/calendar.html")


def worker() -> str:
    """The service worker with its version and the list of what it keeps."""
    return _kept("worker", _worker)


def manifest(language: str) -> dict[str, Any]:
    """The web app manifest; the name on the phone's screen is chosen by the bureau."""
    with translation.override(language):
        texts = {name: str(text) for name, text in TEXTS.items()}
    start = reverse("field:shell", args=[language])
    return {
        "id": "/field/",
        "name": settings.FIELD_APP_NAME or texts["app_name"],
        "short_name": settings.FIELD_APP_NAME or texts["app_name"],
        "lang": language,
        "dir": "ltr",
        "start_url": start,
        "scope": "/",
        "display": "standalone",
        "background_color": "#ffffff",
        "theme_color": "#0b5560",
        "icons": [
            {"src": static(f"icons/field-{size}.png"), "sizes": f"{size}x{size}",
             "type": "image/png", "purpose": "any maskable"}
            for size in (192, 512)
        ],
    }  # fmt: skip


def forget() -> None:
    """Make everything anew at the next request."""
    _made.clear()


def _kept(name: str, make) -> str:
    made_at, text = _made.get(name, (0.0, ""))
    if not text or time.monotonic() - made_at > _SECONDS:
        text = make()
        _made[name] = (time.monotonic(), text)
    return text


def _page(language: str) -> str:
    with translation.override(language):
        # Every city: which of them are in somebody's regions comes with what is theirs.
        anybody = SimpleNamespace(all_regions=True)
        form = CardForm(user=anybody, initial={"version": 0}, auto_id="id_%s")
        outcome = OutcomeForm(codes=[], auto_id="out_%s")
        context = {
            "form": form,
            "outcome": outcome,
            "facts": FactsForm.base_fields,
            "progress": form.progress(),
            "texts": {name: str(text) for name, text in TEXTS.items()},
            "labels": {name: str(field.label) for name, field in form.fields.items()},
            "cities": [
                [code, float(latitude), float(longitude)]
                for code, latitude, longitude in City.located()
            ],
            "quick": " ".join(QUICK),
            "modules": [name for name in FILES if name.endswith(".js") and name not in ELSEWHERE],
            "language": language,
            "languages": [(code, name, name[:3]) for code, name in settings.LANGUAGES],
            "exit": settings.QUICK_EXIT_URL or reverse("field_calendar"),
            "lock_hours": LOCK_HOURS,
        }
        return render_to_string("field/shell.html", context)


def _worker() -> str:
    languages = [code for code, _name in settings.LANGUAGES]
    pages = {reverse("field:shell", args=[code]): page(code) for code in languages}
    pages[reverse("field_calendar")] = calendar(settings.LANGUAGE_CODE)
    body = _file("js/field/worker.js")
    digest = hashlib.sha256(body)
    for address, text in pages.items():
        digest.update(address.encode() + text.encode())
    for name in FILES:
        digest.update(name.encode() + _file(name))
    kept = {
        "version": digest.hexdigest()[:16],
        "files": [*pages, *(static(name) for name in FILES)],
        "shells": {code: reverse("field:shell", args=[code]) for code in languages},
        "calendar": reverse("field_calendar"),
        "sign_out": reverse("sign_out"),
    }
    return f"const KEPT = {json.dumps(kept)};\n{body.decode()}"


def _file(name: str) -> bytes:
    """A static file as it is served. Raises FileNotFoundError."""
    found = finders.find(name)
    if not found:
        raise FileNotFoundError(name)
    return Path(str(found)).read_bytes()

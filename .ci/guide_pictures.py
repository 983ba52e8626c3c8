"""Pictures of the guides, in every language: `make guide-pictures`, or this with names of pictures.

.venv/bin/python .ci/guide_pictures.py [queue card …]

A demonstration of its own is made in a temporary folder and served on PORT (8099), so that the
pictures show the same people and cards whenever they are taken. What could not be reached is
listed, and the exit status is 1.
"""

import datetime
import io
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
FOLDER = tempfile.TemporaryDirectory(prefix="zhinalys-guide-")
os.environ |= {
    "DATA_DIR": FOLDER.name,
    "DEBUG": "true",
    "DEMO": "false",
    "DJANGO_ALLOW_ASYNC_UNSAFE": "true",  # Playwright keeps a loop running
    "DJANGO_SETTINGS_MODULE": "monitoring.settings",
}
os.environ.pop("DATABASE_URL", None)

import django  # noqa: E402

django.setup()

from django.core.management import call_command  # noqa: E402
from PIL import Image  # noqa: E402
from playwright.sync_api import Error, Page, sync_playwright  # noqa: E402

from cards import services, workflow  # noqa: E402
from cards.models import Period  # noqa: E402
from monitoring.accounts.models import Role, User  # noqa: E402
from monitoring.demo import PASSWORD  # noqa: E402
from reports.editions import drafting  # noqa: E402
from tests.browser import launch  # noqa: E402
from tests.factories import card_answers, outcome_answers  # noqa: E402

PORT = int(os.environ.get("PORT", "8099"))
SITE = f"http://127.0.0.1:{PORT}"
PICTURES = ROOT / "static" / "guide"
LANGUAGES = ("ru", "kk", "en")
WIDTH, HEIGHT, SCALE = 1100, 760, 1.5
#: Light, and every letter still sharp.
QUALITY = 60
QUESTION = "Кто считал участников и с какого места?"
ANSWER = "Я сам, с лестницы театра, дважды: в 12:10 и в 12:40."


@dataclass(frozen=True)
class Picture:
    """``reach`` leads there; ``part``: a piece of the page, else what fits on the screen."""

    name: str
    reach: Callable[[Page, dict[str, str]], object]
    part: str = ""


def open_page(address: str) -> Callable[[Page, dict[str, str]], object]:
    return lambda page, cards: visit(page, address.format(**cards))


def visit(page: Page, address: str) -> None:
    """Open the page; an error of the site is no picture of it."""
    answer = page.goto(address)
    if answer is None or answer.status >= 400:
        raise Error(f"{address} does not open")


def ask(page: Page, cards: dict[str, str]) -> None:
    """The question and its answer are there since ``converse``."""
    visit(page, cards["asked"])
    page.locator(".thread").first.scroll_into_view_if_needed()


def merge(page: Page, cards: dict[str, str]) -> None:
    visit(page, cards["twin"])
    page.locator(".twins a.btn[href*='/merge/']").first.click()
    page.wait_for_selector("form.merge")


def preview(page: Page, cards: dict[str, str]) -> None:
    visit(page, "/cards/import/")
    page.set_input_files("input[name=cards]", ROOT / "fixtures" / "2018" / "cards.csv")
    page.locator("main form button.btn-primary").first.click()
    page.wait_for_url("**/cards/import/*-*/")


#: By whom they are seen: the guide of editors, and that of analysts.
PICTURES_OF: dict[str, tuple[Picture, ...]] = {}
PICTURES_OF["editor-2"] = (
    Picture("account", open_page("/account/")),
    Picture("queue", open_page("/cards/queue/")),
    Picture("card", open_page("{asked}")),
    Picture("question", ask, "[data-answer=participants]"),
    Picture("decision", open_page("{decided}"), ".panel--decide"),
    Picture("merge", merge),
    Picture("outcomes", open_page("{approved}"), "#outcomes"),
    Picture("applications", open_page("/cards/applications/")),
    Picture("import", preview),
)
PICTURES_OF["analyst"] = (
    Picture("edition", open_page("/reports/editions/2018-1/")),
    Picture("chapter", open_page("/reports/editions/2018-1/chapters/overall/{language}/")),
)


def prepare() -> dict[str, str]:
    """The demonstration and a few cards of this spring; names of cards -> their addresses."""
    call_command("prepare", verbosity=0)
    call_command("demo", verbosity=0)
    monitor, editor = (User.objects.get(username=name) for name in ("monitor", "editor"))
    second = User.objects.create_user(
        "monitor-2", password=PASSWORD, role=Role.MONITOR, alias="Монитор, Алматы, 2",
        all_regions=True, demo=True,
    )  # fmt: skip
    User.objects.create_user(
        "editor-2", password=PASSWORD, role=Role.EDITOR, alias="Редактор, 2",
        all_regions=True, demo=True,
    )  # fmt: skip
    texts = {
        "place": "Площадь перед театром",
        "demands": "Снизить цены на газ",
        "description": "Люди собрались в полдень, выступили и разошлись.",
    }
    day = datetime.date(2018, 5, 10)
    asked = submitted(monitor, date=day, **texts)
    twin = submitted(
        second, date=day, **texts | {"place": "У театра"}, participants=31,
        participants_low=28, participants_high=35, police=12,
    )  # fmt: skip
    decided = submitted(
        monitor, **texts | {"place": "Сквер у вокзала", "topic": "unlawful_dismissal"},
        date=day + datetime.timedelta(days=9), participants=6, participants_low=None,
        participants_high=None, police=14, police_actions=("detained",), detained=3,
        in_the_name_of_the_law="no",
    )  # fmt: skip
    approved = submitted(
        second, **texts | {"place": "Перед акиматом"}, date=day - datetime.timedelta(days=40),
        police_actions=("detained",), detained=2, in_the_name_of_the_law="no",
    )  # fmt: skip
    services.add_outcome(approved, actor=second, outcome=outcome_answers(court="Суд Алматы"))
    approved = workflow.apply(approved, "approve", actor=editor)
    services.add_outcome(
        approved, actor=second,
        outcome=outcome_answers(case_code="A-02", court="Суд Алматы", fine_mci=10),
    )  # fmt: skip
    write_chapter()
    cards = {"asked": asked, "twin": twin, "decided": decided, "approved": approved}
    return {name: card.get_absolute_url() for name, card in cards.items()}


def write_chapter() -> None:
    """An edition of 2018 with a chapter written in every language, one of them not whole yet."""
    analyst = User.objects.get(username="analyst")
    period = Period.objects.get(pk="2018")
    edition = drafting.create(period=period, actor=analyst)
    texts = {
        "ru": "За год прошло {{ 1/TOTAL/assemblies | assemblies }}; больше всего – {{ first"
        " 1/assemblies }} ({{ 1/astana/assemblies }}).",
        "kk": "Бір жылда {{ 1/TOTAL/assemblies | assemblies }} өтті; ең көбі – {{ first"
        " 1/assemblies }} ({{ 1/astana/assemblies }}).",
        "en": "The year saw {{ 1/TOTAL/assemblies | assemblies }}; most of them in {{ first"
        " 1/assemblies }} ({{ 1/astana/assemblies }}).",
    }
    for language, text in texts.items():
        whole = f"{text}\n\n{{{{ standard }}}}\n"
        drafting.save_text(edition, "overall", language, whole, actor=analyst, version=0, bound={})
    drafting.save_text(
        edition, "police", "ru", "{{ standard }}\n", actor=analyst, version=0, bound={}
    )


def submitted(monitor: User, **answers):
    card = services.create(actor=monitor, answers=card_answers(**answers))
    return workflow.apply(card, "submit", actor=monitor)


def signed_in(browser, name: str, language: str) -> Page:
    context = browser.new_context(
        base_url=SITE,
        locale=language,
        viewport={"width": WIDTH, "height": HEIGHT},
        device_scale_factor=SCALE,
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.set_default_timeout(10_000)
    page.goto("/sign-in/")
    page.fill("[name=username]", name)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url(lambda url: "/sign-in" not in url)
    page.click(f".languages [name=language][value={language}]")
    page.wait_for_selector(f"html[lang={language}]")
    return page


def converse(browser, cards: dict[str, str]) -> None:
    """The editor asks about the number of participants, the monitor answers."""
    page = signed_in(browser, "editor", "ru")
    page.goto(cards["asked"])
    answer = page.locator("[data-answer=participants]")
    answer.locator("[data-ask] summary").click()
    answer.locator("[data-ask] textarea").fill(QUESTION)
    answer.locator("[data-ask] button").click()
    page.wait_for_selector(".thread")
    page.context.close()
    page = signed_in(browser, "monitor", "ru")
    page.goto(cards["asked"])
    page.locator(".thread__form textarea").first.fill(ANSWER)
    page.locator(".thread__form button").first.click()
    page.wait_for_selector(".thread--answered")
    page.context.close()


def take(page: Page, picture: Picture, cards: dict[str, str], path: Path) -> None:
    picture.reach(page, cards)
    page.wait_for_load_state("networkidle")
    if picture.part:
        part = page.locator(picture.part).first
        part.scroll_into_view_if_needed()
        content = part.screenshot()
    else:
        content = page.screenshot()
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.open(io.BytesIO(content)).convert("RGB").save(path, "WEBP", quality=QUALITY, method=6)


def take_all(browser, person: str, language: str, pictures, cards: dict[str, str]) -> list[str]:
    """The pictures that a person sees, in one language; what could not be taken."""
    page, missed = signed_in(browser, person, language), []
    for picture in pictures:
        path = PICTURES / language / f"{picture.name}.webp"
        try:
            take(page, picture, cards | {"language": language}, path)
        except Error as error:
            missed.append(f"{language}/{picture.name}: {error}".splitlines()[0])
        else:
            print(f"{path.relative_to(ROOT)}  {path.stat().st_size // 1024} kB")
    page.context.close()
    return missed


def wait_for_site() -> None:
    for _attempt in range(120):
        try:
            urllib.request.urlopen(f"{SITE}/healthz", timeout=2)  # noqa: S310
            return
        except OSError:
            time.sleep(0.5)
    sys.exit("the demonstration did not start")


def main(names: list[str]) -> int:
    cards = prepare()
    server = subprocess.Popen(
        [sys.executable, "manage.py", "runserver", f"127.0.0.1:{PORT}", "--noreload"],
        cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    missed = []
    try:
        wait_for_site()
        with sync_playwright() as playwright:
            browser = launch(playwright)
            try:
                converse(browser, cards)
            except Error as error:
                missed.append(f"the conversation: {error}".splitlines()[0])
            for language in LANGUAGES:
                for person, pictures in PICTURES_OF.items():
                    chosen = [each for each in pictures if not names or each.name in names]
                    if chosen:
                        missed += take_all(browser, person, language, chosen, cards)
            browser.close()
    finally:
        server.terminate()
        server.wait()
    for text in missed:
        print(f"not taken: {text}", file=sys.stderr)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

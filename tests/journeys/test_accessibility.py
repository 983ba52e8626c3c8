"""Every page, on a phone and on a desk, by day and by night: nothing for axe to find."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.editions import draft_and_frozen, on_the_public_page, with_a_box
from tests.journeys.conftest import DESK, PHONE

pytestmark = [pytest.mark.journey, pytest.mark.once, pytest.mark.django_db(transaction=True)]

PAGES = {
    "monitor": [
        "/cards/",
        "/cards/new/",
        "/cards/applications/",
        "/cards/applications/new/",
        "{taken}",
        "{taken}outcomes/add/?case=A-01",
        "{taken}files/add/",
    ],
    "editor": [
        "/cards/queue/",
        "/cards/awaiting/",
        "/cards/all/?place=astana",
        "/cards/export/?place=astana",
        "/cards/import/",
        "/cards/import/format/",
        "{card}",
        "{card}history/",
        "{submitted}?in=queue",
        "/cards/queue/selected/?action=return&card={chosen}",
        "{draft}edit/",
        "{twin}",
        "{twin}merge/{other}/",
        "{merged}",
        "{merged}unmerge/",
        "{card}outcomes/add/",
        "{card}files/add/",
        "/cards/applications/?decision=refused",
        "{application}",
        "{application}edit/",
        "/cards/import/applications/",
        "/jobs/",
        "{running}",
        "{done}",
        "{failed}",
        "/guide/",
        "/guide/editors/",
        "/guide/monitors/",
    ],
    "analyst": [
        "/reports/",
        "/reports/2018/",
        "/reports/2018/tables/14/",
        "/reports/2018/tables/applications/",
        "/reports/indicators/",
        "/reports/indicators/police_control/",
        "/reports/method/",
        "/reports/explore/?rows=place&columns=police_actions&measure=row",
        "/reports/explore/?rows=city&chart=map&period=2018",
        "/reports/explore/?rows=form&columns=form&form=rally",
        "/reports/import/",
        "/reports/2018/regions/KZ-75/",
        "/reports/periods/",
        "/reports/periods/new/?part=half_1&year=2026",
        "/reports/periods/2018/",
        "/reports/periods/2020/",
        "/account/tokens/",
        "/api/v1/",
        "/reports/reconciliation/",
        "/reports/reconciliation/new/",
        "/reports/reconciliation/report/2018/",
        "/reports/reconciliation/report/2018/tables/8/",
        "/reports/reconciliation/report/2018/changes/",
        "/reports/reconciliation/report/2018/enter/8/?period=2019",
        "/cards/import/coverage/",
        "/reports/editions/",
        "/reports/editions/2018-1/",
        "/reports/editions/2018-1/history/",
        "/reports/editions/2018-1/read/ru/",
        "/reports/editions/2018-1/chapters/overall/ru/",
        "/reports/editions/2018-2/",
        "/reports/editions/2018-1/boxes/new/",
        "/reports/editions/2018-1/boxes/{box}/",
        "/reports/editions/2018-1/pictures/{picture}/",
        "/editions/",
        "/editions/2018-3/ru/",
    ],
    "administrator": ["/settings/people/{account}/history/", "/settings/status/", "/jobs/"],
}
#: What is folded away has to be read, too.
UNFOLD = "document.querySelectorAll('.waiting details, .files details').forEach(d => d.open = true)"


def under_review(editor) -> dict[str, str]:
    """A card of the queue with questions, flags, marks and news on it."""
    from cards import review, services
    from tests.factories import EditorFactory, make_card

    card = make_card("submitted", police=60, police_actions=("dispersed",))
    review.see(card, editor)
    query = review.ask(card, actor=editor, field="place", text="Which square?")
    review.answer(query, actor=card.monitor, text="The old one")
    review.ask(card, actor=editor, text="Photographs?")
    review.dismiss(card, actor=editor, code="dispersed_but_held", reason="They had spoken")
    services.save(card, actor=EditorFactory(), answers={"settlement": "Aksai"})
    card.refresh_from_db()
    review.verify(card, actor=editor, fields=["place"], version=card.version)
    return {"submitted": card.get_absolute_url(), "chosen": str(card.uuid)}


def long_work(user) -> dict[str, str]:
    """A job under way, one that is done and one that failed."""
    from django.utils import timezone

    from monitoring.jobs import pulse
    from monitoring.jobs.models import Job

    now = timezone.now()
    known = {"kind": "load", "asked_by": user, "language": "ru", "about": "cards.csv",
             "parameters": {"kind": "cards"}, "started_at": now, "attempts": 1}  # fmt: skip
    running = Job.objects.create(state="running", beat_at=now, **known)
    pulse.beat(running, pulse.Pulse(now, 1, "writing", 2, 5))
    done = Job.objects.create(state="done", ended_at=now, result="/cards/import/", **known)
    failed = Job.objects.create(state="failed", ended_at=now, error="stopped", **known)
    made = {"running": running, "done": done, "failed": failed}
    return {name: job.get_absolute_url() for name, job in made.items()}


def violations(page, *rules: str) -> list[tuple[str, str]]:
    """Rule and first place of everything that axe finds; by all of its rules or these alone."""
    options = {"runOnly": {"type": "rule", "values": rules}} if rules else None
    found = Axe().run(page, options=options).response["violations"]
    return [(rule["id"], rule["nodes"][0]["html"][:160]) for rule in found]


def cards_on_one_assembly() -> dict[str, str]:
    """Two cards that may be merged, with a case under one code on both, and a merged one."""
    from tests.cards.test_merging import merged, two_cards
    from tests.factories import add_outcome

    made = merged(*two_cards())
    add_outcome(made.card, case_code="Z-01", review="pending")
    twin, other = two_cards("approved")
    for card in (twin, other):
        add_outcome(card)
    addresses = {"merged": made.card.get_absolute_url(), "twin": twin.get_absolute_url()}
    return {**addresses, "other": str(other.uuid)}


def waiting(monitor) -> dict[str, str]:
    """Something of every kind that waits for the monitor; a card with all that belongs to one."""
    from django.core.files.base import ContentFile
    from django.utils import timezone

    from cards import attachments, review, services
    from tests.factories import EditorFactory, add_outcome, make_card

    editor, taken = EditorFactory(), {"detained": 3, "police_actions": ("detained",)}
    make_card("returned", monitor=monitor, editor=editor)
    make_card("rejected", monitor=monitor, editor=editor)
    make_card("draft", monitor=monitor, form=None)
    make_card("draft", monitor=monitor, date=timezone.localdate(), **taken)
    asked = make_card("submitted", monitor=monitor)
    review.ask(asked, actor=editor, field="place", text="Which square?")
    card = make_card("returned", monitor=monitor, editor=editor, **taken)
    add_outcome(card, author=monitor, review="pending", outcome="pending", fine_mci=None)
    for best, subject in ((30, "participants"), (40, "participants"), (12, "police")):
        services.add_count(card, actor=monitor, subject=subject, best=best, basis="estimated")
    file = ContentFile(b"%PDF-1.7", name="order.pdf")
    attachments.accept(card, actor=monitor, file=file, taken_by="monitor", taken_at=timezone.now())
    return {"taken": card.get_absolute_url()}


def places_for(user) -> dict[str, str]:
    """What the addresses of PAGES name, made for that person."""
    from cards import history
    from cards.models import Card, EventKind
    from tests.factories import make_application, make_card

    card = Card.objects.filter(status="approved", detained__gt=0).order_by("date").first()
    application = make_application(planned_for=card.date, city=card.city_id)
    places = {
        "card": card.get_absolute_url(),
        "account": user.pk,
        "application": application.get_absolute_url(),
    }
    changes = {"role": ["monitor", user.role], "regions": ["", "KZ-75"]}
    history.record(EventKind.ACCOUNT, account=user, actor=None, reason="So", changes=changes)
    if user.role == "monitor":
        places |= waiting(user)
    if user.role == "analyst":
        draft, _frozen = draft_and_frozen(user)
        box, picture = with_a_box(draft, user)
        places |= {"box": box.pk, "picture": picture.pk}
        on_the_public_page(user)
    if user.role == "editor":
        places["draft"] = make_card("draft", monitor=user).get_absolute_url()
        places |= cards_on_one_assembly()
        places |= under_review(user)
        places |= long_work(user)
    return places


#: By night a page has other colours and nothing else: the rest need not be sought again.
LOOKS = {"light": ((PHONE, DESK), ()), "dark": ((PHONE,), ("color-contrast",))}


@pytest.mark.parametrize("role", PAGES)
@pytest.mark.parametrize("light", LOOKS)
def test_nothing_stands_in_anybodys_way(person, visit, role, light):
    user = person(role, ["KZ-75"] if role == "monitor" else None)
    places, found = places_for(user), {}
    viewports, rules = LOOKS[light]
    for viewport in viewports:
        page = visit(user, viewport, color_scheme=light)
        for address in PAGES[role]:
            answer = page.goto(address.format(**places))
            assert answer.status == 200, address
            page.evaluate(UNFOLD)
            if bad := violations(page, *rules):
                found[address, viewport["width"]] = bad
            assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
        assert page.foreign == []
    assert found == {}


def test_the_sign_in_page_and_what_is_not_there(browser, site):
    context = browser.new_context(viewport=PHONE, base_url=site)
    page = context.new_page()
    for address in ("/sign-in/", "/sign-in/?next=/cards/"):
        page.goto(address)
        assert violations(page) == []
    context.close()

"""An edition from its draft to its correction: what is recorded, refused and kept."""

from __future__ import annotations

import datetime
import hashlib

import pytest
from django.db import IntegrityError, transaction

from cards import proof
from cards.models import Event, EventKind, Period
from reports.editions import blocking, dataset, drafting, freezing, reading, subject
from reports.models import ChapterText, Edition, Fact, Freeze, FrozenFile, State
from reports.prose.compose import compose
from reports.prose.values import Values
from tests.factories import make_card
from tests.history import tamper

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def cards(monitor, editor):
    return [
        make_card(
            monitor=monitor, status="approved", date=datetime.date.fromisoformat("2018-05-10")
        )
        for _ in range(3)
    ]


@pytest.fixture
def draft(cards, analyst):
    period = Period.objects.get(pk="2018")
    return drafting.create(period=period, actor=analyst, languages=["en"])


@pytest.fixture
def frozen(draft, analyst):
    write(draft, analyst, "overall", "Seen: {{ 1/TOTAL/assemblies | assemblies }}.")
    freezing.freeze(draft, actor=analyst, address="https://example.org/editions/2018-1/")
    return draft


def write(edition, actor, chapter, text, language="en", version=0):
    report = reading.gathered(edition).report
    one = next(each for each in report.chapters if each.code == chapter)
    bound = compose(text, one, Values(report), language, {}).bound
    return drafting.save_text(
        edition, chapter, language, text, actor=actor, version=version, bound=bound
    )


def codes(edition) -> list[str]:
    found = blocking.blockers(edition, reading.gathered(edition), drafting.texts_of(edition))
    return [each.code for each in found]


def history_of(edition):
    return list(Event.objects.filter(subject=subject(edition)).order_by("seq"))


def test_editions_of_a_period_are_numbered(draft, analyst):
    assert draft.code == "2018-1"
    assert draft.languages == ["en"]
    second = drafting.create(period=draft.period, actor=analyst)
    assert second.code == "2018-2"
    assert second.languages == ["ru", "kk", "en"]


def test_every_change_of_a_text_is_recorded_in_the_chain(draft, analyst):
    write(draft, analyst, "overall", "One.")
    write(draft, analyst, "overall", "Two.", version=1)
    kinds = [event.kind for event in history_of(draft)]
    assert kinds == [EventKind.EDITION, EventKind.PROSE, EventKind.PROSE]
    assert history_of(draft)[-1].changes == {"overall.en": ["One.\n", "Two.\n"]}
    assert proof.verify().faults == ()


def test_whoever_saves_second_is_told(draft, analyst, editor):
    write(draft, analyst, "overall", "Mine.")
    with pytest.raises(drafting.Conflict) as conflict:
        write(draft, analyst, "overall", "Theirs.")
    assert conflict.value.stored.text == "Mine.\n"
    assert ChapterText.objects.get().version == 1


def test_saving_the_same_again_records_nothing(draft, analyst):
    write(draft, analyst, "overall", "Same.")
    n = len(history_of(draft))
    write(draft, analyst, "overall", "Same.  \r\n", version=1)
    assert len(history_of(draft)) == n


def test_freezing_keeps_everything(frozen, analyst):
    record = frozen.freeze
    assert frozen.state == State.FROZEN
    report = reading.gathered(frozen).report
    assert record.checksum == report.checksum
    assert dataset.read(record.dataset).report.checksum == report.checksum
    names = [file.name for file in record.files.all()]
    assert "report-2018-1-en.pdf" in names
    assert "report-2018-1.json" in names
    for file in record.files.all():
        assert hashlib.sha256(bytes(file.content)).hexdigest() == file.sha256
    assert record.texts["chapters"][0][2].startswith("Seen: {{")
    assert {each["code"] for each in record.definitions} >= {"rally_activity", "law_abidance"}


def test_the_frozen_text_says_the_frozen_number(frozen, monitor, editor):
    make_card(monitor=monitor, status="approved", date=datetime.date.fromisoformat("2018-06-01"))
    report = freezing.report_of(frozen.freeze, frozen, "en")
    overall = next(each for each in report.chapters if each.code == "overall")
    assert overall.blocks[0].text.replace("\u00a0", " ") == "Seen: 3 assemblies."
    assert report.imprint.code == "2018-1"
    assert report.imprint.checksum == report.checksum


def test_rebuilding_gives_the_same_bytes(frozen):
    record = Freeze.objects.get(pk=frozen.freeze_id)
    made_from = dataset.read(record.dataset)
    for name, _type, data in freezing.files_of(record, frozen, made_from):
        stored = record.files.get(name=name)
        assert hashlib.sha256(data).hexdigest() == stored.sha256, name


def test_what_is_frozen_is_not_written_any_more(frozen, analyst):
    with pytest.raises(drafting.NotADraft):
        write(frozen, analyst, "overall", "Late.", version=1)


@pytest.mark.parametrize("model", [Freeze, FrozenFile])
def test_the_database_refuses_to_change_what_was_frozen(frozen, model):
    row = model.objects.first()
    field = "checksum" if model is Freeze else "sha256"
    with pytest.raises(IntegrityError), transaction.atomic():
        model.objects.filter(pk=row.pk).update(**{field: "0" * 64})
    with pytest.raises(IntegrityError), transaction.atomic():
        model.objects.filter(pk=row.pk)._raw_delete("default")


def test_nothing_is_frozen_that_says_nothing(draft, analyst):
    ChapterText.objects.create(
        edition=draft, chapter="overall", language="en", text="{{ 1/x/y }}", changed_by=analyst
    )
    assert "references" in codes(draft)
    with pytest.raises(freezing.NotAllowed):
        freezing.freeze(draft, actor=analyst, address="https://example.org/")


def test_a_chapter_is_written_in_all_chosen_languages_or_in_none(draft, analyst):
    assert codes(draft) == []
    drafting.choose_languages(draft, ["ru", "en"], actor=analyst)
    write(draft, analyst, "overall", "Only English.")
    assert codes(draft) == ["languages"]
    write(draft, analyst, "overall", "По-русски.", language="ru")
    assert codes(draft) == []


def test_a_number_that_moved_has_to_be_looked_at(draft, analyst, monitor):
    write(draft, analyst, "overall", "Seen: {{ 1/TOTAL/assemblies }}.")
    make_card(monitor=monitor, status="approved", date=datetime.date.fromisoformat("2018-07-01"))
    assert codes(draft) == ["changed"]
    write(draft, analyst, "overall", "Seen: {{ 1/TOTAL/assemblies }}.", version=1)
    assert codes(draft) == []


def test_a_period_without_assemblies_is_not_frozen(analyst, reference):
    empty = drafting.create(period=Period.objects.get(pk="2018"), actor=analyst)
    assert "empty" in codes(empty)


def test_cards_that_change_while_files_are_made_stop_it(draft, analyst, monitor, monkeypatch):
    original = freezing.files_of

    def late(*args):
        yield from original(*args)
        make_card(
            monitor=monitor, status="approved", date=datetime.date.fromisoformat("2018-08-01")
        )

    monkeypatch.setattr(freezing, "files_of", late)
    with pytest.raises(freezing.Changed):
        freezing.freeze(draft, actor=analyst, address="https://example.org/")
    draft.refresh_from_db()
    assert draft.state == State.DRAFT
    assert not Freeze.objects.exists()


def test_a_frozen_edition_becomes_a_draft_again_with_a_reason(frozen, analyst):
    freezing.thaw(frozen, actor=analyst, reason="A word is missing.")
    assert frozen.is_draft
    assert Freeze.objects.count() == 1, "what was frozen stays on record"
    assert history_of(frozen)[-1].reason == "A word is missing."


def test_a_published_edition_is_corrected_by_another(frozen, analyst, monitor):
    freezing.publish(frozen, actor=analyst, public=True)
    with pytest.raises(freezing.NotAllowed):
        freezing.thaw(frozen, actor=analyst, reason="Too late.")
    make_card(monitor=monitor, status="approved", date=datetime.date.fromisoformat("2018-09-01"))
    new = drafting.create(period=frozen.period, actor=analyst, languages=["en"], corrects=frozen)
    assert new.texts.get().text == "Seen: {{ 1/TOTAL/assemblies | assemblies }}.\n"
    with pytest.raises(ValueError, match="correction"):
        drafting.create(period=frozen.period, actor=analyst, corrects=frozen)
    write(new, analyst, "overall", "Seen: {{ 1/TOTAL/assemblies }}.", version=1)
    freezing.freeze(new, actor=analyst, address="https://example.org/editions/2018-2/")
    changes = [
        str(each)
        for each in freezing.imprint(new.freeze, new, reading.gathered(new).report).changes
    ]
    assert any("4" in line and "3" in line for line in changes)
    freezing.publish(new, actor=analyst, public=False)
    frozen.refresh_from_db()
    assert (frozen.state, new.state) == (State.CORRECTED, State.PUBLISHED)
    assert frozen.public, "its address stays"
    assert proof.verify().faults == ()


def test_the_steps_go_one_way(draft, analyst):
    for step in (
        lambda: freezing.publish(draft, actor=analyst, public=True),
        lambda: freezing.thaw(draft, actor=analyst, reason="x"),
        lambda: freezing.show(draft, actor=analyst, public=True),
    ):
        with pytest.raises(freezing.NotAllowed):
            step()
    with pytest.raises(ValueError, match="draft"):
        drafting.create(period=draft.period, actor=analyst, corrects=draft)
    assert Edition.objects.get().state == State.DRAFT


def test_an_entry_on_an_edition_cannot_be_put_onto_another(draft, analyst):
    write(draft, analyst, "overall", "One.")
    entry = history_of(draft)[-1]
    tamper(entry.seq, subject="edition/2018-9")
    assert [fault.kind for fault in proof.verify().faults] == ["changed"]


def test_facts_that_are_not_those_of_the_cards_stop_it(draft, analyst):
    later = datetime.date(2019, 1, 1)
    Fact.objects.create(place_id="astana", month=later, counts={}, sums={"assemblies": [1, 1]})
    with pytest.raises(freezing.Drifted) as drifted:
        freezing.freeze(draft, actor=analyst, address="https://example.org/")
    assert drifted.value.n > 0
    assert not Freeze.objects.exists()

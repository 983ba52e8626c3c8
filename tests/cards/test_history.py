"""The chain of recorded changes: written whole, read back the same, every forgery found."""

import datetime
import hashlib
import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from cards import history, proof, replay, services
from cards.chain import COLUMNS, GENESIS, Encoded, digest, pair
from cards.models import Card, Event, EventKind, HistoryHead, PermitApplication
from cards.proof import Mark
from tests.factories import EditorFactory, MonitorFactory, add_outcome, make_card
from tests.files import card_row
from tests.history import rehashed, tamper, unguarded
from tests.loading import load

pytestmark = pytest.mark.usefixtures("reference")
DAY = datetime.date(2018, 5, 10)


def entries() -> list[Event]:
    return list(Event.objects.order_by("seq"))


def fault(noted: Mark | None = None) -> tuple[str, int | None]:
    """Kind and entry of the one thing that is wrong."""
    (found,) = proof.verify(noted).faults
    return found.kind, found.seq


@pytest.fixture
def chain(editor):
    """Ten entries and more, on a card, a permit application and an account."""
    card = make_card("returned", editor=editor)
    services.save(card, actor=card.monitor, answers={"place": "Station", "police": 12})
    application = PermitApplication.objects.create(city_id="almaty", applied_on=DAY)
    history.record(EventKind.APPLICATION, application=application, actor=editor)
    history.record(
        EventKind.ACCOUNT,
        account=card.monitor,
        actor=None,
        reason="Moved to Astana",
        changes={"regions": ["KZ-75", "KZ-71"]},
    )
    add_outcome(make_card("approved", detained=2, police_actions=("detained",)))
    return entries()


# Writing


def test_the_first_entry_follows_nothing_and_every_other_the_one_before(chain):
    assert [event.seq for event in chain] == list(range(1, len(chain) + 1))
    assert [event.previous for event in chain] == [GENESIS, *(e.hash for e in chain[:-1])]
    assert len({event.hash for event in chain}) == len(chain) > 8
    head = HistoryHead.objects.get()
    assert (head.seq, head.hash) == (chain[-1].seq, chain[-1].hash)
    assert proof.verify() == proof.Proof(len(chain), Mark(head.seq, head.hash), ())


def test_the_layout_of_an_entry_is_what_it_was():
    """Entries written today are proved in ten years: the hashed text may never change."""
    at = datetime.datetime(2018, 5, 10, 12, 0, 0, 5, tzinfo=datetime.UTC)
    changes = {"place": ["", "Алаң"], "city": ["a", "b"]}
    values = [7, None, None, "edited", 3, at, "Почему\n", "", "", 2, changes]
    text = (
        f'zhinalys history 1\n[1,"{GENESIS}",7,null,null,"edited",3,'
        '"2018-05-10T12:00:00.000005Z","Почему\\n","","",2,'
        '{"city":["a","b"],"place":["","Алаң"]}]'
    )
    expected = hashlib.sha256(text.encode()).hexdigest()
    assert digest(1, GENESIS, values) == expected
    # The same moment in another zone, the same changes in another order.
    values[5] = at.astimezone(datetime.timezone(datetime.timedelta(hours=5)))
    values[10] = dict(reversed(changes.items()))
    assert digest(1, GENESIS, values) == expected


def test_what_is_not_written_after_all_leaves_no_gap(editor):
    card = make_card("draft")
    with transaction.atomic():
        services.save(card, actor=editor, answers={"place": "Elsewhere"})
        transaction.set_rollback(True)
    services.save(card, actor=editor, answers={"place": "Station"})
    assert [event.seq for event in entries()] == [1, 2]
    assert proof.verify().faults == ()


def test_entries_written_at_once_are_those_written_one_by_one(editor):
    card = make_card("draft")
    now = datetime.datetime(2018, 5, 10, 12, tzinfo=datetime.UTC)
    changes = {"place": ["", "Алаң \\ \t “”"], "police": ["", "10"]}
    rows = [
        [card.pk, "edited", editor.pk, now, "", "", 2, changes, "Why"],
        [card.pk, "status", None, now, "draft", "submitted", 3, {}, ""],
    ]
    history.record_many(rows)
    history.record_many([])
    event, moved = entries()[1:]
    assert (event.changes, event.actor, event.at, event.reason) == (changes, editor, now, "Why")
    assert (moved.from_status, moved.to_status, moved.version) == ("draft", "submitted", 3)
    assert proof.verify().faults == ()


def test_entries_written_in_several_pages_are_one_chain(monkeypatch):
    monkeypatch.setattr(history, "PAGE", 2)
    card = make_card("draft")
    now = datetime.datetime(2018, 5, 10, 12, tzinfo=datetime.UTC)
    rows = [
        [card.pk, "edited", None, now, "", "", n, {"police": ["", str(n)]}, ""] for n in range(5)
    ]
    history.record_many(rows)
    assert [event.version for event in entries()[1:]] == list(range(5))
    assert proof.verify() == proof.Proof(6, proof.verify().head, ())


def test_values_become_text_before_they_are_bound(editor):
    card = make_card("draft")
    pairs = {"date": [None, DAY], "attributes": ((), ("chants", "placards")), "police": [None, 0]}
    event = history.record(EventKind.EDITED, card=card, actor=editor, changes=pairs)
    assert event.changes == {
        "date": ["", "2018-05-10"],
        "attributes": ["", "chants;placards"],
        "police": ["", "0"],
    }
    assert proof.verify().faults == ()


def test_recording_outside_a_transaction_makes_one(transactional_db):
    account = EditorFactory()
    history.record(EventKind.INVITED, account=account, actor=None)
    assert proof.verify().faults == ()


def test_an_account_that_changed_is_told_by_signal(administrator, monitor):
    from monitoring.accounts.signals import account_changed

    account_changed.send(
        sender=type(monitor),
        account=monitor,
        actor=administrator,
        kind="account",
        changes={"role": ["monitor", "editor"]},
        reason=" New task ",
    )
    (event,) = entries()
    assert (event.account, event.actor, event.kind) == (monitor, administrator, "account")
    assert (event.changes, event.reason) == ({"role": ["monitor", "editor"]}, "New task")


# Forging

#: Column -> what becomes of it in the entry of that kind.
FORGED = {
    "card_id": ("edited", lambda event: make_other(event).pk),
    "application_id": ("application", lambda event: another_application().pk),
    "account_id": ("account", lambda event: MonitorFactory().pk),
    "kind": ("edited", lambda event: "created"),
    "actor_id": ("edited", lambda event: None),
    "at": ("edited", lambda event: event.at + datetime.timedelta(microseconds=1)),
    "reason": ("status", lambda event: event.reason + " "),
    "from_status": ("status", lambda event: ""),
    "to_status": ("status", lambda event: "rejected"),
    "version": ("edited", lambda event: event.version + 1),
    "changes": ("edited", lambda event: {**event.changes, "police": ["10", "13"]}),
}


def make_other(event) -> Card:
    return Card.objects.exclude(pk=event.card_id).first()


def another_application() -> PermitApplication:
    return PermitApplication.objects.create(city_id="astana", applied_on=DAY)


def test_every_column_is_forged_here():
    assert set(FORGED) == set(COLUMNS)
    columns = {field.attname for field in Event._meta.concrete_fields}
    assert columns == {*COLUMNS, "subject", "id", "seq", "previous", "hash"}


@pytest.mark.parametrize("column", COLUMNS)
def test_a_changed_column_is_found(chain, column):
    kind, forge = FORGED[column]
    event = next(event for event in chain if event.kind == kind)
    tamper(event.seq, **{column: forge(event)})
    assert fault() == ("changed", event.seq)


def test_a_changed_column_with_a_hash_that_fits_breaks_the_next(chain):
    event = chain[3]
    event.reason = "Forged"
    forged = digest(event.seq, event.previous, [getattr(event, name) for name in COLUMNS])
    tamper(event.seq, reason="Forged", hash=forged)
    assert fault() == ("out_of_order", event.seq + 1)


@pytest.mark.parametrize(
    ("column", "value", "expected"),
    [
        ("hash", "f" * 64, ("changed", 4)),
        ("previous", "f" * 64, ("out_of_order", 4)),
        ("seq", 1000, ("missing", 4)),
        ("id", 0, ("out_of_order", 4)),
    ],
)
def test_a_changed_link_is_found(chain, column, value, expected):
    tamper(4, **{column: value})
    assert fault() == expected


@pytest.mark.parametrize("place", ["first", "middle", "last"])
def test_a_deleted_entry_is_found(chain, place):
    seq = {"first": 1, "middle": 5, "last": len(chain)}[place]
    with unguarded():
        Event.objects.filter(seq=seq)._raw_delete("default")
    assert fault() == ("missing", seq)


def test_an_inserted_entry_is_found_wherever_it_is(chain):
    last = chain[-1]
    forged = Event(card=make_card("draft"), kind="edited", actor=None)
    real = HistoryHead.objects.get()
    forged.seq, forged.previous, forged.hash = real.seq + 1, real.hash, "0" * 64
    forged.save()
    assert fault() == ("added", real.seq + 1)
    with unguarded():
        HistoryHead.objects.update(seq=forged.seq, hash=forged.hash)
    assert fault() == ("changed", forged.seq)
    assert last.seq < forged.seq


def test_an_entry_put_between_two_others_is_found(chain):
    with unguarded():
        for event in reversed(entries()[3:]):
            Event.objects.filter(pk=event.pk).update(seq=event.seq + 1)
        HistoryHead.objects.update(seq=len(chain) + 1)
        Event(card=chain[0].card, kind="edited", seq=4, previous=chain[2].hash, hash="1" * 64).save(
            force_insert=True
        )
    assert fault()[1] == 4


def test_two_entries_that_changed_places_are_found(chain):
    with unguarded():
        Event.objects.filter(seq=4).update(seq=1000)
        Event.objects.filter(seq=5).update(seq=4)
        Event.objects.filter(seq=1000).update(seq=5)
    assert fault() == ("out_of_order", 4)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"hash": "f" * 64}, "head_differs"),
        ({"seq": 3}, "head_differs"),
        ({"seq": 1000}, "missing"),
        ({"seq": 0, "hash": GENESIS}, "added"),
    ],
)
def test_a_rewritten_head_is_found(chain, values, expected):
    with unguarded():
        HistoryHead.objects.update(**values)
    assert fault()[0] == expected


def test_a_head_that_is_gone_is_found(chain):
    with unguarded():
        HistoryHead.objects.all().delete()
    assert fault() == ("head_differs", None)


def test_a_tail_that_was_rewritten_whole_is_found_by_what_was_noted(chain):
    noted = proof.verify().head
    earlier = Mark(chain[2].seq, chain[2].hash)
    tamper(5, reason="Forged from here on")
    rehashed(5)
    assert proof.verify().faults == ()
    assert proof.verify(earlier).faults == ()
    assert fault(noted) == ("noted_differs", noted.seq)


def test_a_tail_that_was_cut_off_is_found_by_what_was_noted(chain):
    noted = proof.verify().head
    with unguarded():
        Event.objects.filter(seq=noted.seq)._raw_delete("default")
    rehashed(noted.seq)
    assert proof.verify().faults == ()
    assert fault(noted) == ("missing", noted.seq)


def test_what_was_noted_stays_right_while_the_chain_grows(chain):
    noted = proof.verify().head
    make_card("submitted")
    assert proof.verify(noted).faults == ()


# The command


def verified(*arguments) -> tuple[int, str, str]:
    """Exit status, output, errors."""
    out, err = StringIO(), StringIO()
    try:
        call_command("verify_history", *arguments, stdout=out, stderr=err)
    except SystemExit as left:
        return left.code, out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


def test_the_command_prints_what_to_note(chain):
    head = HistoryHead.objects.get()
    told = f"history: {len(chain)} entries, head {head.seq}:{head.hash}\n"
    assert verified() == (0, told, "")
    assert verified("--expect", str(head)) == (0, told, "")
    assert verified("--state") == (0, f"state: 0 differences\n{told}", "")


def test_an_empty_history_is_a_history(reference):
    assert verified() == (0, f"history: 0 entries, head 0:{GENESIS}\n", "")


def test_the_command_names_the_first_broken_entry(chain):
    tamper(4, reason="x")
    tamper(6, reason="y")
    status, _out, err = verified()
    assert (status, err) == (1, f"entry 4 (row {chain[3].pk}) was changed\n")


def test_the_command_says_that_what_was_noted_is_gone(chain):
    status, _out, err = verified("--expect", f"999:{GENESIS}")
    assert (status, err) == (1, "entry 999, which was noted, is missing\n")


def test_a_mark_that_is_none_is_refused(chain):
    with pytest.raises(CommandError, match="SEQ:HASH"):
        verified("--expect", "12")


def test_proving_reads_as_much_at_any_length(chain, django_assert_num_queries):
    card = chain[0].card
    now = datetime.datetime(2018, 5, 10, tzinfo=datetime.UTC)
    row = [card.pk, "edited", None, now, "", "", 1, {"place": ["", "x"]}, ""]
    for _size in (1, 40):
        history.record_many([row] * _size)
        with django_assert_num_queries(4):
            assert proof.verify().faults == ()


@pytest.mark.slow
@given(
    changes=st.dictionaries(st.text(max_size=8), st.tuples(st.text(), st.text()), max_size=5),
    keys=st.tuples(*[st.none() | st.integers(1)] * 4),
    reason=st.text(max_size=8),
)
def test_changes_written_as_they_are_hashed_give_the_same_hash(changes, keys, reason):
    """Whatever letters stand in them: quotation marks, line ends, halves of nothing."""
    at = datetime.datetime(2018, 5, 10, tzinfo=datetime.UTC)
    *on, actor = keys
    rest = [*on, "imported", actor, at, reason, "", "submitted", 1]
    told = {name: list(texts) for name, texts in changes.items()}
    written = Encoded.of(pair(name, *told[name]) for name in sorted(told))
    assert json.loads(written) == told
    assert digest(3, GENESIS, [*rest, written]) == digest(3, GENESIS, [*rest, told])


def test_the_history_of_a_loaded_file_is_proved_and_replayed(reference):
    load(
        card_row("A-1", description='Quotes " and \\ and\nlines'),
        card_row("A-2", status="approved"),
    )
    load(card_row("A-1", place="Another square", description="Other words"))
    assert proof.verify().faults == ()
    assert list(replay.verify()) == []

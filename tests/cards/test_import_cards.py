"""``import_cards``: what it prints, what it refuses, and the data of 2018."""

import io
from collections import Counter

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.utils import translation

from cards.models import Card, CaseUpdate, NumberSequence
from tests.factories import EditorFactory
from tests.files import card_row, csv_of, outcome_row, table, workbook_of

pytestmark = pytest.mark.usefixtures("reference")
FIXTURES = settings.BASE_DIR / "fixtures" / "2018"


@pytest.fixture
def file(tmp_path):
    """``file(content, name)``: the content as a file."""

    def written(content: bytes, name: str = "cards.csv"):
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return written


def run(path, **options) -> tuple[str, str, int]:
    """What the command prints, what it says on standard error, and its exit status."""
    out, err = io.StringIO(), io.StringIO()
    status = 0
    try:
        with translation.override("en"):
            call_command("import_cards", str(path), stdout=out, stderr=err, **options)
    except SystemExit as end:
        status = end.code
    return out.getvalue(), err.getvalue(), status


def test_the_summary_line_and_silence_otherwise(file):
    path = file(csv_of(card_row("A-1"), card_row("A-2")))
    summary = "cards: rows read 2, new {}, updated {}, unchanged {}, refused 0\n"
    assert run(path) == (summary.format(2, 0, 0), "", 0)
    assert run(path) == (summary.format(0, 0, 2), "", 0)
    path = file(csv_of(card_row("A-1", place="Station"), card_row("A-2")))
    assert run(path) == (summary.format(0, 1, 1), "", 0)


def test_outcomes_have_a_line_of_their_own(file):
    cards, outcomes = file(csv_of(card_row())), file(csv_of(outcome_row()), "outcomes.csv")
    out, _err, _status = run(cards, outcomes=outcomes)
    assert out.splitlines()[1] == (
        "outcomes: rows read 1, new 1, updated 0, unchanged 0, refused 0"
    )
    book = file(workbook_of(cards=table(card_row()), outcomes=table(outcome_row())), "all.xlsx")
    assert "unchanged 1" in run(book)[0].splitlines()[1]


def test_refused_rows_are_told_by_line_and_column_and_nothing_is_loaded(file):
    path = file(
        csv_of(
            card_row("A-1", form="gathering"),
            card_row("A-2"),
            card_row("A-3", police="many", date="31.02.2018"),
        )
    )
    out, err, status = run(path)
    assert status == 1
    assert out == "cards: rows read 3, new 0, updated 0, unchanged 0, refused 2\n"
    assert err.splitlines() == [
        "cards, line 2, form: “gathering” is not one of the answers.",
        "cards, line 4, date: Write the date as 2018-12-31 or 31.12.2018.",
        "cards, line 4, police: Write a whole number, without words.",
    ]
    assert Card.objects.count() == NumberSequence.objects.count() == 0


def test_a_thousand_refused_rows_are_all_listed(file):
    path = file(csv_of(*(card_row(f"A-{n}", city="Atlantis") for n in range(1000))))
    _out, err, status = run(path)
    assert status == 1
    lines = err.splitlines()
    assert len(lines) == 1000
    assert lines[-1].startswith("cards, line 1001, city: ")


def test_a_dry_run_only_checks(file):
    path = file(csv_of(card_row()))
    out, _err, status = run(path, dry_run=True)
    assert ("new 1" in out, status) == (True, 0)
    assert Card.objects.count() == NumberSequence.objects.count() == 0


def test_on_behalf_of_an_account(file, editor, monitor):
    path = file(csv_of(card_row("A-1", status="approved")))
    for name in (monitor.username, "nobody", EditorFactory(is_active=False).username):
        with pytest.raises(CommandError, match="right to load"):
            run(path, user=name)
    assert run(path, user=editor.username)[2] == 0
    card = Card.objects.get()
    assert (card.editor, card.events.get().actor) == (editor, editor)


def test_status_and_mark_of_reconstruction(file):
    run(file(csv_of(card_row())), status="draft", reconstruction=True)
    card = Card.objects.get()
    assert (card.status, card.reconstruction) == ("draft", True)
    with pytest.raises(CommandError):
        call_command("import_cards", "cards.csv", "--status", "archived")


def test_files_that_are_not_there_or_no_table(file, tmp_path):
    with pytest.raises(CommandError, match="nowhere"):
        run(tmp_path / "nowhere.csv")
    with pytest.raises(CommandError, match="UTF-8"):
        run(file("дата;город\n".encode("cp1251")))


def test_the_cards_of_2018():
    """As `make run` loads them: all approved, the printed number of court outcomes."""
    outcomes = FIXTURES / "outcomes.csv"
    out, err, status = run(FIXTURES / "cards.csv", outcomes=outcomes)
    assert (err, status) == ("", 0)
    assert "rows read 32, new 32," in out
    assert "rows read 119, new 119," in out
    assert Counter(Card.objects.values_list("status", flat=True)) == {"approved": 32}
    assert Counter(CaseUpdate.objects.values_list("review", flat=True)) == {"approved": 119}
    out, _err, _status = run(FIXTURES / "cards.csv", outcomes=outcomes)
    assert "updated 0, unchanged 32, refused 0" in out
    assert "updated 0, unchanged 119, refused 0" in out


def test_why_approved_cards_change_stands_in_the_history(file):
    run(file(csv_of(card_row())), status="approved")
    path = file(csv_of(card_row(place="Station")))
    run(path)
    assert Card.objects.get().events.get(kind="imported", version=2).reason == path.name
    run(file(csv_of(card_row(place="Square"))), status="approved")
    run(file(csv_of(card_row(place="Old station"))), reason="The place was wrong")
    assert Card.objects.get().events.filter(kind="imported").first().reason == "The place was wrong"

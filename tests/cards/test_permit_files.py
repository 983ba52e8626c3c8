"""Permit applications in and out as files: round trip, rules, rights, whole or not at all."""

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse

from cards import permits
from cards.files import applications as files
from cards.files.loading import Changed
from cards.models import EventKind, PermitApplication
from reports import facts
from tests.factories import ASTANA, EditorFactory, MonitorFactory, make_application, make_card

pytestmark = pytest.mark.usefixtures("reference")
ROW = {
    "ref": "A-1",
    "applied_on": "06.08.2018",
    "city": "Алматы",
    "place": "Square",
    "decision": "refused",
    "answered_on": "2018-08-16",
    "ground": "Repairs",
    "applicant_type": "individual",
}


def sheet(*rows: dict) -> bytes:
    names = list(dict.fromkeys(name for row in rows for name in row))
    text = io.StringIO()
    writer = csv.DictWriter(text, names)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def loaded(*rows: dict, **options) -> files.Checked:
    checked = files.check(sheet(*rows), **options)
    assert not checked.refusals, [(r.line, r.column, str(r.message)) for r in checked.refusals]
    files.load(checked, user=options.get("user"))
    return checked


def refused(*rows: dict, **options) -> set[tuple[int, str]]:
    return {(each.line, each.column) for each in files.check(sheet(*rows), **options).refusals}


def counts(checked: files.Checked) -> tuple[int, ...]:
    tally = checked.tally
    return tally.read, tally.new, tally.updated, tally.unchanged, tally.refused


def test_rows_arrive_pending_and_logged(editor):
    assert counts(loaded(ROW, user=editor)) == (1, 1, 0, 0, 0)
    application = PermitApplication.objects.get(ref="A-1")
    assert (application.review, application.author) == ("pending", editor)
    assert (application.appeal, application.days_to_answer) == ("unknown", 10)
    assert application.events.get().kind == EventKind.IMPORTED
    assert list(facts.verify()) == []


def test_the_same_ref_updates_and_never_makes_a_twin(editor):
    loaded(ROW, status="approved")
    assert counts(loaded(ROW, user=editor)) == (1, 0, 0, 1, 0)
    assert counts(loaded({**ROW, "place": "A park"}, user=editor)) == (1, 0, 1, 0, 0)
    application = PermitApplication.objects.get()
    # A change goes before a second person, whoever brings it.
    assert (application.place, application.review) == ("A park", "pending")
    assert application.events.first().changes["review"] == ["approved", "pending"]
    assert list(facts.verify()) == []


def test_what_is_exported_is_unchanged_when_loaded_again(editor):
    card = make_card("approved")
    permits.link(make_application(note="One\r\ntwo"), actor=editor, card=card)
    make_application("pending", place="=1+1", applied_on=card.date, planned_for=None)
    make_application("rejected", decision="other_place", other_place="A park", ground="")
    for kind in ("csv", "xlsx"):
        content = files.written(PermitApplication.objects.all(), kind).read()
        checked = files.check(content)
        assert not checked.refusals, [str(each.message) for each in checked.refusals]
        assert counts(checked) == (3, 0, 0, 3, 0)
        assert checked.notices == []


def test_every_mistake_is_told_by_line_and_column_and_nothing_is_loaded():
    rows = (
        {**ROW, "decision": "perhaps"},
        {**ROW, "ref": "A-2", "ground": ""},
        {**ROW, "ref": "A-3", "applied_on": "2018-08-20"},
        {**ROW, "ref": "A-4", "city": ""},
        {**ROW, "ref": "A-5", "card": "2018-NOWHERE-001"},
        {**ROW, "ref": "A-6", "status": "rejected"},
        {**ROW, "ref": "A-7"},
        {**ROW, "ref": "A-7"},
    )
    checked = files.check(sheet(*rows))
    assert {(each.line, each.column) for each in checked.refusals} == {
        (2, "decision"),
        (3, "ground"),
        (4, "answered_on"),
        (5, "city"),
        (6, "card"),
        (7, "status"),
        (9, "ref"),
    }
    assert counts(checked) == (8, 1, 0, 0, 7)
    with pytest.raises(ValueError, match="never loaded"):
        files.load(checked)
    assert not PermitApplication.objects.exists()


def test_a_thousand_refused_rows_are_all_told():
    rows = [{**ROW, "ref": f"A-{n}", "ground": ""} for n in range(1000)]
    assert len(refused(*rows)) == 1000


def test_rights_of_who_loads(editor):
    elsewhere = EditorFactory(all_regions=False, regions=[ASTANA])
    monitor = MonitorFactory()
    assert refused(ROW, user=elsewhere) == {(2, "city")}
    assert refused({**ROW, "status": "approved"}, user=monitor) == {(2, "status")}
    loaded({**ROW, "status": "approved"}, user=editor)
    assert refused({**ROW, "place": "A park"}, user=elsewhere) == {(2, "ref")}
    own = make_application("pending", author=editor)
    line = {"ref": str(own.uuid), "status": "approved"}
    assert refused(line, user=editor) == {(2, "status")}
    loaded(line, user=EditorFactory())
    own.refresh_from_db()
    assert own.review == "approved"
    assert own.events.first().kind == EventKind.APPLICATION_REVIEW


def test_a_card_is_linked_by_number_or_ref(editor):
    card = make_card("approved")
    loaded({**ROW, "card": card.number}, user=editor)
    assert PermitApplication.objects.get().card == card
    # An empty cell leaves the link as it is.
    assert counts(loaded({**ROW, "card": ""}, user=editor))[3] == 1
    other = make_card("approved", city="astana")
    assert refused({**ROW, "card": other.number}, user=editor) == {(2, "card")}
    dropped = make_card("rejected")
    assert refused({**ROW, "card": str(dropped.uuid)}, user=editor) == {(2, "card")}


def test_what_changed_since_the_check_is_not_overwritten(editor):
    loaded(ROW)
    checked = files.check(sheet({**ROW, "place": "A park"}))
    application = PermitApplication.objects.get()
    permits.change(application, actor=editor, answers={"note": "x"})
    with pytest.raises(Changed):
        files.load(checked)
    assert PermitApplication.objects.get().place == "Square"


def test_the_command(tmp_path, editor):
    path = tmp_path / "applications.csv"
    path.write_bytes(sheet(ROW, {**ROW, "ref": "A-2", "unknown_column": "x"}))
    out, err = io.StringIO(), io.StringIO()
    call_command("import_applications", path, "--dry-run", stdout=out, stderr=err)
    assert "rows read 2, new 2" in out.getvalue()
    assert "unknown_column" in err.getvalue()
    assert not PermitApplication.objects.exists()
    call_command("import_applications", path, "--status", "approved", stdout=out, stderr=err)
    assert PermitApplication.objects.never_held().count() == 2
    path.write_bytes(sheet({**ROW, "ground": ""}))
    with pytest.raises(SystemExit):
        call_command("import_applications", path, stdout=out, stderr=err)
    assert "line 2, ground" in err.getvalue()
    for wrong in (["nowhere.csv"], [str(path), "--user", "nobody"]):
        with pytest.raises(CommandError):
            call_command("import_applications", *wrong, stdout=out, stderr=err)
    path.write_bytes(b"")
    with pytest.raises(CommandError):
        call_command("import_applications", path, stdout=out, stderr=err)


@pytest.mark.slow
def test_in_the_browser(signed_in, editor, monitor):
    address = reverse("cards:import_applications")
    assert signed_in(monitor).get(address).status_code == 403
    client = signed_in(editor)
    assert "applied_on" in client.get(address).content.decode()
    file = SimpleUploadedFile("applications.csv", sheet(ROW), content_type="text/csv")
    preview = client.post(address, {"applications": file, "status": ""})
    page = client.get(preview.url)
    assert "New application" in page.content.decode()
    assert not PermitApplication.objects.exists()
    done = client.post(f"{preview.url}load/")
    assert done.url == address
    assert PermitApplication.objects.get().author == editor
    again = SimpleUploadedFile("x.csv", sheet({**ROW, "place": "A park"}), content_type="text/csv")
    changed = client.post(address, {"applications": again, "status": ""})
    assert "Changed: place applied for" in client.get(changed.url).content.decode()


def test_the_32_of_2018_are_what_their_script_writes(tmp_path):
    import subprocess
    import sys
    from pathlib import Path

    folder = Path(__file__).resolve().parents[2] / "fixtures" / "2018"
    script = [sys.executable, str(folder / "applications.py"), "--out", str(tmp_path)]
    subprocess.run(script, check=True)
    written = (tmp_path / "applications.csv").read_bytes()
    assert written == (folder / "applications.csv").read_bytes()
    checked = files.check(written)
    files.load(checked)
    rows = PermitApplication.objects.never_held()
    assert counts(checked) == (32, 32, 0, 0, 0)
    assert {each.decision for each in rows} == {"refused"}
    assert {(each.applied_on.year, each.applied_on.month) for each in rows} == {
        (2018, 8),
        (2018, 9),
    }
    assert {each.answered_on for each in rows} == {None}
    assert all("Реконструкция" in each.note for each in rows)

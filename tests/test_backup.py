"""A backup is whole or refused; a restored site is the site, or the site is as it was."""

import gzip
import io
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cards import attachments, services
from cards.field import sealing as device_keys
from cards.models import Attachment, Card, Event, HeldParcel, Upload
from monitoring import demo
from monitoring.accounts import tokens
from monitoring.accounts.models import Token
from monitoring.backup import archive, making, reading, restoring, rows, sealing
from monitoring.backup.errors import Damaged, Refused
from reports import facts, source
from tests import field
from tests.databases import manage, new_database, site_environment
from tests.factories import AnalystFactory, ensure_reference, make_card
from tests.program import Program

PLAIN = sealing.Keys()
IDENTITY, RECIPIENT = sealing.new_pair()
OPENS, SEALS = sealing.read_keys(IDENTITY), sealing.read_keys(RECIPIENT)
PDF = b"%PDF-1.7\n" + bytes(range(256)) * 40


@pytest.fixture
def site(transactional_db, settings, tmp_path):
    """The data of 2018, a card with two files and all that is said of one, answers in all letters;
    gives its folder."""
    settings.MEDIA_ROOT = tmp_path / "attachments"
    ensure_reference()
    demo.prepare()
    card = make_card("submitted", place="Қазақ ғылымы\u2028«№ 5»\n\t\\", detained=None)
    told = {"taken_by": "observer", "camera_sha256": "a1" * 32}
    for name, content, more in (("a.pdf", PDF, told), ("b.pdf", PDF + b"another", {})):
        file = SimpleUploadedFile(name, content)
        attachments.accept(card, actor=card.monitor, file=file, caption="Баннер", **more)
    return tmp_path


def picture(folder: Path) -> dict:
    """Every row of the product and every file, as they are."""
    tables = {
        model._meta.label: list(model._base_manager.order_by("pk").values_list())
        for model in apps.get_models(include_auto_created=True)
        if model._meta.label_lower not in rows.LEFT_OUT
    }
    root = folder / "attachments"
    files = {
        str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()
    }
    return {**tables, "files": files}


def change_everything(folder: Path) -> None:
    """What a restore has to undo: a changed answer, a new card, a lost, an altered, a new file."""
    card = Card.objects.filter(attachments__isnull=False).first()
    services.save(card, actor=card.monitor, answers={"place": "Elsewhere"})
    make_card("approved")
    first, second = Attachment.objects.order_by("pk")
    (folder / "attachments" / first.original.name).unlink()
    (folder / "attachments" / second.original.name).write_bytes(b"altered")
    attachments.accept(card, actor=card.monitor, file=SimpleUploadedFile("c.pdf", PDF + b"new"))


def empty() -> None:
    """A database as ``migrate`` leaves it."""
    if (guards := restoring._guards()) is not None:
        # Put back by flush itself.
        guards.remove(connection)
    call_command("flush", interactive=False, verbosity=0)


def checksum() -> str:
    return source.gather("2018").report.checksum


@pytest.mark.slow
@pytest.mark.parametrize("keys", [PLAIN, OPENS], ids=["plain", "sealed"])
def test_a_restored_site_is_the_same_site(site, keys):
    before, printed = picture(site), checksum()
    manifest = making.write(site / "backup", keys)
    assert manifest["files"] == 2
    assert picture(site) == before
    change_everything(site)
    assert checksum() != printed or picture(site) != before
    done = restoring.restore(site / "backup", keys, replace=True)
    assert picture(site) == before
    assert checksum() == printed
    assert list(facts.verify()) == []
    # What the restored site does not know was moved aside, not thrown away.
    assert sorted(p.read_bytes() for p in done.aside.rglob("*") if p.is_file()) == sorted(
        [b"altered", PDF + b"new"]
    )
    # The site goes on: keys and numbers follow those that are there.
    numbers = set(Card.objects.values_list("number", flat=True))
    assert make_card("submitted").number not in numbers


@pytest.mark.slow
def test_tokens_of_programs_are_left_out(site):
    """One that was revoked since must not come back; those issued since are gone as well."""
    analyst = AnalystFactory()
    program = Program(analyst)
    making.write(site / "backup", PLAIN)
    tokens.revoke_one(analyst, program.token.pk, actor=analyst)
    later = Program(analyst)
    restoring.restore(site / "backup", PLAIN, replace=True)
    assert not Token.objects.exists()
    assert {each.get("periods/").status_code for each in (program, later)} == {401}


@pytest.mark.slow
def test_into_an_empty_database_without_asking_twice(site):
    before = picture(site)
    making.write(site / "backup", PLAIN)
    with pytest.raises(Refused, match="--replace"):
        restoring.restore(site / "backup", PLAIN)
    assert picture(site) == before
    empty()
    ensure_reference()
    restoring.restore(site / "backup", PLAIN)
    assert picture(site) == before


@pytest.mark.slow
def test_from_one_machine_to_another_by_the_commands(site, tmp_path):
    before = picture(site)
    out = io.StringIO()
    (tmp_path / "recipients").write_text(f"# the bureau's\n{RECIPIENT}\n")
    call_command("backup", tmp_path / "backup", key_file=tmp_path / "recipients", stdout=out)
    assert "2 files" in out.getvalue()
    assert out.getvalue().endswith("sealed\n")
    assert oct((tmp_path / "backup").stat().st_mode)[-3:] == "600"
    other = tmp_path / "other"
    with new_database(tmp_path) as url:
        said = manage(url, other, "restore", str(tmp_path / "backup"), BACKUP_KEY=IDENTITY)
        assert said.startswith("Restored: made 20")
        assert manage(url, other, "verify_facts") == "0 differences\n"
        again = tmp_path / "again"
        manage(url, other, "backup", str(again), BACKUP_KEY=RECIPIENT)
    empty()
    restoring.restore(again, OPENS)
    assert picture(site) == before


@pytest.mark.slow
def test_the_file_opens_without_this_program(site):
    making.write(site / "backup", PLAIN)
    listed = subprocess.run(["tar", "xvf", "backup"], cwd=site, capture_output=True, check=True)
    names = listed.stdout.decode().split()
    assert names[-2:] == ["manifest.json", "manifest.sha256"]
    for sums in ("checksums/000001", "manifest.sha256"):
        subprocess.run(["sha256sum", "--quiet", "-c", sums], cwd=site, check=True)
    lines = gzip.decompress((site / "tables/cards.card/000001.jsonl.gz").read_bytes()).splitlines()
    columns, cards = json.loads(lines[0])["columns"], [json.loads(line) for line in lines[1:]]
    assert len(cards) == 33
    assert "Қазақ ғылымы\u2028«№ 5»\n\t\\" in {card[columns.index("place")] for card in cards}


@pytest.mark.slow
def test_a_file_that_the_storage_lost_is_named_and_the_rest_is_kept(site, capsys):
    lost = Attachment.objects.first().original
    (site / "attachments" / lost.name).unlink()
    with pytest.raises(SystemExit):
        call_command("backup", site / "backup")
    assert f"missing in the storage: {lost.name}" in capsys.readouterr().err
    assert reading.verify(site / "backup", PLAIN)["files"] == 1


@pytest.mark.slow
def test_large_tables_travel_in_parts(site, monkeypatch):
    monkeypatch.setattr(rows, "PART", 2000)
    monkeypatch.setattr(archive, "LISTED", 7)
    before = picture(site)
    making.write(site / "backup", PLAIN)
    change_everything(site)
    restoring.restore(site / "backup", PLAIN, replace=True)
    assert picture(site) == before


@pytest.mark.slow
def test_what_is_written_meanwhile_is_not_in_it_and_does_not_wait(site, monkeypatch):
    """Rows of one moment: a card begun in the middle of a backup is in none of its tables."""
    with new_database(site) as url:
        manage(url, site / "other", "restore", str(_written(site)))
        script = (
            "import django; django.setup()\n"
            "import subprocess, sys, pathlib\n"
            "from monitoring.backup import making, rows, sealing\n"
            "dump, seen = rows.dump, []\n"
            "def slow(model, using):\n"
            "    if rows.label(model) == 'cards.card':\n"
            "        subprocess.run([sys.executable, '-m', 'tests.begin_card'], check=True)\n"
            "    return dump(model, using)\n"
            "making.rows.dump = slow\n"
            "m = making.write(pathlib.Path(sys.argv[1]), sealing.Keys())\n"
            "print(m['rows']['cards.card'], m['rows']['cards.event'])\n"
        )
        events = Event.objects.count()
        done = subprocess.run(
            [sys.executable, "-c", script, str(site / "later")],
            env=site_environment(url, site / "other"), capture_output=True, text=True,
        )  # fmt: skip
        assert done.stdout.split() == ["33", str(events)], done.stderr
        # The picture was taken before; the card itself is there.
        manage(url, site / "other", "backup", str(site / "last"))
        assert reading.verify(site / "last", PLAIN)["rows"]["cards.card"] == 34


def _written(site: Path) -> Path:
    making.write(site / "backup", PLAIN)
    return site / "backup"


# --- Refused files -----------------------------------------------------------------------------


LITTLE = b"%PDF-1.7 " + bytes(range(256)) * 2


def small(keys: sealing.Keys = PLAIN, **manifest) -> bytes:
    """A little backup made by hand, of two tables and a file."""
    target = io.BytesIO()
    table = gzip.compress(b'{"table": "cards.form", "columns": ["code"]}\n["rally"]\n', mtime=0)

    def fill(stream):
        writer = archive.Writer(stream)
        writer.add("tables/cards.form/000001.jsonl.gz", len(table), [table])
        writer.add("attachments/a/b", len(LITTLE), [LITTLE])
        whole = {
            "product": "zhinalys",
            "format": 1,
            "created_at": "2026-11-25T10:00:00+00:00",
            "rows": {"cards.form": 1},
            "files": 1,
        }
        writer.finish(whole | {"migrations": [], "missing": [], "history": None} | manifest)

    if keys:
        with sealing.sealed(target, keys) as stream:
            fill(stream)
    else:
        fill(target)
    return target.getvalue()


def refusal(content: bytes, keys: sealing.Keys, path: Path) -> str:
    """What the verification says of this file; "" if it finds nothing wrong."""
    path.write_bytes(content)
    try:
        reading.verify(path, keys)
    except Refused as error:
        return str(error)
    return ""


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return tmp_path_factory.mktemp("refused") / "backup"


@pytest.mark.parametrize("keys", [PLAIN, OPENS], ids=["plain", "sealed"])
def test_the_little_one_is_whole(keys, path):
    assert refusal(small(keys), keys, path) == ""


@pytest.mark.slow
@pytest.mark.parametrize("keys", [PLAIN, OPENS], ids=["plain", "sealed"])
def test_every_single_byte_counts(keys, path):
    content = small(keys)
    unnoticed = [
        place
        for place in range(0, len(content), 3 if keys else 1)
        if not refusal(
            content[:place] + bytes([content[place] ^ (1 << place % 8)]) + content[place + 1 :],
            keys,
            path,
        )
    ]
    assert unnoticed == []


@pytest.mark.slow
@pytest.mark.parametrize("keys", [PLAIN, OPENS], ids=["plain", "sealed"])
def test_cut_off_anywhere_it_is_refused(keys, path):
    content = small(keys)
    assert [n for n in range(0, len(content), 7) if not refusal(content[:n], keys, path)] == []
    assert refusal(content[:-1], keys, path)
    assert refusal(content + b"\0", keys, path)
    assert refusal(content + bytes(512), keys, path)


PIECES = st.lists(
    st.tuples(st.floats(0, 1, exclude_max=True), st.binary(min_size=1, max_size=600)), min_size=1
)


@pytest.mark.slow
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(PIECES, st.booleans())
def test_whatever_is_written_over_it_is_noticed(path, pieces, sealed):
    keys = OPENS if sealed else PLAIN
    content = whole = small(keys)
    for where, piece in pieces:
        at = int(where * len(content))
        content = content[:at] + piece + content[at + len(piece) :]
    assert bool(refusal(content, keys, path)) is (content != whole)


def test_the_message_names_the_part_that_is_damaged(path):
    content = small()
    place = content.index(LITTLE) + 300
    said = refusal(content[:place] + b"\xff" + content[place + 1 :], PLAIN, path)
    assert said == "backup is damaged or no backup: checksums differ: attachments/a/b."


@pytest.mark.parametrize(
    ("content", "keys", "said"),
    [
        (b"", PLAIN, "cut off"),
        (b"anything at all" * 100, PLAIN, "no proper beginning"),
        (small(OPENS), PLAIN, "is sealed: give the identity"),
        (small(OPENS), SEALS, "is sealed: give the identity"),
        (small(OPENS), sealing.read_keys(sealing.new_pair()[0]), "key does not open this backup"),
        (small(), OPENS, "not sealed, though a key was given"),
        (small(format=3), PLAIN, "has format 3, this version reads up to 2"),
        (small(format=2, device_keys=1), PLAIN, "not as many as it says"),
        (small(product="other"), PLAIN, "another program"),
        (small(files=2), PLAIN, "not as many as it says"),
        (small(rows={"cards.form": 2}), PLAIN, "not as many as it says"),
    ],
)
def test_each_refusal_says_why(content, keys, said, path):
    assert said in refusal(content, keys, path)


@pytest.mark.parametrize(
    "text",
    ["abc", "AGE-SECRET-KEY-1QQ", "age1xyz", f"{RECIPIENT} abc"],
    ids=["no key", "half an identity", "half a recipient", "a recipient and no key"],
)
def test_what_is_no_key_is_refused_and_not_repeated(text, settings):
    settings.BACKUP_KEY = text
    with pytest.raises(CommandError, match="neither a recipient") as caught:
        call_command("verify_backup", Path(__file__))
    assert text not in str(caught.value)


def test_an_empty_key_file_never_means_without_a_key(tmp_path):
    (tmp_path / "keys").write_text("# nothing\n")
    with pytest.raises(CommandError, match="holds no key"):
        call_command("backup", tmp_path / "backup", key_file=tmp_path / "keys")
    assert not (tmp_path / "backup").exists()


def test_a_key_may_come_from_standard_input(path, monkeypatch, capsys):
    path.write_bytes(small(OPENS))
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{IDENTITY}\n"))
    call_command("verify_backup", path, key_file=Path("-"))
    assert "whole; made" in capsys.readouterr().out


def test_a_new_pair_seals_and_opens(path):
    out = io.StringIO()
    call_command("backup_key", stdout=out)
    keys = sealing.read_keys(out.getvalue())
    assert len(keys.identities) == 1
    assert refusal(small(keys), keys, path) == ""


# --- Targets that stay as they were ------------------------------------------------------------


@pytest.mark.slow
def test_a_refused_file_changes_nothing(site):
    making.write(site / "backup", OPENS)
    change_everything(site)
    before = picture(site)
    content = (site / "backup").read_bytes()
    for number, bad in enumerate(
        (content[:-1], content[:5000], content[:9000] + b"\0\0\0" + content[9003:])
    ):
        (site / f"bad{number}").write_bytes(bad)
        with pytest.raises(Damaged):
            restoring.restore(site / f"bad{number}", OPENS, replace=True)
    with pytest.raises(Refused, match="does not open"):
        restoring.restore(site / "backup", sealing.read_keys(sealing.new_pair()[0]), replace=True)
    assert picture(site) == before


@pytest.mark.slow
def test_a_backup_of_a_newer_version_changes_nothing(site, monkeypatch):
    today = rows.applied(MigrationLoader(connection))
    tomorrow = [*today, "cards.9999_of_tomorrow"]
    before = picture(site)
    (site / "backup").write_bytes(small(migrations=tomorrow))
    with pytest.raises(Refused, match="newer version .it knows cards.9999_of_tomorrow"):
        restoring.restore(site / "backup", PLAIN, replace=True)
    assert picture(site) == before


@pytest.mark.slow
def test_a_backup_of_an_older_version_needs_an_empty_database_and_is_brought_up_to_date(site):
    (site / "old").mkdir()
    with new_database(site, "old") as old, new_database(site, "new") as new:
        manage(old, site / "old", "migrate", "cards", "0002")
        manage(old, site / "old", "backup", str(site / "older"))
        older = reading.verify(site / "older", PLAIN)
        assert "cards.0003_review_merges_permits" not in older["migrations"]
        manage(new, site / "new", "restore", str(site / "older"))
        assert "[ ]" not in manage(new, site / "new", "showmigrations")
        before = picture(site)
        with pytest.raises(Refused, match="another version.* new, empty database"):
            restoring.restore(site / "older", PLAIN, replace=True)
        assert picture(site) == before


@pytest.mark.slow
def test_a_load_that_fails_at_the_last_moment_changes_nothing(site, monkeypatch):
    making.write(site / "backup", PLAIN)
    change_everything(site)
    before = picture(site)
    before["files"] = {name: text for name, text in before["files"].items() if text != b"altered"}

    def fail(*args):
        raise Refused("at the end")

    monkeypatch.setattr(restoring, "_check_rows", fail)
    with pytest.raises(Refused, match="at the end"):
        restoring.restore(site / "backup", PLAIN, replace=True)
    monkeypatch.undo()
    after = picture(site)
    after["files"] = {name: text for name, text in after["files"].items() if text != b"altered"}
    assert after == before


@pytest.mark.slow
@pytest.mark.parametrize("statements", [40, 80, 10**9])
def test_a_restore_that_is_killed_leaves_the_site_as_it_was(site, statements):
    making.write(site / "backup", PLAIN)
    other = site / "other"
    with new_database(site) as url:
        manage(url, other, "restore", str(site / "backup"))
        before = _rows_of(url, other, site / "before")
        killed = subprocess.run(
            [sys.executable, "-m", "tests.interrupted", str(site / "backup"), str(statements)],
            env=site_environment(url, other), capture_output=True, cwd=Path(__file__).parent.parent,
        )  # fmt: skip
        assert killed.returncode == -9, killed.stderr
        assert _rows_of(url, other, site / "after") == before
        manage(url, other, "restore", str(site / "backup"), "--replace")


def _rows_of(url: str, folder: Path, target: Path) -> bytes:
    """Checksums of every table and file of that site."""
    manage(url, folder, "backup", str(target), "--no-key")
    names = subprocess.run(["tar", "xOf", target, "checksums/000001"], capture_output=True)
    return names.stdout


# --- Keys that devices seal to -----------------------------------------------------------------


@pytest.fixture
def sealed_site(site, settings):
    """The same with a pair, an earlier one, a recovery key, and a file that waits for its key."""
    settings.SEALING_DIR = site / "sealing"
    device_keys.ensure()
    device_keys.rotate()
    with tempfile.TemporaryDirectory() as elsewhere:
        device_keys.make_recovery(Path(elsewhere) / "recovery.json")
    device = field.Device.of(Card.objects.filter(attachments__isnull=False).first().monitor)
    lost = device_keys._new_pair().as_dict(private=False)
    device.send(field.card(), [lost])
    device.upload(json.dumps(device_keys.seal(b"a photograph", [lost])).encode())
    device.piece("6f9619ff-8b86-4d01-b42d-00cf4fc964ff", 0, 100, b"not finished")
    return site


def _keys_of(site: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (site / "sealing").glob("*.json")}


@pytest.mark.slow
@pytest.mark.parametrize("keys", [PLAIN, OPENS], ids=["plain", "sealed"])
def test_what_devices_sealed_opens_on_the_restored_site(sealed_site, settings, keys):
    parcel, before = device_keys.seal(b"from a phone"), _keys_of(sealed_site)
    manifest = making.write(sealed_site / "backup", keys)
    assert (manifest["device_keys"], manifest["missing"]) == (3, [])
    assert reading.verify(sealed_site / "backup", keys)["device_keys"] == 3
    # Another machine, prepared: it has a pair of its own.
    settings.SEALING_DIR = sealed_site / "elsewhere"
    own = device_keys.ensure()
    restoring.restore(sealed_site / "backup", keys, replace=True)
    assert device_keys.open_parcel(parcel) == b"from a phone"
    for name, content in before.items():
        path = sealed_site / "elsewhere" / name
        assert path.read_bytes() == content
        assert path.stat().st_mode & 0o077 == 0
    assert own in {row.kid for row in device_keys.listing()}
    assert HeldParcel.objects.get().parcel
    waiting = Upload.objects.get(state="held")
    assert json.loads(waiting.sealed.open().read())["recipients"]


@pytest.mark.slow
def test_keys_that_are_there_are_never_written_over(sealed_site):
    making.write(sealed_site / "backup", PLAIN)
    changed = next((sealed_site / "sealing").glob("*.json"))
    changed.write_bytes(b"something else")
    restoring.restore(sealed_site / "backup", PLAIN, replace=True)
    assert changed.read_bytes() == b"something else"


@pytest.mark.parametrize("name", ["../secret", "site-x.json", ".lock", "site-/../../x.json"])
def test_a_key_of_another_name_is_refused(name, path):
    target = io.BytesIO()
    writer = archive.Writer(target)
    writer.add(f"sealing/{name}", 2, [b"{}"])
    writer.finish({"product": "zhinalys", "format": 2, "rows": {}, "files": 0, "device_keys": 1})
    assert "is no key" in refusal(target.getvalue(), PLAIN, path)

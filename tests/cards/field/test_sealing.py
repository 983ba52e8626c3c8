"""Keys that devices seal to: made once, rotated, recovered; and what opens with which."""

from __future__ import annotations

import base64
import io
import json
import os
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.management import CommandError, call_command

from cards.field import sealing
from cards.field.errors import UnknownKey, Unreadable
from tests.databases import site_environment

WORDS = "Алматы, алаң; 25 человек".encode()


def run(*command: str) -> str:
    out = io.StringIO()
    call_command("sealing_key", *command, stdout=out, stderr=out)
    return out.getvalue()


def changed(parcel: dict, **changes) -> dict:
    return json.loads(json.dumps(parcel)) | changes


def test_a_pair_is_made_once_and_is_its_owners_alone(folder):
    kid = sealing.ensure()
    assert kid
    assert sealing.ensure() == ""
    (row,) = sealing.listing()
    assert (row.kind, row.kid) == ("site", kid)
    assert stat.S_IMODE(row.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert [path.name for path in folder.iterdir() if path.name.startswith(".un")] == []


def test_many_at_once_make_one(folder):
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _turn: sealing.ensure(), range(16)))
    assert len(sealing.listing()) == 1
    assert sorted(made)[:-1] == [""] * 15


def test_what_devices_are_told_holds_no_private_half(keys):
    (key,) = sealing.public_keys()
    assert set(key) == {"kty", "crv", "x", "y", "kid", "alg", "use"}
    assert (key["kty"], key["crv"], key["use"]) == ("EC", "P-256", "enc")
    assert key["alg"] == "ECDH-ES+A256KW"


def test_what_was_sealed_opens_and_tells_nothing_before(keys):
    parcel = sealing.seal(WORDS)
    assert sealing.open_parcel(parcel) == WORDS
    # Two letters would stand in random ones by chance.
    sealed = base64.urlsafe_b64decode(parcel["ciphertext"] + "==")
    assert not any(part in sealed for part in WORDS.split() if len(part) > 3)
    assert WORDS not in sealed
    assert sealing.seal(WORDS)["ciphertext"] != parcel["ciphertext"]


def test_after_a_rotation_older_parcels_still_open(keys):
    old = sealing.seal(WORDS)
    first = sealing.public_keys()[0]["kid"]
    said = run("new")
    second = sealing.public_keys()[0]["kid"]
    assert second != first
    assert second in said
    assert "backup" in said
    assert sealing.open_parcel(old) == sealing.open_parcel(sealing.seal(WORDS)) == WORDS
    listed = run("list").splitlines()
    assert second in listed[0]
    assert "devices seal to it" in listed[0]
    assert first in listed[1]
    assert "still opens" in listed[1]
    assert "no recovery key" in listed[2]


def test_a_recovery_key_leaves_its_private_half_outside(keys, tmp_path):
    out = tmp_path / "recovery.json"
    said = run("recovery", "--out", str(out))
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert "d" in json.loads(out.read_text())
    site, recovery = sealing.public_keys()
    assert recovery["kid"] in said
    (row,) = (row for row in sealing.listing() if row.kind == "recovery")
    assert "d" not in json.loads(row.path.read_text())
    assert "Take it off this machine" in said
    assert "no recovery key" not in run("list")


def test_the_recovery_key_opens_when_the_folder_is_lost(keys, tmp_path):
    out = tmp_path / "recovery.json"
    sealing.make_recovery(out)
    parcel = sealing.seal(WORDS)
    for row in sealing.listing():
        row.path.unlink()
    sealing.ensure()
    with pytest.raises(UnknownKey):
        sealing.open_parcel(parcel)
    assert sealing.open_parcel(parcel, [sealing.read_key(out.read_text())]) == WORDS


def test_nothing_is_written_over(keys, tmp_path):
    out = tmp_path / "recovery.json"
    out.write_text("something else")
    with pytest.raises(CommandError, match="nothing is written over"):
        run("recovery", "--out", str(out))
    assert out.read_text() == "something else"
    assert len(sealing.listing()) == 1


def test_a_recovery_key_does_not_lie_beside_the_data(keys):
    with pytest.raises(CommandError, match="away from the data"):
        run("recovery", "--out", str(keys / "recovery.json"))
    with pytest.raises(CommandError, match="away from the data"):
        run("recovery", "--out", str(keys.parent / "somewhere.json"))
    assert len(sealing.listing()) == 1


def test_no_folder_for_the_recovery_key_is_told(keys, tmp_path):
    with pytest.raises(CommandError, match="No such file"):
        run("recovery", "--out", str(tmp_path / "nowhere" / "key"))
    assert len(sealing.listing()) == 1


def test_a_public_key_from_elsewhere_becomes_the_recovery_key(keys, tmp_path):
    pair = sealing._new_pair()
    path = tmp_path / "public.json"
    path.write_text(json.dumps(pair.as_dict(private=False)))
    assert "recovery key" in run("import", str(path))
    assert sealing.public_keys()[1]["kid"] == pair.thumbprint()
    with pytest.raises(CommandError, match="here already"):
        run("import", str(path))
    path.write_text(json.dumps(pair.as_dict(private=True)))
    with pytest.raises(CommandError, match="private half of the recovery key"):
        run("import", str(path))


def test_a_private_key_found_again_opens_and_is_not_sealed_to(keys, tmp_path):
    pair = sealing._new_pair()
    parcel = sealing.seal(WORDS, [pair.as_dict(private=False)])
    current = sealing.public_keys()
    with pytest.raises(UnknownKey):
        sealing.open_parcel(parcel)
    path = tmp_path / "found.json"
    path.write_text(json.dumps(pair.as_dict(private=True)))
    assert "devices are not told" in run("import", str(path))
    assert sealing.public_keys() == current
    assert sealing.open_parcel(parcel) == WORDS


@pytest.mark.parametrize(
    "text",
    ["", "{}", "[]", "1", '{"kty": "EC", "crv": "P-384"}', '{"kty": "EC", "crv": "P-256", "x": 1}',
     '{"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}', '{"kty": "oct", "crv": "P-256"}'],
)  # fmt: skip
def test_what_is_no_key_is_refused(keys, tmp_path, text):
    path = tmp_path / "no.json"
    path.write_text(text)
    with pytest.raises(CommandError, match="no key"):
        run("import", str(path))
    with pytest.raises(CommandError, match="No such file"):
        run("import", str(tmp_path / "nothing"))


def test_no_key_to_seal_to_is_told(folder):
    assert "`prepare` makes one" in run("list")
    with pytest.raises(sealing.NoKey):
        sealing.public_keys()


def test_a_recovery_key_alone_is_none_to_work_with(folder, tmp_path):
    sealing.make_recovery(tmp_path / "recovery.json")
    with pytest.raises(sealing.NoKey):
        sealing.public_keys()


def test_readyz_notices_keys_that_are_missing_broken_or_open_to_others(keys, client, db):
    def ready() -> bool:
        return client.get("/readyz").json()["sealing"]

    assert ready()
    (row,) = sealing.listing()
    row.path.chmod(0o644)
    assert not ready()
    row.path.chmod(0o600)
    content = row.path.read_text()
    row.path.write_text(content[:40])
    assert not ready()
    assert "CANNOT BE READ" in run("list")
    row.path.write_text(content)
    assert ready()
    row.path.unlink()
    assert not ready()
    keys.rename(keys.with_name("elsewhere"))
    assert not ready()
    assert client.get("/readyz").status_code == 503


BROKEN = {
    "nothing": lambda p: None,
    "a list": lambda p: [],
    "no recipients": lambda p: changed(p, recipients=[]),
    "no list of them": lambda p: changed(p, recipients={}),
    "too many": lambda p: changed(p, recipients=p["recipients"] * 9),
    "a recipient that is none": lambda p: changed(p, recipients=[1]),
    "a header that is none": lambda p: changed(p, recipients=[{"header": 1}]),
    "another algorithm": lambda p: changed(p, recipients=[_header(p, alg="dir")]),
    "no ephemeral key": lambda p: changed(p, recipients=[_header(p, epk=1)]),
    "a point off the curve": lambda p: changed(p, recipients=[_header(p, epk=OFF)]),
    "an ephemeral key of nothing": lambda p: changed(p, recipients=[_header(p, epk={})]),
    "a wrapped key that is none": lambda p: changed(p, recipients=[_wrapped(p, "AAAA")]),
    "no base64": lambda p: changed(p, recipients=[_wrapped(p, "***")]),
    "cut off": lambda p: changed(p, ciphertext=p["ciphertext"][:-4]),
    "altered": lambda p: changed(p, ciphertext="AAAA" + p["ciphertext"][4:]),
    "another tag": lambda p: changed(p, tag="A" * 22),
    "no tag": lambda p: changed(p, tag=None),
    "another iv": lambda p: changed(p, iv="AAAA"),
    "another header": lambda p: changed(p, protected="e30"),
    "a header that is no JSON": lambda p: changed(p, protected="AAAA"),
    "packed": lambda p: changed(p, protected=PACKED),
    "unprotected": lambda p: changed(p, unprotected={"zip": "DEF"}),
}  # fmt: skip
OFF = {"kty": "EC", "crv": "P-256", "x": "A" * 43, "y": "A" * 43}
#: {"enc":"A256GCM","zip":"DEF"}
PACKED = "eyJlbmMiOiJBMjU2R0NNIiwiemlwIjoiREVGIn0"


def _header(parcel: dict, **changes) -> dict:
    (row,) = parcel["recipients"]
    return {**row, "header": row["header"] | changes}


def _wrapped(parcel: dict, key: str) -> dict:
    return parcel["recipients"][0] | {"encrypted_key": key}


@pytest.mark.parametrize("way", BROKEN)
def test_what_is_not_as_it_was_sealed_is_unreadable(keys, way):
    with pytest.raises(Unreadable):
        sealing.open_parcel(BROKEN[way](sealing.seal(WORDS)))


def test_a_parcel_for_somebody_else_first_is_opened_with_the_key_that_is_here(keys):
    other = sealing._new_pair().as_dict(private=False)
    parcel = sealing.seal(WORDS, [other, *sealing.public_keys()])
    assert sealing.open_parcel(parcel) == WORDS


@pytest.mark.slow
def test_prepare_makes_the_first_pair_in_two_processes_at_once(tmp_path):
    environment = site_environment(f"sqlite:///{tmp_path / 'none'}", tmp_path)
    script = "import django; django.setup(); from cards.field import sealing; sealing.ensure()"
    started = [
        subprocess.Popen([sys.executable, "-c", script], env=environment) for _turn in range(3)
    ]
    assert [process.wait(120) for process in started] == [0, 0, 0]
    names = [name for name in os.listdir(tmp_path / "sealing") if name.startswith("site-")]
    assert len(names) == 1

"""Files of reports: made once, handed out whole, no more of them kept than there is room for."""

import os

import pytest

from reports import shelf


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.DRAWN_DIR = tmp_path / "drawn"
    return settings.DRAWN_DIR


def test_it_is_made_once():
    made = []

    def make() -> bytes:
        made.append(1)
        return b"%PDF"

    assert shelf.look_up("a") is None
    for _time in range(3):
        with shelf.kept("a", make) as stream:
            assert stream.read() == b"%PDF"
    assert made == [1]
    shelf.clear()
    assert shelf.look_up("a") is None


def test_nothing_is_there_of_a_file_that_could_not_be_made(folder):
    with pytest.raises(ZeroDivisionError):
        shelf.kept("a", lambda: bytes(1 // 0))
    assert shelf.look_up("a") is None


def test_the_oldest_make_room(monkeypatch, folder):
    monkeypatch.setattr(shelf, "MOST", 2)
    for number, name in enumerate("abcd"):
        shelf.kept(name, lambda: b"x").close()
        os.utime(folder / name, (number, number))
    shelf.kept("e", lambda: b"x").close()
    assert sorted(path.name for path in folder.iterdir()) == ["d", "e"]


def test_who_reads_keeps_what_is_removed(folder):
    with shelf.kept("a", lambda: b"whole") as stream:
        shelf.clear()
        assert stream.read() == b"whole"

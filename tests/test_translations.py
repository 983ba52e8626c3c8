"""Russian and Kazakh are complete, and the compiled files are those of the texts beside them.

English needs no file: the texts in the code are English.
"""

import io
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages import Catalog, Message
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ("monitoring", "cards", "reports", "templates")
LANGUAGES = ("ru", "kk")


def messages_of(language: str, root: Path = ROOT) -> Path:
    """The folder of one language's texts."""
    return root / "locale" / language / "LC_MESSAGES"


def read(language: str, root: Path = ROOT) -> Catalog:
    """The texts of one language; of a text used twice in a context one entry."""
    with (messages_of(language, root) / "django.po").open("rb") as stream:
        return read_po(stream, locale=language)


def key(message: Message) -> tuple[str | None, str]:
    """What gettext looks a message up by: its context and its singular."""
    text = message.id if isinstance(message.id, str) else message.id[0]
    # Babel leaves the contexts of a compiled file as bytes.
    context = message.context
    return context.decode() if isinstance(context, bytes) else context, text


def forms(message: Message) -> tuple[str, ...]:
    """Every form that a translation has to give: one, or one per plural of the language."""
    return (message.string,) if isinstance(message.string, str) else tuple(message.string)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_translated(language):
    catalog = read(language)
    assert len(catalog) > 100
    assert [key(message) for message in catalog if message.fuzzy and message.id] == []
    assert [key(m) for m in catalog if m.id and not all(form.strip() for form in forms(m))] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_plurals_have_every_form_of_the_language(language):
    catalog = read(language)
    plural = [message for message in catalog if message.id and message.pluralizable]
    assert {key(m): len(forms(m)) for m in plural if len(forms(m)) != catalog.num_plurals} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_placeholders_survive_translation(language):
    catalog = read(language)
    assert {key(message): errors for message, errors in catalog.check()} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_compiled_texts_are_the_texts(language):
    compiled = read_mo(io.BytesIO((messages_of(language) / "django.mo").read_bytes()))
    assert {key(message): forms(message) for message in compiled if message.id} == {
        key(message): forms(message) for message in read(language) if message.id
    }


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_of_the_code_is_missing(language, tmp_path):
    for folder in SOURCES:
        shutil.copytree(ROOT / folder, tmp_path / folder)
    messages_of(language, tmp_path).mkdir(parents=True)
    environment = {
        name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"
    }
    subprocess.run(
        [sys.executable, "-m", "django", "makemessages", "--locale", language],
        cwd=tmp_path,
        env=environment,
        check=True,
        capture_output=True,
    )
    used = {key(message) for message in read(language, tmp_path) if message.id}
    assert len(used) > 100
    # Neither missing nor left over: `make messages` brings the two together.
    assert used ^ {key(message) for message in read(language) if message.id} == set()

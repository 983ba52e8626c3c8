"""Devices of people, and a folder of keys for tests that change it."""

import pytest

from cards.field import sealing
from tests.field import Device


@pytest.fixture
def device(monitor):
    """A device of a monitor of Almaty."""
    return Device.of(monitor)


@pytest.fixture
def folder(settings, tmp_path):
    """An empty folder of keys."""
    settings.SEALING_DIR = tmp_path / "data" / "sealing"
    settings.DATA_DIR = tmp_path / "data"
    settings.MEDIA_ROOT = tmp_path / "data" / "attachments"
    return settings.SEALING_DIR


@pytest.fixture
def keys(folder):
    """A folder with one pair of the site."""
    sealing.ensure()
    return folder

"""Fixtures of the whole suite: the reference tables, a person of each role, signed-in clients.

Models are imported inside: this module is read before Django is set up.
"""

import pytest


@pytest.fixture
def reference(db):
    """Vocabularies, places, cities, regions, laws and periods."""
    from tests.factories import ensure_reference

    ensure_reference()


@pytest.fixture
def monitor(reference):
    """A monitor of the city of Almaty."""
    from tests.factories import MonitorFactory

    return MonitorFactory()


@pytest.fixture
def editor(reference):
    """An editor of all regions."""
    from tests.factories import EditorFactory

    return EditorFactory()


@pytest.fixture
def other_editor(reference):
    """A second editor of all regions."""
    from tests.factories import EditorFactory

    return EditorFactory()


@pytest.fixture
def analyst(reference):
    """An analyst of all regions."""
    from tests.factories import AnalystFactory

    return AnalystFactory()


@pytest.fixture
def administrator(reference):
    """An administrator, with all regions to show that they open no card."""
    from tests.factories import AdministratorFactory

    return AdministratorFactory()


@pytest.fixture
def signed_in(db):
    """``signed_in(user)``: a test client of that person, reading English."""
    from django.conf import settings
    from django.test import Client

    def client_of(user, language: str = "en") -> Client:
        client = Client()
        client.force_login(user)
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
        return client

    return client_of

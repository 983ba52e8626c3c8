"""A draft of 2018 with a few cards, for the pages of case boxes and what is published of them."""

from __future__ import annotations

import datetime

import pytest

from cards.models import Period
from reports.editions import drafting
from tests.factories import make_card

DAY = datetime.date(2018, 5, 10)


@pytest.fixture
def worthy(monitor):
    """A counted card that its monitor proposed as a case box."""
    return make_card(
        "approved", monitor=monitor, date=DAY, report_worthy=True,
        description="People came to the square. They were asked to go home.",
    )  # fmt: skip


@pytest.fixture
def edition(worthy, analyst):
    """A draft in English and Russian."""
    period = Period.objects.get(pk="2018")
    return drafting.create(period=period, actor=analyst, languages=["ru", "en"])


@pytest.fixture
def box(edition, analyst):
    """A complete case box of the draft."""
    texts = {
        "ru": ("Площадь", "Алматы", "Люди пришли."),
        "en": ("The square", "Almaty", "People came: {{ 1/TOTAL/assemblies | assemblies }}."),
    }
    return drafting.save_box(
        edition, None, actor=analyst, version=0, chapter="overall", date=DAY, texts=texts
    )

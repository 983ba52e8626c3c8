"""Addresses of cards below ``/api/v1/``."""

from cards.api.records import CARD, CARDS
from monitoring.later import views as later

views = later("cards.api.views")

ROUTES = ((CARDS, views.cards), (CARD, views.card))

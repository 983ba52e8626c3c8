"""Addresses of the cards."""

from django.urls import path

from cards.views import card, detail

app_name = "cards"
urlpatterns = [
    path("new/", card.new, name="new"),
    path("<uuid:uuid>/", detail.detail, name="detail"),
    path("<uuid:uuid>/edit/", card.edit, name="edit"),
    path("<uuid:uuid>/autosave/", card.autosave, name="autosave"),
    path("<uuid:uuid>/history/", detail.history, name="history"),
    path("<uuid:uuid>/transition/<slug:name>/", detail.transition, name="transition"),
    path("<uuid:uuid>/inclusion/", detail.inclusion, name="inclusion"),
    path("<uuid:uuid>/counts/", detail.count_add, name="count_add"),
    path("<uuid:uuid>/counts/<int:pk>/use/", detail.count_use, name="count_use"),
]

"""Addresses of the cards."""

from django.urls import path

from cards.views import card, detail, followups, lists

app_name = "cards"
urlpatterns = [
    path("", lists.own, name="list"),
    path("queue/", lists.queue, name="queue"),
    path("awaiting/", lists.awaiting, name="awaiting"),
    path("all/", lists.everything, name="all"),
    path("export/", lists.download, name="export"),
    path("new/", card.new, name="new"),
    path("<uuid:uuid>/", detail.detail, name="detail"),
    path("<uuid:uuid>/edit/", card.edit, name="edit"),
    path("<uuid:uuid>/autosave/", card.autosave, name="autosave"),
    path("<uuid:uuid>/history/", detail.history, name="history"),
    path("<uuid:uuid>/transition/<slug:name>/", detail.transition, name="transition"),
    path("<uuid:uuid>/inclusion/", detail.inclusion, name="inclusion"),
    path("<uuid:uuid>/counts/", detail.count_add, name="count_add"),
    path("<uuid:uuid>/counts/<int:pk>/use/", detail.count_use, name="count_use"),
    path("<uuid:uuid>/outcomes/add/", followups.outcome_add, name="outcome_add"),
    path("<uuid:uuid>/outcomes/<int:pk>/review/", followups.outcome_review, name="outcome_review"),
    path("<uuid:uuid>/files/add/", followups.attach, name="attach"),
    path(
        "<uuid:uuid>/files/<uuid:attachment>/", followups.attachment_download, name="attachment"
    ),
    path(
        "<uuid:uuid>/files/<uuid:attachment>/original/",
        followups.attachment_original,
        name="attachment_original",
    ),
    path(
        "<uuid:uuid>/files/<uuid:attachment>/caption/",
        followups.attachment_caption,
        name="attachment_caption",
    ),
    path(
        "<uuid:uuid>/files/<uuid:attachment>/review/",
        followups.attachment_review,
        name="attachment_review",
    ),
]

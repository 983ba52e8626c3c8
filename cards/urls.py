"""Addresses of the cards."""

from django.urls import path

from monitoring.later import views as later

applications = later("cards.views.applications")
card = later("cards.views.card")
detail = later("cards.views.detail")
followups = later("cards.views.followups")
importing = later("cards.views.importing")
lists = later("cards.views.lists")
merging = later("cards.views.merging")
review = later("cards.views.review")

app_name = "cards"
urlpatterns = [
    path("", lists.own, name="list"),
    path("queue/", lists.queue, name="queue"),
    path("queue/selected/", review.selected, name="selected"),
    path("awaiting/", lists.awaiting, name="awaiting"),
    path("all/", lists.everything, name="all"),
    path("export/", lists.download, name="export"),
    path("new/", card.new, name="new"),
    path("applications/", applications.register, name="applications"),
    path("applications/new/", applications.new, name="application_new"),
    path("applications/export/", applications.download, name="applications_export"),
    path("applications/<uuid:uuid>/", applications.detail, name="application"),
    path("applications/<uuid:uuid>/edit/", applications.edit, name="application_edit"),
    path("applications/<uuid:uuid>/review/", applications.review, name="application_review"),
    path("applications/<uuid:uuid>/link/", applications.link, name="application_link"),
    path("applications/<uuid:uuid>/unlink/", applications.unlink, name="application_unlink"),
    path("import/", importing.cards, name="import"),
    path("import/coverage/", importing.coverage, name="import_coverage"),
    path("import/applications/", importing.applications, name="import_applications"),
    path("import/format/", importing.layout, name="import_format"),
    path("import/templates/<str:name>", importing.template, name="import_template"),
    path("import/<uuid:token>/", importing.look, name="import_preview"),
    path("import/<uuid:token>/refused.csv", importing.refusals, name="import_refusals"),
    path("import/<uuid:token>/load/", importing.confirm, name="import_confirm"),
    path("import/<uuid:token>/discard/", importing.discard, name="import_discard"),
    path("<uuid:uuid>/", detail.detail, name="detail"),
    path("<uuid:uuid>/edit/", card.edit, name="edit"),
    path("<uuid:uuid>/autosave/", card.autosave, name="autosave"),
    path("<uuid:uuid>/history/", detail.history, name="history"),
    path("<uuid:uuid>/transition/<slug:name>/", detail.transition, name="transition"),
    path("<uuid:uuid>/merge/", merging.choose, name="merge_choose"),
    path("<uuid:uuid>/merge/<uuid:other>/", merging.merge, name="merge"),
    path("<uuid:uuid>/unmerge/", merging.unmerge, name="unmerge"),
    path("<uuid:uuid>/queries/ask/", review.ask, name="query_ask"),
    path("<uuid:uuid>/queries/<int:pk>/answer/", review.answer, name="query_answer"),
    path("<uuid:uuid>/queries/<int:pk>/again/", review.again, name="query_again"),
    path("<uuid:uuid>/queries/<int:pk>/close/", review.close, name="query_close"),
    path("<uuid:uuid>/checks/<slug:code>/dismiss/", review.dismiss, name="check_dismiss"),
    path("<uuid:uuid>/verify/", review.verify, name="verify"),
    path("<uuid:uuid>/inclusion/", detail.inclusion, name="inclusion"),
    path("<uuid:uuid>/counts/", detail.count_add, name="count_add"),
    path("<uuid:uuid>/counts/<int:pk>/use/", detail.count_use, name="count_use"),
    path("<uuid:uuid>/outcomes/add/", followups.outcome_add, name="outcome_add"),
    path("<uuid:uuid>/outcomes/<int:pk>/review/", followups.outcome_review, name="outcome_review"),
    path("<uuid:uuid>/remind/", followups.remind, name="remind"),
    path("<uuid:uuid>/files/add/", followups.attach, name="attach"),
    path("<uuid:uuid>/files/<uuid:attachment>/", followups.attachment_download, name="attachment"),
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

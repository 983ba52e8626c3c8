"""Addresses of editions, inside those of the reports."""

from django.urls import include, path

from monitoring.later import views as later

views = later("reports.editions.views")

urlpatterns = [
    path("", views.index, name="editions"),
    path("<slug:code>/", views.edition, name="edition"),
    path("<slug:code>/languages/", views.languages, name="edition_languages"),
    path("<slug:code>/history/", views.history, name="edition_history"),
    path("<slug:code>/read/<slug:language>/", views.read, name="edition_read"),
    path("<slug:code>/files/<str:name>", views.file, name="edition_file"),
    path("<slug:code>/freeze/", views.freeze, name="edition_freeze"),
    path("<slug:code>/thaw/", views.thaw, name="edition_thaw"),
    path("<slug:code>/publish/", views.publish, name="edition_publish"),
    path("<slug:code>/show/", views.show, name="edition_show"),
    path("<slug:code>/correct/", views.correct, name="edition_correct"),
    path(
        "<slug:code>/chapters/<slug:chapter>/<slug:language>/",
        views.chapter,
        name="edition_chapter",
    ),
    path(
        "<slug:code>/chapters/<slug:chapter>/<slug:language>/preview/",
        views.preview,
        name="edition_preview",
    ),
    path(
        "<slug:code>/chapters/<slug:chapter>/<slug:language>/values/",
        views.values,
        name="edition_values",
    ),
    path("<slug:code>/", include("reports.editions.box_urls")),
]

"""Addresses of long work."""

from django.urls import path

from monitoring.later import views as later

views = later("monitoring.jobs.views")

app_name = "jobs"
urlpatterns = [
    path("", views.index, name="list"),
    path("backup/", views.backup, name="backup"),
    path("<uuid:uuid>/", views.job, name="job"),
    path("<uuid:uuid>/state/", views.state, name="state"),
    path("<uuid:uuid>/cancel/", views.cancel, name="cancel"),
    path("<uuid:uuid>/file/", views.file, name="file"),
]

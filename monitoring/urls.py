"""Addresses of the site; each app has its own."""

from django.urls import include, path

from cards.views import shell
from cards.views.accounts import history as account_history
from monitoring import views
from monitoring.accounts.admin import site

urlpatterns = [
    path("", views.home, name="home"),
    path("", include("monitoring.accounts.urls")),
    path("guide/", views.guides, name="guides"),
    path("guide/<slug:name>/", views.guide, name="guide"),
    path("guide/<slug:name>.pdf", views.guide_pdf, name="guide_pdf"),
    path("cards/", include("cards.urls")),
    path("field/", include("cards.field.urls")),
    path("sw.js", shell.worker, name="field_worker"),
    path("manifest.webmanifest", shell.manifest, name="field_manifest"),
    path("calendar/", shell.calendar, name="field_calendar"),
    path("reports/", include("reports.urls")),
    path("settings/people/<int:pk>/history/", account_history, name="account_history"),
    path("settings/", site.urls),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
]

"""Addresses of the site; each app has its own."""

from django.urls import include, path

from cards.api.urls import ROUTES as CARDS_FOR_PROGRAMS
from monitoring.accounts.admin import site
from monitoring.api.urls import addresses
from monitoring.later import views as later
from reports.api.urls import ROUTES as FIGURES_FOR_PROGRAMS

accounts = later("cards.views.accounts")
operations = later("monitoring.operations.views")
shell = later("cards.views.shell")
views = later("monitoring.views")

urlpatterns = [
    path("", views.home, name="home"),
    path("", include("monitoring.accounts.urls")),
    path("guide/", views.guides, name="guides"),
    path("guide/<slug:name>/", views.guide, name="guide"),
    path("guide/<slug:name>.pdf", views.guide_pdf, name="guide_pdf"),
    path("jobs/", include("monitoring.jobs.urls")),
    path("cards/", include("cards.urls")),
    path("field/", include("cards.field.urls")),
    path("sw.js", shell.worker, name="field_worker"),
    path("manifest.webmanifest", shell.manifest, name="field_manifest"),
    path("calendar/", shell.calendar, name="field_calendar"),
    path("reports/", include("reports.urls")),
    path("api/v1/", include(addresses(FIGURES_FOR_PROGRAMS, CARDS_FOR_PROGRAMS))),
    path("editions/", include("reports.public.urls")),
    path("settings/people/<int:pk>/history/", accounts.history, name="account_history"),
    path("settings/status/", operations.status, name="status"),
    path("settings/", site.urls),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("metrics", operations.metrics, name="metrics"),
]

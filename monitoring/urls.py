"""Addresses of the site; each app has its own."""

from django.urls import include, path

from cards.views.accounts import history as account_history
from monitoring import views
from monitoring.accounts.admin import site

urlpatterns = [
    path("", views.home, name="home"),
    path("", include("monitoring.accounts.urls")),
    path("guide/", views.guides, name="guides"),
    path("guide/<slug:name>/", views.guide, name="guide"),
    path("cards/", include("cards.urls")),
    path("field/", include("cards.field.urls")),
    path("reports/", include("reports.urls")),
    path("settings/people/<int:pk>/history/", account_history, name="account_history"),
    path("settings/", site.urls),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
]

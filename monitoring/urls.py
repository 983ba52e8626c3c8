"""Addresses of the site; each app has its own."""

from django.urls import include, path

from monitoring import views
from monitoring.accounts.admin import site

urlpatterns = [
    path("", views.home, name="home"),
    path("", include("monitoring.accounts.urls")),
    path("cards/", include("cards.urls")),
    path("reports/", include("reports.urls")),
    path("settings/", site.urls),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
]

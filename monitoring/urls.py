"""Addresses of the site; each app has its own."""

from django.urls import include, path

from monitoring import views
from monitoring.accounts import views as accounts
from monitoring.accounts.admin import site

urlpatterns = [
    path("", views.home, name="home"),
    path("sign-in/", accounts.sign_in, name="sign_in"),
    path("sign-out/", accounts.sign_out, name="sign_out"),
    path("language/", accounts.set_language, name="set_language"),
    path("guide/", views.guides, name="guides"),
    path("guide/<slug:name>/", views.guide, name="guide"),
    path("cards/", include("cards.urls")),
    path("reports/", include("reports.urls")),
    path("settings/", site.urls),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
]

"""Addresses of the public pages; the language stands in them, never in a cookie."""

from django.urls import path, register_converter

from monitoring.later import views as later
from reports.codes import LANGUAGES

views = later("reports.public.views")


class LanguageConverter:
    """One of the languages of the reports; no edition's code looks like one."""

    regex = "|".join(LANGUAGES)

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(LanguageConverter, "language_of_reports")

app_name = "public"
urlpatterns = [
    path("", views.index, name="index"),
    path("<language_of_reports:language>/", views.index, name="index_in"),
    path("<slug:code>/", views.edition, name="edition"),
    path("<slug:code>/<slug:language>/", views.edition, name="edition_in"),
    path("<slug:code>/<slug:language>/figure-<slug:number>.svg", views.figure, name="figure"),
    path("<slug:code>/<slug:language>/card.png", views.card, name="card"),
    path("<slug:code>/pictures/<str:name>", views.picture, name="picture"),
    path("<slug:code>/files/<str:name>", views.file, name="file"),
]

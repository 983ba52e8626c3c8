"""Addresses of the reports."""

from django.urls import path

from reports import views

app_name = "reports"
urlpatterns = [
    path("", views.index, name="index"),
    path("import/", views.import_published, name="import_published"),
    path("method/", views.method, name="method"),
    path("indicators/", views.indicator_list, name="indicators"),
    path("indicators/<slug:code>/", views.indicator, name="indicator"),
    path("<slug:period>/", views.period, name="period"),
    path("<slug:period>/tables/<slug:table>/", views.table, name="table"),
    path("<slug:period>/figures/<slug:number>/<slug:language>/", views.figure, name="figure"),
    path("<slug:period>/files/<slug:form>/<slug:language>/", views.download, name="download"),
]

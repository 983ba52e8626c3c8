"""Addresses of the reports."""

from django.urls import include, path

from monitoring.later import views as later

views = later("reports.views")
views_periods = later("reports.views_periods")
printed = later("reports.views_reconciliation")
explorer = later("reports.explorer.views")

app_name = "reports"
REPORT = "reconciliation/report/<path:edition>"
urlpatterns = [
    path("", views.index, name="index"),
    path("editions/", include("reports.editions.urls")),
    path("import/", views.import_published, name="import_published"),
    path("method/", views.method, name="method"),
    path("indicators/", views.indicator_list, name="indicators"),
    path("indicators/<slug:code>/", views.indicator, name="indicator"),
    path("periods/", views_periods.listed, name="periods"),
    path("periods/new/", views_periods.new, name="period_new"),
    path("periods/<slug:code>/", views_periods.change, name="period_change"),
    path("explore/", explorer.page, name="explore"),
    path("explore/files/<slug:form>/", explorer.file, name="explore_file"),
    path("explore/save/", explorer.save, name="explore_save"),
    path("explore/views/<int:pk>/", explorer.kept, name="explore_view"),
    path("explore/views/<int:pk>/delete/", explorer.delete, name="explore_delete"),
    path("reconciliation/", printed.index, name="reconciliation"),
    path("reconciliation/new/", printed.begin, name="printed_begin"),
    # A report may have any name, so that what follows it is looked at first.
    path(f"{REPORT}/enter/", printed.choose, name="printed_choose"),
    path(f"{REPORT}/enter/<str:table>/", printed.grid, name="printed_grid"),
    path(f"{REPORT}/tables/<str:table>/", printed.table, name="printed_table"),
    path(f"{REPORT}/changes/", printed.changes, name="printed_changes"),
    path(f"{REPORT}/files/<slug:form>/<slug:language>/", printed.download, name="printed_file"),
    path(f"{REPORT}/", printed.report, name="printed"),
    path("<slug:period>/", views.period, name="period"),
    path("<slug:period>/tables/<slug:table>/", views.table, name="table"),
    path("<slug:period>/figures/<slug:number>/<slug:language>/", views.figure, name="figure"),
    path(
        "<slug:period>/figures/<slug:number>/<slug:language>.<slug:form>",
        views.figure_file,
        name="figure_file",
    ),
    path("<slug:period>/regions/<slug:region>/", views.period, name="region_period"),
    path(
        "<slug:period>/regions/<slug:region>/tables/<slug:table>/",
        views.table,
        name="region_table",
    ),
    path(
        "<slug:period>/regions/<slug:region>/figures/<slug:number>/<slug:language>/",
        views.figure,
        name="region_figure",
    ),
    path(
        "<slug:period>/regions/<slug:region>/figures/<slug:number>/<slug:language>.<slug:form>",
        views.figure_file,
        name="region_figure_file",
    ),
    path(
        "<slug:period>/regions/<slug:region>/files/<slug:form>/<slug:language>/",
        views.download,
        name="region_download",
    ),
    path("<slug:period>/files/<slug:form>/<slug:language>/", views.download, name="download"),
]

"""Addresses of figures below ``/api/v1/``."""

from monitoring.api.records import Route
from monitoring.later import views as later
from reports.api.records import INDICATORS, PERIODS, PLACES, TABLES, VALUES

views = later("reports.api.views")

ROUTES: tuple[Route, ...] = (
    (PERIODS, views.periods),
    (PLACES, views.places),
    (INDICATORS, views.indicators),
    (TABLES, views.tables),
    (VALUES, views.values),
)

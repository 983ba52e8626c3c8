"""Addresses of the work in the field."""

from django.urls import path

from monitoring.later import views as later

field = later("cards.views.field")
shell = later("cards.views.shell")

app_name = "field"
urlpatterns = [
    path("state/", field.state, name="state"),
    path("send/", field.send, name="send"),
    path("forget/", field.forget, name="forget"),
    path("pieces/<uuid:uuid>/", field.pieces, name="pieces"),
    path("<slug:language>/", shell.shell, name="shell"),
]

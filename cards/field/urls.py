"""Addresses of the field work."""

from django.urls import path

from cards.views import shell

app_name = "field"
urlpatterns = [
    path("<slug:language>/", shell.shell, name="shell"),
]

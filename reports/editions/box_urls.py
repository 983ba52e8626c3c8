"""Addresses of case boxes and their pictures, inside those of an edition."""

from django.urls import path

from monitoring.later import views as later

views = later("reports.editions.box_views")

urlpatterns = [
    path("boxes/new/", views.new, name="edition_box_new"),
    path("boxes/preview/<slug:language>/", views.preview, name="edition_box_preview"),
    path("boxes/<int:pk>/", views.box, name="edition_box"),
    path("boxes/<int:pk>/move/", views.move, name="edition_box_move"),
    path("boxes/<int:pk>/remove/", views.remove, name="edition_box_remove"),
    path("pictures/<int:pk>/", views.picture, name="edition_picture"),
    path("pictures/<int:pk>/preview/", views.picture_preview, name="edition_picture_preview"),
    path("pictures/<int:pk>/printed", views.picture_file, name="edition_picture_file"),
    path("pictures/<int:pk>/source", views.picture_source, name="edition_picture_source"),
]

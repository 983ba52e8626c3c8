"""Vocabularies, places and periods in the settings. Cards are not: administrators see none."""

from django.contrib import admin
from django.forms import CheckboxSelectMultiple

from cards.models import (
    City,
    Coverage,
    Form,
    Law,
    Period,
    Place,
    Provision,
    Region,
    Topic,
    TopicGroup,
)
from cards.models.fields import CodesField
from monitoring.accounts.admin import Managed, site

LABELS = ("code", "label_ru", "label_kk", "label_en", "order", "active")


@admin.register(Form, TopicGroup, Place, site=site)
class LabelledAdmin(Managed, admin.ModelAdmin):
    list_display = LABELS
    search_fields = ("code", "label_ru", "label_kk", "label_en")

    def get_readonly_fields(self, request, obj=None):
        # The code is what cards refer to: it is given once.
        return ("code",) if obj else ()


@admin.register(Topic, site=site)
class TopicAdmin(LabelledAdmin):
    list_display = (*LABELS, "group")
    list_filter = ("group",)


@admin.register(Region, site=site)
class RegionAdmin(LabelledAdmin):
    list_display = ("code", "label_ru", "valid_from", "valid_to", "predecessor")


@admin.register(City, site=site)
class CityAdmin(LabelledAdmin):
    list_display = ("code", "label_ru", "place", "region", "time_zone", "active")
    list_filter = ("place", "region")


@admin.register(Law, site=site)
class LawAdmin(LabelledAdmin):
    list_display = ("code", "label_ru", "in_force_from", "in_force_to", "regime", "answer_days")
    # Several answers in a column are a text for the database; Django would ask for one.
    formfield_overrides = {CodesField: {"widget": CheckboxSelectMultiple}}


@admin.register(Provision, site=site)
class ProvisionAdmin(Managed, admin.ModelAdmin):
    list_display = ("code", "above", "in_force_from", "in_force_to", "order")


@admin.register(Period, site=site)
class PeriodAdmin(Managed, admin.ModelAdmin):
    list_display = ("code", "name_ru", "start", "end", "months", "series", "basis")


@admin.register(Coverage, site=site)
class CoverageAdmin(Managed, admin.ModelAdmin):
    list_display = ("place", "month", "state")
    list_filter = ("place", "state")

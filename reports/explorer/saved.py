"""Views that people keep: by name, each person's own; anybody may open one by its address."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from reports.models import SavedView

#: A list that nobody would find anything in.
MOST = 200


class SaveForm(forms.Form):
    """The name of a view to keep."""

    name = forms.CharField(label=_("Name of this view"), max_length=120)


def of(user: Any) -> list[SavedView]:
    """The person's views by name; one query."""
    return list(SavedView.objects.filter(owner=user).order_by("name")[:MOST])


def save(form: SaveForm, user: Any, query: str) -> SavedView | None:
    """Keep a view under the name of the form; None with an error in the form if there is one."""
    if not form.is_valid():
        return None
    if SavedView.objects.filter(owner=user).count() >= MOST:
        form.add_error("name", _("You have as many views as can be kept. Delete one first."))
        return None
    try:
        with transaction.atomic():
            return SavedView.objects.create(owner=user, name=form.cleaned_data["name"], query=query)
    except IntegrityError:
        form.add_error("name", _("You have a view of this name. Choose another one."))
        return None


def own(user: Any, pk: int) -> SavedView | None:
    """The person's view with that number; None if there is none, or it is somebody else's."""
    return SavedView.objects.filter(owner=user, pk=pk).first()


def query_of(pk: int) -> str:
    """What a view shows, whoever keeps it; KeyError if there is none."""
    query = SavedView.objects.filter(pk=pk).values_list("query", flat=True).first()
    if query is None:
        raise KeyError(pk)
    return query

"""What taking cards out of the site asks: what for, and in which form."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

SHORTEST_PURPOSE = 10


class ExportForm(forms.Form):
    """Purpose and format of an export; ``formats``: code and what the file holds."""

    purpose = forms.CharField(
        label=_("What the file is needed for"),
        help_text=_("It is recorded with your name: who gets the file, for what work."),
        min_length=SHORTEST_PURPOSE,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    format = forms.ChoiceField(label=_("Format"), initial="xlsx")

    def __init__(self, *args, formats, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["format"].choices = formats

"""Small forms of the desk: a question, an answer, why a check is let stand, why cards go back."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from cards.forms.decisions import TakesErrors

#: Longer is an account, not a message.
MOST_LETTERS = 4000


class MessageForm(TakesErrors, forms.Form):
    """A question, an answer, another word on either."""

    text = forms.CharField(
        max_length=MOST_LETTERS, error_messages={"required": _("Write something.")}
    )

    def problem(self) -> str:
        """Everything that is wrong with it, in one line."""
        return " ".join(error for errors in self.errors.values() for error in errors)


class DismissForm(TakesErrors, forms.Form):
    """Why a check is let stand."""

    reason = forms.CharField(
        max_length=MOST_LETTERS, error_messages={"required": _("Give a reason.")}
    )


class ReturnForm(forms.Form):
    """One reason for all the cards that go back to their monitors."""

    reason = forms.CharField(
        label=_("Reason"), max_length=MOST_LETTERS, widget=forms.Textarea(attrs={"rows": 3})
    )

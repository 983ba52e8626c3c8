"""Forms of signing in, of one's own account and of other people's."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.contrib.auth import authenticate
from django.contrib.auth.forms import AuthenticationForm, SetPasswordForm
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import npgettext, pgettext_lazy

from monitoring.accounts import delays, hashing, people, tokens
from monitoring.accounts.models import Action, Role, User
from monitoring.accounts.passkeys import LONGEST_NAME


class SignInForm(AuthenticationForm):
    """Name and password. A delay, or that too many sign in at once, is answered before the password
    is looked at; unknown names, wrong passwords and closed accounts get the same answer after the
    same work."""

    def clean(self):
        username = self.cleaned_data.get("username")
        keys = delays.keys_of_sign_in(self.request, username or "")
        if username is None or not self.cleaned_data.get("password"):
            return self.cleaned_data
        known = delays.is_known_device(keys)
        with hashing.place(known=known), delays.attempt(keys) as attempt:
            self.user_cache = authenticate(self.request, **self.cleaned_data)
            if self.user_cache is not None:
                attempt.succeeded(keys[0])
        if self.user_cache is None:
            raise self.get_invalid_login_error()
        return self.cleaned_data


class CodeForm(forms.Form):
    """A code of an app, or a recovery code where ``recovery`` says so."""

    code = forms.CharField(
        max_length=40,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "one-time-code",
                "inputmode": "numeric",
                "autofocus": True,
                "spellcheck": "false",
            }
        ),
    )

    def __init__(self, *args, recovery: bool = False, **kwargs):
        super().__init__(*args, **kwargs)
        app, any_code = _("Code shown by the app"), _("Code of the app, or a recovery code")
        self.fields["code"].label = any_code if recovery else app

    def refuse(self, error: ValidationError | None = None) -> None:
        """Say why the code was not taken; it is to be typed anew."""
        self.add_error("code", error or _("This code is not right, or it was used already."))
        self.data = {**self.data.dict(), "code": ""}


class ConfirmForm(forms.Form):
    """The password again, before something sensitive."""

    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )

    def __init__(self, *args, request, **kwargs):
        super().__init__(*args, **kwargs)
        self.request = request

    def clean_password(self):
        password = self.cleaned_data["password"]
        keys = delays.keys_of_sign_in(self.request, self.request.user.username)
        with delays.attempt(keys) as attempt:
            right = self.request.user.check_password(password)
            if right:
                attempt.succeeded(keys[0])
        if not right:
            raise ValidationError(_("This is not your password."))
        return password


class NewPasswordForm(SetPasswordForm):
    """A password of one's own choice, twice."""


class PasskeyForm(forms.Form):
    """What the person calls the passkey, and what their device answered."""

    name = forms.CharField(
        label=_("Name of the passkey"),
        max_length=LONGEST_NAME,
        help_text=_("So that you know it again: “Work phone”, “Key on the ring”."),
    )
    credential = forms.CharField(widget=forms.HiddenInput)


class AccountForm(forms.ModelForm):
    """Role, regions, alias and language of somebody's account, with the reason for a change."""

    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    reason = forms.CharField(
        label=_("Reason for the change"), widget=forms.Textarea(attrs={"rows": 2})
    )

    class Meta:
        model = User
        fields = ("alias", "role", "regions", "all_regions", "language")
        widgets = {"regions": forms.CheckboxSelectMultiple}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["alias"].required = True
        if not self.initial.get("language"):
            self.initial["language"] = settings.LANGUAGE_CODE

    def clean_alias(self):
        alias = self.cleaned_data["alias"].strip()
        if people.alias_taken(alias, self.instance):
            raise ValidationError(_("Somebody else is shown under this name."))
        return alias

    def clean(self):
        values = super().clean()
        if values.get("all_regions") and values.get("regions"):
            self.add_error("regions", _("Choose either regions or all of them."))
        if values.get("role") == Role.ADMINISTRATOR and (
            values.get("regions") or values.get("all_regions")
        ):
            self.add_error("role", _("Administrators see no cards, so they have no regions."))
        return values

    def values(self) -> dict:
        """What ``people.change`` and ``invitations.invite`` take."""
        return {name: self.cleaned_data[name] for name in AccountForm.Meta.fields}

    def take(self, error: ValidationError) -> None:
        """Put the errors of a service at their fields."""
        take(self, error)


class InviteForm(AccountForm):
    """A new account, and where to send the link if at all."""

    email = forms.EmailField(
        label=_("E-mail address"),
        required=False,
        help_text=_("The link is sent there; the address is not kept."),
    )
    reason = None

    class Meta(AccountForm.Meta):
        fields = ("username", *AccountForm.Meta.fields)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["username"].widget.attrs["autocapitalize"] = "none"
        if not settings.EMAIL_CONFIGURED:
            del self.fields["email"]

    def clean_username(self):
        name = self.cleaned_data["username"]
        if people.name_taken(name):
            raise ValidationError(_("There is an account with this name already."))
        return name


class ReasonForm(forms.Form):
    """Why an account is closed, opened again, signed out or given a new link."""

    reason = forms.CharField(
        label=_("Reason"), widget=forms.Textarea(attrs={"rows": 2}), max_length=500
    )

    def __init__(self, *args, what: str, **kwargs):
        super().__init__(*args, auto_id=f"id_{what}_%s", **kwargs)

    def take(self, error: ValidationError) -> None:
        """Put the errors of a service at their fields."""
        take(self, error)


class EndForm(ReasonForm):
    """Why all sessions of an account end, and whether its devices are forgotten as well."""

    forget_devices = forms.BooleanField(
        label=_("Forget its devices too"),
        required=False,
        help_text=_(
            "Drafts on them that have not reached the site are lost for good. Finished cards stay "
            "sealed there and can still be sent."
        ),
    )


class TokenForm(forms.Form):
    """A token for a program: which one, for what work, what it may read, for how long."""

    name = forms.CharField(
        label=_("Name"),
        max_length=60,
        help_text=_("Which program or script uses it, and where it runs."),
    )
    purpose = forms.CharField(
        label=_("What it is needed for"),
        min_length=10,
        max_length=500,
        help_text=_("It is recorded with your name whenever the token reads cards."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    scopes = forms.MultipleChoiceField(
        label=_("What it reads"), widget=forms.CheckboxSelectMultiple, initial=["values"]
    )
    days = forms.TypedChoiceField(
        label=_("How long it is good"), coerce=int, initial=tokens.USUAL_DAYS
    )

    SCOPES = {
        "values": _("Figures: indicators, tables and values of the reports"),
        "cards": _("Cards: those that you may export, without who wrote them"),
    }

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        held = tokens.scopes_for(user)
        self.fields["scopes"].choices = [(each, self.SCOPES[each]) for each in held]
        self.fields["days"].choices = [
            (
                days,
                npgettext("a token is good", "%(days)s day", "%(days)s days", days)
                % {"days": days},
            )
            for days in tokens.DAYS
        ]

    def take(self, error: ValidationError) -> None:
        """Put the errors of a service at their fields."""
        take(self, error)


class LogFilter(forms.Form):
    """Which entries of the access log are shown."""

    person = forms.ModelChoiceField(
        label=_("Person"), queryset=None, required=False, empty_label=_("Everybody")
    )
    action = forms.ChoiceField(
        label=_("What was done"),
        required=False,
        choices=[("", pgettext_lazy("actions", "Everything")), *Action.choices],
    )
    day = forms.DateField(
        label=_("Day"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = people.everybody()


def take(form: forms.Form, error: ValidationError) -> None:
    """Put the errors of a service at the fields of a form."""
    errors = error.error_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: [error]}
    for name, problems in errors.items():
        for problem in problems:
            form.add_error(name if name in form.fields else None, problem)


def waits(form: forms.Form) -> int:
    """Seconds that a delay in the form's errors tells to wait; 0 if there is none."""
    errors = (error for found in form.errors.as_data().values() for error in found)
    return max((error.params["seconds"] for error in errors if error.code == "wait"), default=0)

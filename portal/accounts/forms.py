"""Forms of sign-in and of one's own account."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from portal.accounts import factor, history
from portal.accounts.models import User
from portal.editing import SeenMixin

WRONG_CODE = _("This code is not right or has been used already. Enter the one that your app shows now.")
WRONG_PASSWORD = _("The password is not right.")


class SignInForm(AuthenticationForm):
    """User name and password."""

    error_messages = {  # noqa: RUF012 (Django's own name and shape)
        "invalid_login": _("User name or password is not right. Please check both."),
        "inactive": _("This account has been closed. Please ask your administrator."),
    }


class ProfileForm(SeenMixin):
    """What a person may change about the own account."""

    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)

    class Meta:
        model = User
        fields = ("display_name", "email", "phone", "language")


def code_field(*, required: bool = True) -> forms.CharField:
    """A one-time code of six digits, as phones and password managers fill it in."""
    return forms.CharField(
        label=_("Six-digit code"),
        max_length=12,
        required=required,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )


def password_field() -> forms.CharField:
    return forms.CharField(
        label=_("Your password"),
        strip=False,
        max_length=500,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class GuardedForm(forms.Form):
    """A form that asks again who one is. A wrong password or code counts to the lock-out of sign-in."""

    def __init__(self, *args: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request, self.user = request, user
        self.method = ""  # how the person passed: code or recovery

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.errors:
            return cleaned
        name = self.user.get_username()
        if history.is_locked_out(self.request, name):
            raise forms.ValidationError(_("Too many wrong entries. Please try again later."))
        if not self._passes(cleaned):
            history.count_failure(self.request, name)
        return cleaned

    def _passes(self, cleaned: dict[str, Any]) -> bool:
        if "password" in self.fields and not self.user.check_password(cleaned["password"]):
            self.add_error("password", WRONG_PASSWORD)
            return False
        code, recovery = cleaned.get("code", ""), cleaned.get("recovery", "")
        if code and factor.check(self.user, code):
            self.method = "code"
        elif recovery and factor.use_recovery(self.user, recovery):
            self.method = "recovery"
        elif "code" in self.fields:
            self.add_error("recovery" if recovery else "code", WRONG_CODE)
            return False
        return True


class PasswordForm(GuardedForm):
    """The password again, before something that matters."""

    password = password_field()


class CodeForm(GuardedForm):
    """The second factor: a code of the app, or a recovery code."""

    code = code_field(required=False)
    recovery = forms.CharField(
        label=_("Recovery code"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )


class PasswordAndCodeForm(CodeForm):
    """Both, before the second factor itself is touched."""

    password = password_field()
    field_order = ("password", "code", "recovery")


class ConfirmForm(forms.Form):
    """The first code of a new authenticator app."""

    code = code_field()

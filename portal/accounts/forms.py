"""Forms of sign-in and of one's own account."""

from django import forms
from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import User
from portal.editing import SeenMixin


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

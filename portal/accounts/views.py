"""Signing in and out, and one's own account."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import LoginView, LogoutView, PasswordChangeView
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from portal.accounts.forms import ProfileForm, SignInForm
from portal.accounts.models import User


def remember_language(answer: HttpResponse, user: User) -> HttpResponse:
    """Show the portal in the language that the person has chosen."""
    if user.language:
        answer.set_cookie(settings.LANGUAGE_COOKIE_NAME, user.language, max_age=365 * 86400, samesite="Lax")
    return answer


class SignIn(LoginView):
    """The sign-in page; in the demonstration park with a button for every invented person."""

    template_name = "accounts/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        people = User.objects.filter(is_demonstration=True, is_active=True).order_by("id")
        return super().get_context_data(
            people=list(people) if settings.DEMONSTRATION else [],
            timed_out="next" in self.request.GET and settings.SESSION_COOKIE_NAME in self.request.COOKIES,
            **kwargs,
        )

    def form_valid(self, form: Any) -> HttpResponse:
        answer = super().form_valid(form)
        return remember_language(answer, self.request.user)  # type: ignore[arg-type]  # just signed in


class SignOut(LogoutView):
    """By POST only, as Django has it."""


class ChangePassword(PasswordChangeView):
    """A new password for oneself."""

    template_name = "accounts/password_change.html"
    success_url = reverse_lazy("accounts:profile")

    def form_valid(self, form: Any) -> HttpResponse:
        messages.success(self.request, _("Your password has been changed."))
        return super().form_valid(form)


@login_required
@require_http_methods(["GET", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """Name, e-mail, phone and language."""
    post = request.method == "POST"
    with transaction.atomic():
        rows = User.objects.select_for_update() if post else User.objects.all()
        user = rows.get(username=request.user.get_username())
        form = ProfileForm(request.POST if post else None, instance=user)
        if post and form.is_valid():
            form.save()
            messages.success(request, _("Saved."))
            return remember_language(redirect("accounts:profile"), user)
    status = (409 if form.stale else 422) if form.errors else 200
    if form.stale:
        form.renew()
    return render(request, "accounts/profile.html", {"form": form}, status=status)

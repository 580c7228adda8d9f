"""Signing in and out, and one's own account."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import LoginView, LogoutView, PasswordChangeView
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from portal.accounts import factor, history, pending, sessions
from portal.accounts.forms import CodeForm, ProfileForm, SignInForm
from portal.accounts.history import What
from portal.accounts.middleware import FACTOR_DONE
from portal.accounts.models import User

BACKEND = "django.contrib.auth.backends.ModelBackend"


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
        user: User = form.get_user()
        if factor.of(user) is not None:
            pending.begin(self.request, user, self.get_success_url())
            return redirect("accounts:sign_in_code")
        answer = super().form_valid(form)
        history.record(self.request, user, What.SIGNED_IN, at=timezone.now())
        return remember_language(answer, user)

    def form_invalid(self, form: Any) -> HttpResponse:
        user = User.objects.filter(username=form.data.get("username", "").strip()[:150]).first()
        if user is not None and form.data.get("password"):
            locked = getattr(self.request, "axes_locked_out", False)
            what = What.LOCKED if locked else What.WRONG_PASSWORD
            history.record(self.request, user, what, at=timezone.now())
        answer = super().form_invalid(form)
        answer.status_code = 422
        return answer


@sensitive_post_parameters("code", "recovery")
@require_http_methods(["GET", "POST"])
def sign_in_code(request: HttpRequest) -> HttpResponse:
    """The second step of signing in. Until it is passed nobody is signed in."""
    waiting = pending.read(request)
    if waiting is None:
        messages.warning(request, _("That took too long. Please begin again."))
        return redirect("accounts:sign_in")
    user, target = waiting
    if request.method == "GET":
        return render(request, "accounts/sign_in_code.html", {"form": CodeForm(request=request, user=user)})
    form = CodeForm(request.POST, request=request, user=user)
    if not form.is_valid():
        return _code_refused(request, user, form)
    pending.drop(request)
    login(request, user, backend=BACKEND)
    request.session[FACTOR_DONE] = True
    what = What.RECOVERY_USED if form.method == "recovery" else What.SIGNED_IN
    history.record(request, user, what, at=timezone.now())
    if form.method == "recovery":
        messages.warning(request, _("Recovery codes left: %(n)s.") % {"n": factor.codes_left(user)})
    return remember_language(redirect(target), user)


def _code_refused(request: HttpRequest, user: User, form: CodeForm) -> HttpResponse:
    locked = getattr(request, "axes_locked_out", False)
    history.record(request, user, What.LOCKED if locked else What.WRONG_CODE, at=timezone.now())
    if locked:
        pending.drop(request)
    return render(request, "accounts/sign_in_code.html", {"form": form}, status=422)


class SignOut(LogoutView):
    """By POST only, as Django has it."""


@method_decorator(sensitive_post_parameters(), name="dispatch")
class ChangePassword(PasswordChangeView):
    """A new password for oneself. Every other browser is signed out."""

    template_name = "accounts/password_change.html"
    success_url = reverse_lazy("accounts:profile")

    def form_valid(self, form: Any) -> HttpResponse:
        former = self.request.session.session_key
        answer = super().form_valid(form)
        user: User = self.request.user  # type: ignore[assignment]  # signed in
        sessions.carry_over(self.request, former)
        ended = sessions.end_others(self.request, user)
        history.record(self.request, user, What.PASSWORD_CHANGED, at=timezone.now())
        messages.success(self.request, _("Your password has been changed."))
        if ended:
            messages.info(self.request, _("All your other browsers have been signed out."))
        return answer


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

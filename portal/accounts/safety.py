"""The safety of one's own account: second factor, sessions, sign-ins."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render, resolve_url
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.accounts import factor, history, sessions
from portal.accounts.forms import WRONG_CODE, CodeForm, ConfirmForm, PasswordAndCodeForm, PasswordForm
from portal.accounts.history import What
from portal.accounts.middleware import FACTOR_DONE
from portal.accounts.models import SecondFactor, User

PAGE = 50


def _me(request: HttpRequest) -> User:
    user: User = request.user  # type: ignore[assignment]  # signed in
    return user


@require_safe
@login_required
def security(request: HttpRequest) -> HttpResponse:
    """Second factor, browsers signed in, and the sign-ins of the last year."""
    user = _me(request)
    found = user.account_events.select_related("by")
    before = request.GET.get("before", "")
    if before.isdigit() and len(before) < 18:
        found = found.filter(pk__lt=int(before))
    events = list(found.order_by("-pk")[: PAGE + 1])
    page = {
        "factor": factor.of(user),
        "codes_left": factor.codes_left(user),
        "visits": sessions.visits(user),
        "this": request.session.session_key,
        "events": events[:PAGE],
        "later": events[PAGE - 1].pk if len(events) > PAGE else None,
        "required": _required(request),
    }
    return render(request, "accounts/security.html", page)


def _required(request: HttpRequest) -> bool:
    actor = getattr(request, "actor", None)
    return settings.STAFF_SECOND_FACTOR and actor is not None and actor.is_staff_side


@require_POST
@login_required
def session_end(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign one of one's own browsers out."""
    visit = get_object_or_404(sessions.visits(_me(request)), pk=pk)
    if visit.session_key == request.session.session_key:
        messages.info(request, _("This is the browser that you use now: sign out by the menu."))
    else:
        sessions.end([visit])
        history.record(request, _me(request), What.SESSIONS_ENDED, at=timezone.now())
        messages.success(request, _("That browser has been signed out."))
    return redirect("accounts:security")


@require_POST
@login_required
def sessions_end(request: HttpRequest) -> HttpResponse:
    """Sign out everywhere but here."""
    n = sessions.end_others(request, _me(request))
    if n:
        history.record(request, _me(request), What.SESSIONS_ENDED, at=timezone.now())
    text = ngettext(
        "%(n)s other browser has been signed out.", "%(n)s other browsers have been signed out.", n
    )
    messages.success(request, text % {"n": n})
    return redirect("accounts:security")


# The second factor ---------------------------------------------------------------------------------


def _kept_next(request: HttpRequest) -> str:
    """Where the person was going when led here; only pages of ours."""
    asked = request.POST.get("next") or request.GET.get("next") or ""
    ours = url_has_allowed_host_and_scheme(asked, {request.get_host()}, require_https=request.is_secure())
    return asked if ours else ""


@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "POST"])
@login_required
def second_factor_start(request: HttpRequest) -> HttpResponse:
    """Begin the set-up: what it is, and the password once more."""
    user = _me(request)
    if factor.of(user) is not None:
        return redirect("accounts:security")
    form = PasswordForm(request.POST if request.method == "POST" else None, request=request, user=user)
    if request.method == "POST" and form.is_valid():
        factor.start(user)
        request.session["factor_next"] = _kept_next(request)
        return redirect("accounts:second_factor_set_up")
    page = {"form": form, "next": _kept_next(request), "required": _required(request)}
    return render(request, "accounts/second_factor_start.html", page, status=422 if form.errors else 200)


@sensitive_post_parameters("code")
@never_cache
@require_http_methods(["GET", "POST"])
@login_required
def second_factor_set_up(request: HttpRequest) -> HttpResponse:
    """QR code and secret, confirmed by a first code; then the recovery codes, this once."""
    user = _me(request)
    waiting = SecondFactor.objects.filter(user=user, confirmed_at=None).first()
    if waiting is None or "factor_next" not in request.session:
        return redirect("accounts:security" if factor.of(user) else "accounts:second_factor_start")
    form = ConfirmForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        codes = factor.confirm(user, form.cleaned_data["code"])
        if codes is not None:
            return _set_up(request, user, codes)
        form.add_error("code", WRONG_CODE)
    page = {"form": form, "qr": factor.qr_code(waiting), "secret": factor.secret_text(waiting)}
    return render(request, "accounts/second_factor_set_up.html", page, status=422 if form.errors else 200)


def _set_up(request: HttpRequest, user: User, codes: list[str]) -> HttpResponse:
    """In force from now on. Browsers that signed in with the password alone are signed out."""
    target = request.session.pop("factor_next", "")
    request.session.cycle_key()
    request.session[FACTOR_DONE] = True
    ended = sessions.end_others(request, user)
    history.record(request, user, What.FACTOR_ON, at=timezone.now())
    page = {
        "codes": codes,
        "target": target or resolve_url("home"),
        "ended": ended,
        "user_name": user.username,
    }
    return render(request, "accounts/recovery_codes.html", page)


@sensitive_post_parameters("code", "recovery")
@never_cache
@require_http_methods(["GET", "POST"])
@login_required
def second_factor_check(request: HttpRequest) -> HttpResponse:
    """Show the second factor in a session that began without it."""
    user = _me(request)
    if request.session.get(FACTOR_DONE) or factor.of(user) is None:
        return redirect(_kept_next(request) or "home")
    form = CodeForm(request.POST if request.method == "POST" else None, request=request, user=user)
    if request.method == "POST" and form.is_valid():
        request.session.cycle_key()
        request.session[FACTOR_DONE] = True
        return redirect(_kept_next(request) or "home")
    if form.errors:
        history.record(request, user, What.WRONG_CODE, at=timezone.now())
    page = {"form": form, "next": _kept_next(request), "signed_in": True}
    return render(request, "accounts/sign_in_code.html", page, status=422 if form.errors else 200)


@sensitive_post_parameters("password", "code", "recovery")
@never_cache
@require_http_methods(["GET", "POST"])
@login_required
def second_factor_remove(request: HttpRequest) -> HttpResponse:
    """Take the second factor away: password and code are asked."""
    user = _me(request)
    if factor.of(user) is None:
        return redirect("accounts:security")
    form = PasswordAndCodeForm(request.POST if request.method == "POST" else None, request=request, user=user)
    if request.method == "POST" and form.is_valid():
        factor.remove(user)
        request.session.pop(FACTOR_DONE, None)
        sessions.end_others(request, user)  # what they have shown is worth nothing now
        history.record(request, user, What.FACTOR_OFF, at=timezone.now())
        messages.success(request, _("The second factor has been removed."))
        return redirect("accounts:security")
    page = {"form": form, "required": _required(request)}
    return render(request, "accounts/second_factor_remove.html", page, status=422 if form.errors else 200)


@sensitive_post_parameters("password", "code", "recovery")
@never_cache
@require_http_methods(["GET", "POST"])
@login_required
def recovery_codes_renew(request: HttpRequest) -> HttpResponse:
    """Ten new recovery codes; password and code are asked, and the old ones are void."""
    user = _me(request)
    if factor.of(user) is None:
        return redirect("accounts:security")
    form = PasswordAndCodeForm(request.POST if request.method == "POST" else None, request=request, user=user)
    if request.method == "POST" and form.is_valid():
        codes = factor.renew_codes(user)
        history.record(request, user, What.CODES_RENEWED, at=timezone.now())
        page = {"codes": codes, "target": resolve_url("accounts:security"), "user_name": user.username}
        return render(request, "accounts/recovery_codes.html", page)
    return render(
        request, "accounts/recovery_codes_renew.html", {"form": form}, status=422 if form.errors else 200
    )

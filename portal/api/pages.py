"""The pages on which a person makes and revokes tokens."""

from __future__ import annotations

import logging
from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from portal.accounts.models import User
from portal.api import tokens
from portal.api.models import Token
from portal.api.token_forms import TokenForm

logger = logging.getLogger(__name__)
SHOWN = 50


@require_http_methods(["GET", "POST"])
@login_required
@never_cache
def token_list(request: HttpRequest) -> HttpResponse:
    """One's tokens; a POST makes another one, whose text is shown this once."""
    user = cast("User", request.user)
    form = TokenForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        made = _made(user, form)
        if made is not None:
            return render(request, "accounts/token_made.html", {"token": made[0], "text": made[1]})
    moment = timezone.now()
    rows = [(token, token.is_good(moment)) for token in Token.objects.filter(user=user)[:SHOWN]]
    context = {"rows": rows, "form": form}
    return render(request, "accounts/token_list.html", context, status=422 if form.errors else 200)


def _made(user: User, form: TokenForm) -> tuple[Token, str] | None:
    """A new token with its text; None, with the error in the form, when there are too many."""
    try:
        token, text = tokens.make(
            user,
            name=form.cleaned_data["name"],
            scopes=form.cleaned_data["scopes"],
            lifetime=form.lifetime,
            now=timezone.now(),
        )
    except tokens.TooMany:
        most = _("You have %(n)s tokens already. Revoke one that you no longer need.")
        form.add_error(None, most % {"n": tokens.MOST_TOKENS})
        return None
    logger.info("token %s made by user %s with %s", token.prefix, user.pk, ",".join(token.scopes))
    return token, text


@require_POST
@login_required
def token_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """End one of one's tokens at once."""
    user = cast("User", request.user)
    token = get_object_or_404(Token, pk=pk, user=user)
    tokens.revoke(token, timezone.now())
    logger.info("token %s revoked by user %s", token.prefix, user.pk)
    messages.success(request, _("The token %(name)s opens nothing any more.") % {"name": token.name})
    return redirect("tokens:token_list")

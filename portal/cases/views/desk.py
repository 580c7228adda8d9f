"""Filing at a desk, for an enterprise that walks in or phones."""

from __future__ import annotations

from uuid import UUID, uuid4

from django.db.models import Q
from django.http import HttpRequest

from portal.park.models import Enterprise

MOST_FOUND = 20


def filing_token(request: HttpRequest) -> UUID:
    """The mark by which a second click is known; a fresh one where the form has none."""
    try:
        return UUID(request.POST.get("token", ""))
    except ValueError:
        return uuid4()


def chosen_enterprise(request: HttpRequest) -> int | None:
    """The key of the enterprise that the page is about; None while it is still looked for."""
    given = request.POST.get("enterprise") or request.GET.get("enterprise") or ""
    return int(given) if given.isdecimal() and len(given) < 18 else None


def search_enterprises(request: HttpRequest) -> list[Enterprise]:
    """Enterprises by a part of the name or the beginning of the code; none for less than two characters."""
    text = request.GET.get("q", "").strip()[:60]
    if len(text) < 2:
        return []
    fits = Q(name__icontains=text) | Q(uscc__startswith=text.upper())
    return list(Enterprise.objects.filter(fits).order_by("name")[:MOST_FOUND])

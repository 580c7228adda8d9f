"""The public page on which anybody can verify a certificate."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from approvals.models import Permit
from portal.cases.models import IssuedLetter


@require_safe
def certificate_view(request: HttpRequest, certificate: UUID) -> HttpResponse:
    """Whether a certificate is genuine and still holds: number, holder, item, project, day. No sign-in.

    Only what stands on the paper itself is shown, and only for who has the code on it.
    """
    permits = Permit.objects.select_related("case__enterprise", "item__team", "project__case")
    permit = get_object_or_404(permits, certificate_token=certificate)
    letter = IssuedLetter.objects.filter(case=permit.case_id, name="certificate").first()
    shown = {"permit": permit, "letter": letter}
    return render(request, "approvals/certificate_view.html", shown, status=200 if letter else 404)

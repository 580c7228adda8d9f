"""What the endpoints of cases share: the case within sight, its version, refusals as problems."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework.request import Request

from portal.api import problems, versions
from portal.api.problems import Problem
from portal.cases import engine
from portal.cases.access import visible_to
from portal.cases.errors import CaseError, Conflict, Invalid, NotAllowed, Refused
from portal.cases.models import Case
from portal.cases.views.common import to_show
from portal.park.acting import Actor
from portal.park.api import actor_of

problems.translate(Conflict, lambda error: Problem("conflict", str(error)))
problems.translate(NotAllowed, lambda error: Problem("not-allowed", str(error)))
problems.translate(Invalid, lambda error: Problem("invalid", errors=problems.form_errors(error.form)))
problems.translate(Refused, lambda error: Problem("refused", str(error)))
problems.translate(CaseError, lambda error: Problem("refused", str(error)))


def find(request: Request, ref: str) -> Case:
    """The case of this id or number, if it exists for the caller. Raises Http404, Problem (ambiguous).

    A reference of digits only is an id first: numbers of the portal's own carry letters.
    """
    actor = actor_of(request)
    cases = to_show(visible_to(actor), actor)
    if ref.isascii() and ref.isdecimal() and len(ref) <= 18:
        found = cases.filter(pk=int(ref)).first()
        if found is not None:
            return found
    same = list(cases.filter(number=ref)[:2])
    if len(same) > 1:
        raise Problem("ambiguous", _("Use the id of the case: numbers are unique within their kind only."))
    if not same:
        raise Http404
    return same[0]


def fresh(pk: int, actor: Actor) -> Case:
    """A case after the caller has changed it, read anew."""
    return to_show(Case.objects.all(), actor).get(pk=pk)


class Seen:
    """The version that the caller has seen, against the one that is there."""

    def __init__(self, request: Request, case: Case, moment: datetime) -> None:
        self._request, self._case, self._moment = request, case, moment
        self._actor: Actor = actor_of(request)
        self._versions = versions.versions_seen(request, needed=False)
        self._missing = not request.headers.get("If-Match", "").strip()

    def require(self) -> int | None:
        """The version to lock, None for any. Raises Problem 412 when stale, 428 when not said."""
        self.check()
        if self._missing:
            versions.versions_seen(self._request, needed=True)
        return None if self._versions is None else self._case.version

    def check(self) -> None:
        """Raises Problem 412 when a version was named and the case has another one."""
        if self._versions is not None and self._case.version not in self._versions:
            self._refuse(self._case)

    def lost(self, error: Conflict) -> None:
        """After a Conflict: raises Problem 412 when somebody changed the case since it was read here."""
        present = fresh(self._case.pk, self._actor)
        if self._versions is not None and present.version not in self._versions:
            self._refuse(present, error)
        raise error

    def _refuse(self, present: Case, error: Conflict | None = None) -> None:
        from portal.cases.api.reading import state_of

        detail = str(error) if error else self._who_was_faster(present)
        state = state_of(present, self._actor, self._moment)
        raise Problem("stale", detail, headers={"ETag": versions.etag(present.version)}, present=state)

    def _who_was_faster(self, present: Case) -> str:
        """The engine's own sentence."""
        try:
            with transaction.atomic():
                engine.lock(present, by=self._actor, now=self._moment, version=-1)
        except Conflict as error:
            return str(error)
        return ""

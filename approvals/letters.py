"""The papers of a permit: acceptance, a stop of the clock, refusal, and the certificate."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from approvals.models import Permit
from portal.cases import clock
from portal.cases.declaration import Letter
from portal.cases.errors import Refused
from portal.cases.letters.wording import (
    Wording,
    authority,
    day_prose,
    deadline,
    enterprise_name,
    in_english,
    moment_prose,
    paragraphs,
    team_name,
)
from portal.cases.models import Case, Pause
from portal.worktime.clock import local
from portal.worktime.explain import limit_text


def _notice(case: Case, *texts: str) -> Wording:
    return Wording(
        addressee=enterprise_name(case.enterprise),
        subject=_("(Number of the permit: %(number)s)") % {"number": case.number},
        paragraphs=paragraphs(*texts),
        signed_by=(authority(), team_name(case.permit.item.team)),
    )


def _item(permit: Permit) -> str:
    item = permit.item
    name = item.name_en or item.name if in_english() else item.name
    return f"{name} ({permit.phase_label})" if permit.phase_label else name


def accepted(case: Case) -> None:
    if case.permit.accepted_at is None:
        raise Refused(_("It has not been accepted yet."))


def acceptance_words(case: Case) -> Wording:
    permit, promise = case.permit, clock.promise_limit(case)
    told = _(
        "Your application for “%(item)s” for the project “%(project)s” is accepted as of %(moment)s."
    ) % {
        "item": _item(permit),
        "project": permit.project.case.title,
        "moment": moment_prose(permit.accepted_at),
    }
    lapsed = _("It counts as accepted, as no answer was given within five working days.")
    limit = ""
    if promise is not None and case.promise_due_at is not None:
        limit = _("It is decided within %(limit)s, that is, by %(due)s.") % {
            "limit": limit_text(promise),
            "due": moment_prose(case.promise_due_at),
        }
    pledged = [
        _("You have promised to bring “%(material)s” by %(day)s.")
        % {"material": paper.material.label, "day": day_prose(paper.pledged_on)}
        for paper in permit.papers.select_related("material")
        if paper.pledged_on is not None and paper.document_id is None
    ]
    return _notice(case, told, lapsed if permit.deemed_accepted else "", limit, deadline(case), *pledged)


def _last_stop(case: Case) -> Pause | None:
    stops = case.pauses.exclude(reason=Pause.Reason.TURN) if case.pause_count else case.pauses.none()
    return stops.order_by("-from_at").first()


def stopped(case: Case) -> None:
    if _last_stop(case) is None:
        raise Refused(_("The clock has not been stopped."))


def stop_words(case: Case) -> Wording:
    """行政许可法 §45: what is not counted, and how long it will take, is told in writing."""
    stop = _last_stop(case)
    if stop is None:  # `stopped` says so before
        return _notice(case)
    told = _("The clock of “%(item)s” is stopped from %(from)s: %(reason)s. This time does not count.") % {
        "item": _item(case.permit),
        "from": moment_prose(stop.from_at),
        "reason": stop.get_reason_display(),
    }
    basis = _("Basis: %(basis)s.") % {"basis": stop.basis.rstrip("。.")} if stop.basis else ""
    planned = ""
    if stop.planned_days and stop.planned_until_at:
        days = ngettext("%(n)s working day", "%(n)s working days", stop.planned_days)
        planned = _("It is expected to take %(days)s, until %(until)s.") % {
            "days": days % {"n": stop.planned_days},
            "until": day_prose(local(stop.planned_until_at).date()),
        }
    missing = [
        f"{n}. {item.name}{f' ({item.hint})' if item.hint else ''}"
        for n, item in enumerate(stop.missing.all(), start=1)
    ]
    once = _("This notice names everything at once; nothing else will be asked for in this matter.")
    return _notice(case, told, basis, stop.notice, *missing, planned, once if missing else "")


def refused(case: Case) -> None:
    if case.permit.decision != Permit.Decision.REFUSED:
        raise Refused(_("It has not been refused."))


def refusal_words(case: Case) -> Wording:
    permit = case.permit
    told = _("The application for “%(item)s”, accepted on %(accepted)s, is refused.") % {
        "item": _item(permit),
        "accepted": moment_prose(permit.accepted_at),
    }
    reasons = _("Reasons: %(reasons)s") % {"reasons": permit.grounds}
    remedies = _("How to appeal: %(remedies)s") % {"remedies": permit.remedies}
    return _notice(case, told, reasons, remedies)


def granted(case: Case) -> None:
    if case.permit.decision != Permit.Decision.GRANTED or case.permit.certificate_token is None:
        raise Refused(_("It has not been granted."))


def certificate_words(case: Case) -> Wording:
    """What the certificate says. The code beside the stamp leads to the public page that verifies it."""
    permit = case.permit
    told = _(
        "After examination, “%(item)s” is granted to %(holder)s for the project “%(project)s” (%(code)s)."
    ) % {
        "item": _item(permit),
        "holder": enterprise_name(case.enterprise),
        "project": permit.project.case.title,
        "code": permit.project.case.number,
    }
    site = _("Site: %(site)s") % {"site": permit.project.site_address} if permit.project.site_address else ""
    part = _("Scope: %(part)s") % {"part": permit.phase_label} if permit.phase_label else ""
    decided = _("Decided on %(day)s.") % {
        "day": day_prose(local(permit.decided_at).date()) if permit.decided_at else ""
    }
    verify = _("The code leads to a page on which anybody can verify this certificate.")
    return _notice(case, told, site, part, permit.grounds, decided, verify)


def certificate_title(case: Case) -> str:
    item = case.permit.item
    return item.certificate_label or _("Certificate")


def certificate_page(case: Case) -> str:
    return reverse("approvals:certificate_view", args=[case.permit.certificate_token])


def _which_stop(case: Case) -> str:
    stop = _last_stop(case)
    return str(stop.pk) if stop is not None else ""


DESK = ("handler", "heads", "section_heads")
LETTERS = (
    Letter(
        "acceptance",
        gettext_lazy("Notice of acceptance"),
        "许受",
        who=DESK,
        words=acceptance_words,
        ready=accepted,
        tells=("enterprise",),
    ),
    Letter(
        "stop",
        gettext_lazy("Notice that the clock is stopped"),
        "许停",
        who=DESK,
        words=stop_words,
        ready=stopped,
        occasion=_which_stop,
        tells=("enterprise",),
    ),
    Letter(
        "refusal",
        gettext_lazy("Notice of refusal"),
        "不许",
        who=DESK,
        words=refusal_words,
        ready=refused,
        tells=("enterprise",),
    ),
    Letter(
        "certificate",
        gettext_lazy("Certificate"),
        "证",
        who=DESK,
        words=certificate_words,
        ready=granted,
        title=certificate_title,
        address=certificate_page,
        tells=("enterprise",),
    ),
)

"""The 告知书 of a service request: acceptance, supplements, extension, result."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from portal.cases import clock
from portal.cases.declaration import Letter
from portal.cases.errors import Refused
from portal.cases.letters.wording import (
    Wording,
    authority,
    day_prose,
    deadline,
    enterprise_name,
    moment_prose,
    paragraphs,
    team_name,
)
from portal.cases.models import Case, Extension, Pause
from portal.park.models import Team
from portal.worktime.clock import local
from portal.worktime.explain import limit_text
from stations.models import Grade, Result


def _notice(case: Case, *texts: str, by: Team | None = None) -> Wording:
    """A letter to the enterprise about its request."""
    return Wording(
        addressee=enterprise_name(case.enterprise),
        subject=_("(Number of the request: %(number)s)") % {"number": case.number},
        paragraphs=paragraphs(*texts),
        signed_by=(authority(), team_name(by or case.team)),
    )


def _named(case: Case) -> dict[str, str]:
    return {"title": case.title, "opened": moment_prose(case.opened_at)}


def _days(count: int) -> str:
    return ngettext("%(n)s working day", "%(n)s working days", count) % {"n": count}


def accepted(case: Case) -> None:
    if case.request.accepted_at is None:
        raise Refused(_("The request has not been accepted yet."))


def acceptance_words(case: Case) -> Wording:
    facts = case.request
    received = _(
        "We received your request “%(title)s” on %(opened)s. It has been examined and is hereby accepted; "
        "the moment of acceptance is %(accepted)s."
    ) % {**_named(case), "accepted": moment_prose(facts.accepted_at)}
    promise = clock.promise_limit(case)
    limit = ""
    if promise is not None:
        limit = _("It is handled as “%(grade)s” within %(limit)s, that is, by %(due)s.") % {
            "grade": Grade(case.grade).label if case.grade else "",
            "limit": limit_text(promise),
            "due": moment_prose(case.promise_due_at),
        }
    follow = _(
        "You can see at any time where your request is, who has it and until when: "
        "scan the code below, or ask at %(station)s."
    ) % {"station": team_name(facts.first_team)}
    return _notice(case, received, limit, deadline(case), follow, by=facts.first_team)


def _supplement(case: Case) -> Pause | None:
    if not case.pause_count:
        return None
    asked = [pause for pause in case.pauses.all() if pause.reason == Pause.Reason.SUPPLEMENT]
    return asked[-1] if asked else None


def supplement_asked(case: Case) -> None:
    if _supplement(case) is None:
        raise Refused(_("Nothing has been asked for: stop the clock for supplements first."))


def supplement_words(case: Case) -> Wording:
    pause = _supplement(case)
    if pause is None:  # `supplement_asked` says so before
        return _notice(case)
    ask = _("To go on with your request “%(title)s”, the following has to be supplied or corrected:") % {
        "title": case.title
    }
    basis = _("Basis: %(basis)s.") % {"basis": pause.basis.rstrip("。.")} if pause.basis else ""
    stopped = _("The clock is stopped from %(from)s; this time does not count.") % {
        "from": moment_prose(pause.from_at)
    }
    planned = ""
    if pause.planned_days and pause.planned_until_at:
        planned = _("Please send it within %(days)s, by %(until)s, on the portal or at %(station)s.") % {
            "days": _days(pause.planned_days),
            "until": day_prose(local(pause.planned_until_at).date()),
            "station": team_name(case.request.first_team),
        }
    once = _("This notice names everything at once; nothing else will be asked for in this matter.")
    items = list(pause.missing.all())
    named = [f"{n}. {item.name}{f' ({item.hint})' if item.hint else ''}" for n, item in enumerate(items, 1)]
    return _notice(case, ask, *named, pause.notice, basis, planned, stopped, once)


def _extension(case: Case) -> Extension | None:
    return next((extension for extension in case.extensions.all() if extension.granted), None)


def extended(case: Case) -> None:
    if _extension(case) is None:
        raise Refused(_("The time has not been extended."))


def extension_words(case: Case) -> Wording:
    extension = _extension(case)
    if extension is None:  # `extended` says so before
        return _notice(case)
    told = _(
        "Your request “%(title)s” cannot be finished within the promised time. "
        "Reason: %(reason)s. "
        "The time has been extended by %(days)s with the approval of the person in charge."
    ) % {**_named(case), "reason": extension.reason.rstrip("。."), "days": _days(extension.days)}
    until = _("It is now to be done by %(due)s.") % {"due": moment_prose(case.promise_due_at)}
    once = _("The rules allow one extension only. We ask for your understanding.")
    return _notice(case, told, until, deadline(case), once)


def completed(case: Case) -> None:
    if case.is_open or case.outcome not in (Result.RESOLVED, Result.EXPLAINED):
        raise Refused(_("The request has not been completed."))


def completion_words(case: Case) -> Wording:
    facts = case.request
    told = _("Your request “%(title)s”, received on %(opened)s, has been completed on %(closed)s.") % {
        **_named(case),
        "closed": moment_prose(case.closed_at),
    }
    result = ""
    if facts.result:
        result = _("Result: %(result)s.") % {"result": Result(facts.result).label}
    basis = _("Basis: %(basis)s.") % {"basis": facts.result_basis.rstrip("。.")} if facts.result_basis else ""
    used = ""
    if case.used_days is not None and case.used_days < 1:
        used = _("It took less than one working day.")
    elif case.used_days is not None:
        used = _("It took %(days)s net; time that you or the law needed is not counted.") % {
            "days": _days(int(case.used_days))
        }
    rate = _(
        "Please tell us how satisfied you are, on the portal or with the code below. "
        "If the matter comes up again, %(station)s takes it up at once."
    ) % {"station": team_name(facts.first_team)}
    return _notice(case, told, result, facts.result_text, basis, used, rate, by=facts.first_team)


def _which_pause(case: Case) -> str:
    pause = _supplement(case)
    return str(pause.pk) if pause is not None else ""


LETTERS = (
    Letter(
        "acceptance",
        gettext_lazy("Notice of acceptance"),
        "受",
        who=("first_taker", "handler"),
        words=acceptance_words,
        ready=accepted,
        tells=("enterprise",),
    ),
    Letter(
        "supplement",
        gettext_lazy("Notice of what is to be supplied"),
        "补",
        who=("handler", "heads", "section_heads"),
        words=supplement_words,
        ready=supplement_asked,
        occasion=_which_pause,
        tells=("enterprise",),
    ),
    Letter(
        "extension",
        gettext_lazy("Notice of extension"),
        "延",
        who=("handler", "heads", "section_heads"),
        words=extension_words,
        ready=extended,
        tells=("enterprise",),
    ),
    Letter(
        "completion",
        gettext_lazy("Notice of completion"),
        "结",
        who=("first_taker", "handler"),
        words=completion_words,
        ready=completed,
        tells=("enterprise",),
    ),
)

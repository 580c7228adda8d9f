"""The search over all timelines: who, what, which case, which enterprise, when. By index, keyset paged."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.accounts.models import Duty, User
from portal.cases.declaration import FLOWS
from portal.cases.models import BatchItem, Case, CircleMember, Event
from portal.cases.presenting import timeline
from portal.day_input import DayInput
from portal.park.acting import Actor
from portal.park.models import Enterprise

PAGE = 50
MOST_NAMES = 50  # people or enterprises that a typed name may mean
MOST_ROWS = 50_000  # of one export


class AuditForm(forms.Form):
    """The only filters there are."""

    who = forms.CharField(label=gettext_lazy("Who"), max_length=60, required=False)
    verb = forms.ChoiceField(label=gettext_lazy("What"), required=False)
    number = forms.CharField(label=gettext_lazy("Case number"), max_length=40, required=False)
    enterprise = forms.CharField(label=gettext_lazy("Enterprise"), max_length=60, required=False)
    batch = forms.UUIDField(label=gettext_lazy("Batch number"), required=False)
    since = forms.DateField(label=gettext_lazy("From"), required=False, widget=DayInput())
    until = forms.DateField(label=gettext_lazy("Until"), required=False, widget=DayInput())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["verb"].choices = [("", _("Everything")), *verbs()]  # type: ignore[attr-defined]  # a choice field

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        since, until = given.get("since"), given.get("until")
        if since and until and until < since:
            self.add_error("until", _("The period ends before it begins."))
        return given

    def told(self) -> dict[str, str]:
        """What was asked for, as the record of an export keeps it."""
        return {name: str(value) for name, value in self.cleaned_data.items() if value}


def verbs() -> list[tuple[str, str]]:
    """Every verb that a timeline may hold, in words; transitions with the kind of case they belong to."""
    own: dict[str, list[str]] = {}
    for flow in FLOWS.values():
        for t in flow.transitions:
            own.setdefault(t.name, []).append(f"{t.label}（{flow.label}）")
    found = {name: str(label) for name, label in timeline.KERNEL.items()}
    found |= {name: " / ".join(dict.fromkeys(labels)) for name, labels in own.items()}
    return sorted(found.items(), key=lambda item: item[1])


def readable(actor: Actor) -> QuerySet[Event]:
    """The events that exist for this reader: sealed cases only for discipline inspection, confidential
    ones only for their circle."""
    events = Event.objects.select_related("actor", "case__enterprise")
    circles = CircleMember.objects.filter(user=actor.user).values("case")
    events = events.filter(Q(case__confidential=False) | Q(case__in=circles))
    return events if actor.holds(Duty.DISCIPLINE) else events.filter(case__sealed=False)


def search(form: AuditForm, actor: Actor) -> QuerySet[Event]:
    """What was asked for, newest first."""
    given, events = form.cleaned_data, readable(actor)
    if given["who"]:
        named = Q(username__iexact=given["who"]) | Q(display_name__icontains=given["who"])
        events = events.filter(
            actor__in=list(User.objects.filter(named).values_list("pk", flat=True)[:MOST_NAMES])
        )
    if given["verb"]:
        events = events.filter(verb=given["verb"])
    if given["number"]:
        numbered = Case.objects.filter(number=given["number"].strip())
        events = events.filter(case__in=list(numbered.values_list("pk", flat=True)[:MOST_NAMES]))
    if given["batch"]:
        touched = BatchItem.objects.filter(batch=given["batch"]).values_list("case", flat=True)
        events = events.filter(case__in=list(touched), data__batch=str(given["batch"]))
    if given["enterprise"]:
        text = given["enterprise"].strip()
        firms = Enterprise.objects.filter(Q(uscc__iexact=text) | Q(name__icontains=text))
        events = events.filter(case__enterprise__in=list(firms.values_list("pk", flat=True)[:MOST_NAMES]))
    if given["since"]:
        events = events.filter(at__gte=timezone.make_aware(datetime.combine(given["since"], time.min)))
    if given["until"]:
        after = datetime.combine(given["until"] + timedelta(days=1), time.min)
        events = events.filter(at__lt=timezone.make_aware(after))
    return events.order_by("-at", "-id")


@dataclass(frozen=True)
class Line:
    """One event for a reader; without content where the reader may only know that it happened."""

    at: datetime
    who: str
    what: str
    number: str
    href_pk: int | None
    title: str
    enterprise: str
    notes: list[str]
    seq: int
    hash: str


def lines(events: list[Event], actor: Actor) -> Iterator[Line]:
    """Events in words."""
    for event in events:
        case = event.case
        open_to = actor.holds(Duty.DISCIPLINE) if case.sealed else actor.holds(Duty.AUDITOR)
        told = timeline.entry(event, case.flow, inside=True)
        yield Line(
            at=event.at,
            who=told.who,
            what=told.what,
            number=case.number,
            href_pk=case.pk if open_to else None,
            title=case.title if open_to else "",
            enterprise=case.enterprise.name if open_to and case.enterprise else "",
            notes=[*told.notes, *told.internal_notes] if open_to else [],
            seq=event.seq,
            hash=event.hash,
        )

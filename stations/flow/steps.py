"""The steps of a service request, with the limits of the domain dossier, section 4."""

from django.utils.translation import gettext_lazy as _

from portal.cases.declaration import Step, hours, service_hours, within, working_days
from portal.cases.models import Holder

OPEN_STEPS = (
    "received",
    "triage",
    "signing",
    "routing",
    "planning",
    "handling",
    "feedback",
    "verifying",
    "tracking",
)
URGENT_DISPATCH = hours("0.25")

STEPS = (
    Step(
        "received",
        _("First contact"),
        limit=within(service_hours("2"), consult=service_hours("0.5"), urgent=hours("0.25")),
        plain=_("The station will contact you"),
    ),
    Step(
        "triage",
        _("Dispatch"),
        limit=within(service_hours("4.5"), urgent=URGENT_DISPATCH),
        plain=_("The station finds the right team"),
    ),
    Step(
        "signing",
        _("Waiting to be signed for"),
        limit=within(service_hours("4.5"), urgent=URGENT_DISPATCH),
        plain=_("The responsible team takes over"),
    ),
    Step(
        "routing",
        _("Routing being decided"),
        limit=within(service_hours("4.5"), urgent=URGENT_DISPATCH),
        plain=_("The enterprise service centre decides who is responsible"),
        rail=False,
    ),
    Step(
        "planning",
        _("Plan"),
        limit=within(working_days(1), complex=working_days(3), major=working_days(5), urgent=hours("2")),
        plain=_("The team plans what to do"),
    ),
    Step("handling", _("Handling"), plain=_("The team is working on it")),
    Step(
        "feedback",
        _("Waiting for the enterprise"),
        holder=Holder.ENTERPRISE,
        counts=False,
        # Dossier, section 4: five working days of silence close it "by default", outside satisfaction.
        limit=within(working_days(5)),
        lapse="confirm_by_silence",
        plain=_("Please tell us whether it is settled"),
    ),
    Step(
        "verifying",
        _("Verification"),
        limit=within(working_days(1)),
        plain=_("The station checks the result"),
    ),
    Step(
        "tracking",
        _("Long-term tracking"),
        counts=False,
        # "Planned" stays open and is reviewed monthly.
        limit=within(working_days(22)),
        plain=_("Planned; reviewed every month"),
        rail=False,
    ),
    Step("closed", _("Closed"), outcome="resolved", plain=_("Closed")),
    Step("withdrawn", _("Withdrawn"), outcome="withdrawn", rail=False, plain=_("Withdrawn")),
    Step(
        "merged",
        _("Merged"),
        outcome="merged",
        rail=False,
        plain=_("Goes on under an earlier number"),
    ),
)

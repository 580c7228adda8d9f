"""The flow of a service request (企业诉求).

received → accepted by the first taker → dispatched → signed by the handling team → plan → handling
→ answer to the enterprise → verified by somebody else → closed, and rated.
Steps, limits, ladder and rules: domain dossier, section 4; every default there is marked as a
proposal, and an administrator changes limits and ladder in the portal.
"""

from django.utils.translation import gettext_lazy as _

from portal.cases.declaration import (
    Flow,
    Opening,
    Step,
    Transition,
    hours,
    register,
    service_hours,
    within,
    working_days,
)
from portal.cases.models import Case, Holder
from portal.trust import contacts
from stations import actions, forms
from stations.models import Grade, Request

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
)

TRANSITIONS = (
    Transition(
        "accept",
        _("Accept"),
        ("received",),
        "triage",
        who=("first_taker",),
        form=forms.AcceptForm,
        effect=actions.accept,
        tells=("enterprise",),
        starts_clock=True,
        primary=True,
        done=_("made the first contact and accepted the request"),
    ),
    Transition(
        "answer",
        _("Answer at once"),
        ("received", "triage"),
        "feedback",
        who=("first_taker",),
        form=forms.DirectAnswerForm,
        effect=actions.answer_at_once,
        tells=("enterprise",),
        done=_("answered at once"),
    ),
    Transition(
        "dispatch",
        _("Dispatch"),
        ("triage",),
        "signing",
        who=("first_taker",),
        form=forms.DispatchForm,
        ready=actions.not_sealed,
        effect=actions.dispatch,
        tells=("team", "enterprise"),
        primary=True,
        done=_("dispatched it"),
    ),
    Transition(
        "handle_here",
        _("Handle it here"),
        ("triage",),
        "planning",
        who=("first_taker",),
        effect=actions.handle_here,
        tells=("enterprise",),
        done=_("took it on"),
    ),
    Transition(
        "sign",
        _("Sign for it"),
        ("signing",),
        "planning",
        who=("handler",),
        tells=("first_taker", "enterprise"),
        primary=True,
        done=_("signed for it"),
    ),
    Transition(
        "object",
        _("Object to the routing"),
        ("signing",),
        "routing",
        who=("handler",),
        ready=actions.not_objected_before,
        effect=actions.object_to_routing,
        reason_required=True,
        tells=("team", "first_taker"),
        grave=True,
        done=_("objected to the routing"),
    ),
    Transition(
        "route",
        _("Decide who handles it"),
        ("routing",),
        "signing",
        who=("handler",),
        form=forms.TeamForm,
        effect=actions.route,
        tells=("team", "first_taker"),
        primary=True,
        done=_("decided who handles it; this is final"),
    ),
    Transition(
        "plan",
        _("Set the plan"),
        ("planning",),
        "handling",
        who=("handler",),
        form=forms.PlanForm,
        effect=actions.plan,
        tells=("enterprise",),
        primary=True,
        done=_("set the plan"),
    ),
    Transition(
        "report",
        _("Report the result"),
        ("planning", "handling", "tracking"),
        "feedback",
        who=("handler",),
        form=forms.ReportForm,
        ready=actions.co_handlers_replied,
        effect=actions.report,
        tells=("enterprise", "first_taker"),
        primary=True,
        done=_("reported the result"),
    ),
    Transition(
        "note_progress",
        _("Note progress"),
        ("planning", "handling", "tracking"),
        "",
        who=("handler",),
        form=forms.ProgressForm,
        tells=("enterprise",),
        done=_("noted progress"),
    ),
    Transition(
        "ask_co_handler",
        _("Ask another team"),
        ("planning", "handling"),
        "",
        who=("handler",),
        form=forms.CoHandlerForm,
        ready=actions.not_sealed,
        effect=actions.ask_co_handler,
        done=_("asked another team for its part"),
    ),
    Transition(
        "confirm",
        _("It is settled"),
        ("feedback",),
        "verifying",
        who=("enterprise",),
        effect=actions.to_first_taker,
        tells=("team",),
        primary=True,
        done=_("confirmed that it is settled"),
    ),
    Transition(
        "dispute",
        _("It is not settled"),
        ("feedback",),
        "handling",
        who=("enterprise",),
        reason_required=True,
        tells=("handler", "first_taker"),
        grave=True,
        done=_("said that it is not settled"),
    ),
    Transition(
        "confirm_by_silence",
        _("Go on without an answer"),
        ("feedback",),
        "verifying",
        who=("system",),
        effect=actions.to_first_taker_by_silence,
        tells=("team", "enterprise"),
        done=_("went on, as no answer came in time"),
    ),
    Transition(
        "verify",
        _("Verify and close"),
        ("verifying",),
        "closed",
        who=("first_taker", "supervisors"),
        may_lead_to=("tracking",),
        effect=actions.close_or_track,
        # Who handled may not close (dossier, section 4).
        not_by=("report", "answer"),
        tells=("enterprise", "first_taker"),
        primary=True,
        done=_("verified the result"),
    ),
    Transition(
        "send_back",
        _("Send back"),
        ("verifying",),
        "handling",
        who=("first_taker", "supervisors"),
        effect=actions.back_to_handler,
        reason_required=True,
        not_by=("report", "answer"),
        tells=("handler", "heads"),
        grave=True,
        done=_("sent it back to be handled again"),
    ),
    Transition(
        "withdraw",
        _("Withdraw"),
        OPEN_STEPS,
        "withdrawn",
        who=("enterprise",),
        reason_required=True,
        while_paused=True,
        tells=("handler", "first_taker"),
        grave=True,
        done=_("withdrew the request"),
    ),
)

REQUEST = register(
    Flow(
        kind="stations.request",
        label=_("Service request"),
        prefix="QS",
        facts=Request,
        facts_related=("first_team", "accused_team"),
        facts_template="stations/_request_facts.html",
        file_page="stations:request_file",
        desk_page="stations:desk_file",
        invitation=(
            _("Bring a request"),
            _("Anything that holds you up; the nearest station takes it"),
        ),
        opening=Opening(
            who=("enterprise", "steward"),
            step="received",
            form=forms.FilingForm,
            create=actions.create_request,
            title=lambda data: data["title"],
            team=actions.first_team,
            grade=lambda data: data["grade"],
            tells=("team", "enterprise"),
        ),
        steps=STEPS,
        transitions=TRANSITIONS,
        promise={
            "": working_days(5),
            Grade.CONSULT: working_days(1),
            Grade.COMPLEX: working_days(10),
            Grade.MAJOR: working_days(30),
            Grade.URGENT: working_days(1),
        },
        grades=dict(Grade.choices),
        outcomes={
            "resolved": _("resolved"),
            "explained": _("explained"),
            "withdrawn": _("withdrawn"),
        },
        extendable=True,
        pausable=True,
        co_handled=True,
        ratable=True,
    )
)


def _contact(case: Case) -> contacts.Contact:
    facts = case.request
    return contacts.Contact(facts.contact_name, facts.contact_phone, note=facts.get_contact_way_display())


contacts.register("stations.request", _contact)

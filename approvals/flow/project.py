"""The flow of a construction project: five stages, one code for life."""

from django.utils.translation import gettext_lazy as _

from approvals import actions, forms
from approvals.access import PROJECT
from approvals.models import Project
from portal.cases.declaration import Flow, Opening, Step, Transition, Unlimited, register

ON_ITS_PERMITS = Unlimited(_("every permit has its own clock"))
UNDER_WAY = ("land", "construction", "completion", "capacity_review")
STAGES = ("negotiation", *UNDER_WAY)

register(
    Flow(
        kind=PROJECT,
        label=_("Construction project"),
        prefix="XM",
        facts=Project,
        facts_related=("parcel", "leader", "task_force", "butler", "agent", "version__procedure"),
        facts_template="approvals/_project_facts.html",
        facts_public=("mode", "is_new_construction", "investment_amount", "parcel", "site_address"),
        facts_internal=("is_key", "lead_number", "leader", "task_force", "butler", "agent"),
        file_page="approvals:project_file",
        desk_page="approvals:project_desk",
        invitation=(_("Begin a project"), _("Build or extend: all approvals under one number")),
        opening=Opening(
            who=("enterprise", "project_desk"),
            step="negotiation",
            form=forms.ProjectForm,
            desk_form=forms.DeskProjectForm,
            create=actions.create_project,
            title=lambda data: data["name"],
            text=lambda data: data["site_address"],
            team=actions.project_team,
            tells=("team", "enterprise"),
        ),
        # Names of the stages: the wording of other parks for the first four (dossier, section 0.1).
        steps=(
            Step("negotiation", _("Talks: served at once"), limit=ON_ITS_PERMITS),
            Step("land", _("Contract: land at once"), limit=ON_ITS_PERMITS),
            Step("construction", _("Work begins: supplied at once"), limit=ON_ITS_PERMITS),
            Step("completion", _("Completed: certified at once"), limit=ON_ITS_PERMITS),
            Step("capacity_review", _("In full production: reviewed"), limit=ON_ITS_PERMITS),
            Step("done", _("Done"), outcome="done"),
            Step("terminated", _("Given up"), outcome="terminated", rail=False),
        ),
        transitions=(
            Transition(
                "sign",
                _("Contract signed"),
                ("negotiation",),
                "land",
                who=("handler",),
                form=forms.SignForm,
                ready=actions.has_procedure,
                effect=actions.sign,
                may_lead_to=UNDER_WAY[1:],
                tells=("enterprise",),
                primary=True,
                done=_("noted that the contract is signed"),
                help=_("Opens what can be filed at once"),
            ),
            Transition(
                "appoint",
                _("Name leader, task force and butler"),
                STAGES,
                "",
                who=("handler", "leaders"),
                form=forms.AppointForm,
                effect=actions.appoint,
                tells=("project_leader", "butler", "enterprise"),
                done=_("named who stands for the project"),
            ),
            Transition(
                "note_contact",
                _("Note a contact of the leader"),
                STAGES,
                "",
                who=("handler", "project_leader", "butler"),
                form=forms.ContactForm,
                effect=actions.note_contact,
                done=_("noted a contact of the leader"),
            ),
            Transition(
                "change_facts",
                _("Correct the facts of the project"),
                STAGES,
                "",
                who=("handler", "enterprise", "filing_agent"),
                form=forms.ProjectFactsForm,
                effect=actions.change_facts,
                tells=("handler", "enterprise"),
                done=_("corrected the facts of the project"),
                help=_("They decide which approvals are needed"),
            ),
            Transition(
                "open_another",
                _("Another permit of an item"),
                UNDER_WAY,
                "",
                who=("handler", "enterprise", "filing_agent"),
                form=forms.AnotherPermitForm,
                ready=actions.has_procedure,
                effect=actions.open_another,
                done=_("opened another permit"),
                help=_("After a refusal, or for one more building"),
            ),
            Transition(
                "finish",
                _("Reviewed: the project is done"),
                ("capacity_review",),
                "done",
                who=("handler",),
                ready=actions.no_review_open,
                reason_required=True,
                tells=("enterprise", "project_leader", "butler"),
                done=_("closed the project"),
            ),
            Transition(
                "terminate",
                _("Give the project up"),
                STAGES,
                "terminated",
                who=("handler",),
                reason_required=True,
                while_paused=True,
                tells=("enterprise", "project_leader", "butler"),
                grave=True,
                done=_("gave the project up"),
                help=_("Recalls all its open permits"),
            ),
        ),
        outcomes={"done": _("done"), "terminated": _("given up")},
        verbs={
            "went_on": _("the project went on to its next stage"),
            "reviewed": _("the review has ended, and with it the project"),
        },
        on_child_closed=actions.project_is_reviewed,
        ratable=True,
        unrated_outcomes=("terminated",),
    )
)

"""The flow of a service request (企业诉求).

received → accepted by the first taker → dispatched → signed by the handling team → plan → handling
→ answer to the enterprise → verified by somebody else → closed, and rated.
Steps, limits, ladder and rules: domain dossier, section 4; every default there is marked as a
proposal, and an administrator changes limits and ladder in the portal.
"""

from django.utils.translation import gettext_lazy as _

from portal.cases.declaration import Flow, Opening, register, working_days
from portal.cases.models import Case
from portal.trust import contacts
from stations import actions, forms, letters, notice_texts
from stations.flow.steps import STEPS
from stations.flow.transitions import TRANSITIONS
from stations.models import Grade, Request

REQUEST = register(
    Flow(
        kind="stations.request",
        label=_("Service request"),
        prefix="QS",
        facts=Request,
        facts_related=("first_team__station", "accused_team", "duplicate_of"),
        facts_template="stations/_request_facts.html",
        holder_template="stations/_request_taker.html",
        facts_public=(
            "description",
            "category",
            "first_team",
            "plan",
            "planned_on",
            "result",
            "by_silence",
            "result_text",
            "result_basis",
            "duplicate_of",
        ),
        facts_internal=(
            "channel",
            "external_number",
            "contact_way",  # name and number have a door of their own, which keeps a record
            "accused_team",
        ),
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
            desk_form=forms.DeskFilingForm,
            create=actions.create_request,
            title=lambda data: data["title"],
            text=lambda data: data["description"],
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
            "merged": _("merged"),
        },
        verbs={"took_in": _("took in a later request of the same matter")},
        unrated_outcomes=("withdrawn", "merged"),
        extendable=True,
        pausable=True,
        co_handled=True,
        ratable=True,
        on_extended=actions.postpone,
        letters=letters.LETTERS,
    )
)


def _contact(case: Case) -> contacts.Contact:
    facts = case.request
    return contacts.Contact(facts.contact_name, facts.contact_phone, note=facts.get_contact_way_display())


contacts.register("stations.request", _contact)
notice_texts.register_all()

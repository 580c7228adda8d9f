"""The ten steps of park entry, with the limits of the dossier, section 5; reserve and pool; and the ends."""

from django.utils.translation import gettext_lazy as _

from portal.cases.declaration import Step, Unlimited, within, working_days

STEPS = (
    Step("registration", _("Registration of the lead"), limit=within(working_days(1))),
    Step("contact", _("First talks"), limit=within(working_days(3))),
    Step("pre_review", _("Pre-review"), limit=within(working_days(5))),
    Step("visits", _("Mutual visits"), limit=within(working_days(15))),
    Step("negotiation", _("Negotiation"), limit=within(working_days(20))),
    Step("admission_review", _("Admission review"), limit=within(working_days(10))),
    Step("decision", _("Decision of the leaders"), limit=within(working_days(10))),
    Step("signing", _("Signing"), limit=within(working_days(10))),
    Step("settlement", _("Settlement and land"), limit=within(working_days(30))),
    Step("start", _("Start and tracking"), limit=Unlimited(_("as the project plan says"))),
    Step(
        "parked",
        _("Reserve"),
        limit=Unlimited(_("until the day on which one looks again")),
        counts=False,
        rail=False,
    ),
    Step("pool", _("Pool"), limit=Unlimited(_("until a task force takes it")), counts=False, rail=False),
    Step("handed_over", _("Handed over"), outcome="handed_over"),
    Step("lost", _("Lost"), outcome="lost", rail=False),
)

"""The second half of a claim: from the finance office to the report on what the money was used for."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from funds import actions, forms
from portal.cases.declaration import Step, Transition, Unlimited, within, working_days
from portal.cases.models import Holder
from portal.worktime.clock import Limit, Unit

YEAR = Limit(Decimal(365), Unit.CALENDAR_DAY)

PAYMENT_STEPS = (
    Step(
        "payable",
        _("To be paid"),
        limit=within(working_days(23)),  # the next plan of a month, and three days at the bank
        plain=_("It is paid with the plan of the month"),
    ),
    Step(
        "fixing",
        _("Account to be put right"),
        limit=within(working_days(10)),
        holder=Holder.ENTERPRISE,
        counts=False,
        rail=False,
        plain=_("The bank sent the money back: please put your account right"),
    ),
    Step(
        "stopped",
        _("Stopped"),
        limit=Unlimited(_("until the finance office lifts the stop")),
        counts=False,
        rail=False,
        plain=_("The payment is stopped"),
    ),
    Step(
        "paid",
        _("Paid"),
        limit=within(working_days(2)),
        holder=Holder.ENTERPRISE,
        counts=False,
        lapse="assume_credited",
        plain=_("Paid: please say whether it is on your account"),
    ),
    Step(
        "performance",
        _("Use of the money"),
        limit=within(YEAR),
        holder=Holder.ENTERPRISE,
        counts=False,
        lapse="close_unreported",
        plain=_("Within a year, please say what the money was used for"),
    ),
)

PAYMENT_TRANSITIONS = (
    Transition(
        "note_deferred",
        _("Note that it was put off"),
        ("payable",),
        "",
        who=("system",),
        form=forms.WhyForm,
        tells=("enterprise",),
        done=_("put the payment off to a later plan"),
    ),
    Transition(
        "stop",
        _("Stop the payment"),
        ("payable", "fixing"),
        "stopped",
        who=("heads",),
        effect=actions.stop_payment,
        reason_required=True,
        tells=("enterprise", "team"),
        grave=True,
        done=_("stopped the payment"),
    ),
    Transition(
        "go_on",
        _("Lift the stop"),
        ("stopped",),
        "payable",
        who=("heads",),
        effect=actions.go_on_paying,
        reason_required=True,
        tells=("enterprise", "team"),
        done=_("lifted the stop"),
    ),
    Transition(
        "note_returned",
        _("Note what the bank sent back"),
        ("payable", "fixing", "paid", "performance"),
        "fixing",
        who=("system",),
        form=forms.WhyForm,
        tells=("enterprise", "team"),
        done=_("noted that the bank sent the money back"),
    ),
    Transition(
        "fix_account",
        _("Put the account right"),
        ("fixing",),
        "payable",
        who=("enterprise",),
        form=forms.AccountForm,
        effect=actions.fix_account,
        tells=("team",),
        primary=True,
        done=_("put the account right"),
    ),
    Transition(
        "note_paid",
        _("Note the payment"),
        ("payable", "fixing"),
        "paid",
        who=("system",),
        ready=actions.nothing_left,
        tells=("enterprise",),
        done=_("paid it"),
    ),
    Transition(
        "confirm_credited",
        _("The money is there"),
        ("paid",),
        "performance",
        who=("enterprise",),
        effect=actions.credit,
        may_lead_to=("archived",),
        primary=True,
        done=_("confirmed that the money is there"),
    ),
    Transition(
        "assume_credited",
        _("Nothing came back"),
        ("paid",),
        "performance",
        who=("system",),
        effect=actions.credit,
        may_lead_to=("archived",),
        done=_("took it as credited: nothing came back within two working days"),
    ),
    Transition(
        "report_use",
        _("Say what it was used for"),
        ("performance",),
        "archived",
        who=("enterprise",),
        form=forms.UseForm,
        effect=actions.report_use,
        tells=("team",),
        primary=True,
        done=_("said what the money was used for"),
    ),
    Transition(
        "close_unreported",
        _("Close without a report"),
        ("performance",),
        "archived",
        who=("system",),
        tells=("team", "enterprise"),
        done=_("closed it: nobody said what the money was used for"),
    ),
)

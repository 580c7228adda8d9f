"""The papers of a claim, and the voucher of a file for the bank."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from funds.access import FINANCE_OFFICE, finance_team
from funds.models import Claim, PaymentFile
from portal import money
from portal.cases.declaration import Letter
from portal.cases.errors import Refused
from portal.cases.letters.making import ENGLISH
from portal.cases.letters.wording import (
    Sheet,
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
from portal.cases.models import Case
from portal.worktime.clock import local

MOST_NAMED = 20  # payments that a voucher names; more stand in the file itself


def _policy(claim: Claim) -> str:
    return claim.policy.title_en or claim.policy.title if in_english() else claim.policy.title


def _notice(case: Case, *texts: str) -> Wording:
    return Wording(
        addressee=enterprise_name(case.enterprise),
        subject=_("(Number of the claim: %(number)s)") % {"number": case.number},
        paragraphs=paragraphs(*texts),
        signed_by=(authority(), team_name(case.claim.policy.team or case.team)),
    )


def accepted(case: Case) -> None:
    if case.claim.accepted_at is None:
        raise Refused(_("It has not been accepted yet."))


def acceptance_words(case: Case) -> Wording:
    """受理告知书: for how much, whether the money is reserved, until when."""
    claim = case.claim
    told = _("Your claim under “%(policy)s” for %(amount)s is accepted as of %(moment)s.") % {
        "policy": _policy(claim),
        "amount": money.money(claim.claimed_amount),
        "moment": moment_prose(claim.accepted_at),
    }
    waits = _("The budget has not enough left at present: the claim waits in its turn.")
    return _notice(case, told, waits if claim.waits_since else "", deadline(case))


def refused(case: Case) -> None:
    if not case.claim.refusal:
        raise Refused(_("It has not been refused."))


def refusal_words(case: Case) -> Wording:
    """不予支持告知书: reasons, and how to appeal."""
    claim = case.claim
    told = _("After examination, your claim under “%(policy)s” is not supported.") % {
        "policy": _policy(claim)
    }
    reasons = _("Reasons: %(reasons)s") % {"reasons": claim.reasons}
    remedies = _("How to appeal: %(remedies)s") % {"remedies": claim.remedies}
    return _notice(case, told, reasons, remedies)


def paid(case: Case) -> None:
    if not _payments(case):
        raise Refused(_("Nothing has been paid yet."))


def _payments(case: Case) -> list[tuple[int, str, str]]:
    account = getattr(case.claim, "account", None)
    if account is None:
        return []
    found = account.instalments.filter(paid_on__isnull=False).order_by("sequence")
    return [(one.sequence, money.money(one.amount), day_prose(one.paid_on)) for one in found if one.paid_on]


def payout_words(case: Case) -> Wording:
    """拨付通知书: what was approved, what was paid when, and to which account."""
    claim = case.claim
    told = _("%(amount)s were approved for your claim under “%(policy)s” and issued as %(document)s.") % {
        "amount": money.money(claim.account.approved_amount or claim.claimed_amount),
        "policy": _policy(claim),
        "document": claim.document_number,
    }
    parts = [
        _("Instalment %(n)s: %(amount)s, paid on %(day)s.") % {"n": n, "amount": amount, "day": day}
        for n, amount, day in _payments(case)
    ]
    account = claim.bank_account
    where = (
        _("To: %(holder)s, %(bank)s, %(account)s.")
        % {
            "holder": account.holder,
            "bank": account.bank,
            "account": account.masked,
        }
        if account is not None
        else ""
    )
    ask = _("Please confirm in the portal that the money is there. No receipt is needed.")
    return _notice(case, told, *parts, where, ask)


def _which_payments(case: Case) -> str:
    return str(len(_payments(case)))


DESK = ("handler", "heads", "section_heads")
LETTERS = (
    Letter(
        "acceptance",
        gettext_lazy("Notice of acceptance"),
        "兑受",
        who=DESK,
        words=acceptance_words,
        ready=accepted,
        tells=("enterprise",),
    ),
    Letter(
        "refusal",
        gettext_lazy("Notice that a claim is not supported"),
        "兑不",
        who=DESK,
        words=refusal_words,
        ready=refused,
        tells=("enterprise",),
    ),
    Letter(
        "payout",
        gettext_lazy("Notice of payment"),
        "兑付",
        who=DESK,
        words=payout_words,
        ready=paid,
        occasion=_which_payments,
        tells=("enterprise",),
    ),
)


def voucher_words(file: PaymentFile) -> Wording:
    """支付凭证: number, count, total in figures and in Chinese capitals, and the payments themselves."""
    release = getattr(file, "release", None)
    total = ngettext("%(count)s payment, %(total)s.", "%(count)s payments, %(total)s in all.", file.count) % {
        "count": file.count,
        "total": _exact(file.total_amount),
    }
    capitals = _("Amount in words: %(capitals)s") % {"capitals": money.capitals(file.total_amount)}
    people = _("Made by %(maker)s, %(at)s.") % {
        "maker": file.made_by.label,
        "at": moment_prose(file.made_at),
    }
    released = (
        _("Released by %(who)s, %(at)s.")
        % {"who": release.released_by.label, "at": moment_prose(release.released_at)}
        if release is not None
        else _("Not released yet.")
    )
    mark = _("SHA-256 of the file: %(sha256)s") % {"sha256": file.sha256}
    return Wording(
        addressee=_("Agent bank"),
        subject=_("(Payment plan %(month)s)") % {"month": f"{file.plan.month:%Y-%m}"} if file.plan else "",
        paragraphs=paragraphs(total, capitals, *_named(file), people, released, mark),
        signed_by=(authority(), team_name(finance_team()) or str(FINANCE_OFFICE.label)),
    )


def _exact(amount: Decimal) -> str:
    """As a bank writes it: to the cent."""
    return f"¥{amount:,.2f}"


def _named(file: PaymentFile) -> list[str]:
    """The payments, up to twenty; of more than that the list stands in the file."""
    if file.count > MOST_NAMED:
        return [_("The payments stand one by one in the attached list.")]
    return [
        f"{line.position}. {_exact(line.amount)} · {line.to_account.holder} · {line.to_account.bank} · "
        f"{line.to_account.masked.replace(' ', '')}"
        for line in file.lines.select_related("to_account").order_by("position")
    ]


def voucher(file: PaymentFile, *, now: datetime, language: str) -> bytes:
    """The voucher as PDF. Before its release it is marked as a preview."""
    from portal.cases.letters.layout import draw  # some 30 MB that most processes never need

    with translation.override(language):
        is_released = getattr(file, "release", None) is not None
        sheet = Sheet(
            wording=voucher_words(file),
            title=_("Payment voucher"),
            number=file.number,
            authority=authority(),
            red_head=False,
            dated=day_prose(local(file.made_at).date()),
            reference=file.number,
            address=settings.PORTAL_URL.rstrip("/") + reverse("funds:file_view", args=[file.pk]),
            language=language,
            made_at=now,
            watermark="" if is_released else _("PREVIEW"),
            note=_("Translation for information; the Chinese text is authoritative.")
            if language == ENGLISH
            else "",
        )
        return draw(sheet)

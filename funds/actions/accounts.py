"""The account of an enterprise: proposed by whoever acts for it, in use once the owner has confirmed it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from funds import matching
from funds.access import CLAIM, in_finance
from funds.models import BankAccount, Claim, Instalment, PaymentLine
from portal.accounts.models import User
from portal.cases import engine
from portal.cases.errors import NotAllowed, Refused
from portal.park.acting import Actor
from portal.park.models import Enterprise
from portal.trust import contacts

ON_ITS_WAY = (Instalment.State.SENT, Instalment.State.PAID, Instalment.State.CREDITED)


def named_account(enterprise: int, *, holder: str, bank: str, number: str) -> BankAccount:
    """The account of this number, holder and bank; a new one is in use at once only where there is none."""
    known = BankAccount.objects.filter(enterprise=enterprise, number=number, holder=holder, bank=bank)
    if (found := known.order_by("-active", "-pk").first()) is not None:
        return found
    is_first = not BankAccount.objects.filter(enterprise=enterprise, active=True).exists()
    return BankAccount.objects.create(
        enterprise_id=enterprise, holder=holder, bank=bank, number=number, active=is_first
    )


def take_into_use(account: BankAccount, *, by: User | None, now: datetime) -> None:
    """The owner stands for it: from now on it is the account of the enterprise."""
    others = BankAccount.objects.filter(enterprise=account.enterprise_id, active=True).exclude(pk=account.pk)
    others.update(active=False)
    account.active = True
    if account.confirmed_at is None:
        account.confirmed_by, account.confirmed_at = by, now
    account.save(update_fields=["active", "confirmed_by", "confirmed_at"])


def change_account(
    enterprise: int, *, holder: str, bank: str, number: str, by: Actor, now: datetime
) -> BankAccount:
    """Another account: in use at once when the owner names it, else once the owner, who is told, confirms it.

    Raises NotAllowed for who does not act for the enterprise, Refused for an agent who names the one in use.
    """
    if not by.may_act_for(enterprise, CLAIM):
        raise NotAllowed(_("Only who acts for the enterprise names its account."))
    with transaction.atomic():
        if not by.owns(enterprise):
            return _propose(enterprise, holder, bank, number, by, now)
        account = named_account(enterprise, holder=holder, bank=bank, number=number)
        _confirm(account, by, now)
    return account


def _propose(enterprise: int, holder: str, bank: str, number: str, by: Actor, now: datetime) -> BankAccount:
    """What an agent names waits for the owner; the same, named once more, is told once."""
    list(Enterprise.objects.select_for_update().filter(pk=enterprise))  # of two who propose, one waits
    of_ours = BankAccount.objects.filter(enterprise=enterprise)
    same = of_ours.filter(number=number, holder=holder, bank=bank)
    if same.filter(active=True, confirmed_at__isnull=False).exists():
        raise Refused(_("This account is in use already."))
    if (waiting := same.filter(confirmed_at=None).order_by("-active", "-pk").first()) is not None:
        return waiting
    is_first = not of_ours.filter(active=True).exists()
    made = BankAccount.objects.create(
        enterprise_id=enterprise, holder=holder, bank=bank, number=number, active=is_first
    )
    matching.tell_of_account(made, by.user, now)
    return made


def confirm_account(account: BankAccount, *, by: Actor, now: datetime) -> None:
    """Raises NotAllowed for everybody but the owner, Refused for what is no longer proposed."""
    if not by.owns(account.enterprise_id):
        raise NotAllowed(_("Only the owner of the enterprise confirms an account."))
    with transaction.atomic():
        held = BankAccount.objects.select_for_update().filter(pk=account.pk).first()
        if held is None or (held.active and held.confirmed_at is not None):
            raise Refused(_("This account is in use already."))
        _confirm(held, by, now)


def _confirm(account: BankAccount, by: Actor, now: datetime) -> None:
    """In use; and claims under way of which nothing is at the bank are paid there from now on."""
    open_claims = Claim.objects.filter(enterprise=account.enterprise_id, case__closed_at=None)
    moving = PaymentLine.objects.filter(state=PaymentLine.State.SENT).values("instalment__account")
    waiting = open_claims.exclude(pk__in=moving).exclude(bank_account=account)
    pks = list(waiting.order_by("pk").values_list("pk", flat=True))
    moves = [engine.lock(pk, by=by, now=now) for pk in pks]  # cases first, as everywhere
    take_into_use(account, by=by.user, now=now)
    Claim.objects.filter(pk__in=pks).update(bank_account=account)
    for move in moves:
        move.log("account_changed")
        move.save()


def read_number(claim: Claim, *, by: Actor, now: datetime) -> BankAccount:
    """The account of a claim with its whole number; that it was read, the enterprise sees.

    Raises NotAllowed outside of the finance office, Refused where there is none.
    """
    if not in_finance(by):
        raise NotAllowed(_("Whole account numbers are shown to the finance office only."))
    if claim.bank_account is None:
        raise Refused(_("No account is named yet."))
    contacts.note_read(claim.case, what="account", by=by, reason=_("Bank account"), now=now)
    return claim.bank_account

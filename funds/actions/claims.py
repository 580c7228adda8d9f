"""What the transitions of a claim write, and what must hold before them. Amounts in yuan."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from funds import matching
from funds.access import FINANCE_OFFICE, POLICY_WINDOW
from funds.actions import money
from funds.actions.accounts import named_account, take_into_use
from funds.actions.amounts import calculate
from funds.models import (
    BankAccount,
    Bar,
    Claim,
    ClaimAccount,
    ClaimPaper,
    Ground,
    Instalment,
    Objection,
    Policy,
    PolicyVersion,
)
from funds.models.claims import marks_of
from funds.reckoning import in_instalments
from portal.cases import engine
from portal.cases.errors import CaseError, Refused
from portal.cases.flow import ask_team
from portal.cases.models import Case
from portal.cases.move import Move
from portal.park import offices
from portal.park.models import Team
from portal.worktime.clock import Limit, Unit, local
from portal.worktime.now import now

PUBLIC_DAYS = 5  # working days (dossier, section 3, step 8)
# After the payment these tell what the money was used for (dossier, section 3, step 13).
REPORTED = (Policy.Delivery.REVIEWED, Policy.Delivery.PLEDGED)
_TOLD = {
    "funds_period_once": gettext_lazy(
        "The enterprise has a claim under this policy for this period already."
    ),
    "funds_excluded_policy": gettext_lazy(
        "The enterprise has a claim under a policy that excludes this one."
    ),
    "funds_ground_once": gettext_lazy(
        "This invoice, equipment, project or paper has been claimed for already."
    ),
}


def intake_team(_move: Move) -> Team:
    """The policy delivery window. Raises Refused where there is none."""
    team = offices.team_of(POLICY_WINDOW)
    if team is None:
        raise Refused(_("There is no policy delivery window: ask the administrator to name one."))
    return team


def claim_title(data: Any) -> str:
    return str(data["version"].policy.title)


def titles_of_policies(codes: Sequence[str]) -> dict[str, str]:
    """The policies of these codes under which one can begin a claim, each by its title."""
    return {policy.code: policy.label for policy in Policy.objects.filter(code__in=codes, active=True)}


def create_claim(move: Move) -> None:
    """The claim with papers, grounds and account, reckoned. Raises Refused for what is claimed already, and
    for who is barred."""
    not_barred(move.case)
    version: PolicyVersion = move.data["version"]
    _check_conditions(version, move)
    claim = Claim(
        case=move.case,
        enterprise=move.case.enterprise,
        policy=version.policy,
        version=version,
        budget_id=version.policy.budget_id,
        period=move.data["period"],
        base_amount=move.data.get("base_amount"),
        bank_account=_account_of(move),
    )
    calculate(claim, move.now)
    if not claim.calculated_amount:
        raise Refused(_("By the rules of this policy nothing comes out for what is claimed."))
    claim.claimed_amount = claim.calculated_amount
    try:
        with transaction.atomic():
            claim.save(force_insert=True)
            _keep_grounds(claim, move)
            _keep_papers(claim, move)
    except IntegrityError as error:
        raise Refused(_told(error)) from error


def _check_conditions(version: PolicyVersion, move: Move) -> None:
    """Raises Refused for what is certainly not met; and, where nobody applies, for what is not known."""
    criteria = matching.conditions_of(version)
    profile = matching.profile_of(move.case.enterprise_id or 0, local(move.now).date())
    if profile is None or not criteria:
        return
    lines = matching.evaluate(criteria, profile)
    verdict = matching.verdict_of(lines)
    automatic = version.policy.delivery == Policy.Delivery.AUTOMATIC
    if verdict == matching.Verdict.MET or (verdict == matching.Verdict.UNKNOWN and not automatic):
        return
    names = dict.fromkeys(str(line.fact.label) for line in lines if line.verdict == verdict)
    told = {"facts": _(", ").join(names)}
    if verdict == matching.Verdict.UNKNOWN:
        raise Refused(_("The park does not know enough yet: %(facts)s.") % told)
    raise Refused(_("The conditions of the policy are not met: %(facts)s.") % told)


def _told(error: IntegrityError) -> str:
    """What the database has against it, in words. Raises the error itself where there are none."""
    name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
    if name not in _TOLD:
        raise error
    return str(_TOLD[name])


def _keep_grounds(claim: Claim, move: Move) -> None:
    found = [
        Ground(claim=claim, kind=kind, mark=mark, amount=amount)
        for name, kind in (("invoices", Ground.Kind.INVOICE), ("equipment", Ground.Kind.EQUIPMENT))
        for mark, amount in move.data.get(name) or ()
    ]
    if number := "".join((move.data.get("project_number") or "").split()).upper():
        found.append(Ground(claim=claim, kind=Ground.Kind.PROJECT, mark=number))
    Ground.objects.bulk_create(found)


def _keep_papers(claim: Claim, move: Move) -> None:
    """Each as a material; what serves one claim only is a ground too, known by its bytes."""
    evidence: dict[str, None] = {}
    for material in claim.version.materials.all():
        if (document := move.data.get(f"paper_{material.pk}")) is not None:
            marks = marks_of(document)
            ClaimPaper.objects.create(claim=claim, material=material, document=document, mark=marks[0])
            engine.attach_in(move, document)
            if material.used_once:
                evidence |= dict.fromkeys(marks)
    Ground.objects.bulk_create(Ground(claim=claim, kind=Ground.Kind.DOCUMENT, mark=mark) for mark in evidence)


def _account_of(move: Move) -> BankAccount | None:
    """The account that is named, else the one in use."""
    enterprise, given = move.case.enterprise_id or 0, move.data
    if not given.get("number"):
        return BankAccount.objects.filter(enterprise=enterprise, active=True).first()
    return named_account(enterprise, holder=given["holder"], bank=given["bank"], number=given["number"])


# From the signature to the decision --------------------------------------------------------------------


def sign_claim(move: Move) -> None:
    """The owner signs: what was prepared is filed, and the account is confirmed."""
    claim: Claim = move.case.claim
    claim.signed_by_id, claim.signed_at = move.user_id, move.now
    claim.submitted_on = local(move.now).date()
    move.keep(claim)
    if claim.bank_account is not None:
        take_into_use(claim.bank_account, by=_user(move), now=move.now)


def bar_of(enterprise: int | None, on: date) -> Bar | None:
    """What keeps an enterprise from being paid on a day: 失信, 欠税, 环保, 安全; None: nothing."""
    bars = Bar.objects.filter(enterprise=enterprise, since_on__lte=on)
    return (bars.filter(until_on=None) | bars.filter(until_on__gte=on)).first()


def not_barred(case: Case) -> None:
    """Raises Refused while the enterprise is barred."""
    bar = bar_of(case.enterprise_id, local(now()).date())
    if bar is not None:
        told = {"kind": bar.get_kind_display(), "reason": bar.reason}
        raise Refused(_("The enterprise is barred: %(kind)s (%(reason)s).") % told)


def accept(move: Move) -> None:
    """受理: the money is reserved, or the claim waits in its turn; the policy department takes over."""
    claim: Claim = move.case.claim
    claim.accepted_at, claim.accepted_by_id = move.now, move.user_id
    move.keep(claim)
    if claim.policy.team is not None:
        move.route(claim.policy.team)
    _bind(move, claim)


def _bind(move: Move, claim: Claim) -> None:
    if money.reserve(claim, claim.calculated_amount or Decimal(0), by=_user(move), now=move.now):
        claim.waits_since = None
    else:
        claim.waits_since = claim.waits_since or move.now
        move.target = "waiting"
    move.keep(claim)


def _user(move: Move) -> Any:
    return move.by.user if move.by else None


def reserve_now(move: Move) -> None:
    """Its turn has come. Raises Refused while it has not."""
    claim: Claim = move.case.claim
    if not money.reserve(claim, claim.calculated_amount or Decimal(0), by=_user(move), now=move.now):
        raise Refused(_("There is not enough in the budget yet, or others wait before."))
    claim.waits_since = None
    move.keep(claim)


def serve_budgets(now: datetime) -> int:
    """Claims that wait for money have their turn, the longest waiting first; how many were served."""
    done = 0
    waiting = Claim.objects.filter(waits_since__isnull=False, case__step="waiting", case__closed_at=None)
    for budget in waiting.order_by().values_list("budget", flat=True).distinct():
        for claim in list(
            waiting.filter(budget=budget).order_by("waits_since", "pk").values_list("pk", flat=True)
        ):
            try:
                engine.perform(claim, "reserve", by=None, now=now)
            except CaseError:
                break
            done += 1
    return done


def review(move: Move) -> None:
    """初审: simple claims are decided by the department, reviewed ones go on to the joint review."""
    claim: Claim = move.case.claim
    claim.opinion, claim.reviewed_by_id = move.data["opinion"], move.user_id
    move.keep(claim)
    if claim.policy.delivery != Policy.Delivery.REVIEWED:
        move.target = "deciding"


def ask_part(move: Move) -> None:
    ask_team(move, move.data["team"], move.data["ask"])


def join(move: Move) -> None:
    """联审: what was found by all."""
    claim: Claim = move.case.claim
    claim.opinion = f"{claim.opinion}\n{move.data['opinion']}".strip()
    move.keep(claim)


def approve(move: Move) -> None:
    """审定: the amount is fixed, and made public where it was reviewed."""
    claim: Claim = move.case.claim
    money.approve(claim, move.data["amount"], by=_user(move), now=move.now)
    claim.approved_by_id, claim.approved_on = move.user_id, local(move.now).date()
    claim.minutes_number = move.data["minutes_number"]
    claim.reasons = move.data["reasons"]
    if move.target == "publicity":
        calendar, today = move.calendar, local(move.now).date()
        claim.public_from = today
        first = calendar.ordinal(calendar.receipt_day(move.now))
        claim.public_until = calendar.working_date(first + PUBLIC_DAYS)
    move.keep(claim)


def refuse(move: Move) -> None:
    """不予支持: with reasons and remedies; the money is free again."""
    claim: Claim = move.case.claim
    claim.refusal, claim.reasons = move.data["refusal"], move.data["reasons"]
    claim.remedies, claim.waits_since = move.data["remedies"], None
    claim.approved_on, claim.minutes_number = None, ""
    move.keep(claim)
    money.release(claim, by=_user(move), now=move.now)


def drop(move: Move) -> None:
    """Refused for good, or withdrawn: what it stood on can be claimed for anew."""
    claim: Claim = move.case.claim
    claim.live, claim.waits_since = False, None
    claim.approved_on, claim.minutes_number = None, ""
    move.keep(claim)
    Ground.objects.filter(claim=claim).update(live=False)
    money.release(claim, by=_user(move), now=move.now)


def decide_anew(move: Move) -> None:
    """An appeal that is right: reviewed again, by others, with money bound anew; of the next year, where its
    own has been closed meanwhile."""
    claim: Claim = move.case.claim
    claim.refusal, claim.reviewed_by_id, claim.approved_by_id = "", None, None
    if money.into_open_year(claim):
        move.log("budget_carried", year=claim.budget.year if claim.budget else None)
    _bind(move, claim)


# In public ---------------------------------------------------------------------------------------------


def object_to(move: Move) -> None:
    """异议: this line is held until it is answered; the others go on."""
    Objection.objects.create(
        claim=move.case.claim,
        name=move.data["name"],
        contact=move.data["contact"],
        text=move.data["text"],
        made_at=move.now,
    )


def _answer(move: Move, *, upheld: bool) -> Claim:
    claim: Claim = move.case.claim
    claim.objections.filter(upheld=None).update(
        upheld=upheld, answer=move.data["answer"], answered_at=move.now
    )
    return claim


def dismiss(move: Move) -> None:
    """The objection is answered; the line stays public as long as it had to, and goes on."""
    claim = _answer(move, upheld=False)
    today, until = local(move.now).date(), claim.public_until
    left = move.calendar.working_days_between(today, until) if until else 0
    if left < 1:
        move.target = "issuing"
    else:
        move.allow(Limit(Decimal(left), Unit.WORKING_DAY))


def uphold(move: Move) -> None:
    """The objection is right: decided anew."""
    claim = _answer(move, upheld=True)
    claim.public_from = claim.public_until = None
    claim.approved_by_id = None
    move.keep(claim)


# Until the money is there ------------------------------------------------------------------------------


def issue(move: Move) -> None:
    """下达: the instalments are frozen; from here on the claim lies with the finance office."""
    claim: Claim = move.case.claim
    claim.document_number = move.data["document_number"]
    move.keep(claim)
    money.hold_budgets([claim.budget_id])
    account = ClaimAccount.objects.select_for_update().get(claim=claim)
    today = local(move.now).date()
    parts = in_instalments(account.approved_amount or Decimal(0), claim.version.instalments)
    Instalment.objects.bulk_create(
        Instalment(account=account, sequence=n, amount=part, due_on=_years_on(today, n - 1))
        for n, part in enumerate(parts, start=1)
    )
    if (finance := offices.team_of(FINANCE_OFFICE)) is not None:
        move.route(finance)


def _years_on(day: date, years: int) -> date:
    """One instalment a year (proposal)."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def fix_account(move: Move) -> None:
    """The account is put right; what came back can be sent again."""
    claim: Claim = move.case.claim
    claim.bank_account = _account_of(move)
    move.keep(claim)
    if claim.bank_account is not None and move.by is not None and move.by.owns(move.case.enterprise_id):
        take_into_use(claim.bank_account, by=_user(move), now=move.now)
    money.hold_budgets([claim.budget_id])
    Instalment.objects.filter(account=claim.pk, state=Instalment.State.RETURNED).update(
        state=Instalment.State.COMMITTED
    )


def nothing_left(case: Case) -> None:
    """Raises Refused while an instalment is not paid."""
    ended = (Instalment.State.PAID, Instalment.State.CREDITED, Instalment.State.VOID)
    if Instalment.objects.filter(account=case.pk).exclude(state__in=ended).exists():
        raise Refused(_("Not everything is paid yet."))


def credit(move: Move) -> None:
    """到账: the enterprise says so, or says nothing for two working days."""
    claim: Claim = move.case.claim
    money.hold_budgets([claim.budget_id])
    today = local(move.now).date()
    Instalment.objects.filter(account=claim.pk, state=Instalment.State.PAID).update(
        state=Instalment.State.CREDITED, credited_on=today
    )
    if claim.policy.delivery not in REPORTED:
        move.target = "archived"


def report_use(move: Move) -> None:
    claim: Claim = move.case.claim
    claim.use_of_funds = move.data["use_of_funds"]
    move.keep(claim)

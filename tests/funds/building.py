"""What tests of funds begin with: offices and people, a budget, a published policy, a claim."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from funds.actions import begin_draft, money
from funds.models import Budget, Claim, PaymentFile, Policy, PolicyVersion
from portal.accounts.models import Duty, DutyGrant, User
from portal.cases import engine
from portal.cases.models import Case
from portal.park.models import Enterprise, Team
from portal.worktime.clock import local
from tests.people import MONDAY, actor, at, person, works_in

ACCOUNT = {"holder": "启明电源（示范）", "bank": "示范银行园区支行", "number": "6222000000001234"}
THEIRS = {**ACCOUNT, "holder": "云栖材料（示范）", "number": "6222000000005678"}


def make_office(park: SimpleNamespace) -> SimpleNamespace:
    """Window, department and finance office with their people, leaders, a budget of 1,000,000."""
    window = Team.objects.create(code="window_policy", name="政策兑现综合窗", kind="window")
    science = Team.objects.create(code="science", name="科创局", kind="department")
    finance = Team.objects.create(code="finance", name="财政金融", kind="finance")
    second = person("leader2")
    DutyGrant.objects.create(user=second, duty=Duty.LEADER)
    budget = Budget.objects.create(code="KJ2026", year=2026, name="科技创新奖补")
    money.appropriate(budget, Decimal(1_000_000), by=None, now=MONDAY)
    return SimpleNamespace(
        window=window,
        science=science,
        finance=finance,
        clerk=works_in(person("policy_clerk"), window),
        reviewer=works_in(person("reviewer"), science),
        head=works_in(person("science_head"), science, "head"),
        payer=works_in(person("payer"), finance),
        second_payer=works_in(person("second_payer"), finance),
        finance_head=works_in(person("finance_head"), finance, "head"),
        leader=park.leader,
        second_leader=second,
        budget=budget,
    )


def make_policy(office: SimpleNamespace, code: str = "RD", **changes: Any) -> PolicyVersion:
    """A published policy: 10 % of what was spent, up to 200,000 a claim."""
    of_policy = {
        "title": f"研发奖补 {code}",
        "level": "park",
        "kind": "reward",
        "delivery": "reviewed",
        "team": office.science,
        "budget": office.budget,
    }
    policy = Policy.objects.create(
        code=code, **{name: changes.pop(name, value) for name, value in of_policy.items()}
    )
    tiers, materials = changes.pop("tiers", ()), changes.pop("materials", ())
    criteria, once = changes.pop("criteria", ()), changes.pop("once", ())
    version = PolicyVersion.objects.create(
        policy=policy,
        number=1,
        made_at=MONDAY,
        **{
            "opens_on": "2026-01-01",
            "method": "rate",
            "base": "claimed",
            "rate": "0.10",
            "cap_amount": "200000",
            "period": "year",
            **changes,
        },
    )
    for tier in tiers:
        version.tiers.create(**tier)
    for position, name in enumerate(materials, start=1):
        version.materials.create(position=position, name=name, used_once=name in once)
    for position, (fact, operator, values, *group) in enumerate(criteria, start=1):
        version.criteria.create(
            position=position, fact=fact, operator=operator, values=values, group=group[0] if group else 0
        )
    version.published_at = MONDAY
    version.save()
    return version


def policy_of(team: Team, code: str = "OF") -> Policy:
    """A published policy of a department, with a draft that nobody has written yet."""
    office = SimpleNamespace(science=team, budget=None)
    published = make_policy(office, code, criteria=[("size", "in", ["small", "medium"])])
    begin_draft(published.policy, by=None, now=MONDAY)
    return published.policy


def claiming(version: PolicyVersion, **changes: Any) -> dict[str, Any]:
    """What an enterprise fills in."""
    return {
        "version": version.pk,
        "year": 2025,
        "base_amount": "1000000",
        "declared": "on",
        **ACCOUNT,
        **changes,
    }


def file_claim(
    park: SimpleNamespace,
    version: PolicyVersion,
    now: datetime = MONDAY,
    *,
    enterprise: Enterprise | None = None,
    signs: bool = True,
    **changes: Any,
) -> Case:
    """Filed and signed by the owner."""
    theirs = enterprise == park.theirs
    owner = park.rival if theirs else park.owner
    account = THEIRS if theirs else {}
    case = engine.open_case(
        "funds.claim",
        by=actor(owner),
        enterprise=enterprise or park.ours,
        data={**claiming(version), **account, **changes},
        now=now,
    )
    return do(owner, case, "sign", now) if signs else case


def do(user: User | None, case: Case | int, name: str, now: datetime = MONDAY, **data: Any) -> Case:
    return engine.perform(case, name, by=actor(user) if user else None, data=data, now=now)


REFUSAL: Mapping[str, Any] = {
    "refusal": "conditions",
    "reasons": "条件不符",
    "remedies": "十个工作日内可申诉",
}


def accepted(park: SimpleNamespace, office: SimpleNamespace, version: PolicyVersion, **more: Any) -> Case:
    return do(office.clerk, file_claim(park, version, **more), "accept")


def at_meeting(park: SimpleNamespace, office: SimpleNamespace, version: PolicyVersion, **more: Any) -> Case:
    case = accepted(park, office, version, **more)
    do(office.reviewer, case, "review", opinion="符合条件")
    return do(office.reviewer, case, "join", opinion="各部门同意")


def approved(
    park: SimpleNamespace,
    office: SimpleNamespace,
    version: PolicyVersion,
    amount: str = "100000",
    **more: Any,
) -> Case:
    case = at_meeting(park, office, version, **more)
    return do(office.leader, case, "approve", amount=amount, minutes_number="会纪〔2026〕1号")


def payable(
    park: SimpleNamespace,
    office: SimpleNamespace,
    version: PolicyVersion,
    amount: str = "100000",
    **more: Any,
) -> Case:
    """Issued: its instalments wait for a plan."""
    case = approved(park, office, version, amount, **more)
    engine.perform(case, "end_publicity", by=None, now=MONDAY)
    return do(office.reviewer, case, "issue", document_number="高新发〔2026〕8号")


def claim_of(case: Case) -> Claim:
    return Claim.objects.select_related("account").get(pk=case.pk)


def answers(file: PaymentFile, **returned: str) -> bytes:
    """What the bank sends back: everything is paid, but to the accounts that are named, with the reason."""
    on = max(MONDAY.date(), local(file.made_at).date())
    rows = ["业务编号,收款账号,金额,结果,日期,流水号,原因"]
    for line in file.lines.select_related("to_account"):
        number = line.to_account.number
        why = returned.get(number, "")
        rows.append(
            f"{file.number}-{line.position:05d},{number},{line.amount:.2f},"
            f"{'退票' if why else '成功'},{on},LS{line.pk},{why}"
        )
    return "\n".join(rows).encode("utf-8-sig")


__all__ = ["MONDAY", "REFUSAL", "at"]

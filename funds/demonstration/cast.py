"""Who and what the stories of claims share: policies of today, their budgets, people, and one claim.

Who claims and what is claimed is invented, and says so.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from funds import matching
from funds.access import CLAIM
from funds.actions import money
from funds.models import Budget, Claim, Criterion, Policy, PolicyVersion
from portal.cases import engine
from portal.cases.models import Case
from portal.demonstration import people, staging
from portal.demonstration.staging import Stage, Story
from portal.park.acting import Actor
from portal.park.models import Enterprise, Team
from portal.worktime.clock import local

WINDOW, LEADER, PLAN_LEADER = "window_policy.clerk", "leader.deputy", "leader.main"
BANK = "示范银行园区支行"
APPROPRIATED = 6_000_000
# Code, title, delivery, method, base amount or fixed amount, share, cap, department.
POLICIES: tuple[tuple[str, str, str, dict[str, Any], str], ...] = (
    (
        "SF-RD",
        "企业研发投入后补助（示范）",
        "reviewed",
        {"method": "rate", "base": "claimed", "rate": "0.1", "cap_amount": "500000"},
        "science",
    ),
    (
        "SF-HT",
        "高新技术企业认定奖励（示范）",
        "automatic",
        {"method": "fixed", "fixed_amount": "200000", "period": "once"},
        "science",
    ),
    (
        "SF-EX",
        "展会展位费补贴（示范）",
        "immediate",
        {"method": "rate", "base": "claimed", "rate": "0.5", "cap_amount": "40000"},
        "market",
    ),
    (
        "SF-IN",
        "中小企业贷款贴息（示范）",
        "pledged",
        {"method": "rate", "base": "claimed", "rate": "0.3", "cap_amount": "300000"},
        "development_reform",
    ),
)
SCARCE = "SF-SC"
# Conditions that the enterprises of the stories meet, but for one that nobody knows: the size of its reports.
CRITERIA: dict[str, tuple[tuple[str, str, list[str]], ...]] = {
    "SF-RD": (
        ("industry", "in", ["新能源与电工电气", "机器人与智能装备", "先进金属材料", "医疗器械及生物医药"]),
        ("settled_on", "before", ["2024-01-01"]),
    ),
    "SF-HT": (("is_high_tech", "is", ["true"]),),
    "SF-EX": (("size", "in", ["micro", "small", "medium"]),),
    "SF-IN": (("size", "in", ["micro", "small", "medium", "large"]), ("output_growth", "at_least", ["5"])),
    SCARCE: (("is_above_scale", "is", ["true"]),),
}
MATERIALS = {"项目情况说明": False, "费用明细及凭证": True}  # whether each serves one claim only


class Cast:
    """Who and what the stories share."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.enterprises = people.chosen_enterprises()
        self.teams = {team.code: team for team in Team.objects.all()}
        self._people: dict[str, Actor] = {}
        self._count = 0
        self._fitting: dict[str, list[Enterprise]] = {}
        self.versions = self._policies()

    def person(self, username: str) -> Actor:
        if username not in self._people:
            self._people[username] = staging.person(username)
        return self._people[username]

    def count(self) -> int:
        self._count += 1
        return self._count

    def claimant(self, policy: str, *, first: bool) -> Enterprise:
        """Another enterprise that meets the conditions for each claim under a policy; the first of all, which
        everybody signs in for, where a story says so."""
        known = self.enterprises[0]
        if policy not in self._fitting:
            criteria = list(self.versions[policy].criteria.all())
            self._fitting[policy] = [e for e in self.enterprises if self._fits(e, criteria)]
        if first and known in self._fitting[policy]:
            self._fitting[policy].remove(known)
            return known
        other = next(e for e in self._fitting[policy] if e != known)
        self._fitting[policy].remove(other)
        return other

    def _fits(self, enterprise: Enterprise, criteria: list[Criterion]) -> bool:
        profile = matching.profile_of(enterprise.pk, local(self.stage.present).date())
        if profile is None:
            return False
        lines = matching.evaluate([c for c in criteria if c.fact != "output_growth"], profile)
        return matching.verdict_of(lines) == matching.Verdict.MET

    def _policies(self) -> dict[str, PolicyVersion]:
        year, begun = local(self.stage.present).year, self.stage.day(70, "09:00")
        budget = self._budget(f"SF{year}", year, "惠企政策兑现（示范）", APPROPRIATED, begun)
        scarce = self._budget(f"SC{year}", year, "中试平台补助（示范）", 260_000, begun)
        rules = {"method": "rate", "base": "claimed", "rate": "0.2", "cap_amount": "200000"}
        found = {
            code: self._policy(code, title, delivery, told, team, budget, begun)
            for code, title, delivery, told, team in POLICIES
        }
        title = "中试平台建设补助（示范）"
        found[SCARCE] = self._policy(SCARCE, title, "pledged", rules, "science", scarce, begun)
        return found

    def _budget(self, code: str, year: int, name: str, amount: int, at: datetime) -> Budget:
        budget = Budget.objects.create(code=code, year=year, name=name, team=self.teams["finance"])
        money.appropriate(budget, Decimal(amount), by=None, now=at, note="年初预算（示范）")
        return budget

    def _policy(
        self,
        code: str,
        title: str,
        delivery: str,
        rules: dict[str, Any],
        team: str,
        budget: Budget,
        begun: datetime,
    ) -> PolicyVersion:
        policy = Policy.objects.create(
            code=code,
            title=title,
            level="park",
            kind="interest_discount" if code == "SF-IN" else "reward",
            delivery=delivery,
            team=self.teams[team],
            budget=budget,
        )
        version = PolicyVersion.objects.create(
            policy=policy,
            number=1,
            summary=f"{title.removesuffix('（示范）')}。示范政策，条件和标准均为虚构。",
            opens_on=min(date(local(self.stage.present).year, 1, 1), local(begun).date()),
            made_at=begun,
            **{"period": "year", **rules},
        )
        if delivery == "reviewed":
            for position, (name, once) in enumerate(MATERIALS.items(), start=1):
                version.materials.create(position=position, name=name, is_required=False, used_once=once)
        for position, (fact, operator, values) in enumerate(CRITERIA[code], start=1):
            version.criteria.create(position=position, fact=fact, operator=operator, values=values)
        version.published_at = begun
        version.save(update_fields=["published_at"])
        return version


class Asking:
    """One claim of a story: files it and lets people act on it."""

    def __init__(self, cast: Cast, policy: str, base: str = "", *, first: bool = False) -> None:
        self.cast, self.stage = cast, cast.stage
        self.number = cast.count()
        self.version = cast.versions[policy]
        self.base = base
        self.enterprise: Enterprise = cast.claimant(policy, first=first)
        self.owner = staging.owner_of(self.enterprise)
        self.case: Case | None = None

    @property
    def team(self) -> str:
        team = self.version.policy.team
        return team.code if team else ""

    @property
    def reviewer(self) -> Actor:
        return self.cast.person(f"{self.team}.clerk")

    @property
    def head(self) -> Actor:
        return self.cast.person(f"{self.team}.head")

    def file(self, by: Actor | None = None) -> None:
        data: dict[str, Any] = {
            "version": self.version.pk,
            "year": self.stage.present.year - 1,
            "declared": "on",
            "holder": self.enterprise.name,
            "bank": BANK,
            "number": f"62220000{self.enterprise.pk:010d}",
        }
        if self.base:
            data["base_amount"] = self.base
            data["invoices"] = f"SF{self.number:08d}, {self.base}"
        self.case = engine.open_case(
            CLAIM, by=by or self.owner, enterprise=self.enterprise, data=data, now=self.stage.now
        )

    def there(self) -> Case:
        if self.case is None:
            raise LookupError("the claim has not been filed")
        return self.case

    def do(self, name: str, by: Actor | None, /, **data: Any) -> None:
        engine.perform(self.there().pk, name, by=by, data=data, now=self.stage.now)

    # How far a claim has come. Days are working days before today.

    def received(self, before: int) -> Story:
        yield self.stage.day(before, "09:20")
        self.file()
        self.do("sign", self.owner)

    def accepted(self, before: int) -> Story:
        yield from self.received(before)
        yield self.stage.day(before - 1, "10:10")
        self.do("accept", self.cast.person(WINDOW), note="")

    def reviewed(self, before: int) -> Story:
        yield from self.accepted(before)
        yield self.stage.day(before - 4, "15:00")
        self.do("review", self.reviewer, opinion="凭证齐全，未发现重复申报，建议支持。（示范）")

    def at_meeting(self, before: int) -> Story:
        yield from self.reviewed(before)
        yield self.stage.day(before - 8, "16:00")
        self.do("join", self.reviewer, opinion="发改、税务和科技部门均无异议。（示范）")

    def approved(self, before: int) -> Story:
        """By the meeting, or by the head of the department."""
        claim = "reviewed" if self.version.policy.delivery == "reviewed" else ""
        yield from self.at_meeting(before) if claim else self.reviewed(before)
        yield self.stage.day(before - (11 if claim else 5), "11:00")
        amount = Claim.objects.get(pk=self.there().pk).calculated_amount
        if claim:
            told = {
                "amount": amount,
                "minutes_number": f"会纪〔{self.stage.now.year}〕{self.number}号（示范）",
            }
            self.do("approve", self.cast.person(LEADER), **told)
        else:
            self.do("decide", self.head, amount=amount)

    def issued(self, before: int) -> Story:
        yield from self.approved(before)
        waited = 18 if self.version.policy.delivery == "reviewed" else 6
        yield self.stage.day(before - waited, "10:30")
        number = f"高新兑现〔{self.stage.now.year}〕{self.number}号（示范）"
        self.do("issue", self.reviewer, document_number=number)

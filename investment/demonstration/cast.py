"""Who and what the stories of leads share: people, commissioned agents, invented investors, and one lead.

Who invests and in what is invented, and says so.
"""

from __future__ import annotations

from typing import Any

from investment.access import LEAD
from investment.forms.contracts import project_forms
from investment.models import Agent, Commitment, Criterion, Envoy
from portal.cases import engine
from portal.cases.models import Case
from portal.demonstration import names, staging
from portal.demonstration.staging import Stage, Story
from portal.park.acting import Actor
from portal.park.models import Team

LEADER, BUTLER = "leader.main", "enterprise_service.handler"
PANEL = ("science", "ecology", "emergency")
CODES = 60_000  # credit codes of enterprises that are founded here
# What is to be built, by the task force that takes it up; each is told once.
IDEAS: dict[str, tuple[str, ...]] = {
    "task_force_metal": ("镁合金轮毂", "铝型材深加工", "精密铸件", "钛合金紧固件"),
    "task_force_robot": ("协作机器人", "机器人控制器", "智能仓储装备", "力矩传感器"),
    "task_force_medical": ("医用导管", "影像设备部件", "可吸收敷料", "中药配方颗粒"),
    "task_force_digital": ("边缘计算服务器", "工业互联网平台", "车规级模组", "数字孪生实验室"),
    "task_force_new": ("钠离子电池", "充电设备", "电机铁芯", "储能变流器"),
    "task_force_6": ("新材料检测中心", "工业设计中心"),
    "task_force_7": ("冷链配送中心", "零部件集散中心"),
}
PARTNERS = ("晨川", "远拓", "立川", "衡岳", "楚航", "湘云", "启岳", "云麓", "瀚海", "盛航")


class Cast:
    """Who and what the stories share."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.teams = {team.code: team for team in Team.objects.all()}
        self._people: dict[str, Actor] = {}
        self._told: dict[str, int] = {}
        self.count = 0
        self.agents = self._agents()
        self.envoy = Envoy.objects.filter(ends_on=None, appointed_on__lt=stage.working_day(60)).first()

    def person(self, username: str) -> Actor:
        if username not in self._people:
            self._people[username] = staging.person(username)
        return self._people[username]

    def idea(self, team: str) -> str:
        """The next thing to be built that a task force hears of."""
        place = self._told[team] = self._told.get(team, -1) + 1
        return IDEAS[team][place % len(IDEAS[team])]

    def _agents(self) -> list[Agent]:
        year = self.stage.present.year
        told = (("华南", 6, 900_000_000), ("长三角", 5, 700_000_000))
        return [
            Agent.objects.create(
                number=f"WT{year}-{place:03d}",
                name=f"{region}产业招商服务（示范）有限公司",
                contract_number=f"招商委托〔{year}〕{place}号（示范）",
                starts_on=self.stage.working_day(220),
                ends_on=self.stage.working_day(-240),
                target_projects=projects,
                target_amount=amount,
                fee_terms="项目签约并开工后，按固定资产投资额的千分之二支付（示范）",
            )
            for place, (region, projects, amount) in enumerate(told, start=1)
        ]


class Leading:
    """One lead of a story: registers it and lets people act on it. `amount` in million yuan."""

    def __init__(self, cast: Cast, team: str, amount: int = 180, **facts: Any) -> None:
        self.cast, self.stage, self.team = cast, cast.stage, team
        cast.count += 1
        self.number, self.idea = cast.count, cast.idea(team)
        self.amount, self.facts = amount * 1_000_000, facts
        self.case: Case | None = None

    @property
    def head(self) -> Actor:
        return self.cast.person(f"{self.team}.head")

    @property
    def investor(self) -> str:
        return f"{PARTNERS[self.number % len(PARTNERS)]}{self.number}号投资（示范）有限公司"

    def there(self) -> Case:
        if self.case is None:
            raise LookupError("the lead has not been registered")
        return self.case

    def next(self, what: str, ahead: int = 4) -> dict[str, Any]:
        return {"next_action": f"{what}（示范）", "next_action_on": self.stage.working_day(-ahead)}

    def file(self, by: Actor | None = None) -> None:
        data = {
            "title": f"{self.idea}项目（示范）",
            "task_force": self.team,
            "investor_name": self.investor,
            "source": "task_force",
            "region": "广东",
            "industry": self.cast.teams[self.team].industry,
            "content": f"建设{self.idea}生产线，分两期投产。示范数据。",
            "investment_amount": self.amount,
            "land_mu": self.amount // 4_000_000,
            "load_kva": 1250,
            "heat": "B",
            **self.next("电话联系投资方"),
            **self.facts,
        }
        self.case = engine.open_case(LEAD, by=by or self.head, data=data, now=self.stage.now)

    def do(self, name: str, by: Actor | None = None, /, what: str = "跟进投资方", **data: Any) -> None:
        engine.perform(
            self.there().pk, name, by=by or self.head, data=self.next(what) | data, now=self.stage.now
        )

    def today(self) -> Any:
        return self.stage.now.date()

    # How far a lead has come: what ends in a step entered it so many working days ago.

    def contact(self, ago: int) -> Story:
        yield self.stage.day(ago + 1, "09:30")
        self.file(self.cast.person(self.facts.pop("by")) if "by" in self.facts else None)
        yield self.stage.day(ago, "10:00")
        self.do("accept")

    def pre_review(self, ago: int) -> Story:
        yield from self.contact(ago + 2)
        yield self.stage.day(ago, "15:00")
        note = "投资方有意扩产，已发送园区资料。（示范）"
        self.do("note_contact", held_on=self.today(), note=note, what="等待部门意见")

    def visits(self, ago: int) -> Story:
        yield from self.pre_review(ago + 4)
        yield self.stage.day(ago + 2, "10:30")
        self.give_opinions()
        yield self.stage.day(ago, "09:20")
        self.do("pre_review", what="安排考察")

    def give_opinions(self, *, leave: str = "") -> None:
        """The departments answer; of one who is left out an opinion is awaited.

        Of a confidential lead their heads know, and nobody else of them.
        """
        who = "head" if self.there().confidential else "clerk"
        for part in self.there().children.open().select_related("team", "opinion"):
            if part.opinion.about != leave:
                data = {"verdict": "agreed", "reason": "同意，请按规定办理后续手续。（示范）"}
                by = self.cast.person(f"{part.team.code}.{who}")
                engine.perform(part.pk, "give", by=by, data=data, now=self.stage.now)

    def negotiation(self, ago: int) -> Story:
        yield from self.visits(ago + 8)
        yield self.stage.day(ago, "16:00")
        self.do("report_visit", held_on=self.today(), report="已考察生产基地，设备先进。（示范）")

    def admission_review(self, ago: int) -> Story:
        yield from self.negotiation(ago + 12)
        yield self.stage.day(ago + 6, "11:00")
        self.do(
            "write_terms", text="用地约五十亩，分两期供地；投资强度不低于每亩四百万元。（示范）", change=""
        )
        yield self.stage.day(ago, "10:00")
        self.do("agree_terms", promises_checked="on", fair_competition="on")

    def convened(self, ago: int, panel: tuple[str, ...] = PANEL) -> Story:
        """In the admission review, with a panel that was called one day later."""
        yield from self.admission_review(ago)
        yield self.stage.day(ago - 1, "09:10")
        people = [self.cast.person(f"{code}.clerk").user.pk for code in panel]
        self.do("convene", reviewers=people, due_diligence="资信良好，无重大诉讼。（示范）")

    def score(self, share: float, *people: str) -> None:
        """Points of the people named, a share of what each line has."""
        lines = Criterion.objects.filter(active=True, is_veto=False)
        points = {f"line_{line.pk}": int(line.points * share) for line in lines}
        for part in self.sheets(*people):
            data = {**points, "no_interest": "on", "opinion": "同意准入。（示范）"}
            engine.perform(part.pk, "score", by=Actor(part.assignee), data=data, now=self.stage.now)

    def sheets(self, *people: str) -> list[Any]:
        found = self.there().children.open().filter(kind="investment.assessment")
        if people:
            found = found.filter(assignee__username__in=[f"{code}.clerk" for code in people])
        return list(found.select_related("assignee").order_by("pk"))

    def decision(self, ago: int) -> Story:
        yield from self.convened(ago + 5)
        yield self.stage.day(ago + 2, "14:00")
        self.score(0.85)
        yield self.stage.day(ago, "10:40")
        self.do("admit", opinion="评审通过。（示范）", no_interest="on")

    def signing(self, ago: int) -> Story:
        yield from self.decision(ago + 5)
        yield self.stage.day(ago, "17:00")
        minutes = "会议原则同意该项目入园。（示范）"
        self.do("decide", self.cast.person(LEADER), held_on=self.today(), minutes=minutes)

    def settlement(self, ago: int) -> Story:
        yield from self.signing(ago + 6)
        yield self.stage.day(ago, "15:30")
        day = self.stage.working_day
        self.do(
            "sign",
            contract_number=f"投资〔{self.stage.now.year}〕{self.number}号（示范）",
            signed_on=self.today(),
            investment_amount=self.amount,
            land_on=day(ago - 5),
            start_on=day(ago - 9),
            completion_on=day(ago - 180),
            production_on=day(ago - 240),
            tax=12_000_000,
            jobs=120,
        )

    def start(self, ago: int) -> Story:
        """Settled: the project is open. It stays in the settlement where the park knows no procedures."""
        yield from self.settlement(ago + 10)
        yield self.stage.day(ago + 4, "10:00")
        self.keep("land", day=self.stage.working_day(ago + 5))
        yield self.stage.day(ago, "11:20")
        procedure = project_forms(self.there(), self.head)[0].fields["procedure"].queryset.first()  # type: ignore[attr-defined]
        if procedure is None:
            return
        self.do(
            "settle",
            uscc=names.code(CODES + self.number),
            licence=f"湘潭{self.idea}（示范{self.number}）有限公司",
            settled_on=self.today(),
            site="示范片区三号地块",
            procedure=procedure.pk,
            leader=self.cast.person("leader.deputy").user.pk,
            butler=self.cast.person(BUTLER).user.pk,
            baseline_days=40,
        )

    def keep(self, kind: str, *, day: Any) -> None:
        """A duty was done."""
        duty = Commitment.objects.get(contract=self.there().pk, kind=kind)
        told = {"commitment": duty.pk, "done_on": day, "proof": "现场照片（示范）"}
        self.do("note_commitment", **told)

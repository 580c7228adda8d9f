"""Live requests for the demonstration park: every step, every light, every rung, relative to today."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from portal.cases import engine, papers
from portal.cases.models import Case
from portal.demonstration import history, people, register, staging
from portal.demonstration.staging import Stage, Story
from portal.demonstration.texts import TITLES
from portal.park.acting import Actor
from portal.park.models import Enterprise, Team
from stations import actions
from stations.forms import DeskFilingForm
from stations.models import Category, CategoryRoute, Station

KIND = "stations.request"
ROUTES = {
    Category.POLICY: "window_policy",
    Category.PROCEDURES: "enterprise_service",
    Category.LAND: "construction",
    Category.UTILITIES: "construction",
    Category.FINANCING: "finance",
    Category.LABOUR: "human_resources",
    Category.MARKET: "science",
    Category.TECHNOLOGY: "science",
    Category.TAX: "tax",
    Category.ENVIRONMENT_SAFETY: "ecology",
    Category.ARREARS_LEGAL: "legal",
    Category.CONDUCT: "discipline",
    Category.PROPERTY: "enterprise_service",
    Category.COMPANY_START: "window_start",
    Category.LANDING_OTHER: "task_force_new",
}
HANDLERS = {"construction": "handler", "enterprise_service": "handler", "task_force_new": "head"}
DESCRIPTION = (
    "{title}。该情况已持续一段时间，影响正常生产安排。希望驿站协助对接责任部门，"
    "明确办理时限和所需材料，并告知联系人。（示范数据）"
)
MILESTONES = ("审定迁改方案", "完成新线路架设", "停电接入并拆除旧线")
SEED = 7


class Request:
    """One request of a story: files it and lets people act on it."""

    def __init__(self, cast: Cast, category: str | None = None, **filing: Any) -> None:
        self.cast = cast
        self.stage = cast.stage
        self.number = cast.count()
        self.seed = random.Random(SEED * 1000 + self.number)  # noqa: S311 - invented data
        known = [key for key in TITLES if key != Category.CONDUCT]
        self.category = category or known[self.number % len(known)]
        self.station = filing.pop("station", history.STATIONS[self.number % len(history.STATIONS)])
        owners = filing.pop("of_owner", False)  # the enterprise of the first sign-in
        self.filing = filing
        self.enterprise = cast.enterprises[0 if owners else self.number % len(cast.enterprises)]
        self.owner = cast.owner(self.enterprise)
        self.team = ROUTES[Category(self.category)]
        self.case: Case | None = None

    # People --------------------------------------------------------------------------------------

    @property
    def steward(self) -> Actor:
        return self.cast.person(f"{self.station}.steward")

    @property
    def colleague(self) -> Actor:
        return self.cast.person(f"{self.station}.colleague")

    @property
    def handler(self) -> Actor:
        return self.cast.person(f"{self.team}.{HANDLERS.get(self.team, 'clerk')}")

    @property
    def head(self) -> Actor:
        return self.cast.person(f"{self.team}.head")

    # Acts ----------------------------------------------------------------------------------------

    def file(self, **more: Any) -> None:
        title = history.title(self.seed, self.category, self.stage.present.year)
        data: dict[str, Any] = {
            "category": self.category,
            "title": title,
            "description": DESCRIPTION.format(title=title),
            "grade": "normal",
            "station": self.cast.stations[self.station].pk,
            "contact_name": people.display_name(self.number + 40),
            "contact_phone": f"0731-5555 {2000 + self.number}",
            "contact_way": ("phone", "portal", "visit")[self.number % 3],
            "documents": [],
            **self.filing,
            **more,
        }
        if self.number % 4 == 0:
            data["documents"] = [self._photo()]
        self.case = engine.open_case(
            KIND, by=self.owner, enterprise=self.enterprise, data=data, now=self.stage.now
        )

    def take_call(self, title: str) -> None:
        """The enterprise phones, and its station files the request."""
        data = {
            "category": self.category,
            "title": title[:120],
            "description": "企业来电再次反映该情况，希望尽快处理，并补充：夜间影响更大。（示范数据）",
            "grade": "normal",
            "station": self.cast.stations[self.station].pk,
            "contact_name": people.display_name(self.number + 40),
            "contact_phone": f"0731-5555 {2000 + self.number}",
            "contact_way": "phone",
            "channel": "phone",
        }
        self.case = engine.open_case(
            KIND,
            by=self.steward,
            enterprise=self.enterprise,
            data=data,
            now=self.stage.now,
            form=DeskFilingForm,
        )

    def _photo(self) -> int:
        pdf = self.number % 8 == 0
        content = (
            staging.paper(f"Demonstration paper {self.number}") if pdf else staging.picture(self.number * 37)
        )
        upload = SimpleUploadedFile(f"示范材料{self.number}.{'pdf' if pdf else 'png'}", content)
        document = papers.store(
            upload,
            by=self.owner.user,
            now=self.stage.now,
            enterprise=self.enterprise,
            title="情况说明（示范）" if pdf else "现场照片（示范）",
        )
        return document.pk

    def do(self, name: str, by: Actor, **data: Any) -> None:
        engine.perform(self.there(), name, by=by, data=data, now=self.stage.now)

    def say(self, by: Actor, body: str, *, internal: bool = False) -> None:
        engine.comment(self.there(), by=by, data={"body": body, "internal": internal}, now=self.stage.now)

    def there(self) -> Case:
        if self.case is None:
            raise LookupError("the request has not been filed")
        return self.case

    def accept(self, grade: str = "normal") -> None:
        note = "已电话联系，情况属实。"
        self.do("accept", self.steward, category=self.category, grade=grade, contact_note=note)

    def dispatch(self, **more: Any) -> None:
        data: Mapping[str, Any] = {"team": self.cast.teams[self.team].pk, "note": "请按时限办理。", **more}
        self.do("dispatch", self.steward, **data)

    def plan(self, stages: Sequence[int] = ()) -> None:
        """Plan the handling; `stages` are milestones, so many working days ago or (negative) ahead."""
        plan = "1. 现场核实；2. 与责任单位会商；3. 书面答复企业。"
        told: dict[str, Any] = {}
        for n, (before, what) in enumerate(zip(stages, MILESTONES, strict=False), start=1):
            told |= {f"milestone_{n}_on": self.stage.working_day(before), f"milestone_{n}_what": what}
        self.do("plan", self.handler, plan=plan, **told)

    def report(self, result: str = "resolved", **more: Any) -> None:
        texts = {
            "resolved": "已协调责任单位处理完毕，现场复核正常。",
            "explained": "经核对现行规定，暂不符合条件，已当面说明并提供替代办法。",
            "planned": "已列入年度改造计划，按计划实施。",
        }
        self.do("report", self.handler, result=result, result_text=texts[result], **more)

    def until_handling(
        self, filed: datetime, grade: str = "normal", stages: Sequence[int] = ()
    ) -> Iterator[datetime]:
        """From filing to handling, within three hours."""
        yield filed
        self.file()
        for minutes, act in (
            (25, self._accept_as(grade)),
            (50, self.dispatch),
            (95, self._sign),
            (160, lambda: self.plan(stages)),
        ):
            yield filed + timedelta(minutes=minutes)
            act()

    def _accept_as(self, grade: str) -> Any:
        return lambda: self.accept(grade)

    def _sign(self) -> None:
        self.do("sign", self.handler)


class Cast:
    """Who and what the stories share."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.enterprises = people.chosen_enterprises()
        self.teams = {team.code: team for team in Team.objects.all()}
        self.stations = {s.team.code: s for s in Station.objects.select_related("team")}
        self._people: dict[str, Actor] = {}
        self._owners: dict[int, Actor] = {}
        self._count = 0

    def person(self, username: str) -> Actor:
        if username not in self._people:
            self._people[username] = staging.person(username)
        return self._people[username]

    def owner(self, enterprise: Enterprise) -> Actor:
        if enterprise.pk not in self._owners:
            self._owners[enterprise.pk] = staging.owner_of(enterprise)
        return self._owners[enterprise.pk]

    def count(self) -> int:
        self._count += 1
        return self._count


@register
def live_requests(now: datetime) -> int:
    """Play the stories; how many requests there are."""
    from stations import demonstration_stories

    for category, code in ROUTES.items():
        team = Team.objects.filter(code=code).first()
        if team is not None:
            CategoryRoute.objects.get_or_create(category=category, defaults={"team": team})
    stage = Stage(now, beside=[actions.remind_by_day])
    demonstration_stories.tell_all(Cast(stage))
    return stage.play()


__all__ = ["Cast", "Request", "Story", "live_requests"]

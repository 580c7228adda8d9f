"""Live projects for the demonstration park: every step, every light and every clock, relative to today."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from approvals import actions
from approvals.access import PROJECT
from approvals.forms import DeskProjectForm
from approvals.models import Assistance, Permit, Pledge, Procedure
from portal.cases import engine, papers
from portal.cases.flow import CO_HANDLING
from portal.cases.models import Case
from portal.demonstration import people, register, staging
from portal.demonstration.staging import Stage, Story
from portal.park.acting import Actor
from portal.park.models import Enterprise, Team
from portal.worktime.clock import local

# What a project makes → the industry of who makes it, as the ledger of enterprises has it.
TRADES = {
    "电机|储能|线束|传感器": "新能源与电工电气",
    "机器人|减速机|轴承|水泵|水表": "机器人与智能装备",
    "合金|铸件|表面": "先进金属材料",
    "医用|试剂": "医疗器械及生物医药",
}
# Who handles what comes to a team, where it is not its clerk.
HANDLERS = {"construction": "handler", "enterprise_service": "handler"}
WINDOW, SERVICE_CENTRE = "window_project", "enterprise_service"
FACTS = {
    "land_mu": "42.50",
    "floor_area_m2": "26800",
    "energy_tce": "620",
    "surveyor": "示范勘察院",
    "designer": "示范建筑设计院",
    "contractor": "示范建设工程公司",
    "site_supervisor": "示范工程监理公司",
}
OPINION = "经审查，材料齐全，符合法定条件，建议准予。（示范）"


class Site:
    """One project of a story: opens it and lets people act on it and on its permits."""

    def __init__(self, cast: Cast, name: str, procedure: str, **facts: Any) -> None:
        self.cast, self.stage = cast, cast.stage
        self.number = cast.count()
        self.name, self.procedure, self.facts = name, procedure, facts
        self.enterprise = cast.enterprise_for(name)
        self.owner = cast.owner(self.enterprise)
        self.case: Case | None = None
        # Who files: the enterprise, or the agent that it has authorised.
        self.filer = self.owner

    # What there is -------------------------------------------------------------------------------

    def there(self) -> Case:
        if self.case is None:
            raise LookupError("the project has not been opened")
        return self.case

    def permit(self, key: str) -> Permit:
        """The youngest permit of an item, as it now stands."""
        found = Permit.objects.filter(project=self.there().pk, place__key=key).order_by("-sequence")
        return found.select_related("case__team", "item__team").first() or self._missing(key)

    def _missing(self, key: str) -> Permit:
        raise LookupError(f"{self.name}: “{key}” is not open")

    def child(self, kind: str) -> Case:
        """The youngest case of a kind beside or below the project's permits."""
        return Case.objects.filter(parent=self.there().pk, kind=kind).order_by("-pk")[0]

    # Acts ----------------------------------------------------------------------------------------

    def do(self, name: str, by: Actor, case: Case | int | None = None, **data: Any) -> Case:
        target = self.there() if case is None else case
        return engine.perform(target, name, by=by, data=data, now=self.stage.now)

    def data(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "procedure": self.cast.procedures[self.procedure],
            "investment_amount": str((60 + 35 * self.number) * 1_000_000),
            "is_new_construction": "on" if self.procedure != "expansion" else "",
            "site_address": f"湘潭高新区示范路 {self.number * 8} 号",
            **FACTS,
            **self.facts,
        }

    def open(self) -> None:
        """The enterprise describes its project."""
        self.case = engine.open_case(
            PROJECT, by=self.owner, enterprise=self.enterprise, data=self.data(), now=self.stage.now
        )

    def open_at_desk(self, by: Actor, **more: Any) -> None:
        """The window or a task force opens it for the enterprise."""
        self.case = engine.open_case(
            PROJECT,
            by=by,
            enterprise=self.enterprise,
            data={"baseline_days": 40, **self.data(), **more},
            now=self.stage.now,
            form=DeskProjectForm,
        )

    def sign(self, **promises: Any) -> None:
        today = local(self.stage.now).date()
        self.do("sign", self.desk, signed_on=today, **promises)

    def file(self, *keys: str, lacking: dict[str, date] | None = None, **more: Any) -> None:
        """File permits with every paper that they need. `lacking`: material → the day that is pledged."""
        for key in keys:
            permit = self.permit(key)
            data: dict[str, Any] = dict(more)
            for material in permit.item.materials.all():
                if lacking and material.name in lacking:
                    data[f"pledge_{material.pk}"] = lacking[material.name]
                else:
                    data[f"paper_{material.pk}"] = self.cast.paper(self, material.name)
            self.do("submit", self.filer, permit.case_id, **data)

    def accept(self, *keys: str) -> None:
        for key in keys:
            self.do("accept", self.cast.person(f"{WINDOW}.clerk"), self.permit(key).case_id)

    def review(self, *keys: str) -> None:
        for key in keys:
            permit = self.permit(key)
            self.do("review", self.cast.handler(permit.item.team), permit.case_id, opinion=OPINION)

    def reply(self, key: str, *, besides: str = "") -> None:
        """The other departments answer for their parts, all but the one named."""
        parts = self.permit(key).case.children.filter(kind=CO_HANDLING, closed_at=None)
        for part in parts.exclude(team__code=besides).select_related("team"):
            self.do("reply", self.cast.handler(part.team), part, reply="现场核验合格，同意通过。（示范）")

    def grant(self, *keys: str) -> None:
        for key in keys:
            permit = self.permit(key)
            self.do("grant", self.cast.head(permit.item.team), permit.case_id, grounds="")

    def issue(self, *keys: str) -> None:
        for key in keys:
            permit = self.permit(key)
            self.do("issue", self.cast.handler(permit.item.team), permit.case_id)

    # Stretches of a story: working days before today ------------------------------------------------

    @property
    def desk(self) -> Actor:
        """Who holds the project: the task force that was named for it, else the window."""
        code = self.there().team.code
        return self.cast.person(f"{code}.head" if code.startswith("task_force") else f"{code}.clerk")

    def opened(self, days: int) -> Iterator[datetime]:
        """The first talk."""
        yield self.stage.day(days, "09:10")
        self.open()

    def contract(self, days: int, *, alone: bool = True, **promises: Any) -> Iterator[datetime]:
        """The contract. `alone`: after the visit the enterprise files itself."""
        yield self.stage.day(days, "09:30")
        self.sign(**promises)
        if alone:
            yield self.stage.day(days, "14:30")
            self.visited()
            yield self.stage.day(days, "16:45")
            self.do("decline", self.owner, self.assistance().case_id)

    def signed(self, opened: int, signed: int, *, alone: bool = True, **promises: Any) -> Iterator[datetime]:
        """From the first talk to the contract."""
        yield from self.opened(opened)
        yield from self.contract(signed, alone=alone, **promises)

    def accepted(self, days: int, *keys: str, **filing: Any) -> Iterator[datetime]:
        """Filed in the morning, taken in before noon."""
        yield self.stage.day(days, "09:50")
        self.file(*keys, **filing)
        yield self.stage.day(days, "11:20")
        self.accept(*keys)

    def decided(self, days: int, *keys: str) -> Iterator[datetime]:
        """Reviewed, granted by somebody else, the certificates issued: one afternoon."""
        yield self.stage.day(days, "14:30")
        self.review(*keys)
        yield self.stage.day(days, "15:40")
        self.grant(*keys)
        yield self.stage.day(days, "16:30")
        self.issue(*keys)

    def granted(self, filed: int, decided: int, *keys: str, **filing: Any) -> Iterator[datetime]:
        yield from self.accepted(filed, *keys, **filing)
        yield from self.decided(decided, *keys)

    def built(self, signed: int, **promises: Any) -> Iterator[datetime]:
        """An extension with all it needs before its acceptance; it takes 30 working days."""
        yield from self.signed(signed + 8, signed, **promises)
        yield from self.granted(signed - 1, signed - 1, "filing")
        yield from self.accepted(signed - 2, "environment", "water", "supply", "scheme")
        yield from self.decided(signed - 4, "water", "scheme")
        yield from self.granted(signed - 5, signed - 7, "works_permit")
        yield from self.accepted(signed - 8, "drawings")
        yield from self.decided(signed - 9, "environment", "supply")
        yield from self.decided(signed - 11, "drawings")
        yield from self.granted(signed - 12, signed - 13, "construction")

    def completed(self, signed: int, **promises: Any) -> Iterator[datetime]:
        """An extension with all its certificates."""
        yield from self.built(signed, **promises)
        yield from self.granted(signed - 28, signed - 30, "survey")
        yield from self.accepted(signed - 31, "acceptance")
        yield self.stage.day(signed - 32, "15:10")
        self.reply("acceptance")
        yield from self.decided(signed - 34, "acceptance")
        yield from self.granted(signed - 35, signed - 36, "completion")
        yield from self.granted(signed - 36, signed - 37, "registration")

    # What stands beside the permits -----------------------------------------------------------------

    def assistance(self) -> Assistance:
        return Assistance.objects.get(project=self.there().pk, ended_at=None)

    def visited(self) -> None:
        """The service centre was there and has named who files."""
        agent = self.cast.person(f"{SERVICE_CENTRE}.handler")
        self.do(
            "record_visit",
            agent,
            self.assistance().case_id,
            visited_on=local(self.stage.now).date(),
            visit_note="上门讲解审批全流程、所需材料和可以并联、容缺的事项。（示范）",
            agent=agent.user.pk,
        )

    def pledge(self, material: str) -> Case:
        return Pledge.objects.get(permit__project=self.there().pk, paper__material__name=material).case


class Cast:
    """Who and what the stories share."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.enterprises = people.chosen_enterprises()
        self.teams = {team.code: team for team in Team.objects.all()}
        self.procedures = dict(Procedure.objects.values_list("code", "pk"))
        self._people: dict[str, Actor] = {}
        self._owners: dict[int, Actor] = {}
        self._papers: dict[tuple[int, str], int] = {}
        self._taken: set[int] = set()
        self._count = 0

    def person(self, username: str) -> Actor:
        if username not in self._people:
            self._people[username] = staging.person(username)
        return self._people[username]

    def handler(self, team: Team) -> Actor:
        return self.person(f"{team.code}.{HANDLERS.get(team.code, 'clerk')}")

    def head(self, team: Team) -> Actor:
        return self.person(f"{team.code}.head")

    def owner(self, enterprise: Enterprise) -> Actor:
        if enterprise.pk not in self._owners:
            self._owners[enterprise.pk] = staging.owner_of(enterprise)
        return self._owners[enterprise.pk]

    def enterprise_for(self, project: str) -> Enterprise:
        """One of the trade, as long as there is one without a project; the first story has the first."""
        free = [e for e in self.enterprises if e.pk not in self._taken] or self.enterprises
        trade = next((trade for words, trade in TRADES.items() if re.search(words, project)), "")
        fitting = [e for e in free if e.industry == trade] or free
        self._taken.add(fitting[0].pk)
        return fitting[0]

    def count(self) -> int:
        self._count += 1
        return self._count

    def paper(self, site: Site, title: str) -> int:
        """A paper of the enterprise, given once and used wherever it is asked for."""
        key = site.enterprise.pk, title
        if key not in self._papers:
            number = len(self._papers)
            # As a picture: looking into a PDF takes a process of its own, and there are two hundred.
            upload = SimpleUploadedFile(f"{title}（示范）.png", staging.picture(41 * number + number // 6))
            self._papers[key] = papers.store(
                upload, by=site.owner.user, now=self.stage.now, enterprise=site.enterprise, title=title
            ).pk
        return self._papers[key]

    def ahead(self, days: int) -> date:
        """A calendar day so many days from the present."""
        return local(self.stage.present).date() + timedelta(days=days)


@register
def live_projects(now: datetime) -> int:
    """Play the stories; how many there are."""
    from approvals import demonstration_stories

    # Half a year of history: a look in the morning and one in the evening are enough.
    stage = Stage(now, beside=[actions.open_reviews], sweeps=staging.TWICE_A_DAY)
    demonstration_stories.tell_all(Cast(stage))
    return stage.play()


__all__ = ["Cast", "Site", "Story", "live_projects"]

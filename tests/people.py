"""The small park that tests live in: named people in their teams, and moments that do not move."""

from __future__ import annotations

from datetime import datetime
from types import SimpleNamespace
from typing import Any

from portal.accounts.models import Duty, DutyGrant, User
from portal.cases import engine
from portal.cases.models import Case
from portal.park.acting import Actor
from portal.park.models import Agency, Enterprise, Membership, Team
from portal.worktime.clock import ZONE
from stations.models import CategoryRoute, Station

PASSWORD = "a-long-test-password"
USCCS = ("91350100M000100Y43", "91430300MA4L16JQ9B")


def at(text: str) -> datetime:
    """A local moment: "2026-11-16 09:00"."""
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=ZONE)


MONDAY = at("2026-11-16 09:00")


def person(name: str, **fields: Any) -> User:
    user = User(username=name, display_name=name.title(), **fields)
    user.set_password(PASSWORD)
    user.save()
    return user


def actor(user: User) -> Actor:
    """A person as of now: memberships are read afresh."""
    return Actor(user)


def works_in(user: User, team: Team, role: str = "member") -> User:
    Membership.objects.create(user=user, team=team, role=role)
    return user


def uscc(body: str) -> str:
    """A valid credit code from its first 17 characters."""
    from stdnum.cn import uscc as numbers

    return body + numbers.calc_check_digit(body)


def make_park() -> SimpleNamespace:
    """Two enterprises, two stations, a department, offices, and one person for each role."""
    ours = Enterprise.objects.create(
        uscc=uscc("91430300MA4L16JQ9"), name="启明电源（示范）", industry="电池", size="medium",
        longitude="112.912000", latitude="27.871000",
    )  # fmt: skip
    theirs = Enterprise.objects.create(
        uscc=uscc("91430300MA4L16JQ8"), name="云栖材料（示范）", industry="材料", size="small"
    )
    team = {
        code: Team.objects.create(code=code, name=name, kind=kind)
        for code, name, kind in (
            ("jinrong", "金荣驿站", "station"),
            ("zhongnan", "中南驿站", "station"),
            ("development", "开发建设局", "department"),
            ("enterprise_service", "企业服务中心", "department"),
            ("supervision", "督查室", "supervision"),
            ("discipline", "纪检监察", "supervision"),
        )
    }
    leader = person("leader")
    DutyGrant.objects.create(user=leader, duty=Duty.LEADER)
    Team.objects.filter(code="development").update(leader=leader)
    team["development"].refresh_from_db()
    stations = {}
    for n, code in enumerate(("jinrong", "zhongnan")):
        stations[code] = Station.objects.create(
            team=team[code], address="示范路 1 号", longitude=f"112.9{n}0000", latitude="27.870000",
            opens_at="08:30", closes_at="17:30", phone="0731-5555 0101",
        )  # fmt: skip
    CategoryRoute.objects.create(category="utilities", team=team["development"])
    people = {
        "owner": person("owner", email="owner@example.com"),
        "agent": person("agent"),
        "rival": person("rival"),
        "steward": works_in(person("steward", email="steward@example.com"), team["jinrong"]),
        "colleague": works_in(person("colleague"), team["jinrong"]),
        "station_head": works_in(person("stationhead"), team["jinrong"], "head"),
        "other_steward": works_in(person("otherstew"), team["zhongnan"]),
        "handler": works_in(person("handler"), team["development"]),
        "section_head": works_in(person("sectionhead"), team["development"], "section_head"),
        "head": works_in(person("head"), team["development"], "head"),
        "service": works_in(person("service"), team["enterprise_service"]),
        "supervisor": works_in(person("supervisor"), team["supervision"]),
        "inspector": works_in(person("inspector"), team["discipline"]),
        "second_inspector": works_in(person("inspector2"), team["discipline"]),
        "administrator": person("administrator"),
        "auditor": person("auditor"),
        "leader": leader,
    }
    for name, duty in (
        ("supervisor", Duty.SUPERVISOR),
        ("inspector", Duty.DISCIPLINE),
        ("administrator", Duty.ADMINISTRATOR),
        ("auditor", Duty.AUDITOR),
    ):
        DutyGrant.objects.create(user=people[name], duty=duty)
    Agency.objects.create(user=people["owner"], enterprise=ours, role="owner")
    Agency.objects.create(user=people["agent"], enterprise=ours, role="agent")
    Agency.objects.create(user=people["rival"], enterprise=theirs, role="owner")
    return SimpleNamespace(ours=ours, theirs=theirs, team=team, stations=stations, **people)


def filing(park: SimpleNamespace, **changes: Any) -> dict[str, Any]:
    """What an enterprise fills in."""
    return {
        "category": "utilities",
        "title": "车间停电",
        "description": "三号车间昨晚起停电",
        "grade": "normal",
        "station": park.stations["jinrong"].pk,
        "contact_name": "示范联系人",
        "contact_phone": "0731-5555 0101",
        "contact_way": "phone",
        **changes,
    }


def file_request(park: SimpleNamespace, now: datetime = MONDAY, **changes: Any) -> Case:
    return engine.open_case(
        "stations.request", by=actor(park.owner), enterprise=park.ours, data=filing(park, **changes), now=now
    )


def accept(park: SimpleNamespace, case: Case, now: datetime, grade: str = "normal") -> Case:
    data = {"category": "utilities", "grade": grade}
    return engine.perform(case, "accept", by=actor(park.steward), data=data, now=now)


def handled(park: SimpleNamespace, now: datetime = MONDAY, **changes: Any) -> Case:
    """A request that the department is handling: accepted, dispatched, signed and planned at `now`."""
    case = accept(park, file_request(park, now, **changes), now)
    team = park.team["development"].pk
    engine.perform(case, "dispatch", by=actor(park.steward), data={"team": team}, now=now)
    engine.perform(case, "sign", by=actor(park.handler), now=now)
    return engine.perform(case, "plan", by=actor(park.handler), data={"plan": "抢修"}, now=now)


def reported(park: SimpleNamespace, now: datetime = MONDAY, result: str = "resolved", **more: Any) -> Case:
    case = handled(park, now)
    data = {"result": result, "result_text": "已恢复供电", **more}
    return engine.perform(case, "report", by=actor(park.handler), data=data, now=now)


def closed(park: SimpleNamespace, now: datetime = MONDAY) -> Case:
    case = reported(park, now)
    engine.perform(case, "confirm", by=actor(park.owner), now=now)
    return engine.perform(case, "verify", by=actor(park.colleague), now=now)

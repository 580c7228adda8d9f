"""The small park that tests live in: named people in their teams, and moments that do not move."""

from __future__ import annotations

from datetime import datetime
from types import SimpleNamespace
from typing import Any

from django.contrib.auth.hashers import make_password

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


STAFF = (
    ("steward", "steward", "jinrong", "member"),
    ("colleague", "colleague", "jinrong", "member"),
    ("station_head", "stationhead", "jinrong", "head"),
    ("other_steward", "otherstew", "zhongnan", "member"),
    ("handler", "handler", "development", "member"),
    ("section_head", "sectionhead", "development", "section_head"),
    ("head", "head", "development", "head"),
    ("service", "service", "enterprise_service", "member"),
    ("supervisor", "supervisor", "supervision", "member"),
    ("inspector", "inspector", "discipline", "member"),
    ("second_inspector", "inspector2", "discipline", "member"),
)
OTHERS = ("leader", "owner", "agent", "rival", "administrator", "auditor")
MAIL = ("owner", "steward")
DUTIES = (
    ("leader", Duty.LEADER),
    ("supervisor", Duty.SUPERVISOR),
    ("inspector", Duty.DISCIPLINE),
    ("administrator", Duty.ADMINISTRATOR),
    ("auditor", Duty.AUDITOR),
)


def make_people() -> dict[str, User]:
    """By the name that tests know them by. One statement, and one password: every test begins with this."""
    password = make_password(PASSWORD)
    names = {name: name for name in OTHERS} | {name: sign_in for name, sign_in, _team, _role in STAFF}
    people = {
        name: User(
            username=sign_in, display_name=sign_in.title(), password=password,
            email=f"{name}@example.com" if name in MAIL else "",
        )
        for name, sign_in in names.items()
    }  # fmt: skip
    User.objects.bulk_create(people.values())
    return people


def make_park() -> SimpleNamespace:
    """Two enterprises, two stations, a department, offices, and one person for each role."""
    ours, theirs = Enterprise.objects.bulk_create(
        [
            Enterprise(
                uscc=uscc("91430300MA4L16JQ9"), name="启明电源（示范）", industry="电池", size="medium",
                longitude="112.912000", latitude="27.871000",
            ),
            Enterprise(uscc=uscc("91430300MA4L16JQ8"), name="云栖材料（示范）", industry="材料", size="small"),
        ]
    )  # fmt: skip
    people = make_people()
    team = {
        code: Team(
            code=code, name=name, kind=kind, leader=people["leader"] if code == "development" else None
        )
        for code, name, kind in (
            ("jinrong", "金荣驿站", "station"),
            ("zhongnan", "中南驿站", "station"),
            ("development", "开发建设局", "department"),
            ("enterprise_service", "企业服务中心", "department"),
            ("supervision", "督查室", "supervision"),
            ("discipline", "纪检监察", "supervision"),
        )
    }
    Team.objects.bulk_create(team.values())
    stations = {
        code: Station(
            team=team[code], address="示范路 1 号", longitude=f"112.9{n}0000", latitude="27.870000",
            opens_at="08:30", closes_at="17:30", phone="0731-5555 0101",
        )
        for n, code in enumerate(("jinrong", "zhongnan"))
    }  # fmt: skip
    Station.objects.bulk_create(stations.values())
    CategoryRoute.objects.create(category="utilities", team=team["development"])
    Membership.objects.bulk_create(
        Membership(user=people[name], team=team[code], role=role) for name, _sign_in, code, role in STAFF
    )
    DutyGrant.objects.bulk_create(DutyGrant(user=people[name], duty=duty) for name, duty in DUTIES)
    Agency.objects.bulk_create(
        [
            Agency(user=people["owner"], enterprise=ours, role="owner"),
            Agency(user=people["agent"], enterprise=ours, role="agent"),
            Agency(user=people["rival"], enterprise=theirs, role="owner"),
        ]
    )
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

"""The invented people of the demonstration park: everybody's name begins with 示范 (demonstration)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from django.contrib.auth.hashers import make_password
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import Duty, DutyGrant, User
from portal.demonstration.names import TRADES
from portal.park.models import Agency, Enterprise, Membership, Team

PASSWORD = "demo-park-2024"  # noqa: S105 - known to everybody on purpose; demonstration accounts only
ENTERPRISES = 16  # that have somebody who signs in
FIRST_INDUSTRY = "新能源与电工电气"

_FAMILY = "陈李王张刘周黄吴赵彭谭罗肖邓曾胡唐蒋何袁"
_GIVEN = "明静伟芳磊敏涛丽强娟勇艳军洁峰萍波倩斌琳超慧鹏颖辉雪凯婷浩悦"

MEMBER, SECTION, HEAD = Membership.Role.MEMBER, Membership.Role.SECTION_HEAD, Membership.Role.HEAD
STATIONS = ("jinrong", "zhongnan", "xinsong", "jiajiamei", "station_5", "station_6", "station_7")
FULL_DEPARTMENTS = ("construction", "enterprise_service")
DEPARTMENTS = (
    "science",
    "natural_resources",
    "ecology",
    "housing",
    "development_reform",
    "tax",
    "human_resources",
    "market",
    "emergency",
    "legal",
)
WINDOWS = ("window_project", "window_policy", "window_start")
TASK_FORCES = (
    "task_force_metal",
    "task_force_robot",
    "task_force_medical",
    "task_force_digital",
    "task_force_new",
    "task_force_6",
    "task_force_7",
)


@dataclass(frozen=True)
class Person:
    """Somebody who signs in. `role` is set for those whom the sign-in page offers."""

    username: str
    role: str | Promise = ""
    teams: Sequence[tuple[str, str]] = ()
    duties: Sequence[str] = ()
    agencies: Sequence[tuple[int, str]] = field(default=())  # place of the enterprise, role


def people() -> Iterator[Person]:
    """Everybody, those whom the sign-in page offers first."""
    yield from _enterprise_people()
    yield from _shown_staff()
    for station in STATIONS:
        yield from _staff(station, (("steward", MEMBER), ("colleague", MEMBER), ("head", HEAD)))
    yield Person("jinrong.section", teams=[("jinrong", SECTION)])
    for department in FULL_DEPARTMENTS:
        kinds = (("handler", MEMBER), ("colleague", MEMBER), ("section", SECTION), ("head", HEAD))
        yield from _staff(department, kinds)
    for code in (*DEPARTMENTS, *WINDOWS, "finance"):
        yield from _staff(code, (("clerk", MEMBER), ("head", HEAD)))
    for code in TASK_FORCES:
        yield from _staff(code, (("head", HEAD),))
    yield Person("task_force_metal.member", teams=[("task_force_metal", MEMBER)])
    yield Person("supervision.clerk", teams=[("supervision", MEMBER)], duties=[Duty.SUPERVISOR])
    yield Person("discipline.clerk", teams=[("discipline", MEMBER)], duties=[Duty.DISCIPLINE])
    for number in range(2, ENTERPRISES):
        yield Person(f"owner.{number + 1:02d}", agencies=[(number, Agency.Role.OWNER)])


def _enterprise_people() -> Iterator[Person]:
    owner, agent = Agency.Role.OWNER, Agency.Role.AGENT
    yield Person("owner", _("Enterprise: owner"), agencies=[(0, owner)])
    yield Person("agent", _("Enterprise: agent for two enterprises"), agencies=[(0, agent), (1, agent)])
    yield Person("owner.02", agencies=[(1, owner)])


def _shown_staff() -> Iterator[Person]:
    yield Person("jinrong.steward", _("Station steward"), [("jinrong", MEMBER)])
    yield Person("jinrong.colleague", _("Station: second steward"), [("jinrong", MEMBER)])
    yield Person("jinrong.head", _("Head of a station"), [("jinrong", HEAD)])
    yield Person("construction.handler", _("Department: handler"), [("construction", MEMBER)])
    yield Person("construction.section", _("Department: section head"), [("construction", SECTION)])
    yield Person("construction.head", _("Head of a department"), [("construction", HEAD)])
    yield Person(
        "enterprise_service.handler", _("Enterprise service centre"), [("enterprise_service", MEMBER)]
    )
    yield Person("window_project.clerk", _("Window clerk"), [("window_project", MEMBER)])
    yield Person("task_force_metal.head", _("Task force leader"), [("task_force_metal", HEAD)])
    yield Person("finance.clerk", _("Finance officer"), [("finance", MEMBER)])
    yield Person("bank.officer", _("Bank officer"), [("bank_demo", MEMBER)])
    yield Person("leader.deputy", _("Park leader in charge"), duties=[Duty.LEADER])
    yield Person("leader.main", _("Park leader"), duties=[Duty.LEADER])
    yield Person("supervisor", _("Supervision office"), [("supervision", HEAD)], [Duty.SUPERVISOR])
    yield Person("discipline", _("Discipline inspection"), [("discipline", HEAD)], [Duty.DISCIPLINE])
    yield Person("administrator", _("System administrator"), duties=[Duty.ADMINISTRATOR])
    yield Person("auditor", _("Auditor"), duties=[Duty.AUDITOR])


def _staff(code: str, roles: Sequence[tuple[str, str]]) -> Iterator[Person]:
    for name, role in roles:
        yield Person(f"{code}.{name}", teams=[(code, role)])


def everybody() -> list[Person]:
    """Each person once, in order."""
    found: dict[str, Person] = {}
    for person in people():
        found.setdefault(person.username, person)
    return list(found.values())


def display_name(number: int) -> str:
    """The invented name of the person with this number."""
    family, given = (
        _FAMILY[number % len(_FAMILY)],
        _GIVEN[(number * 7 + number // len(_FAMILY)) % len(_GIVEN)],
    )
    return f"示范·{family}{given}"


def chosen_enterprises() -> list[Enterprise]:
    """The enterprises whose people sign in: invented ones that make something, in the park before 2024."""
    makers = [trade.industry for trade in TRADES if trade.manufacturing]
    rows = Enterprise.objects.exclude(tags__contains=["报道提及"]).filter(settled_on__year__lt=2024)
    found = list(rows.filter(industry__in=makers).exclude(size="micro").order_by("uscc"))
    # The first one is the enterprise of the key project: electric motors.
    first = next((row for row in found if row.industry == FIRST_INDUSTRY), None)
    return sorted(found, key=lambda row: row != first)[:ENTERPRISES]


def create() -> int:
    """Make whoever is missing, with memberships, duties and agencies; the number made."""
    known = set(User.objects.values_list("username", flat=True))
    password = make_password(PASSWORD)  # once: a hash costs a fifth of a second by design
    made = [
        User(
            username=person.username,
            display_name=display_name(number),
            display_name_en=f"Demo {person.username.replace('.', ' ').replace('_', ' ').title()}",
            phone=f"0731-5555 {1000 + number}",
            password=password,
            is_demonstration=True,
        )
        for number, person in enumerate(everybody())
        if person.username not in known
    ]
    User.objects.bulk_create(made)
    _connect()
    return len(made)


def _connect() -> None:
    users = {user.username: user for user in User.objects.filter(is_demonstration=True)}
    teams = {team.code: team for team in Team.objects.all()}
    enterprises = chosen_enterprises()
    memberships, grants, agencies = [], [], []
    for person in everybody():
        user = users[person.username]
        memberships += [
            Membership(user=user, team=teams[code], role=role) for code, role in person.teams if code in teams
        ]
        grants += [DutyGrant(user=user, duty=duty) for duty in person.duties]
        agencies += [
            Agency(user=user, enterprise=enterprises[place], role=role)
            for place, role in person.agencies
            if place < len(enterprises)
        ]
    Membership.objects.bulk_create(memberships, ignore_conflicts=True)
    DutyGrant.objects.bulk_create(grants, ignore_conflicts=True)
    Agency.objects.bulk_create(agencies, ignore_conflicts=True)
    in_charge = (*STATIONS, *FULL_DEPARTMENTS, "science", "window_project")
    Team.objects.filter(leader=None, code__in=in_charge).update(leader=users["leader.deputy"])
    Team.objects.filter(leader=None).update(leader=users["leader.main"])

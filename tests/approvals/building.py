"""A small construction office beside the people of `tests.people`: an early start in three phases."""

from __future__ import annotations

from datetime import datetime
from types import SimpleNamespace
from typing import Any

from approvals import actions
from approvals.models import ComprehensiveWindow, Intake, Material, Part, Permit, Procedure, ServiceItem
from portal.accounts.models import User
from portal.cases import engine
from portal.cases.models import Case
from portal.park.models import Team
from tests.approvals.catalogue import make_item
from tests.people import MONDAY, actor, person, works_in

# key, item, stage, working days, what it waits for, phase
STEPS: tuple[tuple[str, str, str, int | None, str, int], ...] = (
    ("filing", "GD-003", "land", None, "", 0),
    ("land_use", "GD-008", "land", 1, "filing", 0),
    ("scheme", "KG-006", "construction", 3, "land_use", 0),
    ("works", "KG-007", "construction", 2, "scheme", 0),
    ("drawings", "KG-008", "construction", 3, "works", 0),
    ("pit", "KG-012", "construction", 1, "land_use", 1),
    ("cellar", "KG-012", "construction", 1, "pit works", 2),
    ("above", "KG-012", "construction", 1, "cellar drawings", 3),
    ("acceptance", "JG-002", "completion", 4, "above", 0),
)
NAMES = {"KG-012": "建筑工程施工许可", "JG-002": "联合验收", "GD-003": "企业投资项目备案"}


def make_office(park: SimpleNamespace) -> SimpleNamespace:
    """The window with its clerk, the task force with its people, the fire brigade, and the procedure."""
    window_team, _new = Team.objects.get_or_create(
        code="window_project", defaults={"name": "项目帮代办综合窗", "kind": "window"}
    )
    task_force = Team.objects.create(code="task_force", name="新材料专班", kind="task_force")
    fire = Team.objects.create(code="fire", name="消防部门", kind="department")
    clerk = works_in(person("clerk"), window_team)
    works_in(person("windowhead"), window_team, "head")
    officer = works_in(person("officer"), task_force)
    fireman = works_in(person("fireman"), fire)
    window, _new = ComprehensiveWindow.objects.get_or_create(
        code="window_project",
        defaults={"name": "项目帮代办综合窗", "kind": "project_assistance", "team": window_team},
    )
    items: dict[str, ServiceItem] = {}
    known = {item.code: item for item in ServiceItem.objects.all()}
    for _key, code, stage, _days, _awaits, _phase in STEPS:
        if code not in items:
            items[code] = known.get(code) or make_item(
                code, name=NAMES.get(code, code), stage=stage, ends_total=code == "KG-012",
                certificate=f"{NAMES.get(code, code)}证",
            )  # fmt: skip
            Intake.objects.get_or_create(window=window, item=items[code])
    Part.objects.create(item=items["JG-002"], team=fire, ask="消防验收意见")
    procedure = Procedure.objects.create(
        code="early-3", name="拿地即开工（三期）", mode="land_to_construction", phases=3, promised_days=15
    )
    draft = actions.begin_draft(procedure, by=None, now=MONDAY)
    rows = [
        ({"key": key, "item": items[code], "days": days, "phase": phase}, awaits.split())
        for key, code, _stage, days, awaits, phase in STEPS
    ]
    actions.publish_version(actions.fill_draft(draft, rows), by=None, note="", now=MONDAY)
    return SimpleNamespace(
        window_team=window_team, task_force=task_force, fire=fire, clerk=clerk, officer=officer,
        fireman=fireman, window=window, items=items, procedure=procedure,
    )  # fmt: skip


def project_data(office: SimpleNamespace, **changes: Any) -> dict[str, Any]:
    return {
        "name": "年产五万吨电磁线项目",
        "procedure": office.procedure.pk,
        "investment_amount": "500000000",
        "is_new_construction": "on",
        "site_address": "示范大道 8 号",
        **dict.fromkeys(("surveyor", "designer", "contractor", "site_supervisor"), "示范建设公司"),
        **changes,
    }


def open_project(
    park: SimpleNamespace,
    office: SimpleNamespace,
    now: datetime = MONDAY,
    *,
    theirs: bool = False,
    **changes: Any,
) -> Case:
    data = project_data(office, **changes)
    owner, enterprise = (park.rival, park.theirs) if theirs else (park.owner, park.ours)
    return engine.open_case("approvals.project", by=actor(owner), enterprise=enterprise, data=data, now=now)


def signed(
    park: SimpleNamespace, office: SimpleNamespace, now: datetime = MONDAY, *, theirs: bool = False
) -> Case:
    """A project whose contract is signed: its first permits can be filed."""
    case = open_project(park, office, now, theirs=theirs)
    data = {"signed_on": now.date().isoformat()}
    return engine.perform(case, "sign", by=actor(office.clerk), data=data, now=now)


def permit(case: Case, key: str) -> Permit:
    """The youngest permit of an item of the project."""
    found = Permit.objects.filter(project=case.pk, place__key=key).order_by("-sequence").first()
    assert found is not None, f"{key} is not open"
    return found


def do(user: User, case: Case | int, name: str, now: datetime, **data: Any) -> Case:
    return engine.perform(case, name, by=actor(user), data=data, now=now)


def submitted(park: SimpleNamespace, case: Case, key: str, now: datetime, **data: Any) -> Permit:
    found = permit(case, key)
    owner = park.owner if case.enterprise_id == park.ours.pk else park.rival
    do(owner, found.case_id, "submit", now, **data)
    return permit(case, key)


def accepted(
    park: SimpleNamespace, office: SimpleNamespace, case: Case, key: str, now: datetime, **data: Any
) -> Permit:
    found = submitted(park, case, key, now, **data)
    do(office.clerk, found.case_id, "accept", now)
    return permit(case, key)


def decided(
    park: SimpleNamespace, office: SimpleNamespace, case: Case, key: str, at: datetime, until: datetime
) -> Permit:
    """Filed and accepted at one moment, reviewed and granted at another."""
    found = accepted(park, office, case, key, at)
    for child in found.case.children.filter(closed_at=None):
        do(office.fireman, child, "reply", until, reply="合格")
    do(park.handler, found.case_id, "review", until, opinion="符合条件")
    do(park.head, found.case_id, "grant", until, grounds="")
    return permit(case, key)


def material(office: SimpleNamespace, code: str, name: str, *, key: bool = True) -> Material:
    item = office.items[code]
    return Material.objects.create(item=item, position=item.materials.count() + 1, name=name, is_key=key)


def certified(park: SimpleNamespace, office: SimpleNamespace, case: Case, key: str, now: datetime) -> Permit:
    """Granted, and the certificate is out."""
    found = decided(park, office, case, key, now, now)
    do(park.handler, found.case_id, "issue", now)
    return permit(case, key)

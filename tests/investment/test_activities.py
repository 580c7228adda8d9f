"""招商活动: planned, held, reported within three working days; on a lead, on a list, in and out by ledger."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import translation

from investment.access import ACTIVITY
from investment.actions import activities, idling
from investment.forms import ChangePlanForm, ReportForm
from investment.models import Activity
from portal.accounts.models import User
from portal.cases import engine
from portal.cases.access import visible_to
from portal.cases.errors import Conflict, Invalid, NotAllowed, Refused
from portal.cases.models import Case
from portal.ledgers.declaration import LEDGERS
from portal.ledgers.exporting import export_path
from portal.ledgers.importing import import_path
from tests.investment.leading import act, bring_to, make_task_forces, register_lead
from tests.kernel.test_races import together
from tests.people import MONDAY, actor, at, make_park

pytestmark = pytest.mark.django_db
TRIP = {
    "kind": "trip",
    "place": "深圳、东莞",
    "purpose": "拜访电机企业",
    "begins_on": "2026-11-18",
    "ends_on": "2026-11-20",
}


@pytest.fixture
def forces(park: SimpleNamespace) -> SimpleNamespace:
    return make_task_forces(park)


def plan(forces: SimpleNamespace, by: User | None = None, now: Any = MONDAY, **more: Any) -> Case:
    data = {**TRIP, "task_force": forces.first.pk, **more}
    return engine.open_case(ACTIVITY, by=actor(by or forces.member), data=data, now=now)


def test_a_trip_gets_its_batch_waits_for_its_report_and_is_reported(forces: SimpleNamespace) -> None:
    lead = register_lead(forces.member, forces.first)
    first, second = plan(forces, members=[forces.head.pk]), plan(forces, begins_on="2026-12-01", ends_on="")
    other_year = plan(forces, begins_on="2027-01-05", ends_on="")
    batches = dict(Activity.objects.values_list("case", "batch"))
    assert batches == {first.pk: 1, second.pk: 2, other_year.pk: 1}
    with pytest.raises(Refused):
        act(forces.member, first, "report", summary="早了")
    assert activities.hold(at("2026-11-19 16:45")) == 0
    assert [activities.hold(at("2026-11-20 16:45")), activities.hold(at("2026-11-20 16:50"))] == [1, 0]
    first.refresh_from_db()
    assert (first.step, first.due_at) == ("to_report", at("2026-11-25 17:30"))
    told = {
        "summary": "两家有意落户", "calls": "甲电机（示范）：愿意考察\n乙电机（示范）", "leads": [lead.pk],
        "position": "22.543100, 114.057900", "leader_count": "1", "cost": "12800.50",
    }  # fmt: skip
    first = act(forces.member, first, "report", at("2026-11-23 10:00"), **told)
    done = Activity.objects.get(pk=first.pk)
    assert (first.outcome, done.cost, done.latitude) == (
        "reported",
        Decimal("12800.50"),
        Decimal("22.543100"),
    )
    assert list(done.calls.values_list("company", "outcome")) == [
        ("甲电机（示范）", "愿意考察"),
        ("乙电机（示范）", ""),
    ]
    lead.lead.refresh_from_db()
    assert lead.lead.last_action_at == at("2026-11-23 10:00")
    assert lead.events.filter(verb="note_activity").exists()
    with pytest.raises(Conflict):
        act(forces.member, first, "report", at("2026-11-23 10:01"), **told)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"place": ""}, "place"),
        ({"ends_on": "2026-11-17"}, "ends_on"),
        ({"kind": "visit"}, "investor_name"),
        ({"begins_on": "1626-01-01"}, "begins_on"),
        ({"kind": "party"}, "kind"),
    ],
)
def test_a_plan_that_cannot_be(forces: SimpleNamespace, wrong: dict[str, str], field: str) -> None:
    with pytest.raises(Invalid) as error:
        plan(forces, **wrong)
    assert field in error.value.form.errors


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"position": "nowhere"}, "position"),
        ({"position": "95,10"}, "position"),
        ({"position": "NaN,NaN"}, "position"),
        ({"calls": "\n".join(["一家"] * 41)}, "calls"),
        ({"calls": "长" * 121}, "calls"),
        ({"cost": "-1"}, "cost"),
        ({"summary": ""}, "summary"),
    ],
)
def test_a_report_that_cannot_be(forces: SimpleNamespace, wrong: dict[str, str], field: str) -> None:
    case = plan(forces, begins_on="2026-11-16", ends_on="")
    with pytest.raises(Invalid) as error:
        act(forces.member, case, "report", **{"summary": "好", **wrong})
    assert field in error.value.form.errors


def test_nobody_reports_for_others_nor_on_leads_of_others(forces: SimpleNamespace) -> None:
    case = plan(forces, begins_on="2026-11-16", ends_on="")
    theirs = register_lead(forces.rival, forces.second)
    with pytest.raises(NotAllowed):
        act(forces.rival, case, "report", summary="不是我的")
    with pytest.raises(Invalid):
        act(forces.member, case, "report", summary="好", leads=[theirs.pk])
    with pytest.raises(NotAllowed):
        plan(forces, by=forces.park.steward)
    with pytest.raises(Invalid):
        plan(forces, by=forces.rival)  # for a task force that is not theirs
    assert not visible_to(actor(forces.rival)).filter(pk=case.pk).exists()


def test_an_activity_keeps_a_lead_from_idling(forces: SimpleNamespace) -> None:
    lead = bring_to(forces, register_lead(forces.member, forces.first), "contact")
    case = plan(forces, kind="visit", investor_name="星野材料（示范）", begins_on="2026-12-10", ends_on="")
    act(forces.member, case, "report", at("2026-12-10 15:00"), summary="见了总经理", leads=[lead.pk])
    assert idling.tend(at("2026-12-21 08:35")) == 0


def test_a_lead_is_born_of_an_activity(forces: SimpleNamespace) -> None:
    visit = plan(forces, kind="visit", investor_name="星野材料（示范）", begins_on="2026-11-16", ends_on="")
    client = Client()
    client.force_login(forces.member)
    address = f"/investment/leads/new/?activity={visit.number}"
    assert address in client.get(f"/cases/{visit.pk}/").content.decode()
    shown = client.get(address).context["form"]
    assert (shown["born_of"].initial, shown["investor_name"].initial) == (visit.pk, "星野材料（示范）")
    lead = register_lead(forces.member, forces.first, born_of=visit.pk)
    act(forces.member, visit, "report", summary="新线索一条")  # which nobody chose once more
    assert list(visit.activity.leads.values_list("pk", "born_of")) == [(lead.pk, visit.pk)]
    assert visit.title in client.get(f"/cases/{lead.pk}/").content.decode()
    client.force_login(forces.rival)
    assert client.get(address).context["form"].initial == {}
    with pytest.raises(Invalid):
        register_lead(forces.rival, forces.second, born_of=visit.pk, investor_name="另一家（示范）")


def test_of_many_leads_the_report_offers_those_of_the_investor_first(
    forces: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("investment.forms.activities.MOST_LEADS", 2)
    leads = [
        register_lead(forces.member, forces.first, at(f"2026-11-16 09:0{n}"), investor_name=name)
        for n, name in enumerate(("甲（示范）", "乙（示范）", "丙（示范）"))
    ]
    visit = plan(forces, kind="visit", investor_name="甲（示范）", begins_on="2026-11-16", ends_on="")
    form = ReportForm(case=visit, actor=actor(forces.member), bound=False)
    assert [pk for pk, _label in form.fields["leads"].choices] == [leads[0].pk, leads[2].pk]
    act(forces.member, visit, "report", summary="好", leads=[leads[1].pk])  # by its number elsewhere
    assert visit.activity.leads.get().pk == leads[1].pk


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_plan_is_changed_from_what_it_is(forces: SimpleNamespace, language: str) -> None:
    with translation.override(language):
        form = ChangePlanForm(case=plan(forces), actor=actor(forces.member), bound=False)
        assert 'value="2026-11-18"' in str(form["begins_on"])  # as a field of a day wants it


def test_a_plan_changes_and_is_called_off_with_a_reason(forces: SimpleNamespace) -> None:
    case = plan(forces)
    case = act(forces.member, case, "change", **TRIP | {"begins_on": "2027-02-02", "ends_on": "2027-02-04"})
    activity = Activity.objects.get(pk=case.pk)
    assert (activity.begins_on, activity.batch) == (date(2027, 2, 2), 1)
    with pytest.raises(Invalid):
        act(forces.member, case, "call_off")
    assert act(forces.member, case, "call_off", reason="对方改期").outcome == "called_off"


@pytest.mark.django_db(transaction=True)
def test_two_trips_planned_at_one_moment_have_two_numbers(filled_calendar: None) -> None:
    forces = make_task_forces(make_park())
    together(lambda: plan(forces), lambda: plan(forces))
    assert sorted(Activity.objects.values_list("batch", flat=True)) == [1, 2]


def test_pages_show_what_lies_ahead_and_every_activity_once(forces: SimpleNamespace) -> None:
    client = Client()
    client.force_login(forces.member)
    given = {
        **TRIP,
        "task_force": forces.first.pk,
        "begins_on": "2099-01-05",
        "ends_on": "",
        "token": str(uuid4()),
    }
    for _twice in range(2):
        client.post("/investment/activities/new/", given)
    made = Case.objects.get(kind=ACTIVITY)
    for n in range(30):
        plan(forces, begins_on="2026-12-01", ends_on="", purpose=f"第{n}次")
    first = client.get("/investment/activities/")
    assert made.title in first.content.decode()
    second = client.get("/investment/activities/" + first.context["later"])
    keys = [row[0].pk for page in (first, second) for row in page.context["rows"]]
    assert (len(keys), len(set(keys))) == (31, 31)
    assert client.get("/investment/activities/?after=x,1&kind=party&since=never").status_code == 200
    shown = client.get(f"/cases/{made.pk}/").content.decode()
    assert "第 1 批" in shown
    client.force_login(forces.park.steward)
    assert client.get("/investment/activities/new/").status_code == 403


HEADER = "number,kind,task_force_code,held_on,place,investor_name,lead_number,leader_count,summary"


def bring_in(folder: Path, *lines: str) -> Any:
    """A ledger of these lines comes in; what became of them."""
    (folder / "activities.csv").write_text("\n".join((HEADER, *lines, "")), encoding="utf-8")
    report = import_path(folder / "activities.csv")
    assert report.written, report.problems
    return report.counts["activities"]


def test_out_and_in_again_is_the_same(forces: SimpleNamespace, tmp_path: Path) -> None:
    lead = register_lead(forces.member, forces.first)
    lines = (
        "number,kind,task_force_code,held_on,place,investor_name,lead_number,leader_count,summary\n"
        f"A1,trip,tf_metal,2024-03-12,深圳,,{lead.number},2,两家有意\n"
        "A2,拜访,tf_robot,2024-04-01,,甲企业（示范）,,,\n"
    )
    (tmp_path / "activities.csv").write_text(lines, encoding="utf-8")
    assert import_path(tmp_path / "activities.csv").written
    plan(forces)  # what lies ahead goes into no ledger
    first, second = tmp_path / "first", tmp_path / "second"
    export_path(first, ledgers=["activities"])
    report = import_path(first)
    assert report.counts["activities"].unchanged == 2
    export_path(second, ledgers=["activities"])
    assert (first / "activities.csv").read_bytes() == (second / "activities.csv").read_bytes()
    moved = lines.replace("2024-03-12", "2024-03-13").replace("两家", "三家")
    (tmp_path / "activities.csv").write_text(moved, encoding="utf-8")
    assert import_path(tmp_path / "activities.csv").written
    changed = Activity.objects.get(case__number="A1")
    assert (changed.begins_on, changed.summary, changed.case.outcome) == (
        date(2024, 3, 13),
        "三家有意",
        "reported",
    )


def test_a_trip_planned_after_those_of_the_ledger_goes_on_with_their_number(
    forces: SimpleNamespace, tmp_path: Path
) -> None:
    bring_in(tmp_path, "A1,trip,tf_metal,2026-03-12,深圳,,,,", "A2,trip,tf_robot,2026-04-12,上海,,,,")
    assert plan(forces).activity.batch == 3


def test_another_lead_in_the_ledger_takes_the_place_of_the_first(
    forces: SimpleNamespace, tmp_path: Path
) -> None:
    first = register_lead(forces.member, forces.first)
    second, kept = (
        register_lead(forces.member, forces.first, investor_name=name)
        for name in ("乙公司（示范）", "丙公司（示范）")
    )
    line = "A1,trip,tf_metal,2024-03-12,深圳,,{},,"
    bring_in(tmp_path, line.format(first.number))
    activity = Activity.objects.get()
    activity.leads.add(kept.pk)  # in the portal
    for lead in (second, kept, second):
        bring_in(tmp_path, line.format(lead.number))
        assert set(activity.leads.values_list("pk", flat=True)) >= {lead.pk}
        assert first.lead not in activity.leads.all()
        for number in (lead.number, ""):  # an empty cell leaves what the portal knows
            assert bring_in(tmp_path, line.format(number)).unchanged == 1


def test_the_number_of_a_confidential_lead_leaves_only_with_its_circle(
    forces: SimpleNamespace, tmp_path: Path
) -> None:
    lead = register_lead(forces.member, forces.first, confidential="on")
    bring_in(tmp_path, f"A1,trip,tf_metal,2024-03-12,深圳,,{lead.number},,")
    book = LEDGERS["activities"].book()
    told = {
        user: [row["lead_number"] for row in book.export(actor(user))]
        for user in (forces.leader, forces.head)
    }
    assert told == {forces.leader: [None], forces.head: [lead.number]}


@pytest.mark.parametrize(
    ("line", "column"),
    [
        ("A1,reception,tf_metal,2024-03-12,深圳,,,,", "kind"),
        ("A1,trip,tf_none,2024-03-12,深圳,,,,", "task_force_code"),
        ("A1,trip,tf_metal,2024-03-12,深圳,,ZS-none,,", "lead_number"),
        ("A1,visit,tf_metal,2024-03-12,深圳,,,,", "investor_name"),
    ],
)
def test_lines_that_cannot_be(forces: SimpleNamespace, tmp_path: Path, line: str, column: str) -> None:
    head = "number,kind,task_force_code,held_on,place,investor_name,lead_number,leader_count,summary\n"
    (tmp_path / "activities.csv").write_text(head + line + "\n", encoding="utf-8")
    report = import_path(tmp_path / "activities.csv")
    assert [problem.column for problem in report.problems] == [column]

"""The lead table: narrowed and ordered by its address, paged by key, written into cell by cell."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from investment.models import Lead, LeadColumns, LeadView
from investment.views import table
from portal.cases.models import Case
from tests.investment.leading import act, make_task_forces, register_lead

pytestmark = pytest.mark.django_db
LIST = reverse("investment:lead_list")
JSON = "application/json"


def browser(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def forces(park: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    forces = make_task_forces(park)
    for name, team, by, more in (
        (
            "甲",
            forces.first,
            forces.member,
            {"investment_amount": "500000000", "land_mu": "50", "is_key": "on"},
        ),
        (
            "乙",
            forces.first,
            forces.member,
            {"investment_amount": "20000000", "heat": "C", "industry": "机器人"},
        ),
        (
            "丙",
            forces.second,
            forces.rival,
            {"investment_amount": "80000000", "land_mu": "8", "source": "self"},
        ),
        ("丁", forces.second, forces.rival, {"investment_amount": "80000000"}),
    ):
        register_lead(by, team, title=f"{name}字项目", investor_name=f"{name}公司", **more)
    return forces


def titles(client: Client, query: str) -> str:
    """The leads of a page in their order, by the first character of each."""
    answer = client.get(f"{LIST}?{query}")
    assert answer.status_code == 200
    return "".join(line.case.title[0] for line in answer.context["lines"])


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("view=all", "丁丙乙甲"),
        ("team=tf_metal", "乙甲"),
        ("source=self", "丙"),
        ("heat=C", "乙"),
        ("key=yes", "甲"),
        ("industry=机器人", "乙"),
        ("amount_from=8000", "丁丙甲"),
        ("amount_to=8000&land_from=5", "丙"),
        ("q=乙字项目", "乙"),
        ("q=丙公司", "丙"),
        ("step=contact", "甲"),
        ("state=ended", ""),
        ("sort=amount", "甲丁丙乙"),
        ("sort=land", "甲丙丁乙"),
        ("sort=bogus&heat=Z&amount_from=x", "丁丙乙甲"),
    ],
)
def test_the_address_narrows_and_orders(forces: SimpleNamespace, query: str, found: str) -> None:
    act(forces.member, Case.objects.get(title="甲字项目"), "accept")
    assert titles(browser(forces.leader), query) == found


@pytest.mark.parametrize("sort", ["", "amount", "land", "next", "action", "protection"])
def test_pages_by_key_show_every_lead_once(
    forces: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, sort: str
) -> None:
    client = browser(forces.leader)
    whole = titles(client, f"sort={sort}&view=all")
    monkeypatch.setattr(table, "PAGE", 1)
    seen, address = "", f"?sort={sort}&view=all"
    while address:
        answer = client.get(LIST + address)
        seen += "".join(line.case.title[0] for line in answer.context["lines"])
        address = answer.context["later"]
    assert seen == whole
    for mark in ("x", ",", ",-1", "NaN,3", "2026-99-99,1"):
        assert client.get(LIST, {"sort": sort, "after": mark}).status_code == 200


def test_a_task_force_sees_its_own_leads_and_a_confidential_one_only_in_its_circle(
    forces: SimpleNamespace,
) -> None:
    register_lead(forces.member, forces.first, title="戊字项目", investor_name="戊公司", confidential="on")
    assert titles(browser(forces.member), "view=all") == "戊乙甲"
    leader = browser(forces.leader)
    assert "戊" not in titles(leader, "view=all")
    assert "戊" not in leader.get(reverse("investment:lead_file", args=["csv"])).content.decode()
    assert leader.get(reverse("investment:lead_sums")).context["sums"].n == 4
    assert browser(forces.park.owner).get(LIST).status_code == 403


def test_the_page_costs_the_same_for_more_leads(forces: SimpleNamespace) -> None:
    client = browser(forces.leader)
    LeadColumns.objects.create(
        user=forces.leader, columns=["envoy", "backup", "enterprise", "project", "team"]
    )

    def statements() -> int:
        with CaptureQueriesContext(
            connection,
        ) as caught:
            assert client.get(f"{LIST}?view=all").status_code == 200
        return len(caught)

    statements()
    few = statements()
    for n in range(4):
        register_lead(forces.member, forces.first, title=f"己{n}", investor_name=f"己{n}")
    assert statements() == few


def test_the_sums_are_those_of_the_rows(forces: SimpleNamespace) -> None:
    sums = browser(forces.leader).get(reverse("investment:lead_sums") + "?team=tf_metal").context["sums"]
    assert (sums.n, sums.amount, sums.land) == (2, 520_000_000, 50)
    assert [(str(label), n) for label, n, _href in sums.steps] == [("线索登记", 2)]


def write(client: Client, case: Case, version: int, **data: str) -> Any:
    page = reverse("investment:lead_edit", args=[case.number])
    return client.post(page, {"version": version, **data}, headers={"accept": JSON})


def test_a_cell_is_written_and_a_second_writer_is_told(forces: SimpleNamespace) -> None:
    case = Case.objects.get(title="乙字项目")
    client, answer = browser(forces.member), write(browser(forces.member), case, case.version, land_mu="12.5")
    assert (answer.status_code, answer.json()["cells"]["land_mu"]) == (200, {"text": "12.5", "value": "12.5"})
    assert Lead.objects.get(case=case).land_mu == 12.5
    late = write(client, case, case.version, land_mu="99")
    assert (late.status_code, late.json()["cells"]["land_mu"]["text"]) == (409, "12.5")
    assert write(client, case, late.json()["version"], land_mu="99").status_code == 200
    wrong = write(client, case, late.json()["version"] + 1, land_mu="viel")
    assert wrong.status_code == 422
    assert wrong.json()["message"]
    assert Lead.objects.get(case=case).land_mu == 99


def test_only_the_task_force_writes(forces: SimpleNamespace) -> None:
    case = Case.objects.get(title="乙字项目")
    assert write(browser(forces.leader), case, case.version, jobs="1").status_code == 403
    assert write(browser(forces.rival), case, case.version, jobs="1").status_code == 404
    assert browser(forces.leader).get(reverse("investment:lead_edit", args=[case.number])).status_code == 403
    assert Lead.objects.get(case=case).jobs is None


def test_without_scripts_the_whole_lead_is_put_right_on_a_page(forces: SimpleNamespace) -> None:
    case, client = Case.objects.get(title="乙字项目"), browser(forces.member)
    page = reverse("investment:lead_edit", args=[case.number])
    form = client.get(page).context["form"]
    data = {name: form.initial.get(name) for name in form.fields}
    data = {name: "" if value is None else value for name, value in data.items()}
    assert client.post(page, data | {"jobs": "-1"}).status_code == 422
    answer = client.post(page, data | {"jobs": "80", "version": case.version, "next_action_on": "2099-01-05"})
    assert answer.status_code == 302
    lead = Lead.objects.get(case=case)
    assert (lead.jobs, lead.heat, lead.industry) == (80, "C", "机器人")


def test_contacts_of_others_are_masked(forces: SimpleNamespace) -> None:
    register_lead(forces.member, forces.first, title="庚", investor_name="庚", contact_phone="13800001234")
    for user, phone in ((forces.member, "13800001234"), (forces.leader, "138****1234")):
        LeadColumns.objects.create(user=user, columns=["contact_phone"])
        client = browser(user)
        assert phone in client.get(f"{LIST}?view=all").content.decode()
        assert phone in client.get(reverse("investment:lead_file", args=["csv"])).content.decode()
    assert "13800001234" not in client.get(f"{LIST}?view=all").content.decode()


def test_a_file_runs_no_formula(forces: SimpleNamespace) -> None:
    register_lead(forces.member, forces.first, title="=1+1", investor_name="@x")
    client = browser(forces.member)
    text = client.get(reverse("investment:lead_file", args=["csv"]) + "?heat=A").content.decode()
    assert "'=1+1" in text
    assert "'@x" in text
    assert client.get(reverse("investment:lead_file", args=["xlsx"])).content.startswith(b"PK")
    assert client.get(reverse("investment:lead_file", args=["exe"])).status_code == 404


def test_columns_and_views_are_kept(forces: SimpleNamespace) -> None:
    client, other = browser(forces.member), browser(forces.head)
    client.post(reverse("investment:columns_save"), {"column": ["jobs", "heat", "bogus"], "query": "heat=C"})
    assert [column.key for column in client.get(LIST).context["columns"]] == ["jobs", "heat"]
    client.post(reverse("investment:columns_save"), {"again": "1"})
    assert len(client.get(LIST).context["columns"]) > 5
    save = reverse("investment:view_save")
    sent = {"name": "冷", "query": "heat=C&x=1", "team": forces.first.pk, "is_default": "1"}
    client.post(save, sent)
    view = LeadView.objects.get()
    assert (view.query, view.team) == ("heat=C", forces.first)
    assert client.get(LIST).url == f"{LIST}?heat=C"
    assert other.get(LIST).status_code == 200
    assert "冷" in other.get(LIST).content.decode()
    delete = reverse("investment:view_delete", args=[view.pk])
    assert other.post(delete).status_code == 404
    client.post(delete)
    assert not LeadView.objects.exists()

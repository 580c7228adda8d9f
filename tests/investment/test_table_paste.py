"""Rows pasted from a spreadsheet: looked through first, then written by the engine, once."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from investment.models import Lead
from portal.cases.models import Event
from tests.investment.leading import make_task_forces, register_lead

pytestmark = pytest.mark.django_db
PAGE = reverse("investment:lead_paste")
HEADER = "编号\t项目名称\t投资方\t来源\t总投资（万元）\t用地需求\t热度\t是否重点\t下一步\t下一步日期\t产业链环节\t备注"


def browser(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def forces(park: SimpleNamespace) -> SimpleNamespace:
    return make_task_forces(park)


def row(
    number: str = "", title: str = "甲项目", investor: str = "甲公司", amount: str = "12,000", **more: str
) -> str:
    day = more.get("day", "2099/1/5")
    return (
        f"{number}\t{title}\t{investor}\t走出去\t{amount}\t\tA\t是\t电话回访\t{day}\t{more.get('link', '')}\t"
    )


def send(client: Client, *rows: str, wish: str = "", token: str = "", header: str = HEADER) -> Any:
    data = {"text": "\n".join((header, *rows)), "token": token or str(uuid4())}
    return client.post(PAGE, data | ({"wish": wish} if wish else {}))


def test_every_row_has_its_verdict_and_nothing_is_written(forces: SimpleNamespace) -> None:
    known = register_lead(forces.member, forces.first, title="旧项目", investor_name="旧公司", land_mu="5")
    others = register_lead(forces.rival, forces.second, investor_name="他公司")
    lines = Event.objects.count()
    answer = send(
        browser(forces.member),
        row(),
        row(investor="甲（公司）", title="甲又来"),  # the same investor twice in one paste
        row(number=known.number, title="新名", investor="旧公司", amount="30,000"),
        row(number=others.number),
        row(investor="乙", amount="很多"),
        row(investor="丙", day="2001-01-05"),
        row(investor="他公司"),
    )
    assert answer.status_code == 200
    outcomes = [verdict.outcome for verdict in answer.context["verdicts"]]
    assert outcomes == ["new", "wrong", "changed", "wrong", "wrong", "wrong", "wrong"]
    assert all(verdict.said for verdict in answer.context["verdicts"] if verdict.outcome == "wrong")
    assert answer.context["unknown"] == ["备注"]
    assert (Lead.objects.count(), Event.objects.count()) == (2, lines)


def test_the_good_rows_are_written_once(forces: SimpleNamespace) -> None:
    known = register_lead(forces.member, forces.first, title="旧项目", investor_name="旧公司")
    client, token = browser(forces.member), str(uuid4())
    rows = (
        row(link="压铸"),
        row(number=known.number, title="新名", investor="旧公司"),
        row(investor="乙", amount="x"),
    )
    assert send(client, *rows, wish="all", token=token).status_code == 422  # all or nothing
    assert Lead.objects.count() == 1
    for _click in range(2):
        assert send(client, *rows, wish="good", token=token).status_code == 302
    first, second = Lead.objects.select_related("case").order_by("pk")
    assert (first.case.title, first.is_key, first.investment_amount) == ("新名", True, 120_000_000)
    assert (second.case.title, second.chain_link, second.case.team) == ("甲项目", "压铸", forces.first)
    same = send(client, row(number=known.number, title="新名", investor="旧公司"))
    assert [verdict.outcome for verdict in same.context["verdicts"]] == ["same"]


def test_english_columns_a_formula_and_a_task_force_by_its_name(forces: SimpleNamespace) -> None:
    header = "title\tInvestor\tSource\tInvestment (yuan)\tTask force\tNext action\tDay of the next action"
    line = "'=1+1\tStar\ttrip\t5000\t机器人专班\tcall\t2099-01-05"
    assert send(browser(forces.park.steward), line, header=header, wish="all").status_code == 302
    lead = Lead.objects.select_related("case__team").get()
    assert (lead.case.title, lead.investment_amount, lead.case.team) == ("=1+1", 5000, forces.second)


@pytest.mark.parametrize(
    ("header", "rows"), [("", ()), ("x\ty", ("1\t2",)), (HEADER, tuple(row() for _ in range(501)))]
)
def test_what_is_no_table_is_said(forces: SimpleNamespace, header: str, rows: tuple[str, ...]) -> None:
    answer = send(browser(forces.member), *rows, header=header, wish="all")
    assert answer.status_code == 422
    assert not Lead.objects.exists()


def test_a_bank_pastes_nothing_and_a_confidential_lead_stays_hidden(forces: SimpleNamespace) -> None:
    hidden = register_lead(forces.head, forces.first, investor_name="密公司", confidential="on")
    answer = send(browser(forces.rival), row(number=hidden.number), row(investor="密公司"))
    said = [verdict.said for verdict in answer.context["verdicts"]]
    assert [verdict.outcome for verdict in answer.context["verdicts"]] == ["wrong", "wrong"]
    assert hidden.number not in said[1]

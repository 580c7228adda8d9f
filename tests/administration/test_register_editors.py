"""Two administrators at one row of a register: the second gets 409 and sees both versions.

Every register is walked, so that a new one is covered by itself.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db import connections, transaction
from django.db.models import Model
from django.forms import BooleanField, CharField, ChoiceField, ModelChoiceField
from django.test import Client
from django.urls import reverse

from approvals.models import ComprehensiveWindow, Intake, Material, Parcel, UtilityRoute
from investment.models import Agent, Award, Envoy, Partnership, Target
from portal.accounts.models import Duty, DutyGrant, User
from portal.administration.registers import Register
from portal.park.models import Enterprise, Membership, Office, Team
from stations.models import CategoryRoute
from tests.approvals.catalogue import make_catalogue
from tests.pages.test_pages import browser
from tests.people import make_park, person, works_in
from tests.waiting import until_somebody_waits

pytestmark = pytest.mark.django_db

# Rows of the libraries' own: nobody holds Django's permissions, so nobody may change them here.
OF_LIBRARIES = {"auth.Group", "axes.AccessAttempt", "axes.AccessLog", "axes.AccessFailureLog"}
REGISTERS = {
    model._meta.label: register
    for model, register in admin.site._registry.items()
    if model._meta.label not in OF_LIBRARIES
}


@pytest.fixture
def full(park: Any) -> Any:
    """The park and its catalogue, with a second administrator."""
    park.catalogue = make_catalogue(park)
    UtilityRoute.objects.create(kind="power", team=park.team["development"])
    Office.objects.create(role="finance_office", team=park.team["development"])
    Parcel.objects.create(code="F-01", name="示范地块", area_mu="20", status="available")
    Office.objects.create(role="land_office", team=park.team["development"])
    _make_promotion(park)
    park.second = person("second")
    DutyGrant.objects.create(user=park.second, duty=Duty.ADMINISTRATOR)
    return park


def _make_promotion(park: Any) -> None:
    """A row of each register of investment; the scoring sheet has its lines."""
    force = Team.objects.create(code="force", name="示范专班", kind="task_force")
    day = date(2026, 1, 1)
    Envoy.objects.create(number="TS-1", name="示范特使", kind="envoy", field="材料", appointed_on=day)
    Agent.objects.create(number="WT-1", name="示范机构", contract_number="1", starts_on=day, ends_on=day)
    Target.objects.create(year=2026, team=force, signed_amount=1, projects=1, trips=1, visits=1)
    Award.objects.create(number="JX-1", name="示范奖", quarter="2026-Q1")
    Partnership.objects.create(
        number="XQ-1", university="示范大学", enterprise=park.ours, topic="研发", signed_on=day
    )


def page_of(row: Model, page: str = "change") -> str:
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_{page}", args=[row.pk])


def shown(client: Client, address: str) -> dict[str, Any]:
    """What a browser would send back that nobody has touched."""
    return sent_back(client.get(address))


def sent_back(answer: Any) -> dict[str, Any]:
    data: dict[str, Any] = {"seen": answer.context.get("seen", "")}
    forms = [answer.context["adminform"].form]
    for line in answer.context["inline_admin_formsets"]:
        forms += [line.formset.management_form, *line.formset.forms]
    for form in forms:
        for name in form.fields:
            value = form[name].value()
            if value is not None and value is not False and not form.fields[name].widget.needs_multipart_form:
                data[form.add_prefix(name)] = value
    return data


def other_values(form: Any) -> Iterator[tuple[str, Any]]:
    """Fields of a form, each with a value that it does not have."""
    for name, field in form.fields.items():
        value = form[name].value()
        if field.disabled or name in ("username", "code", "uscc"):
            continue
        if isinstance(field, BooleanField):
            yield name, "" if value else "on"
        elif isinstance(field, ModelChoiceField):
            yield from ((name, row.pk) for row in field.queryset.exclude(pk=value)[:1])
        elif isinstance(field, ChoiceField):
            yield from ((name, key) for key, _label in field.choices if key and key != value)
        elif isinstance(field, CharField):
            yield name, f"{value or ''}二"


def written_by(client: Client, address: str) -> str:
    """Somebody changes one field of the row by its page; which."""
    page = client.get(address)
    data = sent_back(page)
    for name, value in other_values(page.context["adminform"].form):
        if client.post(address, {**data, name: value}).status_code == 302:
            return name
    raise AssertionError(f"nothing of {address} can be changed")


def values(row: Model) -> Any:
    return type(row)._base_manager.filter(pk=row.pk).values().get()


@pytest.mark.parametrize("label", REGISTERS)
def test_the_second_of_two_editors_of_any_register_writes_nothing(full: Any, label: str) -> None:
    register = REGISTERS[label]
    assert isinstance(register, Register), f"{label}: not one of portal.administration.registers.Register"
    assert not register.list_editable, f"{label}: a list that is edited in place shows nobody both versions"
    row = register.model._base_manager.first()
    assert row is not None, f"{label}: give the test a row"
    address = page_of(row)
    first, second = browser(full.administrator), browser(full.second)
    mine = shown(second, address)
    changed = written_by(first, address)
    after = values(row)
    answer: Any = second.post(address, mine)
    assert answer.status_code == 409
    assert values(row) == after, "nothing was written"
    lines = answer.context["overtaken"].lines
    form = answer.context["adminform"].form
    assert str(form[changed].label) in [line.label for line in lines]
    assert all(line.now != line.mine for line in lines)
    assert str(form[changed].value() or "") == str(mine.get(changed, "")), "what was typed is kept"
    assert "Administrator" in answer.content.decode(), "who it was"
    over = second.post(address, sent_back(answer))
    assert over.status_code == 302, "now it has been seen"
    assert values(row) != after


@pytest.mark.parametrize("label", REGISTERS)
def test_a_page_without_its_mark_writes_nothing(full: Any, label: str) -> None:
    row = REGISTERS[label].model._base_manager.first()
    assert row is not None
    client, address, before = browser(full.administrator), page_of(row), values(row)
    data = shown(client, address)
    for mark in ("", "x", f"{'0' * 32}.{'9' * 10}", "." * 40, "0.99999999999999999999"):
        assert client.post(address, {**data, "seen": mark}).status_code == 409
    assert client.post(address, {}).status_code == 409
    assert values(row) == before


def test_registers_of_libraries_are_changed_by_nobody(full: Any) -> None:
    group = Group.objects.create(name="x")
    assert browser(full.administrator).post(page_of(group), {"name": "y"}).status_code == 403
    assert {model._meta.label for model in admin.site._registry} == OF_LIBRARIES | set(REGISTERS)


def test_two_administrators_at_one_team(full: Any) -> None:
    """She corrects its English name while he gives it to a leader: he sees hers, and his own."""
    team = full.team["development"]
    address = page_of(team)
    her, him = browser(full.administrator), browser(full.second)
    his = {**shown(him, address), "name": "开发建设和规划局", "leader": ""}
    hers = {**shown(her, address), "name": "开发建设分局"}
    assert her.post(address, hers).status_code == 302
    answer = him.post(address, his)
    page = answer.content.decode()
    assert answer.status_code == 409
    told = {line.label: (line.now, line.mine) for line in answer.context["overtaken"].lines}
    assert told["名称"] == ("开发建设分局", "开发建设和规划局")
    assert ("Leader", "—") in told.values(), "in words, not by number"
    assert "本页打开期间，内容已被修改" in page
    assert "Administrator" in page
    assert Team.objects.get(pk=team.pk).name == "开发建设分局"
    assert (
        "changed while your page was open" in browser(full.second, "en").post(address, his).content.decode()
    )
    assert him.post(address, sent_back(answer)).status_code == 302
    assert Team.objects.get(pk=team.pk).name == "开发建设和规划局"
    lines = Team.pgh_event_model.objects.filter(pgh_obj=team).order_by("pgh_id")  # type: ignore[attr-defined]
    who = [line.pgh_context.metadata["user"] for line in lines if line.pgh_context]
    assert who == [full.administrator.pk, full.second.pk]


def test_a_mistake_does_not_make_one_overtake_unseen(full: Any) -> None:
    """What is not valid is shown again with the mark of the page that was opened, not with a new one."""
    address = page_of(full.team["development"])
    client = browser(full.second)
    wrong = {**shown(client, address), "name": ""}
    answer: Any = client.post(address, wrong)
    assert answer.status_code == 200
    written_by(browser(full.administrator), address)
    assert client.post(address, {**sent_back(answer), "name": "另一个"}).status_code == 409


def test_a_sign_in_overtakes_nobody(full: Any) -> None:
    """The page of a person shows the last sign-in, which is nothing that one edits there."""
    address, client = page_of(full.handler), browser(full.administrator)
    data = shown(client, address)
    browser(full.handler)
    assert User.objects.get(pk=full.handler.pk).last_login is not None
    assert client.post(address, {**data, "display_name": "经办人"}).status_code == 302


def test_a_duty_given_meanwhile_is_seen_and_stays(full: Any) -> None:
    address = page_of(full.handler)
    client = browser(full.second)
    data = {**shown(client, address), "display_name": "经办人"}
    DutyGrant.objects.create(user=full.handler, duty=Duty.AUDITOR)
    answer: Any = client.post(address, data)
    assert answer.status_code == 409
    assert any("审计" in line.now for line in answer.context["overtaken"].lines)
    assert client.post(address, sent_back(answer)).status_code == 302
    assert DutyGrant.objects.filter(user=full.handler, duty=Duty.AUDITOR).exists()
    assert User.objects.get(pk=full.handler.pk).display_name == "经办人"


def test_a_row_below_that_has_gone_is_entered_anew_by_who_saves_over_it(full: Any) -> None:
    address = page_of(full.handler)
    client = browser(full.second)
    seat = Membership.objects.get(user=full.handler)
    works_in(full.handler, full.team["jinrong"])
    data = shown(client, address)
    Membership.objects.filter(pk=seat.pk).delete()
    data["memberships-0-role"] = "section_head"
    answer: Any = client.post(address, data)
    assert answer.status_code == 409
    assert any("开发建设局" in line.mine and line.now == "—" for line in answer.context["overtaken"].lines)
    assert not Membership.objects.filter(user=full.handler, team=full.team["development"]).exists()
    assert client.post(address, sent_back(answer)).status_code == 302
    roles = dict(Membership.objects.filter(user=full.handler).values_list("team__code", "role"))
    assert roles == {"development": "section_head", "jinrong": "member"}


def test_a_material_that_was_replaced_meanwhile_is_seen(full: Any) -> None:
    """A form of the same kind under a new name; and a removal that is asked for is shown as one."""
    item = full.catalogue.permit
    address, client = page_of(item), browser(full.second)
    data = {**shown(client, address), "materials-1-DELETE": "on"}
    Material.objects.filter(pk=full.catalogue.application.pk).update(form="forms/another.pdf")
    answer: Any = client.post(address, data)
    assert answer.status_code == 409
    assert any(line.mine == "将被移除" for line in answer.context["overtaken"].lines)
    assert Material.objects.filter(item=item).count() == 2
    assert client.post(address, {**sent_back(answer), "materials-1-DELETE": "on"}).status_code == 302
    assert Material.objects.filter(item=item).count() == 1
    assert Intake.objects.filter(item=item).count() == 1


def test_what_has_changed_is_not_deleted_unseen(full: Any) -> None:
    route = CategoryRoute.objects.get(category="utilities")
    client, address = browser(full.second), page_of(route, "delete")
    data = {"post": "yes", "seen": client.get(address).context["seen"]}
    assert browser(full.administrator).post(
        page_of(route),
        {**shown(browser(full.administrator), page_of(route)), "team": full.team["jinrong"].pk},
    )
    answer = client.post(address, data)
    assert answer.status_code == 409
    assert "金荣驿站" in answer.content.decode(), "as it is now"
    assert CategoryRoute.objects.filter(pk=route.pk).exists()
    assert client.post(address, {"post": "yes", "seen": answer.context["seen"]}).status_code == 302
    assert not CategoryRoute.objects.filter(pk=route.pk).exists()


def test_what_was_deleted_meanwhile_keeps_what_was_typed(full: Any) -> None:
    route = CategoryRoute.objects.get(category="utilities")
    client, address = browser(full.second), page_of(route)
    data = {**shown(client, address), "team": full.team["jinrong"].pk}
    other = browser(full.administrator)
    gone = page_of(route, "delete")
    other.post(gone, {"post": "yes", "seen": other.get(gone).context["seen"]})
    answer: Any = client.post(address, data)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Administrator" in page
    assert reverse("admin:stations_categoryroute_add") in page
    assert not CategoryRoute.objects.filter(category="utilities").exists()
    assert client.post(reverse("admin:stations_categoryroute_add"), sent_back(answer)).status_code == 302
    assert CategoryRoute.objects.get(category="utilities").team == full.team["jinrong"]


def test_what_is_ticked_in_a_list_is_not_deleted_together(full: Any) -> None:
    route = CategoryRoute.objects.get(category="utilities")
    asked = {"action": "delete_selected", "_selected_action": [route.pk], "index": "0", "post": "yes"}
    browser(full.administrator).post(reverse("admin:stations_categoryroute_changelist"), asked)
    assert CategoryRoute.objects.filter(pk=route.pk).exists()


def test_a_window_counted_in_its_list_is_locked_too(full: Any) -> None:
    """Its rows are grouped, and groups cannot be locked."""
    window = full.catalogue.project
    written_by(browser(full.administrator), page_of(window))
    assert ComprehensiveWindow.objects.get(pk=window.pk).name_en == "Project Window"


@pytest.mark.django_db(transaction=True)
def test_two_who_save_at_the_same_moment(filled_calendar: None) -> None:
    park = make_park()
    team, address = park.team["jinrong"], page_of(park.team["jinrong"])
    second = person("second")
    DutyGrant.objects.create(user=second, duty=Duty.ADMINISTRATOR)
    clients = [browser(park.administrator), browser(second)]
    sent = [{**shown(client, address), "name": f"驿站{n}"} for n, client in enumerate(clients)]
    statuses: list[int] = []

    def save(n: int) -> None:
        try:
            statuses.append(clients[n].post(address, sent[n]).status_code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=save, args=(n,)) for n in (0, 1)]
    with transaction.atomic():
        Team.objects.select_for_update().get(pk=team.pk)
        for thread in threads:
            thread.start()
        until_somebody_waits()
    for thread in threads:
        thread.join(30)
    assert sorted(statuses) == [302, 409]
    assert Enterprise.objects.count() == 2
    assert Team.objects.get(pk=team.pk).name in ("驿站0", "驿站1")

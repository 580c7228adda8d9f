"""Many cases at once: the preview says what the deed does, and the deed can be taken back."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch
from uuid import uuid4

import pytest
from django.test import Client

from portal.cases import bulk, engine, watch
from portal.cases.models import Batch, BatchItem, Case, Event, Participant
from portal.cases.views import bulk as bulk_view
from portal.notices.models import Notice
from portal.park.models import Membership
from portal.worktime.now import now
from tests.pages.test_pages import browser
from tests.people import MONDAY, accept, actor, at, file_request, handled, reported, works_in

pytestmark = pytest.mark.django_db


def begin(client: Client, action: str, cases: list[Case] | str, **data: Any) -> str:
    """Choose, fill in, check: the address of the batch."""
    chosen = {"all": "1", "query": cases} if isinstance(cases, str) else {"case": [c.pk for c in cases]}
    answer = client.post("/work/bulk/", {"action": action, **chosen})
    address = str(answer.headers["Location"])
    if data:
        assert client.post(f"{address}check/", data).status_code == 302
    return address


def page(client: Client, address: str) -> str:
    return client.get(address).content.decode()


def leads_both(park: SimpleNamespace) -> None:
    works_in(park.head, park.team["enterprise_service"], "head")


def test_what_the_preview_leaves_out_is_left_out_for_the_reason_it_gives(park: SimpleNamespace) -> None:
    leads_both(park)
    good = [handled(park, title=f"可移交 {n}") for n in range(3)]
    offered = handled(park, title="已在移交")
    engine.transfer(
        offered, by=actor(park.handler), data={"to_team": park.team["jinrong"].pk, "reason": "x"}, now=MONDAY
    )
    foreign = file_request(park, title="别人的")
    client = browser(park.head)
    address = begin(
        client, "transfer", [*good, offered, foreign],
        to_team=park.team["enterprise_service"].pk, reason="职责调整",
    )  # fmt: skip
    before = Event.objects.count()
    shown = page(client, address)
    assert "3 件将办理" in shown
    assert "企业服务中心" in shown  # what will be done, in the words of who fills it in
    assert "职责调整" in shown
    assert "已在移交" in shown
    assert "已转请金荣驿站。" in shown  # why it is left out, in the language of the reader
    assert "别人的" not in shown
    assert Event.objects.count() == before  # the check leaves nothing behind
    client.post(f"{address}run/")
    batch = Batch.objects.get()
    assert batch.state == "done"
    assert set(batch.items.filter(state="done").values_list("case", flat=True)) == {c.pk for c in good}
    for case in good:
        case.refresh_from_db()
        assert case.team == park.team["enterprise_service"]
        assert case.events.last().data["batch"] == str(batch.pk)
    assert str(batch.pk) in page(client, address)
    audited = page(browser(park.auditor), f"/administration/audit/?batch={batch.pk}")
    assert audited.count("可移交") == 2 * len(good)  # offered and taken over
    assert "可移交" not in page(browser(park.auditor), f"/administration/audit/?batch={uuid4()}")
    assert browser(park.auditor).get("/administration/audit/?batch=x").status_code == 422
    offered.refresh_from_db()
    assert offered.team == park.team["development"]


def test_undo_restores_what_nobody_has_touched_since(park: SimpleNamespace) -> None:
    leads_both(park)
    quiet, touched = handled(park, title="没动过"), handled(park, title="动过了")
    Case.objects.filter(pk=quiet.pk).update(assignee=park.handler)
    client = browser(park.head)
    address = begin(
        client, "transfer", [quiet, touched], to_team=park.team["enterprise_service"].pk, reason="x"
    )
    client.post(f"{address}run/")
    engine.claim(touched.pk, by=actor(park.service), now=MONDAY)
    client.post(f"{address}undo/")
    quiet.refresh_from_db()
    touched.refresh_from_db()
    assert (quiet.team, quiet.assignee) == (park.team["development"], park.handler)
    assert (touched.team, touched.assignee) == (park.team["enterprise_service"], park.service)
    shown = page(client, address)
    assert "已撤销 1 件" in shown
    assert "动过了" in shown


def test_a_transfer_to_a_team_that_one_does_not_lead_is_an_offer_and_undo_takes_it_back(
    park: SimpleNamespace,
) -> None:
    case = handled(park)
    client = browser(park.head)
    address = begin(client, "transfer", [case], to_team=park.team["enterprise_service"].pk, reason="x")
    client.post(f"{address}run/")
    case.refresh_from_db()
    assert case.team == park.team["development"]
    assert case.handovers.get().state == "pending"
    client.post(f"{address}undo/")
    assert case.handovers.get().state == "withdrawn"


def test_assigning_many_and_taking_it_back(park: SimpleNamespace) -> None:
    cases = [handled(park) for _ in range(3)]
    client = browser(park.section_head)
    address = begin(client, "assign", cases, assignee=park.section_head.pk)
    client.post(f"{address}run/")
    assert Case.objects.filter(assignee=park.section_head).count() == 3
    client.post(f"{address}undo/")
    assert Case.objects.filter(assignee=park.handler).count() == 3


def test_a_reminder_reaches_each_handler_and_is_on_record(park: SimpleNamespace) -> None:
    cases = [handled(park), handled(park)]
    client = browser(park.head)
    address = begin(client, "remind", cases, note="今天务必回复企业")
    client.post(f"{address}run/")
    assert Notice.objects.filter(key="case.reminded", recipient=park.handler).count() == 2
    assert "今天务必回复企业" not in page(browser(park.owner), f"/cases/{cases[0].pk}/")
    assert "今天务必回复企业" in page(browser(park.handler), f"/cases/{cases[0].pk}/")
    assert "undo" not in page(client, address)


def test_cases_are_closed_together_where_it_is_allowed(park: SimpleNamespace) -> None:
    ready = [reported(park) for _ in range(2)]
    for case in ready:
        engine.perform(case, "confirm", by=actor(park.owner), now=MONDAY)
    early = accept(park, file_request(park, title="还早"), MONDAY)
    client = browser(park.colleague)
    address = begin(client, "stations.request:verify", [*ready, early])
    assert "还早" in page(client, address)
    client.post(f"{address}run/")
    assert Case.objects.filter(step="closed").count() == 2


def test_the_whole_list_is_taken_with_its_filters(park: SimpleNamespace) -> None:
    for n in range(60):
        file_request(park, title=f"停电 {n}")
    file_request(park, title="高企认定", description="x")
    client = browser(park.steward)
    address = begin(client, "claim", "view=unclaimed&q=停电")
    batch = Batch.objects.get()
    assert batch.items.count() == 60
    assert batch.state == "checking"  # a worker carries on: it is more than a person waits for
    assert 'hx-trigger="every 1s"' in page(client, address)
    bulk.work(batch.pk, now=now())
    assert "60 件将办理" in page(client, address)
    client.post(f"{address}run/")
    bulk.work(batch.pk, now=now())
    assert Case.objects.filter(assignee=park.steward).count() == 60


def test_every_line_of_a_long_result_can_be_read_those_left_out_first(park: SimpleNamespace) -> None:
    good, bad = handled(park), file_request(park, title="不归我管")
    Participant.objects.get_or_create(case=bad, team=park.team["development"])
    batch = bulk.begin(actor(park.head), "remind", [good.pk, bad.pk], now=MONDAY)
    BatchItem.objects.filter(batch=batch, case=good).update(state="allowed")
    BatchItem.objects.filter(batch=batch, case=bad).update(state="excluded", reason="原因")
    Batch.objects.filter(pk=batch.pk).update(state="checked", data={"note": "x"})
    client, address = browser(park.head), f"/work/bulk/{batch.pk}/"
    with patch.object(bulk_view, "PAGE", 1):
        assert "不归我管" in page(client, address)
        assert "车间停电" in page(client, f"{address}?page=2")
        assert "不归我管" not in page(client, f"{address}?page=2")
    for nonsense in ("0", "-1", "²", "x", "9999"):
        assert client.get(f"{address}?page={nonsense}").status_code == 200


def test_a_second_click_and_a_second_worker_do_nothing_twice(park: SimpleNamespace) -> None:
    case = handled(park)
    client = browser(park.head)
    address = begin(client, "remind", [case], note="x")
    for _ in range(2):
        assert client.post(f"{address}run/").status_code == 302
    bulk.work(Batch.objects.get().pk, now=now())
    assert Event.objects.filter(verb="reminded").count() == 1


def test_a_batch_whose_worker_was_killed_is_carried_on(park: SimpleNamespace) -> None:
    cases = [handled(park) for _ in range(3)]
    batch = bulk.begin(actor(park.head), "remind", [c.pk for c in cases], now=MONDAY)
    bulk.start(batch, "checking", now=MONDAY, data={"note": "x"})
    bulk._work_one(batch, actor(park.head), MONDAY)  # and then the worker dies
    assert bulk.stuck(MONDAY) == []
    assert bulk.stuck(at("2026-11-16 09:02")) == [batch.pk]
    bulk.work(batch.pk, now=at("2026-11-16 09:02"))
    batch.refresh_from_db()
    assert batch.state == "checked"
    assert batch.items.filter(state="allowed").count() == 3


def test_a_batch_is_nobody_elses(park: SimpleNamespace) -> None:
    address = begin(browser(park.head), "remind", [handled(park)], note="x")
    for stranger in (park.section_head, park.owner, park.supervisor):
        client = browser(stranger)
        assert client.get(address).status_code == 404
        for deed in ("check", "run", "undo"):
            assert client.post(f"{address}{deed}/").status_code == 404
    assert browser(park.owner).get("/work/bulk/").status_code == 403
    assert browser(park.head).get(f"/work/bulk/{uuid4()}/").status_code == 404


def test_rights_are_those_of_the_moment_of_the_deed(park: SimpleNamespace) -> None:
    case = handled(park)
    client = browser(park.head)
    address = begin(client, "remind", [case], note="x")
    Membership.objects.filter(user=park.head).update(role="member")
    client.post(f"{address}run/")
    assert not Event.objects.filter(verb="reminded").exists()
    assert Batch.objects.get().items.get().state == "refused"


@pytest.mark.parametrize(
    "data", [{}, {"action": "x"}, {"action": "claim"}, {"action": "claim", "case": ["²", "x", "9" * 30]}]
)
def test_nonsense_begins_no_batch(park: SimpleNamespace, data: dict[str, Any]) -> None:
    answer = browser(park.steward).post("/work/bulk/", data, follow=True)
    assert answer.status_code == 200
    assert not Batch.objects.exists()


def test_what_the_action_asks_for_must_be_said(park: SimpleNamespace) -> None:
    client = browser(park.head)
    address = begin(client, "transfer", [handled(park)])
    answer = client.post(f"{address}check/", {"reason": "", "to_team": ""})
    assert answer.status_code == 422
    assert Batch.objects.get().state == "draft"


def test_views_are_saved_shared_and_open_first(park: SimpleNamespace) -> None:
    file_request(park)
    client = browser(park.steward)
    data = {
        "name": "我的急件",
        "query": "view=team&light=late&evil=1",
        "is_default": "1",
        "team": park.team["jinrong"].pk,
    }
    client.post("/work/views/", data)
    first = client.get("/work/")
    assert first.headers["Location"] == "/work/?view=team&light=late"
    assert "我的急件" in page(browser(park.colleague), "/work/?view=mine")
    assert browser(park.colleague).get("/work/").status_code == 200  # it opens first for its owner only
    assert "我的急件" not in page(browser(park.other_steward), "/work/")
    pk = re.search(r"/work/views/(\d+)/delete/", page(client, "/work/?view=mine"))
    assert pk
    assert browser(park.colleague).post(f"/work/views/{pk[1]}/delete/").status_code == 404
    client.post(f"/work/views/{pk[1]}/delete/", follow=True)
    assert "我的急件" not in page(client, "/work/?view=mine")


def test_a_view_is_not_shared_with_a_team_that_is_not_ones_own(park: SimpleNamespace) -> None:
    data = {"name": "x", "query": "view=team", "team": park.team["development"].pk}
    browser(park.steward).post("/work/views/", data)
    assert park.steward.saved_views.get().team is None
    assert (
        browser(park.steward).post("/work/views/", {"name": "", "query": ""}, follow=True).status_code == 200
    )


def test_who_follows_a_case_hears_of_every_step_while_it_is_within_sight(park: SimpleNamespace) -> None:
    case = handled(park)
    works_in(park.second_inspector, park.team["development"])
    follower = park.second_inspector
    client = browser(follower)
    client.post(f"/cases/{case.pk}/op/watch/")
    assert "车间停电" in page(client, "/work/?view=watched")
    assert "关注的<b>1</b>" in page(client, "/work/?view=team")
    engine.perform(case, "note_progress", by=actor(park.handler), data={"note": "在修"}, now=MONDAY)
    assert Notice.objects.filter(recipient=follower, key="case.moved").count() == 1
    Membership.objects.filter(user=follower, team=park.team["development"]).delete()
    engine.perform(case, "note_progress", by=actor(park.handler), data={"note": "快好"}, now=MONDAY)
    assert Notice.objects.filter(recipient=follower, key="case.moved").count() == 1
    assert "车间停电" not in page(browser(follower), "/work/?view=watched")


def test_what_is_done_in_the_side_panel_leads_back_to_the_list(park: SimpleNamespace) -> None:
    case = file_request(park)
    client = browser(park.steward)
    panel = client.get(f"/cases/{case.pk}/?panel=1", HTTP_HX_REQUEST="true").content.decode()
    assert "<html" not in panel
    assert "车间停电" in panel
    answer = client.post(f"/cases/{case.pk}/op/claim/", {"next": "/work/?view=team"})
    assert answer.headers["Location"] == "/work/?view=team"
    for evil in ("https://evil.example/", "//evil.example/", "javascript:alert(1)"):
        answer = client.post(f"/cases/{case.pk}/comment/", {"body": "x", "next": evil})
        assert answer.headers["Location"] == f"/cases/{case.pk}/#talk"


def test_the_sweep_and_a_batch_do_not_mind_each_other(park: SimpleNamespace) -> None:
    cases = [handled(park) for _ in range(2)]
    client = browser(park.head)
    address = begin(client, "remind", cases, note="x")
    watch.sweep(at("2026-12-01 09:00"))
    client.post(f"{address}run/")
    assert Event.objects.filter(verb="reminded").count() == 2

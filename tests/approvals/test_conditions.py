"""What a permit rests on: a pledged paper, a commitment, the silence of the park. What fails takes it along.

Source: dossier, section 2, "Clock rules" (容缺受理, 告知承诺, 视为受理).
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from approvals import actions
from approvals.access import VERIFICATION
from approvals.models import CapacityReview, Material, Permit
from portal.cases import engine, papers, standards, watch
from portal.cases.errors import Conflict, Invalid, Refused
from portal.cases.models import Case
from tests.approvals.building import (
    accepted,
    certified,
    decided,
    do,
    make_office,
    material,
    open_project,
    permit,
    signed,
    submitted,
)
from tests.pages.test_pages import PDF, browser
from tests.people import MONDAY, actor, at

pytestmark = pytest.mark.django_db
LATE = at("2026-12-01 09:00")
BEFORE_ACCEPTANCE = ("filing", "land_use", "scheme", "works", "drawings", "pit", "cellar", "above")


@pytest.fixture
def office(park: SimpleNamespace) -> SimpleNamespace:
    return make_office(park)


def lacking(office: SimpleNamespace, code: str, *names: str) -> list[Material]:
    """Papers of an item that may be brought later."""
    office.items[code].pledgeable = "lacking"
    office.items[code].save()
    return [material(office, code, name, key=False) for name in names]


def pledged(park: SimpleNamespace, office: SimpleNamespace, *names: str) -> Permit:
    """The first permit of a project, accepted without these papers."""
    papers = lacking(office, "GD-003", *names)
    told = {f"pledge_{paper.pk}": "2026-11-30" for paper in papers}
    return accepted(park, office, signed(park, office), "filing", MONDAY, **told)


def granted(park: SimpleNamespace, found: Permit, now: Any = MONDAY) -> None:
    do(park.handler, found.case_id, "review", now, opinion="符合")
    do(park.head, found.case_id, "grant", now, grounds="")


def committed(park: SimpleNamespace, office: SimpleNamespace) -> Permit:
    """Granted on a commitment, which is verified from then on."""
    office.items["GD-003"].pledgeable = "commitment"
    office.items["GD-003"].save()
    found = accepted(park, office, signed(park, office), "filing", MONDAY, commitment="on")
    granted(park, found)
    return found


def revoked(park: SimpleNamespace, office: SimpleNamespace) -> Permit:
    found = committed(park, office)
    do(park.head, found.pledges.get().case_id, "revoke", MONDAY, why="承诺不实")
    found.refresh_from_db()
    return found


# 容缺 -----------------------------------------------------------------------------------------------


def test_nothing_is_granted_while_a_pledged_paper_is_missing_after_its_day(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    found = pledged(park, office, "资金承诺书")
    do(park.handler, found.case_id, "review", MONDAY, opinion="符合")
    watch.lapse(LATE)
    with pytest.raises(Refused, match="资金承诺书"):
        do(park.head, found.case_id, "grant", LATE, grounds="")
    page = browser(park.head).get(f"/cases/{found.case_id}/").content.decode()
    assert "资金承诺书" in page
    do(park.head, found.pledges.get().case_id, "extend", LATE, due_on="2026-12-10", reason="材料在途")
    do(park.head, found.case_id, "grant", LATE, grounds="")


def test_what_was_not_granted_cannot_be_revoked(park: SimpleNamespace, office: SimpleNamespace) -> None:
    found = pledged(park, office, "资金承诺书")
    watch.lapse(LATE)
    with pytest.raises(Refused):
        do(park.head, found.pledges.get().case_id, "revoke", LATE, why="逾期未提交")
    found.refresh_from_db()
    assert found.revoked_at is None
    do(park.handler, found.case_id, "review", LATE, opinion="缺件")
    do(park.head, found.case_id, "refuse", LATE, grounds="容缺材料逾期未补", remedies="六十日内申请行政复议")
    assert found.pledges.get().case.outcome == "recalled"


def test_a_revoked_permit_waits_for_no_other_paper(park: SimpleNamespace, office: SimpleNamespace) -> None:
    found = pledged(park, office, "资金承诺书", "安全措施")
    granted(park, found)
    watch.lapse(LATE)
    first, second = found.pledges.order_by("pk")
    do(park.head, first.case_id, "revoke", LATE, why="逾期未提交")
    second.case.refresh_from_db()
    assert second.case.outcome == "recalled"


def test_no_certificate_comes_of_a_permit_that_was_revoked_before_it_was_made(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    found = revoked(park, office)
    case = Case.objects.get(pk=found.case_id)
    assert (case.is_open, case.outcome) == (False, "revoked")
    with pytest.raises((Refused, Conflict)):
        do(park.handler, case, "issue", MONDAY)


# 告知承诺 -------------------------------------------------------------------------------------------


def test_a_revoked_permit_holds_no_longer_and_is_filed_again(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    first = revoked(park, office)
    case = Case.objects.get(pk=first.project_id)
    place = permit(case, "land_use").place_id  # opened while the filing was in force
    with pytest.raises(Refused, match="还未轮到"):
        do(office.clerk, case, "open_another", MONDAY, place=place, label="二期")
    do(park.owner, case, "open_another", MONDAY, place=first.place_id, label="")
    assert permit(case, "filing").sequence == 2
    decided(park, office, case, "filing", MONDAY, MONDAY)
    do(office.clerk, case, "open_another", MONDAY, place=place, label="二期")


def test_a_later_phase_does_not_open_on_one_that_was_revoked(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    case = signed(park, office)
    office.items["KG-012"].pledgeable = "commitment"
    office.items["KG-012"].save()
    for key in ("filing", "land_use"):
        decided(park, office, case, key, MONDAY, MONDAY)
    pit = accepted(park, office, case, "pit", MONDAY, commitment="on")
    granted(park, pit)
    do(park.head, pit.pledges.get().case_id, "revoke", MONDAY, why="承诺不实")
    for key in ("scheme", "works"):
        decided(park, office, case, key, MONDAY, MONDAY)
    assert not Permit.objects.filter(project=case.pk, place__key="cellar").exists()


def test_a_commitment_is_verified_within_the_limit_that_the_park_has_set(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    check = committed(park, office).pledges.get()
    assert (check.due_on.isoformat(), check.case.due_at) == ("2026-12-16", at("2026-12-16 17:30"))
    assert standards.standard(check.case.standard_id).limit("checking", "").amount == 30
    assert check.case.kind == VERIFICATION


# 施工许可 -------------------------------------------------------------------------------------------


def test_a_construction_permit_is_filed_when_everybody_who_builds_is_known(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    case = open_project(park, office, contractor="", site_supervisor="")
    do(office.clerk, case, "sign", MONDAY, signed_on="2026-11-16")
    for key in ("filing", "land_use"):
        decided(park, office, case, key, MONDAY, MONDAY)
    with pytest.raises(Invalid) as missing:
        submitted(park, case, "pit", MONDAY)
    assert set(missing.value.form.errors) == {"contractor", "site_supervisor"}
    submitted(park, case, "pit", MONDAY, contractor="示范建设公司", site_supervisor="示范监理公司")
    case.project.refresh_from_db()
    assert case.project.contractor == "示范建设公司"


# 视为受理 -------------------------------------------------------------------------------------------


def test_what_nobody_answered_counts_as_accepted_from_the_day_it_came(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    case = signed(park, office)
    first = submitted(park, case, "filing", MONDAY)
    watch.lapse(at("2026-11-24 09:00"))
    first.refresh_from_db()
    assert (first.deemed_accepted, first.accepted_at) == (True, MONDAY)
    found = Case.objects.get(pk=first.case_id)
    assert found.clock_from_at == MONDAY
    assert found.promise_due_at == at("2026-12-14 17:30")  # 20 working days after the day of receipt


def test_after_a_supplement_it_counts_from_the_day_on_which_all_was_there(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    case = signed(park, office)
    first = submitted(park, case, "filing", MONDAY)
    asked = {"basis": "行政许可法", "planned_days": 5, "notice": "请补正", "missing": "营业执照"}
    engine.pause(first.case_id, by=actor(office.clerk), data={**asked, "reason": "supplement"}, now=MONDAY)
    item = first.case.pauses.get(reason="supplement").missing.get()
    here = at("2026-11-18 10:00")
    engine.supply(first.case_id, item.pk, by=actor(park.owner), answer="已提交", now=here)
    watch.lapse(at("2026-11-27 09:00"))
    first.refresh_from_db()
    assert (first.deemed_accepted, first.accepted_at) == (True, here)


# 收尾 -----------------------------------------------------------------------------------------------


def test_a_project_does_not_end_while_something_that_was_promised_is_open(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    case = signed(park, office)
    found = lacking(office, "JG-002", "竣工图")[0]
    for key in BEFORE_ACCEPTANCE:
        certified(park, office, case, key, MONDAY)
    joint = accepted(park, office, case, "acceptance", MONDAY, **{f"pledge_{found.pk}": "2026-11-30"})
    do(office.fireman, joint.case.children.get(), "reply", MONDAY, reply="合格")
    granted(park, joint)
    with pytest.raises(Refused):
        do(office.clerk, case, "finish", MONDAY, reason="已达产")
    pledge = joint.pledges.get()
    assert pledge.case.is_open
    do(park.handler, joint.case_id, "issue", MONDAY)
    paper = papers.store(SimpleUploadedFile("x.pdf", PDF), by=park.owner, now=MONDAY, enterprise=park.ours)
    do(park.owner, pledge.case_id, "bring", MONDAY, paper=paper.pk)
    do(park.handler, pledge.case_id, "confirm", MONDAY)
    do(office.clerk, case, "finish", MONDAY, reason="已达产")


def test_a_review_that_ends_before_the_promises_leaves_the_project_open_for_them(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    case = open_project(park, office, land_mu="20")
    promises = {"committed_tax_per_mu": "1", "committed_capacity_on": "2026-11-17"}
    do(office.clerk, case, "sign", MONDAY, signed_on="2026-11-16", **promises)
    office.items["GD-003"].pledgeable = "commitment"
    office.items["GD-003"].save()
    first = accepted(park, office, case, "filing", MONDAY, commitment="on")
    granted(park, first)
    do(park.handler, first.case_id, "issue", MONDAY)
    for key in (*BEFORE_ACCEPTANCE[1:], "acceptance"):
        certified(park, office, case, key, MONDAY)
    later = at("2026-11-18 09:00")
    actions.open_reviews(later)
    review = CapacityReview.objects.get().case
    do(park.owner, review, "tell", later, tax_per_mu="1", capacity_on="2026-11-17")
    do(office.clerk, review, "verify", later, report="属实", tax_per_mu="1", capacity_on="2026-11-17")
    do(office.window_team.memberships.get(role="head").user, review, "settle", later, measures="无")
    do(park.owner, review, "agree", later)
    check = first.pledges.get().case
    case.refresh_from_db()
    assert (check.is_open, case.step) == (True, "capacity_review")
    do(park.handler, check, "confirm", later, finding="属实")
    case.refresh_from_db()
    assert (case.step, case.outcome) == ("done", "done")


def test_a_certificate_is_verified_by_its_code_and_by_nothing_else(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    case = signed(park, office)
    first = certified(park, office, case, "filing", MONDAY)
    public = Client()
    token = str(first.certificate_token)
    assert public.get(f"/approvals/certificates/{token}/").status_code == 200
    guessed = token[:-1] + ("0" if token[-1] != "0" else "1")
    for wrong in (guessed, first.case.number, str(first.pk), token + "0", "%00", token.upper() + "'"):
        answer = public.get(f"/approvals/certificates/{wrong}/")
        assert answer.status_code == 404, wrong
        assert park.ours.name not in answer.content.decode()


def test_a_name_that_turns_the_line_around_does_not_turn_the_number_beside_it(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    case = open_project(park, office, name="电磁线\u202e项目")
    do(office.clerk, case, "sign", MONDAY, signed_on="2026-11-16")
    first = certified(park, office, case, "filing", MONDAY)
    page = Client().get(f"/approvals/certificates/{first.certificate_token}/").content.decode()
    assert "<bdi>电磁线\u202e项目</bdi>" in page

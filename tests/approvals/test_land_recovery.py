"""腾笼换鸟: two tracks side by side, the price under four eyes, and what idleness leads to by law."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, transaction

from approvals.access import RECOVERY
from approvals.models import Fixture, Parcel, Recovery
from portal.cases import engine
from portal.cases.access import visible_to
from portal.cases.errors import Invalid, NotAllowed, Refused
from portal.cases.models import Case
from tests.approvals.building import do
from tests.approvals.land import begin_recovery, idle_parcel, make_parcel, recovery_data, track
from tests.people import MONDAY, actor, at

pytestmark = pytest.mark.django_db
SPRING = at("2027-02-25 10:00")


def agreed(park: SimpleNamespace, case: Case, price: str = "44000000") -> Case:
    """By agreement, as far as the clearing of the land."""
    do(park.handler, case, "begin_agreement", MONDAY)
    found = track(case, "agreement")
    do(park.handler, found, "value", MONDAY, valued_amount="45000000", valued_by="示范评估公司")
    do(park.handler, found, "note_talk", MONDAY, note="对方要价 4800 万元")
    do(park.handler, found, "propose_price", MONDAY, amount=price)
    do(park.head, found, "approve_price", MONDAY)
    do(park.handler, found, "sign_agreement", MONDAY, signed_on="2026-11-16")
    return do(park.handler, found, "settle_price", MONDAY, settled_on="2026-11-16")


def heard(park: SimpleNamespace, case: Case, idle_since: str = "2024-11-01") -> Case:
    """Compulsory, as far as the decision."""
    do(park.handler, case, "begin_compulsory", MONDAY)
    found = track(case, "compulsory")
    do(park.handler, found, "find_idle", MONDAY, idle_since=idle_since, findings="未动工",
       hearing_by="2026-11-30")  # fmt: skip
    return do(park.handler, found, "note_hearing", at("2026-12-01 09:00"), hearing="未申请听证")


def test_land_comes_back_by_agreement_and_the_other_track_is_recalled(park: SimpleNamespace) -> None:
    parcel = idle_parcel(park)
    case = begin_recovery(park, parcel)
    parcel.refresh_from_db()
    assert (parcel.status, case.step, case.team.code) == ("recovering", "examining", "development")
    do(park.handler, case, "begin_compulsory", MONDAY)
    found = agreed(park, case)
    do(park.handler, found, "hand_over", SPRING, delivered_on="2027-02-24")
    parcel.refresh_from_db()
    assert (parcel.status, parcel.recovery_mode, parcel.holder) == ("recovered", "agreement", None)
    assert parcel.recovery_amount == Decimal(44_000_000)
    assert (parcel.recovered_on, parcel.delivered_on) == (date(2027, 2, 25), date(2027, 2, 24))
    assert parcel.days_late == -126  # four months before the plan
    case.refresh_from_db()
    assert (case.step, case.outcome) == ("recovered", "recovered")
    assert track(case, "compulsory").outcome == "recalled"
    recovery = Recovery.objects.get(pk=case.pk)
    assert (recovery.mode, recovery.under_way, recovery.days_late) == ("agreement", False, -126)
    assert not recovery.tracks.filter(under_way=True).exists()


def test_land_is_taken_back_after_two_years_and_the_talks_are_recalled(park: SimpleNamespace) -> None:
    parcel = idle_parcel(park)
    case = begin_recovery(park, parcel)
    do(park.handler, case, "begin_agreement", MONDAY)
    found = heard(park, case)
    do(park.head, found, "decide", at("2026-12-02 09:00"), decision_number="潭高新收〔2026〕1 号")
    do(park.handler, found, "apply", SPRING, court="示范人民法院", applied_on="2027-02-20")
    do(park.handler, found, "enforce", SPRING, amount="1280000", delivered_on="2027-02-25")
    parcel.refresh_from_db()
    assert (parcel.status, parcel.recovery_mode) == ("recovered", "compulsory")
    assert parcel.recovery_amount == Decimal(1_280_000)
    assert track(case, "agreement").outcome == "recalled"
    case.refresh_from_db()
    assert case.outcome == "recovered"


def test_who_negotiates_does_not_approve_the_price(park: SimpleNamespace) -> None:
    case = begin_recovery(park, idle_parcel(park))
    do(park.handler, case, "begin_agreement", MONDAY)
    found = track(case, "agreement")
    do(park.handler, found, "value", MONDAY, valued_amount="45000000", valued_by="示范评估公司")
    do(park.head, found, "note_talk", MONDAY, note="局长出面谈了一次")
    do(park.handler, found, "propose_price", MONDAY, amount="44000000")
    with pytest.raises(NotAllowed):
        do(park.head, found, "approve_price", MONDAY)
    with pytest.raises(NotAllowed):
        do(park.handler, found, "approve_price", MONDAY)
    assert do(park.section_head, found, "approve_price", MONDAY).step == "signing"


def test_a_parcel_is_recovered_once_at_a_time(park: SimpleNamespace) -> None:
    parcel = idle_parcel(park)
    case = begin_recovery(park, parcel)
    with pytest.raises(Refused, match="收回"):
        begin_recovery(park, parcel)
    first = Recovery.objects.get(pk=case.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        Recovery.objects.create(
            case=begin_recovery(park, idle_parcel(park, "HD-08")), parcel=parcel, cause="enterprise",
            reason="x", planned_delivery_on=first.planned_delivery_on, status_before="idle",
        )  # fmt: skip


@pytest.mark.parametrize("mode", ["begin_agreement", "begin_compulsory"])
def test_a_track_runs_once_at_a_time(park: SimpleNamespace, mode: str) -> None:
    case = begin_recovery(park, idle_parcel(park))
    do(park.handler, case, mode, MONDAY)
    with pytest.raises(Refused, match="已在进行"):
        do(park.handler, case, mode, MONDAY)


def test_talks_that_were_broken_off_can_begin_anew(park: SimpleNamespace) -> None:
    case = begin_recovery(park, idle_parcel(park))
    do(park.handler, case, "begin_agreement", MONDAY)
    do(park.head, track(case, "agreement"), "break_off", MONDAY, reason="差距太大")
    case.refresh_from_db()
    assert case.step == "recovering"
    do(park.handler, case, "begin_agreement", MONDAY)
    assert track(case, "agreement").step == "valuation"


def test_what_the_government_has_caused_leads_to_no_compulsion(park: SimpleNamespace) -> None:
    parcel = idle_parcel(park)
    case = begin_recovery(park, parcel, cause="government")
    with pytest.raises(Refused, match="政府"):
        do(park.handler, case, "begin_compulsory", MONDAY)
    do(park.handler, case, "begin_agreement", MONDAY)
    do(park.head, case, "grant_remedy", MONDAY, remedy="extension", remedy_terms="延期至 2027 年底开工")
    parcel.refresh_from_db()
    case.refresh_from_db()
    assert (parcel.status, parcel.planned_delivery_on, case.outcome) == ("idle", None, "remedied")
    assert track(case, "agreement").outcome == "recalled"


def test_a_remedy_is_only_for_what_the_government_has_caused(park: SimpleNamespace) -> None:
    case = begin_recovery(park, idle_parcel(park))
    with pytest.raises(Refused):
        do(park.head, case, "grant_remedy", MONDAY, remedy="swap", remedy_terms="换地")


def test_a_recovery_that_is_given_up_leaves_the_parcel_as_it_was(park: SimpleNamespace) -> None:
    parcel = idle_parcel(park, status="in_use")
    case = begin_recovery(park, parcel)
    do(park.handler, case, "begin_compulsory", MONDAY)
    do(park.head, case, "give_up", MONDAY, reason="企业已恢复生产")
    parcel.refresh_from_db()
    assert (parcel.status, parcel.holder) == ("in_use", park.ours)
    assert track(case, "compulsory").outcome == "recalled"
    assert begin_recovery(park, parcel).step == "examining"


@pytest.mark.parametrize(
    ("idle_since", "told"),
    [
        ("2025-12-02", "2026-12-02"),  # not yet one year: the day from which on
        ("2024-12-01", "两年"),  # two years: taken back, no fee any more
    ],
)
def test_the_fee_is_for_the_second_year_only(park: SimpleNamespace, idle_since: str, told: str) -> None:
    case = begin_recovery(park, idle_parcel(park))
    found = heard(park, case, idle_since)
    with pytest.raises(Refused, match=told):
        do(park.head, found, "charge_fee", at("2026-12-01 09:00"))


def test_the_fee_is_a_fifth_of_the_price_and_charged_once(park: SimpleNamespace) -> None:
    case = begin_recovery(park, idle_parcel(park))
    found = heard(park, case, "2025-12-01")  # one year to the day
    do(park.head, found, "charge_fee", at("2026-12-01 09:00"))
    found.recovery_track.refresh_from_db()
    assert found.recovery_track.fee_amount == Decimal(2_000_000)
    with pytest.raises(Refused, match="2026-12-01"):
        do(park.head, found, "charge_fee", at("2026-12-02 09:00"))


def test_a_track_that_begins_anew_does_not_charge_the_fee_again(park: SimpleNamespace) -> None:
    case = begin_recovery(park, idle_parcel(park))
    first = heard(park, case, "2025-12-01")
    do(park.head, first, "charge_fee", at("2026-12-01 09:00"))
    do(park.head, first, "break_off", at("2026-12-01 09:00"), reason="企业承诺开工")
    with pytest.raises(Refused, match="2026-12-01"):
        do(park.head, heard(park, case, "2025-12-01"), "charge_fee", at("2026-12-02 09:00"))


def test_what_has_been_paid_for_is_neither_given_up_nor_taken_by_force(park: SimpleNamespace) -> None:
    case = begin_recovery(park, idle_parcel(park))
    by_law = heard(park, case)
    do(park.head, by_law, "decide", at("2026-12-03 09:00"), decision_number="1 号")
    paid = agreed(park, case)
    handed = {"amount": "0", "delivered_on": "2026-12-03"}
    for who, what, name, data in (
        (park.handler, by_law, "enforce", handed),
        (park.head, case, "give_up", {"reason": "不再需要"}),
    ):
        with pytest.raises(Refused, match="已结算"):
            do(who, what, name, at("2026-12-03 10:00"), **data)
    do(park.head, by_law, "break_off", at("2026-12-03 10:00"), reason="已协议收回")
    do(park.handler, paid, "hand_over", SPRING, delivered_on="2027-02-24")
    assert Recovery.objects.get().amount == Decimal(44_000_000)


def test_without_the_price_of_the_land_there_is_no_fee(park: SimpleNamespace) -> None:
    found = heard(park, begin_recovery(park, idle_parcel(park), land_price_amount=""), "2025-12-01")
    with pytest.raises(Refused, match="价"):
        do(park.head, found, "charge_fee", at("2026-12-01 09:00"))


def test_land_is_not_taken_back_before_two_years(park: SimpleNamespace) -> None:
    found = heard(park, begin_recovery(park, idle_parcel(park)), "2024-12-03")
    with pytest.raises(Refused, match="2026-12-03"):
        do(park.head, found, "decide", at("2026-12-02 09:00"), decision_number="1 号")
    assert do(park.head, found, "decide", at("2026-12-03 09:00"), decision_number="1 号").step == "applying"


def test_a_hearing_can_be_asked_for_until_its_day_is_over(park: SimpleNamespace) -> None:
    case = begin_recovery(park, idle_parcel(park))
    do(park.handler, case, "begin_compulsory", MONDAY)
    found = track(case, "compulsory")
    do(park.handler, found, "find_idle", MONDAY, idle_since="2024-11-01", findings="未动工",
       hearing_by="2026-11-30")  # fmt: skip
    with pytest.raises(Refused, match="2026-11-30"):
        do(park.handler, found, "note_hearing", at("2026-11-30 09:00"), hearing="未申请")


def test_who_found_the_land_idle_does_not_decide(park: SimpleNamespace) -> None:
    case = begin_recovery(park, idle_parcel(park))
    do(park.handler, case, "begin_compulsory", MONDAY)
    found = track(case, "compulsory")
    do(park.head, found, "find_idle", MONDAY, idle_since="2024-11-01", findings="未动工",
       hearing_by="2026-11-30")  # fmt: skip
    do(park.head, found, "note_hearing", at("2026-12-01 09:00"), hearing="未申请")
    with pytest.raises(NotAllowed):
        do(park.head, found, "decide", at("2026-12-02 09:00"), decision_number="1 号")


def test_structures_are_listed_with_their_amounts(park: SimpleNamespace) -> None:
    case = begin_recovery(park, idle_parcel(park))
    rows = Fixture.objects.filter(recovery=case.pk).values_list("what", "amount")
    assert list(rows) == [("二号厂房", Decimal(1_200_000)), ("围墙", Decimal(80_000))]
    do(park.handler, case, "list_fixtures", MONDAY, fixtures="二号 厂房 1,300,000.50")
    assert list(rows.all()) == [("二号 厂房", Decimal("1300000.50"))]


@pytest.mark.parametrize("given", ["厂房", "厂房 -1", "120000", "厂房 1\n厂房 2", "厂房 NaN", "厂房 1e99"])
def test_a_list_that_cannot_be_read_is_refused(park: SimpleNamespace, given: str) -> None:
    with pytest.raises(Invalid) as told:
        begin_recovery(park, idle_parcel(park), fixtures=given)
    assert "fixtures" in told.value.form.errors
    assert not Recovery.objects.exists()


def test_only_land_that_somebody_holds_is_recovered(park: SimpleNamespace) -> None:
    for parcel in (
        make_parcel("A-1"),
        make_parcel("A-2", status="idle"),
        idle_parcel(park, holder=park.theirs),
    ):
        with pytest.raises(Refused):
            begin_recovery(park, parcel)
        assert Parcel.objects.get(pk=parcel.pk).status == parcel.status


def test_the_holder_sees_its_recovery_and_nobody_elses(park: SimpleNamespace) -> None:
    case = begin_recovery(park, idle_parcel(park))
    do(park.handler, case, "begin_compulsory", MONDAY)
    for found in (case, track(case, "compulsory")):
        assert visible_to(actor(park.owner)).filter(pk=found.pk).exists()
        assert not visible_to(actor(park.rival)).filter(pk=found.pk).exists()


def test_only_the_land_office_and_task_forces_begin_a_recovery(park: SimpleNamespace) -> None:
    parcel = idle_parcel(park)
    for person in (park.owner, park.steward, park.leader, park.service):
        with pytest.raises(NotAllowed):
            engine.open_case(
                RECOVERY, by=actor(person), enterprise=park.ours, data=recovery_data(parcel), now=MONDAY
            )

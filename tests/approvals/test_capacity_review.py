"""达产即复核: set off by its date, decided by rule, contested, put right, enforced."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from approvals import actions
from approvals.models import CapacityReview, Project, ReviewLine, ReviewRule
from portal.accounts.models import User
from portal.cases import watch
from portal.cases.errors import NotAllowed, Refused
from portal.cases.models import Case
from portal.park.models import MonthlyIndicator
from tests.approvals.building import certified, do, make_office, open_project
from tests.pages.test_pages import browser
from tests.people import MONDAY, at, person, works_in

pytestmark = pytest.mark.django_db
LATER = at("2027-11-16 09:00")
PROMISES = {
    "committed_investment_amount": "500000000",
    "committed_output_per_mu": "50000000",
    "committed_tax_per_mu": "3000000",
    "committed_capacity_on": "2027-11-15",
}
KEPT = {"investment_amount": "500000000", "output_per_mu": "50000000", "tax_per_mu": "3000000",
        "capacity_on": "2027-11-01"}  # fmt: skip


@pytest.fixture
def office(park: SimpleNamespace) -> SimpleNamespace:
    return make_office(park)


def completed(park: SimpleNamespace, office: SimpleNamespace, **promises: str) -> Case:
    """A project with all its permits, in the stage before its review."""
    case = open_project(park, office, land_mu="20")
    do(office.clerk, case, "sign", MONDAY, signed_on="2026-11-16", **(promises or PROMISES))
    for key in ("filing", "land_use", "scheme", "works", "drawings", "pit", "cellar", "above", "acceptance"):
        certified(park, office, case, key, MONDAY)
    case.refresh_from_db()
    assert case.step == "capacity_review"
    return case


def opened(case: Case, now: Any = LATER) -> Case:
    actions.open_reviews(now)
    return CapacityReview.objects.get(project=case.pk).case


def verified(park: SimpleNamespace, office: SimpleNamespace, case: Case, **found: str) -> Case:
    review = opened(case)
    do(park.owner, review, "tell", LATER, **KEPT)
    return do(office.clerk, review, "verify", LATER, report="现场核查属实", **{**KEPT, **found})


def head_of_window(park: SimpleNamespace, office: SimpleNamespace) -> Any:
    return office.window_team.memberships.get(role="head").user


def test_a_review_opens_on_its_day_once_and_never_before(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    case = completed(park, office)
    assert actions.open_reviews(at("2027-11-14 09:00")) == 0
    assert actions.open_reviews(at("2027-11-15 09:00")) == 1
    assert actions.open_reviews(at("2027-11-16 09:00")) == 0
    review = CapacityReview.objects.get(project=case.pk)
    assert (review.due_on, review.case.step, review.case.holder) == (
        date(2027, 11, 15),
        "filing",
        "enterprise",
    )


def test_without_a_promised_day_it_is_two_years_after_completion(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    completed(park, office, committed_tax_per_mu="3000000")
    assert actions.open_reviews(at("2028-11-15 09:00")) == 0
    assert actions.open_reviews(at("2028-11-16 09:00")) == 1


def test_what_the_monthly_reports_say_stands_beside_the_promise(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    case = completed(park, office)
    for month in range(1, 13):
        MonthlyIndicator.objects.create(
            enterprise=park.ours, month=date(2027, month, 1) if month < 11 else date(2026, month, 1),
            output_amount=80_000_000, tax_amount=5_000_000, investment_amount=30_000_000,
        )  # fmt: skip
    review = opened(case).capacity_review
    known = {line.key: line.known for line in review.lines.all()}
    assert known["output_per_mu"] == Decimal("48000000.00")  # 12 × 80 million on 20 mu
    assert known["tax_per_mu"] == Decimal("3000000.00")
    assert known["investment_amount"] == Decimal(360_000_000)


@pytest.mark.parametrize(
    ("found", "result"),
    [
        ({}, "met"),
        ({"tax_per_mu": "2400000"}, "mostly"),
        ({"tax_per_mu": "2399999"}, "below"),
        ({"capacity_on": "2027-11-16"}, "mostly"),
    ],
)
def test_the_result_follows_by_rule_from_the_worst_promise(
    park: SimpleNamespace, office: SimpleNamespace, found: dict[str, str], result: str
) -> None:
    verified(park, office, completed(park, office), **found)
    assert CapacityReview.objects.get().result == result


def test_a_percentage_is_never_rounded_up_to_what_was_missed() -> None:
    line = ReviewLine(key="tax_per_mu", promised=Decimal(3_000_000), actual=Decimal("2999999.99"))
    assert line.percent == Decimal("99.9")
    assert line.result(ReviewRule()) == "mostly"


def test_excused_days_shift_a_date() -> None:
    line = ReviewLine(key="start_on", promised_on=date(2027, 1, 1), actual_on=date(2027, 5, 1))
    rule = ReviewRule()
    assert [line.result(rule, days) for days in (0, 30, 120)] == ["below", "mostly", "met"]


def test_a_review_is_judged_by_the_rules_under_which_it_was_opened(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    milder = ReviewRule.objects.create(starts_on="2027-01-01", mostly_percent="60")
    case = completed(park, office)
    review = opened(case, at("2027-11-15 09:00"))
    ReviewRule.objects.create(starts_on="2027-11-16", mostly_percent="95")
    do(park.owner, review, "tell", LATER, **KEPT)
    do(office.clerk, review, "verify", LATER, report="属实", **{**KEPT, "tax_per_mu": "1900000"})
    found = CapacityReview.objects.get()
    assert (found.rule, found.result) == (milder, "mostly")  # 63.3 %


def test_the_park_says_how_long_after_completion_a_review_comes(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    ReviewRule.objects.create(starts_on="2026-12-01", months_after_completion=6)
    completed(park, office, committed_tax_per_mu="3000000")
    assert actions.open_reviews(at("2027-05-15 09:00")) == 0
    assert actions.open_reviews(at("2027-05-16 09:00")) == 1


def test_rules_that_a_review_was_opened_by_are_not_rewritten(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    rule = ReviewRule.objects.get(is_default=True)  # as proposed, and said to be
    opened(completed(park, office))
    address = reverse("admin:approvals_reviewrule_change", args=[rule.pk])
    page = browser(park.administrator)
    assert "待确认" in page.get(reverse("admin:approvals_reviewrule_changelist")).content.decode()
    page.post(address, {"starts_on": "2020-01-01", "mostly_percent": "10", "met_percent": "10"})
    rule.refresh_from_db()
    assert (rule.mostly_percent, rule.met_percent) == (80, 100)
    assert browser(park.head).get(address).status_code in (302, 403)


def test_who_made_the_visit_does_not_decide(park: SimpleNamespace, office: SimpleNamespace) -> None:
    case = completed(park, office)
    head = head_of_window(park, office)
    review = opened(case)
    do(park.owner, review, "tell", LATER, **KEPT)
    do(head, review, "verify", LATER, report="属实", **KEPT)
    with pytest.raises(NotAllowed):
        do(head, review, "settle", LATER, measures="无")


def test_a_review_that_the_enterprise_does_not_file_goes_on_without_it(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    review = opened(completed(park, office))
    watch.lapse(at("2027-12-15 09:00"))  # 20 working days after 16 November
    review.refresh_from_db()
    assert (review.step, review.holder) == ("verifying", "department")
    review = do(office.clerk, review, "verify", at("2027-12-16 09:00"), report="企业未申报", **KEPT)
    assert (review.step, review.capacity_review.result) == ("panel", "met")


def test_the_second_review_comes_when_the_time_to_put_it_right_is_over(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    review = verified(park, office, completed(park, office), tax_per_mu="1")
    do(head_of_window(park, office), review, "settle", LATER, measures="十二个月内整改")
    do(park.owner, review, "agree", LATER)
    watch.lapse(at("2028-11-10 09:00"))
    review.refresh_from_db()
    assert review.step == "rectifying"
    watch.lapse(at("2028-11-16 09:00"))
    review = Case.objects.get(pk=review.pk)
    assert (review.step, review.capacity_review.round) == ("filing", 2)


def test_who_made_the_visit_does_not_enforce_the_contract(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    case = completed(park, office)
    head = head_of_window(park, office)
    review = verified(park, office, case, tax_per_mu="1")
    do(head, review, "settle", LATER, measures="整改")
    do(park.owner, review, "agree", LATER)
    do(park.owner, review, "report_again", LATER)
    do(park.owner, review, "tell", LATER, **KEPT)
    do(works_in(person("secondhead"), office.window_team, "head"), review, "verify", LATER, report="仍不足",
       **{**KEPT, "tax_per_mu": "1"})  # fmt: skip
    do(head, review, "settle", LATER, measures="违约")
    review = do(park.owner, review, "agree", LATER)
    with pytest.raises(NotAllowed):
        do(User.objects.get(username="secondhead"), review, "enforce", LATER, measures="收回奖补")
    assert do(head, review, "enforce", LATER, measures="收回奖补").outcome == "breached"


def test_the_project_is_done_when_nobody_objects_in_time(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    case = completed(park, office)
    review = verified(park, office, case)
    do(head_of_window(park, office), review, "settle", LATER, measures="兑现奖补")
    with pytest.raises(Refused):
        do(office.clerk, case, "finish", LATER, reason="提前")
    watch.lapse(at("2027-12-01 09:00"))
    review.refresh_from_db()
    case.refresh_from_db()
    assert (review.step, review.outcome) == ("passed", "met")
    assert (case.step, case.outcome) == ("done", "done")


def test_what_went_along_with_a_project_ends_with_it(park: SimpleNamespace, office: SimpleNamespace) -> None:
    case = completed(park, office)
    do(park.owner, case, "ask_for_utility", MONDAY, kind="power", need="10kV")
    assert set(case.children.open().values_list("kind", flat=True)) == {
        "approvals.assistance",
        "approvals.utility",
    }
    review = verified(park, office, case)
    do(head_of_window(park, office), review, "settle", LATER, measures="兑现奖补")
    do(park.owner, review, "agree", LATER)
    assert Case.objects.get(pk=case.pk).outcome == "done"
    assert not case.children.open().exists()
    assert Project.objects.get(pk=case.pk).agent is None


def test_who_falls_short_puts_it_right_once_and_is_in_breach_the_second_time(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    case = completed(park, office)
    head = head_of_window(park, office)
    review = verified(park, office, case, tax_per_mu="1000000")
    do(head, review, "settle", LATER, measures="十二个月内整改")
    do(park.owner, review, "object", LATER, reason="数据有误")
    do(head, review, "settle", LATER, measures="维持")
    review = do(park.owner, review, "agree", LATER)
    assert review.step == "rectifying"
    do(office.clerk, review, "note_progress", LATER, note="新线已投产")
    do(park.owner, review, "report_again", LATER)
    do(park.owner, review, "tell", LATER, **KEPT)
    do(office.clerk, review, "verify", LATER, report="仍不足", **{**KEPT, "tax_per_mu": "2000000"})
    do(head, review, "settle", LATER, measures="违约")
    review = do(park.owner, review, "agree", LATER)
    assert review.step == "default"
    review = do(head, review, "enforce", LATER, measures="收回奖补")
    assert review.outcome == "breached"
    assert Project.objects.get(pk=case.pk).case.step == "done"


def test_the_page_of_a_review_tells_money_per_mu_as_people_do(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    review = verified(park, office, completed(park, office))
    html = browser(park.owner).get(f"/cases/{review.pk}/").content.decode().replace("\N{NO-BREAK SPACE}", " ")
    for words in ("年亩均产值<", "5,000 万元/亩", "300 万元/亩", "5 亿元"):
        assert words in html, words


def test_a_review_is_called_as_its_project_and_its_day_in_another_year_says_which(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    case = verified(park, office, completed(park, office), tax_per_mu="1000000")
    assert case.title == "年产五万吨电磁线项目"
    do(head_of_window(park, office), case, "settle", LATER, measures="整改")
    do(park.owner, case, "agree", LATER)
    with time_machine.travel(LATER, tick=False):
        html = browser(office.clerk).get(f"/cases/{case.pk}/").content.decode()
    assert "2028年11月" in html

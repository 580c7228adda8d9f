"""Any order of filing, deciding, planning, sending, answering, stopping, recovering, with retries: at every
moment the money is where the rows say, never more than there is, never paid twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any, ClassVar

import pytest
from django.db import transaction
from django.db.models import Sum
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    MultipleResults,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from funds.actions import apply_result, make_file, money, open_plan, release_file, serve_budgets, take_result
from funds.models import (
    Budget,
    BudgetLine,
    ClaimAccount,
    Instalment,
    PaymentFile,
    PaymentLine,
    Plan,
    PlanLine,
    PolicyVersion,
    Transfer,
)
from funds.models.lines import LINES
from portal.accounts.models import User
from portal.cases import engine
from portal.cases.errors import CaseError
from portal.cases.models import Case
from tests.funds.building import (
    ACCOUNT,
    MONDAY,
    REFUSAL,
    answers,
    do,
    file_claim,
    make_office,
    make_policy,
)
from tests.people import actor

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(300)]
AMOUNTS = st.sampled_from(["1000", "1000000", "2500000", "3333333.33"])


class Machine(RuleBasedStateMachine):
    park: ClassVar[SimpleNamespace]
    office: ClassVar[SimpleNamespace]
    versions: ClassVar[list[PolicyVersion]]
    claims: Any = Bundle("claims")
    files: Any = Bundle("files")

    def __init__(self) -> None:
        super().__init__()
        self.point = transaction.savepoint()
        self.keys = 0
        self.now = MONDAY

    def teardown(self) -> None:
        transaction.savepoint_rollback(self.point)

    def do(self, user: User | None, case: Case | int, name: str, **data: Any) -> Case:
        return do(user, case, name, self.now, **data)

    def tried(self, work: Callable[[], Any]) -> Any:
        """What is refused has changed nothing; everything else is done."""
        before = balances()
        try:
            with transaction.atomic():
                return work()
        except CaseError:
            assert balances() == before
            return None

    @initialize(
        target=claims, begun=st.lists(st.integers(3, 9), min_size=2, max_size=4), planned=st.booleans()
    )
    def begin(self, begun: list[int], planned: bool) -> MultipleResults[int]:
        """Some claims that came before, each so far on its way."""
        found = [self.file(n % 6, 2020 - n // 6, "1000000") for n, _steps in enumerate(begun)]
        for claim, steps in zip(found, begun, strict=True):
            self.go_on(claim, steps)
        if planned:
            self.approve_a_month()
        return multiple(*found)

    @rule(target=claims, which=st.integers(0, 5), year=st.integers(2021, 2025), base=AMOUNTS)
    def file(self, which: int, year: int, base: str) -> int:
        case = self.tried(
            lambda: file_claim(
                self.park,
                self.versions[which],
                self.now,
                enterprise=self.park.theirs if which % 2 else self.park.ours,
                year=year,
                base_amount=base,
            )
        )
        return case.pk if case else 0

    @rule(claim=claims, steps=st.integers(1, 9))
    def go_on(self, claim: int, steps: int) -> None:
        """Handled as far as it goes."""
        way = {
            "received": (self.office.clerk, "accept", {}),
            "reviewing": (self.office.reviewer, "review", {"opinion": "符合"}),
            "meeting": (self.office.leader, "approve", {"amount": "99999.99", "minutes_number": "1"}),
            "joint_review": (self.office.reviewer, "join", {"opinion": "同意"}),
            "publicity": (None, "end_publicity", {}),
            "issuing": (self.office.reviewer, "issue", {"document_number": "1号"}),
            "fixing": (None, "", {}),
        }
        for _n in range(steps):
            case = Case.objects.filter(pk=claim).first()
            if case is None or case.step not in way or not way[case.step][1]:
                return
            who, name, data = way[case.step]
            self.tried(lambda case=case, who=who, name=name, data=data: self.do(who, case, name, **data))  # type: ignore[misc]

    @rule(claim=claims, amount=st.sampled_from(["100", "99999.99", "250000", "400000"]))
    def approve(self, claim: int, amount: str) -> None:
        told = {"amount": amount, "minutes_number": "1"}
        self.tried(lambda: claim and self.do(self.office.leader, claim, "approve", **told))

    @rule(claim=claims, name=st.sampled_from(["refuse", "withdraw", "stop", "go_on", "grant_appeal"]))
    def turn(self, claim: int, name: str) -> None:
        who = {"refuse": self.office.leader, "withdraw": None, "grant_appeal": self.office.second_leader}
        case = Case.objects.filter(pk=claim).first()
        if case is None:
            return
        owner = self.park.owner if case.enterprise_id == self.park.ours.pk else self.park.rival
        user = who.get(name, self.office.finance_head) or owner
        data = dict(REFUSAL) if name == "refuse" else {"reason": "有疑问"}
        if name == "grant_appeal":
            self.tried(lambda: self.do(owner, claim, "appeal", reason="请复核"))
        self.tried(lambda: self.do(user, claim, name, **data))

    @rule(claim=claims)
    def fix(self, claim: int) -> None:
        case = Case.objects.filter(pk=claim).first()
        if case is None:
            return
        ours = case.enterprise_id == self.park.ours.pk
        owner, holder = (
            (self.park.owner, self.park.ours.name) if ours else (self.park.rival, self.park.theirs.name)
        )
        told = {**ACCOUNT, "holder": holder, "number": f"62220000{case.version:08d}"}
        self.tried(lambda: self.do(owner, case, "fix_account", **told))

    @rule()
    def plan(self) -> None:
        """The plan of the month; or, where there is one, that of the next."""
        if not open_plan(self.now):
            self.now = (self.now.replace(day=1) + timedelta(days=32)).replace(day=17)
            open_plan(self.now)

    @rule(name=st.sampled_from(["submit", "review", "approve", "send_back", "close"]))
    def work_plans(self, name: str) -> None:
        who = {
            "submit": self.office.payer,
            "review": self.office.finance_head,
            "approve": self.office.second_leader,
            "send_back": self.office.second_leader,
            "close": self.office.payer,
        }[name]
        for plan in Plan.objects.all():
            self.tried(lambda plan=plan: self.do(who, plan.pk, name, reason="再核"))  # type: ignore[misc]

    def approve_a_month(self) -> None:
        self.plan()
        for name in ("submit", "review", "approve"):
            self.work_plans(name)

    @rule(bad=st.booleans())
    def pay_a_month(self, bad: bool) -> None:
        """All that waits, to the bank and back."""
        self.approve_a_month()
        self.answer(self.send(again=False), bad, 1)

    @rule(which=st.integers(0, 5))
    def defer(self, which: int) -> None:
        line = PlanLine.objects.filter(deferred_why="").order_by("pk")[which : which + 1].first()
        if line is not None:
            self.tried(
                lambda: self.do(self.office.payer, line.plan_id, "defer", line=line.pk, why="库款紧张")
            )

    @rule(target=files, again=st.booleans())
    def send(self, again: bool) -> int:
        self.keys += not again
        found = 0
        for plan in Plan.objects.all():
            key = f"k{self.keys}-{plan.pk}"
            for _twice in range(2):
                file = self.tried(
                    lambda plan=plan, key=key: make_file(  # type: ignore[misc]
                        plan, layout="csv", key=key, by=self.office.payer, now=self.now
                    )
                )
                if file:
                    self.tried(
                        lambda file=file: release_file(file, by=self.office.second_payer, now=self.now)  # type: ignore[misc]
                    )
                    found = file.pk
        return found

    @rule()
    def stop_what_is_committed(self) -> None:
        one = Instalment.objects.filter(state="committed").order_by("pk").first()
        if one is not None:
            self.tried(lambda: self.do(self.office.finance_head, one.account_id, "stop", reason="待查"))

    @rule(file=files, bad=st.booleans(), times=st.integers(1, 2))
    def answer(self, file: int, bad: bool, times: int) -> None:
        made = PaymentFile.objects.filter(pk=file).first()
        if made is None:
            return
        returned = {line.to_account.number: "退" for line in made.lines.all()[:1]} if bad else {}
        for _n in range(times):
            result = self.tried(
                lambda: take_result(made, answers(made, **returned), by=self.office.payer, now=self.now)
            )
            if result:
                apply_result(result, self.now)

    @rule(claim=claims, amount=st.sampled_from(["50", "60000", "300000"]))
    def recover(self, claim: int, amount: str) -> None:
        paid = ClaimAccount.objects.filter(paid_amount__gt=0).order_by("pk").first()
        case = Case.objects.filter(pk=paid.pk if paid else claim).first()
        if case is None:
            return
        told = {"amount": amount, "due_on": "2027-01-01", "reason": "多付"}
        opened = self.tried(
            lambda: engine.open_case(
                "funds.recovery",
                by=actor(self.office.payer),
                enterprise=case.enterprise,
                team=self.office.finance,
                parent=case,
                data=told,
                now=self.now,
            )
        )
        if opened:
            for part in ("50", amount):
                self.tried(
                    lambda part=part: self.do(
                        self.office.payer, opened, "receive", amount=part, on="2026-11-16"
                    )  # type: ignore[misc]
                )

    @rule(amount=st.sampled_from(["100", "200000", "900000"]), back=st.booleans())
    def transfer(self, amount: str, back: bool) -> None:
        source, target = Budget.objects.order_by("code" if back else "-code")
        asked = self.tried(
            lambda: money.ask_transfer(
                source, target, Decimal(amount), reason="调剂", by=self.office.payer, now=self.now
            )
        )
        if asked:
            for _twice in range(2):
                self.tried(
                    lambda: money.decide_transfer(
                        asked, granted=True, by=self.office.finance_head, now=self.now
                    )
                )

    @rule(amount=st.sampled_from(["-100000", "50000", "-1000000"]))
    def appropriate(self, amount: str) -> None:
        self.tried(lambda: money.appropriate(self.office.budget, Decimal(amount), by=None, now=self.now))

    @rule()
    def serve(self) -> None:
        serve_budgets(self.now)

    @invariant()
    def everything_adds_up(self) -> None:
        check_money()


def balances() -> list[tuple[Any, ...]]:
    names = (
        "pk",
        "appropriated_amount",
        "reserved_amount",
        "committed_amount",
        "paid_amount",
        "recovered_amount",
    )
    return [*Budget.objects.order_by("pk").values_list(*names)]


def lines(**which: Any) -> Decimal:
    return BudgetLine.objects.filter(**which).aggregate(total=Sum("amount"))["total"] or Decimal(0)


def check_money() -> None:
    for budget in Budget.objects.all():
        bound = budget.reserved_amount + budget.committed_amount + budget.paid_amount
        assert bound - budget.recovered_amount <= budget.appropriated_amount
        for account in ("reserved", "committed", "paid"):
            came, went = lines(budget=budget, target=account), lines(budget=budget, source=account)
            assert came - went == getattr(budget, f"{account}_amount")
            held = budget.accounts.aggregate(total=Sum(f"{account}_amount"))["total"] or 0
            assert held == getattr(budget, f"{account}_amount")
        came, went = lines(budget=budget, source="treasury"), lines(budget=budget, target="treasury")
        assert came - went == budget.appropriated_amount
    for account in ClaimAccount.objects.select_related("claim__case"):
        check_account(account)
    sent = PaymentLine.objects.filter(state__in=["sent", "paid"]).values_list("instalment", flat=True)
    assert len(sent) == len(set(sent))
    assert (
        Transfer.objects.filter(granted=True).count() * 2
        == BudgetLine.objects.filter(transfer__isnull=False).count()
    )


def check_account(account: ClaimAccount) -> None:
    approved = account.approved_amount
    assert account.paid_amount <= (approved or 0)
    assert approved is None or account.cap_amount is None or approved <= account.cap_amount
    by_state: dict[str, Decimal] = {}
    for one in account.instalments.all():
        by_state[one.state] = by_state.get(one.state, Decimal(0)) + one.amount
    paid = by_state.get("paid", Decimal(0)) + by_state.get("credited", Decimal(0))
    assert account.paid_amount == paid
    on_its_way = sum((by_state.get(s, Decimal(0)) for s in ("committed", "sent", "returned")), Decimal(0))
    assert account.committed_amount == on_its_way
    if by_state:
        waiting = by_state.get("planned", Decimal(0)) + by_state.get("stopped", Decimal(0))
        assert account.reserved_amount == waiting
        assert sum(by_state.values()) == approved
    if not account.claim.live:
        assert account.reserved_amount == account.committed_amount == 0
    settled = PaymentLine.objects.filter(instalment__account=account, state="paid")
    assert (settled.aggregate(total=Sum("amount"))["total"] or 0) == account.paid_amount


@pytest.fixture
def _machine(park: SimpleNamespace) -> None:
    Machine.park, office = park, make_office(park)
    Machine.office = office
    Machine.versions = [
        make_policy(office, f"P{n}", instalments=1 + n % 2, cap_amount="300000") for n in range(6)
    ]
    other = Budget.objects.create(code="QT2026", year=2026, name="其他")
    money.appropriate(other, Decimal(400_000), by=None, now=MONDAY)


@pytest.mark.usefixtures("_machine")
def test_no_yuan_is_lost_doubled_or_over_budget() -> None:
    run = settings(
        max_examples=15, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
    )
    run_state_machine_as_test(Machine, settings=run)


@pytest.mark.usefixtures("_machine")
def test_what_the_machine_does_reaches_every_kind_of_line() -> None:
    """So that the test above is not one of empty hands."""
    machine = Machine()
    machine.begin([9, 9, 9, 5], planned=True)
    machine.stop_what_is_committed()
    machine.appropriate("-100000")
    machine.transfer("200000", back=False)
    machine.answer(machine.send(again=False), bad=True, times=2)
    for case in Case.objects.filter(step="fixing"):
        machine.fix(case.pk)
    machine.answer(machine.send(again=False), bad=False, times=1)
    paid = PaymentLine.objects.filter(state="paid", position=1).earliest("pk")
    machine.answer(paid.file_id, bad=True, times=1)
    for amount in ("50", "60000"):
        machine.recover(0, amount)
    for case in Case.objects.filter(step="meeting"):
        machine.turn(case.pk, "refuse")
    check_money()
    assert set(BudgetLine.objects.values_list("kind", flat=True)) == set(LINES)
    assert {"paid", "returned"} <= set(PaymentLine.objects.values_list("state", flat=True))

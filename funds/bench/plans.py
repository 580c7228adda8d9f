"""A month with ten thousand payments: approved, written for the bank, answered and booked."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from decimal import Decimal

from django.conf import settings
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test import Client
from django.urls import reverse

from funds.access import CLAIM
from funds.actions import apply_result, make_file, money, open_plan, release_file, take_result
from funds.models import (
    BankAccount,
    Budget,
    BudgetLine,
    Claim,
    ClaimAccount,
    Instalment,
    PaymentFile,
    Plan,
    Policy,
    PolicyVersion,
)
from portal.accounts.models import Duty, DutyGrant, User
from portal.bench.budgets import PLAIN, Bench
from portal.bench.budgets import Budget as Measured
from portal.bench.loader import NOW
from portal.bench.measure import Line, at_least, at_most, counting, in_turn, sql, timed
from portal.cases import engine, importing
from portal.cases.importing import History, Stay
from portal.park.acting import Actor
from portal.park.models import Enterprise, Membership, Team

LINES, AMOUNT, BATCH = 10_000, Decimal(100), 1000
# In a process of its own: what it writes is undone, so that each layout finds the plan as it was.
_EXPORT = """
import json, sys, time
import django
django.setup()
from datetime import datetime
from django.db import transaction
from funds.actions import make_file
from portal.accounts.models import User
with transaction.atomic():
    begun = time.perf_counter()
    made = make_file(
        int(sys.argv[1]), layout=sys.argv[2], key=sys.argv[2],
        by=User.objects.get(username="plan-payer"), now=datetime.fromisoformat(sys.argv[3]),
    )
    took = time.perf_counter() - begun
    transaction.set_rollback(True)
peak = next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(json.dumps({"took_s": took, "peak_kb": int(peak), "count": made.count}))
"""


def payments(bench: Bench) -> Iterator[Line]:
    """Issue 5: a plan of 10,000 lines within 5 s and 200 MB; the page of it, and the bank's answer."""
    people = _people()
    plan = _plan(bench, people)
    engine.perform(plan.pk, "submit", by=people["payer"], now=NOW)
    engine.perform(plan.pk, "review", by=people["head"], now=NOW)
    begun = time.perf_counter()
    engine.perform(plan.pk, "approve", by=people["leader"], now=NOW)
    yield at_most(f"approving a plan of {LINES} lines", time.perf_counter() - begun, "s", 1, 5)
    yield from _page(bench, plan, people["payer"].user)
    for layout in ("csv", "xlsx"):
        told = _exported(plan, layout)
        yield at_most(f"{told['count']} payments as {layout}", told["took_s"], "s", 1, 5)
        yield at_most(f"memory of {told['count']} payments as {layout}", told["peak_kb"] / 1024, "MB", 1, 200)
    yield from _answered(plan, people["payer"].user, people["second"].user)


def _people() -> dict[str, Actor]:
    kind = {"name": "财政金融（测量）", "kind": Team.Kind.FINANCE}
    team, _made = Team.objects.get_or_create(code="finance", defaults=kind)
    found = {}
    for name, role in (("payer", "member"), ("second", "member"), ("head", "head"), ("leader", "")):
        user = User.objects.create(username=f"plan-{name}", display_name=name)
        if role:
            Membership.objects.create(user=user, team=team, role=role)
        else:
            DutyGrant.objects.create(user=user, duty=Duty.LEADER)
        found[name] = Actor(user)
    return found


def _plan(bench: Bench, people: dict[str, Actor]) -> Plan:
    """Claims of one policy that have been decided, and the plan of the month with all of them."""
    team = Team.objects.get(code="finance")
    enterprise = Enterprise.objects.get(pk=bench.loaded.enterprise)
    budget = Budget.objects.create(code="PAY", year=2026, name="测量（示范）")
    money.appropriate(budget, LINES * AMOUNT, by=None, now=NOW)
    policy = Policy.objects.create(
        code="PAY", title="测量政策（示范）", level="park", kind="reward", team=team, budget=budget
    )
    version = PolicyVersion.objects.create(
        policy=policy, number=1, made_at=NOW, opens_on="2026-01-01", summary="x", base="claimed",
        method="rate", rate="0.1",
    )  # fmt: skip
    to = BankAccount.objects.create(
        enterprise=enterprise, holder=enterprise.name, bank="示范银行", number="6222000000001234",
        confirmed_at=NOW, confirmed_by=people["payer"].user,
    )  # fmt: skip
    stay = [Stay("payable", team.pk, NOW)]
    told = [
        History(f"PAY{n}", "测量用申报", enterprise.pk, team.pk, "payable", NOW, stay, NOW)
        for n in range(LINES)
    ]
    cases = importing.bulk_open(CLAIM, told, source="bench", now=NOW)
    Claim.objects.bulk_create(
        [
            Claim(
                case=case, enterprise=enterprise, policy=policy, version=version, budget=budget,
                period=DateRange(empty=True), claimed_amount=AMOUNT, bank_account=to,
            )
            for case in cases
        ],
        BATCH,
    )  # fmt: skip
    accounts = ClaimAccount.objects.bulk_create(
        [ClaimAccount(claim_id=case.pk, budget=budget, approved_amount=AMOUNT) for case in cases], BATCH
    )
    reserved = [money.line_of(budget, "reserve", AMOUNT, at=NOW, by=None, account=one) for one in accounts]
    BudgetLine.objects.bulk_create(reserved, BATCH)
    Instalment.objects.bulk_create(
        [Instalment(account=one, sequence=1, amount=AMOUNT, due_on=NOW.date()) for one in accounts], BATCH
    )
    open_plan(NOW)
    # What the database does by itself within a minute of such a load.
    sql("ANALYZE")
    return Plan.objects.get()


def _page(bench: Bench, plan: Plan, payer: User) -> Iterator[Line]:
    client, plain = Client(), bench.client()
    client.force_login(payer)
    address = reverse("funds:plan_view", args=[plan.pk])
    client.get(address)
    with counting() as sent:
        answer = client.get(address)
    yield at_most("page of the plan, statements", len(sent), "statements", 1, 20)
    yield at_most("page of the plan, size", len(answer.content) / 1024, "KB", 1, 150)
    ours, theirs = in_turn(lambda: client.get(address), lambda: plain.get(PLAIN), 9)
    # Two sums over all its lines are on the page: what is sent, put off and paid, and what can be sent now.
    yield at_most("page of the plan", ours, "ms", theirs, 6)


def _exported(plan: Plan, layout: str) -> dict[str, float]:
    database = connection.settings_dict
    login = f"{database['USER']}:{database['PASSWORD']}" if database["PASSWORD"] else database["USER"]
    address = f"postgres://{login}@{database['HOST']}:{database['PORT']}/{database['NAME']}"
    done = subprocess.run(
        [sys.executable, "-c", _EXPORT, str(plan.pk), layout, NOW.isoformat()],
        env={**os.environ, "DATABASE_URL": address, "DJANGO_SETTINGS_MODULE": "portal.settings"},
        cwd=settings.BASE_DIR, stdout=subprocess.PIPE, text=True, check=True,
    )  # fmt: skip
    return dict(json.loads(done.stdout))


def _answered(plan: Plan, payer: User, second: User) -> Iterator[Line]:
    """Everything is paid, and the bank says so twice: the second time nothing is left to do."""
    file = make_file(plan, layout="csv", key="bench", by=payer, now=NOW)
    release_file(file, by=second, now=NOW)
    begun = time.perf_counter()
    result = take_result(file, _answer(file), by=payer, now=NOW)
    yield at_most(f"an answer with {file.count} lines, read", time.perf_counter() - begun, "s", 1, 5)
    begun = time.perf_counter()
    done = apply_result(result, NOW)
    # In the background: ten thousand within three minutes.
    yield at_least(f"{done} answers booked", done / (time.perf_counter() - begun), "per second", 1, 56)
    if Budget.objects.get(code="PAY").paid_amount != LINES * AMOUNT or apply_result(result, NOW):
        raise RuntimeError("what was paid does not stand in the budget once")
    again = timed(lambda: take_result(file, _answer(file), by=payer, now=NOW), 1) / 1000
    yield at_most("the same answer again", again, "s", 1, 5)


def _answer(file: PaymentFile) -> bytes:
    rows = ["业务编号,收款账号,金额,结果,日期,流水号,原因"]
    lines = file.lines.order_by("position").values_list("position", "amount", "to_account__number")
    for position, amount, number in lines:
        rows.append(f"{file.number}-{position:05d},{number},{amount:.2f},成功,2026-11-18,LS{position},")
    return "\n".join(rows).encode()


LAST: dict[str, Measured] = {"payments": payments}

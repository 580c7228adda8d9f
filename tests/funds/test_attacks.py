"""What a hostile or hasty person sends: it is refused in words, changes nothing, and no page breaks."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from funds import matching
from funds.actions import apply_result, make_file, release_file, take_result
from funds.models import BankResult, Budget, Claim, Criterion, PaymentFile, PaymentLine, Transfer
from funds.urls import urlpatterns
from portal.cases.models import Case, Event
from tests.funds.building import (
    ACCOUNT,
    MONDAY,
    answers,
    approved,
    claiming,
    make_office,
    make_policy,
    payable,
)
from tests.funds.test_claim_pages import NEW
from tests.funds.test_payouts import approved_plan
from tests.funds.test_plan_pages import signed_in
from tests.pages.test_cost import table_state

pytestmark = pytest.mark.django_db
NUMBERS = (
    "1e400",
    "NaN",
    "sNaN",
    "-Infinity",
    "-1",
    "0",
    "0.001",
    "1E-400",
    "1e15",
    "9" * 400,
    "1,000",
    "０",
    "",
)
DAYS = ("9999-12-31", "0001-01-01", "2026-02-30", "10000-01-01", "x")


@pytest.fixture
def office(park: SimpleNamespace) -> SimpleNamespace:
    return make_office(park)


@pytest.fixture(autouse=True)
def _monday() -> Iterator[None]:
    with time_machine.travel(MONDAY, tick=False):
        yield


def sent(park: SimpleNamespace, office: SimpleNamespace) -> PaymentFile:
    payable(park, office, make_policy(office))
    file = make_file(approved_plan(office), layout="csv", key="k1", by=office.payer, now=MONDAY)
    release_file(file, by=office.second_payer, now=MONDAY)
    return file


def everybody(park: SimpleNamespace, office: SimpleNamespace, *names: str) -> dict[str, Client]:
    """Each of these signed in; who is nobody is not."""
    people = {name: getattr(office, name, None) or getattr(park, name, None) for name in names}
    return {name: signed_in(user) if user else Client() for name, user in people.items()}


def test_no_address_of_funds_breaks_on_ids_that_are_not_there(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    routes = [str(pattern.pattern) for pattern in urlpatterns]
    assert len(routes) > 35
    with_ids = [route for route in routes if "<id:" in route]
    for name, client in everybody(
        park, office, "nobody", "payer", "leader", "owner", "administrator"
    ).items():
        for route in with_ids:
            for pk in ("0", "9" * 17, "-1"):
                address = "/funds/" + route.replace("<id:pk>", pk).replace("<id:number>", pk)
                for ask in (client.get, client.post):
                    assert ask(address).status_code in (302, 401, 403, 404, 405), (name, address)


def test_what_belongs_to_others_is_not_touched_through_any_address(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    file = sent(park, office)
    case = approved(park, office, make_policy(office, "PUB"))
    money = Budget.objects.create(code="RC2026", year=2026, name="人才")
    asked = Transfer.objects.create(
        source=office.budget, target=money, amount=1, reason="x", asked_by=office.payer, asked_at=MONDAY
    )
    account = Claim.objects.get(pk=case.pk).bank_account
    assert account is not None
    ids = {
        "claims/": [case.pk], "account/": [account.pk], "files/": [file.pk], "plans/": [file.plan_id],
        "budgets/": [office.budget.pk], "transfers/": [asked.pk], "policies/desk/": [case.claim.policy_id],
    }  # fmt: skip
    outsiders = everybody(park, office, "rival", "nobody")
    before = table_state()
    for name, client in outsiders.items():
        for route in (str(pattern.pattern) for pattern in urlpatterns):
            for start, pks in ids.items():
                for pk in pks if route.startswith(start) and "<id:pk>" in route else ():
                    address = "/funds/" + route.replace("<id:pk>", str(pk)).replace("<id:number>", "1")
                    for ask in (client.get, client.post):
                        status = ask(address).status_code
                        assert status in (302, 401, 403, 404, 405), (name, address, status)
                        assert status != 302 or name == "nobody", (name, address)
    assert table_state() == before
    for place in ("", "timeline/"):
        assert signed_in(park.rival).get(f"/api/v1/cases/{case.pk}/{place}").status_code == 404


@pytest.mark.parametrize("number", NUMBERS)
def test_a_hostile_number_is_refused_beside_its_field(
    park: SimpleNamespace, office: SimpleNamespace, number: str
) -> None:
    version = make_policy(office, "SPAN", period="span")
    owner = signed_in(park.owner)
    times = {"since": "2025-01-01", "until": "2025-12-31"}
    for change in (
        {"base_amount": number},
        {"base_amount": "1000000", "invoices": f"A,1000000\nB,{number}"},
    ):
        answer = owner.post(NEW, {**claiming(version), **times, **change})
        assert answer.status_code == 422, change
    typed = {**claiming(version), **times, "base_amount": number}
    assert owner.post("/funds/claims/estimate/", typed, headers={"HX-Request": "true"}).status_code == 200
    assert not Case.objects.filter(kind="funds.claim").exists()
    head, payer = signed_in(office.finance_head), signed_in(office.payer)
    budget = f"/funds/budgets/{office.budget.pk}/"
    other = Budget.objects.create(code="RC2026", year=2026, name="人才")
    given = {"kind": "appropriate", "amount": number, "note": "x", "key": "k" * 10}
    assert head.post(f"{budget}change/", given).status_code == 422
    asked = {"target": other.pk, "amount": number, "reason": "x"}
    assert payer.post(f"{budget}transfer/", asked).status_code == 422
    office.budget.refresh_from_db()
    assert office.budget.appropriated_amount == 1_000_000


@pytest.mark.parametrize("day", DAYS)
def test_a_day_beyond_all_calendars_is_refused(
    park: SimpleNamespace, office: SimpleNamespace, day: str
) -> None:
    version = make_policy(office, "SPAN", period="span")
    owner = signed_in(park.owner)
    for times in ({"since": "2025-01-01", "until": day}, {"since": day, "until": day}):
        typed = {**claiming(version), **times}
        assert owner.post("/funds/claims/estimate/", typed, headers={"HX-Request": "true"}).status_code == 200
        if day != "0001-01-01":
            assert owner.post(NEW, typed).status_code == 422
    file = sent(park, office)
    apply_result(take_result(file, answers(file), by=office.payer, now=MONDAY), MONDAY)
    claim = file.lines.get().instalment.account_id
    asked = {"amount": "1", "due_on": day, "reason": "x"}
    recover = signed_in(office.payer).post(f"/funds/claims/{claim}/recover/", asked)
    assert recover.status_code == 422
    given = {"enterprise": park.ours.pk, "kind": "safety", "since_on": day, "until_on": day, "reason": "x"}
    assert signed_in(office.clerk).post(f"/funds/bars/?enterprise={park.ours.pk}", given).status_code < 500


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("100000.00", "1e400"), ("100000.00", "NaN"), ("100000.00", "-100000.00"), ("100000.00", "100000.004"),
        ("2026-11-16", "9999-12-31"), ("2026-11-16", "2027-01-01"), ("2026-11-16", "0001-01-01"),
        ("成功", "退票"), ("成功", "也许"),
    ],
)  # fmt: skip
def test_an_answer_of_the_bank_that_cannot_be_books_nothing(
    park: SimpleNamespace, office: SimpleNamespace, old: str, new: str
) -> None:
    file = sent(park, office)
    content = answers(file).decode("utf-8-sig").replace(old, new).encode()
    upload = {"answer": SimpleUploadedFile("a.csv", content)}
    answer = signed_in(office.payer).post(f"/funds/files/{file.pk}/answer/", upload, follow=True)
    assert answer.status_code in (200, 422), answer.status_code
    office.budget.refresh_from_db()
    assert office.budget.paid_amount == 0
    state = PaymentLine.objects.get().state
    assert state == ("returned" if new == "退票" else "sent")


def test_a_zero_byte_in_a_text_of_the_bank_is_left_out(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    file = sent(park, office)
    upload = {"answer": SimpleUploadedFile("a.csv", answers(file).replace(b"LS", b"L\0S"))}
    assert signed_in(office.payer).post(f"/funds/files/{file.pk}/answer/", upload).status_code == 302
    assert PaymentLine.objects.get().bank_reference.startswith("LS")


def test_an_answer_of_ten_megabytes_is_refused(park: SimpleNamespace, office: SimpleNamespace) -> None:
    file = sent(park, office)
    client = signed_in(office.payer)
    for content in (b"x" * 10 * 2**20, b"\0" * 1000, b"PK\x03\x04" + b"\0" * 1000, b"", b"\xff\xfe" * 50):
        upload = {"answer": SimpleUploadedFile("a.csv", content)}
        assert client.post(f"/funds/files/{file.pk}/answer/", upload).status_code == 422
    assert not BankResult.objects.exists()


def test_texts_of_ten_megabytes_and_zeros_are_refused(park: SimpleNamespace, office: SimpleNamespace) -> None:
    case = approved(park, office, make_policy(office))
    owner = signed_in(park.owner)
    for text in ("长" * (10 * 2**20 // 3), "a\0b"):
        given = {"name": "某人", "contact": "1", "text": text}
        assert Client().post(f"/funds/publicity/{case.pk}/object/", given).status_code in (400, 413, 422)
        account = {**ACCOUNT, "bank": text}
        assert owner.post("/funds/account/", account).status_code in (400, 413, 422)
        claim = {**claiming(make_policy(office, f"T{len(text)}")), "invoices": text}
        assert owner.post(NEW, claim).status_code in (400, 413, 422)
    assert Claim.objects.count() == 1


@pytest.mark.parametrize("value", ["1e-99999", "1e400", "NaN", "1E-60", "-0", "٣"])
def test_a_condition_with_a_hostile_number_is_told_or_can_be_asked(
    park: SimpleNamespace, office: SimpleNamespace, value: str
) -> None:
    criterion = Criterion(fact="output_amount", operator="at_least", values=[value], position=1)
    if not matching.mistake(criterion):
        version = make_policy(office, criteria=[("output_amount", "at_least", [value])])
        matching.forecast(version, [criterion], MONDAY.date())


def test_a_double_click_decides_once_and_a_stale_tab_is_told(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    case = approved(park, office, make_policy(office))
    leader = signed_in(office.leader)
    given = {"amount": "100000", "minutes_number": "2"}
    for _again in range(2):
        assert leader.post(f"/cases/{case.pk}/do/approve/", given).status_code in (409, 422)
    assert Event.objects.filter(case_id=case.pk, verb="approve").count() == 1


def test_the_last_year_that_there_is_cannot_be_carried_over(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    last = Budget.objects.create(code="KJ2100", year=2100, name="末年")
    answer = signed_in(office.finance_head).post(f"/funds/budgets/{last.pk}/carry-over/")
    assert answer.status_code == 422


def test_no_cell_of_a_file_for_the_bank_is_a_formula(park: SimpleNamespace, office: SimpleNamespace) -> None:
    park.ours.name = "=HYPERLINK(1)"
    park.ours.save()
    version = make_policy(office, title="\t=1+1")
    payable(park, office, version, holder=park.ours.name, bank="@bank")
    file = make_file(approved_plan(office), layout="csv", key="k1", by=office.payer, now=MONDAY)
    cells = bytes(file.content).decode("utf-8-sig").splitlines()[1].split(",")
    assert not [cell for cell in cells if cell.strip('"').lstrip()[:1] in "=+-@" and cell.strip()]

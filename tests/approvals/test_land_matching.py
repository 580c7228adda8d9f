"""地等项目: ready land finds its project; no parcel is given away twice."""

from __future__ import annotations

import threading
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connections, transaction

from approvals import actions
from approvals.models import Parcel, Project, Recovery
from portal.cases.errors import CaseError, NotAllowed, Refused
from tests.approvals.building import do, make_office, open_project, signed
from tests.approvals.land import begin_recovery, idle_parcel, make_parcel
from tests.approvals.test_land_recovery import SPRING, agreed
from tests.people import MONDAY, make_park
from tests.waiting import until_somebody_waits

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(park: SimpleNamespace) -> SimpleNamespace:
    return make_office(park)


def test_the_least_that_is_large_enough_comes_first_then_a_little_short() -> None:
    areas = {"A": "40", "B": "20.5", "C": "19", "D": "17.9", "E": "20"}
    parcels = [Parcel(code=code, area_mu=Decimal(area)) for code, area in areas.items()]
    found = actions.fits(Decimal(20), parcels)
    assert [fit.parcel.code for fit in found] == ["E", "B", "A"]
    assert [fit.parcel.code for fit in actions.fits(Decimal(20), parcels[2:4])] == ["C"]  # at most a tenth
    assert [fit.parcel.code for fit in actions.fits(None, parcels)] == ["D", "C", "E"]


@pytest.mark.parametrize(
    ("wanted", "why"),
    [("20", "正好是所需的 20 亩"), ("15.5", "4.5 亩"), ("20.4", "0.4 亩"), (None, "尚未说明")],
)
def test_the_reason_is_said_in_words(wanted: str | None, why: str) -> None:
    parcel = Parcel(code="A", area_mu=Decimal("20.00"))
    assert why in actions.fits(Decimal(wanted) if wanted else None, [parcel])[0].why


def test_a_parcel_is_given_to_a_project(park: SimpleNamespace, office: SimpleNamespace) -> None:
    case, parcel = signed(park, office), make_parcel("HD-01")
    do(office.clerk, case, "assign_parcel", MONDAY, parcel=parcel.pk)
    parcel.refresh_from_db()
    project = Project.objects.get(pk=case.pk)
    assert (project.parcel, project.land_mu) == (parcel, Decimal(20))
    assert (parcel.status, parcel.assigned_number) == ("assigned", case.number)
    with pytest.raises(Refused):
        do(office.clerk, case, "assign_parcel", MONDAY, parcel=make_parcel("HD-02").pk)


def test_a_parcel_that_is_taken_is_refused_with_the_name_of_who_has_it(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    first, second = signed(park, office), signed(park, office, theirs=True)
    parcel = make_parcel("HD-01")
    do(office.clerk, first, "assign_parcel", MONDAY, parcel=parcel.pk)
    with pytest.raises(Refused, match=first.number):
        do(office.clerk, second, "assign_parcel", MONDAY, parcel=parcel.pk)
    assert Project.objects.get(pk=second.pk).parcel is None


def test_land_that_is_not_handed_over_or_in_use_is_not_ready(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    case = signed(park, office)
    for parcel in (make_parcel("X-1", status="recovered"), make_parcel("X-2", status="in_use"),
                   idle_parcel(park)):  # fmt: skip
        with pytest.raises(Refused):
            do(office.clerk, case, "assign_parcel", MONDAY, parcel=parcel.pk)


def test_a_register_that_calls_land_free_does_not_give_it_away_twice(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    """A ledger or a hand in the register may say what it wants: what is under way rules."""
    first, second = signed(park, office), signed(park, office, theirs=True)
    parcel, held = make_parcel("HD-01"), idle_parcel(park)
    do(office.clerk, first, "assign_parcel", MONDAY, parcel=parcel.pk)
    begin_recovery(park, held)
    Parcel.objects.filter(pk=parcel.pk).update(status="available", assigned_number="")
    Parcel.objects.filter(pk=held.pk).update(status="idle")
    with pytest.raises(Refused, match=first.number):
        do(office.clerk, second, "assign_parcel", MONDAY, parcel=parcel.pk)
    with pytest.raises(Refused, match="已在"):
        begin_recovery(park, held)


def test_recovered_land_is_supplied_again(park: SimpleNamespace, office: SimpleNamespace) -> None:
    parcel = idle_parcel(park)
    recovery = begin_recovery(park, parcel)
    do(park.handler, agreed(park, recovery), "hand_over", SPRING, delivered_on="2027-02-24")
    case = open_project(park, office, theirs=True)
    do(office.clerk, case, "assign_parcel", SPRING, parcel=parcel.pk)
    assert Recovery.objects.get(pk=recovery.pk).supplied_on == SPRING.date()
    assert Parcel.objects.get(pk=parcel.pk).status == "assigned"


def test_the_parcel_of_a_project_that_is_given_up_waits_for_another(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    case, parcel = signed(park, office), make_parcel("HD-01")
    do(office.clerk, case, "assign_parcel", MONDAY, parcel=parcel.pk)
    do(office.clerk, case, "terminate", MONDAY, reason="企业放弃")
    parcel.refresh_from_db()
    assert (parcel.status, parcel.assigned_number) == ("available", "")
    do(office.clerk, signed(park, office, theirs=True), "assign_parcel", MONDAY, parcel=parcel.pk)


def test_the_enterprise_does_not_take_land_by_itself(park: SimpleNamespace, office: SimpleNamespace) -> None:
    with pytest.raises(NotAllowed):
        do(park.owner, signed(park, office), "assign_parcel", MONDAY, parcel=make_parcel("HD-01").pk)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("filled_calendar")
def test_of_two_projects_that_want_a_parcel_at_once_one_gets_it(filled_calendar: None) -> None:
    park = make_park()
    office = make_office(park)
    first, second = signed(park, office), signed(park, office, theirs=True)
    parcel, found = make_parcel("HD-01"), list[Any]()

    def want() -> None:
        try:
            found.append(do(office.clerk, second, "assign_parcel", MONDAY, parcel=parcel.pk))
        except CaseError as error:
            found.append(error)
        finally:
            connections.close_all()

    thread = threading.Thread(target=want)
    with transaction.atomic():
        do(office.clerk, first, "assign_parcel", MONDAY, parcel=parcel.pk)
        thread.start()
        until_somebody_waits()
    thread.join(30)
    assert isinstance(found[0], Refused)
    assert first.number in str(found[0])
    parcel.refresh_from_db()
    assert parcel.assigned_number == first.number
    assert Project.objects.get(pk=second.pk).parcel is None


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("filled_calendar")
def test_of_two_who_begin_to_recover_a_parcel_at_once_one_does(filled_calendar: None) -> None:
    park = make_park()
    parcel, found = idle_parcel(park), list[Any]()

    def begin() -> None:
        try:
            found.append(begin_recovery(park, parcel))
        except CaseError as error:
            found.append(error)
        finally:
            connections.close_all()

    thread = threading.Thread(target=begin)
    with transaction.atomic():
        begin_recovery(park, parcel)
        thread.start()
        until_somebody_waits()
    thread.join(30)
    assert isinstance(found[0], Refused)
    assert Recovery.objects.count() == 1

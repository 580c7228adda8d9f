"""The demonstration park as it stands: its people, its live cases, its round trip."""

from __future__ import annotations

import filecmp
from datetime import datetime
from io import StringIO
from pathlib import Path

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from approvals.models import Material, ServiceItem
from portal import demonstration
from portal.accounts.models import Duty, DutyGrant, User
from portal.cases import papers, timeline
from portal.cases.boards import COLUMNS
from portal.cases.models import Alert, Case, Extension, Handover, Pause, SetAside
from portal.notices.models import Notice
from portal.park.models import Enterprise, Team
from portal.worktime.clock import Calendar
from stations.models import CategoryRoute
from tests.demonstration.test_stories import fits_the_moment
from tests.pages.test_pages import browser
from tests.people import at

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("loaded"),
]
FILES = [
    "enterprises.csv",
    "parcels.csv",
    "pauses.csv",
    "permits.csv",
    "projects.csv",
    "requests.csv",
    "service_items.csv",
    "stations.csv",
    "teams.csv",
    "windows.csv",
]


def same(one: Path, other: Path) -> bool:
    match, _mismatch, _errors = filecmp.cmpfiles(one, other, FILES, shallow=False)
    return match == FILES


def test_every_step_light_rung_and_state_is_there() -> None:
    requests = Case.objects.filter(kind="stations.request").exclude(number__startswith="QS20", opened_by=None)
    assert requests.count() >= 60
    steps = set(requests.values_list("step", flat=True))
    assert {"received", "triage", "signing", "routing", "planning", "handling", "feedback"} <= steps
    assert {"verifying", "tracking", "closed", "withdrawn", "merged"} <= steps
    assert requests.open().filter(request__milestone_count=3, request__reached_count=1).exists()
    assert set(Alert.objects.values_list("level", flat=True)) == {1, 2, 3, 4, 5, 6}
    assert set(Extension.objects.values_list("granted", flat=True)) == {None, True, False}
    assert Handover.objects.filter(state="pending").exists()
    assert Pause.objects.filter(to_at=None).exclude(reason="turn").exists()
    open_kinds = set(Case.objects.open().values_list("kind", flat=True))
    assert open_kinds == {
        "approvals.permit",
        "approvals.project",
        "stations.request",
        "cases.supervision",
        "cases.follow_up",
        "cases.second_failure",
        "cases.co_handling",
    }
    steps = set(Case.objects.filter(kind="cases.follow_up").values_list("step", flat=True))
    assert {"to_contact", "mending", "in_review", "not_counted", "confirming", "settled"} <= steps
    assert requests.open().filter(sealed=True).exists()
    assert requests.open().filter(grade="complex").exists()
    assert not SetAside.objects.exists()
    assert list(timeline.breaks()) == []
    assert CategoryRoute.objects.count() == 15


def test_major_requests_without_a_progress_note_stand_on_the_team_board(loaded: datetime) -> None:
    silent = Case.objects.open().filter(COLUMNS["unnoted"].cases)
    major = silent.filter(grade="major")
    assert major.count() >= 5
    assert len(set(major.values_list("team", flat=True))) >= 3
    calendar = Calendar.current()
    for case in major:
        due = case.request.note_due_by(calendar)
        assert due is not None
        assert due < loaded
    with time_machine.travel(loaded, tick=False):
        board = browser(User.objects.get(username="leader.main")).get("/team/")
    [tile] = [tile for tile in board.context["tiles"] if tile["href"] == "?show=unnoted"]
    assert tile["count"] == silent.filter(sealed=False).count()
    assert sum(1 for line in board.context["load"] if dict(line["added"])["unnoted"]) >= 3
    assert not Notice.objects.filter(key="case.moved", created_at__gt=loaded).exists()


def test_it_fits_the_moment_at_which_it_was_loaded(loaded: datetime) -> None:
    fits_the_moment(loaded)


def test_every_role_can_sign_in_and_nobody_is_taken_for_real(client: Client) -> None:
    shown = demonstration.sign_ins()
    page = client.get(reverse("accounts:sign_in")).content.decode()
    assert page.count('name="username" value="') == len(shown)
    assert len(shown) >= 15
    for _role, username, password in shown:
        assert User.objects.get(username=username).check_password(password)
    assert all(user.display_name.startswith("示范·") for user in User.objects.all())
    assert set(DutyGrant.objects.values_list("duty", flat=True)) == set(Duty.values)
    assert User.objects.get(username="agent").agencies.count() == 2


def test_the_history_is_as_long_as_told() -> None:
    closed = Case.objects.filter(kind="stations.request", closed_at__year=2024)
    assert closed.filter(outcome="resolved").count() >= 600
    assert len(set(closed.values_list("title", flat=True))) >= 60
    assert Enterprise.objects.filter(settled_on__year=2024).count() >= 3000
    assert Team.objects.filter(kind="station").count() == 7
    assert Team.objects.filter(kind="task_force").count() == 7
    assert Team.objects.filter(kind="window").count() == 3
    assert ServiceItem.objects.on_offer().filter(is_delegated=True).count() == 106


def test_the_items_of_a_project_say_what_they_need_and_some_have_a_form_to_fill_in() -> None:
    project = ServiceItem.objects.exclude(stage="other").exclude(summary="")
    assert project.count() == 42
    assert not project.filter(materials=None).exists()
    forms = Material.objects.exclude(form="")
    assert set(forms.values_list("form_type", flat=True)) == {"application/pdf", papers.EXCEL}
    for material in forms.order_by("form_type", "name").distinct("form_type", "name"):
        with material.form.open("rb") as file:
            upload = SimpleUploadedFile(f"{material.name}.x", file.read())
        assert papers.checked(upload, {material.form_type}, now=at("2026-11-18 23:30")) == material.form_type


def test_loading_again_changes_nothing_and_the_park_with_live_cases_makes_the_round_trip(
    tmp_path: Path,
) -> None:
    before = (Case.objects.count(), User.objects.count())
    call_command("load_demonstration", stdout=StringIO())
    assert (Case.objects.count(), User.objects.count()) == before
    call_command("export_ledgers", tmp_path / "one", stdout=StringIO())
    out = StringIO()
    call_command("import_ledgers", tmp_path / "one", stdout=out)
    call_command("export_ledgers", tmp_path / "two", stdout=StringIO())
    assert same(tmp_path / "one", tmp_path / "two")

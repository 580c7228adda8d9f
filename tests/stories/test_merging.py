"""Two requests about one matter become one, told through pages, API and engine."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django.fixtures import Settings

from portal.cases import engine, papers, timeline
from portal.cases.errors import Conflict, Invalid, NotAllowed, Refused
from portal.cases.models import Attachment, Case, Document, Event
from portal.demonstration import staging
from portal.notices import texts
from portal.notices.models import Notice
from portal.reports.declaration import INDICATORS, Period
from stations.forms import DeskFilingForm
from stations.models import Request
from tests.pages.test_pages import browser
from tests.people import MONDAY, accept, actor, at, closed, file_request, filing, handled

pytestmark = pytest.mark.django_db
LATER = at("2026-11-16 10:00")


def phoned(park: SimpleNamespace, **changes: Any) -> Case:
    """The same enterprise phones about it as well: a second request, an hour later."""
    data = {
        **filing(park, title="车间又停电", description="电话反映三号车间停电", **changes),
        "channel": "phone",
    }
    return engine.open_case(
        "stations.request",
        by=actor(park.colleague),
        enterprise=park.ours,
        data=data,
        now=LATER,
        form=DeskFilingForm,
    )


def merge(park: SimpleNamespace, case: Case, into: Case, by: Any = None) -> Case:
    who = actor(by or park.steward)
    return engine.perform(case.pk, "merge", by=who, data={"into": into.pk}, now=LATER)


def paper(park: SimpleNamespace, name: str) -> Document:
    upload = SimpleUploadedFile(f"{name}.png", staging.picture(len(name) + ord(name[0])))
    return papers.store(upload, by=park.owner, now=MONDAY, enterprise=park.ours, title=name)


def offered(park: SimpleNamespace, who: Any, case: Case) -> set[str]:
    """The actions that the API offers this person."""
    answer = browser(who).get(f"/api/v1/cases/{case.pk}/")
    return {action["name"] for action in answer.json()["actions"]}


def test_a_later_request_is_merged_into_the_earlier_one(park: SimpleNamespace) -> None:
    first = handled(park)
    second = merge(park, phoned(park), first)
    assert (second.step, second.outcome, second.is_open) == ("merged", "merged", False)
    assert second.request.duplicate_of == first
    first.refresh_from_db()
    assert (first.step, first.request.merged_count) == ("handling", 1)
    assert list(timeline.breaks()) == []


def test_its_clock_and_limits_do_not_change_the_earlier_one(park: SimpleNamespace) -> None:
    first = handled(park)
    before = (first.due_at, first.promise_due_at, first.next_alert_at, first.alert_level)
    merge(park, phoned(park), first)
    first.refresh_from_db()
    assert (first.due_at, first.promise_due_at, first.next_alert_at, first.alert_level) == before


def test_the_papers_go_along_once_and_infected_ones_do_not(park: SimpleNamespace) -> None:
    shared, own, inner, bad = (paper(park, name) for name in ("合用", "新增", "内部", "染毒"))
    first = file_request(park, documents=[shared.pk])
    second = phoned(park)
    for document, internal in ((shared, False), (own, False), (inner, True), (bad, False)):
        engine.attach(second, document, by=actor(park.steward), internal=internal, now=LATER)
    Document.objects.filter(pk=bad.pk).update(scan_state="infected")
    merge(park, second, first)
    found = Attachment.objects.filter(case=first).values_list("document__title", "internal")
    assert sorted(found) == sorted([("合用", False), ("新增", False), ("内部", True)])


def test_an_official_letter_stays_with_the_request_that_it_names(park: SimpleNamespace) -> None:
    first, second = handled(park), accept(park, phoned(park), LATER)
    engine.issue_letter(second, "acceptance", by=actor(park.steward), now=LATER)
    merge(park, second, first)
    assert second.attachments.exists()
    assert not first.attachments.exists()


def test_handler_and_enterprise_are_told_once_in_plain_words(park: SimpleNamespace) -> None:
    first, second = handled(park), phoned(park)
    Notice.objects.all().delete()
    merge(park, second, first)
    told = {(n.recipient.username, n.key) for n in Notice.objects.select_related("recipient")}
    assert told == {
        ("owner", "stations.merged"),
        ("agent", "stations.merged"),
        ("handler", "stations.took_in"),
    }
    assert Notice.objects.count() == 3
    notice = Notice.objects.get(recipient=park.owner)
    said = texts.render(notice.key, notice.params, notice.case_id)
    assert first.number in said.body
    assert second.number in said.title


def test_both_pages_name_the_other_and_the_handler_reads_all_that_was_said(park: SimpleNamespace) -> None:
    first = handled(park)
    second = merge(park, phoned(park), first)
    for who in (park.owner, park.handler, park.steward):
        kept = browser(who).get(f"/cases/{first.pk}/").content.decode()
        assert second.number in kept
        assert "电话反映三号车间停电" in kept
        assert f'href="/cases/{second.pk}/"' in kept
        merged = browser(who).get(f"/cases/{second.pk}/").content.decode()
        assert f'href="/cases/{first.pk}/"' in merged


def test_a_team_that_comes_later_reads_the_text_but_is_sent_to_no_closed_door(park: SimpleNamespace) -> None:
    first = accept(park, file_request(park), MONDAY)
    second = merge(park, phoned(park), first)
    team = park.team["development"].pk
    engine.perform(first, "dispatch", by=actor(park.steward), data={"team": team}, now=LATER)
    client = browser(park.handler)
    page = client.get(f"/cases/{first.pk}/").content.decode()
    assert "电话反映三号车间停电" in page
    assert f'href="/cases/{second.pk}/"' not in page
    assert client.get(f"/cases/{second.pk}/").status_code == 404


def test_programs_read_into_what_it_was_merged(park: SimpleNamespace) -> None:
    first = handled(park)
    second = merge(park, phoned(park), first)
    body = browser(park.owner).get(f"/api/v1/cases/{second.pk}/").json()
    fact = next(fact for fact in body["facts"] if fact["name"] == "duplicate_of")
    assert (fact["value"], fact["text"]) == (first.pk, str(first))
    assert (body["outcome"], body["outcome_label"]) == ("merged", "已并案")


def test_it_is_offered_only_where_there_is_an_earlier_one(park: SimpleNamespace) -> None:
    first = file_request(park)
    assert "merge" not in offered(park, park.steward, first)
    second = phoned(park)
    assert "merge" in offered(park, park.steward, second)
    assert "merge" not in offered(park, park.owner, second)
    assert "merge" not in offered(park, park.steward, first)
    with pytest.raises(Refused, match="更早"):
        merge(park, first, second)


def test_a_page_without_an_earlier_one_pays_one_statement_and_does_not_grow_with_them(
    park: SimpleNamespace, settings: Settings
) -> None:
    settings.PREPARED_STATEMENTS = False  # so that every statement shows its tables
    case = file_request(park)
    for _ in range(3):
        client = browser(park.steward)
        with CaptureQueriesContext(connection) as seen:
            client.get(f"/cases/{case.pk}/")
        asked = [q["sql"] for q in seen.captured_queries if '"stations_request"' in q["sql"]]
        assert len(asked) == 2  # its own facts, and whether there is an earlier one
        case = phoned(park)


@pytest.mark.parametrize(
    "who", ["owner", "rival", "handler", "other_steward", "supervisor", "auditor", "leader"]
)
def test_only_the_station_that_took_it_merges(park: SimpleNamespace, who: str) -> None:
    first, second = handled(park), phoned(park)
    with pytest.raises(NotAllowed):
        merge(park, second, first, by=getattr(park, who))
    client = browser(getattr(park, who))
    answer = client.post(reverse("cases:case_perform", args=[second.pk, "merge"]), {"into": first.pk})
    assert answer.status_code in (403, 404)
    second.refresh_from_db()
    assert second.is_open


def test_forged_choices_are_not_accepted(park: SimpleNamespace) -> None:
    first, second = handled(park), phoned(park)
    foreign = engine.open_case(
        "stations.request", by=actor(park.rival), enterprise=park.theirs, data=filing(park), now=MONDAY
    )
    sealed = file_request(park, category="conduct", accused_team=park.team["development"].pk)
    elsewhere = file_request(park, station=park.stations["zhongnan"].pk)
    done, later = closed(park), phoned(park)
    data = {"team": park.team["enterprise_service"].pk, "ask": "请核实"}
    part = engine.perform(
        first, "ask_co_handler", by=actor(park.handler), data=data, now=LATER
    ).children.get()
    forged = [foreign, sealed, elsewhere, done, later, part, second]
    for pk in [*(case.pk for case in forged), "x", "", f"{first.pk} OR 1=1", -1, 10**30]:
        with pytest.raises(Invalid):
            engine.perform(second.pk, "merge", by=actor(park.steward), data={"into": pk}, now=LATER)
    page = (
        browser(park.steward).get(reverse("cases:case_perform", args=[second.pk, "merge"])).content.decode()
    )
    assert first.number in page
    assert not any(f'value="{case.pk}"' in page for case in forged)
    second.refresh_from_db()
    assert second.is_open


def test_a_sealed_complaint_is_never_merged(park: SimpleNamespace) -> None:
    file_request(park)
    sealed = file_request(park, category="conduct", accused_team=park.team["development"].pk)
    another = file_request(park, category="conduct", accused_team=park.team["development"].pk)
    with pytest.raises(Refused):
        merge(park, another, sealed, by=park.inspector)


def test_the_same_category_is_shown_first(park: SimpleNamespace) -> None:
    alike = file_request(park)
    other = file_request(park, category="tax", title="税费咨询")
    second = phoned(park)
    page = (
        browser(park.steward).get(reverse("cases:case_perform", args=[second.pk, "merge"])).content.decode()
    )
    assert page.index(f'value="{alike.pk}"') < page.index(f'value="{other.pk}"')
    assert f"{alike.number} 车间停电 · 首次联系 · 金荣驿站" in page


def test_after_dispatch_it_is_too_late(park: SimpleNamespace) -> None:
    first, second = handled(park), accept(park, phoned(park), LATER)
    team = park.team["development"].pk
    engine.perform(second, "dispatch", by=actor(park.steward), data={"team": team}, now=LATER)
    with pytest.raises(Conflict):
        merge(park, second, first)


def test_a_double_click_merges_once_and_a_stale_tab_is_told(park: SimpleNamespace) -> None:
    first, second = handled(park), phoned(park)
    client = browser(park.steward)
    address = reverse("cases:case_perform", args=[second.pk, "merge"])
    data = {"into": first.pk, "version": second.version}
    assert client.post(address, data).status_code == 302
    assert client.post(address, data).status_code == 409
    assert Event.objects.filter(verb="took_in").count() == 1
    assert Request.objects.get(pk=first.pk).merged_count == 1


def test_merging_lifts_what_was_asked_about_it_and_runs_while_the_clock_is_stopped(
    park: SimpleNamespace,
) -> None:
    first, second = handled(park), accept(park, phoned(park), LATER)
    stop = {"reason": "special_procedure", "basis": "依据", "planned_days": 2, "notice": "等待"}
    engine.pause(second, by=actor(park.station_head), data=stop, now=LATER)
    second = merge(park, second, first)
    assert (second.outcome, second.paused_at) == ("merged", None)


def test_a_merged_request_is_not_rated_nor_counted(park: SimpleNamespace) -> None:
    first = handled(park)
    second = merge(park, phoned(park), first)
    with pytest.raises((NotAllowed, Refused)):
        engine.rate(second, by=actor(park.owner), data={"level": 5}, now=LATER)
    assert "评价服务" not in browser(park.owner).get(f"/cases/{second.pk}/").content.decode()
    period = Period(MONDAY.date(), at("2026-12-31 09:00").date())
    resolved = INDICATORS["stations.requests_resolved"].rows(period)
    assert not resolved.filter(pk=second.pk).exists()


def test_a_chain_of_mergers_stays_readable(park: SimpleNamespace) -> None:
    first, second, third = file_request(park), phoned(park), phoned(park)
    merge(park, third, second)
    merge(park, second, first)
    page = browser(park.owner).get(f"/cases/{second.pk}/").content.decode()
    assert first.number in page
    assert third.number in page


def test_the_database_keeps_circles_out(park: SimpleNamespace) -> None:
    first, second = file_request(park), phoned(park)
    for kept, into in ((first, second), (first, first)):
        with pytest.raises(IntegrityError), transaction.atomic():
            Request.objects.filter(pk=kept.pk).update(duplicate_of=into)


def test_a_merged_request_makes_the_round_trip_byte_for_byte(park: SimpleNamespace, tmp_path: Path) -> None:
    first = handled(park)
    merge(park, phoned(park), first)
    merge(park, accept(park, phoned(park), LATER), first)
    call_command("export_ledgers", tmp_path / "one")
    exported = (tmp_path / "one/requests.csv").read_bytes()
    assert exported.count(b",merged,") == 2
    with connection.cursor() as cursor:  # an empty portal: no person may delete a case
        cursor.execute("SET LOCAL session_replication_role = replica")
        for table in (
            "cases_event",
            "cases_attachment",
            "cases_participant",
            "cases_steplog",
            "cases_signature",
        ):
            cursor.execute(f"DELETE FROM {table}")
        cursor.execute(
            "DELETE FROM notices_delivery; DELETE FROM notices_notice; DELETE FROM cases_searchentry"
        )
        cursor.execute("DELETE FROM stations_request; DELETE FROM cases_case")
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")
    call_command("import_ledgers", tmp_path / "one")
    assert set(Case.objects.filter(outcome="merged").values_list("step", flat=True)) == {"merged"}
    assert Case.objects.filter(outcome="merged").count() == 2
    call_command("export_ledgers", tmp_path / "two")
    assert (tmp_path / "two/requests.csv").read_bytes() == exported
    call_command("import_ledgers", tmp_path / "two")
    assert Case.objects.filter(kind="stations.request").count() == 3


def test_no_figure_of_closed_requests_counts_a_merged_one(park: SimpleNamespace) -> None:
    def figures() -> list[Any]:
        answer = (
            browser(park.leader).get("/api/v1/indicators/?date_from=2026-01-01&date_to=2026-12-31").json()
        )
        # The step that the merged one stood in was a step all the same.
        return [found for found in answer["results"] if not found["key"].startswith("stations.step")]

    closed(park)
    before, first = figures(), file_request(park)
    merge(park, phoned(park), first)
    assert figures() == before

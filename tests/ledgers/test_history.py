"""A request that comes in by ledger is the case that the engine would have made."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from portal.cases import engine, timeline, watch
from portal.cases.access import visible_to
from portal.cases.models import Alert, Case, Event, Participant, Pause, Rating, StepLog
from portal.ledgers.importing import Report, import_path
from stations.models import Request
from tests.people import accept, actor, at, file_request

HEADER = (
    "number,uscc,station_code,category,channel,title,received_at,accepted_at,closed_at,outcome,rating,"
    "rating_comment"
)


def bring(folder: Path, park: SimpleNamespace, *lines: str, pauses: str = "") -> Report:
    folder.mkdir(parents=True, exist_ok=True)
    text = "\n".join(
        f"{number},{park.ours.uscc},jinrong,{rest}"
        for number, _c, rest in (line.partition(",") for line in lines)
    )
    (folder / "requests.csv").write_text(f"{HEADER}\n{text}\n", encoding="utf-8")
    if pauses:
        (folder / "pauses.csv").write_text(f"case,from_on,to_on,reason\n{pauses}\n", encoding="utf-8")
    report = import_path(folder)
    assert report.problems == []
    return report


def walk(
    park: SimpleNamespace, received: str, accepted: str, closed: str, pause: tuple[str, str] | None = None
) -> Case:
    """The same life, through the engine; a pause as moments."""
    case = accept(park, file_request(park, at(received)), at(accepted))
    head, steward, colleague = actor(park.station_head), actor(park.steward), actor(park.colleague)
    engine.perform(case, "handle_here", by=steward, now=at(accepted))
    engine.perform(case, "plan", by=steward, data={"plan": "办"}, now=at(accepted))
    if pause:
        data = {"reason": "supplement", "basis": "法", "planned_days": 3, "notice": "请补", "missing": "图纸"}
        engine.pause(case, by=head, data=data, now=at(pause[0]))
        engine.resume(case, by=head, now=at(pause[1]))
    told = {"result": "resolved", "result_text": "好了"}
    engine.perform(case, "report", by=steward, data=told, now=at(closed))
    engine.perform(case, "confirm", by=actor(park.owner), now=at(closed))
    return engine.perform(case, "verify", by=colleague, now=at(closed))


LIVES = [
    ("2024-09-26 09:00", "2024-09-26 10:00", "2024-10-10 11:00"),  # over the National Day holidays
    ("2024-04-26 09:00", "2024-04-26 16:59", "2024-05-11 17:30"),  # ends on a make-up Saturday
    ("2024-02-09 20:00", "2024-02-18 09:05", "2024-02-26 09:05"),  # filed in the holidays
    ("2024-03-04 08:00", "2024-03-04 12:01", "2024-03-04 12:01"),  # at once, first contact late
    ("2025-01-20 17:10", "2025-01-21 17:20", "2025-02-21 17:31"),  # late
]


@pytest.mark.django_db
@pytest.mark.parametrize("life", LIVES)
def test_the_clock_is_that_of_the_engine(
    life: tuple[str, str, str], park: SimpleNamespace, tmp_path: Path
) -> None:
    walked = walk(park, *life)
    bring(tmp_path, park, f"L1,utilities,web,题,{','.join(life)},resolved,,")
    case = Case.objects.get(number="L1")
    fields = ("opened_at", "clock_from_at", "promise_amount", "promise_due_at", "due_at", "used_days")
    fields += ("elapsed_days", "closed_at", "outcome", "step", "holder", "grade", "next_alert_at", "warn_at")
    for name in fields:
        assert getattr(case, name) == getattr(walked, name), name
    for step in ("received", "handling"):
        ours = StepLog.objects.get(case=case, step=step)
        theirs = StepLog.objects.filter(case=walked, step=step).get()
        names = ("entered_at", "left_at", "due_at", "used_days", "met", "limit_amount", "limit_unit")
        assert [getattr(ours, n) for n in names] == [getattr(theirs, n) for n in names]


@pytest.mark.django_db
def test_a_pause_counts_as_in_the_engine(park: SimpleNamespace, tmp_path: Path) -> None:
    life = ("2024-09-10 09:00", "2024-09-10 10:00", "2024-09-25 15:00")
    walked = walk(park, *life, pause=("2024-09-11 09:00", "2024-09-16 08:00"))
    bring(
        tmp_path,
        park,
        f"L1,utilities,web,题,{','.join(life)},resolved,,",
        pauses="requests:L1,2024-09-11,2024-09-15,supplement",
    )
    case = Case.objects.get(number="L1")
    assert (case.used_days, case.due_at) == (walked.used_days, walked.due_at)
    ours = StepLog.objects.get(case=case, step="handling")
    assert ours.used_days == StepLog.objects.get(case=walked, step="handling").used_days
    assert case.pause_count == 1


@pytest.mark.django_db
def test_open_requests_run_on_under_the_sweep(park: SimpleNamespace, tmp_path: Path) -> None:
    bring(
        tmp_path,
        park,
        "O1,utilities,web,题,2026-11-02 09:00,2026-11-02 10:00,,,,",
        "O2,utilities,phone,题,2026-11-16 09:00,,,,,",
    )
    handling, waiting = Case.objects.get(number="O1"), Case.objects.get(number="O2")
    assert (handling.step, waiting.step) == ("handling", "received")
    assert handling.due_at == at("2026-11-09 17:30")
    assert waiting.due_at == at("2026-11-16 11:00")
    watch.sweep(at("2026-11-16 11:30"))
    assert Alert.objects.filter(case=waiting).count() == 2
    assert max(Alert.objects.filter(case=handling).values_list("level", flat=True)) >= 4
    engine.perform(
        waiting, "accept", by=actor(park.steward), data={"category": "utilities", "grade": "normal"}
    )
    engine.perform(
        handling, "report", by=actor(park.steward), data={"result": "resolved", "result_text": "好"}
    )
    assert Case.objects.get(number="O1").step == "feedback"


@pytest.mark.django_db
def test_history_is_quiet_on_record_and_provable(park: SimpleNamespace, tmp_path: Path) -> None:
    bring(
        tmp_path,
        park,
        "L1,utilities,web,题,2024-09-26 09:00,2024-09-26 10:00,2024-10-30 11:00,resolved,1,太慢",
        pauses="requests:L1,2024-09-27,2024-09-29,supplement",
    )
    case = Case.objects.get(number="L1")
    events = list(Event.objects.filter(case=case).order_by("seq"))
    assert [e.verb for e in events] == ["imported", "imported"]
    assert events[0].data["internal"] == {"file": "requests.csv", "row": 2}
    assert events[1].data["internal"]["file"] == "pauses.csv"
    assert list(timeline.breaks()) == []
    rating = Rating.objects.get(case=case)
    assert (rating.level, rating.comment, rating.rated_at) == (1, "太慢", case.closed_at)
    assert not Alert.objects.filter(case=case).exists()
    assert not case.children.exists()
    assert Participant.objects.get(case=case).team.code == "jinrong"
    assert visible_to(actor(park.owner)).filter(pk=case.pk).exists()
    assert not visible_to(actor(park.rival)).filter(pk=case.pk).exists()


@pytest.mark.django_db
def test_a_complaint_about_conduct_is_sealed(park: SimpleNamespace, tmp_path: Path) -> None:
    bring(
        tmp_path,
        park,
        "C1,conduct,web,反映,2024-09-26 09:00,2024-09-26 10:00,2024-09-27 11:00,resolved,,",
        "C2,conduct,web,反映,2026-11-16 09:00,,,,,",
    )
    for number in ("C1", "C2"):
        case = Case.objects.get(number=number)
        assert case.sealed
        assert case.team.code == "discipline"
        assert not visible_to(actor(park.steward)).filter(pk=case.pk).exists()
        assert visible_to(actor(park.inspector)).filter(pk=case.pk).exists()
    assert Request.objects.get(case__number="C1").first_team.code == "jinrong"
    data = {"category": "conduct", "grade": "normal"}
    engine.perform(Case.objects.get(number="C2"), "accept", by=actor(park.inspector), data=data)


@pytest.mark.django_db
def test_what_is_unknown_stays_unknown(park: SimpleNamespace, tmp_path: Path) -> None:
    bring(
        tmp_path,
        park,
        "W1,tax,phone,题,2024-09-26 09:00,,2024-09-27 09:00,withdrawn,,",
        "U1,tax,phone,题,2024-09-26 09:00,,2024-10-09 09:00,resolved,,",
    )
    withdrawn, closed = Case.objects.get(number="W1"), Case.objects.get(number="U1")
    assert (withdrawn.step, withdrawn.due_at) == ("withdrawn", None)
    assert closed.clock_from_at == closed.opened_at  # the stricter reading
    assert closed.request.accepted_at is None


@pytest.mark.django_db
def test_a_later_ledger_continues_a_request_and_keeps_the_change_on_record(
    park: SimpleNamespace, tmp_path: Path
) -> None:
    bring(tmp_path, park, "L1,utilities,web,题,2024-09-26 09:00,2024-09-26 10:00,,,,")
    case = Case.objects.get(number="L1")
    report = bring(
        tmp_path, park, "L1,land,web,新题,2024-09-26 09:00,2024-09-26 10:00,2024-10-10 11:00,resolved,4,好"
    )
    assert report.counts["requests"].updated == 1
    again = Case.objects.get(number="L1")
    assert (again.pk, again.title, again.step, again.used_days) == (case.pk, "新题", "closed", 5)
    assert (again.request.category, again.request.result, again.rating.level) == ("land", "resolved", 4)
    changed = Event.objects.filter(case=case).order_by("-seq")[0].data["internal"]["changed"]
    assert changed["title"] == ["题", "新题"]
    assert list(timeline.breaks()) == []
    assert bring(
        tmp_path, park, "L1,land,web,改题,2024-09-26 09:00,2024-09-26 10:00,2024-10-10 11:00,resolved,4,好"
    )
    assert Case.objects.get(number="L1").title == "改题"
    report = bring(
        tmp_path, park, "L1,land,web,改题,2024-09-26 09:00,2024-09-26 10:00,2024-10-10 11:00,resolved,4,好"
    )
    assert report.counts["requests"].unchanged == 1


@pytest.mark.django_db
def test_a_request_handled_in_the_portal_is_not_overwritten(park: SimpleNamespace, tmp_path: Path) -> None:
    bring(tmp_path, park, "O2,utilities,phone,题,2026-11-16 09:00,,,,,")
    case = Case.objects.get(number="O2")
    data = {"category": "utilities", "grade": "normal"}
    engine.perform(case, "accept", by=actor(park.steward), data=data, now=at("2026-11-16 10:00"))
    line = f"O2,{park.ours.uscc},jinrong,utilities,phone,题,2026-11-16 09:00,,2026-11-16 12:00,resolved,,"
    (tmp_path / "requests.csv").write_text(f"{HEADER}\n{line}\n", encoding="utf-8")
    report = import_path(tmp_path)
    assert [(p.row, p.column) for p in report.problems] == [(2, "number")]
    assert Case.objects.get(number="O2").step == "triage"


@pytest.mark.django_db
def test_pauses_set_in_the_portal_come_out_as_days_and_cannot_be_changed(
    park: SimpleNamespace, tmp_path: Path
) -> None:
    case = walk(
        park,
        "2024-09-10 09:00",
        "2024-09-10 10:00",
        "2024-09-25 15:00",
        pause=("2024-09-11 09:00", "2024-09-14 08:00"),
    )
    from portal.ledgers.exporting import export_path

    export_path(tmp_path, ledgers=["pauses"])
    assert (tmp_path / "pauses.csv").read_text().splitlines()[1:] == [
        f"requests:{case.number},2024-09-11,2024-09-13,supplement"
    ]
    assert import_path(tmp_path).counts["pauses"].unchanged == 1
    text = (tmp_path / "pauses.csv").read_text().replace("09-13", "09-14")
    (tmp_path / "pauses.csv").write_text(text)
    assert import_path(tmp_path).problems[0].column == "from_on"
    assert Pause.objects.exclude(reason="turn").get().to_at == datetime.fromisoformat(
        "2024-09-14T08:00+08:00"
    )

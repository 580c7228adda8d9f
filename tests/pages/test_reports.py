"""Figures: computed from rows, opened to them, within reach only."""

from __future__ import annotations

import io
import json
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from portal.cases import engine, watch
from portal.cases.models import Case
from portal.reports import export, figures
from portal.reports.declaration import INDICATORS, Period
from tests.pages.test_pages import browser
from tests.people import MONDAY, actor, at, closed, filing, handled

pytestmark = pytest.mark.django_db
YEAR = "date_from=2026-01-01&date_to=2026-12-31"


def values(user: Any, query: str = YEAR) -> dict[str, Any]:
    results = browser(user).get(f"/api/v1/indicators/?{query}").json()["results"]
    return {line["key"]: line["value"] for line in results}


def test_a_figure_follows_its_rows(park: SimpleNamespace) -> None:
    assert values(park.leader)["stations.requests_resolved"] == 0
    case = closed(park)
    assert values(park.leader)["stations.requests_resolved"] == 1
    assert values(park.leader, "date_from=2025-01-01&date_to=2025-12-31")["stations.requests_resolved"] == 0
    rows = browser(park.leader).get(f"/api/v1/indicators/stations.requests_resolved/rows/?{YEAR}").json()
    assert [r["case_url"] for r in rows["results"]] == [f"/cases/{case.pk}/"]
    assert rows["next"] is None


def test_shares_of_few_rows_are_hidden(park: SimpleNamespace) -> None:
    for _ in range(4):
        closed(park)
    assert values(park.leader)["stations.on_time_share"] is None
    closed(park)
    assert values(park.leader)["stations.on_time_share"] == "1"
    assert values(park.leader)["stations.net_days_median"] == "0"


def test_every_aggregate_is_that_of_its_rows(park: SimpleNamespace) -> None:
    for _ in range(6):
        case = closed(park)
        engine.rate(case, by=actor(park.owner), data={"level": 4}, now=MONDAY)
    handled(park)
    watch.sweep(at("2026-12-01 09:00"))
    period = Period(MONDAY.date(), at("2026-12-31 09:00").date())
    for indicator in INDICATORS.values():
        whole = figures.compute(indicator, period, None)
        for way in indicator.breakdowns.values():
            assert sum(line.figure.n for line in figures.split(indicator, way, period, None)) == whole.n


def test_the_command_prints_what_the_api_answers(park: SimpleNamespace) -> None:
    closed(park)
    out = io.StringIO()
    call_command("indicators", "--date-from", "2026-01-01", "--date-to", "2026-12-31", "--json", stdout=out)
    printed = {line["key"]: line["value"] for line in json.loads(out.getvalue())["results"]}
    assert printed == values(park.leader)
    call_command("indicators", stdout=out)
    with pytest.raises(CommandError):
        call_command("indicators", "--key", "nonsense")


def test_who_leads_a_team_reads_the_teams_figures_only(park: SimpleNamespace) -> None:
    closed(park)
    assert values(park.station_head)["stations.requests_resolved"] == 1
    assert values(park.head)["stations.requests_resolved"] == 0
    assert "stations.settled_entities" not in values(park.head)
    for outsider in (park.owner, park.handler, park.administrator):
        assert browser(outsider).get("/reports/").status_code == 403
        assert browser(outsider).get("/api/v1/indicators/").status_code == 403


def test_a_sealed_case_counts_but_is_not_shown(park: SimpleNamespace) -> None:
    case = engine.open_case(
        "stations.request", by=actor(park.owner), enterprise=park.ours, now=MONDAY,
        data=filing(park, category="conduct", title="密封投诉", accused_team=park.team["development"].pk),
    )  # fmt: skip
    answer = {"result": "resolved", "result_text": "已处理"}
    engine.perform(case, "answer", by=actor(park.inspector), data=answer, now=MONDAY)
    engine.perform(case, "confirm", by=actor(park.owner), now=MONDAY)
    engine.perform(case, "verify", by=actor(park.second_inspector), now=MONDAY)
    assert values(park.leader)["stations.requests_resolved"] == 1
    page = browser(park.leader).get(f"/reports/stations.requests_resolved/rows/?{YEAR}").content.decode()
    assert "密封投诉" not in page
    for form in ("csv", "xlsx"):
        file = browser(park.leader).get(f"/reports/stations.requests_resolved/rows.{form}?{YEAR}")
        content = b"".join(file.streaming_content) if file.streaming else file.content  # type: ignore[attr-defined]
        assert "密封投诉".encode() not in content


def test_exports_run_no_formula() -> None:
    assert export.safe("=1+1") == "'=1+1"
    assert export.safe("-5") == "-5"
    assert export.safe("@cmd") == "'@cmd"
    assert "".join(export.csv_lines(["a"], [["=x"]])) == "\ufeffa\r\n'=x\r\n"


@pytest.mark.parametrize("key", sorted(INDICATORS))
def test_every_figure_opens(park: SimpleNamespace, key: str) -> None:
    closed(park)
    client = browser(park.leader)
    for way in ("", *INDICATORS[key].breakdowns):
        assert client.get(f"/reports/{key}/?{YEAR}&by={way}").status_code == 200
    assert client.get(f"/reports/{key}/rows/?{YEAR}").status_code == 200
    assert client.get(f"/reports/{key}/rows.csv?{YEAR}").status_code == 200
    assert client.get(f"/reports/{key}/rows.xlsx?{YEAR}").status_code == 200


def test_periods_are_checked(park: SimpleNamespace) -> None:
    client = browser(park.leader)
    assert client.get("/api/v1/indicators/?date_from=yesterday").status_code == 400
    assert client.get("/reports/?date_from=2026-02-01&date_to=2026-01-01").status_code == 200
    assert client.get("/reports/nonsense/").status_code == 404
    assert client.get("/api/v1/indicators/nonsense/rows/").status_code == 404
    from portal.reports.figures import year_before

    assert year_before(Period(at("2024-02-29 09:00").date(), at("2024-02-29 09:00").date())) is not None


def test_settled_entities_counts_by_day_of_settling(park: SimpleNamespace) -> None:
    park.ours.settled_on = at("2024-05-01 09:00").date()
    park.ours.save()
    assert values(park.leader, "date_from=2024-01-01&date_to=2024-12-31")["stations.settled_entities"] == 1
    assert reverse("reports:indicator_list") == "/reports/"
    assert not Case.objects.exists()

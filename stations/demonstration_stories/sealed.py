"""Complaints about conduct, under seal."""

from __future__ import annotations

from datetime import timedelta

from portal.demonstration.staging import Story
from stations.demonstration import Cast, Request
from stations.demonstration_stories.telling import tell


def tell_all(cast: Cast) -> None:
    for step in ("received", "triage", "handling"):
        tell(cast, complained, step, category="conduct")


def complained(r: Request, until: str) -> Story:
    start = r.stage.day(1, "10:00") if until != "received" else r.stage.minutes(50)
    yield start
    r.file(accused_team=r.cast.teams["market"].pk)
    if until == "received":
        return
    officer = r.cast.person("discipline.clerk")
    yield start + timedelta(minutes=30)
    r.do("accept", officer, category="conduct", grade="complex", contact_note="已保密联系反映人。")
    if until == "handling":
        yield start + timedelta(minutes=60)
        r.do("handle_here", officer)
        yield start + timedelta(minutes=150)
        r.do("plan", officer, plan="调阅检查记录，分别核实情况。")

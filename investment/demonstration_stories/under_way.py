"""Leads in talks: from the registration to the negotiation."""

from __future__ import annotations

from investment.demonstration.cast import Cast, Leading
from portal.cases import engine
from portal.demonstration.staging import Story


def tell_all(cast: Cast) -> None:
    stage = cast.stage
    stage.tell(lambda: registered(Leading(cast, "task_force_robot", 60)))
    stage.tell(lambda: by_a_steward(Leading(cast, "task_force_new", 40, source="self")))
    stage.tell(lambda: by_an_envoy(Leading(cast, "task_force_metal", 320, is_key="on", heat="A")))
    stage.tell(lambda: by_an_agent(Leading(cast, "task_force_digital", 150)))
    stage.tell(lambda: one_opinion_missing(Leading(cast, "task_force_medical", 210, is_key="on")))
    stage.tell(lambda: vetoed(Leading(cast, "task_force_7", 90)))
    stage.tell(lambda: Leading(cast, "task_force_robot", 480, is_key="on", heat="A").visits(6))
    stage.tell(lambda: Leading(cast, "task_force_6", 70).visits(2))
    stage.tell(lambda: Leading(cast, "task_force_metal", 260, is_key="on").negotiation(7))
    stage.tell(lambda: with_terms(Leading(cast, "task_force_new", 1_200, is_key="on", heat="A")))


def registered(a: Leading) -> Story:
    yield a.stage.minutes(80)
    a.file()


def by_a_steward(a: Leading) -> Story:
    """全员大招商: a steward of a station heard of it from an enterprise."""
    yield a.stage.minutes(45)
    a.file(a.cast.person("jinrong.steward"))


def by_an_envoy(a: Leading) -> Story:
    if a.cast.envoy is not None:
        a.facts |= {"source": "envoy", "envoy": a.cast.envoy.pk}
    yield from a.contact(2)


def by_an_agent(a: Leading) -> Story:
    a.facts |= {"source": "agent", "agent": a.cast.agents[0].pk}
    yield from a.contact(1)


def one_opinion_missing(a: Leading) -> Story:
    """研判预审: four departments have answered."""
    yield from a.pre_review(3)
    yield a.stage.day(1, "14:30")
    a.give_opinions(leave="environment")


def vetoed(a: Leading) -> Story:
    """One department has drawn a red line."""
    yield from a.pre_review(4)
    yield a.stage.day(2, "15:10")
    part = a.there().children.open().get(opinion__about="safety")
    reason = "危险化学品储存距离不足，按现方案不能选址。（示范）"
    clerk = a.cast.person("emergency.clerk")
    engine.perform(part.pk, "give", by=clerk, data={"verdict": "veto", "reason": reason}, now=a.stage.now)
    a.give_opinions()


def with_terms(a: Leading) -> Story:
    """方案洽谈: the second version of the terms."""
    yield from a.negotiation(12)
    yield a.stage.day(8, "10:20")
    a.do("write_terms", text="用地三百亩，一期先行供地。（示范）", change="")
    yield a.stage.day(3, "16:10")
    a.do("write_terms", text="用地二百六十亩，配套变电站由园区协调。（示范）", change="用地面积和用电保障")

"""达产即复核: complete with all certificates; told, visited, announced; and one that has to be put right."""

from __future__ import annotations

from datetime import date

from approvals.access import REVIEW
from approvals.demonstration.projects import Cast, Site, Story
from approvals.demonstration_stories.telling import tell

PROMISED = {
    "committed_investment_amount": "80000000",
    "committed_output_per_mu": "6000000",
    "committed_tax_per_mu": "300000",
}
KEPT = {"investment_amount": "83500000", "output_per_mu": "6120000", "tax_per_mu": "312000"}
SHORT = {**KEPT, "tax_per_mu": "205000"}


def tell_all(cast: Cast) -> None:
    tell(cast, announced, "特种铸件精加工改扩建项目（示范）", "expansion", 37)
    tell(cast, opened, "铜线拉丝车间改扩建项目（示范）", "expansion", 6)
    tell(cast, put_right, "水泵测试中心改扩建项目（示范）", "expansion", 46)
    tell(cast, told, "储能电池壳体改扩建项目（示范）", "expansion", 22)
    tell(cast, at_the_panel, "机器人减速机检测线改扩建项目（示范）", "expansion", 24)
    tell(cast, objected, "铝合金轮毂改扩建项目（示范）", "expansion", 40)
    tell(cast, passed, "医用导管洁净车间改扩建项目（示范）", "expansion", 48)


def opened(s: Site, due: int) -> Story:
    """All certificates are out; the review opens by itself on the promised day."""
    yield from s.completed(due + 50, **PROMISED, committed_capacity_on=s.stage.working_day(due))
    yield s.stage.day(due - 1, "09:00")


def filed(s: Site, due: int, actual: dict[str, str], after: int = 20) -> Story:
    yield s.stage.day(due - after, "10:00")
    s.do("tell", s.owner, s.child(REVIEW), **actual, capacity_on=on(s, due))


def on(s: Site, due: int) -> date:
    return s.stage.working_day(due)


def visited(s: Site, due: int, actual: dict[str, str], report: str, after: int = 20) -> Story:
    yield from opened(s, due)
    yield from filed(s, due, actual, after)
    yield s.stage.day(due - after - 6, "15:00")
    by, found = s.cast.person("science.clerk"), {**actual, "capacity_on": on(s, due)}
    s.do("verify", by, s.child(REVIEW), **found, report=report)


def settled(s: Site, due: int, actual: dict[str, str], **words: str) -> Story:
    yield from visited(s, due, actual, words["report"])
    yield s.stage.day(due - 30, "10:30")
    s.do("settle", s.cast.person("science.head"), s.child(REVIEW), measures=words["measures"])


def announced(s: Site, due: int) -> Story:
    words = {"report": "现场核查和部门数据一致。（示范）", "measures": "达标，按约兑现奖补。（示范）"}
    yield from settled(s, due, KEPT, **words)


def told(s: Site, due: int) -> Story:
    """The enterprise has said what became of its promises; nobody has been there yet."""
    yield from opened(s, due)
    yield from filed(s, due, KEPT, after=18)


def at_the_panel(s: Site, due: int) -> Story:
    """Found out on the spot: a little less than promised, and the panel has to decide."""
    nearly = {**KEPT, "output_per_mu": "5400000"}
    report = "亩均产值为承诺的九成，其余达标。（示范）"
    yield from visited(s, due, nearly, report, after=15)


def objected(s: Site, due: int) -> Story:
    """The enterprise does not accept the result: it is looked at again within ten working days."""
    words = {"report": "亩均税收未达承诺。（示范）", "measures": "十二个月内整改。（示范）"}
    yield from settled(s, due, SHORT, **words)
    yield s.stage.day(due - 37, "10:20")
    s.do("object", s.owner, s.child(REVIEW), reason="缓缴税款尚未计入，请按完税证明复核。（示范）")


def passed(s: Site, due: int) -> Story:
    """All promises kept: the project has come to its end."""
    words = {"report": "现场核查和部门数据一致。（示范）", "measures": "达标，按约兑现奖补。（示范）"}
    yield from settled(s, due, KEPT, **words)
    yield s.stage.day(due - 33, "09:30")
    s.do("agree", s.owner, s.child(REVIEW))


def put_right(s: Site, due: int) -> Story:
    """Too little tax per mu: twelve months to put it right, looked at meanwhile."""
    words = {
        "report": "亩均税收约为承诺的三分之二，其余达标。（示范）",
        "measures": "十二个月内整改，期满再次复核；期间每季度核查一次。（示范）",
    }
    yield from settled(s, due, SHORT, **words)
    yield s.stage.day(due - 33, "09:30")
    s.do("agree", s.owner, s.child(REVIEW))
    yield s.stage.day(2, "15:00")
    note = "二期产线已投产，税收逐月回升。（示范）"
    s.do("note_progress", s.cast.person("science.clerk"), s.child(REVIEW), note=note)

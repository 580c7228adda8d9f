"""容缺 and 告知承诺: what was taken in with gaps, what was decided on a commitment."""

from __future__ import annotations

from approvals.demonstration.projects import Cast, Site, Story
from approvals.demonstration_stories.telling import tell


def tell_all(cast: Cast) -> None:
    tell(cast, with_gaps, "线束智能制造项目（示范）", "early-work-2")
    tell(cast, on_a_commitment, "检测试剂车间改扩建项目（示范）", "expansion")


def with_gaps(s: Site) -> Story:
    """The first construction permit came with two gaps: one paper is due, one did not come."""
    yield from s.signed(26, 20)
    yield from s.granted(19, 19, "filing")
    yield from s.granted(18, 17, "land_use")
    yield from s.accepted(16, "title", "scheme")
    yield from s.decided(15, "title")
    yield from s.decided(13, "scheme")
    lacking = {"建设资金已落实承诺书": s.cast.ahead(1), "质量安全措施资料": s.stage.working_day(2)}
    yield from s.granted(12, 11, "below", lacking=lacking)


def on_a_commitment(s: Site) -> Story:
    """Decided at once; the department has to look afterwards whether it is kept."""
    yield from s.signed(18, 12)
    yield from s.granted(11, 11, "filing")
    yield from s.granted(9, 9, "water", commitment="on")

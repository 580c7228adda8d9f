"""The same matter told twice."""

from __future__ import annotations

from portal.demonstration.staging import Story
from stations.demonstration import Cast, Request
from stations.demonstration_stories.telling import tell


def tell_all(cast: Cast) -> None:
    for merged in (True, False):
        tell(cast, told_twice, merged, category="utilities", station="jinrong")


def told_twice(r: Request, merged: bool) -> Story:
    """Filed online, and told once more by phone: merged, or still to be noticed."""
    yield from r.until_handling(r.stage.day(2, "09:35"))
    again = Request(r.cast, r.category, station=r.station)
    again.enterprise, again.owner = r.enterprise, r.owner
    yield r.stage.minutes(100 if merged else 25)
    again.take_call(f"{r.there().title}，来电再次反映（示范）")
    if merged:
        yield r.stage.minutes(85)
        again.do("merge", r.steward, into=r.there().pk)

"""Which station is near, and whether it is open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from math import asin, cos, radians, sin, sqrt

from django.utils.translation import gettext as _

from portal.park.models import Enterprise
from portal.worktime.clock import Calendar, local
from stations.models import Station

EARTH_M = 6_371_000


@dataclass(frozen=True)
class Nearby:
    """A station as seen from an enterprise. Distance in metres, as the crow flies; None: unknown."""

    station: Station
    distance_m: int | None
    is_open: bool

    @property
    def says(self) -> str:
        here = _("open until %(time)s") % {"time": f"{self.station.closes_at:%H:%M}"}
        if not self.is_open:
            here = _("closed now, opens at %(time)s") % {"time": f"{self.station.opens_at:%H:%M}"}
        if self.distance_m is None:
            return here
        if self.distance_m < 1000:
            far = _("%(n)s m") % {"n": self.distance_m}
        else:
            far = _("%(n)s km") % {"n": f"{self.distance_m / 1000:.1f}"}
        return f"{far} · {here}"


def distance_m(lon1: Decimal, lat1: Decimal, lon2: Decimal, lat2: Decimal) -> int:
    """Great-circle distance in metres (haversine)."""
    x1, y1, x2, y2 = (radians(float(v)) for v in (lon1, lat1, lon2, lat2))
    half = sin((y2 - y1) / 2) ** 2 + cos(y1) * cos(y2) * sin((x2 - x1) / 2) ** 2
    return round(2 * EARTH_M * asin(sqrt(half)))


def is_open(station: Station, now: datetime, calendar: Calendar) -> bool:
    here = local(now)
    return calendar.is_working(here.date()) and station.opens_at <= here.time() < station.closes_at


def stations_for(enterprise: Enterprise | None, now: datetime, calendar: Calendar) -> list[Nearby]:
    """All active stations: open ones first, then by distance."""
    found = []
    for station in Station.objects.filter(team__active=True).select_related("team"):
        far = None
        if enterprise is not None and enterprise.longitude is not None and enterprise.latitude is not None:
            far = distance_m(enterprise.longitude, enterprise.latitude, station.longitude, station.latitude)
        found.append(Nearby(station, far, is_open(station, now, calendar)))
    return sorted(found, key=lambda n: (not n.is_open, n.distance_m or 0, n.station.team.code))

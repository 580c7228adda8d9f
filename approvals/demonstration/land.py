"""Where the parcels of the demonstration park lie, and more of them: unused land, and land to come.

All of it invented; the map is a drawing and not a survey.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from math import cos, radians, sqrt

from approvals.models import Parcel
from portal.demonstration import people, register

# The middle of each quarter; parcels lie around it in rows, and the whole is twice as wide as high.
QUARTERS = {
    "双马": (112.920, 27.865),
    "板塘": (112.948, 27.865),
    "晓塘": (112.920, 27.851),
    "火炬": (112.948, 27.851),
}
ELSEWHERE = (112.934, 27.858)
A_ROW = 5
METRES = 111_320  # of a degree of latitude
PITCH = 0.0031  # between two parcels, in degrees of latitude
# What the stories recover: name, area. Each has a holder who does not use it.
UNUSED = (
    ("晓塘片区低效用地一（示范）", "26.4"),
    ("晓塘片区低效用地二（示范）", "33.75"),
    ("火炬片区低效用地一（示范）", "41.2"),
    ("火炬片区低效用地二（示范）", "18.9"),
    ("板塘片区低效用地一（示范）", "52.3"),
    ("板塘片区低效用地二（示范）", "22.6"),
    ("双马片区低效用地一（示范）", "30.1"),
    ("双马片区低效用地二（示范）", "15"),
    ("晓塘片区低效用地三（示范）", "20.8"),
    ("火炬片区低效用地三（示范）", "38.5"),
)
TO_APPROVE = (("双马片区待报批地块（示范）", "58.4"), ("火炬片区待报批地块（示范）", "35.5"))


@register
def land(now: datetime) -> int:
    """Enter what the stories need and draw the map; what has been drawn stays. No case is made."""
    holders = people.chosen_enterprises()
    for number, (name, area) in enumerate((*UNUSED, *TO_APPROVE), start=1):
        unused = number <= len(UNUSED)
        Parcel.objects.get_or_create(
            code=f"DK-{100 + number}",
            defaults={
                "name": name,
                "area_mu": Decimal(area),
                "status": Parcel.Status.IDLE if unused else Parcel.Status.AVAILABLE,
                "holder": holders[-number] if unused else None,
            },
        )
    parcels = list(Parcel.objects.order_by("code"))
    for quarter, middle in (*QUARTERS.items(), ("", ELSEWHERE)):
        inside = [p for p in parcels if p.name[:2] == quarter or not (quarter or p.name[:2] in QUARTERS)]
        _draw(inside, middle)
    Parcel.objects.bulk_update(parcels, ["outline"])
    return 0


def _draw(parcels: Sequence[Parcel], middle: tuple[float, float]) -> None:
    narrow = cos(radians(middle[1]))
    for place, parcel in enumerate(parcels):
        if parcel.outline:
            continue
        half = sqrt(float(parcel.area_m2)) / METRES / 2
        lon = middle[0] + (place % A_ROW - (A_ROW - 1) / 2) * PITCH / narrow
        lat = middle[1] - (place // A_ROW - 1) * PITCH
        corners = ((-1, -1), (1, -1), (1, 1), (-1, 1))
        parcel.outline = [[round(lon + x * half / narrow, 6), round(lat + y * half, 6)] for x, y in corners]

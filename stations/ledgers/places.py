"""The ledger of the stations themselves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from portal.accounts.models import Duty
from portal.ledgers.books import ModelBook, Reference
from portal.ledgers.declaration import BadRow, Column, Context, Ledger, Row, register
from portal.ledgers.park import LATITUDE, LONGITUDE
from portal.ledgers.parsers import DATE, TIME, TextParser
from portal.park.models import Team
from stations.models import Station

STATION_COLUMNS = (
    Column(
        "team_code",
        "驿站编码",
        TextParser(40, "jinrong"),
        note=gettext_lazy("The code of the station's team"),
    ),
    Column("address", "地址", TextParser(200, "示范路 1 号"), note=gettext_lazy("Where it is")),
    Column(
        "longitude",
        "经度",
        LONGITUDE,
        note=gettext_lazy("Position on the map, in degrees"),
        example="112.9121",
    ),
    Column(
        "latitude", "纬度", LATITUDE, note=gettext_lazy("Position on the map, in degrees"), example="27.8712"
    ),
    Column("opens_at", "开门时间", TIME, note=gettext_lazy("When it opens")),
    Column("closes_at", "关门时间", TIME, note=gettext_lazy("When it closes"), example="17:30"),
    Column("phone", "电话", TextParser(30, "0731-5555 0101"), note=gettext_lazy("Its telephone")),
    Column("opened_on", "启用日期", DATE, required=False, note=gettext_lazy("Since when it has been open")),
)


class StationBook(ModelBook):
    """Stations; each is a team of the kind "station"."""

    def __init__(self) -> None:
        team = Reference(
            field="team_id",
            rows=Team.objects.filter(kind=Team.Kind.STATION),
            by="code",
            path="team__code",
            unknown=gettext_noop("There is no station team with the code “%(value)s”."),
        )
        super().__init__(
            Station,
            [column.key for column in STATION_COLUMNS],
            ("team_code",),
            references={"team_code": team},
        )

    def check(self, rows: Sequence[Row], context: Context) -> Iterator[tuple[Row, BadRow]]:
        yield from super().check(rows, context)
        for row in rows:
            if row.values["closes_at"] <= row.values["opens_at"]:
                yield row, BadRow("closes_at", _("Must be later than it opens."))


register(
    Ledger(
        key="stations",
        zh="政务驿站",
        columns=STATION_COLUMNS,
        natural_key=("team_code",),
        book=StationBook,
        after=("teams",),
        readers=(Duty.LEADER, Duty.SUPERVISOR, Duty.AUDITOR),
        note=gettext_lazy("The service stations: where they are and when they are open"),
    )
)

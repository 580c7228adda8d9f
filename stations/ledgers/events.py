"""The ledger of events: what the park held for enterprises."""

from __future__ import annotations

from django.utils.translation import gettext_lazy, gettext_noop

from portal.accounts.models import Duty
from portal.ledgers.books import ModelBook, Reference
from portal.ledgers.declaration import Column, Ledger, register
from portal.ledgers.parsers import DATE, TextParser, WholeParser, codes
from stations.models import EventKind, ServiceEvent, Station

KINDS = codes(
    EventKind.choices,
    station_event="便民惠企驿站行活动|驿站行活动|驿站活动",
    salon="主题沙龙|沙龙",
    bank_matchmaking="政银企对接会|银企对接会",
    policy_training="政策培训",
    livestream="云直播|直播",
)
EVENT_COLUMNS = (
    Column(
        "number",
        "编号",
        TextParser(40, "HD2024-001"),
        note=gettext_lazy("The number of the event, once in the park"),
    ),
    Column("kind", "类型", KINDS, note=gettext_lazy("What kind of event it was")),
    Column(
        "title", "标题", TextParser(200, "便民惠企驿站行（示范）"), note=gettext_lazy("What it was called")
    ),
    Column("held_on", "举办日期", DATE, note=gettext_lazy("The day on which it was held")),
    Column(
        "station_code",
        "驿站编码",
        TextParser(40, "jinrong"),
        required=False,
        note=gettext_lazy("The station that held it; empty when it was held elsewhere"),
    ),
    Column(
        "attendees",
        "参加人数",
        WholeParser(0, 1_000_000, "45"),
        required=False,
        note=gettext_lazy("How many people came"),
    ),
)
STATION = Reference(
    field="station_id",
    rows=Station.objects.all(),
    by="team__code",
    path="station__team__code",
    unknown=gettext_noop("There is no station with the code “%(value)s”."),
)

register(
    Ledger(
        key="events",
        zh="活动",
        columns=EVENT_COLUMNS,
        natural_key=("number",),
        book=lambda: ModelBook(
            ServiceEvent, [c.key for c in EVENT_COLUMNS], ("number",), references={"station_code": STATION}
        ),
        after=("stations",),
        readers=(Duty.LEADER, Duty.SUPERVISOR, Duty.AUDITOR),
        note=gettext_lazy(
            "Events for enterprises: station events, salons, matchmaking, training, livestreams"
        ),
    )
)

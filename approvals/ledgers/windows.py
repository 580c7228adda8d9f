"""The ledger of the comprehensive windows."""

from __future__ import annotations

from django.utils.translation import gettext_lazy, gettext_noop

from approvals.models import ComprehensiveWindow
from portal.accounts.models import Duty
from portal.ledgers.books import ModelBook, Reference
from portal.ledgers.declaration import Column, Ledger, register
from portal.ledgers.parsers import BOOL, TextParser, codes
from portal.park.models import Team

KINDS = codes(
    ComprehensiveWindow.Kind.choices,
    enterprise_start="企业开办",
    project_assistance="项目帮代办",
    policy_delivery="政策兑现",
    other="其他",
)
WINDOW_COLUMNS = (
    Column(
        "code", "编码", TextParser(40, "window_start"), note=gettext_lazy("A short code, once in the park")
    ),
    Column("name", "名称", TextParser(80, "企业开办综合窗"), note=gettext_lazy("What it is called")),
    Column("kind", "类型", KINDS, note=gettext_lazy("What it is for")),
    Column(
        "active",
        "启用",
        BOOL,
        required=False,
        default=True,
        note=gettext_lazy("Whether it works now; yes when empty"),
    ),
    Column(
        "name_en",
        "英文名称",
        TextParser(120, "Enterprise Start Window"),
        required=False,
        default="",
        note=gettext_lazy("What it is called in English"),
    ),
    Column(
        "team_code",
        "团队编码",
        TextParser(40, "window_start"),
        required=False,
        note=gettext_lazy("The code of the team that sits there"),
    ),
    Column(
        "place",
        "地点",
        TextParser(200, "政务大厅一楼 1 号窗"),
        required=False,
        default="",
        note=gettext_lazy("Where it is"),
    ),
    Column(
        "phone",
        "电话",
        TextParser(30, "0731-5555 0111"),
        required=False,
        default="",
        note=gettext_lazy("Its telephone"),
    ),
    Column(
        "hours",
        "开放时间",
        TextParser(120, "工作日 9:00–17:00"),
        required=False,
        default="",
        note=gettext_lazy("When it is open, where that differs from the service hours"),
    ),
)
TEAM = Reference(
    field="team_id",
    rows=Team.objects.filter(kind=Team.Kind.WINDOW),
    by="code",
    path="team__code",
    unknown=gettext_noop("There is no window team with the code “%(value)s”."),
)

register(
    Ledger(
        key="windows",
        zh="综合窗口",
        columns=WINDOW_COLUMNS,
        natural_key=("code",),
        book=lambda: ModelBook(
            ComprehensiveWindow, [c.key for c in WINDOW_COLUMNS], ("code",), references={"team_code": TEAM}
        ),
        after=("teams",),
        readers=(Duty.LEADER, Duty.SUPERVISOR, Duty.AUDITOR),
        note=gettext_lazy("The comprehensive windows: what they are for, and where they are"),
    )
)

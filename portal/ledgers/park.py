"""The ledgers of the park itself: teams and enterprises.

They are declared here rather than in `portal.park`, which lies below the ledgers and knows nothing of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import Coalesce, Collate
from django.utils.translation import gettext_lazy

from portal.accounts.models import Duty, User
from portal.ledgers.books import EXPORT_CHUNK, ModelBook
from portal.ledgers.declaration import BadRow, Change, Column, Context, Key, Ledger, Row, Values, register
from portal.ledgers.parsers import BOOL, DATE, USCC, ListParser, NumberParser, TextParser, codes
from portal.park.acting import Actor
from portal.park.models import Enterprise, Membership, Team

READERS = (Duty.LEADER, Duty.SUPERVISOR, Duty.AUDITOR)
TEAM_KINDS = codes(
    Team.Kind.choices,
    station="政务驿站|驿站",
    task_force="工作专班|专班",
    department="部门",
    window="综合窗口|窗口",
    bank="银行",
    finance="财政",
    supervision="督查",
)
SIZES = codes(Enterprise.Size.choices, micro="微型", small="小型", medium="中型", large="大型")

_HEAD = (
    Membership.objects.filter(team=OuterRef("pk"), role=Membership.Role.HEAD)
    .order_by("pk")
    .values("user__username")[:1]
)


class TeamBook:
    """Teams with the user name of their head."""

    COLUMNS = ("code", "name", "kind", "name_en", "lead_username", "industry", "active")

    def check(self, rows: Sequence[Row], context: Context) -> Iterator[tuple[Row, BadRow]]:
        yield from ()

    def find(self, keys: Sequence[Key], context: Context) -> Mapping[Key, tuple[int, Values]]:
        return {
            (values["code"],): (pk, values) for pk, values in self._read(code__in=[code for (code,) in keys])
        }

    def create(self, rows: Sequence[Row], context: Context) -> None:
        teams = Team.objects.bulk_create([Team(**self._own(row.values)) for row in rows])
        self._lead({t.pk: row.values.get("lead_username") for t, row in zip(teams, rows, strict=True)})

    def update(self, changes: Sequence[Change], context: Context) -> None:
        for change in changes:
            own = self._own(change.after)
            if own:
                Team.objects.filter(pk=change.pk).update(**own)
        self._lead({change.pk: change.after.get("lead_username") for change in changes})

    def count(self, reader: Actor | None = None) -> int:
        return Team.objects.count()

    def export(self, reader: Actor | None = None) -> Iterator[Values]:
        for _pk, values in self._read():
            yield values

    def _read(self, **condition: object) -> Iterator[tuple[int, Values]]:
        rows = Team.objects.filter(**condition).annotate(lead_username=Coalesce(Subquery(_HEAD), None))
        rows = rows.order_by(Collate(F("code"), "C"))
        for pk, *found in rows.values_list("pk", *self.COLUMNS).iterator(EXPORT_CHUNK):
            yield pk, dict(zip(self.COLUMNS, found, strict=True))

    @staticmethod
    def _own(values: Values) -> Values:
        return {column: value for column, value in values.items() if column != "lead_username"}

    @staticmethod
    def _lead(leads: Mapping[int, str | None]) -> None:
        """Make the named people heads. One who has no account yet gets one that cannot sign in
        until an administrator gives it a password; who was head before stays as a member."""
        wanted = {team: name for team, name in leads.items() if name}
        known = {user.username: user for user in User.objects.filter(username__in=wanted.values())}
        for name in sorted(set(wanted.values()) - known.keys()):
            known[name] = User.objects.create_user(name, display_name=name)
        for team_id, name in wanted.items():
            heads = Membership.objects.filter(team_id=team_id, role=Membership.Role.HEAD)
            heads.exclude(user=known[name]).update(role=Membership.Role.MEMBER)
            Membership.objects.update_or_create(
                team_id=team_id, user=known[name], defaults={"role": Membership.Role.HEAD}
            )


register(
    Ledger(
        key="teams",
        zh="工作专班与部门",
        natural_key=("code",),
        book=TeamBook,
        readers=READERS,
        note=gettext_lazy("Stations, task forces, departments, windows, banks and offices, with their heads"),
        columns=(
            Column(
                "code", "编码", TextParser(40, "jinrong"), note=gettext_lazy("A short code, once in the park")
            ),
            Column("name", "名称", TextParser(80, "金荣驿站"), note=gettext_lazy("What it is called")),
            Column("kind", "类型", TEAM_KINDS, note=gettext_lazy("What kind of team it is")),
            Column(
                "name_en",
                "英文名称",
                TextParser(120, "Jinrong Station"),
                required=False,
                default="",
                note=gettext_lazy("What it is called in English"),
            ),
            Column(
                "lead_username",
                "负责人账号",
                TextParser(150, "zhang.san"),
                required=False,
                keeps=True,
                note=gettext_lazy("The sign-in name of its head; empty leaves who it is"),
            ),
            Column(
                "industry",
                "产业",
                TextParser(60, "先进金属材料"),
                required=False,
                default="",
                note=gettext_lazy("The industry of a task force"),
            ),
            Column(
                "active",
                "启用",
                BOOL,
                required=False,
                default=True,
                note=gettext_lazy("Whether it works now; yes when empty"),
            ),
        ),
    )
)

LONGITUDE = NumberParser(6, Decimal(-180), Decimal(180))
LATITUDE = NumberParser(6, Decimal(-90), Decimal(90))

ENTERPRISE_COLUMNS = (
    Column("uscc", "统一社会信用代码", USCC, note=gettext_lazy("The code on its business licence")),
    Column(
        "name",
        "企业名称",
        TextParser(120, "启明电源（示范）有限公司"),
        note=gettext_lazy("The name on its business licence"),
    ),
    Column(
        "name_en",
        "英文名称",
        TextParser(200, "Qiming Power"),
        required=False,
        default="",
        note=gettext_lazy("Its name in English"),
    ),
    Column("industry", "行业", TextParser(60, "电池制造"), note=gettext_lazy("Its industry")),
    Column("size", "规模", SIZES, note=gettext_lazy("Its size in the official classes")),
    Column("registered_on", "注册日期", DATE, required=False, note=gettext_lazy("When it was registered")),
    Column("settled_on", "入驻日期", DATE, required=False, note=gettext_lazy("When it settled in the park")),
    Column(
        "address",
        "地址",
        TextParser(200, "示范路 8 号"),
        required=False,
        default="",
        note=gettext_lazy("Where it is"),
    ),
    Column(
        "longitude",
        "经度",
        LONGITUDE,
        required=False,
        note=gettext_lazy("Position on the map, in degrees"),
        example="112.9121",
    ),
    Column(
        "latitude",
        "纬度",
        LATITUDE,
        required=False,
        note=gettext_lazy("Position on the map, in degrees"),
        example="27.8712",
    ),
    Column(
        "park_area",
        "片区",
        TextParser(60, "东区"),
        required=False,
        default="",
        note=gettext_lazy("The part of the park where it is"),
    ),
    Column(
        "is_high_tech",
        "高新技术企业",
        BOOL,
        required=False,
        note=gettext_lazy("Whether it is a recognised high-tech enterprise"),
    ),
    Column(
        "is_above_scale",
        "规上企业",
        BOOL,
        required=False,
        note=gettext_lazy("Whether it is above the designated size"),
    ),
    Column(
        "tags",
        "标签",
        ListParser(40),
        required=False,
        default=[],
        note=gettext_lazy("Words by which it is found"),
    ),
)

register(
    Ledger(
        key="enterprises",
        zh="企业",
        natural_key=("uscc",),
        readers=READERS,
        note=gettext_lazy("The enterprises of the park"),
        columns=ENTERPRISE_COLUMNS,
        book=lambda: ModelBook(Enterprise, [column.key for column in ENTERPRISE_COLUMNS], ("uscc",)),
    )
)

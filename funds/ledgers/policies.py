"""The ledger of policies: each becomes a policy with a published version; a change is a new version."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Collate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from funds.models import Budget, Policy, PolicyVersion
from portal.accounts.models import Duty
from portal.ledgers.books import Reference, resolve
from portal.ledgers.declaration import (
    BadRow,
    Change,
    Column,
    Context,
    Key,
    Ledger,
    Row,
    Values,
    register,
)
from portal.ledgers.parsers import DATE, NumberParser, TextParser, codes
from portal.park.acting import Actor
from portal.park.models import Team

LEVELS = codes(
    Policy.Level.choices, national="国家级|国家", province="省级|省", city="市级|市", park="园区级|区级"
)
KINDS = codes(Policy.Kind.choices, reward="奖励", subsidy="补贴|补助", interest_discount="贴息", other="其他")
DELIVERIES = codes(
    Policy.Delivery.choices,
    automatic="免申即享",
    immediate="即申即享",
    pledged="承诺兑现",
    reviewed="评审兑现",
)
COLUMNS = (
    Column("code", "编码", TextParser(40, "KJ-01"), note=gettext_lazy("A short code, once in the park")),
    Column("title", "名称", TextParser(160, "企业研发投入奖补"), note=gettext_lazy("What it is called")),
    Column(
        "title_en",
        "英文名称",
        TextParser(240, "Reward for research spending"),
        required=False,
        default="",
        note=gettext_lazy("What it is called in English"),
    ),
    Column("level", "层级", LEVELS, note=gettext_lazy("Who gives it")),
    Column("kind", "类型", KINDS, note=gettext_lazy("What it is")),
    Column("opens_on", "开始日期", DATE, note=gettext_lazy("From when on it can be claimed")),
    Column(
        "closes_on",
        "截止日期",
        DATE,
        required=False,
        note=gettext_lazy("Until when it can be claimed; empty: without an end"),
        example="2024-12-31",
    ),
    Column(
        "rate",
        "比例",
        NumberParser(6, most=Decimal(1), example="0.15"),
        required=False,
        note=gettext_lazy("The share of what was spent, 0.15 for 15 %; empty: no share"),
    ),
    Column(
        "cap_amount",
        "封顶金额",
        NumberParser(2, example="1000000"),
        required=False,
        note=gettext_lazy("The most that one claim is given, in yuan"),
    ),
    Column(
        "budget_code",
        "预算编码",
        TextParser(40, "KJ2024"),
        required=False,
        note=gettext_lazy("The budget that it is paid from"),
    ),
    Column(
        "delivery",
        "兑现方式",
        DELIVERIES,
        required=False,
        default=Policy.Delivery.REVIEWED.value,
        note=gettext_lazy("How it is delivered; after a review when empty"),
    ),
    Column(
        "team_code",
        "主管部门编码",
        TextParser(40, "science"),
        required=False,
        note=gettext_lazy("The code of the department in charge"),
    ),
    Column(
        "summary",
        "通俗说明",
        TextParser(2000, "按上年研发投入的 10% 奖补，最高 100 万元。"),
        required=False,
        default="",
        note=gettext_lazy("What it says, in plain words"),
    ),
)
BUDGET = Reference(
    field="budget_id",
    rows=Budget.objects.all(),
    by="code",
    path="budget__code",
    unknown=gettext_noop("There is no budget with the code “%(value)s”."),
)
TEAM = Reference(
    field="team_id",
    rows=Team.objects.all(),
    by="code",
    path="team__code",
    unknown=gettext_noop("There is no team with the code “%(value)s”."),
)
OF_VERSION = ("opens_on", "closes_on", "rate", "cap_amount", "summary")
OF_POLICY = ("title", "title_en", "level", "kind", "delivery")
REFERENCES = {"budget_code": BUDGET, "team_code": TEAM}


class PolicyBook:
    """Policies with the version that was published last."""

    def check(self, rows: Sequence[Row], context: Context) -> Iterator[tuple[Row, BadRow]]:
        for column, reference in REFERENCES.items():
            yield from resolve(column, reference, rows, context)
        drafts = _drafts([row.values["code"] for row in rows])
        for row in rows:
            if row.values["code"] in drafts:
                yield row, BadRow("code", _("This policy is a draft in the portal: publish it there first."))
            opens, closes = row.values.get("opens_on"), row.values.get("closes_on")
            if opens and closes and closes < opens:
                yield row, BadRow("closes_on", _("It cannot close before it opens."))
            for name in ("rate", "cap_amount"):
                if row.values.get(name) == 0:
                    yield row, BadRow(name, _("Above 0, or empty."))

    def find(self, keys: Sequence[Key], context: Context) -> Mapping[Key, tuple[int, Values]]:
        rows = _policies().filter(code__in=[code for (code,) in keys])
        return {(values["code"],): (pk, values) for pk, values in _read(rows)}

    def create(self, rows: Sequence[Row], context: Context) -> None:
        for row in rows:
            policy = Policy(code=row.values["code"])
            _fill(policy, row.values, context)
            policy.save()
            _publish(policy, row.values, context)

    def update(self, changes: Sequence[Change], context: Context) -> None:
        for change in changes:
            policy = Policy.objects.get(pk=change.pk)
            _fill(policy, change.after, context)
            policy.save()
            if change.after.keys() & set(OF_VERSION):
                known = next(values for _pk, values in _read(_policies().filter(pk=policy.pk)))
                _publish(policy, {**known, **change.after}, context)

    def count(self, reader: Actor | None = None) -> int:
        return Policy.objects.count()

    def export(self, reader: Actor | None = None) -> Iterator[Values]:
        for _pk, values in _read(_policies().order_by(Collate(F("code"), "C"))):
            yield values


def _drafts(codes: list[str]) -> set[str]:
    """Codes of policies that were never published."""
    known = Policy.objects.filter(code__in=codes)
    return set(known.exclude(versions__published_at__isnull=False).values_list("code", flat=True))


def _policies() -> QuerySet[Policy]:
    """Policies that have been published."""
    published = PolicyVersion.objects.filter(policy=OuterRef("pk"), published_at__isnull=False)
    last = published.order_by("-number").values("pk")[:1]
    return Policy.objects.annotate(last=Subquery(last)).filter(last__isnull=False)


def _read(rows: QuerySet[Policy]) -> Iterator[tuple[int, Values]]:
    plain = ("code", *OF_POLICY, "budget__code", "team__code", "pk", "last")
    found = list(rows.values_list(*plain))
    versions = PolicyVersion.objects.in_bulk([told[-1] for told in found])
    for code, title, title_en, level, kind, delivery, budget, team, pk, last in found:
        version = versions[last]
        shares = version.method == PolicyVersion.Method.RATE
        yield (
            pk,
            {
                "code": code,
                "title": title,
                "title_en": title_en,
                "level": level,
                "kind": kind,
                "opens_on": version.opens_on,
                "closes_on": version.closes_on,
                "rate": version.rate if shares else None,
                "cap_amount": version.cap_amount,
                "budget_code": budget,
                "delivery": delivery,
                "team_code": team,
                "summary": version.summary,
            },
        )


def _fill(policy: Policy, values: Values, context: Context) -> None:
    for name in OF_POLICY:
        if name in values:
            setattr(policy, name, values[name])
    for column, reference in REFERENCES.items():
        if column in values:
            known: dict[Any, int] = context.memory[column]
            setattr(policy, reference.field, known.get(values[column]))


# What a ledger does not tell stays as it was published before.
KEPT = (
    "text",
    "source",
    "summary_en",
    "lifetime_cap_amount",
    "period",
    "instalments",
    "method",
    "base",
    "fixed_amount",
)


def _publish(policy: Policy, values: Values, context: Context) -> None:
    """One more version. Without a share nothing is reckoned: what is granted is decided case by case."""
    numbers = policy.versions.order_by("-number")
    before, highest = numbers.filter(published_at__isnull=False).first(), numbers.first()
    version = PolicyVersion(
        policy=policy,
        number=highest.number + 1 if highest else 1,
        summary=values.get("summary") or "",
        opens_on=values["opens_on"],
        closes_on=values.get("closes_on"),
        cap_amount=values.get("cap_amount"),
        rate=values.get("rate"),
        method=PolicyVersion.Method.DECIDED,
        base="claimed",
        made_at=context.now,
        note=context.source[:300],
        is_unwritten=before.is_unwritten if before is not None else True,
    )
    for name in KEPT if before is not None else ():
        setattr(version, name, getattr(before, name))
    if version.rate is not None:
        version.method, version.fixed_amount = PolicyVersion.Method.RATE, None
        version.base = version.base or "claimed"
    elif policy.delivery == Policy.Delivery.AUTOMATIC and version.cap_amount:
        # What comes without application is an amount that nobody has to decide on.
        version.method, version.base = PolicyVersion.Method.FIXED, ""
        version.fixed_amount = version.cap_amount
    elif version.method == PolicyVersion.Method.RATE:
        version.method = PolicyVersion.Method.DECIDED
    version.save(force_insert=True)
    for rows in (before.criteria, before.tiers, before.materials) if before is not None else ():
        for row in rows.all():
            row.pk, row.version = None, version
            row.save(force_insert=True)
    version.published_at = context.now
    version.save(update_fields=["published_at"])


register(
    Ledger(
        key="policies",
        zh="惠企政策",
        natural_key=("code",),
        columns=COLUMNS,
        book=PolicyBook,
        after=("budgets", "teams"),
        readers=(Duty.LEADER, Duty.SUPERVISOR, Duty.AUDITOR),
        note=gettext_lazy("Policies for enterprises; a change of what they give is a new version"),
    )
)

"""Which policies fit whom: the same answer for one enterprise in words and for all of them in SQL."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from funds import matching
from funds.matching import estimates
from funds.models import Bar, Criterion, Match, PolicyVersion, Profile, Tier
from funds.tasks import match_policies, tell_of_policies
from portal.notices.models import Notice
from portal.notices.texts import render
from portal.park.models import Agency, Enterprise, MonthlyIndicator
from tests.funds.building import claiming, file_claim, make_office, make_policy
from tests.people import MONDAY, at, uscc

pytestmark = pytest.mark.django_db
TODAY = MONDAY.date()


@pytest.fixture
def office(park: SimpleNamespace) -> SimpleNamespace:
    return make_office(park)


def report(enterprise: Enterprise, first: str, months: int, **amounts: Any) -> None:
    """So many months one after the other, each with the same figures."""
    month = date.fromisoformat(first)
    given = {"output_amount": "1000000", "tax_amount": "50000", **amounts}
    for _n in range(months):
        MonthlyIndicator.objects.create(enterprise=enterprise, month=month, **given)
        month = (month + timedelta(days=31)).replace(day=1)


def asking(office: SimpleNamespace, *rows: tuple[Any, ...], code: str = "M", **changes: Any) -> PolicyVersion:
    """A published policy with these conditions: fact, comparison, values, group."""
    published = make_policy(office, code, criteria=rows, **changes)
    return PolicyVersion.objects.prefetch_related("criteria", "tiers").get(pk=published.pk)


def verdicts(version: PolicyVersion) -> dict[str, tuple[str, Decimal | None]]:
    matching.match_all(MONDAY)
    found = Match.objects.filter(policy=version.policy_id).select_related("enterprise")
    return {m.enterprise.name[:2]: (m.verdict, m.estimated_amount) for m in found}


# Facts -------------------------------------------------------------------------------------------------


def test_sums_of_twelve_months_end_with_the_last_reported_and_need_every_month(park: SimpleNamespace) -> None:
    report(park.ours, "2024-09-01", 12, output_amount="1000000", rd_amount="10")
    report(park.ours, "2025-09-01", 12, output_amount="1200000", employees=80)
    report(park.theirs, "2026-03-01", 8, output_amount="700")
    matching.refresh_profiles(TODAY)
    ours, theirs = (Profile.objects.get(pk=e.pk) for e in (park.ours, park.theirs))
    assert (ours.output_amount, ours.tax_amount) == (Decimal(14_400_000), Decimal(600_000))
    assert (ours.output_growth, ours.employees, ours.months_reported) == (Decimal(20), 80, 10)
    assert ours.rd_amount is None  # nobody has reported it for these months
    assert (ours.year_output_amount, ours.year_rd_amount) == (Decimal(12_800_000), Decimal(80))
    assert (theirs.output_amount, theirs.output_growth, theirs.months_reported) == (None, None, 8)
    assert (theirs.industry, theirs.is_high_tech, theirs.bars) == ("材料", None, [])


def test_reports_of_long_ago_say_nothing_of_today(park: SimpleNamespace) -> None:
    report(park.ours, "2025-01-01", 12)
    found = matching.profile_of(park.ours.pk, TODAY)
    assert found is not None
    assert (found.output_amount, found.employees, found.year_output_amount) == (
        None,
        None,
        Decimal(12_000_000),
    )


def test_the_profile_of_one_is_the_one_of_all_and_looking_at_it_stores_nothing(park: SimpleNamespace) -> None:
    report(park.ours, "2025-01-01", 22)
    Bar.objects.create(enterprise=park.ours, kind="safety", since_on="2026-01-01", reason="x")
    one = matching.profile_of(park.ours.pk, TODAY)
    assert Profile.objects.count() == 0
    assert one is not None
    matching.refresh_profiles(TODAY)
    names = [field.attname for field in Profile._meta.concrete_fields]
    stored = Profile.objects.get(pk=park.ours.pk)
    assert {n: getattr(one, n) for n in names} == {n: getattr(stored, n) for n in names}
    assert one.bars == ["safety"]


# Verdicts ----------------------------------------------------------------------------------------------


def test_what_is_not_known_is_neither_met_nor_not_met(park: SimpleNamespace, office: SimpleNamespace) -> None:
    version = asking(
        office, ("is_high_tech", "is", ["true"]), method="fixed", base="", rate=None, fixed_amount="500"
    )
    Enterprise.objects.create(
        uscc=uscc("91430300MA4L16JQ7"), name="确认", industry="x", size="small", is_high_tech=True
    )
    Enterprise.objects.create(
        uscc=uscc("91430300MA4L16JQ6"), name="不是", industry="x", size="small", is_high_tech=False
    )
    assert verdicts(version) == {
        "启明": ("unknown", Decimal(500)),
        "云栖": ("unknown", Decimal(500)),
        "确认": ("met", Decimal(500)),
        "不是": ("not", None),
    }


def test_of_a_group_one_is_enough_and_the_rest_must_all_be_met(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    version = asking(
        office,
        ("industry", "in", ["电池", "电机"], 1),
        ("is_high_tech", "is", ["true"], 1),
        ("size", "not_in", ["large"]),
    )
    assert {k: v for k, (v, _a) in verdicts(version).items()} == {"启明": "met", "云栖": "unknown"}


def test_nothing_fits_whoever_is_barred(park: SimpleNamespace, office: SimpleNamespace) -> None:
    version = asking(office)
    Bar.objects.create(enterprise=park.ours, kind="tax_arrears", since_on="2026-01-01", reason="x")
    Bar.objects.create(
        enterprise=park.theirs, kind="tax_arrears", since_on="2025-01-01", until_on="2025-12-31", reason="x"
    )
    assert {k: v for k, (v, _a) in verdicts(version).items()} == {"启明": "not", "云栖": "met"}


def test_an_estimate_takes_account_of_what_came_before(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    version = asking(office, lifetime_cap_amount="120000", code="L")
    fixed = asking(
        office,
        method="fixed",
        base="",
        rate=None,
        fixed_amount="50000",
        lifetime_cap_amount="60000",
        code="F",
    )
    file_claim(park, fixed, base_amount="")
    assert verdicts(fixed)["启明"] == ("met", Decimal(10_000))
    assert verdicts(fixed)["云栖"] == ("met", Decimal(50_000))
    assert verdicts(version)["启明"] == ("met", None)  # as much as it spends
    assert matching.forecast(version, [], TODAY) == matching.runs.Forecast(
        2, 0, 0, Decimal(0), 2, Decimal(240_000)
    )


def test_a_new_version_replaces_the_verdicts_and_an_unused_policy_has_none(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    version = asking(office)
    assert verdicts(version)["启明"][0] == "met"
    newer = version.policy.versions.create(
        number=2, opens_on="2026-01-01", method="fixed", fixed_amount="7", made_at=MONDAY
    )
    newer.criteria.create(position=1, fact="size", operator="is", values=["large"])
    PolicyVersion.objects.filter(pk=newer.pk).update(published_at=MONDAY)
    assert {k: v for k, (v, _a) in verdicts(version).items()} == {"启明": "not", "云栖": "not"}
    version.policy.active = False
    version.policy.save()
    matching.match_all(MONDAY)
    assert not Match.objects.exists()


# SQL and Python ----------------------------------------------------------------------------------------

TEXTS = st.sampled_from(["电池", "材料", "large", "a'b", "%s", "x"])
AMOUNTS = st.decimals(min_value=0, max_value=10**9, places=2)
DAYS = st.dates(min_value=date(2000, 1, 1), max_value=date(2027, 1, 1))
SETS = st.lists(st.sampled_from(["专精特新", "500强", "x"]), max_size=3, unique=True)
OF_KIND = {
    "TEXT": TEXTS,
    "FLAG": st.booleans(),
    "NUMBER": st.integers(min_value=0, max_value=2000),
    "MONEY": AMOUNTS,
    "PERCENT": st.decimals(min_value=-100, max_value=500, places=2),
    "DAY": DAYS,
    "SET": SETS,
}


def of(fact: matching.Fact) -> st.SearchStrategy[Any]:
    if fact.choices and fact.kind == matching.Kind.SET:
        return st.lists(st.sampled_from([k for k, _n in fact.choices]), max_size=2, unique=True)
    if fact.choices:
        return st.sampled_from([k for k, _n in fact.choices])
    return OF_KIND[fact.kind.name]


@st.composite
def criteria(draw: st.DrawFn) -> Criterion:
    fact = draw(st.sampled_from(list(matching.FACTS.values())))
    operator = draw(st.sampled_from(fact.operators))
    several = operator in ("in", "not_in", "has_any", "has_none")
    found: list[Any] = []
    for _n in range(draw(st.integers(min_value=1, max_value=3 if several else 1))):
        value = draw(of(fact))
        found += value if isinstance(value, list) else [value]
    texts = [str(v).lower() if isinstance(v, bool) else str(v) for v in found] or [
        fact.choices[0][0] if fact.choices else "x"
    ]
    group = draw(st.integers(min_value=0, max_value=2))
    return Criterion(fact=fact.key, operator=operator, values=texts, group=group, position=1)


PROFILES = st.fixed_dictionaries(
    {key: st.none() | of(fact) for key, fact in matching.FACTS.items() if key != matching.UNWRITTEN}
    | {f"year_{name}": st.none() | AMOUNTS for name in matching.MONTHLY_BASES}
)


@pytest.fixture
def pair(park: SimpleNamespace, office: SimpleNamespace) -> PolicyVersion:
    return make_policy(office, "H")


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(criteria(), max_size=6), known=PROFILES)
def test_sql_and_python_never_differ(
    park: SimpleNamespace, pair: PolicyVersion, rows: list[Criterion], known: dict[str, Any]
) -> None:
    assert [matching.mistake(row) for row in rows] == [""] * len(rows)
    Profile.objects.filter(pk=park.ours.pk).delete()
    profile = Profile.objects.create(enterprise=park.ours, as_of=TODAY, **known)
    lines = matching.evaluate(rows, profile)
    matching.match_version(pair, rows)
    assert Match.objects.get(enterprise=park.ours, policy=pair.policy_id).verdict == matching.verdict_of(
        lines
    )
    assert len(lines) == len(rows) + 1


@st.composite
def rules(draw: st.DrawFn) -> dict[str, Any]:
    method = draw(st.sampled_from(["fixed", "rate", "tiers", "steps"]))
    rate = st.decimals(min_value=Decimal("0.000001"), max_value=1, places=6)
    some = st.none() | st.decimals(min_value=1, max_value=10**8, places=2)
    froms = sorted(draw(st.sets(AMOUNTS, min_size=1, max_size=4)))
    own: dict[str, Any] = {
        "fixed": {"fixed_amount": draw(AMOUNTS) + 1, "base": ""},
        "rate": {"rate": draw(rate)},
    }.get(method, {})
    tiers = [
        Tier(from_amount=f, **({"rate": draw(rate)} if method == "tiers" else {"amount": draw(AMOUNTS)}))
        for f in froms
    ]
    caps = {"cap_amount": draw(some), "lifetime_cap_amount": draw(some)}
    base = draw(st.sampled_from(matching.MONTHLY_BASES))
    return {
        "method": method,
        "base": base,
        **caps,
        **own,
        "tiers": tiers if method in ("tiers", "steps") else [],
    }


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rule=rules(), known=PROFILES)
def test_the_estimate_for_all_is_the_reckoning_of_each(
    park: SimpleNamespace, pair: PolicyVersion, rule: dict[str, Any], known: dict[str, Any]
) -> None:
    tiers = rule.pop("tiers")
    version = PolicyVersion(policy=pair.policy, number=99, pk=pair.pk, **rule)
    version._prefetched_objects_cache = {"tiers": _Rows(tiers)}  # type: ignore[attr-defined]
    Profile.objects.filter(pk=park.ours.pk).delete()
    profile = Profile.objects.create(enterprise=park.ours, as_of=TODAY, **{**known, "bars": []})
    matching.match_version(version, [])
    kept = Match.objects.get(enterprise=park.ours, policy=pair.policy_id).estimated_amount
    assert kept == matching.estimate(version, profile).amount
    if kept is not None and (most := estimates.at_most(version)) is not None:
        assert kept <= most


class _Rows:
    """Tiers that are not stored."""

    def __init__(self, rows: list[Tier]) -> None:
        self.rows = rows

    def all(self) -> list[Tier]:
        return self.rows

    def __iter__(self) -> Any:
        return iter(self.rows)


@pytest.mark.parametrize(
    ("fact", "operator", "values", "said"),
    [
        ("colour", "is", ["x"], "平台没有"),
        ("size", "at_least", ["1"], "可用的比较方式"),
        ("size", "is", [], "请填写比较的内容"),
        ("size", "is", ["small", "micro"], "比较的内容过多"),
        ("size", "is", ["huge"], "应为"),
        ("output_amount", "at_least", ["很多"], "以元为单位的金额"),
        ("output_amount", "at_least", ["NaN"], "以元为单位的金额"),
        ("output_amount", "at_least", ["1e30"], "以元为单位的金额"),
        ("employees", "at_most", [5], "数字"),
        ("settled_on", "since", ["2024-02-30"], "日期"),
        ("is_high_tech", "is", ["maybe"], "是或否"),
        ("tags", "has_any", [" "], "不超过 60 字"),
        ("tags", "has_any", ["\x00"], "不超过 60 字"),
        ("tags", "has_any", "x", "请填写比较的内容"),
        ("tags", "has_any", ["x"], ""),
    ],
)
def test_a_condition_that_cannot_be_asked_is_told_in_words(
    fact: str, operator: str, values: Any, said: str
) -> None:
    found = matching.mistake(Criterion(fact=fact, operator=operator, values=values))
    assert said in found
    assert bool(found) == bool(said)


def test_a_bad_condition_that_came_past_the_editor_fits_nobody(
    park: SimpleNamespace, office: SimpleNamespace
) -> None:
    version = asking(office, ("output_amount", "at_least", ["'; DROP TABLE x"]))
    assert verdicts(version) == {}


# Notices -----------------------------------------------------------------------------------------------


def told(park: SimpleNamespace) -> list[tuple[str, str]]:
    return [
        (n.key, render(n.key, n.params, None).body)
        for n in Notice.objects.filter(recipient=park.owner).order_by("pk")
    ]


def test_an_owner_is_told_once_of_all_that_fits_and_once_when_a_window_closes(
    park: SimpleNamespace, office: SimpleNamespace, time_machine: Any
) -> None:
    time_machine.move_to(MONDAY, tick=False)
    asking(office, code="A", closes_on="2026-12-31")
    asking(office, code="B")
    asking(office, ("size", "is", ["large"]), code="C")
    asking(office, code="D", opens_on="2026-12-01")
    match_policies()
    assert tell_of_policies() == 2  # two owners
    [(key, body)] = told(park)
    assert key == "funds.fits"
    assert body == "“研发奖补 A”等 2 项政策符合贵企业的情况。请查看可得金额和办理方式。"
    assert tell_of_policies() == 0
    assert not Notice.objects.filter(recipient=park.agent).exists()
    time_machine.move_to(at("2026-12-20 08:30"), tick=False)
    match_policies()
    tell_of_policies()
    assert [key for key, _body in told(park)[1:]] == ["funds.fits", "funds.closes"]
    assert "2026-12-31" in told(park)[-1][1]
    tell_of_policies()
    assert len(told(park)) == 3
    with translation.override("en"):
        assert "can be claimed until 2026-12-31" in told(park)[-1][1]


def test_whoever_has_claimed_already_is_not_told(park: SimpleNamespace, office: SimpleNamespace) -> None:
    version = asking(office)
    file_claim(park, version)
    Notice.objects.all().delete()
    matching.match_all(MONDAY)
    assert matching.tell(MONDAY) == 1
    assert Notice.objects.get().recipient == park.rival
    assert claiming(version)["version"] == version.pk


def test_an_agency_that_has_expired_hears_nothing(park: SimpleNamespace, office: SimpleNamespace) -> None:
    asking(office)
    Agency.objects.filter(user=park.rival).update(expires_on="2026-01-01")
    matching.match_all(MONDAY)
    assert matching.tell(MONDAY) == 1

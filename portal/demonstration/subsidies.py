"""Invented policies, budgets, claims and tax reliefs of three years.

Two figures are taken from the report on the park: 80,170,000 yuan paid to enterprises and 226,000,000 yuan of
tax relief in January to September 2024. What is drawn is drawn so that its rows come to them; the rest, every
policy and every claim among it, is invented, and says so in its name.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

Line = dict[str, str]
PAID_2024, RELIEF_2024 = 80_170_000, 226_000_000  # January to September
YEARS = (2024, 2025, 2026)
LAST = date(2026, 6, 26)  # of the invented history
REPORTED = 9  # the first enterprises are those that the report names: nothing is invented about them here


@dataclass(frozen=True)
class Sketch:
    """A policy, the same in every year. `rate` in percent of what was spent; `cap` in yuan."""

    code: str
    title: str
    level: str
    kind: str
    delivery: str
    team: str
    purse: str
    cap: int
    rate: str = ""
    says: str = ""


PURSES = {
    "KJ": "科技创新奖补（示范）",
    "CY": "产业发展扶持（示范）",
    "RC": "人才与就业补助（示范）",
    "JR": "融资贴息（示范）",
    "QY": "开放型经济与企业服务（示范）",
}
MILLION = 1_000_000
REFORM, SERVICE, INTEREST = "development_reform", "enterprise_service", "interest_discount"
POLICIES = (
    Sketch("KJ-01", "企业研发投入奖补", "park", "reward", "reviewed", "science", "KJ", 1_000_000, "0.1"),
    Sketch("KJ-02", "高新技术企业认定奖励", "park", "reward", "automatic", "science", "KJ", 200_000),
    Sketch("KJ-03", "科技成果转化补助", "city", "subsidy", "reviewed", "science", "KJ", 800_000, "0.15"),
    Sketch("KJ-04", "创新平台建设奖励", "province", "reward", "reviewed", "science", "KJ", 1_500_000),
    Sketch("KJ-05", "发明专利资助", "park", "subsidy", "immediate", "market", "KJ", 100_000, "0.5"),
    Sketch("KJ-06", "科技型中小企业入库奖励", "park", "reward", "automatic", "science", "KJ", 30_000),
    Sketch(
        "CY-01",
        "技术改造设备补贴",
        "park",
        "subsidy",
        "reviewed",
        REFORM,
        "CY",
        2_000_000,
        "0.08",
    ),
    Sketch("CY-02", "首次升规奖励", "park", "reward", "automatic", REFORM, "CY", 100_000),
    Sketch("CY-03", "产值增长奖励", "park", "reward", "pledged", REFORM, "CY", 500_000),
    Sketch("CY-04", "专精特新企业奖励", "city", "reward", "automatic", "legal", "CY", 300_000),
    Sketch("CY-05", "绿色工厂奖励", "province", "reward", "reviewed", "ecology", "CY", 500_000),
    Sketch("CY-06", "标准厂房租金补贴", "park", "subsidy", "pledged", SERVICE, "CY", 300_000, "0.3"),
    Sketch("RC-01", "引进高层次人才补助", "park", "subsidy", "reviewed", "human_resources", "RC", 500_000),
    Sketch("RC-02", "稳岗补贴", "city", "subsidy", "automatic", "human_resources", "RC", 200_000),
    Sketch("RC-03", "见习基地补贴", "city", "subsidy", "immediate", "human_resources", "RC", 60_000),
    Sketch("JR-01", "中小企业贷款贴息", "park", INTEREST, "pledged", "finance", "JR", 500_000, "0.3"),
    Sketch(
        "JR-02",
        "知识产权质押融资贴息",
        "city",
        INTEREST,
        "pledged",
        "finance",
        "JR",
        300_000,
        "0.5",
    ),
    Sketch("JR-03", "上市培育奖励", "park", "reward", "reviewed", "finance", "JR", 2_000_000),
    Sketch("QY-01", "外贸企业展会补贴", "province", "subsidy", "immediate", "market", "QY", 80_000, "0.5"),
    Sketch("QY-02", "电子商务发展奖励", "park", "reward", "pledged", "market", "QY", 200_000),
)
CLAIMS = {2024: 420, 2025: 460, 2026: 210}
PAID_LATER = {2024: 21_000_000, 2025: 95_000_000, 2026: 38_000_000}  # 2024: after September
LATER = {2024: (10, 12), 2025: (3, 12), 2026: (3, 6)}  # months of these payments
RELIEF = (("reduction", 6), ("refund", 2), ("credit", 2))
CLAIM = (
    "number", "policy_code", "uscc", "submitted_on", "claimed_amount", "approved_on", "approved_amount",
    "plan_month", "paid_on", "paid_amount", "outcome",
)  # fmt: skip


def ledgers(seed: random.Random, enterprises: Sequence[Line]) -> dict[str, list[Line]]:
    """The four ledgers."""
    known = enterprises[REPORTED:]
    claims = list(_claims(seed, known))
    return {
        "budgets": list(_budgets(claims)),
        "policies": list(_policies()),
        "claims": claims,
        "tax_reliefs": list(_reliefs(seed, known)),
    }


def _budgets(claims: Sequence[Line]) -> Iterator[Line]:
    """Enough for what is paid, and a tenth or more to spare; whole millions, as budgets are."""
    purses = {sketch.code: sketch.purse for sketch in POLICIES}
    spent: dict[str, int] = {}
    for claim in claims:
        policy, of_year = claim["policy_code"].rsplit("-", 1)
        key = f"{purses[policy]}{of_year}"
        spent[key] = spent.get(key, 0) + int(claim["approved_amount"] or 0)
    for purse in sorted(PURSES):
        for year in YEARS:
            code = f"{purse}{year}"
            enough = (spent.get(code, 0) * 11 // 10 // MILLION + 2) * MILLION
            yield {"code": code, "year": str(year), "name": PURSES[purse], "amount": str(enough)}


def _policies() -> Iterator[Line]:
    for sketch in sorted(POLICIES, key=lambda one: one.code):
        for year in YEARS:
            share = f"按上年支出的 {float(sketch.rate) * 100:g}% " if sketch.rate else ""
            yield {
                "code": f"{sketch.code}-{year}",
                "title": f"{year}年{sketch.title}（示范）",
                "title_en": "",
                "level": sketch.level,
                "kind": sketch.kind,
                "opens_on": f"{year}-01-01",
                "closes_on": f"{year}-12-31",
                "rate": sketch.rate,
                "cap_amount": str(sketch.cap),
                "budget_code": f"{sketch.purse}{year}",
                "delivery": sketch.delivery,
                "team_code": sketch.team,
                "summary": f"{share}给予{_kind(sketch)}，最高 {sketch.cap // 10_000} 万元。示范数据。",
            }


def _kind(sketch: Sketch) -> str:
    return {"reward": "奖励", "subsidy": "补贴", "interest_discount": "贴息"}[sketch.kind]


def _claims(seed: random.Random, enterprises: Sequence[Line]) -> Iterator[Line]:
    """By number. Every enterprise has at most one claim under a policy."""
    rows: list[Line] = []
    for year in YEARS:
        rows += _of_year(seed, enterprises, year)
    yield from sorted(rows, key=lambda row: row["number"])


def _of_year(seed: random.Random, enterprises: Sequence[Line], year: int) -> list[Line]:
    pairs: set[tuple[str, str]] = set()
    while len(pairs) < CLAIMS[year]:
        pairs.add((seed.choice(POLICIES).code, seed.choice(enterprises)["uscc"]))
    drawn = sorted(pairs)
    seed.shuffle(drawn)
    sketches = {sketch.code: sketch for sketch in POLICIES}
    refused = {n for n in range(len(drawn)) if n % 14 == 5}
    paid = [n for n in range(len(drawn)) if n not in refused]
    # The claims of 2024 that are paid until September come first, and to the figure of the report.
    early = paid[: len(paid) * 4 // 5] if year == 2024 else []
    amounts = _amounts(seed, [sketches[drawn[n][0]] for n in early], PAID_2024) if early else []
    later = [n for n in paid if n not in set(early)]
    amounts += _amounts(seed, [sketches[drawn[n][0]] for n in later], PAID_LATER[year])
    by_place = dict(zip([*early, *later], amounts, strict=True))
    rows = []
    for n, (policy, uscc) in enumerate(drawn):
        months = (1, 9) if n in set(early) else (10, 12) if year == 2024 else (3, 12 if year == 2025 else 6)
        rows.append(
            _claim(seed, f"DX{year}-{n + 1:04d}", f"{policy}-{year}", uscc, year, months, by_place.get(n))
        )
    return rows


def _amounts(seed: random.Random, sketches: Sequence[Sketch], total: int) -> list[int]:
    """As many amounts, in hundreds, none above the cap of its policy, that come to the total."""
    shares = [sketch.cap * (30 + seed.randrange(71)) // 100 for sketch in sketches]
    factor = min(1.0, total / sum(shares))
    found = [max(100, int(share * factor) // 100 * 100) for share in shares]
    left = total - sum(found)
    for n, sketch in enumerate(sketches):
        more = max(-found[n] + 100, min(left, sketch.cap - found[n]))
        found[n] += more
        left -= more
    if left:
        raise ValueError(f"{left} yuan find no claim")
    return found


def _claim(
    seed: random.Random,
    number: str,
    policy: str,
    uscc: str,
    year: int,
    months: tuple[int, int],
    amount: int | None,
) -> Line:
    month = months[0] + seed.randrange(months[1] - months[0] + 1)
    paid = min(date(year, month, 12 + seed.randrange(14)), LAST)
    approved = paid - timedelta(days=8 + seed.randrange(12))
    submitted = approved - timedelta(days=12 + seed.randrange(30))
    row = dict.fromkeys(CLAIM, "")
    row |= {"number": number, "policy_code": policy, "uscc": uscc, "submitted_on": f"{submitted}"}
    if amount is None:
        row |= {"claimed_amount": str(20_000 + 1000 * seed.randrange(60)), "approved_on": f"{approved}"}
        row["outcome"] = "withdrawn" if seed.randrange(4) == 0 else "refused"
        return row
    claimed = amount + (0 if seed.randrange(3) else 1000 * seed.randrange(1, 40))
    row |= {"claimed_amount": str(claimed), "approved_on": f"{approved}", "approved_amount": str(amount)}
    row |= {"plan_month": f"{paid:%Y-%m}", "paid_on": f"{paid}", "paid_amount": str(amount)}
    return row | {"outcome": "approved"}


def _reliefs(seed: random.Random, enterprises: Sequence[Line]) -> Iterator[Line]:
    """Month by month; January to September 2024 comes to the figure of the report."""
    number = 0
    for year, months, count, total in (
        (2024, range(1, 10), 900, RELIEF_2024),
        (2024, range(10, 13), 220, 71_000_000),
        (2025, range(1, 13), 600, 240_000_000),
    ):
        shares = [5 + seed.randrange(100) ** 2 for _n in range(count)]
        rest, whole = total, sum(shares)
        for n, share in enumerate(shares):
            amount = rest if n == count - 1 else total * share // whole // 100 * 100
            rest -= amount
            number += 1
            yield {
                "number": f"JS{year}-{number:04d}",
                "uscc": seed.choice(enterprises)["uscc"],
                "month": f"{year}-{seed.choice(months):02d}",
                "kind": seed.choices([kind for kind, _w in RELIEF], [w for _k, w in RELIEF])[0],
                "amount": str(amount),
            }

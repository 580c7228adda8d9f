"""Invented investment promotion of four years: envoys, targets, awards, partnerships, leads.

The figures of the report on the park come out of the rows of 2024: 49 key projects in talks; 26 projects of
100 million yuan or more with 8,120,000,000 yuan together, 5 of them of top-500 enterprises, 3 of a billion or
more, 12 of returning Hunan entrepreneurs; two quarters with the city's award; three universities. The targets
of 2023 are those that the park had. Everything else is invented; every investor and every envoy says so in
the name.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from portal.demonstration import names
from portal.demonstration.history import Days

Line = dict[str, str]
MILLION = 1_000_000
BIG, BIG_2024, AMOUNT_2024, BILLIONS_2024 = 100, 26, 8_120, (1_500, 1_180, 1_020)  # in million yuan
LAST = date(2026, 6, 26)  # of the invented history
MANY = 40_000  # codes of investors lie behind those of the park's enterprises
TASK_FORCES = {
    "task_force_6": "科技服务",
    "task_force_7": "现代物流",
    "task_force_digital": "数字经济",
    "task_force_medical": "医疗器械及生物医药",
    "task_force_metal": "先进金属材料",
    "task_force_new": "两新三电",
    "task_force_robot": "机器人",
}
FIELDS = {
    "先进金属材料": ("镁合金压铸件", "精密铜带", "特种钢管", "铝基复合材料", "高温合金粉末"),
    "机器人": ("工业机器人关节", "谐波减速机", "巡检机器人", "焊接机器人", "伺服电机"),
    "医疗器械及生物医药": ("医用敷料", "体外诊断试剂", "骨科耗材", "康复器械", "生物制剂"),
    "数字经济": ("算力中心", "工业软件", "物联网模组", "数据标注基地", "智能传感器"),
    "两新三电": ("锂电池隔膜", "储能电池", "高效节能电机", "电控系统", "光伏支架"),
    "科技服务": ("检验检测中心", "工业设计中心", "中试平台", "知识产权服务", "环境监测"),
    "现代物流": ("冷链物流", "智能仓储", "跨境电商", "供应链集成", "零部件集散中心"),
}
PLACES = ("长沙", "株洲", "深圳", "东莞", "上海", "苏州", "宁波", "武汉", "佛山", "杭州", "成都", "厦门")
SOURCES = {
    "task_force": 30, "trip": 22, "envoy": 10, "agent": 4, "investor": 10,
    "referral": 8, "association": 6, "self": 10,
}  # fmt: skip
CAUSES = {
    "price": "用地和用能成本高于预期",
    "elsewhere": "落户其他园区",
    "policy": "奖补诉求超出政策范围",
    "double": "与其他专班线索重复",
    "admission": "未通过准入评审",
    "investor": "投资方调整计划，暂缓投资",
    "silent": "多次联系无回复",
}
LEAD = (
    "number", "title", "task_force_code", "investor_name", "uscc", "source", "opened_on", "step",
    "investment_amount", "is_key", "is_top500", "is_xiang_returning", "industry", "signed_on", "lost_on",
    "lost_reason", "next_action", "next_action_on", "lost_cause", "handed_over_on", "envoy_number",
    "land_mu", "plant_m2", "load_kva", "confidential",
)  # fmt: skip
PEOPLE = "陈明|李静|王磊|张敏|刘涛|周丽|黄强|吴娟|赵勇|彭艳|谭军|罗洁|肖峰|邓萍|曾波|胡倩|唐斌|蒋琳"
ENVOYS, ADVISERS = 9, 7  # in office; the rest of the people have left
UNIVERSITIES = ("湘潭大学", "湖南科技大学", "湖南工程学院")
TOPICS = ("联合攻关生产工艺", "共建联合实验室", "专利转化与中试", "共建研究生工作站", "检测平台共享")
# Year, investment (million yuan) and projects of all task forces together, trips and visits of each.
TARGETS = (
    (2023, 15_000, 35, 7, 10),
    (2024, 10_500, 28, 8, 12),
    (2025, 11_200, 28, 8, 12),
    (2026, 11_900, 30, 9, 12),
)


@dataclass(frozen=True)
class Group:
    """Leads of one fate: how many, opened and ended in which days, how much (million yuan)."""

    fate: str  # signed, lost or parked
    count: int
    opened: tuple[date, date]
    ended: tuple[date, date]
    amounts: tuple[int, int]
    keys: int = 0


def _days(first: str, last: str) -> tuple[date, date]:
    return date.fromisoformat(first), date.fromisoformat(last)


IN_2023, IN_2024 = _days("2023-03-01", "2023-12-22"), _days("2024-01-15", "2024-12-20")
BIG_AMOUNTS, SMALL_AMOUNTS, ANY_AMOUNT = (100, 380), (12, 95), (20, 300)
SIGNED_2024 = Group("signed", BIG_2024, _days("2023-07-03", "2024-09-20"), IN_2024, BIG_AMOUNTS, 22)
# With the 22 above 49 key projects were in talks in 2024: every other key project was so before or after.
GROUPS = (
    Group("signed", 18, _days("2022-10-10", "2023-08-31"), IN_2023, BIG_AMOUNTS, 12),
    Group("signed", 8, _days("2022-11-01", "2023-09-15"), IN_2023, SMALL_AMOUNTS),
    Group("lost", 9, _days("2023-02-01", "2023-08-31"), _days("2023-05-04", "2023-12-22"), ANY_AMOUNT),
    Group("signed", 11, _days("2023-09-01", "2024-10-15"), IN_2024, SMALL_AMOUNTS),
    Group("lost", 9, _days("2023-09-01", "2024-08-30"), _days("2024-02-01", "2024-12-20"), BIG_AMOUNTS, 9),
    Group("lost", 15, _days("2023-10-09", "2024-09-30"), _days("2024-02-01", "2024-12-20"), ANY_AMOUNT),
    Group("lost", 8, _days("2024-03-01", "2024-11-29"), _days("2025-02-10", "2025-07-31"), BIG_AMOUNTS, 8),
    Group(
        "signed", 10, _days("2024-02-19", "2024-12-13"), _days("2025-01-13", "2025-09-26"), BIG_AMOUNTS, 10
    ),
    Group("parked", 5, _days("2024-02-19", "2024-11-29"), _days("2024-02-19", "2024-11-29"), ANY_AMOUNT),
    Group("signed", 16, _days("2025-01-13", "2025-11-28"), _days("2025-04-01", "2026-05-29"), BIG_AMOUNTS, 9),
    Group("signed", 8, _days("2025-01-13", "2025-12-12"), _days("2025-04-01", "2026-05-29"), SMALL_AMOUNTS),
    Group("lost", 10, _days("2025-01-13", "2026-02-13"), _days("2025-04-01", "2026-06-18"), ANY_AMOUNT, 3),
    Group("parked", 5, _days("2025-02-10", "2026-05-15"), _days("2025-02-10", "2026-05-15"), ANY_AMOUNT, 2),
)


def ledgers(seed: random.Random, enterprises: Sequence[Line]) -> dict[str, list[Line]]:
    """The five ledgers."""
    envoys = sorted(_envoys(seed), key=lambda line: line["number"])
    return {
        "envoys": envoys,
        "targets": list(_targets()),
        "awards": [_award(number, quarter) for number, quarter in ((1, "2024-Q2"), (2, "2024-Q3"))],
        "partnerships": list(_partnerships(seed, enterprises)),
        "leads": _leads(seed, envoys),
    }


def _envoys(seed: random.Random) -> Iterator[Line]:
    fields = sorted(FIELDS)
    for number, name in enumerate(PEOPLE.split("|")):
        left = number >= ENVOYS + ADVISERS
        appointed = date(2022 if left else 2023, 1 + seed.randrange(12), 1 + seed.randrange(28))
        yield {
            "number": f"TS{appointed.year}-{number + 1:03d}",
            "name": f"示范·{name}",
            "kind": "envoy" if number < ENVOYS or number == ENVOYS + ADVISERS else "adviser",
            "field": fields[number % len(fields)],
            "appointed_on": appointed.isoformat(),
            "ends_on": "2024-12-31" if left else "",
        }


def _targets() -> Iterator[Line]:
    """Shared out among the task forces: whole millions, what is left to the first."""
    for year, amount, projects, trips, visits in TARGETS:
        count = len(TASK_FORCES)
        for place, code in enumerate(sorted(TASK_FORCES)):
            share = amount // count + (amount % count if place == 0 else 0)
            yield {
                "year": str(year),
                "task_force_code": code,
                "signed_amount": str(share * MILLION),
                "projects": str(projects // count + (place < projects % count)),
                "trips": str(trips),
                "visits": str(visits),
            }


def _award(number: int, quarter: str) -> Line:
    return {
        "number": f"JX2024-{number:03d}",
        "name": "全市招商引资工作“骏马奖”",
        "quarter": quarter,
        "team_code": "",
    }


def _partnerships(seed: random.Random, enterprises: Sequence[Line]) -> Iterator[Line]:
    """Each university has some in every year."""
    known = [row["uscc"] for row in enterprises if "报道提及" not in row["tags"] and row["size"] != "micro"]
    makers = known[:60]
    for year, each in ((2023, 1), (2024, 3), (2025, 2), (2026, 1)):
        for number in range(each * len(UNIVERSITIES)):
            month = 2 + number * 10 // (each * len(UNIVERSITIES)) if year != LAST.year else 2 + number
            yield {
                "number": f"XQ{year}-{number + 1:03d}",
                "university": UNIVERSITIES[number % len(UNIVERSITIES)],
                "uscc": makers.pop(seed.randrange(len(makers))),
                "topic": f"{seed.choice(TOPICS)}（示范）",
                "signed_on": f"{year}-{month:02d}-{1 + seed.randrange(27):02d}",
            }


# Leads -------------------------------------------------------------------------------------------------


def _leads(seed: random.Random, envoys: Sequence[Line]) -> list[Line]:
    """By number: the year of the registration, and the order in it."""
    days = Days.of(2022, 2027)
    rows = _signed_2024(seed, days)
    for group in GROUPS:
        keys = _chosen(seed, group.count, group.keys)
        rows += [
            _lead(seed, days, group, seed.randint(*group.amounts), key=n in keys) for n in range(group.count)
        ]
    rows.sort(key=lambda row: (row["opened_on"], row["investment_amount"], row["title"]))
    count: dict[str, int] = {}
    for place, row in enumerate(rows):
        year = row["opened_on"][:4]
        count[year] = count.get(year, 0) + 1
        row["number"] = f"ZS{year}-{count[year]:04d}"
        _name(seed, row, place)
        _attribute(seed, row, envoys)
    return sorted(rows, key=lambda row: row["number"])


def _chosen(seed: random.Random, of: int, count: int) -> set[int]:
    return set(seed.sample(range(of), count))


def _signed_2024(seed: random.Random, days: Days) -> list[Line]:
    """The 26 of the report. The tags overlap, as they do."""
    count = SIGNED_2024.count
    shares = [seed.randint(11, 30) for _n in range(count - len(BILLIONS_2024))]
    rest = AMOUNT_2024 - sum(BILLIONS_2024)
    amounts = [max(BIG, share * rest // sum(shares) // 5 * 5) for share in shares]
    amounts[amounts.index(max(amounts))] += rest - sum(amounts)
    amounts += BILLIONS_2024
    seed.shuffle(amounts)
    keys = _chosen(seed, count, SIGNED_2024.keys)
    rows = [_lead(seed, days, SIGNED_2024, amount, key=n in keys) for n, amount in enumerate(amounts)]
    for tag, tagged in (("is_top500", 5), ("is_xiang_returning", 12)):
        chosen = _chosen(seed, count, tagged)
        for n, row in enumerate(rows):
            row[tag] = "1" if n in chosen else "0"
    return rows


def _lead(seed: random.Random, days: Days, group: Group, amount: int, *, key: bool) -> Line:
    """A lead without its name: its days, its amount, what became of it."""
    row = dict.fromkeys(LEAD, "")
    force = seed.choice(sorted(TASK_FORCES))
    opened, ended = _between(seed, days, group)
    row |= {
        "task_force_code": force,
        "industry": TASK_FORCES[force],
        "opened_on": opened.isoformat(),
        "investment_amount": str(amount * MILLION),
        "is_key": "1" if key else "0",
        "is_top500": "1" if group.fate != "lost" and seed.random() < 0.1 else "0",
        "is_xiang_returning": "1" if seed.random() < 0.3 else "0",
        "land_mu": str(amount // 4) if amount >= BIG else "",
        "plant_m2": "" if amount >= BIG else str(amount * 120),
        "load_kva": str(400 + amount * 15 // 100 * 100),
        "confidential": "0",
    }
    row |= {"signed": _signing, "lost": _loss, "parked": _reserve}[group.fate](seed, days, ended)
    if key and row["lost_cause"] == "double":  # what counts is no double
        row |= {"lost_cause": "elsewhere", "lost_reason": f"{CAUSES['elsewhere']}（示范）"}
    return row


def _between(seed: random.Random, days: Days, group: Group) -> tuple[date, date]:
    """A day of registration, and one of the end at least a month later."""
    while True:
        opened = _day(seed, days, *group.opened)
        if group.fate == "parked":
            return opened, opened
        first = max(group.ended[0], opened + timedelta(days=30))
        last = min(group.ended[1], opened + timedelta(days=400))
        if first < last:
            return opened, min(_day(seed, days, first, last), days.after(group.ended[1], 0))


def _day(seed: random.Random, days: Days, first: date, last: date) -> date:
    """A working day between two, the last of which is one."""
    return min(days.after(first + timedelta(days=seed.randrange((last - first).days + 1)), 0), last)


def _signing(seed: random.Random, days: Days, ended: date) -> Line:
    over = days.after(ended + timedelta(days=seed.randrange(70, 260)), 0)
    if over <= LAST:
        return {"step": "handed_over", "signed_on": ended.isoformat(), "handed_over_on": over.isoformat()}
    return {
        "step": "start",
        "signed_on": ended.isoformat(),
        "next_action": "走访施工现场，核对履约节点",
        "next_action_on": f"2026-12-{7 + seed.randrange(20):02d}",
    }


def _loss(seed: random.Random, _days_of: Days, ended: date) -> Line:
    cause = seed.choices(list(CAUSES), (18, 28, 14, 8, 10, 14, 8))[0]
    told = f"{CAUSES[cause]}（示范）"
    return {"step": "lost", "lost_on": ended.isoformat(), "lost_reason": told, "lost_cause": cause}


def _reserve(seed: random.Random, _days_of: Days, _ended: date) -> Line:
    again = f"2027-{1 + seed.randrange(3):02d}-{10 + seed.randrange(15)}"
    return {"step": "parked", "next_action": "投资方资金未到位，择期再谈（示范）", "next_action_on": again}


def _name(seed: random.Random, row: Line, place: int) -> None:
    """Who invests in what, and who brought it. All invented."""
    product = seed.choice(FIELDS[row["industry"]])
    row["title"] = f"{product}{seed.choice(('项目', '生产基地项目', '产业园项目', '研发制造项目'))}（示范）"
    style = f"{seed.choice(names.FIRST)}{seed.choice(names.SECOND)}"
    owner = "集团" if row["is_top500"] == "1" else ""
    row["investor_name"] = f"{seed.choice(PLACES)}{style}{owner}（示范{place + 1:03d}）有限公司"
    row["uscc"] = names.code(MANY + place) if seed.random() < 0.7 else ""
    weights = dict(SOURCES)
    if row["is_xiang_returning"] == "1":
        weights["xiang"] = 60
    row["source"] = seed.choices(list(weights), list(weights.values()))[0]


def _attribute(seed: random.Random, row: Line, envoys: Sequence[Line]) -> None:
    """An envoy or adviser who was in office brought it; where none was, it came by itself."""
    if row["source"] != "envoy":
        return
    day = row["opened_on"]
    there = [e["number"] for e in envoys if e["appointed_on"] <= day <= (e["ends_on"] or "9999")]
    row["source"] = "envoy" if there else "self"
    row["envoy_number"] = seed.choice(there) if there else ""

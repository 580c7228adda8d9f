"""Invented enterprises: names, industries, places, and codes with right check digits."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta

from stdnum.cn import uscc

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
FIRST = "金鑫宏恒瑞盛华泰兴隆永安博远嘉德润禾晨明智联创新卓越星海云峰湘楚潭江天启立信正源合众凯达力诚"
SECOND = "辉达宇科源成顺丰和利康美佳信通腾飞翔景悦朗铭毅骏坤岳森林川泽洋波涛凌霄航驰骋捷锐精工邦友谊"


@dataclass(frozen=True)
class Trade:
    """An industry, what its enterprises are called, how common it is among new ones, and typical size."""

    industry: str
    words: tuple[str, ...]
    weight: int
    manufacturing: bool = False


TRADES = (
    Trade("先进金属材料", ("金属材料", "特种合金", "精密铸造", "新材料"), 5, True),
    Trade("机器人与智能装备", ("智能装备", "机器人", "自动化设备", "精密机械"), 7, True),
    Trade("医疗器械及生物医药", ("医疗器械", "生物科技", "医药", "医用材料"), 5, True),
    Trade("新能源与电工电气", ("电气", "新能源", "电工器材", "储能科技"), 6, True),
    Trade("数字经济", ("信息技术", "软件", "网络科技", "数据服务"), 12),
    Trade("科技服务", ("检测技术", "工程技术", "科技咨询", "知识产权服务"), 9),
    Trade("商贸服务", ("商贸", "贸易", "供应链", "电子商务"), 26),
    Trade("现代物流", ("物流", "仓储服务", "运输"), 6),
    Trade("建筑服务", ("建筑工程", "机电安装", "装饰工程", "园林"), 9),
    Trade("餐饮住宿", ("餐饮管理", "酒店管理", "食品"), 8),
    Trade("文化创意", ("文化传媒", "广告", "设计"), 7),
)
AREAS = ("双马片区", "板塘片区", "晓塘片区", "火炬片区", "河东商圈", "金荣产业园", "中南产业园")
# Named in the report on the park; codes, sizes and places are invented, and they file no requests here.
REPORTED = (
    ("金杯电工电磁线有限公司", "新能源与电工电气", "large"),
    ("湘潭华菱线缆股份有限公司", "新能源与电工电气", "large"),
    ("迅达集团", "机器人与智能装备", "large"),
    ("湖南胜利钢管有限公司", "先进金属材料", "medium"),
    ("永霏特护", "医疗器械及生物医药", "medium"),
    ("泰威", "医疗器械及生物医药", "small"),
    ("重药民生", "医疗器械及生物医药", "medium"),
    ("格兰德泵业", "机器人与智能装备", "medium"),
    ("高瑞电源", "新能源与电工电气", "medium"),
)


def code(number: int) -> str:
    """A code that is formed like a real one: organisation code and both check digits are right."""
    body = "MA" + "".join(_ALPHABET[number * 7919 // 31**place % 31] for place in range(5, -1, -1))
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    values = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    rest = 11 - sum(values.index(ch) * w for ch, w in zip(body, weights, strict=True)) % 11
    organisation = body + {10: "X", 11: "0"}.get(rest, str(rest))
    front = "91430300" + organisation
    return front + str(uscc.calc_check_digit(front))


def enterprises(seed: random.Random, count: int) -> list[dict[str, str]]:
    """Rows of the enterprise ledger: those of the report, some older ones, and the new of 2024."""
    rows = [_reported(seed, n, *known) for n, known in enumerate(REPORTED)]
    used = {row["name"] for row in rows}
    while len(rows) < count:
        trade = seed.choices(TRADES, [t.weight for t in TRADES])[0]
        name = f"湘潭{seed.choice(FIRST)}{seed.choice(SECOND)}{seed.choice(trade.words)}有限公司"
        if name in used:
            continue
        used.add(name)
        rows.append(_row(seed, len(rows), name, trade))
    return rows


def _reported(seed: random.Random, number: int, name: str, industry: str, size: str) -> dict[str, str]:
    settled = date(2012, 1, 1) + timedelta(days=seed.randrange(4000))
    row = _base(seed, number, name, industry, size, settled)
    return {**row, "is_high_tech": "1", "is_above_scale": "1", "tags": "报道提及;示范数据"}


def _row(seed: random.Random, number: int, name: str, trade: Trade) -> dict[str, str]:
    older = number < 210
    if older:
        settled = date(2015, 3, 1) + timedelta(days=seed.randrange(3200))
    else:
        settled = date(2024, 1, 2) + timedelta(days=seed.randrange(363))
    weights = (25, 50, 20, 5) if trade.manufacturing or older else (72, 25, 3, 0)
    size = seed.choices(("micro", "small", "medium", "large"), weights)[0]
    row = _base(seed, number, name, trade.industry, size, settled)
    high_tech = trade.manufacturing and size != "micro" and seed.random() < 0.35
    return {
        **row,
        "is_high_tech": "1" if high_tech else "0",
        "is_above_scale": "1" if size in ("medium", "large") else "0",
        "tags": "专精特新" if high_tech and seed.random() < 0.3 else "",
    }


def _base(
    seed: random.Random, number: int, name: str, industry: str, size: str, settled: date
) -> dict[str, str]:
    area = seed.choice(AREAS)
    place = AREAS.index(area)
    longitude = 112.885 + 0.009 * (place % 4) + seed.uniform(-0.004, 0.004)
    latitude = 27.838 + 0.012 * (place // 4) + seed.uniform(-0.005, 0.005)
    return {
        "uscc": code(number + 1),
        "name": name,
        "name_en": "",
        "industry": industry,
        "size": size,
        "registered_on": (settled - timedelta(days=seed.randrange(5, 900))).isoformat(),
        "settled_on": settled.isoformat(),
        "address": f"湘潭高新区{area}{seed.randrange(1, 180)}号",
        "longitude": f"{longitude:.6f}".rstrip("0"),
        "latitude": f"{latitude:.6f}".rstrip("0"),
        "park_area": area,
    }

"""Makes the ledgers of the demonstration park. The same seed gives the same files, byte for byte.

Two are not made but written by hand: `windows` and `service_items`.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Sequence
from pathlib import Path

from portal.demonstration import construction, history, names, outings, promotion, subsidies

SEED = 20241231
ENTERPRISES = 3290
FOLDER = Path(__file__).resolve().parent.parent / "ledgers" / "demo"

Line = dict[str, str]
# Code, name, English name, kind, industry. Names in brackets are not known yet, or invented.
TEAMS = (
    ("bank_demo", "示范银行园区支行", "Demonstration Bank, park branch", "bank", ""),
    ("construction", "开发建设局", "Development and Construction Bureau", "department", ""),
    ("development_reform", "发展改革（示范）", "Development and Reform (demonstration)", "department", ""),
    ("discipline", "纪检监察（示范）", "Discipline Inspection (demonstration)", "supervision", ""),
    ("ecology", "生态环境（示范）", "Ecology and Environment (demonstration)", "department", ""),
    ("emergency", "应急管理（示范）", "Emergency Management (demonstration)", "department", ""),
    ("enterprise_service", "企业服务中心", "Enterprise Service Centre", "department", ""),
    ("finance", "财政金融（示范）", "Finance (demonstration)", "finance", ""),
    ("housing", "住房和城乡建设（示范）", "Housing and Construction (demonstration)", "department", ""),
    ("human_resources", "人力资源和社会保障（示范）", "Human Resources (demonstration)", "department", ""),
    ("jiajiamei", "家家美驿站", "Jiajiamei Station", "station", ""),
    ("jinrong", "金荣驿站", "Jinrong Station", "station", ""),
    ("legal", "法制与工信（示范）", "Legal Affairs and Industry (demonstration)", "department", ""),
    ("market", "市场监管（示范）", "Market Supervision (demonstration)", "department", ""),
    ("natural_resources", "自然资源和规划（示范）", "Natural Resources (demonstration)", "department", ""),
    ("science", "科创局", "Science and Innovation Bureau", "department", ""),
    ("station_5", "驿站五（名称待定）", "Station 5 (name to be confirmed)", "station", ""),
    ("station_6", "驿站六（名称待定）", "Station 6 (name to be confirmed)", "station", ""),
    ("station_7", "驿站七（名称待定）", "Station 7 (name to be confirmed)", "station", ""),
    ("supervision", "督查室（示范）", "Supervision Office (demonstration)", "supervision", ""),
    ("task_force_6", "特色产业园专班六（名称待定）", "Task Force 6 (name to be confirmed)", "task_force", ""),
    ("task_force_7", "特色产业园专班七（名称待定）", "Task Force 7 (name to be confirmed)", "task_force", ""),
    ("task_force_digital", "数字经济产业园专班", "Digital Economy Task Force", "task_force", "数字经济"),
    (
        "task_force_medical",
        "医疗器械及生物医药产业园专班",
        "Medical Devices and Biomedicine Task Force",
        "task_force",
        "医疗器械及生物医药",
    ),
    (
        "task_force_metal",
        "先进金属材料精深加工产业园专班",
        "Advanced Metal Materials Task Force",
        "task_force",
        "先进金属材料",
    ),
    (
        "task_force_new",
        "“两新三电”产业园专班",
        "“Two New, Three Electric” Task Force",
        "task_force",
        "两新三电",
    ),
    ("task_force_robot", "机器人产业园专班", "Robotics Task Force", "task_force", "机器人"),
    ("tax", "税务（示范）", "Taxation (demonstration)", "department", ""),
    ("window_policy", "政策兑现综合窗", "Policy Delivery Window", "window", ""),
    ("window_project", "项目帮代办综合窗", "Project Assistance Window", "window", ""),
    ("window_start", "企业开办综合窗", "Enterprise Start Window", "window", ""),
    ("zhongnan", "中南驿站", "Zhongnan Station", "station", ""),
    ("xinsong", "新松驿站", "Xinsong Station", "station", ""),
)
# Code, address, longitude, latitude, phone, opened. Only the opening of the first station is known.
STATIONS = (
    ("jinrong", "金荣产业园（示范地址）1号", "112.9021", "27.8502", "0731-5555 0101", "2022-06-15"),
    ("zhongnan", "中南产业园（示范地址）2号", "112.9117", "27.8521", "0731-5555 0102", ""),
    ("xinsong", "新松产业园（示范地址）3号", "112.8941", "27.8388", "0731-5555 0103", ""),
    ("jiajiamei", "家家美商圈（示范地址）4号", "112.8853", "27.8365", "0731-5555 0104", ""),
    ("station_5", "位置待定（示范地址）5号", "112.9034", "27.8391", "0731-5555 0105", ""),
    ("station_6", "位置待定（示范地址）6号", "112.9121", "27.8376", "0731-5555 0106", ""),
    ("station_7", "位置待定（示范地址）7号", "112.8862", "27.8498", "0731-5555 0107", ""),
)
STATION_HOURS = {"jiajiamei": ("09:00", "20:00")}


def write(folder: Path = FOLDER) -> dict[str, int]:
    """Write every ledger of the demonstration park; ledger → rows."""
    seed = random.Random(SEED)  # noqa: S311 - invented data, not secrets
    enterprises = names.enterprises(seed, ENTERPRISES)
    requests, pauses = history.requests(seed, enterprises)
    built = construction.ledgers(random.Random(SEED + 1), enterprises)  # noqa: S311 - as above
    promoted = promotion.ledgers(random.Random(SEED + 3), enterprises)  # noqa: S311 - as above
    ledgers = {
        "teams": sorted((_team(*team) for team in TEAMS), key=lambda line: line["code"]),
        "stations": sorted((_station(*station) for station in STATIONS), key=lambda line: line["team_code"]),
        "enterprises": sorted(enterprises, key=lambda line: line["uscc"]),
        "requests": sorted(requests, key=lambda line: line["number"]),
        "parcels": built["parcels"],
        "projects": built["projects"],
        "permits": built["permits"],
        **subsidies.ledgers(random.Random(SEED + 2), enterprises),  # noqa: S311 - as above
        **promoted,
        **outings.ledgers(random.Random(SEED + 4), promoted["leads"]),  # noqa: S311 - as above
        "pauses": sorted(pauses + built["pauses"], key=lambda line: (line["case"], line["from_on"])),
    }
    folder.mkdir(parents=True, exist_ok=True)
    for key, lines in ledgers.items():
        _write(folder / f"{key}.csv", lines)
    return {key: len(lines) for key, lines in ledgers.items()}


def _team(code: str, name: str, name_en: str, kind: str, industry: str) -> Line:
    return {
        "code": code,
        "name": name,
        "kind": kind,
        "name_en": name_en,
        "lead_username": "",
        "industry": industry,
        "active": "1",
    }


def _station(code: str, address: str, longitude: str, latitude: str, phone: str, opened_on: str) -> Line:
    opens_at, closes_at = STATION_HOURS.get(code, ("08:30", "17:30"))
    return {
        "team_code": code,
        "address": address,
        "longitude": longitude,
        "latitude": latitude,
        "opens_at": opens_at,
        "closes_at": closes_at,
        "phone": phone,
        "opened_on": opened_on,
    }


def _write(path: Path, lines: Sequence[Line]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(lines[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(lines)

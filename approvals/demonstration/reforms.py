"""The reforms that the report on the park names, with what it says of them and nothing more.

Where it tells of no plan, none is here: the page then says to staff that it is missing.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from approvals.models import Reform, ReformCase
from portal.demonstration import register
from portal.park.models import Enterprise


class Told(NamedTuple):
    """A text in both languages."""

    zh: str
    en: str


NONE = Told("", "")


class Account(NamedTuple):
    """A case of a reform. `enterprise`: a part of its name in the ledger."""

    title: Told
    text: Told
    enterprise: str = ""


class Entry(NamedTuple):
    code: str
    name: Told
    summary: Told
    plan: Told
    case: Account


REFORMS = (
    Entry(
        "five-stages",
        Told("“五即”改革（由“四即改革”升级）", "The five-stage reform, grown out of the four-stage one"),
        Told(
            "聚焦项目全生命周期服务，创新推行项目竣工投产后“达产即复核”，巩固项目全链条集成服务成效。",
            "Service for the whole life of a project; new: a review as soon as it is in full production.",
        ),
        Told(
            "《湘潭高新区推行建设项目“五即”改革攻坚行动实施方案》",
            "“Implementation plan of the five-stage reform of construction projects, Xiangtan Hi-tech Zone”",
        ),
        Account(
            Told("“四即改革”经验获评全省十大典型经验", "The four-stage reform among the ten model practices"),
            Told(
                "“四即改革”经验获评2023年度全省政务服务“揭榜竞优”十大典型经验。",
                "The province chose it as one of its ten model practices of government service in 2023.",
            ),
        ),
    ),
    Entry(
        "filing-agents",
        Told("帮代办", "Filing agents"),
        Told(
            "全链条“一对一”帮代办服务，为建设项目“全链条”审批实行全过程、全方位服务。",
            "One agent for one project, through all its approvals.",
        ),
        Told("帮代办实施办法；组建帮代办服务专班。", "The rules for filing agents; a team of agents."),
        Account(
            Told("主动上门讲解审批全流程", "A visit that explains all approvals"),
            Told(
                "企业服务中心对接新购地项目，主动上门为企业讲解项目审批全流程，为企业建设厂房答疑解惑。",
                "The service centre came to an enterprise that had bought land, explained all approvals and "
                "answered what it asked about building its works.",
            ),
            "格兰德泵业",
        ),
    ),
    Entry(
        "early-work",
        Told("拿地即开工", "Work begins with the land"),
        Told("分阶段办理施工许可。", "The construction permit is given in phases."),
        NONE,
        Account(
            Told("11个项目分阶段办理施工许可", "Eleven projects with a construction permit in phases"),
            Told(
                "11个项目采用“拿地即开工”模式分阶段办理施工许可，以审批提速跑出项目建设“加速度”。",
                "Eleven projects began to build with the land, under construction permits in phases.",
            ),
        ),
    ),
    Entry(
        "land-recovery",
        Told("腾笼换鸟", "Idle land for new projects"),
        Told(
            "坚持协议收回和强制收回同推进、法律手段和行政手段同使用的“两条腿走路”思路。",
            "Recovery by agreement and by force side by side, with the means of law and of administration.",
        ),
        NONE,
        Account(
            Told("收回116.4亩低效闲置用地", "116.4 mu of idle land recovered"),
            Told(
                "以4400万元包干价收回116.4亩土地及该宗土地上的构筑物、附着物，较供地时间提早4个月交付"
                "金杯电工新能源第三期扩能建设项目使用，成为全市“腾笼换鸟”的经典案例。",
                "For 44 million yuan all in, 116.4 mu with all that stood there came back; they were handed "
                "over to the enterprise's third extension four months early: a model case of the city.",
            ),
            "金杯电工",
        ),
    ),
    Entry(
        "approval-speed",
        Told("审批提速", "Faster approvals"),
        Told(
            "新建工程项目报建全流程审批平均用时15个工作日，压缩62.5%。",
            "All approvals of a new building project take 15 working days on average, 62.5 % less.",
        ),
        NONE,
        Account(
            Told("项目全流程审批仅用时9个工作日", "All approvals of a project in nine working days"),
            Told(
                "园区精准服务企业，同步启动规划国土的前期手续，项目全流程审批仅用时9个工作日。",
                "Planning and land began side by side: all approvals of the project took nine working days.",
            ),
            "金杯电工",
        ),
    ),
)


@register
def reforms(now: datetime) -> int:
    """Enter what is not there yet, marked as not confirmed; no case of the portal is made."""
    for entry in REFORMS:
        facts = {
            f"{name}{end}": text
            for name, told in (("name", entry.name), ("summary", entry.summary), ("plan", entry.plan))
            for end, text in (("", told.zh), ("_en", told.en))
        }
        made, is_new = Reform.objects.get_or_create(code=entry.code, defaults={**facts, "is_default": True})
        if is_new:
            _tell(made, entry.case)
    return 0


def _tell(reform: Reform, case: Account) -> None:
    named = Enterprise.objects.filter(name__contains=case.enterprise) if case.enterprise else None
    ReformCase.objects.create(
        reform=reform,
        title=case.title.zh,
        title_en=case.title.en,
        text=case.text.zh,
        text_en=case.text.en,
        enterprise=named.first() if named is not None else None,
    )

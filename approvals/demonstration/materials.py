"""Materials of the demonstration catalogue, some with a blank form. All of it is invented.

They are no ledger: a park keeps them in the register, where the forms are uploaded.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

from django.conf import settings
from django.core.files.base import ContentFile
from django.urls import reverse

from approvals.models import Material, ServiceItem
from portal import files
from portal.cases import papers
from portal.cases.letters.wording import Sheet, Wording
from portal.demonstration import register

Kind = Material.Kind


class Paper(NamedTuple):
    """A material as several items ask for it."""

    name: str
    name_en: str
    is_key: bool = True
    kind: str = Kind.ELECTRONIC
    copies: int = 1
    hint: str = ""
    hint_en: str = ""
    form: str = ""


PAPERS = {
    "application": Paper(
        "申请表",
        "Application",
        kind=Kind.ORIGINAL,
        hint="加盖公章",
        hint_en="With the enterprise's seal",
        form="application",
    ),
    "licence": Paper(
        "营业执照",
        "Business licence",
        kind=Kind.COPY,
        hint="已存入企业档案的不必再交",
        hint_en="Not again when it is in your archive",
    ),
    "identity": Paper("经办人身份证明", "Identity of who acts", kind=Kind.COPY),
    "authorisation": Paper(
        "授权委托书",
        "Authorisation",
        kind=Kind.ORIGINAL,
        hint="法定代表人本人办理的不必提交",
        hint_en="Not when the legal representative comes in person",
        form="authorisation",
    ),
    "pledge": Paper(
        "告知承诺书",
        "Commitment",
        kind=Kind.ORIGINAL,
        hint="选择告知承诺方式的提交",
        hint_en="When you choose to be decided on a commitment",
        form="pledge",
    ),
    "brief": Paper("项目简介", "Project brief", hint="两页以内", hint_en="Two pages at most"),
    "invest": Paper("投资计划与资金来源", "Investment plan and funds"),
    "process": Paper("工艺流程与主要设备清单", "Process and list of main equipment", False),
    "energy": Paper("能耗与排放测算", "Estimate of energy and discharge", False),
    "loads": Paper(
        "用水用电用气负荷表",
        "Table of loads",
        hint="按表填写高峰负荷",
        hint_en="Fill in peak loads",
        form="loads",
    ),
    "site": Paper(
        "总平面图", "Site plan", hint="标明出入口和接入点", hint_en="With entrances and connections"
    ),
    "drafts": Paper("设计草图或者材料草稿", "Draft drawings or papers", False),
    "filing": Paper("项目备案证明或者核准批复", "Filing certificate or project approval"),
    "contract": Paper("国有建设用地使用权出让合同", "Land contract", kind=Kind.COPY),
    "tax": Paper("契税完税证明", "Deed tax receipt"),
    "handover": Paper("交地确认书", "Letter of handover", kind=Kind.ORIGINAL),
    "deal": Paper("成交确认书", "Confirmation of the deal", kind=Kind.COPY),
    "survey": Paper("勘测定界报告", "Boundary survey", copies=2, kind=Kind.ORIGINAL),
    "report": Paper(
        "报告文本", "Report", hint="全本公开版和存档版各一份", hint_en="One public and one full version"
    ),
    "scheme": Paper("设计方案文本", "Design scheme", copies=2, kind=Kind.ORIGINAL),
    "title": Paper("土地权属证明", "Right to the land", kind=Kind.COPY),
    "drawings": Paper(
        "施工图设计文件", "Construction drawings", hint="统一使用数字化图纸", hint_en="As digital files"
    ),
    "geology": Paper("岩土工程勘察报告", "Ground survey", False),
    "land_permit": Paper(
        "建设用地规划许可证", "Land-use planning permit", hint="系统自动调取", hint_en="Fetched by the portal"
    ),
    "works_permit": Paper(
        "建设工程规划许可证",
        "Construction works planning permit",
        hint="系统自动调取",
        hint_en="Fetched by the portal",
    ),
    "builder": Paper("施工合同和中标通知书", "Building contract and award", kind=Kind.COPY),
    "funds": Paper(
        "建设资金已落实承诺书", "Pledge that funds are in place", False, Kind.ORIGINAL, form="funds"
    ),
    "safety": Paper("质量安全措施资料", "Quality and safety measures", False),
    "traffic": Paper("交通组织和道路恢复方案", "Traffic plan and restoring of the road"),
    "five_parties": Paper("五方主体竣工验收意见", "Acceptance by the five parties", kind=Kind.ORIGINAL),
    "tests": Paper("检测报告", "Test reports", False),
    "as_built": Paper("竣工图", "As-built drawings"),
    "measured": Paper(
        "多测合一成果", "Combined survey", hint="系统自动调取", hint_en="Fetched by the portal"
    ),
    "accepted": Paper(
        "联合验收意见书", "Joint acceptance opinion", hint="系统自动调取", hint_en="Fetched by the portal"
    ),
    "inspected": Paper("设备监督检验证书", "Inspection certificate of the equipment"),
    "trial": Paper("试运行记录", "Record of the trial run", False),
    "agreement": Paper("履约监管协议", "Performance supervision agreement", kind=Kind.COPY),
    "figures": Paper(
        "投资、产出和税收情况表",
        "Investment, output and tax",
        hint="系统预填，企业核对",
        hint_en="Filled in by the portal, checked by you",
    ),
}
# The items of the dossier, section 2, by code.
NEEDED = {
    "QY-001": "brief licence",
    "QY-002": "brief loads energy",
    "QY-003": "invest process energy",
    "QY-004": "brief licence",
    "QY-005": "authorisation identity",
    "QY-006": "drafts",
    "GD-001": "licence invest identity",
    "GD-002": "application identity authorisation",
    "GD-003": "brief licence",
    "GD-004": "application report invest",
    "GD-005": "survey site",
    "GD-006": "licence identity",
    "GD-007": "deal licence",
    "GD-008": "application filing contract",
    "GD-009": "application contract tax handover",
    "KG-001": "application filing report",
    "KG-002": "application filing report pledge",
    "KG-003": "brief",
    "KG-004": "report pledge energy",
    "KG-005": "pledge site",
    "KG-006": "application scheme title",
    "KG-007": "application title scheme pledge",
    "KG-008": "drawings geology works_permit",
    "KG-009": "application drawings works_permit",
    "KG-010": "application drawings site",
    "KG-011": "application drawings tests",
    "KG-012": "application land_permit works_permit builder drawings funds safety",
    "KG-013": "application loads site",
    "KG-014": "application loads",
    "KG-015": "application site traffic",
    "KG-016": "application site",
    "JG-001": "as_built works_permit",
    "JG-002": "application five_parties as_built measured tests",
    "JG-003": "application accepted",
    "JG-004": "application five_parties as_built tests",
    "JG-005": "application accepted measured tax",
    "JG-006": "application report tests",
    "JG-007": "licence",
    "JG-008": "report tests",
    "JG-009": "application inspected",
    "JG-010": "application trial report",
    "FH-001": "agreement figures",
}
DONE = "本文本为示范数据，不作为办事依据。"


def _letter(title: str, *paragraphs: str) -> Callable[[datetime], bytes]:
    """A blank form that is mostly text, laid out as the park's letters are."""

    def made(now: datetime) -> bytes:
        from portal.cases.letters.layout import draw  # some 30 MB that most processes never need

        guide = settings.PORTAL_URL.rstrip("/") + reverse("approvals:item_list")
        words = Wording(
            "湘潭高新区管理委员会",
            [*paragraphs, DONE],
            signed_by=["企业（盖章）：", "法定代表人（签字）："],
        )
        return draw(
            Sheet(
                wording=words, title=title, number="", authority="", red_head=False, reference="",
                dated="____年__月__日", address=guide, language="zh-hans", made_at=now, watermark="",
            )
        )  # fmt: skip

    return made


def _table(title: str, heads: str, *lines: str) -> Callable[[datetime], bytes]:
    """A blank form that is a table to fill in."""

    def made(now: datetime) -> bytes:
        import xlsxwriter  # large: only when one is written

        out = io.BytesIO()
        book = xlsxwriter.Workbook(out)
        book.set_properties({"title": title, "created": now.replace(tzinfo=None)})
        sheet = book.add_worksheet(title[:31])
        strong = book.add_format({"bold": True, "border": 1, "bg_color": "#E3EFF1", "text_wrap": True})
        cell = book.add_format({"border": 1, "text_wrap": True, "valign": "top"})
        sheet.merge_range(
            0, 0, 0, 3, title, book.add_format({"bold": True, "font_size": 16, "align": "center"})
        )
        for place, head in enumerate(heads.split("|")):
            sheet.set_column(place, place, 24)
            sheet.write(1, place, head, strong)
        for row, line in enumerate(lines, start=2):
            for place, text in enumerate((line + "|" * 3).split("|")[:4]):
                sheet.write(row, place, text, cell)
        sheet.write(len(lines) + 3, 0, DONE)
        book.close()
        return out.getvalue()

    return made


FORMS: dict[str, tuple[str, Callable[[datetime], bytes]]] = {
    "application": (
        papers.EXCEL,
        _table(
            "申请表（示范）", "栏目|填写内容|说明|备注",
            "企业名称||与营业执照一致", "统一社会信用代码||18 位", "项目名称", "项目代码", "申请事项",
            "经办人及电话", "邮寄地址||需要邮寄结果的填写",
        ),
    ),
    "loads": (
        papers.EXCEL,
        _table(
            "用水用电用气负荷表（示范）", "类别|临时（施工期）|正式（投产后）|要求接入日期",
            "用水（立方米/日）", "用电（千伏安）", "用气（立方米/时）", "通信（芯）",
        ),
    ),
    "authorisation": (
        "application/pdf",
        _letter(
            "授权委托书",
            "我企业（统一社会信用代码：__________________）委托________（身份证号：__________________）"
            "办理________________事项，权限为：□ 提交和补充材料 □ 领取结果 □ 其他：____________。",
            "委托期限自____年__月__日起至____年__月__日止。",
        ),
    ),
    "pledge": (
        "application/pdf",
        _letter(
            "告知承诺书",
            "我企业已知悉办理________________事项的条件、标准和核查方式，承诺所填信息真实，"
            "已符合规定条件，并接受事后核查。",
            "如承诺不实，愿意承担被撤销决定、列入失信记录等后果。",
        ),
    ),
    "funds": (
        "application/pdf",
        _letter(
            "建设资金已落实承诺书",
            "________________项目总投资________万元，建设资金已经落实，能够满足施工需要。",
            "如不属实，愿意承担由此产生的法律责任。",
        ),
    ),
}  # fmt: skip


@register
def materials(now: datetime) -> int:
    """Give the catalogue its materials; no case is made."""
    items = {item.code: item for item in ServiceItem.objects.filter(code__in=NEEDED, materials=None)}
    content = {name: (kind, made(now)) for name, (kind, made) in FORMS.items()} if items else {}
    with files.atomic():
        for code, item in items.items():
            for position, name in enumerate(NEEDED[code].split(), start=1):
                _add(item, position, PAPERS[name], content)
    return 0


def _add(item: ServiceItem, position: int, paper: Paper, content: dict[str, tuple[str, bytes]]) -> None:
    facts: dict[str, Any] = paper._asdict()
    form = facts.pop("form")
    material = Material(item=item, position=position, **facts)
    if form:
        material.form_type, data = content[form]
        material.form.save("form", ContentFile(data), save=False)
        files.note(material.form.storage, material.form.name or "")
    material.save()

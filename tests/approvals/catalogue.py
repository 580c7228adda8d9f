"""A small catalogue beside the people of `tests.people`: two windows, three items, materials, a reform."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from django.core.files.base import ContentFile

from approvals.models import ComprehensiveWindow, Intake, Material, Reform, ReformCase, ServiceItem
from portal.park.models import Team
from tests.pages.test_pages import PDF


def make_item(code: str = "KG-012", **facts: Any) -> ServiceItem:
    """One item of the department of the test park."""
    team = facts.pop("team", None) or Team.objects.get(code="development")
    return ServiceItem.objects.create(
        **{"code": code, "name": "建筑工程施工许可", "stage": "construction", "team": team, **facts}
    )


def make_catalogue(park: SimpleNamespace) -> SimpleNamespace:
    """The construction permit with all that an item can have, a bare item, and one that is switched off."""
    team = Team.objects.create(code="window_project", name="项目帮代办综合窗", kind="window")
    project = ComprehensiveWindow.objects.create(
        code="window_project", name="项目帮代办综合窗", name_en="Project Window", kind="project_assistance",
        team=team, place="政务大厅一楼 2 号窗", phone="0731-5555 0112",
    )  # fmt: skip
    start = ComprehensiveWindow.objects.create(
        code="window_start", name="企业开办综合窗", kind="enterprise_start"
    )
    permit = make_item(
        name_en="Construction permit", is_delegated=True, mode="granted", source_authority="市住房城乡建设部门",
        taken_over_on="2024-03-29", legal_basis="《建筑法》第八条", statutory_days=7, statutory_unit="cd",
        promised_days=1, certificate="施工许可证", certificate_en="Permit document", pledgeable="lacking",
        summary="可分阶段办理。", summary_en="It can be given in phases.", conditions="已取得规划许可。",
    )  # fmt: skip
    Intake.objects.create(window=project, item=permit)
    application = Material(
        item=permit, position=1, name="申请表", name_en="Application", kind="original", hint="加盖公章",
        form_type="application/pdf",
    )  # fmt: skip
    application.form.save("x", ContentFile(PDF), save=False)
    application.save()
    Material.objects.create(item=permit, position=2, name="资金承诺书", is_key=False, kind="copy", copies=2)
    plain = make_item(
        "QT-002", name="企业变更登记", stage="other", team=park.team["enterprise_service"], is_default=True
    )
    gone = make_item("QT-099", name="已取消事项", stage="other", active=False)
    reform = Reform(code="early-work", name="拿地即开工", plan_file_type="application/pdf", is_default=True)
    reform.plan_file.save("x", ContentFile(PDF), save=False)
    reform.save()
    ReformCase.objects.create(reform=reform, title="首个案例", text="提前开工", enterprise=park.ours)
    return SimpleNamespace(
        project=project, start=start, permit=permit, plain=plain, gone=gone, application=application,
        reform=reform,
    )  # fmt: skip

"""Every page for every role: axe finds nothing, nothing scrolls sideways, nothing is left untranslated."""

from __future__ import annotations

import re
from collections.abc import Callable
from types import SimpleNamespace

import pytest

from portal.cases import engine, watch
from portal.ledgers import runs
from portal.worktime.now import now
from tests.approvals.catalogue import make_catalogue
from tests.approvals.test_procedures import published
from tests.browser.conftest import Person, axe_problems
from tests.funds.building import make_policy, policy_of
from tests.ledgers.files import MIXED, named
from tests.people import MONDAY, PASSWORD, accept, actor, at, closed, file_request, handled, reported

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(240)]
# Latin words that belong on a Chinese page.
KNOWN = re.compile(
    r"Owner|owner|Agent|Otherstew|Steward|Colleague|Stationhead|Handler|Head|Sectionhead|Service|Supervisor|Leader|Administrator|Auditor|"
    r"English|PDF|Word|Excel|CSV|XLSX|SHA|JPEG|Enter|[A-Z]{2}\d{8}-\d+|\w+@[\w.]+|\d+ ?MB|\bKB\b|\bms\b|"
    r"[\w-]+\.(?:csv|zip|xlsx)|\.(?:csv|zip|xlsx)\b|YYYY-MM|YYYY-Qn|\b(?:true|false)\b|(?:requests|permits|projects|claims|leads|activities):|ledgers\.\w+|"
    r"Webhook|\{\w+\}|(?:accounts|trust|api|stations|approvals|funds|investment)\.\w+|cases\.\w+|notices\.\w+|worktime\.\w+|\bn\b|[a-z]+ \d+"
)
PAGES = {
    "owner": ("/", "/my-cases/", "/papers/", "/notices/", "/search/?q=停电", "/stations/", "/stations/requests/new/", "/accounts/me/", "case", "missing", "/approvals/", "/approvals/windows/", "item", "/funds/entitlements/", "/funds/policies/", "policy"),
    "steward": ("/investment/leads/new/", "/work/?view=team", "/work/bulk/", "/work/absences/", "/search/?q=停电", "/stations/requests/desk/?q=云栖", "desk", "case", "/notices/choices/"),
    "handler": ("/work/", "case", "told", "report", "letter", "bare"),
    "head": ("/team/", "case", "pause", "/funds/policies/desk/", "/funds/policies/desk/new/", "policy_manage", "policy_edit", "policy_draft", "policy_simulation", "policy_publish", "policy_discard", "policy_compare", "policy_version"),
    "auditor": ("/administration/audit/", "/administration/audit/?number=x"),
    "leader": ("/escalations/", "/investment/leads/", "/investment/activities/", "/investment/commitments/", "/administration/flows/stations.request/", "/administration/flows/stations.request/handling/", "/reports/", "/reports/stations.on_time_share/", "/reports/stations.requests_resolved/rows/"),
    "administrator": (
        "/administration/", "/administration/jobs/", "/administration/calendar/",
        "/administration/calendar/hours/", "/administration/calendar/2027/notice/",
        "/administration/people/?q=owner", "/administration/record/",
        "/administration/flows/", "/administration/flows/stations.request/",
        "/administration/standards/", "/administration/standards/stations.request/",
        "/administration/standards/stations.request/compare/?old=1&new=1", "/administration/audit/",
        "/administration/ledgers/", "/administration/ledgers/export/", "/administration/ledgers/forms/", "import",
        "/administration/notices/deliveries/?state=pending", "/administration/notices/texts/", "/administration/notices/groups/",
        "/administration/notices/texts/case.alerted/zh-hans/", "/administration/notices/groups/new/feishu/", "/administration/notices/hours/",
    ),
}  # fmt: skip
ON_PHONES = ("owner", "steward")
# The words of a page without its keys and samples of file formats.
PROSE = """() => {
  const codes = [...document.querySelectorAll("code")]
  codes.forEach((code) => { code.style.display = "none" })
  const words = document.body.innerText
  codes.forEach((code) => { code.style.display = "" })
  return words
}"""


def life(park: SimpleNamespace) -> dict[str, str]:
    """A little of everything; special addresses by name."""
    done = closed(park)
    engine.rate(done, by=actor(park.owner), data={"level": 2, "comment": "有点慢"}, now=MONDAY)
    reported(park)
    accept(park, file_request(park, title="一个很长的标题" * 8), MONDAY)
    case = handled(park, at("2026-11-16 09:00"))
    engine.comment(case, by=actor(park.handler), data={"body": "正在抢修"}, now=MONDAY)
    engine.comment(case, by=actor(park.head), data={"body": "抓紧", "internal": "on"}, now=MONDAY)
    asked = handled(park, at("2026-11-16 09:00"))
    told = {
        "reason": "supplement",
        "basis": "许可法",
        "planned_days": 9,
        "notice": "请补充",
        "missing": "平面图\n负荷清单",
    }
    engine.pause(asked, by=actor(park.head), data=told, now=MONDAY)
    watch.sweep(min(now(), at("2026-12-01 09:00")))
    guide = make_catalogue(park)
    policies = make_policies(park)
    run = runs.upload(named("teams.csv", MIXED), "teams.csv", by=park.administrator)
    return {
        **policies,
        "item": f"/approvals/items/{guide.permit.pk}/",
        "bare": f"/approvals/items/{guide.plain.pk}/",
        "import": f"/administration/ledgers/imports/{run.pk}/",
        "case": f"/cases/{case.pk}/",
        "missing": f"/cases/{asked.pk}/",
        "report": f"/cases/{case.pk}/do/report/",
        "pause": f"/cases/{case.pk}/op/pause/",
        "letter": f"/cases/{case.pk}/letters/acceptance/",
        "told": f"/cases/{case.pk}/deliveries/",
        "desk": f"/stations/requests/desk/?enterprise={park.theirs.pk}",
    }


def make_policies(park: SimpleNamespace) -> dict[str, str]:
    """Policies that fit, could fit and do not fit; one with a draft that says something else."""
    team = park.team["development"]
    policy = policy_of(team)
    office = SimpleNamespace(science=team, budget=None)
    make_policy(
        office, "P1", method="tiers", base="rd_amount", rate=None, delivery="automatic", title="研发投入阶梯奖补",
        tiers=[{"from_amount": 0, "rate": "0.05"}, {"from_amount": 100_000, "rate": "0.1"}], summary="多投多奖",
        criteria=[("is_high_tech", "is", ["true"], 1), ("tags", "has_any", ["专精特新"], 1), ("output_amount", "at_least", ["5000000"])],
    )  # fmt: skip
    make_policy(office, "P2", method="fixed", base="", rate=None, fixed_amount="50000", title="稳岗补贴")
    make_policy(office, "P3", title="大型企业奖励", criteria=[("size", "is", ["large"])])
    make_policy(office, "P4", title="去年的奖补", closes_on="2026-01-31")
    draft = policy.versions.get(published_at=None)
    draft.criteria.create(position=9, fact="industry", operator="in", values=["电池", "材料"])
    desk = f"/funds/policies/desk/{policy.pk}/"
    return {
        "policy": f"/funds/policies/{policy.pk}/",
        "policy_manage": desk,
        "policy_edit": f"{desk}edit/",
        "policy_draft": f"{desk}draft/",
        "policy_simulation": f"{desk}draft/simulation/?verdict=met",
        "policy_publish": f"{desk}draft/publish/",
        "policy_discard": f"{desk}draft/discard/",
        "policy_compare": f"{desk}compare/?old=1&new=2",
        "policy_version": f"{desk}versions/1/",
    }


@pytest.mark.parametrize("role", sorted(PAGES))
def test_every_page_is_clean(park: SimpleNamespace, window: Callable[..., Person], role: str) -> None:
    named = life(park)
    problems: list[str] = []
    for language in ("zh-hans", "en"):
        person = window(getattr(park, role), language=language)
        for path in PAGES[role]:
            page = person.go(named.get(path, path))
            for width in (1440, 1024, 768, 390):
                page.set_viewport_size({"width": width, "height": 900})
                # The rules look at structure and colours, which are the same in both languages.
                if language == "zh-hans" and (width == 1440 or (width == 390 and role in ON_PHONES)):
                    problems += [f"{path} {width}: {p}" for p in axe_problems(page)]
                if page.evaluate("document.documentElement.scrollWidth") > width:
                    problems.append(f"{path} {width} {language}: scrolls sideways")
            page.set_viewport_size({"width": 1440, "height": 900})
            if language == "zh-hans":
                left = re.findall(r"[A-Za-z]{4,}(?: [A-Za-z]+)*", KNOWN.sub(" ", page.evaluate(PROSE)))
                problems += [f"{path}: untranslated {words!r}" for words in left]
        problems += [f"console: {e}" for e in person.errors]
    assert problems == []


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("width", [390, 1440])
def test_the_guide_is_clean_for_who_has_not_signed_in(
    park: SimpleNamespace, window: Callable[..., Person], width: int, language: str
) -> None:
    guide = make_catalogue(park)
    policies = make_policies(park)
    person = window(width=width, language=language)
    item = f"/approvals/items/{guide.permit.pk}/"
    published()
    procedure = "/approvals/procedures/factory/?own=1"
    for path in (
        "/approvals/",
        "/approvals/?q=zzz",
        "/approvals/windows/",
        item,
        "/approvals/procedures/",
        "/approvals/reforms/",
        procedure,
        "/funds/policies/",
        "/funds/policies/?q=zzz&level=city",
        policies["policy"],
    ):
        page = person.go(path)
        assert axe_problems(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
    if width == 390:
        page.locator("details.menu > summary").click()
        page.locator(".menu .only-phone a").first.click()
        page.wait_for_url("**/approvals/")
    page = person.go(item)
    page.locator(".head a.first").click()
    page.locator("[name=username]").fill(park.owner.username)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("form button.first").click()
    page.wait_for_url(f"**{item}")
    page.locator(".head a.first").click()
    expected = "办理：建筑工程施工许可" if language == "zh-hans" else "To handle: Construction permit"
    assert page.locator("[name=title]").input_value() == expected
    assert page.locator("[name=category][value=procedures]").is_checked()
    assert person.errors == []


@pytest.mark.parametrize("width", [390, 1440])
def test_the_sign_in_page_is_clean(window: Callable[..., Person], park: SimpleNamespace, width: int) -> None:
    person = window(width=width)
    assert axe_problems(person.go("/accounts/sign-in/")) == []


def test_dark_pages_are_clean(park: SimpleNamespace, window: Callable[..., Person]) -> None:
    named = life(park)
    person = window(park.handler, color_scheme="dark")
    for path in ("/work/?view=team", named["case"], "/approvals/", named["item"]):
        assert axe_problems(person.go(path)) == []


def test_what_is_typed_survives_a_cut_network(park: SimpleNamespace, window: Callable[..., Person]) -> None:
    person = window(park.owner, width=390)
    page = person.go("/stations/requests/new/")
    person.context.set_offline(True)
    page.get_by_label("一句话概括").fill("断网也不丢")
    page.get_by_text("未保存，正在重试").wait_for()
    person.context.set_offline(False)
    page.get_by_text("已保存").wait_for(timeout=15_000)
    assert "断网也不丢" in str(page.get_by_label("一句话概括").input_value())

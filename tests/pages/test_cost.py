"""A look at any page changes nothing, and costs the same however much there is to show: no N+1 anywhere."""

from __future__ import annotations

from collections import Counter
from types import SimpleNamespace

import pytest
from django.conf import settings as house
from django.core.handlers.base import BaseHandler
from django.db import connection, reset_queries
from django.db.models import Model
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pytest_django.fixtures import Settings

from approvals import actions
from approvals.models import (
    ComprehensiveWindow,
    Intake,
    LandApproval,
    Material,
    Parcel,
    Procedure,
    ProcedureItem,
    ServiceItem,
)
from funds.actions import begin_draft
from funds.models import Exclusion, Policy, PolicyVersion
from portal.accounts.models import User
from portal.cases import engine, watch
from portal.cases.models import Case, Document
from portal.jobs.models import JobRun
from tests.approvals.building import certified, make_office, project_data, signed
from tests.approvals.catalogue import make_item
from tests.approvals.land import begin_land_approval, begin_recovery, idle_parcel, line, make_parcel
from tests.funds.building import policy_of
from tests.pages.test_pages import EVERYBODY, addresses, browser
from tests.people import MONDAY, actor, at, closed, file_request, handled, reported

pytestmark = [pytest.mark.django_db]
# Read once in a few seconds, or written once a minute, by each process: whatever the page shows.
KEPT_A_MOMENT = ("notices_wording", "accounts_visit")
LATER = at("2026-12-01 09:00")


def busy_months(park: SimpleNamespace, times: int) -> None:
    """Cases in many states, with everything that hangs on them, `times` over."""
    for n in range(times):
        rated = closed(park)
        engine.rate(rated, by=actor(park.owner), data={"level": 2, "comment": "慢"}, now=MONDAY)
        reported(park)
        file_request(park, title=f"待受理 {n}")
        case = handled(park)
        engine.transfer(
            case,
            by=actor(park.handler),
            data={"to_team": park.team["enterprise_service"].pk, "reason": "不属我局"},
            now=MONDAY,
        )
        for field in ({}, {"internal": "on"}):
            engine.comment(case, by=actor(park.head), data={"body": f"说明 {n}", **field}, now=MONDAY)
        add_paper(park, case)
    watch.sweep(LATER)


def add_paper(park: SimpleNamespace, case: Case) -> None:
    """One more paper in the archive, used in a case."""
    mark = f"{case.pk:064}"
    paper = Document.objects.create(
        enterprise=park.ours, title=f"材料 {case.pk}", original_name="x.pdf", content_type="application/pdf",
        size_bytes=1, sha256=mark, sent_sha256=mark, file=f"documents/00/{mark}",
        uploaded_by=park.owner, uploaded_at=MONDAY,
    )  # fmt: skip
    engine.attach(case, paper, by=actor(park.owner), now=MONDAY)


def never_again(model: type[Model], pk: int) -> None:
    """A row was given its number by hand: the table goes on behind it, whatever it has counted so far."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id'))", [table])
        if cursor.fetchone()[0] <= pk:
            cursor.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [table, pk])


def guide_more(case: Case, times: int) -> None:
    """More of what the guide shows; an item and a material whose numbers are those of the case."""
    for n in range(times):
        count = ServiceItem.objects.count()
        window = ComprehensiveWindow.objects.create(code=f"w{count}", name=f"窗{count}", kind="other")
        new = make_item(f"KG-{count}", is_delegated=True, mode="granted")
        item = ServiceItem.objects.filter(pk=case.pk).first() or make_item("CASE", pk=case.pk)
        never_again(ServiceItem, case.pk)
        for taken in (new, item):
            Intake.objects.create(window=window, item=taken)
        Material.objects.create(item=item, position=count, name=f"材料 {n}")
        draft_more(new)


def draft_more(item: ServiceItem) -> None:
    """One more item in the draft of the procedure that the addresses name, and one more procedure."""
    facts = {"name": "流程", "mode": "standard"}
    for code in ("not-found", f"procedure-{item.pk}"):
        procedure, is_new = Procedure.objects.get_or_create(code=code, defaults=facts)
        if is_new:
            first = actions.begin_draft(procedure, by=None, now=MONDAY)
            ProcedureItem.objects.create(version=first, key="first", item=item, days=1)
            actions.publish_version(first, by=None, note="", now=MONDAY)
            actions.begin_draft(procedure, by=None, now=MONDAY)
    draft = Procedure.objects.get(code="not-found").versions.get(published_at=None)
    last = draft.items.latest("pk")
    new = ProcedureItem.objects.create(version=draft, key=f"item-{item.pk}", item=item, days=1, phase=1)
    actions.link(draft, [(new.pk, last.pk)])


def policies_more(park: SimpleNamespace, case: Case, times: int) -> None:
    """More policies, and more conditions in the draft of the one whose number is that of the case."""
    for n in range(times):
        count = Policy.objects.count()
        if not Policy.objects.filter(pk=case.pk).exists():
            Policy.objects.create(pk=case.pk, code="CASE", title="政策", level="park", kind="reward")
            never_again(Policy, case.pk)
        policy_of(park.team["development"], f"P-{count}")
        ours = Policy.objects.get(pk=case.pk)
        Policy.objects.filter(pk=case.pk).update(team=park.team["development"])
        draft = ours.versions.filter(published_at=None).first() or begin_draft(ours, by=None, now=MONDAY)
        place = draft.criteria.count()
        draft.criteria.create(position=place, fact="size", operator="in", values=["small", "medium"])
        draft.materials.create(position=place, name=f"材料 {n}")
        other = Policy.objects.exclude(pk=ours.pk).latest("pk")
        Exclusion.objects.create(policy=min(ours, other, key=_number), other=max(ours, other, key=_number))
        if place == 0:  # published, and another draft like it
            publish_policy(draft)
            begin_draft(ours, by=None, now=MONDAY)


def publish_policy(draft: PolicyVersion) -> None:
    """Whatever it says."""
    draft.published_at = MONDAY
    draft.save()


def _number(policy: Policy) -> int:
    return policy.pk


def build_more(office: SimpleNamespace, project: Case, park: SimpleNamespace, keys: str) -> None:
    """More permits with their certificates in one project, and one more project."""
    for key in keys.split():
        certified(park, office, project, key, MONDAY)
    signed(park, office)


def land_more(park: SimpleNamespace, case: Case, times: int) -> None:
    """More parcels with what is under way on them, more lines of checklists; one parcel has the case's number."""
    team = park.team["development"]
    if not ComprehensiveWindow.objects.filter(kind="project_assistance", team__isnull=False).exists():
        ComprehensiveWindow.objects.create(
            code="projects", name="项目窗", kind="project_assistance", team=team
        )
    for n in range(times):
        count = Parcel.objects.count()
        held = idle_parcel(park, f"H-{count}", longitude="112.9", latitude=f"27.8{count:04}")
        recovery = begin_recovery(park, held)
        engine.perform(recovery, "begin_agreement", by=actor(park.handler), now=MONDAY)
        engine.perform(recovery, "give_up", by=actor(park.head), data={"reason": "x"}, now=MONDAY)
        make_parcel(f"F-{count}")
        if not Parcel.objects.filter(pk=case.pk).exists():
            make_parcel("CASE", pk=case.pk)
            never_again(Parcel, case.pk)
        target = Parcel.objects.get(pk=case.pk)
        approval = LandApproval.objects.filter(parcel=target).first()
        land = approval.case if approval else begin_land_approval(park, target)
        lines = line(f"事项 {count} {n}", team, "2026-12-01")
        engine.perform(land, "add_lines", by=actor(park.handler), data=lines, now=MONDAY)
        engine.open_case(
            "approvals.project", by=actor(park.owner), enterprise=park.ours, now=MONDAY,
            data=project_data(SimpleNamespace(procedure=Procedure.objects.get(code="not-found")), land_mu="15"),
        )  # fmt: skip


def talk_more(park: SimpleNamespace, case: Case, times: int) -> None:
    """More lines on the timeline, more messages, more children of one case."""
    for n in range(times):
        engine.comment(case, by=actor(park.head), data={"body": f"再说 {n}"}, now=MONDAY)
        data = {"team": park.team["enterprise_service"].pk, "ask": f"会办 {n}"}
        engine.perform(case, "ask_co_handler", by=actor(park.handler), data=data, now=MONDAY)


def table_state() -> dict[str, int]:
    """A mark of the content of every table of the portal, except sessions and when they were last used."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        tables = [row[0] for row in cursor.fetchall() if row[0] not in ("django_session", "accounts_visit")]
        state = {}
        for table in tables:
            cursor.execute(f"SELECT count(*), coalesce(sum(hashtext(t::text)::bigint), 0) FROM {table} t")
            state[table] = cursor.fetchone()
    return state


class Visitor:
    """Somebody who looks at pages, through all of the middleware. Django's test client would load that anew
    for each person, and copy every context that is drawn.
    """

    handler = BaseHandler()

    def __init__(self, user: User) -> None:
        if self.handler._middleware_chain is None:
            self.handler.load_middleware()
        self.key = browser(user).cookies[house.SESSION_COOKIE_NAME].value

    def get(self, address: str) -> int:
        request = RequestFactory().get(address)
        request.COOKIES[house.SESSION_COOKIE_NAME] = self.key
        return int(self.handler.get_response(request).status_code)


def look(visitor: Visitor, address: str) -> tuple[int, Counter[str]]:
    """What one look answers, and what it sends to the database but for what each process does now and then."""
    reset_queries()  # the log holds some thousands, and what comes after that nobody would see
    with CaptureQueriesContext(connection) as seen:
        status = visitor.get(address)
    found = [query["sql"] for query in seen.captured_queries]
    return status, Counter(shape(sql) for sql in found if not any(table in sql for table in KEPT_A_MOMENT))


def shape(sql: str) -> str:
    """The statement without its numbers: what an N+1 repeats."""
    return "".join("#" if c.isdigit() else c for c in sql)


def test_looking_changes_nothing_and_costs_the_same_when_there_is_more_to_show(
    park: SimpleNamespace, settings: Settings
) -> None:
    settings.PREPARED_STATEMENTS = False  # so that every statement shows what it asks
    busy_months(park, 2)
    case = handled(park)
    talk_more(park, case, 1)
    guide_more(case, 1)
    office = make_office(park)
    project = signed(park, office)
    build_more(office, project, park, "filing")
    land_more(park, case, 1)
    policies_more(park, case, 1)
    browser(park.administrator).get(reverse("administration:standard_list"))  # versions are seeded once
    JobRun.objects.create(name="cases.sweep", every_s=60, began_at=timezone.now())  # /readyz looks for it
    visitors = {name: Visitor(getattr(park, name)) for name in EVERYBODY}
    state, before = table_state(), {}
    for name, visitor in visitors.items():
        for address in (*addresses(case), "/work/?view=team", f"/approvals/projects/{project.pk}/"):
            status, sent = look(visitor, address)
            assert status in (200, 301, 302, 400, 403, 404, 405), (name, address, status)
            if status == 200:  # a refusal has nothing to show
                before[name, address] = sent
    assert table_state() == state
    assert {name for name, _address in before} == set(EVERYBODY)
    busy_months(park, 4)
    talk_more(park, case, 4)
    guide_more(case, 4)
    build_more(office, project, park, "land_use scheme works drawings pit cellar")
    land_more(park, case, 4)
    policies_more(park, case, 4)
    problems = []
    for (name, address), sent in before.items():
        _status, after = look(visitors[name], address)
        more = after - sent
        # What a process keeps was read in the first look: it must not hide what is repeated in the second.
        if after.total() > sent.total() or any(after[sql] > sent[sql] + 1 for sql in more):
            problems.append((name, address, sent.total(), after.total(), more.most_common(1)))
    assert problems == []

"""Who gets where: every route, every role, own and other, every method, against a table that people read.

`access_matrix.txt` beside this file is the table. A route that is missing from it fails, and so does
one whose objects are not named below. After a meant change: `ACCESS_MATRIX=write pytest -n 0` on this
file, then read the difference as if it were code.

Columns: nobody signed in; owner and agent of the enterprise, the owner of a rival; the steward of the
station, the one of another station; the handler and the head of the department that has the case;
supervisor, leader, discipline inspector, administrator, auditor. Rows: own is a case of the owner (and
what lies around it: papers, notices, absences), other is one of the rival in the other station.

    yes  let in (also where the empty form of this test is then refused)
    no   told that it is not for this person (403)
    -    does not exist for this person (404)
    in   asked to sign in
    .    the route knows no such method
"""

from __future__ import annotations

import gc
import logging
import os
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.conf import settings as house
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.handlers.base import BaseHandler
from django.db import transaction
from django.test import Client, RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver

from approvals.models import Parcel, Reform, ServiceItem
from funds.actions import ask_transfer, make_file
from funds.models import BankAccount, Bar, Budget
from investment.models import Bulletin, LeadView
from portal.accounts.models import User
from portal.cases import bulk, engine, papers
from portal.cases.models import Absence, Attachment, Case, SavedView, SetAside
from portal.ledgers.models import ExportRun, ImportRun
from portal.notices.models import Delivery, Endpoint, Notice
from portal.park.models import Agency, Enterprise, Team
from portal.trust.models import Invitation, OwnershipOffer
from portal.worktime.models import DayOverride
from tests.approvals.building import certified, make_office, signed
from tests.approvals.catalogue import make_catalogue
from tests.approvals.land import idle_parcel
from tests.approvals.test_procedures import drafted
from tests.funds import building as funds
from tests.funds.building import policy_of
from tests.funds.test_payouts import approved_plan
from tests.pages.test_pages import PDF
from tests.people import MONDAY, actor, at, file_request, filing, works_in

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(400)]
FILE = Path(__file__).with_name("access_matrix.txt")
# Persona → the head of its column.
ROLES = {
    "anonymous": "nobody", "owner": "owner", "agent": "agent", "rival": "rival", "steward": "steward",
    "other_steward": "other", "handler": "handler", "head": "head", "supervisor": "superv", "leader": "leader",
    "inspector": "inspect", "administrator": "admin", "auditor": "auditor",
}  # fmt: skip


@dataclass(frozen=True)
class Route:
    """One route: its name, its pattern, the methods that it knows (a page: GET and POST)."""

    name: str
    pattern: str
    methods: tuple[str, ...]


def routes(patterns: Any = None, prefix: str = "", space: str = "") -> Iterator[Route]:
    for entry in patterns if patterns is not None else get_resolver().url_patterns:
        text = prefix + re.sub(r"\\A|\\Z|[\^$\\]", "", str(entry.pattern))
        if isinstance(entry, URLResolver):
            below = f"{space}{entry.namespace}:" if entry.namespace else space
            yield from routes(entry.url_patterns, text, below)
        elif isinstance(entry, URLPattern):
            cls = getattr(entry.callback, "cls", None)
            known = [
                m for m in ("get", "post", "put", "patch", "delete") if cls is not None and hasattr(cls, m)
            ]
            yield Route(f"{space}{entry.name or text}", text, tuple(known) or ("get", "post"))


class Objects:
    """For each side, own and other: a case and one of everything that has an address."""

    def __init__(self, park: SimpleNamespace) -> None:
        self.park = park
        own = self._handled()
        other = engine.open_case(
            "stations.request", by=actor(park.rival), enterprise=park.theirs, now=MONDAY,
            data=filing(park, station=park.stations["zhongnan"].pk, title="别家的"),
        )  # fmt: skip
        guide = make_catalogue(park)  # which belongs to nobody
        common = {
            "item": guide.permit.pk,
            "form": guide.application.pk,
            "reform": guide.reform.pk,
            "procedure": drafted().procedure.code,
            "policy": policy_of(park.team["development"]).pk,
            "bulletin": Bulletin.objects.create(
                kind="week",
                starts_on=MONDAY.date(),
                ends_on=MONDAY.date(),
                drafted_at=MONDAY,
                numbers={"teams": []},
            ).pk,
        }
        office, money = make_office(park), funds.make_office(park)
        common |= self._paid(money)
        self.sides = {
            "own": {
                **self._around(own, "handler", "owner"),
                **common,
                **self._built(office, theirs=False),
                **self._claimed(money, theirs=False),
            },
            "other": {
                **self._around(other, "other_steward", "rival"),
                **common,
                **self._built(office, theirs=True),
                **self._claimed(money, theirs=True),
            },
        }

    def _paid(self, office: SimpleNamespace) -> dict[str, Any]:
        """What belongs to no enterprise: a plan, a file, a budget, a transfer, a bar of somebody else."""
        funds.payable(self.park, office, funds.make_policy(office, "PAID"), enterprise=self.park.theirs)
        plan = approved_plan(office)
        file = make_file(plan, layout="csv", key="k", by=office.payer, now=MONDAY)
        office.budget.refresh_from_db()
        later = Budget.objects.create(code="KJ2027", year=2027, name="科技")
        transfer = ask_transfer(
            office.budget, later, Decimal(1), reason="x", by=actor(office.payer), now=MONDAY
        )
        third = Enterprise.objects.create(uscc="91430300MA4L16JP0Y", name="第三家（示范）")
        bar = Bar.objects.create(enterprise=third, kind="safety", since_on=MONDAY.date(), reason="x")
        return {
            "plan": plan.pk, "file": file.pk, "budget": office.budget.pk, "transfer": transfer.pk, "bar": bar.pk,
        }  # fmt: skip

    def _claimed(self, office: SimpleNamespace, *, theirs: bool) -> dict[str, Any]:
        """A claim that is public, and the account to which it goes."""
        holder = self.park.theirs if theirs else self.park.ours
        version = funds.make_policy(office, f"PUBLIC-{holder.pk}")
        case = funds.approved(self.park, office, version, enterprise=holder)
        account = BankAccount.objects.get(enterprise=holder)
        return {"claim": case.pk, "account": account.pk}

    def _built(self, office: SimpleNamespace, *, theirs: bool) -> dict[str, Any]:
        """A project with its first certificate, on which anybody may verify it."""
        case = signed(self.park, office, theirs=theirs)
        permit = certified(self.park, office, case, "filing", MONDAY)
        holder = self.park.theirs if theirs else self.park.ours
        parcel = idle_parcel(self.park, f"M-{holder.pk}", holder=holder)
        return {"project": case.pk, "certificate": permit.certificate_token, "parcel": parcel.pk}

    def _handled(self) -> Case:
        park = self.park
        case = file_request(park, title="自家的")
        engine.perform(
            case,
            "accept",
            by=actor(park.steward),
            data={"category": "utilities", "grade": "normal"},
            now=MONDAY,
        )
        data = {"team": park.team["development"].pk}
        engine.perform(case, "dispatch", by=actor(park.steward), data=data, now=MONDAY)
        return engine.perform(case, "sign", by=actor(park.handler), now=MONDAY)

    def _around(self, case: Case, worker: str, person: str) -> dict[str, Any]:
        """What lies around a case: of the person who works on it, and of the one who filed it."""
        staff, filed = getattr(self.park, worker), getattr(self.park, person)
        content = PDF + b"%" + case.number.encode()
        document = papers.store(
            SimpleUploadedFile("x.pdf", content), by=filed, now=MONDAY, enterprise=case.enterprise
        )
        Attachment.objects.create(case=case, document=document, attached_by=filed, attached_at=MONDAY)
        notice = Notice.objects.filter(case_id=case.pk, recipient=filed).first() or Notice.objects.create(
            recipient=filed, key="case.opened", params={}, case_id=case.pk, created_at=MONDAY
        )
        deputy = works_in(User.objects.create(username=f"deputy{case.pk}"), case.team)
        absence = Absence.objects.create(
            user=staff, deputy=deputy, from_on=MONDAY.date(), until_on=MONDAY.date(), entered_by=staff
        )
        return {
            "case": case.pk, "document": document.pk, "notice": notice.pk, "absence": absence.pk,
            "view": SavedView.objects.create(owner=staff, name="x", query="view=mine").pk,
            "lead_view": LeadView.objects.create(owner=staff, name="x", query="view=all").pk,
            "batch": bulk.begin(actor(staff), "claim", [case.pk], now=MONDAY).pk,
            "enterprise": case.enterprise_id, "person": filed.pk,
            "token": self._token(filed), **self._trusted(case, filed), **self._administered(case, staff),
        }  # fmt: skip

    def _trusted(self, case: Case, owner: User) -> dict[str, Any]:
        """What the owner of the enterprise has under way: an invitation, an agency, an offer, a session."""
        later = at("2026-12-31 00:00")
        guest = User.objects.create(username=f"guest{case.pk}")
        agency = Agency.objects.create(user=guest, enterprise=case.enterprise, role=Agency.Role.AGENT)
        invitation = Invitation.objects.create(
            enterprise=case.enterprise, name="x", expires_on=later.date(), valid_until=later,
            nonce=f"{case.pk}", invited_by=owner, invited_at=MONDAY,
        )  # fmt: skip
        offer = OwnershipOffer.objects.create(
            enterprise=case.enterprise, from_user=owner, to_user=guest, valid_until=later, offered_at=MONDAY
        )
        return {"agency": agency.pk, "invitation": invitation.pk, "offer": offer.pk, "session": 0}

    @staticmethod
    def _token(user: User) -> int:
        model: Any = apps.get_model("api", "Token")
        made = model.objects.create(
            user=user, name="x", prefix="x", digest=f"{user.pk:064}", scopes=["read"], created_at=MONDAY,
            expires_at=at("2027-01-01 00:00"),
        )  # fmt: skip
        return int(made.pk)

    @staticmethod
    def _administered(case: Case, staff: User) -> dict[str, int]:
        """Rows of the administrator's pages: they belong to nobody."""
        run = ImportRun.objects.create(
            uploaded_by=staff, uploaded_at=MONDAY, since_at=MONDAY, language="zh-hans", file_name="x.csv",
            size_bytes=1, sha256="x", stored_name="", state=ImportRun.State.PREVIEW, active=False,
        )  # fmt: skip
        export = ExportRun.objects.create(
            asked_by=staff,
            asked_at=MONDAY,
            language="zh-hans",
            since_at=MONDAY,
            ledgers=["teams"],
            form="csv",
            headers="keys",
        )
        aside = SetAside.objects.create(case=case, job="cases.sweep", error="x", at=MONDAY)
        day = DayOverride.objects.create(
            date=at(f"2027-03-{case.pk % 20 + 1:02} 00:00").date(),
            is_working=False,
            reason="x",
            kind="park_closing",
        )
        endpoint = Endpoint.objects.create(name="x", channel="webhook", address="https://example.com/")
        notice = Notice.objects.filter(case_id=case.pk).first()
        delivery = Delivery.objects.filter(notice__case_id=case.pk).first() or Delivery.objects.create(
            notice=notice, channel="email", next_try_at=MONDAY
        )
        return {
            "import": run.pk, "export": export.pk, "aside": aside.pk, "day": day.pk, "endpoint": endpoint.pk,
            "delivery": delivery.pk,
        }  # fmt: skip


# Which object a route speaks of: the beginning of its pattern. The first that fits counts.
SPEAKS_OF = (
    ("enterprise/invitations/", "invitation"), ("enterprise/people/", "agency"), ("ownership/", "offer"),
    ("accounts/security/sessions/", "session"), ("work/views/", "view"), ("work/absences/", "absence"), ("work/bulk/", "batch"), ("work/", "case"),
    ("cases/", "case"), ("papers/", "document"), ("notices/", "notice"), ("accounts/tokens/", "token"),
    ("api/v1/cases/", "case"), ("api/v1/documents/", "document"), ("api/v1/enterprises/", "enterprise"),
    ("api/v1/notices/", "notice"), ("administration/people/", "person"),
    ("administration/ledgers/imports/", "import"), ("administration/ledgers/export/", "export"),
    ("administration/papers/", "document"), ("administration/jobs/aside/", "aside"), ("administration/jobs/delivery/", "delivery"),
    ("administration/notices/groups/", "endpoint"), ("administration/calendar/", "day"),
    ("register/", "register"),
    ("approvals/projects/", "project"), ("approvals/parcels/", "parcel"), ("approvals/certificates/", "certificate"),
    ("approvals/reforms/", "reform"),
    ("funds/policies/", "policy"), ("api/v1/policies/", "policy"),
    ("funds/claims/", "claim"), ("funds/publicity/", "claim"), ("funds/plans/", "plan"), ("funds/files/", "file"),
    ("funds/budgets/", "budget"), ("funds/transfers/", "transfer"), ("funds/account/", "account"), ("funds/bars/", "bar"),
    ("investment/bulletins/", "bulletin"), ("investment/leads/views/", "lead_view"),
    ("approvals/items/", "item"), ("approvals/forms/", "form"), ("api/v1/service-items/", "item"),
)  # fmt: skip
# Words in patterns that name no row.
WORDS: dict[str, str] = {
    "kind": "stations.request", "key": "stations.requests_resolved", "form": "csv", "year": "2027",
    "step": "received", "number": "1", "token": "no-such-token", "code": "not-found", "rest": "nowhere", "channel": "webhook", "language": "en",
}  # fmt: skip
NO_ROW = "0"  # no number that a row can have
# The register's word for a route → the first of its rows.
REGISTERS: dict[str, Callable[[], Any]] = {
    "accounts/user": lambda: User.objects.first(),
    "park/enterprise": lambda: Enterprise.objects.first(),
    "park/team": lambda: Team.objects.first(),
    "approvals/serviceitem": lambda: ServiceItem.objects.first(),
    "approvals/parcel": lambda: Parcel.objects.first(),
    "approvals/reform": lambda: Reform.objects.first(),
}


def address(route: Route, side: dict[str, Any]) -> str:
    """The address of a route for one side. KeyError when nobody has said what it speaks of."""

    def value(found: re.Match[str]) -> str:
        word = found["word"] or found["named"]
        if word == "name":
            return _name(route)
        if word == "code" and route.pattern.startswith("approvals/administration/"):
            return str(side["procedure"])
        if word in WORDS and not (word == "key" and route.name.startswith("ledgers:")):
            return WORDS[word]
        if word == "key":
            return "teams"
        thing = next(what for start, what in SPEAKS_OF if route.pattern.startswith(start))
        if thing == "register":
            return _register(route)
        return str(side[thing])

    if route.pattern.startswith("register/") and "<path:object_id>" not in route.pattern:
        return "/" + re.sub(r"<\w+:\w+>|\(\?P<url>.*\)", "1", route.pattern).replace(
            "(?P<app_label>auth|accounts)", "accounts"
        )
    pattern = re.compile(r"\(\?P<(?P<named>\w+)>[^)]*\)|<(?:\w+:)?(?P<word>\w+)>")
    return "/" + pattern.sub(value, route.pattern)


def _name(route: Route) -> str:
    """The transition, operation, letter or text that stands for its kind."""
    if "operat" in route.name:
        return "transfer"
    if "letter" in route.name:
        return "acceptance"
    if "text_" in route.name:
        return "case.opened"
    return "note_progress"


def _register(route: Route) -> str:
    for start, first in REGISTERS.items():
        if route.pattern.startswith(f"register/{start}/"):
            row = first()
            return str(row.pk) if row else NO_ROW
    return NO_ROW


def outcome(answer: Any, path: str) -> str:
    status = answer.status_code
    if status == 405:
        return "."
    if status == 401 or (status == 302 and "/accounts/sign-in/" in answer.headers.get("Location", "")):
        return "in"
    if status == 302 and "/register/login/" in answer.headers.get("Location", ""):
        return "in"
    if status in (403, 404):
        return "no" if status == 403 else "-"
    assert status != 429
    assert status < 500 or status == 503, (path, status)
    return "yes"


class _TakenBack(Exception):
    """What a request has written is not kept."""


class Caller:
    """Sends requests through all of the middleware, as a server does, and takes back what they have written.

    Django's test client would load the middleware anew for each, and copy every context that is drawn.
    """

    def __init__(self) -> None:
        self.handler = BaseHandler()
        self.handler.load_middleware()
        self.factory = RequestFactory()

    def tried(self, key: str, method: str, path: str) -> str:
        """What one request meets. Each stands alone: a sign-out must not end the others."""
        body: dict[str, Any] = {"content_type": "application/octet-stream"}
        if method == "post":
            body = {"data": b"", "content_type": "application/x-www-form-urlencoded"}
        if method == "post" and "comment" in path:
            said, kind = (
                ('{"body": "x"}', "json") if path.startswith("/api/") else ("body=x", "x-www-form-urlencoded")
            )
            body = {"data": said, "content_type": f"application/{kind}"}
        request = self.factory.generic(method.upper(), path, headers={"If-Match": "*"}, **body)
        request._dont_enforce_csrf_checks = True  # type: ignore[attr-defined]  # as the test client has it
        if key:
            request.COOKIES[house.SESSION_COOKIE_NAME] = key
        found = ""
        with suppress(_TakenBack), transaction.atomic():
            found = outcome(self.handler.get_response(request), path)
            raise _TakenBack
        return found


def column(park: SimpleNamespace, objects: Objects, role: str) -> dict[tuple[str, str, str], str]:
    """What one role meets: (route, method, side) → outcome."""
    found, caller = {}, Caller()
    key = ""
    if role != "anonymous":
        client = Client()
        client.force_login(getattr(park, role))
        key = client.cookies[house.SESSION_COOKIE_NAME].value
    for route in routes():
        sides = {side: address(route, values) for side, values in objects.sides.items()}
        different = sides["own"] != sides["other"]
        for method in route.methods:
            for side, path in sides.items():
                if different or side == "own":
                    place = route.name, method.upper(), side if different else ""
                    found[place] = caller.tried(key, method, path)
    return found


def table() -> dict[tuple[str, str, str], dict[str, str]]:
    """The table as it is checked in."""
    if not FILE.exists():
        return {}
    rows = {}
    for line in FILE.read_text().splitlines()[1:]:
        name, method, side, *cells = line.split()
        rows[name, method, side.strip("·")] = dict(zip(ROLES, cells, strict=True))
    return rows


def write(role: str, found: dict[tuple[str, str, str], str]) -> None:
    rows = table()
    for key, cell in found.items():
        rows.setdefault(key, dict.fromkeys(ROLES, "?"))[role] = cell
    kept = {
        key: cells for key, cells in sorted(rows.items()) if key in found and set(cells.values()) != {"."}
    }
    lines = [f"{'route':<46} {'method':<7}{'whose':<6}" + "".join(f"{head:<8}" for head in ROLES.values())]
    for (name, method, side), cells in kept.items():
        lines.append(f"{name:<46} {method:<7}{side or '·':<6}" + "".join(f"{cells[r]:<8}" for r in ROLES))
    FILE.write_text("\n".join(line.rstrip() for line in lines) + "\n")


GROUPS = {
    "outside": ("anonymous", "owner", "agent", "rival"),
    "in teams": ("steward", "other_steward", "handler", "head"),
    "above": ("supervisor", "leader", "inspector", "administrator", "auditor"),
}


@pytest.fixture
def _quiet() -> Iterator[None]:
    """Thousands of refusals are what is wanted: nobody needs to read them. And nothing here is garbage."""
    logging.disable(logging.CRITICAL)
    gc.freeze()
    gc.disable()
    yield
    gc.enable()
    gc.unfreeze()
    logging.disable(logging.NOTSET)


@time_machine.travel(MONDAY, tick=False)
@pytest.mark.usefixtures("_quiet")
@pytest.mark.parametrize("group", GROUPS)
def test_everybody_gets_exactly_where_the_table_says(
    park: SimpleNamespace, group: str, settings: Any
) -> None:
    settings.API_REQUESTS_PER_MINUTE = dict.fromkeys(settings.API_REQUESTS_PER_MINUTE, 10**9)
    objects, problems = Objects(park), {}
    for role in GROUPS[group]:
        found = column(park, objects, role)
        if os.environ.get("ACCESS_MATRIX") == "write":
            write(role, found)
        known = table()
        problems |= {
            (role, *key): (cell, known.get(key, {}).get(role, "missing from the table"))
            for key, cell in found.items()
            if cell != known.get(key, {}).get(role, "missing from the table" if cell != "." else ".")
        }
    assert problems == {}
    gone = sorted({key[0] for key in known} - {key[0] for key in found})
    assert gone == [], "the table speaks of routes that are no more"


def test_every_role_is_tried() -> None:
    assert sorted(role for group in GROUPS.values() for role in group) == sorted(ROLES)

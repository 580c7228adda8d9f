"""Pages: who gets in, what a look costs, that looking changes nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from portal.accounts.models import User
from portal.cases import engine
from portal.cases.models import Case, Document, Draft, Event
from portal.notices.models import Notice
from portal.worktime.now import now as present
from tests.people import MONDAY, accept, actor, closed, file_request, filing, handled, reported

pytestmark = pytest.mark.django_db
STAFF = ("steward", "handler", "head", "supervisor", "leader", "inspector", "administrator", "auditor")
EVERYBODY = ("owner", "agent", "rival", *STAFF)
# A whole page and a whole picture: papers are opened when they come in.
PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj "
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\ntrailer<</Size 4/Root 1 0 R>>\n%%EOF\n"
)
PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x00\x00\x00\x00:~\x9bU\x00\x00\x00\nIDATx\x9cc\xf8"
    b"\x0f\x00\x01\x01\x01\x00\xb18\xf6\x14\x00\x00\x00\x00IEND\xaeB`\x82"
)


def browser(user: User, language: str = "zh-hans") -> Client:
    client = Client(HTTP_ACCEPT_LANGUAGE=language)
    client.force_login(user)
    client.cookies["django_language"] = language
    return client


def routes(patterns: list[Any] | None = None, prefix: str = "") -> Iterator[tuple[str, str]]:
    """Every route of the portal: name, pattern."""
    for entry in patterns if patterns is not None else get_resolver().url_patterns:
        text = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            if entry.namespace == "admin":
                continue
            yield from routes(entry.url_patterns, text)
        elif isinstance(entry, URLPattern):
            yield entry.name or "", text


def addresses(case: Case) -> list[str]:
    """Every address of the portal, filled with the ids of one case and its rows."""
    values = {
        "pk": str(case.pk),
        "name": "note_progress",
        "kind": "stations.request",
        "key": "stations.requests_resolved",
        "form": "csv",
        "year": "2027",
        "token": "no-such-token",
        "certificate": "00000000-0000-4000-8000-000000000000",
        "ref": str(case.pk),
        "code": "not-found",
        "rest": "nowhere",
        "step": "received",
        "number": "1",
        "language": "en",
        "item": "1",
        "channel": "webhook",
    }
    out = []
    for _name, pattern in routes():
        filled = re.sub(r"\(\?P<(\w+)>[^)]*\)\)?|<(?:\w+:)?(\w+)>", lambda m: values[m[1] or m[2]], pattern)
        out.append("/" + filled.replace("^", "").replace("$", "").replace("\\", ""))
    return out


def test_the_case_of_another_enterprise_or_team_does_not_exist(park: SimpleNamespace) -> None:
    case = handled(park)
    own = [a for a in addresses(case) if a.startswith(f"/cases/{case.pk}/")]
    assert len(own) >= 6
    for stranger in (park.rival, park.other_steward, park.administrator):
        client = browser(stranger)
        for address in own:
            for method in ("get", "post"):
                status = getattr(client, method)(address).status_code
                assert status in (404, 405), (stranger, method, address, status)
    assert Event.objects.filter(case=case).count() == 5


def test_the_wrong_role_is_told_no(park: SimpleNamespace) -> None:
    case = file_request(park)
    answer = browser(park.owner).post(reverse("cases:case_perform", args=[case.pk, "accept"]))
    assert answer.status_code == 403
    case.refresh_from_db()
    assert case.step == "received"


def test_nobody_gets_in_without_signing_in(park: SimpleNamespace) -> None:
    case = handled(park)
    open_doors = {"/accounts/sign-in/", "/healthz", "/readyz", "/metrics"}
    open_doors |= {"/approvals/", "/approvals/windows/", "/approvals/procedures/"}  # the guide is for anybody
    open_doors |= {"/approvals/reforms/", "/funds/policies/", "/funds/publicity/", "/funds/payouts/"}
    for address in addresses(case):
        status = Client().get(address).status_code
        if address not in open_doors:
            assert status in (302, 401, 403, 404, 405), (address, status)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("name", EVERYBODY)
def test_the_first_page_greets_everybody(park: SimpleNamespace, name: str, language: str) -> None:
    handled(park)
    answer = browser(getattr(park, name), language).get("/", follow=True)
    assert answer.status_code == 200
    assert ("园区企业服务" if language == "zh-hans" else "Park services") in answer.content.decode()


def test_a_stale_page_is_told_who_was_faster_and_keeps_what_was_typed(park: SimpleNamespace) -> None:
    case = handled(park)
    version = case.version
    engine.comment(case, by=actor(park.head), data={"body": "请加快"}, now=MONDAY)
    answer = browser(park.handler).post(
        reverse("cases:case_perform", args=[case.pk, "note_progress"]),
        {"version": version, "note": "配件今天下午到货"},
    )
    assert answer.status_code == 409
    assert "配件今天下午到货" in answer.content.decode()


def test_a_double_click_does_a_thing_once(park: SimpleNamespace) -> None:
    case = accept(park, file_request(park), MONDAY)
    client = browser(park.steward)
    address = reverse("cases:case_perform", args=[case.pk, "handle_here"])
    data = {"version": case.version}
    assert client.post(address, data).status_code == 302
    assert client.post(address, data).status_code == 409
    assert Event.objects.filter(case=case, verb="handle_here").count() == 1


def test_an_error_keeps_the_input_beside_the_field(park: SimpleNamespace) -> None:
    case = handled(park)
    answer = browser(park.handler).post(
        reverse("cases:case_perform", args=[case.pk, "report"]),
        {"version": case.version, "result": "explained", "result_text": "依规不能办理"},
    )
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "依规不能办理" in page
    assert 'aria-invalid="true"' in page


def test_the_enterprise_never_reads_what_is_internal(park: SimpleNamespace) -> None:
    case = handled(park)
    engine.comment(case, by=actor(park.head), data={"body": "内部意见勿外传", "internal": "on"}, now=MONDAY)
    page = browser(park.owner).get(reverse("cases:case_view", args=[case.pk])).content.decode()
    assert "内部意见勿外传" not in page
    assert (
        "内部意见勿外传"
        in browser(park.handler).get(reverse("cases:case_view", args=[case.pk])).content.decode()
    )


@pytest.mark.parametrize("rows", [3, 60])
def test_a_queue_page_costs_the_same_at_any_size(
    park: SimpleNamespace, rows: int, django_assert_max_num_queries: Any
) -> None:
    for _ in range(rows):
        file_request(park)
    client = browser(park.steward)
    client.get("/work/?view=team")
    with django_assert_max_num_queries(8):
        answer = client.get("/work/?view=team")
    assert answer.status_code == 200
    assert len(answer.content) < 150_000


def test_paging_walks_every_case_once_in_both_directions(park: SimpleNamespace) -> None:
    made = {file_request(park).pk for _ in range(120)}
    client = browser(park.steward)
    seen: list[int] = []
    address = "/work/?view=team"
    pages = 0
    while address:
        page = client.get(address).content.decode()
        seen += [int(pk) for pk in re.findall(r'id="case-(\d+)"', page)]
        later = re.search(r'href="([^"]+)" rel="next"', page)
        address = "/work/" + later[1].replace("&amp;", "&") if later else ""
        pages += 1
    assert pages == 3
    assert len(seen) == len(made)
    assert set(seen) == made
    back = re.search(r'href="([^"]+)" rel="prev"', page)
    assert back
    earlier = client.get("/work/" + back[1].replace("&amp;", "&")).content.decode()
    assert [int(pk) for pk in re.findall(r'id="case-(\d+)"', earlier)] == seen[50:100]


@pytest.mark.parametrize(
    "query",
    [
        "after=x",
        "after=,5",
        "after=9999-99-99,1",
        "before=%00,1",
        "sort=password",
        "light=pink",
        "team=999",
        "kind=auth.user",
    ],
)
def test_hostile_filters_are_ignored(park: SimpleNamespace, query: str) -> None:
    file_request(park)
    assert browser(park.steward).get(f"/work/?view=team&{query}").status_code == 200


def test_filters_find_by_word_light_and_kind(park: SimpleNamespace) -> None:
    file_request(park, title="污水管网堵塞")
    file_request(park, title="班车时间调整")
    client = browser(park.steward)
    page = client.get("/work/?view=unclaimed&q=污水&kind=stations.request&light=late").content.decode()
    assert "污水管网堵塞" in page
    assert "班车时间调整" not in page


def test_claiming_from_the_list_swaps_the_row(park: SimpleNamespace) -> None:
    case = file_request(park)
    answer = browser(park.steward).post(f"/work/{case.pk}/claim/", HTTP_HX_REQUEST="true")
    assert park.steward.display_name in answer.content.decode()
    assert browser(park.colleague).post(f"/work/{case.pk}/claim/").status_code == 409


def test_give_me_the_next_opens_it(park: SimpleNamespace) -> None:
    case = file_request(park)
    answer = browser(park.steward).post(reverse("cases:queue_next"))
    assert answer.headers["Location"] == reverse("cases:case_view", args=[case.pk])
    assert browser(park.colleague).post(reverse("cases:queue_next")).headers["Location"] == "/work/"


def test_a_case_page_costs_a_dozen_queries(park: SimpleNamespace, django_assert_max_num_queries: Any) -> None:
    case = reported(park)
    client = browser(park.handler)
    client.get(reverse("cases:case_view", args=[case.pk]))
    with django_assert_max_num_queries(16):
        client.get(reverse("cases:case_view", args=[case.pk]))


# Filing ----------------------------------------------------------------------------------------


def test_filing_by_page_opens_a_case_and_ends_the_draft(park: SimpleNamespace) -> None:
    client = browser(park.owner)
    saved = client.post(reverse("cases:draft_save", args=["stations.request"]), {"title": "停电"})
    assert "saved_at" in saved.json()
    draft = Draft.objects.get()
    assert draft.data == {"title": "停电"}
    page = client.get(reverse("stations:request_file")).content.decode()
    assert str(draft.token) in page
    assert "停电" in page
    data = {**filing(park), "token": str(draft.token)}
    first = client.post(reverse("stations:request_file"), data)
    second = client.post(reverse("stations:request_file"), data)
    assert first.headers["Location"] == second.headers["Location"]
    assert Case.objects.count() == 1
    assert not Draft.objects.exists()


def test_two_tabs_share_one_draft_and_lose_nothing(park: SimpleNamespace) -> None:
    address = reverse("cases:draft_save", args=["stations.request"])
    browser(park.owner).post(address, {"title": "停电"})
    browser(park.agent).post(address, {"description": "三号车间"})
    assert Draft.objects.get().data == {"title": "停电", "description": "三号车间"}


def test_errors_in_filing_keep_everything_typed_and_the_uploaded_file(park: SimpleNamespace) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    upload = SimpleUploadedFile("现场照片.png", PNG, "image/png")
    answer = browser(park.owner).post(
        reverse("stations:request_file"), {**filing(park, title=""), "new_documents": upload}
    )
    assert answer.status_code == 422
    assert "三号车间昨晚起停电" in answer.content.decode()
    assert Document.objects.get().enterprise == park.ours


def test_a_document_of_another_enterprise_cannot_be_used(park: SimpleNamespace) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    client = browser(park.rival)
    client.post(reverse("cases:document_list"), {"file": SimpleUploadedFile("a.pdf", PDF), "title": "执照"})
    theirs = Document.objects.get()
    answer = browser(park.owner).post(
        reverse("stations:request_file"), {**filing(park), "documents": [theirs.pk]}
    )
    assert answer.status_code == 422
    assert browser(park.owner).get(reverse("cases:document_download", args=[theirs.pk])).status_code == 404
    case = file_request(park)
    attach = reverse("cases:case_attach", args=[case.pk])
    assert browser(park.owner).post(attach, {"document": theirs.pk}).status_code == 404


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("licence.pdf", b"<html><script>alert(1)</script></html>"),
        ("photo.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>"),
        ("empty.pdf", b""),
        ("tool.exe", b"MZ" + b"\0" * 200),
    ],
)
def test_files_are_known_by_content(park: SimpleNamespace, name: str, content: bytes) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    answer = browser(park.owner).post(
        reverse("cases:document_list"), {"file": SimpleUploadedFile(name, content)}
    )
    assert answer.status_code == 422
    assert not Document.objects.exists()


def test_the_same_paper_is_kept_once_and_its_name_is_only_a_label(park: SimpleNamespace) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    from portal.cases import papers

    for name in ("../../etc/passwd.pdf", "b.pdf"):
        document = papers.store(
            SimpleUploadedFile(name, PDF), by=park.owner, now=MONDAY, enterprise=park.ours
        )
    assert Document.objects.count() == 1
    assert papers.clean_name("..\\..\\a\x00b.pdf") == "ab.pdf"
    case = file_request(park)
    engine.attach(case, document, by=actor(park.owner), now=MONDAY)
    answer = browser(park.steward).get(reverse("cases:document_download", args=[document.pk]))
    assert b"".join(answer.streaming_content) == PDF  # type: ignore[attr-defined]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_steward_finds_an_enterprise_and_files_for_it(park: SimpleNamespace) -> None:
    client = browser(park.steward)
    assert "云栖材料" in client.get("/stations/requests/desk/?q=云栖").content.decode()
    address = f"/stations/requests/desk/?enterprise={park.theirs.pk}"
    assert client.get(address).status_code == 200
    data = {**filing(park), "enterprise": park.theirs.pk, "channel": "phone"}
    assert client.post("/stations/requests/desk/", data).status_code == 302
    assert Case.objects.get().enterprise == park.theirs
    assert browser(park.handler).get(address).status_code == 403


# Every operation of the kernel by page ----------------------------------------------------------


def test_operations_work_by_page(park: SimpleNamespace) -> None:
    case = handled(park, present())

    def post(who: User, name: str, **data: Any) -> int:
        return browser(who).post(reverse("cases:case_operate", args=[case.pk, name]), data).status_code

    assert post(park.handler, "release") == 302
    assert post(park.head, "assign", assignee=park.handler.pk) == 302
    assert post(park.head, "assign", assignee=park.steward.pk) == 422
    service = park.team["enterprise_service"].pk
    assert post(park.handler, "transfer", to_team=service, reason="职责") == 302
    assert browser(park.service).get("/work/?view=incoming").content.decode().count("车间停电") >= 1
    assert post(park.handler, "withdraw_transfer") == 302
    assert post(park.handler, "transfer", to_team=service, reason="职责") == 302
    assert post(park.service, "decline_transfer", answer="不属") == 302
    assert post(park.head, "pause", reason="supplement", basis="法", planned_days=2, notice="等材料") == 422
    told = {"basis": "法", "planned_days": 2, "notice": "等材料", "missing": "图纸"}
    assert post(park.head, "pause", reason="supplement", **told) == 302
    assert post(park.handler, "resume") == 302
    assert post(park.handler, "ask_extension", days=2, reason="配件") == 302
    assert post(park.head, "grant_extension") == 302
    assert post(park.handler, "nonsense") == 404
    assert browser(park.head).get(reverse("cases:case_operate", args=[case.pk, "pause"])).status_code == 200


def test_the_enterprise_rates_by_page(park: SimpleNamespace) -> None:
    case = closed(park)
    client = browser(park.owner)
    assert client.get(reverse("cases:case_rate", args=[case.pk])).status_code == 200
    assert client.post(reverse("cases:case_rate", args=[case.pk]), {}).status_code == 422
    assert client.post(reverse("cases:case_rate", args=[case.pk]), {"level": 5}).status_code == 302
    assert client.post(reverse("cases:case_rate", args=[case.pk]), {"level": 5}).status_code == 409
    assert client.get("/my-cases/").status_code == 200


def test_talk_reaches_both_sides(park: SimpleNamespace) -> None:
    case = handled(park)
    address = reverse("cases:case_comment", args=[case.pk])
    browser(park.owner).post(address, {"body": "何时来电？"})
    browser(park.handler).post(address, {"body": "今天下午"})
    page = browser(park.owner).get(reverse("cases:case_view", args=[case.pk])).content.decode()
    assert "何时来电？" in page
    assert "今天下午" in page
    assert Notice.objects.filter(recipient=park.handler, key="case.commented").exists()
    assert Notice.objects.filter(recipient=park.agent, key="case.commented").exists()
    assert browser(park.owner).post(address, {"body": ""}).status_code == 422


def test_notices_are_ones_own(park: SimpleNamespace) -> None:
    file_request(park)
    mine = Notice.objects.filter(recipient=park.steward).latest("pk")
    address = reverse("notices:notice_open", args=[mine.pk])
    assert browser(park.rival).post(address).status_code == 404
    assert browser(park.steward).post(address).status_code == 302
    mine.refresh_from_db()
    assert mine.read_at is not None
    assert browser(park.agent).post(reverse("notices:notice_read_all")).status_code == 302
    assert not Notice.objects.filter(recipient=park.agent, read_at=None).exists()


def test_boards_show_what_is_late(park: SimpleNamespace) -> None:
    handled(park)
    from portal.cases import watch
    from tests.people import at

    watch.sweep(at("2026-12-01 09:00"))
    for who in (park.head, park.leader, park.supervisor):
        assert browser(who).get("/team/").status_code == 200
        page = browser(who).get("/escalations/").content.decode()
        assert "车间停电" in page
    assert browser(park.handler).get("/team/").status_code == 403


def test_acting_for_another_of_ones_enterprises(park: SimpleNamespace) -> None:
    from portal.park.models import Agency

    Agency.objects.create(user=park.owner, enterprise=park.theirs, role="agent")
    client = browser(park.owner)
    assert client.post(reverse("acting_for"), {"enterprise": park.theirs.pk}).status_code == 302
    assert "云栖材料" in client.get("/").content.decode()
    assert browser(park.agent).post(reverse("acting_for"), {"enterprise": park.theirs.pk}).status_code == 404


def test_look_and_language_are_remembered(park: SimpleNamespace) -> None:
    client = browser(park.owner)
    answer = client.post(reverse("theme"), {"theme": "dark", "next": "https://evil.example/"})
    assert answer.headers["Location"] == "/"
    assert 'data-theme="dark"' in client.get("/").content.decode()


def test_sign_in_is_locked_after_five_wrong_passwords(park: SimpleNamespace) -> None:
    from tests.people import PASSWORD

    client = Client()
    address = reverse("accounts:sign_in")
    for _ in range(5):
        client.post(address, {"username": "owner", "password": "wrong"})
    locked = client.post(address, {"username": "owner", "password": PASSWORD})
    assert locked.status_code == 429
    assert Client().post(address, {"username": "agent", "password": PASSWORD}).status_code == 302


def test_demonstration_sign_in_exists_in_the_demonstration_park_only(
    park: SimpleNamespace, settings: Any
) -> None:
    User.objects.filter(pk=park.owner.pk).update(is_demonstration=True, language="en")
    address = reverse("demonstration_sign_in")
    assert Client().post(address, {"username": "owner"}).status_code == 404
    settings.DEMONSTRATION = True
    assert Client().get(reverse("accounts:sign_in")).content.decode().count("Owner") == 1
    assert Client().post(address, {"username": "owner"}).status_code == 302
    assert Client().post(address, {"username": "agent"}).status_code == 404


def test_ones_own_account(park: SimpleNamespace) -> None:
    client = browser(park.owner)
    seen = re.search(r'name="seen" value="(\w+)"', client.get(reverse("accounts:profile")).content.decode())
    assert seen
    data = {"display_name": "Owner", "email": "", "phone": "", "language": "en", "seen": seen[1]}
    assert client.post(reverse("accounts:profile"), data).status_code == 302
    assert client.post(reverse("accounts:profile"), {"display_name": ""}).status_code == 409
    assert client.get(reverse("accounts:password_change")).status_code == 200
    assert client.post(reverse("accounts:sign_out")).status_code == 302


def test_stations_are_listed_nearest_open_first(park: SimpleNamespace) -> None:
    page = browser(park.owner).get("/stations/").content.decode()
    assert page.index("中南驿站") < page.index("金荣驿站")  # 112.91 lies nearer to 112.912 than 112.90


def test_health_speaks_of_database_redis_and_migrations(park: SimpleNamespace) -> None:
    assert Client().get("/healthz").status_code == 200
    state = Client().get("/readyz").json()
    assert (state["database"], state["redis"], state["migrations"]) == (True, True, True)


def test_a_draft_begun_on_a_page_goes_when_that_page_is_sent(park: SimpleNamespace) -> None:
    client = browser(park.owner)
    page = client.get("/stations/requests/new/").content.decode()
    save = re.search(r'data-autosave-url="([^"]+)"', page)
    token = re.search(r'name="token" value="([^"]+)"', page)
    assert save
    assert token
    client.post(save[1], {"title": "车间停电"})
    assert Draft.objects.get().data == {"title": "车间停电"}
    client.post("/stations/requests/new/", {**filing(park), "token": token[1]})
    assert not Draft.objects.exists()

"""Who acts for an enterprise: invited by its owner, within a scope, until a day; and the attacks on it."""

from __future__ import annotations

import re
import threading
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from portal.accounts.models import User
from portal.cases import engine
from portal.cases.access import visible_to
from portal.cases.errors import CaseError, NotAllowed
from portal.cases.models import Document, Draft
from portal.notices.models import Notice
from portal.park.models import Agency
from portal.trust import invitations, letters, ownership
from portal.trust.models import Invitation, Letter, OwnershipOffer
from portal.worktime.now import now
from tests.pages.test_pages import PDF, browser
from tests.people import PASSWORD, actor, at, file_request, filing, person

pytestmark = pytest.mark.django_db
NOON = at("2026-11-16 12:00")
PEOPLE = "/enterprise/people/"
INVITE = "/enterprise/people/invite/"
KIND = "stations.request"


@pytest.fixture(autouse=True)
def _frozen() -> Any:
    with time_machine.travel(NOON, tick=False):
        yield


def form(**changes: Any) -> dict[str, Any]:
    return {"name": "李四", "email": "", "scope": "all", "expires_on": "2026-12-31", **changes}


def invited(park: SimpleNamespace, **changes: Any) -> tuple[Invitation, str]:
    """An invitation by page, and the path of its link."""
    answer = browser(park.owner).post(INVITE, form(**changes))
    assert answer.status_code == 302
    found = Invitation.objects.latest("pk")
    return found, reverse("trust:invitation", args=[invitations.token(found)])


def limit(park: SimpleNamespace, **scope: Any) -> Agency:
    Agency.objects.filter(user=park.agent).update(**scope)
    return Agency.objects.get(user=park.agent)


# Inviting and accepting -------------------------------------------------------------------------


def test_an_invitation_is_mailed_shown_and_accepted_by_an_account(park: SimpleNamespace) -> None:
    _found, path = invited(park, email="lisi@example.com")
    assert letters.send_due(now()) == 1
    assert path in mail.outbox[0].body
    assert mail.outbox[0].to == ["lisi@example.com"]
    assert path in browser(park.owner).get(PEOPLE).content.decode()
    newcomer = browser(person("newcomer"), "en")
    assert park.ours.name in newcomer.get(path).content.decode()
    assert not Agency.objects.filter(user__username="newcomer").exists()  # looking accepts nothing
    page = newcomer.post(f"{path}accept/", follow=True)
    assert park.ours.name in page.content.decode()
    seat = Agency.objects.get(user__username="newcomer")
    assert (seat.enterprise, seat.role, seat.granted_by) == (park.ours, "agent", park.owner)
    assert str(seat.expires_on) == "2026-12-31"
    assert Notice.objects.filter(recipient=park.owner, key="trust.accepted").count() == 1
    history = browser(park.owner, "en").get(PEOPLE).content.decode()
    assert "Newcomer" in history[history.index("What has changed") :]


def test_somebody_without_an_account_makes_one_with_the_password_policy(park: SimpleNamespace) -> None:
    _found, path = invited(park, email="lisi@example.com")
    client = Client()
    data = {"display_name": "李四", "username": "lisi", "password1": "short", "password2": "short"}
    assert client.post(f"{path}join/", data).status_code == 422
    data |= {"password1": "a-quite-long-secret", "password2": "a-quite-long-secret"}
    assert client.post(f"{path}join/", data).headers["Location"] == "/"
    user = User.objects.get(username="lisi")
    assert Agency.objects.get(user=user).enterprise == park.ours
    assert client.get("/my-cases/").status_code == 200
    again = client.post(f"{path}join/", data)  # the second click
    assert again.headers["Location"] == "/"
    assert User.objects.filter(username="lisi").count() == 1


def test_a_link_works_once_and_a_double_click_is_one_acceptance(park: SimpleNamespace) -> None:
    _found, path = invited(park)
    first = browser(person("first"))
    assert first.post(f"{path}accept/").status_code == 302
    assert first.post(f"{path}accept/").status_code == 302
    assert browser(person("second")).post(f"{path}accept/").status_code == 409
    assert browser(park.rival).get(path).status_code == 410
    assert Agency.objects.filter(enterprise=park.ours, user__username="second").count() == 0
    Agency.objects.filter(user__username="first").delete()  # ended: the old link brings nothing back
    assert first.post(f"{path}accept/").status_code == 409


def test_an_expired_link_says_so_and_brings_nobody_in(park: SimpleNamespace) -> None:
    _found, path = invited(park)
    with time_machine.travel(NOON + timedelta(days=7), tick=False):
        newcomer = person("newcomer")
        page = browser(newcomer, "en").get(path)
        assert page.status_code == 410
        assert "has expired" in page.content.decode()
        assert browser(newcomer).post(f"{path}accept/").status_code == 409
        data = {"display_name": "李四", "username": "lisi", "password1": "a-quite-long-secret"}
        assert Client().post(f"{path}join/", data | {"password2": data["password1"]}).status_code == 410
    with time_machine.travel(NOON + timedelta(days=7, seconds=-1), tick=False):
        assert browser(newcomer).post(f"{path}accept/").status_code == 302


def test_withdrawn_declined_and_replaced_links_say_so(park: SimpleNamespace) -> None:
    found, path = invited(park)
    owner = browser(park.owner)
    owner.post(reverse("trust:invitation_withdraw", args=[found.pk]))
    assert "has withdrawn" in browser(park.rival, "en").get(path).content.decode()
    assert browser(park.rival).post(f"{path}accept/").status_code == 409
    found, path = invited(park, email="lisi@example.com")
    assert Client(HTTP_ACCEPT_LANGUAGE="en").post(f"{path}decline/").status_code == 302
    assert "was declined" in browser(park.rival, "en").get(path).content.decode()
    assert Notice.objects.filter(recipient=park.owner, key="trust.declined").exists()
    assert owner.post(reverse("trust:invitation_resend", args=[found.pk])).status_code == 409
    found, path = invited(park, email="lisi@example.com")
    letters.send_due(now())
    owner.post(reverse("trust:invitation_resend", args=[found.pk]))
    assert browser(park.rival).get(path).status_code == 404  # the former link is void
    letters.send_due(now())
    assert len(mail.outbox) == 2  # of the declined one none: it was answered before its turn
    assert Letter.objects.filter(state="dead").count() == 1


def test_a_link_cannot_be_guessed_or_altered(park: SimpleNamespace) -> None:
    found, _path = invited(park)
    real = invitations.token(found)
    other, _other_path = invited(park)
    forged = [
        real[:-1] + ("A" if real[-1] != "A" else "B"),
        real.replace(f"{found.pk}-", f"{other.pk}-", 1),
        f"{found.pk}-{found.nonce}",
        f"{found.pk}-{found.nonce}.",
        "x", "1-2.3", ".", "%00",
    ]  # fmt: skip
    for token in forged:
        for client in (Client(), browser(park.rival)):
            for end in ("", "accept/", "join/", "decline/"):
                method = client.post if end else client.get
                assert method(f"/invitations/{token}/{end}").status_code in (302, 404), (token, end)
    assert not Agency.objects.filter(user=park.rival, enterprise=park.ours).exists()


def test_an_invitation_of_another_enterprise_cannot_be_touched(park: SimpleNamespace) -> None:
    found, path = invited(park)
    rival = browser(park.rival)
    for name in ("invitation_resend", "invitation_withdraw"):
        assert rival.post(reverse(f"trust:{name}", args=[found.pk])).status_code == 404
    assert path not in rival.get(PEOPLE).content.decode()
    seat = Agency.objects.get(user=park.agent)
    assert rival.get(reverse("trust:agent", args=[seat.pk])).status_code == 404
    for name in ("agent", "agent_end", "ownership_offer"):
        answer = rival.post(reverse(f"trust:{name}", args=[seat.pk]), form(password=PASSWORD))
        assert answer.status_code == 404
    found.refresh_from_db()
    assert found.state == "pending"
    with pytest.raises(NotAllowed):
        invitations.withdraw(found.pk, by=actor(park.rival), now=now())


def test_an_agent_invites_nobody_and_staff_neither(park: SimpleNamespace) -> None:
    seat = Agency.objects.get(user=park.agent)
    for outsider in (park.agent, park.steward, park.administrator):
        client = browser(outsider)
        assert client.get(PEOPLE).status_code == 403
        assert client.post(INVITE, form()).status_code == 403
        assert client.post(reverse("trust:agent_end", args=[seat.pk])).status_code == 403
    data = {"name": "x", "email": "", "read_only": False, "kinds": [], "expires_on": "2026-12-31"}
    with pytest.raises(NotAllowed):
        invitations.invite(park.ours, by=actor(park.agent), data=data, now=now())
    assert not Invitation.objects.exists()


def test_an_invitation_falls_with_the_ownership_of_who_sent_it(park: SimpleNamespace) -> None:
    _found, path = invited(park)
    offer = ownership.offer(Agency.objects.get(user=park.agent).pk, by=actor(park.owner), now=now())
    ownership.accept(offer.pk, by=actor(park.agent), now=now())
    assert browser(person("newcomer")).post(f"{path}accept/").status_code == 409


def test_nothing_tells_whether_an_address_has_an_account(park: SimpleNamespace) -> None:
    client = browser(park.owner, "en")
    pages = []
    for email in ("steward@example.com", "nobody@example.com"):
        page = client.post(INVITE, form(email=email), follow=True).content.decode()
        pages.append(
            re.sub(r"[\w.-]+@example.com|/invitations/[^/]+/|link-\d+|/\d+/|token\W+value=\"\w+\"", "", page)
        )
    assert pages[0].count("waiting for the answer") == 1
    assert Notice.objects.count() == 0  # an account that claims the address hears nothing of it
    assert Letter.objects.count() == 2


def test_a_link_does_not_serve_to_try_out_sign_in_names(park: SimpleNamespace) -> None:
    found, path = invited(park)
    data = {"display_name": "x", "password1": "a-quite-long-secret", "password2": "a-quite-long-secret"}
    for _n in range(10):
        assert Client().post(f"{path}join/", data | {"username": "owner"}).status_code == 422
    page = Client().post(f"{path}join/", data | {"username": "free-name"})
    assert page.status_code == 200
    assert not User.objects.filter(username="free-name").exists()
    browser(park.owner).post(reverse("trust:invitation_resend", args=[found.pk]))
    found.refresh_from_db()
    fresh = reverse("trust:invitation", args=[invitations.token(found)])
    assert Client().post(f"{fresh}join/", data | {"username": "free-name"}).status_code == 302


def test_signing_in_on_the_way_leads_back_to_the_invitation(park: SimpleNamespace) -> None:
    _found, path = invited(park)
    visitor = Client()
    ended = visitor.post(f"{path}accept/", HTTP_REFERER=f"http://testserver{path}")
    assert ended.status_code == 401
    assert path.replace("/", "%2F") in ended.content.decode()
    answer = visitor.post("/accounts/sign-in/", {"username": "rival", "password": PASSWORD, "next": path})
    assert answer.headers["Location"] == path
    visitor.post(f"{path}accept/")
    assert set(actor(park.rival).agencies.values()) == {"owner", "agent"}


def test_an_owner_cannot_accept_the_own_invitation_nor_flood_strangers(park: SimpleNamespace) -> None:
    _found, path = invited(park, email="lisi@example.com")
    assert browser(park.owner).post(f"{path}accept/").status_code == 422
    assert browser(park.owner).post(INVITE, form(email="LISI@example.com")).status_code == 422
    for n in range(19):
        invited(park, email=f"n{n}@example.com")
    assert browser(park.owner).post(INVITE, form(email="one-more@example.com")).status_code == 422


@pytest.mark.parametrize("day", ["2026-11-15", "2028-01-01", "x", ""])
def test_the_last_day_lies_within_a_year(park: SimpleNamespace, day: str) -> None:
    answer = browser(park.owner).post(INVITE, form(expires_on=day))
    assert answer.status_code == 422
    assert "李四" in answer.content.decode()


def test_a_mail_server_that_is_down_delays_the_letter(park: SimpleNamespace, settings: Any) -> None:
    invited(park, email="lisi@example.com")
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    assert letters.send_due(now()) == 0
    row = Letter.objects.get()
    assert (row.state, row.tries) == ("pending", 1)
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert letters.send_due(now()) == 0
    assert letters.send_due(now() + timedelta(minutes=2)) == 1


# Scope ------------------------------------------------------------------------------------------


def test_who_may_only_look_sees_everything_and_does_nothing(park: SimpleNamespace) -> None:
    case = file_request(park, now())
    limit(park, read_only=True)
    client = browser(park.agent)
    page = client.get(reverse("cases:case_view", args=[case.pk])).content.decode()
    assert case.title in page
    assert reverse("cases:case_comment", args=[case.pk]) not in page
    assert reverse("cases:case_attach", args=[case.pk]) not in page
    refused = [
        (reverse("cases:case_comment", args=[case.pk]), {"body": "x"}),
        (reverse("cases:case_attach", args=[case.pk]), {}),
        (reverse("cases:case_perform", args=[case.pk, "withdraw"]), {"reason": "x"}),
        (reverse("cases:draft_save", args=[KIND]), {"title": "x"}),
        (reverse("cases:document_list"), {}),
        (reverse("stations:request_file"), filing(park)),
    ]
    for address, data in refused:
        assert client.post(address, data).status_code == 403, address
    assert client.get(reverse("stations:request_file")).status_code == 403
    assert client.get("/").status_code == 200
    assert not Draft.objects.exists()
    assert not Document.objects.exists()
    for call in (
        lambda: engine.comment(case, by=actor(park.agent), data={"body": "x"}, now=now()),
        lambda: engine.perform(case, "withdraw", by=actor(park.agent), data={"reason": "x"}, now=now()),
        lambda: engine.open_case(
            KIND, by=actor(park.agent), enterprise=park.ours, data=filing(park), now=now()
        ),
        lambda: engine.rate(case, by=actor(park.agent), data={"level": 5}, now=now()),
    ):
        with pytest.raises(NotAllowed):
            call()


def test_what_one_filed_oneself_is_out_of_hand_with_the_agency(park: SimpleNamespace) -> None:
    case = engine.open_case(KIND, by=actor(park.agent), enterprise=park.ours, data=filing(park), now=now())
    limit(park, read_only=True)
    with pytest.raises(NotAllowed):
        engine.perform(case, "withdraw", by=actor(park.agent), data={"reason": "x"}, now=now())
    Agency.objects.filter(user=park.agent).delete()
    assert not visible_to(actor(park.agent)).exists()
    with pytest.raises(NotAllowed):
        engine.comment(case, by=actor(park.agent), data={"body": "x"}, now=now())


def test_a_scope_of_some_services_hides_the_others(park: SimpleNamespace) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    case = file_request(park, now())
    browser(park.owner).post(
        reverse("cases:document_list"), {"file": SimpleUploadedFile("公司章程.pdf", PDF)}
    )
    paper = Document.objects.get()
    limit(park, kinds=["funds.claim"])
    client = browser(park.agent)
    assert client.get(reverse("cases:case_view", args=[case.pk])).status_code == 404
    assert case.title not in client.get("/my-cases/").content.decode()
    assert client.get(reverse("cases:document_download", args=[paper.pk])).status_code == 404
    assert paper.title not in client.get(reverse("cases:document_list")).content.decode()
    assert client.post(reverse("stations:request_file"), filing(park)).status_code == 403
    with pytest.raises(NotAllowed):
        engine.open_case(KIND, by=actor(park.agent), enterprise=park.ours, data=filing(park), now=now())
    before = Notice.objects.filter(recipient=park.agent).count()
    engine.comment(case, by=actor(park.steward), data={"body": "请补充"}, now=now())
    assert Notice.objects.filter(recipient=park.agent).count() == before
    assert Notice.objects.filter(recipient=park.owner, key="case.commented").exists()
    limit(park, kinds=[KIND])
    assert client.get(reverse("cases:case_view", args=[case.pk])).status_code == 200
    engine.attach(case, paper, by=actor(park.owner), now=now())
    assert client.get(reverse("cases:document_download", args=[paper.pk])).status_code == 200
    engine.comment(case, by=actor(park.agent), data={"body": "好"}, now=now())


def test_sight_ends_at_midnight_after_the_last_day(park: SimpleNamespace) -> None:
    case = file_request(park, now())
    limit(park, expires_on="2026-11-20")
    address = reverse("cases:case_view", args=[case.pk])
    client = browser(park.agent)
    with time_machine.travel(at("2026-11-20 23:59"), tick=False):
        assert browser(park.agent).get(address).status_code == 200
    with time_machine.travel(at("2026-11-21 00:00"), tick=False):
        assert browser(park.agent).get(address).status_code == 404
        with pytest.raises(NotAllowed):
            engine.comment(case, by=actor(park.agent), data={"body": "x"}, now=now())
    assert client.get(address).status_code == 200


def test_an_agent_is_changed_and_ended_at_once(park: SimpleNamespace) -> None:
    case = file_request(park, now())
    seat = Agency.objects.get(user=park.agent)
    agent, owner = browser(park.agent), browser(park.owner)
    address = reverse("cases:case_view", args=[case.pk])
    assert agent.get(address).status_code == 200
    page: Any = owner.get(reverse("trust:agent", args=[seat.pk]))
    assert page.status_code == 200
    given = {"scope": "read", "expires_on": "2026-12-01", "seen": page.context["form"]["seen"].value()}
    limit(park, read_only=False, kinds=["stations.request"])  # by an administrator, in the register
    told: Any = owner.post(reverse("trust:agent", args=[seat.pk]), given)
    assert told.status_code == 409
    assert "两个版本" in told.content.decode()
    seat.refresh_from_db()
    assert seat.kinds == ["stations.request"]
    given["seen"] = told.context["form"]["seen"].value()
    assert owner.post(reverse("trust:agent", args=[seat.pk]), given).status_code == 302
    seat.refresh_from_db()
    assert (seat.read_only, str(seat.expires_on), seat.granted_by) == (True, "2026-12-01", park.owner)
    owner.post(reverse("trust:agent_end", args=[seat.pk]))
    assert agent.get(address).status_code == 404
    assert Notice.objects.filter(recipient=park.agent, key="trust.ended").exists()
    history = browser(park.owner, "en").get(PEOPLE).content.decode()
    assert "ended" in history
    mine = Agency.objects.get(user=park.owner)
    assert owner.post(reverse("trust:agent_end", args=[mine.pk])).status_code == 404


# Ownership --------------------------------------------------------------------------------------


def test_ownership_passes_when_the_other_side_agrees(park: SimpleNamespace) -> None:
    seat = limit(park, read_only=True, expires_on="2026-12-01")
    owner, agent = browser(park.owner), browser(park.agent)
    offer_page = reverse("trust:ownership_offer", args=[seat.pk])
    assert owner.post(offer_page, {"password": "wrong"}).status_code == 422
    assert owner.post(offer_page, {"password": PASSWORD}).status_code == 302
    offer = OwnershipOffer.objects.get()
    answer = reverse("trust:ownership", args=[offer.pk])
    assert owner.post(offer_page, {"password": PASSWORD}).status_code == 409
    assert owner.post(answer, {"answer": "accept"}).status_code == 403
    assert browser(park.rival).get(answer).status_code == 404
    assert agent.get(PEOPLE).status_code == 403
    assert agent.get(answer).status_code == 200
    assert agent.post(answer, {"answer": "accept"}).status_code == 302
    assert agent.post(answer, {"answer": "accept"}).status_code == 409
    assert agent.get(PEOPLE).status_code == 200
    assert owner.get(PEOPLE).status_code == 403
    roles = dict(Agency.objects.filter(enterprise=park.ours).values_list("user__username", "role"))
    assert roles == {"agent": "owner", "owner": "agent"}
    mine = Agency.objects.get(user=park.agent)
    assert (mine.read_only, mine.expires_on) == (False, None)


def test_an_offer_is_declined_taken_back_and_lapses(park: SimpleNamespace) -> None:
    seat = Agency.objects.get(user=park.agent)
    first = ownership.offer(seat.pk, by=actor(park.owner), now=now())
    ownership.decline(first.pk, by=actor(park.agent), now=now())
    second = ownership.offer(seat.pk, by=actor(park.owner), now=now())
    ownership.withdraw(second.pk, by=actor(park.owner), now=now())
    third = ownership.offer(seat.pk, by=actor(park.owner), now=now())
    for offer, moment in ((first, now()), (second, now()), (third, now() + timedelta(days=7))):
        with pytest.raises(CaseError):
            ownership.accept(offer.pk, by=actor(park.agent), now=moment)
    invitations.end_agent(seat.pk, by=actor(park.owner), now=now())
    with pytest.raises(CaseError):
        ownership.accept(third.pk, by=actor(park.agent), now=now())
    assert Agency.objects.get(role="owner", enterprise=park.ours).user == park.owner


def test_the_database_allows_one_owner_with_full_scope(park: SimpleNamespace) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Agency.objects.filter(user=park.agent).update(role="owner")
    with pytest.raises(IntegrityError), transaction.atomic():
        Agency.objects.filter(user=park.owner).update(read_only=True)


@pytest.mark.django_db(transaction=True)
def test_two_people_who_accept_one_link_at_once_are_one_agent(
    filled_calendar: None, park: SimpleNamespace
) -> None:
    found, _path = invited(park)
    racers = [person("one"), person("two")]
    gate, results = threading.Barrier(2), []

    def run(user: User) -> None:
        gate.wait()
        try:
            invitations.accept(found, user, now=NOON)
            results.append("in")
        except CaseError:
            results.append("out")
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[user]) for user in racers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["in", "out"]
    assert Agency.objects.filter(user__in=racers).count() == 1

"""The OpenAPI document holds: what the API answers is in it, whatever is asked, by whomever."""

from __future__ import annotations

import functools
import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client
from django.utils import timezone
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema
from hypothesis import HealthCheck, Phase, given, seed
from hypothesis import settings as examples
from hypothesis import strategies as st
from schemathesis import GenerationMode, checks

from portal.api import tokens
from portal.api.models import Scope
from portal.cases import engine, papers
from portal.cases.models import Case, Document, MissingItem
from tests.approvals.catalogue import make_catalogue
from tests.pages.test_pages import PDF
from tests.people import MONDAY, actor, closed, file_request, handled, make_park, reported

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(240)]
EXAMPLES = {GenerationMode.POSITIVE: 4, GenerationMode.NEGATIVE: 2}
HELD = (
    checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
)
ROLES = ("owner", "handler", "administrator")


def document() -> dict[str, Any]:
    found: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return json.loads(json.dumps(found, default=str))


def plan(n: int) -> Any:
    """So many examples, the same ones every time."""
    return examples(
        max_examples=n,
        database=None,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )


@pytest.fixture
def life(db: None, settings: Any) -> SimpleNamespace:
    """A park with cases in many states, and nobody who counts the requests."""
    settings.API_REQUESTS_PER_MINUTE = {"token": 10**6, "user": 10**6, "address": 10**6}
    park = make_park()
    engine.rate(closed(park), by=actor(park.owner), data={"level": 2, "comment": "慢"}, now=MONDAY)
    reported(park)
    file_request(park)
    case = handled(park)
    paper = a_paper(park)
    engine.attach(case, paper, by=actor(park.owner), now=MONDAY)
    told = {"reason": "supplement", "basis": "许可法", "planned_days": 5, "notice": "补", "missing": "图\n表"}
    park.item = make_catalogue(park).permit
    engine.pause(handled(park), by=actor(park.head), data=told, now=MONDAY)
    return park


@pytest.fixture
def application() -> Iterator[WSGIHandler]:
    """The portal as a server calls it, within the transaction of the test: its connection stays open."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield WSGIHandler()
    for signal in signals:
        signal.connect(close_old_connections)


def a_paper(park: SimpleNamespace) -> Document:
    from django.core.files.uploadedfile import SimpleUploadedFile

    upload = SimpleUploadedFile("执照.pdf", PDF)
    return papers.store(upload, by=park.owner, now=MONDAY, enterprise=park.ours)


def bearer(user: Any) -> dict[str, str]:
    _token, text = tokens.make(
        user, name="all", scopes=Scope.values, lifetime=timedelta(days=1), now=timezone.now()
    )
    return {"Authorization": f"Bearer {text}"}


def real_values(park: SimpleNamespace) -> dict[str, list[str]]:
    """What stands in addresses that lead somewhere."""
    cases = [str(pk) for pk in Case.objects.values_list("pk", flat=True)]
    rows = (model.objects.values_list("pk", flat=True) for model in (Document, MissingItem))
    return {
        "ref": cases,
        "id": [*(str(pk) for found in rows for pk in found), str(park.ours.pk), str(park.item.pk), *cases],
        "name": ["accept", "report", "withdraw", "claim", "transfer", "pause", "settle"],
        "kind": ["stations.request", "cases.follow_up"],
        "key": ["stations.requests_resolved", "stations.on_time_share"],
        "code": ["stale", "not-found"],
    }


def test_the_document_is_valid_openapi_3_1() -> None:
    found = document()
    assert found["openapi"].startswith("3.1")
    validate_schema(found)  # type: ignore[no-untyped-call]


@pytest.mark.parametrize("role", ROLES)
def test_whatever_is_asked_the_answer_is_in_the_document(
    life: SimpleNamespace, application: WSGIHandler, role: str
) -> None:
    seen: Counter[int] = Counter()
    problems: list[str] = []
    headers, real = bearer(getattr(life, role)), real_values(life)
    for case, place in asked():
        if place is not None and place % 2:
            lead_somewhere(case, place, real)
        answer = case.call(app=application, headers=headers)
        seen[answer.status_code] += 1
        try:
            case.validate_response(answer, checks=HELD)
        except (AssertionError, BaseExceptionGroup) as error:
            reasons = getattr(error, "exceptions", (error,))
            problems.append(f"{case.operation.label} {answer.status_code}: {[str(r)[:400] for r in reasons]}")
    assert problems == []
    assert {200, 400, 404} <= set(seen), seen


@functools.cache
def asked() -> tuple[tuple[Any, int | None], ...]:
    """Examples of every operation, the same ones for every role: they are made once.

    With a number: half of these are given addresses that lead somewhere. Without: not what the document allows.
    """
    found: list[tuple[Any, int | None]] = []
    for operation in schemathesis.openapi.from_dict(document()).get_all_operations():
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            with suppress(schemathesis.errors.InvalidSchema):
                _collect(operation.ok().as_strategy(generation_mode=mode), mode, found)
    return tuple(found)


def _collect(strategy: Any, mode: GenerationMode, found: list[tuple[Any, int | None]]) -> None:
    @seed(7)
    @plan(EXAMPLES[mode])
    @given(case=strategy, place=st.integers(0, 7))
    def some(case: Any, place: int) -> None:
        found.append((case, place if mode == GenerationMode.POSITIVE else None))

    some()


def lead_somewhere(case: Any, place: int, real: dict[str, list[str]]) -> None:
    for name in case.path_parameters or {}:
        case.path_parameters[name] = real[name][place % len(real[name])]
    if case.headers is not None and "If-Match" in case.headers:
        case.headers["If-Match"] = "*"


def filled(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Values that a field's schema allows."""
    if "oneOf" in schema:
        return st.sampled_from([option["const"] for option in schema["oneOf"]])
    if schema["type"] == "object":
        fields = {name: filled(field) for name, field in schema["properties"].items()}
        needed = {name: fields.pop(name) for name in schema["required"]}
        return st.fixed_dictionaries(needed, optional=fields)
    if schema["type"] == "array":
        return st.lists(filled(schema["items"]), max_size=2, unique=True)
    if schema.get("format") == "date":
        return st.dates().map(str)
    kinds: dict[str, Callable[[], st.SearchStrategy[Any]]] = {
        "string": lambda: st.text(min_size=schema.get("minLength", 0), max_size=schema.get("maxLength", 60)),
        "integer": lambda: st.integers(schema.get("minimum", 0), schema.get("maximum", 2**70)),
        "boolean": st.booleans,
    }
    return kinds[schema["type"]]()


@pytest.mark.parametrize("role", ["owner", "steward", "head"])
def test_whatever_is_offered_can_be_filled_in_by_its_schema(life: SimpleNamespace, role: str) -> None:
    client = Client(headers={**bearer(getattr(life, role)), "If-Match": "*"}, raise_request_exception=False)
    problems: list[str] = []
    tried: Counter[str] = Counter()
    for pk in [*Case.objects.order_by("pk").values_list("pk", flat=True)]:
        for action in _offered(client, pk):
            if action["name"] in {still["name"] for still in _offered(client, pk)}:
                _fill(action, client, problems, tried)
    assert problems == []
    assert tried.total() > 2, tried


def _offered(client: Client, pk: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get(f"/api/v1/cases/{pk}/").json().get("actions", [])
    return found


def _fill(action: dict[str, Any], client: Client, problems: list[str], tried: Counter[str]) -> None:
    """Do what is offered, with any values that its schema allows."""
    done: list[bool] = []

    @seed(7)
    @plan(2)
    @given(body=filled(action["schema"]))
    def fill(body: Any) -> None:
        answer = client.post(action["href"], json.dumps(body), content_type="application/json")
        gone = answer.status_code == 403 and any(done)  # by this very action, to another team
        done.append(answer.status_code < 300)
        tried[action["name"]] += answer.status_code < 300
        if answer.status_code not in (200, 201, 404, 409, 422) and not gone:
            problems.append(f"{action['name']} {answer.status_code} {answer.content.decode()[:300]}")

    fill()

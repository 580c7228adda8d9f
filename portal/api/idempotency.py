"""`Idempotency-Key`: a POST that is sent twice is done once.

The key's row and what the request writes are one transaction, and the request under way holds the
lock on its row. So a second one either finds the answer, or is told that the first is still at it;
and a first one that died has written nothing and can be tried again.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any

from django.db import OperationalError
from django.utils import timezone
from django.utils.translation import gettext as _
from psycopg2.errors import LockNotAvailable
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from portal import files
from portal.api import problems
from portal.api.models import KeptAnswer
from portal.api.problems import Problem

HEADER = "Idempotency-Key"
KEEP = timedelta(hours=24)
REPLAYED = "Idempotency-Replayed"
_KEPT_HEADERS = ("ETag", "Location")
_KEY = re.compile(r"[\x21-\x7e]{1,255}")

Handler = Callable[..., Response]


def once(handler: Handler) -> Handler:
    """Decorator of a POST handler: with a key, the second call answers what the first did."""

    @wraps(handler)
    def guarded(view: APIView, request: Request, *args: Any, **kwargs: Any) -> Response:
        key = request.headers.get(HEADER)
        if key is None:
            return handler(view, request, *args, **kwargs)
        if not _KEY.fullmatch(key):
            raise Problem("malformed", _("An idempotency key is 1 to 255 printable characters."))
        return _guarded(view, request, key, lambda: handler(view, request, *args, **kwargs))

    guarded.takes_key = True  # type: ignore[attr-defined]  # read by the OpenAPI document
    return guarded


def _guarded(view: APIView, request: Request, key: str, work: Callable[[], Response]) -> Response:
    mark = fingerprint(request)
    user_id: int = request.user.pk or 0
    # An answer that is out of date may still lie here until the hourly cleaning.
    KeptAnswer.objects.filter(user=user_id, key=key, created_at__lte=timezone.now() - KEEP).delete()
    fresh = KeptAnswer(user_id=user_id, key=key, fingerprint=mark, created_at=timezone.now())
    KeptAnswer.objects.bulk_create([fresh], ignore_conflicts=True)
    kept = KeptAnswer.objects.get(user=user_id, key=key)
    if kept.fingerprint != mark:
        raise Problem("key-reused")
    if kept.answered_at is not None:
        return replay(kept)
    with files.atomic():
        kept = _locked(kept.pk)
        if kept.answered_at is not None:
            return replay(kept)
        answer = _answered(view, request, work)
        _keep(kept, answer)
    return answer


def _locked(pk: int) -> KeptAnswer:
    try:
        return KeptAnswer.objects.select_for_update(nowait=True).get(pk=pk)
    except OperationalError as error:
        if not isinstance(error.__cause__, LockNotAvailable):
            raise  # the database is gone, say
        raise Problem("under-way", headers={"Retry-After": "1"}) from error


def _answered(view: APIView, request: Request, work: Callable[[], Response]) -> Response:
    """The handler's answer; a refusal is an answer too and is kept like any other."""
    try:
        return work()
    except problems.known() as error:
        refused = problems.handler(error, {"request": request, "view": view})
        if refused is None:
            raise
        return refused


def _keep(kept: KeptAnswer, answer: Response) -> None:
    kept.answered_at = timezone.now()
    kept.status = answer.status_code
    kept.body = JSONRenderer().render(answer.data).decode()
    kept.headers = {name: answer[name] for name in _KEPT_HEADERS if name in answer}
    if answer.content_type:
        kept.headers["Content-Type"] = answer.content_type
    kept.save()


def replay(kept: KeptAnswer) -> Response:
    """The kept answer once more."""
    headers = dict(kept.headers)
    content_type = headers.pop("Content-Type", None)
    return Response(
        json.loads(kept.body),
        status=kept.status,
        headers={**headers, REPLAYED: "true"},
        content_type=content_type,
    )


def fingerprint(request: Request) -> str:
    """A hash of what is asked: the address, the version seen, the fields, and the content of files.

    Not of the raw body: a second try of an upload comes with another boundary.
    """
    parts: list[Any] = [request.method, request.get_full_path(), request.headers.get("If-Match", "")]
    data = request.data
    if hasattr(data, "lists"):
        fields = {name: [v for v in values if isinstance(v, str)] for name, values in data.lists()}
        parts.append(fields)
        for name, files in request.FILES.lists():
            parts += [[name, file.name, _file_hash(file)] for file in files]
    else:
        parts.append(data)
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _file_hash(file: Any) -> str:
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()


def forget(now: datetime) -> int:
    """Delete the answers that are older than a day; how many."""
    return KeptAnswer.objects.filter(created_at__lte=now - KEEP).delete()[0]

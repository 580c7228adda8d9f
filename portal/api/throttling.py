"""How often one may ask: counted per minute in Redis, by token, person or address."""

from __future__ import annotations

import logging
import time
from functools import lru_cache
from typing import TYPE_CHECKING

from django.conf import settings
from redis import Redis
from redis.exceptions import RedisError
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

if TYPE_CHECKING:
    from rest_framework.views import APIView

logger = logging.getLogger(__name__)
WINDOW_S = 60
PATIENCE_S = 0.25  # for a Redis that does not answer


@lru_cache(maxsize=2)
def _server(url: str) -> Redis:
    return Redis.from_url(url, socket_timeout=PATIENCE_S, socket_connect_timeout=PATIENCE_S)


class ApiThrottle(BaseThrottle):
    """So many requests a minute. Without Redis nobody is held back, and the log says so."""

    wait_s: float = 0

    def allow_request(self, request: Request, view: APIView) -> bool:
        kind, who = self._caller(request)
        now = time.time()
        window, into_s = divmod(now, WINDOW_S)
        try:
            count = self._count(f"api:rate:{kind}:{who}:{int(window)}")
        except (RedisError, OSError) as error:
            logger.warning("requests are not counted, Redis is away: %s", error)
            return True
        self.wait_s = WINDOW_S - into_s + 1
        return bool(count <= settings.API_REQUESTS_PER_MINUTE[kind])

    def wait(self) -> float:
        return self.wait_s

    def _caller(self, request: Request) -> tuple[str, str]:
        token = getattr(request._request, "token", None)
        if token is not None:
            return "token", str(token.pk)
        user = request._request.user
        if user.is_authenticated:
            return "user", str(user.pk)
        return "address", self.get_ident(request)

    @staticmethod
    def _count(key: str) -> int:
        with _server(settings.REDIS_URL).pipeline() as pipe:
            pipe.incr(key)
            pipe.expire(key, 2 * WINDOW_S)
            return int(pipe.execute()[0])

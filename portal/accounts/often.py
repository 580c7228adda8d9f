"""How often somebody who has not signed in may send a form: counted in the cache, by address."""

from __future__ import annotations

import logging

from django.core.cache import cache
from django.http import HttpRequest
from redis.exceptions import RedisError

from portal.accounts.addresses import client_address

logger = logging.getLogger(__name__)


def too_often(request: HttpRequest, what: str, *, most: int, within_s: int) -> bool:
    """Counts this sending; whether the address has sent more than `most` of them within the time.

    Without Redis nobody is held back, and the log says so.
    """
    key = f"often:{what}:{client_address(request)}"
    try:
        cache.add(key, 0, within_s)
        return int(cache.incr(key)) > most
    except ValueError:  # it lapsed between the two
        return False
    except (RedisError, OSError) as error:
        logger.warning("forms are not counted, Redis is away: %s", error)
        return False

"""Whether an error means that the database is gone, which passes, or that something is wrong with us."""

from __future__ import annotations

from django.db import InterfaceError, OperationalError

RETRY_AFTER_S = 10
# SQLSTATE of a server that is shutting down, has crashed, is starting, or takes no more connections; class
# 08 is a broken connection. Source: PostgreSQL, appendix A. A deadlock, say, is an OperationalError too.
GONE = frozenset({"57P01", "57P02", "57P03", "57P05", "53300"})


def database_gone(error: BaseException | None) -> bool:
    """Whether the database cannot be reached, or the connection broke in the middle."""
    if not isinstance(error, (OperationalError, InterfaceError)):
        return False
    code: str | None = getattr(error.__cause__, "pgcode", None)
    if code is not None:
        return code.startswith("08") or code in GONE
    # No server has given a code, so it is the driver that speaks: of a connection that does not come about
    # or breaks (OperationalError), or that was broken before ("connection already closed").
    return isinstance(error, OperationalError) or "connection already closed" in str(error)

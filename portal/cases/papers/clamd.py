"""Asking ClamAV's daemon, over TCP or a unix socket: `tcp://host:3310`, `unix:///run/clamav/clamd.ctl`.

Source: clamd(8), section COMMANDS: a command begins with `z` and ends with a NUL; INSTREAM takes chunks,
each with its length in four bytes, most significant first; a chunk of length 0 ends it.
"""

from __future__ import annotations

import re
import socket
import struct
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings

CHUNK = 64 * 1024
ANSWER_MAX = 4096
FOUND = re.compile(r"stream: ([^\x00-\x1f\x7f]+) FOUND")


class Away(Exception):
    """The daemon cannot be reached, or does not answer in time or in its own language."""


@dataclass(frozen=True)
class Verdict:
    """What the daemon says. Neither clean nor infected: it could not look; `detail` says why."""

    clean: bool
    infected: bool
    detail: str


def scan(chunks: Iterable[bytes]) -> Verdict:
    """Have bytes looked through. Raises Away, and what `chunks` raises."""
    answer = _ask(b"zINSTREAM\0", chunks)
    # Whoever answers something else at that address, if only "OK", has looked at nothing.
    if answer == "stream: OK":
        return Verdict(True, False, "")
    if found := FOUND.fullmatch(answer):
        return Verdict(False, True, found[1])
    if answer.endswith("ERROR") and answer.isprintable():
        return Verdict(False, False, answer.removeprefix("stream: "))
    raise Away(f"not an answer of clamd: {answer[:100]!r}")


def version(wait_s: float | None = None) -> str:
    """Engine and signatures: "ClamAV 1.4.1/27450/Tue Nov 11 08:00:00 2026". Raises Away."""
    answer = _ask(b"zVERSION\0", wait_s=wait_s)
    if not answer.startswith("ClamAV") or not answer.isprintable():
        raise Away(f"not an answer of clamd: {answer[:100]!r}")
    return answer


def _ask(command: bytes, chunks: Iterable[bytes] = (), *, wait_s: float | None = None) -> str:
    try:
        with _connected(wait_s or settings.CLAMAV_TIMEOUT_S) as line:
            line.sendall(command)
            # Where it hangs up on us it has said why before: too much for it.
            with suppress(BrokenPipeError, ConnectionResetError):
                _send(line, chunks, stream=command.startswith(b"zINSTREAM"))
            return _read(line)
    except (OSError, UnicodeDecodeError) as error:
        raise Away(str(error)) from error


def _send(line: socket.socket, chunks: Iterable[bytes], *, stream: bool) -> None:
    for chunk in chunks:
        for start in range(0, len(chunk), CHUNK):
            part = chunk[start : start + CHUNK]
            line.sendall(struct.pack("!L", len(part)) + part)
    if stream:
        line.sendall(struct.pack("!L", 0))


def _read(line: socket.socket) -> str:
    """The whole answer within the time for one, however slowly its bytes come. Raises OSError."""
    answer, wait = b"", line.gettimeout() or 0.0
    until = time.monotonic() + wait
    while not answer.endswith(b"\0") and len(answer) < ANSWER_MAX:
        line.settimeout(max(until - time.monotonic(), 0.001))
        part = line.recv(ANSWER_MAX)
        if not part:
            break
        answer += part
    return answer.rstrip(b"\0\n").decode()


def _connected(wait: float) -> socket.socket:
    """A line to the daemon. Raises OSError."""
    address = urlsplit(settings.CLAMAV_URL)
    if address.scheme == "unix":
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        line.settimeout(wait)
        try:
            line.connect(address.path)
        except OSError:
            line.close()
            raise
        return line
    return socket.create_connection((address.hostname or "", address.port or 3310), timeout=wait)

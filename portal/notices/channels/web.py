"""One POST to an address that an administrator has entered, and that may therefore be hostile.

The name is looked up once, every address found is checked, and the connection goes to a checked
address: a name that changes between check and use changes nothing. Redirects are not followed,
proxies of the environment are not used, the whole exchange has an end, and the answer is read up
to a limit.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

from portal.notices.channels.failures import Failure
from portal.notices.models import Problem

CONNECT_S = 5.0
ANSWER_S = 10.0
MOST_BYTES = 64 * 1024
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
Address = IPv4Address | IPv6Address


@dataclass(frozen=True)
class Answer:
    """What came back: the status and the beginning of the body."""

    status: int
    body: bytes


def post(url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    """Send it once. Raises `Failure` when no answer comes; says nothing about the answer's meaning."""
    parts = parsed(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    targets = checked(parts, port)
    connection = _Pinned(parts.hostname or "", port, targets, secure=parts.scheme == "https")
    end = threading.Timer(ANSWER_S, connection.cut)
    end.start()
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", path, body=body, headers=dict(headers))
        answer = connection.getresponse()
        found = Answer(answer.status, answer.read(MOST_BYTES))
    except (OSError, http.client.HTTPException) as error:
        raise _failed(error, cut=connection.was_cut) from error
    finally:
        end.cancel()
        connection.close()
    if connection.was_cut:  # what was read may be half of it
        raise Failure(Problem.SLOW, "no answer in time", everybody=True)
    return found


def parsed(url: str) -> SplitResult:
    """The parts of an address, if it is one that can be used at all."""
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError as error:
        raise Failure(Problem.ADDRESS, str(error), lasting=True) from error
    if not usable or parts.username is not None or any(ord(c) <= 32 or ord(c) > 126 for c in url):
        raise Failure(Problem.ADDRESS, "not a plain http(s) address", lasting=True)
    return parts


def checked(parts: SplitResult, port: int) -> list[str]:
    """The network addresses of the host, if all may be connected to; else raises `Failure`.

    Public addresses over https; private ones only inside of the networks that the setting
    `NOTICE_PRIVATE_NETWORKS` names, there over http too.
    """
    try:
        found = socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Failure(Problem.UNREACHABLE, str(error), everybody=True) from error
    addresses = [str(entry[4][0]).partition("%")[0] for entry in found]
    for text in addresses:
        address = ipaddress.ip_address(text)
        if _in_allowed_network(address):
            continue
        if not all(_is_public(a) for a in (address, *_hidden(address))):
            raise Failure(Problem.FORBIDDEN, f"{parts.hostname} is {text}", lasting=True)
        if parts.scheme != "https":
            raise Failure(Problem.ADDRESS, "https is needed", lasting=True)
    return addresses


def _in_allowed_network(address: Address) -> bool:
    plain = getattr(address, "ipv4_mapped", None) or address
    networks = (ipaddress.ip_network(text) for text in settings.NOTICE_PRIVATE_NETWORKS)
    return any(plain in network for network in networks)


def _is_public(address: Address) -> bool:
    return address.is_global and not address.is_multicast


def _hidden(address: Address) -> list[Address]:
    """IPv4 addresses that an IPv6 address leads to by mapping or tunnel."""
    if isinstance(address, IPv4Address):
        return []
    teredo = address.teredo
    found: list[Address | None] = [address.ipv4_mapped, address.sixtofour, teredo[1] if teredo else None]
    if address in _NAT64:
        found.append(IPv4Address(int(address) & 0xFFFFFFFF))
    return [a for a in found if a is not None]


def _failed(error: Exception, *, cut: bool) -> Failure:
    if cut or isinstance(error, TimeoutError):
        return Failure(Problem.SLOW, str(error) or "no answer in time", everybody=True)
    if isinstance(error, ssl.SSLCertVerificationError):
        return Failure(Problem.CERTIFICATE, error.verify_message, everybody=True)
    return Failure(Problem.UNREACHABLE, f"{type(error).__name__}: {error}", everybody=True)


class _Pinned(http.client.HTTPConnection):
    """A connection to checked network addresses that speaks to, and proves, the host's name."""

    def __init__(self, host: str, port: int, targets: list[str], *, secure: bool) -> None:
        super().__init__(host, port, timeout=CONNECT_S)
        self.default_port = 443 if secure else 80  # "Host" names other ports
        self._targets, self._secure = targets, secure
        self._live: socket.socket | None = None
        self.was_cut = False

    def connect(self) -> None:
        plain = self._reached()
        plain.settimeout(ANSWER_S)
        self.sock = self._live = plain
        if self._secure:
            context = ssl.create_default_context()
            self.sock = self._live = context.wrap_socket(
                plain, server_hostname=self.host, do_handshake_on_connect=False
            )
            self._live.do_handshake()

    def _reached(self) -> socket.socket:
        for target in self._targets[:-1]:
            try:
                return socket.create_connection((target, self.port), CONNECT_S)
            except OSError:
                continue
        return socket.create_connection((self._targets[-1], self.port), CONNECT_S)

    def cut(self) -> None:
        """End an exchange that drips on: every wait for the socket fails from now."""
        self.was_cut = True
        if self._live is not None:
            try:
                self._live.shutdown(socket.SHUT_RDWR)
            except OSError:
                return  # it has ended by itself

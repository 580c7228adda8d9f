"""Where a request comes from: its address, behind the proxies that the operator trusts; the device."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

AGENT_LENGTH = 300


def client_address(request: HttpRequest) -> str | None:
    """The address of the visitor; None when the server knows none (a socket file).

    Every proxy appends the address that it saw, so only the last `TRUSTED_PROXY_COUNT` entries of
    X-Forwarded-For are true; whatever stands before them was written by the visitor. With no
    trusted proxy the header is not read at all, and one that is too short has by-passed a proxy.
    """
    peer = _parsed(request.META.get("REMOTE_ADDR", ""))
    count: int = settings.TRUSTED_PROXY_COUNT
    if count < 1:
        return peer
    chain = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
    return (_parsed(chain[-count]) or peer) if len(chain) >= count else peer


def _parsed(text: str) -> str | None:
    """An address without port and brackets; None when it is none."""
    text = text.strip()
    if match := re.fullmatch(r"\[([^\]]+)\](?::\d+)?|(\d+(?:\.\d+){3}):\d+", text):
        text = match[1] or match[2]
    try:
        return str(ipaddress.ip_address(text.partition("%")[0]))
    except ValueError:
        return None


def agent_of(request: HttpRequest) -> str:
    """What the browser says of itself, cut to a length that a row can hold."""
    return request.headers.get("User-Agent", "").replace("\0", "")[:AGENT_LENGTH]


@dataclass(frozen=True)
class _Mark:
    pattern: str
    name: str | Promise


# The first that fits: most browsers also claim to be older ones.
BROWSERS = (
    _Mark(r"MicroMessenger", gettext_lazy("WeChat")),
    _Mark(r"DingTalk", gettext_lazy("DingTalk")),
    _Mark(r"Edg[A-Z]?[a-z]*/", "Edge"),
    _Mark(r"OPR/|Opera", "Opera"),
    _Mark(r"Firefox/|FxiOS", "Firefox"),
    _Mark(r"QQBrowser", gettext_lazy("QQ Browser")),
    _Mark(r"HeadlessChrome|Chrome/|CriOS|Chromium", "Chrome"),
    _Mark(r"Safari/", "Safari"),
    _Mark(r"curl|python|okhttp|Go-http", gettext_lazy("a program")),
)
SYSTEMS = (
    _Mark(r"HarmonyOS|OpenHarmony", gettext_lazy("HarmonyOS")),
    _Mark(r"iPhone", "iPhone"),
    _Mark(r"iPad", "iPad"),
    _Mark(r"Android", gettext_lazy("Android")),
    _Mark(r"Windows", "Windows"),
    _Mark(r"Mac OS X|Macintosh", "macOS"),
    _Mark(r"Linux|X11", "Linux"),
)


def device_words(agent: str) -> str:
    """A device in words: "Chrome on Windows"."""
    browser, system = _first(BROWSERS, agent), _first(SYSTEMS, agent)
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or _("unknown device")


def _first(marks: tuple[_Mark, ...], agent: str) -> str:
    return next((str(mark.name) for mark in marks if re.search(mark.pattern, agent)), "")

"""The texts of notices that this app writes itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy, ngettext

from portal.notices.models import Kind
from portal.notices.texts import Matter, Placeholder, Template, register


def _count(params: Mapping[str, Any]) -> dict[str, str]:
    n = int(params.get("count", 0))
    return {"count": ngettext("%(n)s notice", "%(n)s notices", n) % {"n": n}}


DIGEST = Template(
    name="notices.digest",
    label=gettext_lazy("Daily mail"),
    title=gettext_lazy("Your daily mail: %(count)s"),
    line=gettext_lazy("What has happened since the last daily mail:"),
    placeholders=(Placeholder("count", gettext_lazy("number of notices"), gettext_lazy("3 notices")),),
    values=_count,
)


def register_all() -> None:
    """Called once, when the apps are loaded."""
    path = lambda _params, _case_id: reverse("notices:notice_list")  # noqa: E731  # one line, used once
    register(Matter("notices.digest", Kind.PROGRESS, (DIGEST,), path))

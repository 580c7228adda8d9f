"""What the pages of claims offer to who pays."""

from __future__ import annotations

from typing import Any

from django import template

from funds.access import in_finance

register = template.Library()


@register.simple_tag(takes_context=True)
def pays(context: dict[str, Any]) -> bool:
    """Whether the reader sits in the finance office."""
    actor = getattr(context.get("request"), "actor", None)
    return actor is not None and in_finance(actor)

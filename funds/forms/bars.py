"""A bar to payments, entered and ended by those who watch over them."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from funds.forms.claims import day
from funds.models import Bar


class BarForm(forms.ModelForm):  # type: ignore[type-arg]  # no generic at run time
    """失信, 欠税, 环保, 安全: why, since when, until when."""

    since_on = day(_("Since"))
    until_on = day(_("Until (the last day)"), required=False)

    class Meta:
        model = Bar
        fields: ClassVar = ["kind", "since_on", "until_on", "reason"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        since, until = cleaned.get("since_on"), cleaned.get("until_on")
        if since and until and until < since:
            self.add_error("until_on", _("It cannot end before it begins."))
        return cleaned

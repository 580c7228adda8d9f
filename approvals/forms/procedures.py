"""A procedure as a whole: what it is called, for which kind of project, what is promised."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from approvals.models import Procedure
from approvals.models.procedures import MOST_DAYS
from portal.editing import SeenMixin


class _PromiseMixin(forms.ModelForm):  # type: ignore[type-arg]  # no runtime generics
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["promised_days"] = forms.IntegerField(
            label=_("promised for the whole"),
            help_text=_("Working days; empty: nothing is promised."),
            min_value=1,
            max_value=MOST_DAYS,
            required=False,
        )


class NewProcedureForm(_PromiseMixin):
    """A procedure that there is not yet. Mode and phases stay: projects are opened under them."""

    class Meta:
        model = Procedure
        fields = ("code", "name", "name_en", "mode", "phases", "promised_days")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].help_text = _("Latin letters, digits and hyphens; part of the address.")
        self.fields["phases"].help_text = _("More than one only where work begins with the land.")


class ProcedureForm(SeenMixin, _PromiseMixin):
    """What of a procedure can be said anew at any time."""

    class Meta:
        model = Procedure
        fields = ("name", "name_en", "promised_days", "active", "is_default")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["is_default"].help_text = _(
            "A configurable default that nobody of the park has confirmed. The guide says so."
        )
        self.fields["active"].help_text = _("Only active procedures are in the guide.")

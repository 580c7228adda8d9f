"""What the five stages of a project are called: data, edited by administrators.

Only the name of the last one is official; the other four are the wording of neighbouring parks (dossier,
section 0.1), filled in beforehand and marked so.
"""

from __future__ import annotations

from contextlib import suppress
from typing import ClassVar

import pghistory
from django.db import DatabaseError, models
from django.utils.functional import lazy
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from portal.keeping import Kept
from portal.names import local_name

# What they are called where nobody has entered a name; the last one is official.
BEFOREHAND = {
    "negotiation": _("Talks: served at once"),
    "land": _("Contract: land at once"),
    "construction": _("Work begins: supplied at once"),
    "completion": _("Completed: certified at once"),
    "capacity_review": _("In full production: reviewed"),
}


@pghistory.track()
class StageName(models.Model):
    """阶段名称: what people call one of the five stages, in both languages."""

    stage = models.CharField(
        _("stage"), max_length=20, choices=list(BEFOREHAND.items()), primary_key=True, editable=False
    )
    position = models.PositiveSmallIntegerField(_("position"), editable=False)
    name = models.CharField(_("name"), max_length=40)
    name_en = models.CharField(_("name in English"), max_length=80, blank=True)
    is_default = models.BooleanField(
        _("not confirmed"),
        default=False,
        help_text=_("Filled in beforehand; nobody of the park has confirmed it."),
    )

    class Meta:
        verbose_name = _("name of a stage")
        verbose_name_plural = _("names of stages")
        ordering: ClassVar = ["position"]

    def __str__(self) -> str:
        return local_name(self.name, self.name_en)


class Names(Kept[dict[str, tuple[str, str]]]):
    """The names in force."""

    def read(self) -> dict[str, tuple[str, str]]:
        rows = StageName.objects.values_list("stage", "name", "name_en")
        return {stage: (name, english) for stage, name, english in rows}

    def get(self, stage: str) -> str:
        """The name in the reader's language; what was filled in beforehand where there is no row.

        Migrations, for which no language is set, describe the code and not what stands in the tables; and
        the checks of the start ask before the first migration, too.
        """
        names: dict[str, tuple[str, str]] = {}
        if get_language() is not None:
            with suppress(DatabaseError):
                names = self.now()
        return local_name(*names.get(stage, ("", ""))) or str(BEFOREHAND[stage])


NAMES = Names()
# A text like any that is translated: looked up when it is shown.
stage_name = lazy(NAMES.get, str)

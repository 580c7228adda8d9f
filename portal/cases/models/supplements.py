"""What is missing in a case (补正): named item by item, answered item by item."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.cases.models.clock import Pause
from portal.cases.models.papers import Document

ANSWER_MAX = 2000


class MissingItem(models.Model):
    """One paper or statement that a stop of the clock waits for."""

    pause = models.ForeignKey(Pause, on_delete=models.CASCADE, related_name="missing")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(_("what is missing"), max_length=120)
    hint = models.CharField(_("what it must look like"), max_length=300, blank=True)
    document = models.ForeignKey(Document, null=True, on_delete=models.PROTECT, related_name="+")
    answer = models.TextField(_("answer"), max_length=ANSWER_MAX, blank=True)
    supplied_at = models.DateTimeField(_("supplied at"), null=True)
    supplied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("missing item")
        verbose_name_plural = _("missing items")
        ordering: ClassVar = ["pause", "position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["pause", "position"], name="cases_missing_once"),
            models.CheckConstraint(
                condition=Q(supplied_at=None, document=None, answer="")
                | (Q(supplied_at__isnull=False) & (Q(document__isnull=False) | ~Q(answer=""))),
                name="cases_missing_supplied_with",
            ),
        ]

    def __str__(self) -> str:
        return self.name

"""Letters that were issued, and the counters of their document numbers."""

from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.cases.models.case import Case
from portal.cases.models.papers import Document


class LetterCounter(models.Model):
    """The last document number given in a series in a year. Drawn in the transaction of the letter,
    so that numbers have neither gaps nor doubles."""

    mark = models.CharField(_("series"), max_length=20)
    year = models.PositiveSmallIntegerField(_("year"))
    last = models.PositiveIntegerField(_("last number"))

    class Meta:
        verbose_name = _("counter of document numbers")
        verbose_name_plural = _("counters of document numbers")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["mark", "year"], name="cases_letter_counter_once")
        ]

    def __str__(self) -> str:
        return f"{self.mark} {self.year}: {self.last}"


class IssuedLetter(models.Model):
    """A letter that left the house: its number, and the very bytes as documents. Never changed.

    `occasion` tells apart letters of one name that a case may have more than once.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="letters")
    name = models.CharField(_("letter"), max_length=40)
    occasion = models.CharField(max_length=40, blank=True)
    mark = models.CharField(_("series"), max_length=20)
    year = models.PositiveSmallIntegerField(_("year"))
    serial = models.PositiveIntegerField(_("running number"))
    number = models.CharField(_("document number"), max_length=80)
    document = models.OneToOneField(Document, on_delete=models.PROTECT, related_name="letter")
    translation = models.OneToOneField(Document, on_delete=models.PROTECT, related_name="letter_translated")
    sha256 = models.CharField(max_length=64)
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    issued_at = models.DateTimeField(_("issued at"))

    class Meta:
        verbose_name = _("issued letter")
        verbose_name_plural = _("issued letters")
        ordering: ClassVar = ["issued_at", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["mark", "year", "serial"], name="cases_letter_number_once"),
            models.UniqueConstraint(fields=["case", "name", "occasion"], name="cases_letter_once"),
            models.CheckConstraint(condition=Q(serial__gt=0), name="cases_letter_serial_positive"),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="letter_kept", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return self.number

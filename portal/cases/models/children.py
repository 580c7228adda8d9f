"""The facts of the kernel's own kinds of child case."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.cases.models.case import Case
from portal.cases.models.record import Rating


class CoHandling(models.Model):
    """会办: a part of a case that another department answers for."""

    case = models.OneToOneField(Case, on_delete=models.CASCADE, primary_key=True, related_name="co_handling")
    ask = models.TextField(_("what is asked"), max_length=2000)
    reply = models.TextField(_("reply"), max_length=4000, blank=True)

    class Meta:
        verbose_name = _("co-handling")
        verbose_name_plural = _("co-handling")

    def __str__(self) -> str:
        return f"{self.case_id}"


class SupervisionOrder(models.Model):
    """督办单: the supervision office asks a late team for an answer."""

    case = models.OneToOneField(
        Case, on_delete=models.CASCADE, primary_key=True, related_name="supervision_order"
    )
    level = models.PositiveSmallIntegerField(_("level"))
    demand = models.TextField(_("demand"), blank=True)
    reply = models.TextField(_("reply"), max_length=4000, blank=True)

    class Meta:
        verbose_name = _("supervision order")
        verbose_name_plural = _("supervision orders")

    def __str__(self) -> str:
        return f"{self.case_id}"


class FollowUp(models.Model):
    """差评整改: what is done about a low rating; and, once, the review that the staff asked for."""

    class Ground(models.TextChoices):
        MISTAKEN = "mistaken", _("mistaken rating")
        MALICIOUS = "malicious", _("malicious rating")

    case = models.OneToOneField(Case, on_delete=models.CASCADE, primary_key=True, related_name="follow_up")
    rating = models.OneToOneField(Rating, on_delete=models.PROTECT, related_name="follow_up")
    contact_note = models.TextField(_("what the enterprise said"), max_length=2000, blank=True)
    remedy = models.TextField(_("what was done"), max_length=4000, blank=True)
    level = models.PositiveSmallIntegerField(_("highest alert level before"), default=0)
    appeal_ground = models.CharField(
        _("ground of the review"), max_length=10, choices=Ground.choices, blank=True
    )
    appeal_reason = models.TextField(_("why a review was asked for"), max_length=2000, blank=True)

    class Meta:
        verbose_name = _("follow-up of a low rating")
        verbose_name_plural = _("follow-ups of low ratings")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(appeal_ground="", appeal_reason="")
                | (Q(appeal_ground__in=["mistaken", "malicious"]) & ~Q(appeal_reason="")),
                name="cases_appeal_with_ground_and_reason",
            )
        ]

    def __str__(self) -> str:
        return f"{self.case_id}"


class SecondFailure(models.Model):
    """二次差评: the follow-up of a low rating was rated low as well; the leaders take note."""

    case = models.OneToOneField(
        Case, on_delete=models.CASCADE, primary_key=True, related_name="second_failure"
    )
    rating = models.OneToOneField(Rating, on_delete=models.PROTECT, related_name="second_failure")
    note = models.TextField(_("note of the leaders"), max_length=2000, blank=True)

    class Meta:
        verbose_name = _("second low rating")
        verbose_name_plural = _("second low ratings")

    def __str__(self) -> str:
        return f"{self.case_id}"

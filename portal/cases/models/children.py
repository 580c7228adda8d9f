"""The facts of the kernel's own kinds of child case."""

from django.db import models
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
    """差评整改: what is done about a low rating."""

    case = models.OneToOneField(Case, on_delete=models.CASCADE, primary_key=True, related_name="follow_up")
    rating = models.OneToOneField(Rating, on_delete=models.PROTECT, related_name="follow_up")
    contact_note = models.TextField(_("what the enterprise said"), max_length=2000, blank=True)
    remedy = models.TextField(_("what was done"), max_length=4000, blank=True)

    class Meta:
        verbose_name = _("follow-up of a low rating")
        verbose_name_plural = _("follow-ups of low ratings")

    def __str__(self) -> str:
        return f"{self.case_id}"

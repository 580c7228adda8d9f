"""How people work with many cases: batches, saved views, watching, absence."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.cases.models.case import Case
from portal.park.models import Team


class Batch(models.Model):
    """One action on many cases: checked first, shown, then done; each event of it names the batch."""

    class State(models.TextChoices):
        DRAFT = "draft", _("being prepared")
        CHECKING = "checking", _("being checked")
        CHECKED = "checked", _("ready")
        RUNNING = "running", _("under way")
        DONE = "done", _("done")
        UNDOING = "undoing", _("being undone")
        UNDONE = "undone", _("undone")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    action = models.CharField(_("action"), max_length=90)
    data = models.JSONField(default=dict)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="batches")
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.DRAFT)
    created_at = models.DateTimeField(_("moment"))
    touched_at = models.DateTimeField()
    skipped = models.PositiveIntegerField(default=0)  # chosen beyond the most that one batch takes

    class Meta:
        verbose_name = _("batch")
        verbose_name_plural = _("batches")
        indexes: ClassVar = [
            models.Index(fields=["by", "-created_at"], name="cases_batch_own"),
            models.Index(
                fields=["touched_at"],
                condition=Q(state__in=["checking", "running", "undoing"]),
                name="cases_batch_under_way",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.id}"


class BatchItem(models.Model):
    """One case of a batch, and what became of it."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        ALLOWED = "allowed", _("will be done")
        EXCLUDED = "excluded", _("left out")
        DONE = "done", _("done")
        REFUSED = "refused", _("not done")
        UNDONE = "undone", _("undone")
        KEPT = "kept", _("not undone")

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="items")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.WAITING)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    before = models.JSONField(default=dict)  # team and handler, to go back to
    version_after = models.PositiveIntegerField(null=True)

    class Meta:
        verbose_name = _("case of a batch")
        verbose_name_plural = _("cases of a batch")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["batch", "case"], name="cases_batch_case_once")
        ]
        indexes: ClassVar = [models.Index(fields=["batch", "state", "id"], name="cases_batch_items")]

    def __str__(self) -> str:
        return f"{self.batch_id}: {self.case_id} {self.state}"


class SavedView(models.Model):
    """A queue with its filters under a name: private, or shared with a team."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_views")
    team = models.ForeignKey(
        Team, verbose_name=_("shared with"), null=True, on_delete=models.CASCADE, related_name="saved_views"
    )
    name = models.CharField(_("name"), max_length=40)
    query = models.CharField(max_length=400)
    is_default = models.BooleanField(_("opens first"), default=False)

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["owner", "name"], name="cases_view_name_once"),
            models.UniqueConstraint(
                fields=["owner"], condition=Q(is_default=True), name="cases_view_one_default"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Watch(models.Model):
    """Somebody follows a case that lies with others, and hears of every step."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="watches")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="watches")
    since_at = models.DateTimeField(_("since"))

    class Meta:
        verbose_name = _("watch")
        verbose_name_plural = _("watches")
        constraints: ClassVar = [models.UniqueConstraint(fields=["case", "user"], name="cases_watch_once")]
        indexes: ClassVar = [models.Index(fields=["user", "case"], name="cases_watch_user")]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.case_id}"


class Absence(models.Model):
    """代班: somebody is away from one day to another, both included, and a deputy takes the open work."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="absences")
    deputy = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("deputy"),
        on_delete=models.PROTECT,
        related_name="deputised_absences",
    )
    from_on = models.DateField(_("from"))
    until_on = models.DateField(_("until"))
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(_("ended at"), null=True)  # the work has gone back

    class Meta:
        verbose_name = _("absence")
        verbose_name_plural = _("absences")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(until_on__gte=models.F("from_on")), name="cases_absence_in_order"
            ),
            models.CheckConstraint(condition=~Q(user=models.F("deputy")), name="cases_absence_by_another"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["from_on"], condition=Q(ended_at=None), name="cases_absence_current")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.from_on}–{self.until_on}"


class Deputised(models.Model):
    """A case that went to the deputy, and goes back when the absence ends."""

    absence = models.ForeignKey(Absence, on_delete=models.CASCADE, related_name="cases")
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["absence", "case"], name="cases_deputised_once")
        ]

    def __str__(self) -> str:
        return f"{self.absence_id}: {self.case_id}"

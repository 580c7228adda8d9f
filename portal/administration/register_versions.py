"""Two administrators at one row of a register: the second gets 409, and nothing is written unseen.

The page carries a mark of what it showed (`register_rows.mark_of`) and the moment. What is sent is held
against the row, which is locked until it is written. Who was overtaken keeps what was typed, sees both
versions, and may save over the other one: the page that says so carries the new mark.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.admin.utils import flatten_fieldsets, unquote
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.administration import register_rows as rows
from portal.administration.register_rows import FormSet, Line, ModelForm
from portal.worktime.now import now

SEEN = "seen"


@dataclass(frozen=True)
class Overtaken:
    """What the second of two is told. `who` and `at` are None when nobody has written it down."""

    lines: list[Line]
    who: User | None
    at: datetime | None
    gone: bool = False


def seen(mark: str) -> str:
    """What a page carries: what it shows, and when."""
    return f"{mark}.{int(now().timestamp())}"


class NeverValid(forms.ModelForm):  # type: ignore[type-arg]  # no runtime generics
    """Mixed into the form of who was overtaken: Django then shows it again as it was typed."""

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        self.add_error(None, _("Somebody has changed this meanwhile."))
        return cleaned


class Versioned(admin.ModelAdmin):  # type: ignore[type-arg]  # no runtime generics
    """A register that no two write over each other.

    Rows are edited and deleted one at a time: lists that are edited in place, and the deletion of all that
    is ticked, have no page that could show both versions.
    """

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        found: dict[str, Any] = super().get_actions(request)
        found.pop("delete_selected", None)
        return found

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        if object_id is None or request.method != "POST":
            return super().changeform_view(request, object_id, form_url, extra_context)
        with transaction.atomic():
            row = self._held(request, object_id)
            if row is None and SEEN in request.POST and self.has_add_permission(request):
                self._lost(request, unquote(object_id))
                object_id, form_url = None, reverse(self._named("add"))
            elif row is not None and self.has_change_permission(request, row):
                self._compare(request, row)
            return super().changeform_view(request, object_id, form_url, extra_context)

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        with transaction.atomic():
            row = self._held(request, object_id)
            if row is None or not self.has_delete_permission(request, row):
                return super().delete_view(request, object_id, extra_context)
            form, formsets = self._present(request, row)
            mark = rows.mark_of(form, formsets)
            more: dict[str, Any] = {"seen": seen(mark)}
            sent = request.POST.get(SEEN, "")
            status = 409 if request.method == "POST" and sent.partition(".")[0] != mark else 200
            if status == 409:
                more["overtaken"] = self._told(row.pk, sent, rows.values_of(form))
                request.POST = QueryDict()  # the question is asked again
            answer = super().delete_view(request, object_id, more | (extra_context or {}))
            if status == 409:
                answer.status_code = status
            return answer

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """The form; one that is never valid for who was overtaken."""
        form: Any = super().get_form(request, obj, change=change, **kwargs)
        if not hasattr(request, "overtaken"):
            return form
        return type(form.__name__, (NeverValid, form), {})

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> HttpResponse:
        overtaken: Overtaken | None = getattr(request, "overtaken", None)
        if obj is not None:
            context["seen"] = request.POST.get(SEEN) or seen(self._shown(context))
        if overtaken is not None:
            title = _("Deleted meanwhile") if overtaken.gone else _("Changed meanwhile")
            context |= {"overtaken": overtaken, "errors": None, "title": title}
        answer = super().render_change_form(request, context, add, change, form_url, obj)
        if overtaken is not None:
            answer.status_code = 409
        return answer

    @staticmethod
    def _shown(context: dict[str, Any]) -> str:
        """The mark of the very forms that are drawn."""
        formsets = [line.formset for line in context["inline_admin_formsets"]]
        return rows.mark_of(context["adminform"].form, formsets)

    def _named(self, page: str) -> str:
        return f"{self.admin_site.name}:{self.opts.app_label}_{self.opts.model_name}_{page}"

    def _held(self, request: HttpRequest, object_id: str) -> Model | None:
        """The row; for what is sent, locked, as are the rows below it that the page lets one change."""
        row: Model | None = self.get_object(request, unquote(object_id))
        if row is None or request.method != "POST":
            return row
        list(type(row)._base_manager.select_for_update().filter(pk=row.pk))
        for formset in self._formsets(request, row):
            keys = formset.get_queryset().values("pk")
            list(formset.model._base_manager.select_for_update().filter(pk__in=keys).order_by("pk"))
        fresh: Model | None = self.get_object(request, unquote(object_id))
        return fresh

    def _form(self, request: HttpRequest, row: Model) -> Any:
        fields = flatten_fieldsets(self.get_fieldsets(request, row))
        return self.get_form(request, row, change=True, fields=fields)

    def _formsets(self, request: HttpRequest, row: Model, data: QueryDict | None = None) -> Iterator[FormSet]:
        """The rows below, numbered as Django does: two of one kind have different prefixes."""
        prefixes: dict[str, int] = {}
        for kind, inline in self.get_formsets_with_inlines(request, row):
            prefix = kind.get_default_prefix()
            prefixes[prefix] = prefixes.get(prefix, 0) + 1
            if prefixes[prefix] != 1:
                prefix = f"{prefix}-{prefixes[prefix]}"
            yield kind(data, instance=row, prefix=prefix, queryset=inline.get_queryset(request))

    def _present(self, request: HttpRequest, row: Model) -> tuple[ModelForm, list[FormSet]]:
        return self._form(request, row)(instance=row), list(self._formsets(request, row))

    def _compare(self, request: HttpRequest, row: Model) -> None:
        """Hold what is sent against the row. Who was overtaken: `request.overtaken`."""
        form, formsets = self._present(request, row)
        sent, mark = request.POST.get(SEEN, ""), rows.mark_of(form, formsets)
        if sent.partition(".")[0] == mark:
            return
        came = rows.come_meanwhile(request.POST, formsets)
        fitted = rows.carry_over(request.POST, formsets)
        fitted[SEEN] = seen(mark)
        typed = self._form(request, row)(fitted, instance=row)
        lines = rows.lines_of(typed, self._formsets(request, row, fitted)) + came
        request.POST = fitted  # type: ignore[assignment]  # one that can be changed will do
        request.FILES.clear()  # no browser sends them again, and their rows may have other numbers now
        request.overtaken = self._told(row.pk, sent, lines)  # type: ignore[attr-defined]

    def _lost(self, request: HttpRequest, pk: str) -> None:
        """The row is gone: what was typed can be entered anew."""
        told = self._told(pk, request.POST[SEEN], [], gone=True)
        typed = rows.carry_over(request.POST, self._formsets(request, self.model()))
        if not self.opts.pk.auto_created:  # shown on the page, not sent along
            typed[self.opts.pk.name] = pk
        request.POST = typed  # type: ignore[assignment]  # likewise
        request.overtaken = told  # type: ignore[attr-defined]

    def _told(self, pk: Any, sent: str, lines: list[Line], *, gone: bool = False) -> Overtaken:
        """Who it was, as far as the register's record or the history of its table knows."""
        stamp = sent.rpartition(".")[2]
        if not stamp.isdecimal() or len(stamp) > 10:
            return Overtaken(lines, None, None, gone)
        since = datetime.fromtimestamp(int(stamp), UTC)
        kind = ContentType.objects.get_for_model(self.model, for_concrete_model=False)
        entries = LogEntry.objects.filter(content_type=kind, object_id=str(pk), action_time__gte=since)
        found = [(entry.action_time, entry.user) for entry in entries.select_related("user")]
        latest = max([*found, *self._history(pk, since)], key=lambda one: one[0], default=(None, None))
        return Overtaken(lines, latest[1], latest[0], gone)

    def _history(self, pk: Any, since: datetime) -> Iterator[tuple[datetime, User]]:
        events: Any = getattr(self.model, "pgh_event_model", None)
        if events is None:
            return
        known = events.objects.filter(pgh_obj_id=pk, pgh_created_at__gte=since, pgh_context__isnull=False)
        event = known.select_related("pgh_context").order_by("-pgh_id").first()
        user = User.objects.filter(pk=event.pgh_context.metadata.get("user")).first() if event else None
        if user is not None:
            yield event.pgh_created_at, user

"""Notices for programs: what the person was told, and marking it read."""

from __future__ import annotations

from typing import Any

from django import forms
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from portal.api import paging
from portal.api.idempotency import once
from portal.api.schema import page_of, parameters
from portal.api.views import ApiView, asked
from portal.notices.models import Notice
from portal.notices.texts import render as text_of
from portal.worktime.now import now


class NoticeSerializer(serializers.Serializer[Any]):
    """Something that the person was told."""

    id = serializers.IntegerField()
    key = serializers.CharField()
    title = serializers.CharField(allow_blank=True)
    body = serializers.CharField(allow_blank=True)
    path = serializers.CharField()
    case_id = serializers.IntegerField(allow_null=True)
    urgent = serializers.BooleanField()
    created_at = serializers.DateTimeField()
    read_at = serializers.DateTimeField(allow_null=True)


class MarkedSerializer(serializers.Serializer[Any]):
    """How many notices were marked."""

    marked = serializers.IntegerField()


class NoticeForm(paging.PageForm):
    """What notices can be filtered by."""

    unread = forms.TypedChoiceField(
        label=_("Only unread ones"),
        choices=[("", ""), ("true", "true"), ("false", "false")],
        required=False,
    )


def notice_body(notice: Notice) -> dict[str, Any]:
    """A notice, its text in the caller's language."""
    text = text_of(notice.key, notice.params, notice.case_id)
    return {
        "id": notice.pk,
        "key": notice.key,
        "title": text.title,
        "body": text.body,
        "path": text.path,
        "case_id": notice.case_id,
        "urgent": notice.urgent,
        "created_at": notice.created_at,
        "read_at": notice.read_at,
    }


class NoticeList(ApiView):
    """What the person was told, newest first."""

    @extend_schema(
        operation_id="notice_list",
        summary=_("Notices, newest first"),
        tags=["notices"],
        parameters=parameters(NoticeForm),
        responses=page_of(NoticeSerializer),
    )
    def get(self, request: Request) -> Response:
        form = asked(request, NoticeForm)
        rows = Notice.objects.filter(recipient_id=request.user.pk)
        if unread := form.cleaned_data["unread"]:
            rows = rows.filter(read_at__isnull=unread == "true")
        mark = paging.id_mark(form.cursor)
        if mark is not None:
            rows = rows.filter(pk__lt=mark)
        found = list(rows.order_by("-pk")[: form.size + 1])
        more = len(found) > form.size
        found = found[: form.size]
        cursor = paging.encode(found[-1].pk) if more else ""
        return paging.page_answer(request, [notice_body(n) for n in found], cursor)


class NoticeMarkRead(ApiView):
    """Mark one notice as read."""

    @extend_schema(
        operation_id="notice_read",
        summary=_("Mark a notice as read"),
        tags=["notices"],
        request=None,
        responses=NoticeSerializer,
    )
    @once
    def post(self, request: Request, pk: int) -> Response:
        own = Notice.objects.filter(recipient_id=request.user.pk)
        own.filter(pk=pk, read_at=None).update(read_at=now())
        return Response(notice_body(get_object_or_404(own, pk=pk)))


class NoticeMarkAllRead(ApiView):
    """Mark all notices as read."""

    @extend_schema(
        operation_id="notice_read_all",
        summary=_("Mark all notices as read"),
        tags=["notices"],
        request=None,
        responses=MarkedSerializer,
    )
    @once
    def post(self, request: Request) -> Response:
        unread = Notice.objects.filter(recipient_id=request.user.pk, read_at=None)
        return Response({"marked": unread.update(read_at=now())})


urlpatterns = [
    path("notices/", NoticeList.as_view(), name="notice_list"),
    path("notices/read/", NoticeMarkAllRead.as_view(), name="notice_read_all"),
    path("notices/<id:pk>/read/", NoticeMarkRead.as_view(), name="notice_read"),
]

"""The OpenAPI document: drawn from the endpoints, their forms and the problems that they answer."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter, extend_schema_field, inline_serializer
from rest_framework import serializers

from portal.api.fields import field_schema
from portal.api.permissions import wanted_scopes
from portal.api.problems import KINDS, MEDIA_TYPE

ALWAYS = (404, 405, 406, 429, 503)
PROBLEM = {
    "type": "object",
    "description": "Problem details (RFC 9457), in the caller's language.",
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string"},
        "request_id": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "field": {"type": "string"},
                    "pointer": {"type": "string"},
                    "detail": {"type": "string"},
                },
                "required": ["field", "pointer", "detail"],
            },
        },
    },
    "required": ["type", "title", "status", "detail", "instance"],
}


def parameters(form_class: type[forms.Form], **kwargs: Any) -> list[OpenApiParameter]:
    """The parameters of an address, from the form that reads them."""
    fields: dict[str, forms.Field] = form_class.base_fields
    return [
        OpenApiParameter(
            name,
            {k: v for k, v in field_schema(field).items() if k not in ("title", "default")},
            OpenApiParameter.QUERY,
            required=field.required,
            description=str(field.label or ""),
        )
        for name, field in fields.items()
    ]


def page_of(row: type[serializers.BaseSerializer[Any]], **more: serializers.Field[Any, Any, Any, Any]) -> Any:
    """A page of rows: `results`, and `next` or null."""
    name = row.__name__.removesuffix("Serializer")
    return inline_serializer(
        f"{name}Page", {"results": row(many=True), "next": serializers.CharField(allow_null=True), **more}
    )


@extend_schema_field({"description": "Text, number, true or false, or null."})
class AnyValueField(serializers.JSONField):
    """A value of any simple type."""


class ApiSchema(AutoSchema):
    """Endpoint by endpoint, with every problem that it may answer."""

    def get_operation(self, *args: Any, **kwargs: Any) -> dict[str, Any] | None:
        operation: dict[str, Any] | None = super().get_operation(*args, **kwargs)
        if operation is not None:
            for status in sorted(self._problem_statuses(operation)):
                operation["responses"].setdefault(str(status), _problem_answer(status))
            self._add_headers(operation)
            self._add_scopes(operation)
        return operation

    def _problem_statuses(self, operation: dict[str, Any]) -> set[int]:
        found = {*ALWAYS, *getattr(self.view, "problems", ())}
        if self.view.permission_classes:
            found |= {401, 403}
        if operation.get("parameters"):
            found.add(400)
        if self.method not in ("GET", "HEAD"):
            found |= {400, 409, 413, 415, 422}
        return found

    def _add_headers(self, operation: dict[str, Any]) -> None:
        handler = getattr(self.view, self.method.lower(), None)
        listed = operation.setdefault("parameters", [])
        if getattr(handler, "takes_key", False):
            listed.append(
                {
                    "in": "header",
                    "name": "Idempotency-Key",
                    "schema": {"type": "string", "pattern": "^[!-~]{1,255}$"},
                    "description": _("The same key with the same content is answered once, for 24 hours."),
                }
            )
        if getattr(handler, "takes_version", False):
            listed.append(
                {
                    "in": "header",
                    "name": "If-Match",
                    "schema": {"type": "string"},
                    "description": _("The ETag as it was read; without it the answer is 428."),
                }
            )
            for status in (412, 428):
                operation["responses"].setdefault(str(status), _problem_answer(status))

    def _add_scopes(self, operation: dict[str, Any]) -> None:
        if self.view.permission_classes:
            names = _(" or ").join(f"`{scope.value}`" for scope in wanted_scopes(self.view, self.method))
            said = str(operation.get("description", ""))
            operation["description"] = (
                f"{said}\n\n{_('Scope of a token: %(names)s.') % {'names': names}}".strip()
            )

    def get_description(self, *_args: Any, **_kwargs: Any) -> str:
        """Only what an endpoint says in both languages; its docstring is for who reads the code."""
        return ""


def _problem_answer(status: int) -> dict[str, Any]:
    titles = [str(kind.title) for kind in KINDS.values() if kind.status == status]
    return {
        "description": " / ".join(titles),
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }


def finish(result: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
    """Add what no endpoint brings along."""
    result["info"]["title"] = _("Park services portal: interface for programs")
    result.setdefault("components", {}).setdefault("schemas", {})["Problem"] = PROBLEM
    return result

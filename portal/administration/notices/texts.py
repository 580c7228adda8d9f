"""The texts of all notices: rewritten, looked at on sample data, put back to the original."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.administration.common import administrators
from portal.administration.notices.forms import WordingForm, version_of
from portal.administration.notices.history import changes_where
from portal.notices.models import Kind, Wording
from portal.notices.texts import Template, templates
from portal.notices.wording import REWRITTEN, fill


@require_safe
@administrators
def text_list(request: HttpRequest) -> HttpResponse:
    """Every text with its languages, and which were rewritten."""
    rewritten = set(Wording.objects.values_list("name", "language"))
    rows = [
        {
            "kind": matter.kind.label,
            "template": template,
            "languages": [
                (code, name, (template.name, code) in rewritten) for code, name in settings.LANGUAGES
            ],
        }
        for matter, template in sorted(templates(), key=lambda pair: list(Kind).index(pair[0].kind))
    ]
    return render(request, "administration/text_list.html", {"rows": rows})


@require_http_methods(["GET", "POST"])
@administrators
def text_edit(request: HttpRequest, name: str, language: str) -> HttpResponse:
    """Subject and text in one language, beside the original, the placeholders and the history."""
    template = _declared(name, language)
    status = 200
    with transaction.atomic():
        found = Wording.objects.filter(name=name, language=language)
        row = (found.select_for_update() if request.method == "POST" else found).first()
        form = _form(request, template, language, row)
        if request.method == "POST" and form.is_valid() and "preview" not in request.POST:
            if form.cleaned_data["version"] == version_of(row):
                _save(template, language, form.cleaned_data)
                messages.success(request, _("The new text holds from now on."))
                return redirect("administration:text_edit", name=name, language=language)
            form.overtaken(version_of(row))
            status = 409
    context = {
        **_context(template, language, form),
        "row": row,
        "original": _original(template, language),
        "changes": changes_where(Wording, name=name, language=language),
    }
    if form.errors and status == 200:
        status = 422
    return render(request, "administration/text_edit.html", context, status=status)


@require_POST
@administrators
def text_preview(request: HttpRequest, name: str, language: str) -> HttpResponse:
    """How the text as typed would read. Nothing is saved."""
    template = _declared(name, language)
    form = _form(request, template, language, None)
    form.is_valid()
    return render(request, "administration/_text_preview.html", _context(template, language, form))


@require_POST
@administrators
def text_original(request: HttpRequest, name: str, language: str) -> HttpResponse:
    """Back to the text as delivered; the rewritten one stays in the history."""
    _declared(name, language)
    Wording.objects.filter(name=name, language=language).delete()
    REWRITTEN.forget()
    messages.success(request, _("The original text holds again."))
    return redirect("administration:text_edit", name=name, language=language)


def _declared(name: str, language: str) -> Template:
    found = next((template for _matter, template in templates() if template.name == name), None)
    if found is None or language not in dict(settings.LANGUAGES):
        raise Http404
    return found


def _original(template: Template, language: str) -> tuple[str, str]:
    with translation.override(language):
        return template.original()


def _form(request: HttpRequest, template: Template, language: str, row: Wording | None) -> WordingForm:
    title, body = (row.title, row.body) if row else _original(template, language)
    return WordingForm(
        request.POST if request.method == "POST" else None,
        template=template,
        initial={"title": title, "body": body, "version": version_of(row)},
    )


def _context(template: Template, language: str, form: WordingForm) -> dict[str, Any]:
    title, body = form["title"].value() or "", form["body"].value() or ""
    with translation.override(language):
        samples = template.samples()
    return {
        "form": form,
        "template": template,
        "language": language,
        "language_name": dict(settings.LANGUAGES)[language],
        "shown_title": fill(title, samples),
        "shown_body": fill(body, samples),
        "faults": [error for errors in form.errors.values() for error in errors] if form.is_bound else [],
    }


def _save(template: Template, language: str, given: dict[str, Any]) -> None:
    Wording.objects.update_or_create(
        name=template.name,
        language=language,
        defaults={"title": given["title"], "body": given["body"]},
    )
    REWRITTEN.forget()

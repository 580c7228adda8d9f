"""Drafts of procedures: begun, edited, checked, published, discarded. Administrators only."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from approvals import actions
from approvals.forms import DraftForm, DraftRow, PublishForm
from approvals.forms.drafts import KEY
from approvals.models import Procedure, ProcedureVersion, ServiceItem
from approvals.views.procedure_compare import compared, path_words
from approvals.views.procedures import drawn, when_words
from portal.administration.common import administrators
from portal.cases.errors import Conflict
from portal.cases.views.common import actor_of, refusals
from portal.worktime.clock import local
from portal.worktime.now import now

MOST_FOUND = 12
MOST_LETTERS = 60
Grade = actions.Finding.Grade


@dataclass(frozen=True)
class Problem:
    """A finding with its items as links to their rows."""

    grade: actions.Finding.Grade
    text: str
    rows: list[tuple[str, str, bool]]  # key, name, whether the row is open

    @property
    def light(self) -> str:
        return {Grade.ERROR: "late", Grade.WARNING: "warn", Grade.HINT: "hold"}[self.grade]


@dataclass(frozen=True)
class EditedRow:
    """An item with what surrounds it: when it runs, what it waits for, what is wrong with it.

    `is_open`: it is being changed. Only then what it may wait for is listed: thirty items with twenty-nine
    choices each would make a heavy page.
    """

    form: DraftRow
    name: str
    is_open: bool
    when: str
    is_critical: bool
    awaits: str
    options: list[tuple[str, str, bool]]
    problems: list[str]


@require_POST
@administrators
@refusals
def draft_begin(request: HttpRequest, code: str) -> HttpResponse:
    """A draft with what is published; Conflict when there is one already."""
    procedure = get_object_or_404(Procedure, code=code)
    actions.begin_draft(procedure, by=actor_of(request).user, now=now())
    return redirect("approvals:draft_edit", code=code)


@require_http_methods(["GET", "POST"])
@administrators
@refusals
def draft_edit(request: HttpRequest, code: str) -> HttpResponse:
    """The items of a draft, what each waits for, the picture of the whole, and what is wrong with it."""
    draft = _draft(request, code)
    if request.method == "POST":
        return _changed(request, draft)
    if getattr(request, "htmx", False):
        return _fragment(request, draft)
    found = actions.timetable(draft)
    return _page(request, DraftForm(draft, found.items, found.awaits), found)


def _fragment(request: HttpRequest, draft: ProcedureVersion) -> HttpResponse:
    """One row, opened (`edit`) or as it is stored (`close`); else what the search finds."""
    key = request.GET.get("edit", "") or request.GET.get("close", "")
    if not key:
        offered = {"q": _asked(request), "results": _results(draft, _asked(request))}
        return render(request, "approvals/_procedure_draft_found.html", offered)
    found = actions.timetable(draft)
    form = DraftForm(draft, found.items, found.awaits)
    groups = _groups(form, found, set(request.GET.getlist("edit")))
    row = next((row for _stage, rows in groups for row in rows if row.form.key == key), None)
    if row is None:
        raise Http404
    row.form.fields["days"].widget.attrs["autofocus"] = row.is_open
    context = {"row": row, "procedure": draft.procedure, "phased": _phased(form), "swapped": True}
    return render(request, "approvals/_procedure_draft_row.html", context)


def _draft(request: HttpRequest, code: str) -> ProcedureVersion:
    """The draft of a procedure: 404 for who looks, Conflict for who comes too late with what he did."""
    versions = ProcedureVersion.objects.select_related("procedure", "made_by", "changed_by", "published_by")
    found = versions.filter(procedure__code=code).order_by("-number")
    last = found.first()
    if last is None:
        raise Http404
    if last.is_draft:
        return last
    if request.method != "POST":
        raise Http404
    raise Conflict(_came_too_late(last))


def _came_too_late(last: ProcedureVersion) -> str:
    said = {"n": last.number, "who": last.published_by or _("the portal"), "at": ""}
    if last.published_at is not None:
        said["at"] = f"{local(last.published_at):%Y-%m-%d %H:%M}"
    return _("There is no draft any more. Version %(n)s: published by %(who)s, %(at)s.") % said


def _asked(request: HttpRequest) -> str:
    given = request.POST if request.method == "POST" else request.GET
    return given.get("q", "").strip()[:MOST_LETTERS]


def _results(draft: ProcedureVersion, text: str) -> list[ServiceItem]:
    """Items of the catalogue that can be added; one that is handled in phases can come again."""
    if not text:
        return []
    found = ServiceItem.objects.on_offer().matching(text).by_stage().select_related("team")
    if draft.procedure.phases == 1:
        found = found.exclude(pk__in=draft.items.values("item"))
    return list(found[:MOST_FOUND])


def _changed(request: HttpRequest, draft: ProcedureVersion) -> HttpResponse:
    """Save what was typed, or only look what it would be; errors stand beside their fields."""
    stored = actions.timetable(draft)
    form = DraftForm(draft, stored.items, stored.awaits, data=request.POST)
    found = actions.laid_out(draft.procedure, *form.steps())
    if request.POST.get("do") == "check":
        context = _checked(form, found) | {"typed": True}
        return render(request, "approvals/_procedure_draft_check.html", context)
    if not form.is_valid():
        return _page(request, form, found, status=422, seen=request.POST.get("seen", ""), unsaved=True)
    seen, by = request.POST.get("seen", ""), actor_of(request).user
    try:
        actions.change_draft(draft, form.filled(), seen=seen, by=by, now=now())
    except Conflict:
        there = ProcedureVersion.objects.filter(pk=draft.pk, published_at=None).select_related("changed_by")
        if not there:
            raise
        stale = compared(actions.timetable(there[0]), found)
        return _page(request, form, found, status=409, stale=stale, faster=there[0])
    messages.success(request, _("The draft is saved."))
    if form.loosened:
        said = _("No longer waiting for what was taken out: %(items)s. Please look what they wait for now.")
        messages.warning(request, said % {"items": _(", ").join(form.loosened)})
    return redirect(reverse("approvals:draft_edit", args=[draft.procedure.code]) + _onward(request))


def _onward(request: HttpRequest) -> str:
    """Where one goes on after saving: at the row to be opened next, or at the search."""
    text, key = _asked(request), request.POST.get("open", "")
    if KEY.fullmatch(key):
        return f"?{urlencode({'edit': key})}#row-{key}"
    return f"?{urlencode({'q': text})}#add" if text else ""


def _phased(form: DraftForm) -> bool:
    return form.phases > 1 or any(row.step.phase for row in form.rows)


def _page(
    request: HttpRequest, form: DraftForm, found: actions.Timetable, status: int = 200, **more: Any
) -> HttpResponse:
    draft, text = form.draft, _asked(request)
    opened = {row.key for row in form.rows if row.is_bound} | set(request.GET.getlist("edit"))
    context = _checked(form, found, opened) | {
        "draft": draft,
        "procedure": draft.procedure,
        "form": form,
        "groups": _groups(form, found, opened),
        "opened": opened,
        "seen": actions.mark(draft),
        "q": text,
        "results": _results(draft, text),
        "unconfirmed": any(row.item.is_default for row in form.rows),
        "phased": _phased(form),
    }
    return render(request, "approvals/procedure_draft_edit.html", context | more, status=status)


def _published(procedure: Procedure) -> ProcedureVersion | None:
    return procedure.versions.filter(published_at__isnull=False).order_by("-number").first()


def _checked(
    form: DraftForm, found: actions.Timetable, opened: Collection[str] | None = None
) -> dict[str, Any]:
    """The picture, the longest way, and everything that is wrong, at once. `opened`: rows with a form."""
    if opened is None:
        opened = {row.key for row in form.rows if row.is_bound}
    problems = list(_problems(form, found, opened))
    wrong = sum(problem.grade == Grade.ERROR for problem in problems)
    return {
        "found": found,
        "procedure": form.draft.procedure,
        "problems": problems,
        "wrong": wrong,
        "path": path_words(found),
        **drawn(found),
    }


def _problems(form: DraftForm, found: actions.Timetable, opened: Collection[str]) -> Iterator[Problem]:
    for text in form.errors:
        yield Problem(Grade.ERROR, text, [])
    names = {item.key: actions.item_name(item) for item in found.items}
    unread = {row.key for row in form.kept if _wrong(row)}
    for row in form.kept:
        for text in _wrong(row):
            said = _("“%(item)s”: %(error)s") % {"item": names[row.key], "error": text}
            yield Problem(Grade.ERROR, said, [(row.key, names[row.key], row.key in opened)])
    grades = list(Grade)
    for one in sorted(found.findings, key=lambda one: grades.index(one.grade)):
        if one.grade == Grade.HINT and unread & set(one.keys):
            continue  # what cannot be read is no gap
        yield Problem(one.grade, one.text, [(key, names[key], key in opened) for key in one.keys])


def _wrong(row: DraftRow) -> list[str]:
    """What the form itself does not take."""
    if not row.is_bound:
        return row.wrong_awaits
    return [*(str(text) for texts in row.errors.values() for text in texts), *row.wrong_awaits]


def _groups(
    form: DraftForm, found: actions.Timetable, opened: Collection[str]
) -> list[tuple[str, list[EditedRow]]]:
    """The rows by stage, in the order in which a project meets them."""
    names = {row.key: actions.item_name(row.step) for row in form.rows}
    said: dict[str, list[str]] = {}
    for one in found.findings:
        for key in one.keys if one.grade == Grade.ERROR else ():
            text = (
                one.text if len(one.keys) == 1 else _("One of several that do not fit together: see above.")
            )
            said.setdefault(key, []).append(text)
    groups = []
    for stage in ServiceItem.Stage:
        rows = [row for row in form.rows if row.item.stage == stage]
        rows.sort(key=lambda row: row.step.phase)
        if rows:
            edited = [
                _edited(row, names, found, said.get(row.key, []), is_open=row.key in opened) for row in rows
            ]
            groups.append((str(stage.label), edited))
    return groups


def _edited(
    row: DraftRow, names: dict[str, str], found: actions.Timetable, problems: list[str], *, is_open: bool
) -> EditedRow:
    place = found.plan.places.get(row.key) if found.plan is not None else None
    return EditedRow(
        form=row,
        name=names[row.key],
        is_open=is_open,
        when=when_words(place) if place else "",
        is_critical=any(item.key == row.key for item in found.path),
        awaits=_(", ").join(names[key] for key in row.awaits if key in names),
        options=[(k, name, k in row.awaits) for k, name in names.items() if k != row.key] if is_open else [],
        problems=problems,
    )


@require_http_methods(["GET", "POST"])
@administrators
@refusals
def draft_publish(request: HttpRequest, code: str) -> HttpResponse:
    """What publishing would change, for whom; then, with a reason, it is done."""
    draft = _draft(request, code)
    form = PublishForm(request.POST or None, initial={"seen": actions.mark(draft)})
    if request.method == "POST" and form.is_valid():
        given, by = form.cleaned_data, actor_of(request).user
        actions.publish_version(draft, by=by, note=given["note"], now=now(), seen=given["seen"])
        said = _("Version %(n)s is published: new projects are opened under it.") % {"n": draft.number}
        messages.success(request, said)
        return redirect("approvals:procedure_manage", code=code)
    found, last = actions.timetable(draft), _published(draft.procedure)
    comparison = compared(actions.timetable(last), found) if last is not None else None
    context = _checked(DraftForm(draft, found.items, found.awaits), found) | {
        "draft": draft, "form": form, "last": last, "comparison": comparison,
        "kept": actions.open_projects(draft.procedure).items(),
    }  # fmt: skip
    return render(
        request, "approvals/procedure_draft_publish.html", context, status=422 if form.errors else 200
    )


@require_http_methods(["GET", "POST"])
@administrators
@refusals
def draft_discard(request: HttpRequest, code: str) -> HttpResponse:
    """Ask once, then take the draft away; what is published stays."""
    draft = _draft(request, code)
    if request.method == "POST":
        actions.discard_draft(draft, seen=request.POST.get("seen", ""))
        messages.success(request, _("The draft is discarded. What is published has not changed."))
        return redirect("approvals:procedure_manage", code=code)
    context = {"draft": draft, "procedure": draft.procedure, "seen": actions.mark(draft)}
    return render(
        request, "approvals/procedure_draft_discard.html", context | {"last": _published(draft.procedure)}
    )

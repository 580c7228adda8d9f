"""季度排名: as it stands and as it was issued, what each point comes of, its sheet, and its files."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from investment import letters
from investment.access import follows_investment, steers_investment
from investment.actions import ranking as actions
from investment.actions import sheet
from investment.actions.measures import Quarter, quarter_of
from investment.forms.ranking import IssueForm, QuarterForm, RuleForm, UntruthForm
from investment.models import RankingRule, Untruth
from investment.presenting import behind
from investment.presenting import ranking as presenting
from portal.cases.views.common import actor_of, refusals
from portal.park.acting import Actor
from portal.reports.export import xlsx
from portal.worktime.clock import local
from portal.worktime.now import now

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _reader(request: HttpRequest) -> Actor:
    actor = actor_of(request)
    if not follows_investment(actor):
        raise PermissionDenied
    return actor


def _steers(request: HttpRequest) -> Actor:
    actor = actor_of(request)
    if not steers_investment(actor):
        raise PermissionDenied
    return actor


def _quarter(request: HttpRequest) -> str:
    """The quarter that the address names; that of today where it names none. Raises Http404."""
    given = request.POST.get("quarter") or request.GET.get("quarter")
    if not given:
        return quarter_of(local(now()).date()).text
    form = QuarterForm({"quarter": given})
    if not form.is_valid():
        raise Http404
    return str(form.cleaned_data["quarter"])


def _back(quarter: str) -> HttpResponseRedirect:
    return redirect(f"{reverse('investment:ranking_view')}?{urlencode({'quarter': quarter})}")


@require_safe
@refusals
def ranking_view(request: HttpRequest) -> HttpResponse:
    """The task forces by their points, each point with its way to the leads that it comes of."""
    actor, quarter, moment = _reader(request), _quarter(request), now()
    shown, today = presenting.read(quarter, moment), local(moment).date()
    steers = steers_investment(actor)
    context = {
        "shown": shown,
        "cards": presenting.cards(shown),
        "quarters": presenting.quarters(quarter_of(today).text),
        "moment": moment,
        "steers": steers,
        "is_over": Quarter(quarter).last < today,
        "issue_form": IssueForm() if steers and shown.issued is None else None,
        "untruth_form": UntruthForm(None, actor=actor, quarter=quarter) if steers else None,
    }
    return render(request, "investment/ranking_view.html", context)


@require_safe
@refusals
def ranking_rows(request: HttpRequest) -> HttpResponse:
    """The leads of which one line of one task force was reckoned."""
    actor, quarter = _reader(request), _quarter(request)
    shown = presenting.read(quarter, now())
    rule, standing = shown.rule(request.GET.get("line", "")), shown.standing(request.GET.get("team", ""))
    part = standing.part(rule.code) if rule and standing else None
    if rule is None or standing is None or part is None:
        raise Http404
    found = behind.leads_behind(part.leads, actor, request.GET.get("after", ""))
    asked = {"quarter": quarter, "team": standing.team, "line": rule.code, "after": found.later}
    untruths = Untruth.objects.none()
    if rule.measure == RankingRule.Measure.UNTRUE:
        untruths = Untruth.objects.filter(quarter=quarter, team__code=standing.team)
    context = {
        "title": f"{standing.label} · {rule.label}",
        "about": f"{quarter} · {presenting.told(rule, part.value)} {presenting.held_against(rule, part)}",
        "points": part.score,
        "found": found,
        "untruths": untruths,
        "back": f"{reverse('investment:ranking_view')}?{urlencode({'quarter': quarter})}",
        "later": f"?{urlencode(asked)}" if found.later else "",
    }
    return render(request, "investment/behind.html", context)


@require_safe
@refusals
def ranking_file(request: HttpRequest) -> HttpResponse:
    """The ranking as PDF, or with `form=xlsx` as a workbook."""
    _reader(request)
    quarter, moment = _quarter(request), now()
    shown = presenting.read(quarter, moment)
    header, rows = presenting.table(shown)
    if request.GET.get("form") == "xlsx":
        return _download(xlsx(header, rows), XLSX, f"ranking-{quarter}.xlsx")
    tables = [letters.Table("", [header[1], header[0], *header[2:]], [_line(row) for row in rows])]
    issued = shown.issued
    content = letters.pdf(
        _("Ranking of the task forces"), quarter, tables, remarks=issued.remarks if issued else "",
        path=reverse("investment:ranking_view"), issued_at=issued.issued_at if issued else None, now=moment,
    )  # fmt: skip
    return _download(content, "application/pdf", f"ranking-{quarter}.pdf")


def _line(row: list[object]) -> list[str]:
    return [str(row[1]), str(row[0]), *(str(cell) for cell in row[2:])]


def _download(content: bytes, kind: str, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@require_POST
@refusals
def ranking_issue(request: HttpRequest) -> HttpResponse:
    """Issue the ranking; from here on it stays as it is."""
    actor, quarter, form = _steers(request), _quarter(request), IssueForm(request.POST)
    if form.is_valid():
        actions.issue(quarter, by=actor.user, now=now(), **form.cleaned_data)
        messages.success(request, _("Issued: the ranking of %(quarter)s.") % {"quarter": quarter})
    return _back(quarter)


@require_POST
@refusals
def ranking_untruth(request: HttpRequest) -> HttpResponse:
    """Note that a task force reported something untrue."""
    actor, quarter = _steers(request), _quarter(request)
    form = UntruthForm(request.POST, actor=actor, quarter=quarter)
    if form.is_valid():
        actions.note_untruth(form.save(commit=False), by=actor.user, now=now())
        messages.success(request, _("Noted."))
    else:
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
    return _back(quarter)


@require_http_methods(["GET", "POST"])
@refusals
def ranking_sheet(request: HttpRequest) -> HttpResponse:
    """The sheet of a quarter; who steers investment changes a line of it from a quarter on."""
    actor, quarter = _reader(request), _quarter(request)
    lines = sheet.lines(quarter)
    chosen = next((rule for rule in lines if rule.code == request.GET.get("line")), None)
    form = None
    if chosen is not None and steers_investment(actor):
        copy = RankingRule(code=chosen.code, valid_from=quarter, active=chosen.active)
        for name in sheet.KEPT:
            setattr(copy, name, getattr(chosen, name))
        form = RuleForm(request.POST if request.method == "POST" else None, instance=copy)
    if request.method == "POST":
        _steers(request)
        if form is None:
            raise Http404
        if form.is_valid():
            sheet.change_rule(form.instance)
            messages.success(request, _("Changed."))
            return redirect(f"{reverse('investment:ranking_sheet')}?{urlencode({'quarter': quarter})}")
    context = {
        "quarter": quarter, "lines": lines, "chosen": chosen, "form": form,
        "steers": steers_investment(actor),
        "back": f"{reverse('investment:ranking_view')}?{urlencode({'quarter': quarter})}",
    }  # fmt: skip
    return render(
        request, "investment/ranking_sheet.html", context, status=422 if form and form.errors else 200
    )

"""Pages of figures: all of them, one of them, the rows behind one."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from portal.cases.views.common import actor_of
from portal.money import NO_BREAK
from portal.park.acting import Actor
from portal.reports import export, figures
from portal.reports.access import may_read, readable
from portal.reports.declaration import Indicator, Period
from portal.reports.forms import PeriodForm, presets, this_year
from portal.reports.rows import all_cells, outside, page_of, shown_rows
from portal.worktime.now import now


def _reader(request: HttpRequest) -> Actor:
    actor = actor_of(request)
    if not may_read(actor):
        raise PermissionDenied
    return actor


def _indicator(actor: Actor, key: str) -> Indicator:
    for indicator in readable(actor):
        if indicator.key == key:
            return indicator
    raise Http404


def _period(request: HttpRequest) -> tuple[PeriodForm, Period]:
    form = PeriodForm(request.GET)
    period = form.period(this_year(timezone.localdate(now())))
    if not form.errors:  # what is shown is said, also when nobody chose it
        form = PeriodForm(initial={"date_from": period.date_from, "date_to": period.date_to})
    return form, period


def _query(period: Period) -> str:
    return f"date_from={period.date_from or ''}&date_to={period.date_to or ''}"


def _presets(period: Period) -> list[dict[str, Any]]:
    today = timezone.localdate(now())
    return [{"label": label, "query": _query(p), "current": p == period} for label, p in presets(today)]


@require_safe
@login_required
def indicator_list(request: HttpRequest) -> HttpResponse:
    """All figures of a period, each with the period before and the year before."""
    actor = _reader(request)
    form, period = _period(request)
    tiles = _tiles(readable(actor), period, actor)
    context = {"tiles": tiles, "form": form, "presets": _presets(period), "query": _query(period)}
    return render(request, "reports/indicator_list.html", context)


def _tiles(indicators: list[Indicator], period: Period, actor: Actor) -> list[dict[str, Any]]:
    """Figures with those of the period before and the year before, all in one statement."""
    periods = {"now": period, "before": figures.before(period), "year_before": figures.year_before(period)}
    wanted = [
        (indicator, name, other)
        for indicator in indicators
        for name, other in periods.items()
        if other is not None and (indicator.dated or name == "now")
    ]
    computed = figures.compute_all([(indicator, other) for indicator, _name, other in wanted], actor)
    found: dict[str, dict[str, figures.Figure]] = {}
    for (indicator, name, _other), figure in zip(wanted, computed, strict=True):
        found.setdefault(indicator.key, {})[name] = figure
    return [_tile(indicator, found[indicator.key]) for indicator in indicators]


def _tile(indicator: Indicator, found: dict[str, figures.Figure]) -> dict[str, Any]:
    figure = found["now"]
    compared = {
        name: figures.as_text(indicator, other.value) for name, other in found.items() if name != "now"
    }
    return {
        "key": indicator.key,
        "label": indicator.label,
        "unit": figures.unit_of(indicator),
        # On a narrow tile the unit goes to a line of its own.
        "value": figures.as_text(indicator, figure.value).replace(NO_BREAK, " "),
        "n": figure.n,
        "hidden": figure.hidden,
        "definition": indicator.definition,
        **compared,
    }


@require_safe
@login_required
def indicator_view(request: HttpRequest, key: str) -> HttpResponse:
    """One figure: what it means, how it splits."""
    actor = _reader(request)
    indicator = _indicator(actor, key)
    form, period = _period(request)
    chosen = request.GET.get("by", "")
    if chosen not in indicator.breakdowns:
        chosen = next(iter(indicator.breakdowns), "")
    lines = []
    if chosen:
        lines = _bars(indicator, figures.split(indicator, indicator.breakdowns[chosen], period, actor))
    context = {
        "tile": _tiles([indicator], period, actor)[0],
        "indicator": indicator,
        "form": form,
        "presets": _presets(period),
        "query": _query(period),
        "by": chosen,
        "ways": [
            {"key": k, "label": b.label, "current": k == chosen} for k, b in indicator.breakdowns.items()
        ],
        "lines": lines,
    }
    return render(request, "reports/indicator_view.html", context)


def _bars(indicator: Indicator, lines: list[figures.Line]) -> list[dict[str, Any]]:
    """Lines with the length of their bar, 0–100."""
    most = max((float(line.figure.value or 0) for line in lines), default=0.0) or 1.0
    return [
        {
            "label": line.label,
            "value": figures.as_text(indicator, line.figure.value),
            "n": line.figure.n,
            "hidden": line.figure.hidden,
            "width": round(float(line.figure.value or 0) / most * 100, 2),
        }
        for line in lines
    ]


@require_safe
@login_required
def indicator_rows(request: HttpRequest, key: str) -> HttpResponse:
    """The very rows behind a figure; those out of reach are counted and said."""
    actor = _reader(request)
    indicator = _indicator(actor, key)
    form, period = _period(request)
    found, later = page_of(indicator, period, actor, request.GET.get("after", ""))
    context = {
        "indicator": indicator,
        "tile": _tiles([indicator], period, actor)[0],
        "form": form,
        "query": _query(period),
        "header": [column.label for column in indicator.columns],
        "rows": shown_rows(indicator, found, actor),
        "later": later,
        "outside": outside(indicator, period, actor),
    }
    return render(request, "reports/indicator_rows.html", context)


@require_safe
@login_required
def indicator_export(request: HttpRequest, key: str, form: str) -> HttpResponse | StreamingHttpResponse:
    """The rows as a file."""
    actor = _reader(request)
    indicator = _indicator(actor, key)
    _form, period = _period(request)
    header = [str(column.label) for column in indicator.columns]
    cells = all_cells(indicator, period, actor)
    name = f"{key}.{form}"
    if form == "csv":
        lines = export.csv_lines(header, cells)
        answer: HttpResponse | StreamingHttpResponse = StreamingHttpResponse(lines, content_type="text/csv")
    else:
        kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        answer = HttpResponse(export.xlsx(header, cells), content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer

"""The ranking as a page, a file and a table: bars, points and what each point comes of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from investment.actions import ranking, sheet
from investment.actions.measures import AMOUNTS, SHARES
from investment.actions.ranking import Part, Standing
from investment.models import Ranking, RankingRule
from portal.money import grouped, money


@dataclass(frozen=True)
class Shown:
    """The ranking of a quarter: issued, or as it stands."""

    quarter: str
    issued: Ranking | None
    rules: Sequence[RankingRule]
    standings: Sequence[Standing]

    @property
    def most(self) -> Decimal:
        """What the longest bar stands for."""
        best = max((one.total for one in self.standings), default=Decimal(0))
        return max(best, sum((rule.points for rule in self.rules if _is_plain(rule)), Decimal(0)))

    def rule(self, code: str) -> RankingRule | None:
        return next((rule for rule in self.rules if rule.code == code), None)

    def standing(self, team: str) -> Standing | None:
        return next((one for one in self.standings if one.team == team), None)


def _is_plain(rule: RankingRule) -> bool:
    return rule.basis not in (RankingRule.Basis.BONUS, RankingRule.Basis.DEDUCTION)


def read(quarter: str, now: datetime) -> Shown:
    """What was issued, or what the rows say now."""
    issued = Ranking.objects.filter(quarter=quarter).select_related("issued_by").first()
    if issued is not None:
        return Shown(quarter, issued, sheet.kept_lines(issued), ranking.issued_standings(issued))
    return Shown(quarter, None, sheet.sheet(quarter), ranking.compute(quarter, now))


def told(rule: RankingRule, value: Decimal) -> str:
    """A value in its unit."""
    if rule.measure in SHARES:
        return f"{grouped((value * 100).quantize(Decimal('0.1')))}%"
    return money(value) if rule.measure in AMOUNTS else grouped(value)


def held_against(rule: RankingRule, part: Part) -> str:
    """By what the points of a line are reckoned."""
    if rule.basis == RankingRule.Basis.TARGET and part.against is not None:
        return _("against %(value)s") % {"value": told(rule, part.against)}
    if rule.basis == RankingRule.Basis.BEST and part.against:
        return _("best: %(value)s") % {"value": told(rule, part.against)}
    if rule.basis in (RankingRule.Basis.BONUS, RankingRule.Basis.DEDUCTION):
        sign = "+" if rule.basis == RankingRule.Basis.BONUS else "−"
        return _("%(points)s for each") % {"points": f"{sign}{grouped(rule.per_unit)}"}
    return ""


def cards(shown: Shown) -> list[dict[str, Any]]:
    """One card for each task force, the first first."""
    most = shown.most or Decimal(1)
    return [
        {
            "standing": one,
            "width": max(0, round(float(one.total / most) * 100, 1)),
            "parts": [_shown_part(shown, one, rule, part) for rule, part in _pairs(shown, one)],
        }
        for one in shown.standings
    ]


def _pairs(shown: Shown, standing: Standing) -> list[tuple[RankingRule, Part]]:
    found = ((rule, standing.part(rule.code)) for rule in shown.rules)
    return [(rule, part) for rule, part in found if part is not None]


def _shown_part(shown: Shown, standing: Standing, rule: RankingRule, part: Part) -> dict[str, Any]:
    asked = {"quarter": shown.quarter, "team": standing.team, "line": rule.code}
    return {
        "rule": rule,
        "score": part.score,
        "most": rule.points,
        "told": told(rule, part.value),
        "against": held_against(rule, part),
        "href": f"{reverse('investment:ranking_rows')}?{urlencode(asked)}",
        "is_loss": part.score < 0,
    }


def table(shown: Shown) -> tuple[list[str], list[list[Any]]]:
    """The ranking as a table, for the files."""
    header = [_("Rank"), _("Task force"), _("Points"), *(rule.label for rule in shown.rules)]
    rows = [
        [one.place, one.label, one.total, *(part.score for _rule, part in _pairs(shown, one))]
        for one in shown.standings
    ]
    return header, rows


def quarters(newest: str) -> list[str]:
    """The quarters that one may choose: the newest eight."""
    year, place = int(newest[:4]), int(newest[-1])
    out = []
    for _n in range(8):
        out.append(f"{year}-Q{place}")
        year, place = (year, place - 1) if place > 1 else (year - 1, 4)
    return out

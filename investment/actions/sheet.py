"""The scoring sheet of the ranking: as declared, and as changed from a quarter on.

Source: dossier, section 5: new projects 30, money 20, fit 20, 15 + 15, bonus; 0.1 off for each late start and
0.2 for what was untrue. Where the source lets partners give points, rows speak here: the sheets of the
panels, and the steps left in time.
"""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _

from investment.models import Ranking, RankingRule
from portal.cases.errors import Refused

Measure, Basis = RankingRule.Measure, RankingRule.Basis
BEGINNING = "2000-Q1"
KEPT = ("name", "name_en", "measure", "basis", "points", "per_unit")


def _declared(
    code: str, names: str, basis: RankingRule.Basis, points: str, per_unit: str = "0"
) -> RankingRule:
    name, _bar, name_en = names.partition(" | ")
    return RankingRule(
        code=code,
        name=name,
        name_en=name_en,
        measure=Measure(code),
        basis=basis,
        points=Decimal(points),
        per_unit=Decimal(per_unit),
        valid_from=BEGINNING,
    )


DECLARED = (
    _declared("projects", "新签亿元以上项目 | New projects of 100 million yuan or more", Basis.TARGET, "30"),
    _declared("arrived", "到位资金 | Investment arrived", Basis.BEST, "20"),
    _declared("fit", "产业契合度 | Fit with the industry", Basis.SHARE, "20"),
    _declared("panel", "评审得分 | Points of the panels", Basis.SHARE, "15"),
    _declared("in_time", "环节按时率 | Steps in time", Basis.SHARE, "15"),
    _declared("top500", "三类500强加分 | Bonus: top-500 enterprises", Basis.BONUS, "6", "2"),
    _declared("billion", "10亿元以上加分 | Bonus: 1 billion yuan or more", Basis.BONUS, "6", "2"),
    _declared("late_start", "未按期开工扣分 | Works not started in time", Basis.DEDUCTION, "0", "0.1"),
    _declared("untrue", "数据不实扣分 | Untrue reports", Basis.DEDUCTION, "0", "0.2"),
)


def lines(quarter: str) -> list[RankingRule]:
    """The lines of a quarter, those out of use too: of each code the newest that has begun."""
    rows = RankingRule.objects.filter(valid_from__lte=quarter).order_by("valid_from")
    return list({rule.code: rule for rule in (*DECLARED, *rows)}.values())


def sheet(quarter: str) -> list[RankingRule]:
    """The lines in force in a quarter."""
    return [rule for rule in lines(quarter) if rule.active]


def change_rule(rule: RankingRule) -> None:
    """A line of the sheet from a quarter on. Raises Refused where a ranking was issued by another already."""
    if Ranking.objects.filter(quarter__gte=rule.valid_from).exists():
        raise Refused(_("A ranking of this quarter or a later one is issued: its sheet stays."))
    kept = {name: getattr(rule, name) for name in (*KEPT, "active")}
    RankingRule.objects.update_or_create(code=rule.code, valid_from=rule.valid_from, defaults=kept)


def line_of(rule: RankingRule) -> dict[str, str]:
    """A line as an issued ranking keeps it."""
    return {name: str(getattr(rule, name)) for name in ("code", *KEPT)}


def kept_lines(ranking: Ranking) -> list[RankingRule]:
    """The sheet by which a ranking was issued."""
    return [
        RankingRule(**{**line, "points": Decimal(line["points"]), "per_unit": Decimal(line["per_unit"])})
        for line in ranking.sheet
    ]

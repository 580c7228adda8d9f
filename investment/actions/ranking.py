"""季度排名: the task forces by the points of the sheet, computed from rows until it is issued."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from investment.actions.measures import MEASURES, Found, Measured, Quarter
from investment.actions.sheet import line_of, sheet
from investment.models import Award, Ranking, RankingRule, Target, Untruth
from portal.accounts.models import User
from portal.cases.errors import Refused
from portal.names import local_name
from portal.park.models import Team
from portal.worktime.clock import local

Measure, Basis = RankingRule.Measure, RankingRule.Basis
ZERO, CENT = Decimal(0), Decimal("0.01")
_TARGETS = {Measure.PROJECTS: "projects", Measure.SIGNED: "signed_amount"}


@dataclass(frozen=True)
class Part:
    """The points of one line. `against` is what the value is held against, as far as there is such."""

    code: str
    value: Decimal
    against: Decimal | None
    score: Decimal
    leads: Sequence[int]


@dataclass(frozen=True)
class Standing:
    """One task force in a ranking."""

    place: int
    team: str
    name: str
    name_en: str
    total: Decimal
    parts: Sequence[Part]

    @property
    def label(self) -> str:
        return local_name(self.name, self.name_en)

    def part(self, code: str) -> Part | None:
        return next((part for part in self.parts if part.code == code), None)


def compute(text: str, now: datetime) -> list[Standing]:
    """The standings of a quarter as the rows say now: one statement for each measure."""
    quarter, today, rules = Quarter(text), local(now).date(), sheet(text)
    teams = list(Team.objects.filter(kind=Team.Kind.TASK_FORCE, active=True).order_by("code"))
    found = {name: MEASURES[name](quarter, today) for name in {rule.measure for rule in rules}}
    targets = _targets(quarter)
    scored = []
    for team in teams:
        parts = [_part(rule, team.pk, found[rule.measure], targets) for rule in rules]
        scored.append((team, sum((part.score for part in parts), ZERO), parts))
    scored.sort(key=lambda one: (-one[1], one[0].code))
    totals = [total for _team, total, _parts in scored]
    return [
        Standing(totals.index(total) + 1, team.code, team.name, team.name_en, total, parts)
        for team, total, parts in scored
    ]


def _part(rule: RankingRule, team: int, found: Found, targets: dict[tuple[int, str], Decimal]) -> Part:
    mine = found.get(team, Measured(ZERO, []))
    against: Decimal | None = None
    if rule.basis == Basis.TARGET:
        against = targets.get((team, rule.measure))
    if rule.basis == Basis.BEST or (rule.basis == Basis.TARGET and not against):
        against = max((one.value for one in found.values()), default=ZERO)
    return Part(rule.code, mine.value, against, _score(rule, mine.value, against), mine.leads)


def _score(rule: RankingRule, value: Decimal, against: Decimal | None) -> Decimal:
    if rule.basis == Basis.DEDUCTION:
        points = -rule.per_unit * value
    elif rule.basis == Basis.BONUS:
        points = min(rule.points, rule.per_unit * value)
    elif rule.basis == Basis.SHARE:
        points = rule.points * min(value, Decimal(1))
    else:
        points = rule.points * min(value / against, Decimal(1)) if against else ZERO
    return points.quantize(CENT) + ZERO  # no minus before nothing


def _targets(quarter: Quarter) -> dict[tuple[int, str], Decimal]:
    """What each task force is to reach: its target of the quarter, or a fourth of that of the year."""
    out: dict[tuple[int, str], Decimal] = {}
    rows = Target.objects.filter(year=quarter.year, quarter__in=(0, quarter.place)).order_by("quarter")
    for row in rows:
        for measure, field in _TARGETS.items():
            wanted = Decimal(getattr(row, field))
            out[row.team_id, measure] = wanted if row.quarter else wanted / 4
    return out


def issue(text: str, *, by: User, now: datetime, remarks: str = "", award: str = "") -> Ranking:
    """Issue the ranking of a quarter that is over, and note the award of the first, if one is given.

    Raises Refused before the quarter is over, and for one that is issued already.
    """
    quarter = Quarter(text)
    if local(now).date() <= quarter.last:
        raise Refused(_("The quarter is not over yet."))
    standings = compute(text, now)
    try:
        with transaction.atomic():
            made = Ranking.objects.create(
                quarter=text, sheet=[line_of(rule) for rule in sheet(text)],
                standings=[_plain(one) for one in standings], remarks=remarks, issued_at=now, issued_by=by,
            )  # fmt: skip
            if award:
                _honour(text, award, [one for one in standings if one.place == 1])
    except IntegrityError as error:
        raise Refused(_("This ranking is issued already.")) from error
    return made


def _honour(quarter: str, award: str, winners: Iterable[Standing]) -> None:
    teams = Team.objects.in_bulk([one.team for one in winners], field_name="code")
    for n, team in enumerate(teams.values(), start=1):
        number = f"PM-{quarter}-{n}"
        Award.objects.create(number=number, name=award, quarter=quarter, team=team)


def _plain(standing: Standing) -> dict[str, Any]:
    """For JSON: decimals as text, so that nothing is rounded."""

    def text(value: Any) -> Any:
        return str(value) if isinstance(value, Decimal) else value

    whole = asdict(standing)
    parts = [{name: text(value) for name, value in part.items()} for part in whole["parts"]]
    return {name: text(value) for name, value in whole.items()} | {"parts": parts}


def issued_standings(ranking: Ranking) -> list[Standing]:
    """The standings of a ranking as they were issued."""
    return [
        Standing(
            **{**one, "total": Decimal(one["total"]), "parts": [_kept_part(part) for part in one["parts"]]}
        )
        for one in ranking.standings
    ]


def _kept_part(kept: dict[str, Any]) -> Part:
    against = kept["against"]
    return Part(
        kept["code"], Decimal(kept["value"]), Decimal(against) if against is not None else None,
        Decimal(kept["score"]), kept["leads"],
    )  # fmt: skip


def note_untruth(untruth: Untruth, *, by: User, now: datetime) -> None:
    """Something that a task force reported was untrue. Raises Refused once the ranking is issued."""
    if Ranking.objects.filter(quarter=untruth.quarter).exists():
        raise Refused(_("This ranking is issued already."))
    untruth.noted_by, untruth.noted_at = by, now
    untruth.save(force_insert=True)

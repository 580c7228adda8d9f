"""A seeded, set-based loader: projects with twelve permits each, begun over four years until now.

Time alone decides how far each has come: what began lately still runs, one in seven is eight working days
late, one permit of each project stood still for a supplement and one in three for a special procedure.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import connection

from approvals import actions
from approvals.access import PERMIT, PROJECT
from approvals.models import ComprehensiveWindow, Intake, Material, Procedure, ServiceItem
from portal.accounts.models import Duty, DutyGrant, User
from portal.bench.ledger_budgets import codes
from portal.bench.loader import NOW
from portal.bench.measure import sql
from portal.cases import standards
from portal.cases.models import Case
from portal.park.models import Agency, Enterprise, Membership, Team

if TYPE_CHECKING:
    from portal.bench.budgets import Bench

SPREAD = 1000  # working days over which the projects began
PER_ENTERPRISE = 4
REVIEWED_AFTER = 705  # working days from the beginning to the end of the capacity review


@dataclass(frozen=True)
class Step:
    """One item: from which working day of the project on it runs, until when, and what it waits for."""

    key: str
    stage: str
    begins: int
    ends: int
    after: str = ""
    pause: str = ""  # from the second to the fourth day

    @property
    def days(self) -> int | None:
        return (self.ends - self.begins - 2 * bool(self.pause)) or None


# The procedure of the dossier (section 2), each item on the day on which the longest way lets it begin.
STEPS = (
    Step("filing", "land", 0, 0),
    Step("land_use", "land", 0, 1, "filing"),
    Step("title", "land", 1, 2, "land_use"),
    Step("environment", "construction", 0, 7, "filing"),
    Step("energy", "construction", 0, 7, "filing", "supplement"),
    Step("scheme", "construction", 2, 5, "land_use"),
    Step("works", "construction", 5, 7, "scheme title"),
    Step("drawings", "construction", 7, 12, "works", "special_procedure"),
    Step("supply", "construction", 1, 9, "land_use"),
    Step("construction", "construction", 12, 13, "drawings environment energy"),
    Step("acceptance", "completion", 200, 204, "construction supply"),
    Step("completion", "completion", 204, 205, "acceptance"),
)
LATE, MOST_LATE = 7, 8  # one of so many projects; by how many working days
MATERIALS = 2

_ENTERPRISES = """
INSERT INTO park_enterprise (uscc, name, name_en, industry, size, address, park_area, tags)
SELECT u, '建设单位 ' || n, '', 'x', 'small', '', '', '{}'
FROM unnest(%(usccs)s::text[]) WITH ORDINALITY t(u, n) WHERE n > %(before)s ORDER BY n
"""
_PLAN = """
CREATE TEMPORARY TABLE bench_project AS
SELECT n, nextval(pg_get_serial_sequence('cases_case', 'id')) AS id,
       'BX' || lpad(n::text, 8, '0') AS number,
       (SELECT array_agg(id ORDER BY id) FROM park_enterprise WHERE uscc = ANY(%(usccs)s))[1 + n / %(each)s] AS enterprise,
       today - (n * 617 + 9) %% %(spread)s AS begins,
       CASE WHEN n %% %(late)s = 3 THEN %(most_late)s ELSE 0 END AS late
FROM generate_series(%(first)s::int, %(last)s::int) n,
     (SELECT worktime_ordinal(%(now)s::date) AS today) t;
CREATE TEMPORARY TABLE bench_day AS
SELECT ordinal, min(date) FILTER (WHERE is_working) AS date FROM worktime_workday GROUP BY ordinal;
CREATE UNIQUE INDEX ON bench_day (ordinal);
CREATE TEMPORARY TABLE bench_permit AS
SELECT p.*, nextval(pg_get_serial_sequence('cases_case', 'id')) AS permit, s.k, s.place, s.item, s.code, s.team,
       s.key, s.days, s.name, s.pause,
       (a.date + time '09:30') AT TIME ZONE 'Asia/Shanghai' AS accepted,
       (e.date + time '16:00') AT TIME ZONE 'Asia/Shanghai' AS decided,
       (d.date + time '17:30') AT TIME ZONE 'Asia/Shanghai' AS due,
       (f.date + time '10:00') AT TIME ZONE 'Asia/Shanghai' AS paused,
       (t.date + time '10:00') AT TIME ZONE 'Asia/Shanghai' AS resumed
FROM bench_project p
CROSS JOIN (SELECT * FROM unnest(%(ks)s::int[], %(places)s::bigint[], %(items)s::bigint[], %(codes)s::text[],
            %(teams)s::bigint[], %(keys)s::text[], %(begin)s::int[], %(end)s::int[], %(days)s::int[], %(names)s::text[],
            %(pauses)s::text[]) AS s(k, place, item, code, team, key, first, last, days, name, pause)) s
JOIN bench_day a ON a.ordinal = p.begins + s.first
JOIN bench_day e ON e.ordinal = p.begins + s.last + CASE WHEN s.last > s.first THEN p.late ELSE 0 END
JOIN bench_day d ON d.ordinal = p.begins + s.last
LEFT JOIN bench_day f ON f.ordinal = p.begins + s.first + 1 AND s.pause <> ''
     AND (s.pause = 'supplement' OR p.n %% 3 = 0)
LEFT JOIN bench_day t ON t.ordinal = f.ordinal + 2;
UPDATE bench_permit SET accepted = NULL, decided = NULL WHERE accepted > %(now)s;
UPDATE bench_permit SET decided = NULL WHERE decided > %(now)s;
ALTER TABLE bench_permit ADD COLUMN decision text NOT NULL DEFAULT '';
UPDATE bench_permit SET decision = CASE WHEN key = 'energy' AND n %% 97 = 5 THEN 'refused' ELSE 'granted' END
WHERE decided IS NOT NULL;
UPDATE bench_permit SET paused = NULL, resumed = NULL WHERE paused > %(now)s OR accepted IS NULL;
UPDATE bench_permit SET resumed = NULL WHERE resumed > %(now)s;
ANALYZE bench_project; ANALYZE bench_permit
"""
_PROJECT_CASES = """
CREATE TEMPORARY TABLE bench_stay AS
SELECT p.id, s.seq, s.step, (f.date + time '09:00') AT TIME ZONE 'Asia/Shanghai' AS came
FROM bench_project p
CROSS JOIN (VALUES (1, 'land', 0), (2, 'construction', 2), (3, 'completion', 13), (4, 'capacity_review', 205),
                   (5, 'done', %(reviewed)s)) s(seq, step, first)
JOIN bench_day f ON f.ordinal = p.begins + s.first
WHERE f.date <= %(now)s::date;
INSERT INTO cases_case (
    id, number, kind, step, title, grade, urgent, sealed, holder, enterprise_id, team_id, standard_id,
    opened_at, entered_at, promise_unit, alert_level, pause_count, closed_at, outcome, used_days, elapsed_days,
    stay_seq, event_seq, event_hash, version)
SELECT p.id, p.number, %(project)s, s.step, '年产' || p.n || '吨材料项目', 'normal', false, false, 'department',
       p.enterprise, %(window)s, %(project_standard)s, o.came, s.came, 'wd', 0, 0,
       CASE WHEN s.step = 'done' THEN s.came END, CASE WHEN s.step = 'done' THEN 'done' ELSE '' END,
       CASE WHEN s.step = 'done' THEN 20 END, CASE WHEN s.step = 'done' THEN s.came::date - o.came::date END,
       s.seq, 1, 'x', 2
FROM bench_project p
JOIN bench_stay o ON o.id = p.id AND o.seq = 1
JOIN LATERAL (SELECT * FROM bench_stay s WHERE s.id = p.id ORDER BY seq DESC LIMIT 1) s ON true;
INSERT INTO cases_steplog (case_id, seq, step, team_id, holder, entered_at, left_at, left_via, limit_unit)
SELECT id, seq, step, %(window)s, 'department', came, lead(came) OVER (PARTITION BY id ORDER BY seq), '', ''
FROM bench_stay WHERE step <> 'done'
"""
_PROJECTS = """
INSERT INTO approvals_project (
    case_id, version_id, mode, is_new_construction, is_key, investment_amount, baseline_days, lead_number,
    site_address, leader_id, task_force_id, butler_id, land_mu, floor_area_m2, energy_tce, special_fire, basement,
    surveyor, designer, contractor, site_supervisor, signed_on, committed_investment_amount, committed_output_per_mu,
    committed_tax_per_mu, committed_start_on, committed_completion_on, committed_capacity_on)
SELECT p.id, %(version)s, CASE WHEN p.n %% 9 = 0 THEN 'land_to_construction' ELSE 'standard' END, p.n %% 5 <> 4,
       p.n %% 10 = 0, 1000000 * (1 + p.n %% 90), 40, '', '示范大道 ' || p.n || ' 号', %(leader)s, %(window)s,
       CASE WHEN p.n %% 40 > 0 THEN %(leader)s END, 30, 20000, 500, false, false, '', '', '', '', b.date,
       1000000 * (1 + p.n %% 90), 5000000, 300000, b.date + 30, b.date + 300,
       CASE WHEN p.begins + %(reviewed)s <= worktime_ordinal(%(now)s::date) THEN b.date + 900
            WHEN p.n %% 50 = 1 THEN b.date + 330 ELSE %(now)s::date + 400 END
FROM bench_project p JOIN bench_day b ON b.ordinal = p.begins;
INSERT INTO approvals_node (project_id, what, planned_on, reached_on, note)
SELECT p.id, '节点 ' || k, b.date + 40 * k, CASE WHEN b.date + 40 * k < %(now)s::date THEN b.date + 41 * k END, ''
FROM bench_project p JOIN bench_day b ON b.ordinal = p.begins CROSS JOIN generate_series(1, 6) k;
INSERT INTO approvals_leadercontact (project_id, kind, "on", note, noted_by_id, noted_at)
SELECT p.id, 'visit', b.date + 10 * k, '走访', %(leader)s, %(now)s
FROM bench_project p JOIN bench_day b ON b.ordinal = p.begins CROSS JOIN generate_series(1, 4) k WHERE p.n %% 10 = 0;
INSERT INTO cases_comment (case_id, author_id, body, internal, from_enterprise, at)
SELECT p.id, %(leader)s, '说明 ' || k, k %% 2 = 0, false, %(now)s::timestamptz - k * interval '1 day'
FROM bench_project p CROSS JOIN generate_series(1, 6) k
"""
_PERMIT_CASES = """
INSERT INTO cases_case (
    id, number, kind, step, title, grade, urgent, sealed, holder, enterprise_id, parent_id, team_id, standard_id,
    opened_at, entered_at, clock_from_at, promise_amount, promise_unit, promise_due_at, warn_at, due_at,
    alert_level, paused_at, pause_count, closed_at, outcome, used_days, elapsed_days,
    stay_seq, event_seq, event_hash, version)
SELECT permit, number || '/' || code || '/1', %(permit)s,
       CASE WHEN decided IS NOT NULL THEN decision WHEN accepted IS NOT NULL THEN 'reviewing' ELSE 'filing' END,
       name, 'normal', false, false,
       CASE WHEN accepted IS NULL THEN 'enterprise' WHEN paused IS NOT NULL AND resumed IS NULL THEN 'third_party'
            ELSE 'department' END,
       enterprise, id, CASE WHEN accepted IS NULL THEN %(window)s ELSE team END, %(permit_standard)s,
       begun, coalesce(accepted, begun), accepted, days, 'wd', CASE WHEN accepted IS NOT NULL THEN due END,
       CASE WHEN decided IS NULL AND accepted IS NOT NULL THEN due - interval '1 day' END,
       CASE WHEN accepted IS NOT NULL THEN due END, 0,
       CASE WHEN resumed IS NULL AND decided IS NULL THEN paused END, (paused IS NOT NULL)::int,
       decided + interval '1 hour', decision,
       CASE WHEN decided IS NOT NULL THEN coalesce(days, 0) END, decided::date - accepted::date,
       2, 1, 'x', 2
FROM (SELECT b.*, least(b.accepted, (d.date + time '08:30') AT TIME ZONE 'Asia/Shanghai') AS begun
      FROM bench_permit b JOIN bench_day d ON d.ordinal = b.begins) b
"""
_PERMITS = """
INSERT INTO approvals_permit (
    case_id, project_id, item_id, place_id, sequence, phase_label, by_commitment, deemed_accepted, accepted_at,
    decided_at, decision, opinion, grounds, remedies, certificate_token, revoked_why)
SELECT permit, id, item, place, 1,
       CASE WHEN key = 'construction' AND n %% 9 = 0 THEN '±0.000以上' ELSE '' END, false, false, accepted,
       decided, decision, '', '', '', CASE WHEN decision = 'granted' THEN gen_random_uuid() END, ''
FROM bench_permit;
INSERT INTO cases_steplog (
    case_id, seq, step, team_id, holder, entered_at, left_at, left_via, limit_unit, due_at, used_days, met)
SELECT permit, 1, 'filing', %(window)s, 'enterprise', c.opened_at, accepted, '', '', NULL, NULL, NULL
FROM bench_permit JOIN cases_case c ON c.id = permit
UNION ALL
SELECT permit, 2, 'reviewing', team, 'department', accepted, decided, '', '', due, coalesce(days, 0), decided <= due
FROM bench_permit WHERE accepted IS NOT NULL
UNION ALL
SELECT permit, 3, 'issuing', team, 'department', decided, decided + interval '1 hour', '', '', due, 0, true
FROM bench_permit WHERE decided IS NOT NULL;
INSERT INTO cases_pause (case_id, reason, basis, notice, from_at, to_at)
SELECT permit, pause, '', '', paused, resumed FROM bench_permit WHERE paused IS NOT NULL;
INSERT INTO approvals_permitpaper (permit_id, material_id, pledged_on)
SELECT permit, m.id, accepted::date FROM bench_permit b JOIN approvals_material m ON m.item_id = b.item
WHERE accepted IS NOT NULL
"""
_AROUND = """
INSERT INTO cases_event (case_id, seq, verb, data, at, previous_hash, hash)
SELECT id, 1, 'imported', '{}', opened_at, '', 'x' FROM cases_case WHERE id > %(after)s;
INSERT INTO cases_participant (case_id, team_id)
SELECT id, %(window)s FROM bench_project UNION ALL SELECT id, team FROM bench_permit GROUP BY id, team
UNION ALL SELECT permit, team FROM bench_permit UNION ALL SELECT permit, %(window)s FROM bench_permit;
DROP TABLE bench_project, bench_permit, bench_day, bench_stay
"""


class Projects:
    """The projects of the bench, as they grow. Number 0 is under way: some permits run, one stands still."""

    def __init__(self, team: int) -> None:
        self.count = 0
        self._enterprises = 0
        self.window = Team.objects.create(code="benchwindow", name="测量综合窗", kind=Team.Kind.WINDOW).pk
        self.items = _items(team)
        self.version = _procedure(self.items)
        _intake(self.window, self.items)
        self.leader = _person("benchleader")
        DutyGrant.objects.create(user=self.leader, duty=Duty.LEADER)
        self.clerk = _person("benchclerk")
        Membership.objects.create(user=self.clerk, team_id=self.window, role=Membership.Role.HEAD)
        self.builder = _person("benchbuilder")

    def grow(self, size: int) -> None:
        """To so many projects."""
        if size <= self.count:
            return
        usccs = codes(-(-size // PER_ENTERPRISE), "9143031")
        places = dict(self.version.items.values_list("key", "pk"))
        items = self.items
        with connection.cursor() as cursor:
            cursor.execute("SELECT coalesce(max(id), 0) FROM cases_case")
            values: dict[str, Any] = {
                "after": cursor.fetchone()[0], "usccs": usccs, "before": self._enterprises, "each": PER_ENTERPRISE,
                "first": self.count, "last": size - 1, "spread": SPREAD, "late": LATE, "most_late": MOST_LATE,
                "now": NOW, "reviewed": REVIEWED_AFTER, "window": self.window, "leader": self.leader.pk,
                "version": self.version.pk, "project": PROJECT, "permit": PERMIT,
                "project_standard": standards.current_id(PROJECT),
                "permit_standard": standards.current_id(PERMIT),
                "ks": list(range(len(STEPS))), "places": [places[step.key] for step in STEPS],
                "items": [item.pk for item in items], "codes": [item.code for item in items],
                "teams": [item.team_id for item in items], "keys": [step.key for step in STEPS],
                "begin": [step.begins for step in STEPS], "end": [step.ends for step in STEPS],
                "days": [step.days for step in STEPS], "names": [item.name for item in items],
                "pauses": [step.pause for step in STEPS],
            }  # fmt: skip
            for statements in (
                _ENTERPRISES, _PLAN, _PROJECT_CASES, _PROJECTS, _PERMIT_CASES, _PERMITS, _AROUND,
            ):  # fmt: skip
                cursor.execute(statements, values)
        if not self.count:
            first = Enterprise.objects.get(uscc=usccs[0])
            Agency.objects.create(user=self.builder, enterprise=first, role=Agency.Role.OWNER)
        self.count, self._enterprises = size, len(usccs)
        actions.count_days(NOW)
        sql("VACUUM ANALYZE")

    def lively(self) -> int:
        """The project that is under way."""
        return int(Case.objects.get(kind=PROJECT, number="BX00000000").pk)

    def mark(self, share: float) -> str:
        """Where the list of projects, newest first, has shown this share of them."""
        cases = Case.objects.filter(kind=PROJECT).order_by("-opened_at", "-pk")
        opened_at, pk = cases.values_list("opened_at", "pk")[int(self.count * share)]
        return f"{opened_at.isoformat()},{pk}"


def projects(bench: Bench) -> Projects:
    """The projects of this run, made when they are first asked for."""
    made: Projects = bench.parts.setdefault(PROJECT, None) or Projects(bench.loaded.team)
    bench.parts[PROJECT] = made
    return made


def _person(name: str) -> User:
    return User.objects.create(username=name, display_name=name)


def _items(team: int) -> list[ServiceItem]:
    """The twelve items, each of another department, among a catalogue of 106."""
    others = [
        ServiceItem(code=f"BO-{n:03}", name=f"其他事项 {n}", stage="other", team_id=team + n % 40)
        for n in range(106 - len(STEPS))
    ]
    own = [
        ServiceItem(
            code=f"BS-{n:03}", name=f"测量事项 {step.key}", stage=step.stage, team_id=team + 10 + n,
            ends_total=step.key == "construction", promised_days=step.days, certificate="证书",
        )
        for n, step in enumerate(STEPS)
    ]  # fmt: skip
    made = ServiceItem.objects.bulk_create([*own, *others])
    Material.objects.bulk_create(
        Material(item=item, position=n, name=f"材料 {n}") for item in made for n in range(MATERIALS)
    )
    return made[: len(STEPS)]


def _procedure(items: list[ServiceItem]) -> Any:
    made = Procedure.objects.create(code="bench", name="测量流程", mode="standard", promised_days=15)
    rows = [
        ({"key": step.key, "item": item, "days": step.days}, step.after.split())
        for step, item in zip(STEPS, items, strict=True)
    ]
    draft = actions.fill_draft(actions.begin_draft(made, by=None, now=NOW), rows)
    return actions.publish_version(draft, by=None, note="", now=NOW)


def _intake(team: int, items: list[ServiceItem]) -> None:
    window = ComprehensiveWindow.objects.create(
        code="bench", name="测量综合窗", kind=ComprehensiveWindow.Kind.PROJECT_ASSISTANCE, team_id=team
    )
    Intake.objects.bulk_create(Intake(window=window, item=item) for item in items)

"""The tables of cases, each made whole: fields, indexes, constraints and triggers in one operation.

The table of search entries comes in 0002, with the SQL functions that it needs.
"""

import uuid

import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.core.validators
import django.db.models.deletion
import pgtrigger.compiler
from django.conf import settings
from django.contrib.postgres.operations import BtreeGistExtension
from django.db import migrations, models

import portal.cases.models.papers


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("park", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        BtreeGistExtension(),
        migrations.CreateModel(
            name="ServiceStandard",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=40, verbose_name="kind")),
                ("version", models.PositiveIntegerField(verbose_name="version")),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="why it changed")),
                ("starts_on", models.DateField(blank=True, null=True, verbose_name="holds from")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="made at")),
                ("created_by", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
            ],
            options={
                "verbose_name": "service standard",
                "verbose_name_plural": "service standards",
                "ordering": ["kind", "-version"],
                "constraints": [
                    models.UniqueConstraint(fields=("kind", "version"), name="cases_standard_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="StandardLimit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("standard", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="limits", to="cases.servicestandard")),
                ("step", models.CharField(blank=True, max_length=40, verbose_name="step")),
                ("grade", models.CharField(blank=True, max_length=20, verbose_name="grade")),
                ("amount", models.DecimalField(decimal_places=2, max_digits=7, verbose_name="amount")),
                ("unit", models.CharField(choices=[("wd", "working days"), ("cd", "calendar days"), ("sh", "service hours"), ("h", "hours")], max_length=2, verbose_name="unit")),
            ],
            options={
                "verbose_name": "time limit",
                "verbose_name_plural": "time limits",
                "constraints": [
                    models.UniqueConstraint(fields=("standard", "step", "grade"), name="cases_limit_once"),
                    models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="cases_limit_positive"),
                ],
            },
        ),
        migrations.CreateModel(
            name="StandardRung",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("standard", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="rungs", to="cases.servicestandard")),
                ("holder", models.CharField(default="department", max_length=12, verbose_name="while it lies with")),
                ("level", models.PositiveSmallIntegerField(verbose_name="level")),
                ("trigger", models.CharField(choices=[("warn", "when it turns yellow"), ("due", "after it is due")], max_length=4, verbose_name="counts from")),
                ("offset_days", models.PositiveSmallIntegerField(default=0, verbose_name="working days after")),
                ("tells", django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=30), size=None, verbose_name="tells")),
                ("opens_supervision", models.BooleanField(default=False, verbose_name="issues a supervision order")),
            ],
            options={
                "verbose_name": "rung",
                "verbose_name_plural": "rungs",
                "ordering": ["standard", "holder", "level"],
                "constraints": [
                    models.UniqueConstraint(fields=("standard", "holder", "level"), name="cases_rung_once"),
                    models.CheckConstraint(condition=models.Q(("level__gt", 0)), name="cases_rung_positive"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Case",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=40, verbose_name="number")),
                ("kind", models.CharField(max_length=40, verbose_name="kind")),
                ("step", models.CharField(max_length=40, verbose_name="step")),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                ("grade", models.CharField(blank=True, max_length=20, verbose_name="grade")),
                ("urgent", models.BooleanField(default=False, verbose_name="urgent")),
                ("sealed", models.BooleanField(default=False, verbose_name="sealed")),
                ("holder", models.CharField(choices=[("department", "department"), ("enterprise", "enterprise"), ("third_party", "third party")], default="department", max_length=12, verbose_name="whose turn")),
                ("enterprise", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="cases", to="park.enterprise", verbose_name="enterprise")),
                ("parent", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="children", to="cases.case", verbose_name="parent case")),
                ("team", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="cases", to="park.team", verbose_name="team")),
                ("assignee", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="assigned_cases", to=settings.AUTH_USER_MODEL, verbose_name="handler")),
                ("opened_by", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="opened_cases", to=settings.AUTH_USER_MODEL, verbose_name="opened by")),
                ("standard", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="cases", to="cases.servicestandard", verbose_name="service standard")),
                ("opened_at", models.DateTimeField(verbose_name="opened at")),
                ("entered_at", models.DateTimeField(verbose_name="entered the step at")),
                ("clock_from_at", models.DateTimeField(null=True, verbose_name="clock counts from")),
                ("promise_amount", models.DecimalField(decimal_places=2, max_digits=7, null=True, verbose_name="promised time")),
                ("promise_unit", models.CharField(choices=[("wd", "working days"), ("cd", "calendar days"), ("sh", "service hours"), ("h", "hours")], default="wd", max_length=2)),
                ("promise_due_at", models.DateTimeField(null=True, verbose_name="promised for")),
                ("warn_at", models.DateTimeField(null=True, verbose_name="due soon from")),
                ("due_at", models.DateTimeField(null=True, verbose_name="due at")),
                ("next_alert_at", models.DateTimeField(null=True, verbose_name="next alert at")),
                ("alert_level", models.PositiveSmallIntegerField(default=0, verbose_name="alert level")),
                ("lapses_at", models.DateTimeField(null=True, verbose_name="goes on by itself at")),
                ("paused_at", models.DateTimeField(null=True, verbose_name="paused at")),
                ("pause_count", models.PositiveSmallIntegerField(default=0)),
                ("closed_at", models.DateTimeField(null=True, verbose_name="closed at")),
                ("outcome", models.CharField(blank=True, max_length=20, verbose_name="outcome")),
                ("used_days", models.DecimalField(decimal_places=2, max_digits=8, null=True, verbose_name="net working days used")),
                ("elapsed_days", models.PositiveIntegerField(null=True, verbose_name="calendar days elapsed")),
                ("stay_seq", models.PositiveIntegerField(default=0)),
                ("event_seq", models.PositiveIntegerField(default=0)),
                ("event_hash", models.CharField(blank=True, max_length=64)),
                ("version", models.PositiveIntegerField(default=1)),
                ("filing_token", models.UUIDField(null=True, unique=True)),
            ],
            options={
                "verbose_name": "case",
                "verbose_name_plural": "cases",
                "indexes": [
                    models.Index(condition=models.Q(("closed_at", None)), fields=["team", "due_at", "id"], include=("warn_at", "paused_at", "holder", "assignee"), name="cases_queue"),
                    models.Index(condition=models.Q(("closed_at", None)), fields=["assignee", "due_at", "id"], name="cases_mine"),
                    models.Index(condition=models.Q(("alert_level__gte", 2), ("closed_at", None)), fields=["due_at", "id"], name="cases_escalated"),
                    models.Index(fields=["enterprise", "-opened_at", "-id"], name="cases_enterprise"),
                    models.Index(fields=["kind", "closed_at"], name="cases_kind_closed"),
                    models.Index(condition=models.Q(("next_alert_at__isnull", False), ("urgent", False)), fields=["next_alert_at"], name="cases_sweep"),
                    models.Index(condition=models.Q(("next_alert_at__isnull", False), ("urgent", True)), fields=["next_alert_at"], name="cases_sweep_urgent"),
                    models.Index(condition=models.Q(("lapses_at__isnull", False)), fields=["lapses_at"], name="cases_lapse"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("kind", "number"), name="cases_number_once"),
                    models.CheckConstraint(condition=models.Q(("closed_at", None), models.Q(("lapses_at", None), ("next_alert_at", None), ("paused_at", None)), _connector="OR"), name="cases_closed_is_quiet"),
                    models.CheckConstraint(condition=models.Q(("paused_at", None), ("next_alert_at", None), _connector="OR"), name="cases_paused_is_quiet"),
                    models.CheckConstraint(condition=models.Q(("closed_at", None), ("closed_at__gte", models.F("opened_at")), _connector="OR"), name="cases_closed_after_opened"),
                    models.CheckConstraint(condition=models.Q(("closed_at", None), models.Q(("outcome", ""), _negated=True), _connector="OR"), name="cases_closed_has_outcome"),
                    models.CheckConstraint(condition=models.Q(("holder__in", ["department", "enterprise", "third_party"])), name="cases_holder_known"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Participant",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("case", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="participants", to="cases.case")),
                ("team", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="participations", to="park.team")),
            ],
            options={
                "indexes": [
                    models.Index(fields=["team", "case"], name="cases_participant_team"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("case", "team"), name="cases_participant_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="StepLog",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("case", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="stays", to="cases.case")),
                ("seq", models.PositiveIntegerField()),
                ("step", models.CharField(max_length=40, verbose_name="step")),
                ("team", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="stays", to="park.team")),
                ("holder", models.CharField(choices=[("department", "department"), ("enterprise", "enterprise"), ("third_party", "third party")], max_length=12, verbose_name="whose turn")),
                ("entered_at", models.DateTimeField(verbose_name="entered at")),
                ("left_at", models.DateTimeField(null=True, verbose_name="left at")),
                ("left_via", models.CharField(blank=True, max_length=40)),
                ("left_by", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("limit_amount", models.DecimalField(decimal_places=2, max_digits=7, null=True, verbose_name="limit")),
                ("limit_unit", models.CharField(blank=True, choices=[("wd", "working days"), ("cd", "calendar days"), ("sh", "service hours"), ("h", "hours")], max_length=2)),
                ("due_at", models.DateTimeField(null=True, verbose_name="due at")),
                ("used_days", models.DecimalField(decimal_places=2, max_digits=8, null=True, verbose_name="net working days used")),
                ("met", models.BooleanField(null=True, verbose_name="limit met")),
            ],
            options={
                "verbose_name": "stay in a step",
                "verbose_name_plural": "stays in steps",
                "ordering": ["case", "seq"],
                "indexes": [
                    models.Index(fields=["step", "left_at"], name="cases_stay_report"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("case", "seq"), name="cases_stay_once"),
                    models.UniqueConstraint(condition=models.Q(("left_at", None)), fields=("case",), name="cases_one_open_stay"),
                    models.CheckConstraint(condition=models.Q(("left_at", None), ("left_at__gte", models.F("entered_at")), _connector="OR"), name="cases_stay_in_order"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Pause",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("case", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="pauses", to="cases.case")),
                ("reason", models.CharField(choices=[("supplement", "waiting for supplements"), ("special_procedure", "special procedure"), ("force_majeure", "force majeure"), ("turn", "waiting for the enterprise")], max_length=20, verbose_name="reason")),
                ("basis", models.CharField(blank=True, max_length=200, verbose_name="legal basis")),
                ("notice", models.TextField(blank=True, verbose_name="notice to the enterprise")),
                ("planned_days", models.PositiveSmallIntegerField(null=True, verbose_name="planned working days")),
                ("planned_until_at", models.DateTimeField(null=True, verbose_name="planned until")),
                ("alarmed_at", models.DateTimeField(null=True, verbose_name="overrun told at")),
                ("from_at", models.DateTimeField(verbose_name="from")),
                ("to_at", models.DateTimeField(null=True, verbose_name="to")),
                ("paused_by", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("resumed_by", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
            ],
            options={
                "verbose_name": "pause",
                "verbose_name_plural": "pauses",
                "ordering": ["case", "from_at"],
                "indexes": [
                    models.Index(condition=models.Q(("to_at", None)), fields=["planned_until_at"], name="cases_pause_running"),
                ],
                "constraints": [
                    django.contrib.postgres.constraints.ExclusionConstraint(expressions=[(models.Func(models.F("from_at"), models.F("to_at"), function="tstzrange", output_field=django.contrib.postgres.fields.ranges.DateTimeRangeField()), "&&"), ("case", "=")], name="cases_pauses_apart"),
                    models.CheckConstraint(condition=models.Q(("to_at", None), ("to_at__gte", models.F("from_at")), _connector="OR"), name="cases_pause_in_order"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Extension",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("case", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="extensions", to="cases.case")),
                ("days", models.PositiveSmallIntegerField(verbose_name="working days")),
                ("reason", models.CharField(max_length=500, verbose_name="reason")),
                ("asked_by", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("asked_at", models.DateTimeField(verbose_name="asked at")),
                ("decided_by", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("decided_at", models.DateTimeField(null=True, verbose_name="decided at")),
                ("granted", models.BooleanField(null=True, verbose_name="granted")),
            ],
            options={
                "verbose_name": "extension",
                "verbose_name_plural": "extensions",
                "constraints": [
                    models.UniqueConstraint(condition=models.Q(("granted", False), _negated=True), fields=("case",), name="cases_extension_once"),
                    models.CheckConstraint(condition=models.Q(("days__gt", 0)), name="cases_extension_positive"),
                    models.CheckConstraint(condition=models.Q(("decided_by", None), models.Q(("decided_by", models.F("asked_by")), _negated=True), _connector="OR"), name="cases_extension_four_eyes"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Handover",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("case", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="handovers", to="cases.case")),
                ("from_team", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="park.team")),
                ("to_team", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="handovers_in", to="park.team")),
                ("reason", models.CharField(max_length=500, verbose_name="reason")),
                ("asked_by", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("asked_at", models.DateTimeField(verbose_name="asked at")),
                ("state", models.CharField(choices=[("pending", "waiting for an answer"), ("accepted", "accepted"), ("declined", "declined"), ("withdrawn", "withdrawn")], default="pending", max_length=10, verbose_name="state")),
                ("answer", models.CharField(blank=True, max_length=500, verbose_name="answer")),
                ("answered_by", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("answered_at", models.DateTimeField(null=True, verbose_name="answered at")),
            ],
            options={
                "verbose_name": "hand-over",
                "verbose_name_plural": "hand-overs",
                "indexes": [
                    models.Index(condition=models.Q(("state", "pending")), fields=["to_team"], name="cases_handover_waiting"),
                ],
                "constraints": [
                    models.UniqueConstraint(condition=models.Q(("state", "pending")), fields=("case",), name="cases_one_pending_handover"),
                    models.CheckConstraint(condition=models.Q(("from_team", models.F("to_team")), _negated=True), name="cases_handover_to_another"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Alert",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("case", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="alerts", to="cases.case")),
                ("stay", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="alerts", to="cases.steplog")),
                ("level", models.PositiveSmallIntegerField(verbose_name="level")),
                ("at", models.DateTimeField(verbose_name="moment")),
                ("due_at", models.DateTimeField(verbose_name="was due at")),
            ],
            options={
                "verbose_name": "alert",
                "verbose_name_plural": "alerts",
                "indexes": [
                    models.Index(fields=["at", "level"], name="cases_alert_report"),
                    models.Index(fields=["case"], name="cases_alert_case"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("stay", "level", "due_at"), name="cases_alert_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="SetAside",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("case", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="set_aside", to="cases.case")),
                ("job", models.CharField(max_length=40, verbose_name="job")),
                ("error", models.TextField(verbose_name="error")),
                ("at", models.DateTimeField(verbose_name="moment")),
                ("resolved_at", models.DateTimeField(null=True, verbose_name="tried again at")),
            ],
            options={
                "verbose_name": "case put aside",
                "verbose_name_plural": "cases put aside",
                "constraints": [
                    models.UniqueConstraint(condition=models.Q(("resolved_at", None)), fields=("case", "job"), name="cases_set_aside_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Event",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("case", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="events", to="cases.case")),
                ("seq", models.PositiveIntegerField()),
                ("verb", models.CharField(max_length=40, verbose_name="what happened")),
                ("actor", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("data", models.JSONField(default=dict)),
                ("at", models.DateTimeField(verbose_name="moment")),
                ("previous_hash", models.CharField(blank=True, max_length=64)),
                ("hash", models.CharField(max_length=64)),
                ("xact", models.BigIntegerField(db_default=models.Func(function="txid_current"), editable=False)),
            ],
            options={
                "verbose_name": "event",
                "verbose_name_plural": "events",
                "ordering": ["case", "seq"],
                "indexes": [
                    models.Index(fields=["xact", "id"], name="cases_event_feed"),
                    models.Index(fields=["-at", "-id"], name="cases_event_at"),
                    models.Index(condition=models.Q(("actor__isnull", False)), fields=["actor", "-at", "-id"], name="cases_event_actor"),
                    models.Index(fields=["verb", "-at", "-id"], name="cases_event_verb"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("case", "seq"), name="cases_event_once"),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash="6da6c696218a049a2212a5a887b4b07a92d15638", operation="UPDATE OR DELETE", pgid="pgtrigger_append_only_6207c", table="cases_event", when="BEFORE"),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="no_truncate",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="IF current_setting('portal.test_database', true) IS DISTINCT FROM 'on' THEN RAISE EXCEPTION 'cases_event is append-only'; END IF; RETURN NULL;",
                            hash="80617a5e30ee8229b39496301442780d200b4a97",
                            level="STATEMENT",
                            operation="TRUNCATE",
                            pgid="pgtrigger_no_truncate_43f0f",
                            table="cases_event",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Signature",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("case", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="signatures", to="cases.case")),
                ("rule", models.CharField(max_length=40)),
                ("user", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("side", models.SmallIntegerField(choices=[(1, "First"), (2, "Second")])),
                ("rounds", django.contrib.postgres.fields.ranges.IntegerRangeField()),
                ("at", models.DateTimeField(verbose_name="moment")),
            ],
            options={
                "verbose_name": "signature",
                "verbose_name_plural": "signatures",
                "constraints": [
                    models.UniqueConstraint(fields=("case", "rule", "user", "side", "rounds"), name="cases_signature_once"),
                    django.contrib.postgres.constraints.ExclusionConstraint(expressions=[("case", "="), ("rule", "="), ("user", "="), ("side", "<>"), ("rounds", "&&")], name="cases_four_eyes"),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="signed",
                        sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash="be4a53e1a4b247a6a812f9474594a69604168f39", operation="UPDATE OR DELETE", pgid="pgtrigger_signed_c9f16", table="cases_signature", when="BEFORE"),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AuditExport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("by", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("at", models.DateTimeField(verbose_name="moment")),
                ("filters", models.JSONField(default=dict, verbose_name="filters")),
                ("form", models.CharField(max_length=4, verbose_name="form")),
                ("rows", models.PositiveIntegerField(verbose_name="rows")),
                ("sha256", models.CharField(max_length=64)),
            ],
            options={
                "verbose_name": "export of the record",
                "verbose_name_plural": "exports of the record",
                "ordering": ["-at", "-id"],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="export_kept",
                        sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash="9b9b7d391b412a7151906425f29fe38bd61436c3", operation="UPDATE OR DELETE", pgid="pgtrigger_export_kept_54686", table="cases_auditexport", when="BEFORE"),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Comment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("case", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="comments", to="cases.case")),
                ("author", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("body", models.TextField(max_length=4000, verbose_name="text")),
                ("internal", models.BooleanField(default=False, verbose_name="internal")),
                ("from_enterprise", models.BooleanField(default=False)),
                ("at", models.DateTimeField(verbose_name="moment")),
            ],
            options={
                "verbose_name": "comment",
                "verbose_name_plural": "comments",
                "ordering": ["at", "id"],
                "indexes": [
                    models.Index(fields=["case", "at"], name="cases_talk"),
                ],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("from_enterprise", True), ("internal", True), _negated=True), name="cases_comment_side"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Rating",
            fields=[
                ("case", models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name="rating", serialize=False, to="cases.case")),
                ("level", models.PositiveSmallIntegerField(choices=[(5, "very satisfied"), (4, "satisfied"), (3, "fairly satisfied"), (2, "dissatisfied"), (1, "very dissatisfied")], validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(5)], verbose_name="level")),
                ("comment", models.CharField(blank=True, max_length=1000, verbose_name="comment")),
                ("rated_by", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("rated_at", models.DateTimeField(verbose_name="rated at")),
                ("set_aside_at", models.DateTimeField(null=True, verbose_name="not counted since")),
                ("set_aside_why", models.CharField(blank=True, max_length=500, verbose_name="not counted because")),
            ],
            options={
                "verbose_name": "rating",
                "verbose_name_plural": "ratings",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("level__gte", 1), ("level__lte", 5)), name="cases_rating_range"),
                    models.CheckConstraint(condition=models.Q(models.Q(("set_aside_at", None), ("set_aside_why", "")), models.Q(("set_aside_at__isnull", False), models.Q(("set_aside_why", ""), _negated=True)), _connector="OR"), name="cases_rating_set_aside_with_reason"),
                ],
            },
        ),
        migrations.CreateModel(
            name="CoHandling",
            fields=[
                ("case", models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name="co_handling", serialize=False, to="cases.case")),
                ("ask", models.TextField(max_length=2000, verbose_name="what is asked")),
                ("reply", models.TextField(blank=True, max_length=4000, verbose_name="reply")),
            ],
            options={
                "verbose_name": "co-handling",
                "verbose_name_plural": "co-handling",
            },
        ),
        migrations.CreateModel(
            name="SupervisionOrder",
            fields=[
                ("case", models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name="supervision_order", serialize=False, to="cases.case")),
                ("level", models.PositiveSmallIntegerField(verbose_name="level")),
                ("demand", models.TextField(blank=True, verbose_name="demand")),
                ("reply", models.TextField(blank=True, max_length=4000, verbose_name="reply")),
            ],
            options={
                "verbose_name": "supervision order",
                "verbose_name_plural": "supervision orders",
            },
        ),
        migrations.CreateModel(
            name="FollowUp",
            fields=[
                ("case", models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name="follow_up", serialize=False, to="cases.case")),
                ("rating", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="follow_up", to="cases.rating")),
                ("contact_note", models.TextField(blank=True, max_length=2000, verbose_name="what the enterprise said")),
                ("remedy", models.TextField(blank=True, max_length=4000, verbose_name="what was done")),
                ("level", models.PositiveSmallIntegerField(default=0, verbose_name="highest alert level before")),
                ("appeal_ground", models.CharField(blank=True, choices=[("mistaken", "mistaken rating"), ("malicious", "malicious rating")], max_length=10, verbose_name="ground of the review")),
                ("appeal_reason", models.TextField(blank=True, max_length=2000, verbose_name="why a review was asked for")),
            ],
            options={
                "verbose_name": "follow-up of a low rating",
                "verbose_name_plural": "follow-ups of low ratings",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(models.Q(("appeal_ground", ""), ("appeal_reason", "")), models.Q(("appeal_ground__in", ["mistaken", "malicious"]), models.Q(("appeal_reason", ""), _negated=True)), _connector="OR"), name="cases_appeal_with_ground_and_reason"),
                ],
            },
        ),
        migrations.CreateModel(
            name="SecondFailure",
            fields=[
                ("case", models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name="second_failure", serialize=False, to="cases.case")),
                ("rating", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="second_failure", to="cases.rating")),
                ("note", models.TextField(blank=True, max_length=2000, verbose_name="note of the leaders")),
            ],
            options={
                "verbose_name": "second low rating",
                "verbose_name_plural": "second low ratings",
            },
        ),
        migrations.CreateModel(
            name="Document",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("enterprise", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="documents", to="park.enterprise")),
                ("team", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="documents", to="park.team")),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                ("file", models.FileField(max_length=200, upload_to=portal.cases.models.papers.document_path, verbose_name="file")),
                ("original_name", models.CharField(max_length=200, verbose_name="name of the file")),
                ("content_type", models.CharField(max_length=100)),
                ("size_bytes", models.PositiveIntegerField(verbose_name="size in bytes")),
                ("sha256", models.CharField(max_length=64)),
                ("sent_sha256", models.CharField(blank=True, max_length=64)),
                ("pages", models.PositiveIntegerField(default=0, verbose_name="pages")),
                ("valid_until_on", models.DateField(blank=True, null=True, verbose_name="valid until")),
                ("remind_on", models.DateField(blank=True, null=True)),
                ("version", models.PositiveIntegerField(default=1)),
                ("scan_state", models.CharField(choices=[("pending", "not scanned yet"), ("clean", "clean"), ("infected", "infected"), ("failed", "could not be scanned")], default="clean", max_length=10)),
                ("scan_engine", models.CharField(blank=True, max_length=100)),
                ("scan_detail", models.CharField(blank=True, max_length=200)),
                ("scanned_at", models.DateTimeField(blank=True, null=True, verbose_name="scanned at")),
                ("scan_tries", models.PositiveIntegerField(default=0)),
                ("next_scan_at", models.DateTimeField(blank=True, null=True)),
                ("uploaded_by", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("uploaded_at", models.DateTimeField(verbose_name="uploaded at")),
            ],
            options={
                "verbose_name": "document",
                "verbose_name_plural": "documents",
                "ordering": ["-uploaded_at", "-id"],
                "indexes": [
                    models.Index(fields=["next_scan_at", "id"], name="cases_document_scan"),
                    models.Index(condition=models.Q(("remind_on__isnull", False)), fields=["remind_on", "id"], name="cases_document_remind"),
                    models.Index(condition=models.Q(("scan_state", "clean"), _negated=True), fields=["id"], name="cases_document_unclean"),
                ],
                "constraints": [
                    models.UniqueConstraint(condition=models.Q(("enterprise__isnull", False), models.Q(("sent_sha256", ""), _negated=True)), fields=("enterprise", "sent_sha256"), name="cases_document_once"),
                    models.UniqueConstraint(condition=models.Q(("team__isnull", False), models.Q(("sent_sha256", ""), _negated=True)), fields=("team", "sent_sha256"), name="cases_document_team_once"),
                    models.CheckConstraint(condition=models.Q(("enterprise__isnull", False), ("team__isnull", False), _connector="XOR"), name="cases_document_owner"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Attachment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("case", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="attachments", to="cases.case")),
                ("document", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="attachments", to="cases.document")),
                ("internal", models.BooleanField(default=False, verbose_name="internal")),
                ("attached_by", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("attached_at", models.DateTimeField(verbose_name="attached at")),
            ],
            options={
                "verbose_name": "attachment",
                "verbose_name_plural": "attachments",
                "ordering": ["attached_at", "id"],
                "constraints": [
                    models.UniqueConstraint(fields=("case", "document"), name="cases_attachment_once"),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="clean_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            declare="DECLARE state text;",
                            func="\n                    SELECT scan_state INTO state FROM cases_document WHERE id = NEW.document_id FOR SHARE;\n                    IF state <> 'clean' THEN\n                        RAISE EXCEPTION 'document % is not clean: %', NEW.document_id, state;\n                    END IF;\n                    RETURN NEW;\n                ",
                            hash="9df28b289125fa04f93a2d430de5f1db46811f6a",
                            operation="INSERT",
                            pgid="pgtrigger_clean_only_3a05e",
                            table="cases_attachment",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Draft",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("enterprise", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="drafts", to="park.enterprise")),
                ("kind", models.CharField(max_length=40)),
                ("subject", models.CharField(blank=True, max_length=60)),
                ("data", models.JSONField(default=dict)),
                ("token", models.UUIDField(default=uuid.uuid4, unique=True)),
                ("version", models.PositiveIntegerField(default=1)),
                ("saved_at", models.DateTimeField(verbose_name="saved at")),
                ("saved_by", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("documents", models.ManyToManyField(blank=True, related_name="drafts", to="cases.document")),
            ],
            options={
                "verbose_name": "draft",
                "verbose_name_plural": "drafts",
                "constraints": [
                    models.UniqueConstraint(fields=("enterprise", "kind", "subject"), name="cases_draft_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="LetterCounter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("mark", models.CharField(max_length=20, verbose_name="series")),
                ("year", models.PositiveSmallIntegerField(verbose_name="year")),
                ("last", models.PositiveIntegerField(verbose_name="last number")),
            ],
            options={
                "verbose_name": "counter of document numbers",
                "verbose_name_plural": "counters of document numbers",
                "constraints": [
                    models.UniqueConstraint(fields=("mark", "year"), name="cases_letter_counter_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="IssuedLetter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("case", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="letters", to="cases.case")),
                ("name", models.CharField(max_length=40, verbose_name="letter")),
                ("occasion", models.CharField(blank=True, max_length=40)),
                ("mark", models.CharField(max_length=20, verbose_name="series")),
                ("year", models.PositiveSmallIntegerField(verbose_name="year")),
                ("serial", models.PositiveIntegerField(verbose_name="running number")),
                ("number", models.CharField(max_length=80, verbose_name="document number")),
                ("document", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="letter", to="cases.document")),
                ("translation", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="letter_translated", to="cases.document")),
                ("sha256", models.CharField(max_length=64)),
                ("issued_by", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("issued_at", models.DateTimeField(verbose_name="issued at")),
            ],
            options={
                "verbose_name": "issued letter",
                "verbose_name_plural": "issued letters",
                "ordering": ["issued_at", "id"],
                "constraints": [
                    models.UniqueConstraint(fields=("mark", "year", "serial"), name="cases_letter_number_once"),
                    models.UniqueConstraint(fields=("case", "name", "occasion"), name="cases_letter_once"),
                    models.CheckConstraint(condition=models.Q(("serial__gt", 0)), name="cases_letter_serial_positive"),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="letter_kept",
                        sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash="154420cb02a52fb810ebdc307762123d32ee9685", operation="UPDATE OR DELETE", pgid="pgtrigger_letter_kept_15173", table="cases_issuedletter", when="BEFORE"),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MissingItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("pause", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="missing", to="cases.pause")),
                ("position", models.PositiveSmallIntegerField()),
                ("name", models.CharField(max_length=120, verbose_name="what is missing")),
                ("hint", models.CharField(blank=True, max_length=300, verbose_name="what it must look like")),
                ("document", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.document")),
                ("answer", models.TextField(blank=True, max_length=2000, verbose_name="answer")),
                ("supplied_at", models.DateTimeField(null=True, verbose_name="supplied at")),
                ("supplied_by", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
            ],
            options={
                "verbose_name": "missing item",
                "verbose_name_plural": "missing items",
                "ordering": ["pause", "position"],
                "constraints": [
                    models.UniqueConstraint(fields=("pause", "position"), name="cases_missing_once"),
                    models.CheckConstraint(
                        condition=models.Q(models.Q(("answer", ""), ("document", None), ("supplied_at", None)), models.Q(("supplied_at__isnull", False), models.Q(("document__isnull", False), models.Q(("answer", ""), _negated=True), _connector="OR")), _connector="OR"), name="cases_missing_supplied_with"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Batch",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("action", models.CharField(max_length=90, verbose_name="action")),
                ("data", models.JSONField(default=dict)),
                ("by", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="batches", to=settings.AUTH_USER_MODEL)),
                ("state", models.CharField(choices=[("draft", "being prepared"), ("checking", "being checked"), ("checked", "ready"), ("running", "under way"), ("done", "done"), ("undoing", "being undone"), ("undone", "undone")], default="draft", max_length=10, verbose_name="state")),
                ("created_at", models.DateTimeField(verbose_name="moment")),
                ("touched_at", models.DateTimeField()),
                ("skipped", models.PositiveIntegerField(default=0)),
            ],
            options={
                "verbose_name": "batch",
                "verbose_name_plural": "batches",
                "indexes": [
                    models.Index(fields=["by", "-created_at"], name="cases_batch_own"),
                    models.Index(condition=models.Q(("state__in", ["checking", "running", "undoing"])), fields=["touched_at"], name="cases_batch_under_way"),
                ],
            },
        ),
        migrations.CreateModel(
            name="BatchItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("batch", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="items", to="cases.batch")),
                ("case", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.case")),
                ("state", models.CharField(choices=[("waiting", "waiting"), ("allowed", "will be done"), ("excluded", "left out"), ("done", "done"), ("refused", "not done"), ("undone", "undone"), ("kept", "not undone")], default="waiting", max_length=10, verbose_name="state")),
                ("reason", models.CharField(blank=True, max_length=500, verbose_name="reason")),
                ("before", models.JSONField(default=dict)),
                ("version_after", models.PositiveIntegerField(null=True)),
            ],
            options={
                "verbose_name": "case of a batch",
                "verbose_name_plural": "cases of a batch",
                "indexes": [
                    models.Index(fields=["batch", "state", "id"], name="cases_batch_items"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("batch", "case"), name="cases_batch_case_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="SavedView",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("owner", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="saved_views", to=settings.AUTH_USER_MODEL)),
                ("team", models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name="saved_views", to="park.team", verbose_name="shared with")),
                ("name", models.CharField(max_length=40, verbose_name="name")),
                ("query", models.CharField(max_length=400)),
                ("is_default", models.BooleanField(default=False, verbose_name="opens first")),
            ],
            options={
                "verbose_name": "saved view",
                "verbose_name_plural": "saved views",
                "constraints": [
                    models.UniqueConstraint(fields=("owner", "name"), name="cases_view_name_once"),
                    models.UniqueConstraint(condition=models.Q(("is_default", True)), fields=("owner",), name="cases_view_one_default"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Watch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("case", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="watches", to="cases.case")),
                ("user", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="watches", to=settings.AUTH_USER_MODEL)),
                ("since_at", models.DateTimeField(verbose_name="since")),
            ],
            options={
                "verbose_name": "watch",
                "verbose_name_plural": "watches",
                "indexes": [
                    models.Index(fields=["user", "case"], name="cases_watch_user"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("case", "user"), name="cases_watch_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Absence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("user", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="absences", to=settings.AUTH_USER_MODEL)),
                ("deputy", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="deputised_absences", to=settings.AUTH_USER_MODEL, verbose_name="deputy")),
                ("from_on", models.DateField(verbose_name="from")),
                ("until_on", models.DateField(verbose_name="until")),
                ("entered_by", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("ended_at", models.DateTimeField(null=True, verbose_name="ended at")),
            ],
            options={
                "verbose_name": "absence",
                "verbose_name_plural": "absences",
                "indexes": [
                    models.Index(condition=models.Q(("ended_at", None)), fields=["from_on"], name="cases_absence_current"),
                ],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("until_on__gte", models.F("from_on"))), name="cases_absence_in_order"),
                    models.CheckConstraint(condition=models.Q(("user", models.F("deputy")), _negated=True), name="cases_absence_by_another"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Deputised",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("absence", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="cases", to="cases.absence")),
                ("case", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="cases.case")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("absence", "case"), name="cases_deputised_once"),
                ],
            },
        ),
    ]

"""The tables of worktime, each made whole: fields, indexes, constraints and triggers in one operation."""

import django.db.models.deletion
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("pghistory", "0007_auto_20250421_0444"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ServiceHours",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("opens_at", models.TimeField(verbose_name="opens at")),
                ("closes_at", models.TimeField(verbose_name="closes at")),
                ("intake_until", models.TimeField(verbose_name="received the same day until")),
                ("alerts_from", models.TimeField(verbose_name="alerts from")),
                ("alerts_until", models.TimeField(verbose_name="alerts until")),
            ],
            options={
                "verbose_name": "service hours",
                "verbose_name_plural": "service hours",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("pk", 1)), name="worktime_one_row_of_hours"),
                    models.CheckConstraint(condition=models.Q(("opens_at__lt", models.F("closes_at")), ("intake_until__lte", models.F("closes_at")), ("alerts_from__lt", models.F("alerts_until"))), name="worktime_hours_in_order"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ServiceHoursEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_obj", models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name="events", to="worktime.servicehours")),
                ("pgh_context", models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name="+", to="pghistory.context")),
                ("id", models.BigIntegerField()),
                ("opens_at", models.TimeField(verbose_name="opens at")),
                ("closes_at", models.TimeField(verbose_name="closes at")),
                ("intake_until", models.TimeField(verbose_name="received the same day until")),
                ("alerts_from", models.TimeField(verbose_name="alerts from")),
                ("alerts_until", models.TimeField(verbose_name="alerts until")),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="CalendarYear",
            fields=[
                ("year", models.PositiveSmallIntegerField(primary_key=True, serialize=False, verbose_name="year")),
                ("announced", models.BooleanField(default=False, verbose_name="announced")),
                ("source", models.CharField(blank=True, max_length=200, verbose_name="source")),
            ],
            options={
                "verbose_name": "calendar year",
                "verbose_name_plural": "calendar years",
                "ordering": ["year"],
            },
        ),
        migrations.CreateModel(
            name="WorkDay",
            fields=[
                ("date", models.DateField(primary_key=True, serialize=False, verbose_name="date")),
                ("is_working", models.BooleanField(verbose_name="working day")),
                ("ordinal", models.IntegerField(default=0, verbose_name="ordinal")),
                ("source", models.CharField(choices=[("rule", "by rule"), ("notice", "State Council notice"), ("park", "closing day of the park"), ("override", "correction")], max_length=10, verbose_name="source")),
                ("provisional", models.BooleanField(default=False, verbose_name="provisional")),
                ("name", models.CharField(blank=True, max_length=60, verbose_name="name")),
                ("name_en", models.CharField(blank=True, max_length=80, verbose_name="name in English")),
            ],
            options={
                "verbose_name": "day",
                "verbose_name_plural": "days",
                "ordering": ["date"],
                "indexes": [
                    models.Index(condition=models.Q(("is_working", True)), fields=["ordinal"], include=("date",), name="worktime_ordinal"),
                ],
            },
        ),
        migrations.CreateModel(
            name="DayOverride",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("date", models.DateField(unique=True, verbose_name="date")),
                ("is_working", models.BooleanField(verbose_name="working day")),
                ("reason", models.CharField(max_length=200, verbose_name="reason")),
                ("kind", models.CharField(choices=[("park_closing", "closing day of the park"), ("state_notice", "State Council notice"), ("correction", "correction")], max_length=15, verbose_name="kind")),
                ("created_by", models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="made at")),
            ],
            options={
                "verbose_name": "override of a day",
                "verbose_name_plural": "overrides of days",
                "ordering": ["date"],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "worktime_dayoverrideevent" ("created_at", "created_by_id", "date", "id", "is_working", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason") VALUES (NEW."created_at", NEW."created_by_id", NEW."date", NEW."id", NEW."is_working", NEW."kind", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."reason"); RETURN NULL;',
                            hash="f56fb2eef50d0df20071abf5c7fabae0ce2c35cf",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_b4f1b",
                            table="worktime_dayoverride",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "worktime_dayoverrideevent" ("created_at", "created_by_id", "date", "id", "is_working", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason") VALUES (NEW."created_at", NEW."created_by_id", NEW."date", NEW."id", NEW."is_working", NEW."kind", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."reason"); RETURN NULL;',
                            hash="ecb53f9b84b83d80ebc584e58882aa24b0c46e12",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_eea58",
                            table="worktime_dayoverride",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DayOverrideEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_obj", models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name="events", to="worktime.dayoverride")),
                ("pgh_context", models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name="+", to="pghistory.context")),
                ("id", models.BigIntegerField()),
                ("date", models.DateField(verbose_name="date")),
                ("is_working", models.BooleanField(verbose_name="working day")),
                ("reason", models.CharField(max_length=200, verbose_name="reason")),
                ("kind", models.CharField(choices=[("park_closing", "closing day of the park"), ("state_notice", "State Council notice"), ("correction", "correction")], max_length=15, verbose_name="kind")),
                ("created_by", models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name="+", related_query_name="+", to=settings.AUTH_USER_MODEL)),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="made at")),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="CalendarState",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField(default=1)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("pk", 1)), name="worktime_one_state"),
                ],
            },
        ),
    ]

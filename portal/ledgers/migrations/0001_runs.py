"""The tables of ledgers, each made whole: fields, indexes and constraints in one operation."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ImportRun",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="import_runs",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="uploaded by",
                    ),
                ),
                ("uploaded_at", models.DateTimeField(verbose_name="uploaded at")),
                ("language", models.CharField(max_length=10)),
                ("file_name", models.CharField(max_length=200, verbose_name="file")),
                ("stored_name", models.CharField(blank=True, max_length=200)),
                ("size_bytes", models.BigIntegerField(verbose_name="size")),
                ("sha256", models.CharField(max_length=64, verbose_name="SHA-256")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "waiting to be checked"),
                            ("checking", "being checked"),
                            ("preview", "waiting for your confirmation"),
                            ("confirmed", "waiting to be written"),
                            ("writing", "being written"),
                            ("done", "written"),
                            ("cancelled", "cancelled"),
                            ("stale", "overtaken"),
                            ("broken", "broken off"),
                            ("failed", "failed"),
                        ],
                        default="queued",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("active", models.BooleanField(default=True)),
                ("attempt", models.PositiveIntegerField(default=1)),
                ("since_at", models.DateTimeField(verbose_name="in this state since")),
                ("counts", models.JSONField(default=dict)),
                ("file_problems", models.JSONField(default=list)),
                ("rejected", models.PositiveIntegerField(default=0)),
                ("digest", models.CharField(blank=True, max_length=64)),
                ("good_rows", models.BooleanField(default=False, verbose_name="import the good rows")),
                ("done_bytes", models.BigIntegerField(default=0)),
                ("total_bytes", models.BigIntegerField(default=0)),
                ("error", models.CharField(blank=True, max_length=500)),
                ("checked_at", models.DateTimeField(null=True, verbose_name="checked at")),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("confirmed_at", models.DateTimeField(null=True, verbose_name="confirmed at")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="ended at")),
                (
                    "cancel_asked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("cancel_asked_at", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name": "import of ledgers",
                "verbose_name_plural": "imports of ledgers",
                "ordering": ["-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("active", True)),
                        fields=("active",),
                        name="ledgers_one_import_at_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("active", True),
                                ("state__in", ["queued", "confirmed", "checking", "writing"]),
                            ),
                            models.Q(
                                ("active", False),
                                models.Q(
                                    ("state__in", ["queued", "confirmed", "checking", "writing"]),
                                    _negated=True,
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="ledgers_active_says_so",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RejectedLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rejected_lines",
                        to="ledgers.importrun",
                    ),
                ),
                ("position", models.PositiveIntegerField()),
                ("ledger", models.CharField(max_length=40)),
                ("file", models.CharField(max_length=300)),
                ("number", models.PositiveIntegerField()),
                (
                    "header",
                    django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None),
                ),
                (
                    "cells",
                    django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None),
                ),
                ("problems", models.JSONField()),
            ],
            options={
                "verbose_name": "rejected row",
                "verbose_name_plural": "rejected rows",
                "ordering": ["position"],
                "constraints": [
                    models.UniqueConstraint(fields=("run", "position"), name="ledgers_rejected_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ExportRun",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="export_runs",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="asked for by",
                    ),
                ),
                ("asked_at", models.DateTimeField(verbose_name="asked for at")),
                ("language", models.CharField(max_length=10)),
                (
                    "ledgers",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), size=None
                    ),
                ),
                (
                    "form",
                    models.CharField(
                        choices=[("csv", "CSV files in a zip"), ("xlsx", "Excel workbook")],
                        max_length=4,
                        verbose_name="form",
                    ),
                ),
                (
                    "headers",
                    models.CharField(
                        choices=[("keys", "Column keys"), ("labels", "Chinese labels")],
                        max_length=6,
                        verbose_name="header row",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "waiting"),
                            ("working", "being made"),
                            ("done", "ready"),
                            ("broken", "broken off"),
                            ("failed", "failed"),
                        ],
                        default="queued",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("attempt", models.PositiveIntegerField(default=1)),
                ("since_at", models.DateTimeField(verbose_name="in this state since")),
                ("rows", models.BigIntegerField(default=0, verbose_name="rows")),
                ("total_rows", models.BigIntegerField(default=0)),
                ("counts", models.JSONField(default=dict)),
                ("stored_name", models.CharField(blank=True, max_length=200)),
                ("size_bytes", models.BigIntegerField(default=0, verbose_name="size")),
                ("sha256", models.CharField(blank=True, max_length=64, verbose_name="SHA-256")),
                ("error", models.CharField(blank=True, max_length=500)),
                ("ended_at", models.DateTimeField(null=True, verbose_name="ended at")),
            ],
            options={
                "verbose_name": "export of ledgers",
                "verbose_name_plural": "exports of ledgers",
                "ordering": ["-pk"],
            },
        ),
    ]

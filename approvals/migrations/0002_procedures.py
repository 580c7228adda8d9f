"""Procedures. Both ends of a prerequisite lie in its version: a rule over rows, said by keys of two columns."""

import django.core.validators
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

SAME_VERSION = """
ALTER TABLE approvals_prerequisite
ADD CONSTRAINT approvals_prerequisite_item_here FOREIGN KEY (item_id, version_id)
    REFERENCES approvals_procedureitem (id, version_id) DEFERRABLE INITIALLY DEFERRED,
ADD CONSTRAINT approvals_prerequisite_awaited_here FOREIGN KEY (awaited_id, version_id)
    REFERENCES approvals_procedureitem (id, version_id) DEFERRABLE INITIALLY DEFERRED
"""
ANY_VERSION = """
ALTER TABLE approvals_prerequisite
DROP CONSTRAINT approvals_prerequisite_item_here, DROP CONSTRAINT approvals_prerequisite_awaited_here
"""


class Migration(migrations.Migration):
    dependencies = [
        ("approvals", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Procedure",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.SlugField(max_length=40, unique=True, verbose_name="code")),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                ("name_en", models.CharField(blank=True, max_length=120, verbose_name="name in English")),
                (
                    "mode",
                    models.CharField(
                        choices=[
                            ("standard", "standard"),
                            ("land_to_construction", "work begins with the land"),
                            ("expansion", "expansion"),
                        ],
                        max_length=20,
                        verbose_name="mode",
                    ),
                ),
                (
                    "phases",
                    models.PositiveSmallIntegerField(
                        default=1,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(3),
                        ],
                        verbose_name="phases of the construction permit",
                    ),
                ),
                (
                    "promised_days",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="Working days; empty: nothing is promised.",
                        null=True,
                        verbose_name="promised for the whole",
                    ),
                ),
                ("active", models.BooleanField(default=True, verbose_name="active")),
                ("is_default", models.BooleanField(default=False, verbose_name="not confirmed")),
            ],
            options={
                "verbose_name": "procedure",
                "verbose_name_plural": "procedures",
                "ordering": ["mode", "phases", "code"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("phases__gte", 1), ("phases__lte", 3)),
                        name="approvals_procedure_phases",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("phases", 1), ("mode", "land_to_construction"), _connector="OR"),
                        name="approvals_phases_of_early_work",
                        violation_error_message="Only where work begins with the land are there several phases.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("promised_days", None), ("promised_days__gte", 1), _connector="OR"
                        ),
                        name="approvals_procedure_promise",
                        violation_error_message="At least one working day.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ProcedureVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField(verbose_name="version")),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="why it changed")),
                ("made_at", models.DateTimeField(verbose_name="made at")),
                ("published_at", models.DateTimeField(null=True, verbose_name="published at")),
                (
                    "made_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "procedure",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="versions",
                        to="approvals.procedure",
                    ),
                ),
                (
                    "published_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "version of a procedure",
                "verbose_name_plural": "versions of procedures",
                "ordering": ["procedure", "-number"],
                "constraints": [
                    models.UniqueConstraint(fields=("procedure", "number"), name="approvals_version_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("published_at", None)),
                        fields=("procedure",),
                        name="approvals_one_draft",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="published_stays",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."published_at" IS NOT NULL)',
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="7f0c6a72192b524d8b3cd65204e24fd76158396c",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_published_stays_d1263",
                            table="approvals_procedureversion",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ProcedureItem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.SlugField(max_length=40, verbose_name="mark in the procedure")),
                (
                    "phase",
                    models.PositiveSmallIntegerField(
                        default=0,
                        help_text="0: not in phases.",
                        validators=[django.core.validators.MaxValueValidator(3)],
                        verbose_name="phase",
                    ),
                ),
                (
                    "days",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(999),
                        ],
                        verbose_name="working days",
                    ),
                ),
                (
                    "needed_if",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "always"),
                            ("energy_tce", "energy use, tonnes of standard coal a year, from"),
                            ("floor_area_m2", "floor area in m², from"),
                            ("investment_amount", "investment in yuan, from"),
                            ("special_fire", "special works of fire protection"),
                            ("basement", "a basement for civil defence"),
                        ],
                        max_length=20,
                        verbose_name="needed if",
                    ),
                ),
                (
                    "at_least",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=16, null=True, verbose_name="at least"
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="approvals.serviceitem",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="items",
                        to="approvals.procedureversion",
                    ),
                ),
            ],
            options={
                "verbose_name": "item of a procedure",
                "verbose_name_plural": "items of procedures",
                "ordering": ["version", "id"],
                "constraints": [
                    models.UniqueConstraint(fields=("version", "key"), name="approvals_step_once"),
                    models.UniqueConstraint(
                        fields=("version", "item", "phase"), name="approvals_step_item_once"
                    ),
                    models.UniqueConstraint(fields=("id", "version"), name="approvals_step_version"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("days", None), models.Q(("days__gte", 1), ("days__lte", 999)), _connector="OR"
                        ),
                        name="approvals_step_takes_time",
                        violation_error_message="At least one working day, or empty for what is settled at once.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("phase__lte", 3)), name="approvals_step_phase"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("at_least", None), ("needed_if__in", ["", "special_fire", "basement"])),
                            models.Q(
                                ("at_least__gt", 0),
                                ("needed_if__in", ["energy_tce", "floor_area_m2", "investment_amount"]),
                            ),
                            _connector="OR",
                        ),
                        name="approvals_step_condition",
                        violation_error_message="A measure has a threshold, anything else has none.",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="item_of_draft",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            declare="DECLARE published timestamptz;",
                            func="\n            FOR published IN\n                SELECT v.published_at FROM approvals_procedureversion v\n                WHERE v.id IN (OLD.version_id, NEW.version_id) ORDER BY v.id FOR SHARE\n            LOOP\n                IF published IS NOT NULL THEN\n                    RAISE EXCEPTION 'a published version of a procedure does not change'\n                    USING ERRCODE = 'integrity_constraint_violation';\n                END IF;\n            END LOOP;\n            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n            RETURN NEW;\n        ",
                            hash="32f119acc265d489f1165eec64da9edff31c80f2",
                            operation="INSERT OR UPDATE OR DELETE",
                            pgid="pgtrigger_item_of_draft_e2b50",
                            table="approvals_procedureitem",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Prerequisite",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "awaited",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="awaited_by",
                        to="approvals.procedureitem",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="awaits",
                        to="approvals.procedureitem",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="prerequisites",
                        to="approvals.procedureversion",
                    ),
                ),
            ],
            options={
                "verbose_name": "prerequisite",
                "verbose_name_plural": "prerequisites",
                "ordering": ["version", "id"],
                "constraints": [
                    models.UniqueConstraint(fields=("item", "awaited"), name="approvals_prerequisite_once"),
                    models.CheckConstraint(
                        condition=models.Q(("item", models.F("awaited")), _negated=True),
                        name="approvals_prerequisite_of_itself",
                        violation_error_message="An item cannot wait for itself.",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="prerequisite_of_draft",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            declare="DECLARE published timestamptz;",
                            func="\n            FOR published IN\n                SELECT v.published_at FROM approvals_procedureversion v\n                WHERE v.id IN (OLD.version_id, NEW.version_id) ORDER BY v.id FOR SHARE\n            LOOP\n                IF published IS NOT NULL THEN\n                    RAISE EXCEPTION 'a published version of a procedure does not change'\n                    USING ERRCODE = 'integrity_constraint_violation';\n                END IF;\n            END LOOP;\n            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n            RETURN NEW;\n        ",
                            hash="d475b7e191ce0865b2797b130a44a4b9ae4fac5e",
                            operation="INSERT OR UPDATE OR DELETE",
                            pgid="pgtrigger_prerequisite_of_draft_6b200",
                            table="approvals_prerequisite",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.RunSQL(SAME_VERSION, ANY_VERSION),
    ]

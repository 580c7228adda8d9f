"""The tables of approvals, each made whole: fields, indexes, constraints and triggers in one operation."""

import approvals.models.catalogue
import django.db.models.deletion
import pgtrigger.compiler
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("park", "0001_initial"),
        ("pghistory", "0007_auto_20250421_0444"),
    ]

    operations = [
        migrations.CreateModel(
            name="ComprehensiveWindow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=40, unique=True, verbose_name="code")),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                ("name_en", models.CharField(blank=True, max_length=120, verbose_name="name in English")),
                ("kind", models.CharField(choices=[("enterprise_start", "starting an enterprise"), ("project_assistance", "assistance for projects"), ("policy_delivery", "policy payouts"), ("other", "other matters")], max_length=20, verbose_name="kind")),
                ("team", models.ForeignKey(blank=True, help_text="Who sits there: a team of the kind “service window”.", limit_choices_to={"kind": "window"}, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="comprehensive_windows", to="park.team", verbose_name="team")),
                ("place", models.CharField(blank=True, max_length=200, verbose_name="place")),
                ("phone", models.CharField(blank=True, max_length=30, verbose_name="phone")),
                ("hours", models.CharField(blank=True, help_text="Only where they differ from the service hours.", max_length=120, verbose_name="opening hours")),
                ("active", models.BooleanField(default=True, verbose_name="active")),
            ],
            options={
                "verbose_name": "comprehensive window",
                "verbose_name_plural": "comprehensive windows",
                "ordering": ["code"],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "approvals_comprehensivewindowevent" ("active", "code", "hours", "id", "kind", "name", "name_en", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "place", "team_id") VALUES (NEW."active", NEW."code", NEW."hours", NEW."id", NEW."kind", NEW."name", NEW."name_en", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."phone", NEW."place", NEW."team_id"); RETURN NULL;',
                            hash="ebd24c27ce060061e340eb94a524147b1afd7ee2",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_d3c7f",
                            table="approvals_comprehensivewindow",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "approvals_comprehensivewindowevent" ("active", "code", "hours", "id", "kind", "name", "name_en", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "place", "team_id") VALUES (NEW."active", NEW."code", NEW."hours", NEW."id", NEW."kind", NEW."name", NEW."name_en", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."phone", NEW."place", NEW."team_id"); RETURN NULL;',
                            hash="e7fa7f869dc812bafafa0e37f26b5d19ce6a0940",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_0648a",
                            table="approvals_comprehensivewindow",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ComprehensiveWindowEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_obj", models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name="events", to="approvals.comprehensivewindow")),
                ("pgh_context", models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name="+", to="pghistory.context")),
                ("id", models.BigIntegerField()),
                ("code", models.CharField(max_length=40, verbose_name="code")),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                ("name_en", models.CharField(blank=True, max_length=120, verbose_name="name in English")),
                ("kind", models.CharField(choices=[("enterprise_start", "starting an enterprise"), ("project_assistance", "assistance for projects"), ("policy_delivery", "policy payouts"), ("other", "other matters")], max_length=20, verbose_name="kind")),
                ("team", models.ForeignKey(blank=True, db_constraint=False, help_text="Who sits there: a team of the kind “service window”.", limit_choices_to={"kind": "window"}, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name="+", related_query_name="+", to="park.team", verbose_name="team")),
                ("place", models.CharField(blank=True, max_length=200, verbose_name="place")),
                ("phone", models.CharField(blank=True, max_length=30, verbose_name="phone")),
                ("hours", models.CharField(blank=True, help_text="Only where they differ from the service hours.", max_length=120, verbose_name="opening hours")),
                ("active", models.BooleanField(default=True, verbose_name="active")),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ServiceItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=40, unique=True, verbose_name="code")),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                ("name_en", models.CharField(blank=True, max_length=200, verbose_name="name in English")),
                ("stage", models.CharField(choices=[("negotiation", "Talks"), ("land", "Land"), ("construction", "Construction"), ("completion", "Completion"), ("capacity_review", "Capacity review"), ("other", "Other matters")], max_length=20, verbose_name="stage")),
                ("team", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="service_items", to="park.team", verbose_name="department in charge")),
                ("is_delegated", models.BooleanField(default=False, verbose_name="delegated to the park")),
                ("mode", models.CharField(blank=True, choices=[("granted", "granted to the park"), ("entrusted", "entrusted"), ("direct", "direct channel")], max_length=10, verbose_name="way of delegation")),
                ("source_authority", models.CharField(blank=True, max_length=120, verbose_name="authority that it comes from")),
                ("taken_over_on", models.DateField(blank=True, null=True, verbose_name="taken over on")),
                ("legal_basis", models.CharField(blank=True, max_length=300, verbose_name="legal basis")),
                ("statutory_days", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="statutory limit")),
                ("statutory_unit", models.CharField(choices=[("wd", "working days"), ("cd", "calendar days")], default="wd", max_length=2, verbose_name="unit of the statutory limit")),
                ("promised_days", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="promised limit")),
                ("promised_unit", models.CharField(choices=[("wd", "working days"), ("cd", "calendar days")], default="wd", max_length=2, verbose_name="unit of the promised limit")),
                ("counts_in_total", models.BooleanField(default=True, verbose_name="counts in the total time of a project")),
                ("certificate", models.CharField(blank=True, max_length=120, verbose_name="certificate")),
                ("certificate_en", models.CharField(blank=True, max_length=200, verbose_name="certificate in English")),
                ("pledgeable", models.CharField(choices=[("none", "nothing may be missing"), ("lacking", "accepted with gaps"), ("commitment", "decided on a commitment")], default="none", max_length=10, verbose_name="when something is missing")),
                ("summary", models.TextField(blank=True, max_length=1000, verbose_name="what it is")),
                ("summary_en", models.TextField(blank=True, max_length=2000, verbose_name="what it is, in English")),
                ("conditions", models.TextField(blank=True, max_length=1000, verbose_name="who can apply, and when")),
                ("conditions_en", models.TextField(blank=True, max_length=2000, verbose_name="who can apply, in English")),
                ("active", models.BooleanField(default=True, verbose_name="active")),
                ("is_default", models.BooleanField(default=False, help_text="Filled in beforehand; nobody of the park has confirmed it. The guide says so.", verbose_name="not confirmed")),
            ],
            options={
                "verbose_name": "service item",
                "verbose_name_plural": "service items",
                "ordering": ["code"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(models.Q(("is_delegated", True), models.Q(("mode", ""), _negated=True)), models.Q(("is_delegated", False), ("mode", "")), _connector="OR"), name="approvals_delegated_in_a_way", violation_error_message="A delegated item has a way of delegation, another one has none."
                    ),
                    models.CheckConstraint(condition=models.Q(("taken_over_on", None), ("is_delegated", True), _connector="OR"), name="approvals_taken_over_if_delegated", violation_error_message="Only what is delegated has been taken over."),
                    models.CheckConstraint(
                        condition=models.Q(("promised_days", None), ("statutory_days", None), models.Q(("promised_unit", models.F("statutory_unit")), _negated=True), ("promised_days__lte", models.F("statutory_days")), _connector="OR"),
                        name="approvals_promise_within_the_law",
                        violation_error_message="The promised limit is longer than the statutory one.",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "approvals_serviceitemevent" ("active", "certificate", "certificate_en", "code", "conditions", "conditions_en", "counts_in_total", "id", "is_default", "is_delegated", "legal_basis", "mode", "name", "name_en", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pledgeable", "promised_days", "promised_unit", "source_authority", "stage", "statutory_days", "statutory_unit", "summary", "summary_en", "taken_over_on", "team_id") VALUES (NEW."active", NEW."certificate", NEW."certificate_en", NEW."code", NEW."conditions", NEW."conditions_en", NEW."counts_in_total", NEW."id", NEW."is_default", NEW."is_delegated", NEW."legal_basis", NEW."mode", NEW."name", NEW."name_en", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."pledgeable", NEW."promised_days", NEW."promised_unit", NEW."source_authority", NEW."stage", NEW."statutory_days", NEW."statutory_unit", NEW."summary", NEW."summary_en", NEW."taken_over_on", NEW."team_id"); RETURN NULL;',
                            hash="8584129a7b93a825fbec16d308240473a3fc40a6",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_90cf8",
                            table="approvals_serviceitem",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "approvals_serviceitemevent" ("active", "certificate", "certificate_en", "code", "conditions", "conditions_en", "counts_in_total", "id", "is_default", "is_delegated", "legal_basis", "mode", "name", "name_en", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pledgeable", "promised_days", "promised_unit", "source_authority", "stage", "statutory_days", "statutory_unit", "summary", "summary_en", "taken_over_on", "team_id") VALUES (NEW."active", NEW."certificate", NEW."certificate_en", NEW."code", NEW."conditions", NEW."conditions_en", NEW."counts_in_total", NEW."id", NEW."is_default", NEW."is_delegated", NEW."legal_basis", NEW."mode", NEW."name", NEW."name_en", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."pledgeable", NEW."promised_days", NEW."promised_unit", NEW."source_authority", NEW."stage", NEW."statutory_days", NEW."statutory_unit", NEW."summary", NEW."summary_en", NEW."taken_over_on", NEW."team_id"); RETURN NULL;',
                            hash="c3fc27da9ea9a4cf30ab61977d26affd5b054544",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_df741",
                            table="approvals_serviceitem",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ServiceItemEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_obj", models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name="events", to="approvals.serviceitem")),
                ("pgh_context", models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name="+", to="pghistory.context")),
                ("id", models.BigIntegerField()),
                ("code", models.CharField(max_length=40, verbose_name="code")),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                ("name_en", models.CharField(blank=True, max_length=200, verbose_name="name in English")),
                ("stage", models.CharField(choices=[("negotiation", "Talks"), ("land", "Land"), ("construction", "Construction"), ("completion", "Completion"), ("capacity_review", "Capacity review"), ("other", "Other matters")], max_length=20, verbose_name="stage")),
                ("team", models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name="+", related_query_name="+", to="park.team", verbose_name="department in charge")),
                ("is_delegated", models.BooleanField(default=False, verbose_name="delegated to the park")),
                ("mode", models.CharField(blank=True, choices=[("granted", "granted to the park"), ("entrusted", "entrusted"), ("direct", "direct channel")], max_length=10, verbose_name="way of delegation")),
                ("source_authority", models.CharField(blank=True, max_length=120, verbose_name="authority that it comes from")),
                ("taken_over_on", models.DateField(blank=True, null=True, verbose_name="taken over on")),
                ("legal_basis", models.CharField(blank=True, max_length=300, verbose_name="legal basis")),
                ("statutory_days", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="statutory limit")),
                ("statutory_unit", models.CharField(choices=[("wd", "working days"), ("cd", "calendar days")], default="wd", max_length=2, verbose_name="unit of the statutory limit")),
                ("promised_days", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="promised limit")),
                ("promised_unit", models.CharField(choices=[("wd", "working days"), ("cd", "calendar days")], default="wd", max_length=2, verbose_name="unit of the promised limit")),
                ("counts_in_total", models.BooleanField(default=True, verbose_name="counts in the total time of a project")),
                ("certificate", models.CharField(blank=True, max_length=120, verbose_name="certificate")),
                ("certificate_en", models.CharField(blank=True, max_length=200, verbose_name="certificate in English")),
                ("pledgeable", models.CharField(choices=[("none", "nothing may be missing"), ("lacking", "accepted with gaps"), ("commitment", "decided on a commitment")], default="none", max_length=10, verbose_name="when something is missing")),
                ("summary", models.TextField(blank=True, max_length=1000, verbose_name="what it is")),
                ("summary_en", models.TextField(blank=True, max_length=2000, verbose_name="what it is, in English")),
                ("conditions", models.TextField(blank=True, max_length=1000, verbose_name="who can apply, and when")),
                ("conditions_en", models.TextField(blank=True, max_length=2000, verbose_name="who can apply, in English")),
                ("active", models.BooleanField(default=True, verbose_name="active")),
                ("is_default", models.BooleanField(default=False, help_text="Filled in beforehand; nobody of the park has confirmed it. The guide says so.", verbose_name="not confirmed")),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Intake",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("window", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="intake", to="approvals.comprehensivewindow", verbose_name="comprehensive window")),
                ("item", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="intake", to="approvals.serviceitem", verbose_name="service item")),
            ],
            options={
                "verbose_name": "item taken in",
                "verbose_name_plural": "items taken in",
                "ordering": ["window__code", "id"],
                "constraints": [models.UniqueConstraint(fields=("window", "item"), name="approvals_intake_once")],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "approvals_intakeevent" ("id", "item_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "window_id") VALUES (NEW."id", NEW."item_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."window_id"); RETURN NULL;',
                            hash="dcd219f415b8e68b255c5546038fd0421a9b38e9",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_b1e6c",
                            table="approvals_intake",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "approvals_intakeevent" ("id", "item_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "window_id") VALUES (OLD."id", OLD."item_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."window_id"); RETURN NULL;',
                            hash="1e085d1acd0b7e6ee074852ad294c65ca5863509",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_81743",
                            table="approvals_intake",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="IntakeEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_obj", models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name="events", to="approvals.intake")),
                ("pgh_context", models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name="+", to="pghistory.context")),
                ("id", models.BigIntegerField()),
                ("window", models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name="+", related_query_name="+", to="approvals.comprehensivewindow", verbose_name="comprehensive window")),
                ("item", models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name="+", related_query_name="+", to="approvals.serviceitem", verbose_name="service item")),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Material",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("item", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="materials", to="approvals.serviceitem")),
                ("position", models.PositiveSmallIntegerField(verbose_name="position")),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                ("name_en", models.CharField(blank=True, max_length=200, verbose_name="name in English")),
                ("is_key", models.BooleanField(default=True, help_text="Without it the item is not taken in.", verbose_name="key material")),
                ("kind", models.CharField(choices=[("original", "original"), ("copy", "copy"), ("electronic", "electronic")], default="electronic", max_length=10, verbose_name="kind")),
                ("copies", models.PositiveSmallIntegerField(default=1, verbose_name="copies")),
                ("hint", models.CharField(blank=True, max_length=300, verbose_name="hint")),
                ("hint_en", models.CharField(blank=True, max_length=400, verbose_name="hint in English")),
                ("form", models.FileField(blank=True, upload_to=approvals.models.catalogue.form_path, verbose_name="blank form")),
                ("form_type", models.CharField(blank=True, editable=False, max_length=100)),
            ],
            options={
                "verbose_name": "material",
                "verbose_name_plural": "materials",
                "ordering": ["item", "position"],
                "constraints": [
                    models.UniqueConstraint(fields=("item", "position"), name="approvals_material_position", violation_error_message="Another material of the item has this position."),
                    models.CheckConstraint(condition=models.Q(("copies__gte", 1)), name="approvals_material_at_least_once", violation_error_message="At least one copy."),
                    models.CheckConstraint(condition=models.Q(models.Q(("form", ""), ("form_type", "")), models.Q(models.Q(("form", ""), _negated=True), models.Q(("form_type", ""), _negated=True)), _connector="OR"), name="approvals_form_of_a_type"),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "approvals_materialevent" ("copies", "form", "form_type", "hint", "hint_en", "id", "is_key", "item_id", "kind", "name", "name_en", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position") VALUES (NEW."copies", NEW."form", NEW."form_type", NEW."hint", NEW."hint_en", NEW."id", NEW."is_key", NEW."item_id", NEW."kind", NEW."name", NEW."name_en", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."position"); RETURN NULL;',
                            hash="663d166cdeac8425f66a1b4868de959b71c81652",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_dd2c4",
                            table="approvals_material",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "approvals_materialevent" ("copies", "form", "form_type", "hint", "hint_en", "id", "is_key", "item_id", "kind", "name", "name_en", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position") VALUES (NEW."copies", NEW."form", NEW."form_type", NEW."hint", NEW."hint_en", NEW."id", NEW."is_key", NEW."item_id", NEW."kind", NEW."name", NEW."name_en", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."position"); RETURN NULL;',
                            hash="132ec918222f013328896f6d22885b88a154cc47",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_8cd88",
                            table="approvals_material",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "approvals_materialevent" ("copies", "form", "form_type", "hint", "hint_en", "id", "is_key", "item_id", "kind", "name", "name_en", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position") VALUES (OLD."copies", OLD."form", OLD."form_type", OLD."hint", OLD."hint_en", OLD."id", OLD."is_key", OLD."item_id", OLD."kind", OLD."name", OLD."name_en", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."position"); RETURN NULL;',
                            hash="e41010dbdac358f0585ad77591e8406a8a417676",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_dd6d3",
                            table="approvals_material",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MaterialEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_obj", models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name="events", to="approvals.material")),
                ("pgh_context", models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name="+", to="pghistory.context")),
                ("id", models.BigIntegerField()),
                ("item", models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name="+", related_query_name="+", to="approvals.serviceitem")),
                ("position", models.PositiveSmallIntegerField(verbose_name="position")),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                ("name_en", models.CharField(blank=True, max_length=200, verbose_name="name in English")),
                ("is_key", models.BooleanField(default=True, help_text="Without it the item is not taken in.", verbose_name="key material")),
                ("kind", models.CharField(choices=[("original", "original"), ("copy", "copy"), ("electronic", "electronic")], default="electronic", max_length=10, verbose_name="kind")),
                ("copies", models.PositiveSmallIntegerField(default=1, verbose_name="copies")),
                ("hint", models.CharField(blank=True, max_length=300, verbose_name="hint")),
                ("hint_en", models.CharField(blank=True, max_length=400, verbose_name="hint in English")),
                ("form", models.FileField(blank=True, upload_to=approvals.models.catalogue.form_path, verbose_name="blank form")),
                ("form_type", models.CharField(blank=True, editable=False, max_length=100)),
            ],
            options={
                "abstract": False,
            },
        ),
    ]

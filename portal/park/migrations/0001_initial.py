"""The tables of park, each made whole: fields, indexes, constraints and triggers in one operation."""

import django.contrib.postgres.fields
import django.db.models.deletion
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models

import portal.park.models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("pghistory", "0007_auto_20250421_0444"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Enterprise",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uscc", models.CharField(max_length=18, unique=True, validators=[portal.park.models.validate_uscc], verbose_name="unified social credit code")),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                ("name_en", models.CharField(blank=True, max_length=200, verbose_name="name in English")),
                ("industry", models.CharField(max_length=60, verbose_name="industry")),
                ("size", models.CharField(choices=[("micro", "micro"), ("small", "small"), ("medium", "medium"), ("large", "large")], max_length=10, verbose_name="size")),
                ("registered_on", models.DateField(blank=True, null=True, verbose_name="registered on")),
                ("settled_on", models.DateField(blank=True, db_index=True, null=True, verbose_name="settled in the park on")),
                ("address", models.CharField(blank=True, max_length=200, verbose_name="address")),
                ("longitude", models.DecimalField(blank=True, decimal_places=6, max_digits=9, null=True, verbose_name="longitude")),
                ("latitude", models.DecimalField(blank=True, decimal_places=6, max_digits=8, null=True, verbose_name="latitude")),
                ("park_area", models.CharField(blank=True, max_length=60, verbose_name="part of the park")),
                ("is_high_tech", models.BooleanField(blank=True, null=True, verbose_name="high-tech enterprise")),
                ("is_above_scale", models.BooleanField(blank=True, null=True, verbose_name="above designated size")),
                ("tags", django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), blank=True, default=list, size=None, verbose_name="tags")),
            ],
            options={
                "verbose_name": "enterprise",
                "verbose_name_plural": "enterprises",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("uscc__regex", "^[0-9A-HJ-NPQRTUWXY]{18}$")), name="park_enterprise_uscc_form"),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "park_enterpriseevent" ("address", "id", "industry", "is_above_scale", "is_high_tech", "latitude", "longitude", "name", "name_en", "park_area", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "registered_on", "settled_on", "size", "tags", "uscc") VALUES (NEW."address", NEW."id", NEW."industry", NEW."is_above_scale", NEW."is_high_tech", NEW."latitude", NEW."longitude", NEW."name", NEW."name_en", NEW."park_area", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."registered_on", NEW."settled_on", NEW."size", NEW."tags", NEW."uscc"); RETURN NULL;',
                            hash="14e335b5a748566994092ef87fd9b8fb1f5800fd",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_6aa7b",
                            table="park_enterprise",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "park_enterpriseevent" ("address", "id", "industry", "is_above_scale", "is_high_tech", "latitude", "longitude", "name", "name_en", "park_area", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "registered_on", "settled_on", "size", "tags", "uscc") VALUES (NEW."address", NEW."id", NEW."industry", NEW."is_above_scale", NEW."is_high_tech", NEW."latitude", NEW."longitude", NEW."name", NEW."name_en", NEW."park_area", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."registered_on", NEW."settled_on", NEW."size", NEW."tags", NEW."uscc"); RETURN NULL;',
                            hash="9488082e9af7708d067550c611bba6b22d33132a",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_d35de",
                            table="park_enterprise",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="EnterpriseEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_obj", models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name="events", to="park.enterprise")),
                ("pgh_context", models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name="+", to="pghistory.context")),
                ("id", models.BigIntegerField()),
                ("uscc", models.CharField(max_length=18, validators=[portal.park.models.validate_uscc], verbose_name="unified social credit code")),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                ("name_en", models.CharField(blank=True, max_length=200, verbose_name="name in English")),
                ("industry", models.CharField(max_length=60, verbose_name="industry")),
                ("size", models.CharField(choices=[("micro", "micro"), ("small", "small"), ("medium", "medium"), ("large", "large")], max_length=10, verbose_name="size")),
                ("registered_on", models.DateField(blank=True, null=True, verbose_name="registered on")),
                ("settled_on", models.DateField(blank=True, null=True, verbose_name="settled in the park on")),
                ("address", models.CharField(blank=True, max_length=200, verbose_name="address")),
                ("longitude", models.DecimalField(blank=True, decimal_places=6, max_digits=9, null=True, verbose_name="longitude")),
                ("latitude", models.DecimalField(blank=True, decimal_places=6, max_digits=8, null=True, verbose_name="latitude")),
                ("park_area", models.CharField(blank=True, max_length=60, verbose_name="part of the park")),
                ("is_high_tech", models.BooleanField(blank=True, null=True, verbose_name="high-tech enterprise")),
                ("is_above_scale", models.BooleanField(blank=True, null=True, verbose_name="above designated size")),
                ("tags", django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), blank=True, default=list, size=None, verbose_name="tags")),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Team",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=40, unique=True, verbose_name="code")),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                ("name_en", models.CharField(blank=True, max_length=120, verbose_name="name in English")),
                ("kind", models.CharField(choices=[("station", "service station"), ("task_force", "task force"), ("department", "department"), ("window", "service window"), ("bank", "bank"), ("finance", "finance office"), ("supervision", "supervision")], max_length=20, verbose_name="kind")),
                ("industry", models.CharField(blank=True, max_length=60, verbose_name="industry")),
                ("active", models.BooleanField(default=True, verbose_name="active")),
                ("leader", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="teams_in_charge", to=settings.AUTH_USER_MODEL, verbose_name="leader in charge")),
            ],
            options={
                "verbose_name": "team",
                "verbose_name_plural": "teams",
                "ordering": ["kind", "code"],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "park_teamevent" ("active", "code", "id", "industry", "kind", "leader_id", "name", "name_en", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."active", NEW."code", NEW."id", NEW."industry", NEW."kind", NEW."leader_id", NEW."name", NEW."name_en", _pgh_attach_context(), NOW(), \'insert\', NEW."id"); RETURN NULL;',
                            hash="2c7228e5775d2e3ae866d51befc44a3e127b3306",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_67866",
                            table="park_team",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "park_teamevent" ("active", "code", "id", "industry", "kind", "leader_id", "name", "name_en", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."active", NEW."code", NEW."id", NEW."industry", NEW."kind", NEW."leader_id", NEW."name", NEW."name_en", _pgh_attach_context(), NOW(), \'update\', NEW."id"); RETURN NULL;',
                            hash="dd78f593efcbc96ad243a2099523830732ba806f",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_eb620",
                            table="park_team",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TeamEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_obj", models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name="events", to="park.team")),
                ("pgh_context", models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name="+", to="pghistory.context")),
                ("id", models.BigIntegerField()),
                ("code", models.CharField(max_length=40, verbose_name="code")),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                ("name_en", models.CharField(blank=True, max_length=120, verbose_name="name in English")),
                ("kind", models.CharField(choices=[("station", "service station"), ("task_force", "task force"), ("department", "department"), ("window", "service window"), ("bank", "bank"), ("finance", "finance office"), ("supervision", "supervision")], max_length=20, verbose_name="kind")),
                ("industry", models.CharField(blank=True, max_length=60, verbose_name="industry")),
                ("active", models.BooleanField(default=True, verbose_name="active")),
                ("leader", models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name="+", related_query_name="+", to=settings.AUTH_USER_MODEL, verbose_name="leader in charge")),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Membership",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("user", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="memberships", to=settings.AUTH_USER_MODEL)),
                ("team", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="memberships", to="park.team")),
                ("role", models.CharField(choices=[("member", "member"), ("section_head", "section head"), ("head", "head")], default="member", max_length=20, verbose_name="role")),
            ],
            options={
                "verbose_name": "membership",
                "verbose_name_plural": "memberships",
                "constraints": [
                    models.UniqueConstraint(fields=("user", "team"), name="park_membership_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Agency",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("user", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="agencies", to=settings.AUTH_USER_MODEL)),
                ("enterprise", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="agencies", to="park.enterprise")),
                ("role", models.CharField(choices=[("owner", "owner"), ("agent", "agent")], default="agent", max_length=10, verbose_name="role")),
                ("expires_on", models.DateField(blank=True, null=True, verbose_name="expires on")),
                ("read_only", models.BooleanField(default=False, verbose_name="may look, not act")),
                ("kinds", django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), blank=True, default=list, size=None, verbose_name="only these services")),
                ("granted_by", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="granted by")),
                ("granted_at", models.DateTimeField(blank=True, null=True, verbose_name="granted at")),
            ],
            options={
                "verbose_name": "agency",
                "verbose_name_plural": "agencies",
                "constraints": [
                    models.UniqueConstraint(fields=("user", "enterprise"), name="park_agency_once"),
                    models.UniqueConstraint(condition=models.Q(("role", "owner")), fields=("enterprise",), name="park_one_owner"),
                    models.CheckConstraint(condition=models.Q(models.Q(("role", "owner"), _negated=True), models.Q(("kinds", []), ("read_only", False)), _connector="OR"), name="park_owner_has_full_scope"),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "park_agencyevent" ("enterprise_id", "expires_on", "granted_at", "granted_by_id", "id", "kinds", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "read_only", "role", "user_id") VALUES (NEW."enterprise_id", NEW."expires_on", NEW."granted_at", NEW."granted_by_id", NEW."id", NEW."kinds", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."read_only", NEW."role", NEW."user_id"); RETURN NULL;',
                            hash="051ca88b7900bb8715c0451965c2d6f6c9566c21",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_b2dbe",
                            table="park_agency",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "park_agencyevent" ("enterprise_id", "expires_on", "granted_at", "granted_by_id", "id", "kinds", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "read_only", "role", "user_id") VALUES (NEW."enterprise_id", NEW."expires_on", NEW."granted_at", NEW."granted_by_id", NEW."id", NEW."kinds", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."read_only", NEW."role", NEW."user_id"); RETURN NULL;',
                            hash="bbe1a5e84eef3351c2e44cf88d87cf62c9db960b",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_ed8ea",
                            table="park_agency",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "park_agencyevent" ("enterprise_id", "expires_on", "granted_at", "granted_by_id", "id", "kinds", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "read_only", "role", "user_id") VALUES (OLD."enterprise_id", OLD."expires_on", OLD."granted_at", OLD."granted_by_id", OLD."id", OLD."kinds", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."read_only", OLD."role", OLD."user_id"); RETURN NULL;',
                            hash="543e97dce0b4a134cef6c0a9ad7279be2f15b5ae",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_38983",
                            table="park_agency",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AgencyEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_obj", models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name="events", to="park.agency")),
                ("pgh_context", models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name="+", to="pghistory.context")),
                ("id", models.BigIntegerField()),
                ("user", models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name="+", related_query_name="+", to=settings.AUTH_USER_MODEL)),
                ("enterprise", models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name="+", related_query_name="+", to="park.enterprise")),
                ("role", models.CharField(choices=[("owner", "owner"), ("agent", "agent")], default="agent", max_length=10, verbose_name="role")),
                ("expires_on", models.DateField(blank=True, null=True, verbose_name="expires on")),
                ("read_only", models.BooleanField(default=False, verbose_name="may look, not act")),
                ("kinds", django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), blank=True, default=list, size=None, verbose_name="only these services")),
                ("granted_by", models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name="+", related_query_name="+", to=settings.AUTH_USER_MODEL, verbose_name="granted by")),
                ("granted_at", models.DateTimeField(blank=True, null=True, verbose_name="granted at")),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="MonthlyIndicator",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("enterprise", models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="monthly_indicators", to="park.enterprise", verbose_name="enterprise")),
                ("month", models.DateField(verbose_name="month")),
                ("output_amount", models.DecimalField(decimal_places=2, max_digits=14, verbose_name="output value (yuan)")),
                ("tax_amount", models.DecimalField(decimal_places=2, max_digits=14, verbose_name="tax (yuan)")),
                ("employees", models.PositiveIntegerField(blank=True, null=True, verbose_name="employees")),
                ("electricity_kwh", models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True, verbose_name="electricity (kWh)")),
                ("investment_amount", models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True, verbose_name="investment (yuan)")),
                ("rd_amount", models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True, verbose_name="research and development (yuan)")),
            ],
            options={
                "verbose_name": "monthly indicators",
                "verbose_name_plural": "monthly indicators",
                "ordering": ["enterprise", "month"],
                "indexes": [
                    models.Index(fields=["month"], name="park_month"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("enterprise", "month"), name="park_month_once"),
                    models.CheckConstraint(condition=models.Q(("month__day", 1)), name="park_month_first_day"),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="before_update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "park_monthlyindicatorevent" ("electricity_kwh", "employees", "enterprise_id", "id", "investment_amount", "month", "output_amount", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rd_amount", "tax_amount") VALUES (OLD."electricity_kwh", OLD."employees", OLD."enterprise_id", OLD."id", OLD."investment_amount", OLD."month", OLD."output_amount", _pgh_attach_context(), NOW(), \'before_update\', OLD."id", OLD."rd_amount", OLD."tax_amount"); RETURN NULL;',
                            hash="875aae1be43eb7cbaad6e8dc365ea930a084ae6d",
                            operation="UPDATE",
                            pgid="pgtrigger_before_update_update_b5aa1",
                            table="park_monthlyindicator",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="before_delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "park_monthlyindicatorevent" ("electricity_kwh", "employees", "enterprise_id", "id", "investment_amount", "month", "output_amount", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rd_amount", "tax_amount") VALUES (OLD."electricity_kwh", OLD."employees", OLD."enterprise_id", OLD."id", OLD."investment_amount", OLD."month", OLD."output_amount", _pgh_attach_context(), NOW(), \'before_delete\', OLD."id", OLD."rd_amount", OLD."tax_amount"); RETURN NULL;',
                            hash="c80bbf3d768d9de5d68725b733ea6c78338bb4fc",
                            operation="DELETE",
                            pgid="pgtrigger_before_delete_delete_3f165",
                            table="park_monthlyindicator",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MonthlyIndicatorEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_obj", models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name="events", to="park.monthlyindicator")),
                ("pgh_context", models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name="+", to="pghistory.context")),
                ("id", models.BigIntegerField()),
                ("enterprise", models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name="+", related_query_name="+", to="park.enterprise", verbose_name="enterprise")),
                ("month", models.DateField(verbose_name="month")),
                ("output_amount", models.DecimalField(decimal_places=2, max_digits=14, verbose_name="output value (yuan)")),
                ("tax_amount", models.DecimalField(decimal_places=2, max_digits=14, verbose_name="tax (yuan)")),
                ("employees", models.PositiveIntegerField(blank=True, null=True, verbose_name="employees")),
                ("electricity_kwh", models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True, verbose_name="electricity (kWh)")),
                ("investment_amount", models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True, verbose_name="investment (yuan)")),
                ("rd_amount", models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True, verbose_name="research and development (yuan)")),
            ],
            options={
                "abstract": False,
            },
        ),
    ]

"""The tables of notices, each made whole: fields, indexes, constraints and triggers in one operation."""

import datetime

import django.contrib.postgres.fields
import django.db.models.deletion
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models

import portal.notices.models.endpoints


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("park", "0001_initial"),
        ("pghistory", "0007_auto_20250421_0444"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Preference",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("user", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="notice_preferences", to=settings.AUTH_USER_MODEL)),
                ("kind", models.CharField(choices=[("deadline", "Deadlines"), ("work", "Work for you"), ("progress", "Progress of a case"), ("message", "Messages and papers")], max_length=10, verbose_name="kind of notice")),
                ("in_app", models.BooleanField(default=True, verbose_name="in the portal")),
                ("email", models.CharField(choices=[("now", "at once"), ("digest", "in the daily mail"), ("off", "not at all")], default="now", max_length=10, verbose_name="by e-mail")),
            ],
            options={
                "verbose_name": "choice of notices",
                "verbose_name_plural": "choices of notices",
                "constraints": [
                    models.UniqueConstraint(fields=("user", "kind"), name="notices_preference_once"),
                    models.CheckConstraint(condition=models.Q(("kind__in", ["deadline", "work", "progress", "message"])), name="notices_preference_kind"),
                    models.CheckConstraint(condition=models.Q(("email__in", ["now", "digest", "off"])), name="notices_preference_mail"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Hours",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("quiet_from", models.TimeField(default=datetime.time(22, 0), verbose_name="quiet from")),
                ("quiet_until", models.TimeField(default=datetime.time(7, 0), verbose_name="quiet until")),
                ("digest_at", models.TimeField(default=datetime.time(8, 0), verbose_name="daily mail at")),
            ],
            options={
                "verbose_name": "hours of notices",
                "verbose_name_plural": "hours of notices",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("pk", 1)), name="notices_one_hours"),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "notices_hoursevent" ("digest_at", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "quiet_from", "quiet_until") VALUES (NEW."digest_at", NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."quiet_from", NEW."quiet_until"); RETURN NULL;',
                            hash="e169375d3c0c758b4353849f342eb4fa650349f2",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_bee13",
                            table="notices_hours",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "notices_hoursevent" ("digest_at", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "quiet_from", "quiet_until") VALUES (NEW."digest_at", NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."quiet_from", NEW."quiet_until"); RETURN NULL;',
                            hash="a9f46065e63fc8fa31eda702304a66b5057af173",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_e7354",
                            table="notices_hours",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="HoursEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_obj", models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name="events", to="notices.hours")),
                ("pgh_context", models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name="+", to="pghistory.context")),
                ("id", models.BigIntegerField()),
                ("quiet_from", models.TimeField(default=datetime.time(22, 0), verbose_name="quiet from")),
                ("quiet_until", models.TimeField(default=datetime.time(7, 0), verbose_name="quiet until")),
                ("digest_at", models.TimeField(default=datetime.time(8, 0), verbose_name="daily mail at")),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Wording",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60, verbose_name="text")),
                ("language", models.CharField(choices=[("zh-hans", "Simplified Chinese"), ("en", "English")], max_length=10, verbose_name="language")),
                ("title", models.CharField(max_length=200, verbose_name="subject")),
                ("body", models.TextField(max_length=2000, verbose_name="text")),
            ],
            options={
                "verbose_name": "text of a notice",
                "verbose_name_plural": "texts of notices",
                "constraints": [
                    models.UniqueConstraint(fields=("name", "language"), name="notices_wording_once"),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "notices_wordingevent" ("body", "id", "language", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "title") VALUES (NEW."body", NEW."id", NEW."language", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."title"); RETURN NULL;',
                            hash="f821e1e023b70a00ac36b8127bb0020e5a517eef",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_d6960",
                            table="notices_wording",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "notices_wordingevent" ("body", "id", "language", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "title") VALUES (NEW."body", NEW."id", NEW."language", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."title"); RETURN NULL;',
                            hash="a6fd2ac70daeda33b33c5368511bef6a266091fd",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_471f2",
                            table="notices_wording",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "notices_wordingevent" ("body", "id", "language", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "title") VALUES (OLD."body", OLD."id", OLD."language", OLD."name", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."title"); RETURN NULL;',
                            hash="67e1c9321039af98c3efe8d6d96af6a090c571e3",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_f03b5",
                            table="notices_wording",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="WordingEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_obj", models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name="events", to="notices.wording")),
                ("pgh_context", models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name="+", to="pghistory.context")),
                ("id", models.BigIntegerField()),
                ("name", models.CharField(max_length=60, verbose_name="text")),
                ("language", models.CharField(choices=[("zh-hans", "Simplified Chinese"), ("en", "English")], max_length=10, verbose_name="language")),
                ("title", models.CharField(max_length=200, verbose_name="subject")),
                ("body", models.TextField(max_length=2000, verbose_name="text")),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Endpoint",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80, verbose_name="name of the group or system")),
                ("channel", models.CharField(choices=[("webhook", "webhook"), ("wecom", "WeCom group"), ("dingtalk", "DingTalk group"), ("feishu", "Feishu group")], max_length=10, verbose_name="channel")),
                ("team", models.ForeignKey(blank=True, help_text="It hears of this team's cases. Empty: of all teams.", null=True, on_delete=django.db.models.deletion.CASCADE, related_name="endpoints", to="park.team", verbose_name="team")),
                ("kinds", django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[("deadline", "Deadlines"), ("work", "Work for you"), ("progress", "Progress of a case"), ("message", "Messages and papers")], max_length=10), default=list, size=None, verbose_name="hears of")),
                ("address", models.CharField(max_length=600, verbose_name="address")),
                ("secret", models.CharField(blank=True, max_length=200, verbose_name="signing key of the robot")),
                ("salt", models.CharField(default=portal.notices.models.endpoints.fresh_salt, editable=False, max_length=32)),
                ("former_salt", models.CharField(blank=True, editable=False, max_length=32)),
                ("former_until", models.DateTimeField(editable=False, null=True)),
                ("language", models.CharField(choices=[("zh-hans", "Simplified Chinese"), ("en", "English")], default="zh-hans", max_length=10, verbose_name="language")),
                ("active", models.BooleanField(default=True, verbose_name="switched on")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="made at")),
            ],
            options={
                "verbose_name": "group or system",
                "verbose_name_plural": "groups and systems",
                "ordering": ["name", "id"],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("channel__in", ["webhook", "wecom", "dingtalk", "feishu"])), name="notices_endpoint_channel"),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "notices_endpointevent" ("active", "channel", "created_at", "former_salt", "former_until", "id", "kinds", "language", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "team_id") VALUES (NEW."active", NEW."channel", NEW."created_at", NEW."former_salt", NEW."former_until", NEW."id", NEW."kinds", NEW."language", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."team_id"); RETURN NULL;',
                            hash="e202d48d66f102b496d796f738a96522bab87b7d",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_435be",
                            table="notices_endpoint",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."active" IS DISTINCT FROM (NEW."active") OR OLD."channel" IS DISTINCT FROM (NEW."channel") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."former_salt" IS DISTINCT FROM (NEW."former_salt") OR OLD."former_until" IS DISTINCT FROM (NEW."former_until") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."kinds" IS DISTINCT FROM (NEW."kinds") OR OLD."language" IS DISTINCT FROM (NEW."language") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."team_id" IS DISTINCT FROM (NEW."team_id"))',
                            func='INSERT INTO "notices_endpointevent" ("active", "channel", "created_at", "former_salt", "former_until", "id", "kinds", "language", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "team_id") VALUES (NEW."active", NEW."channel", NEW."created_at", NEW."former_salt", NEW."former_until", NEW."id", NEW."kinds", NEW."language", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."team_id"); RETURN NULL;',
                            hash="6af88911c60f252ae866cd45f5e2456c77ccbbac",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_86671",
                            table="notices_endpoint",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="EndpointEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_obj", models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name="events", to="notices.endpoint")),
                ("pgh_context", models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name="+", to="pghistory.context")),
                ("id", models.BigIntegerField()),
                ("name", models.CharField(max_length=80, verbose_name="name of the group or system")),
                ("channel", models.CharField(choices=[("webhook", "webhook"), ("wecom", "WeCom group"), ("dingtalk", "DingTalk group"), ("feishu", "Feishu group")], max_length=10, verbose_name="channel")),
                ("team", models.ForeignKey(blank=True, db_constraint=False, help_text="It hears of this team's cases. Empty: of all teams.", null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name="+", related_query_name="+", to="park.team", verbose_name="team")),
                ("kinds", django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[("deadline", "Deadlines"), ("work", "Work for you"), ("progress", "Progress of a case"), ("message", "Messages and papers")], max_length=10), default=list, size=None, verbose_name="hears of")),
                ("former_salt", models.CharField(blank=True, editable=False, max_length=32)),
                ("former_until", models.DateTimeField(editable=False, null=True)),
                ("language", models.CharField(choices=[("zh-hans", "Simplified Chinese"), ("en", "English")], default="zh-hans", max_length=10, verbose_name="language")),
                ("active", models.BooleanField(default=True, verbose_name="switched on")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="made at")),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("recipient", models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name="notices", to=settings.AUTH_USER_MODEL)),
                ("endpoint", models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name="notices", to="notices.endpoint")),
                ("key", models.CharField(max_length=40, verbose_name="kind of notice")),
                ("kind", models.CharField(choices=[("deadline", "Deadlines"), ("work", "Work for you"), ("progress", "Progress of a case"), ("message", "Messages and papers")], default="progress", max_length=10, verbose_name="about")),
                ("params", models.JSONField(default=dict)),
                ("case_id", models.BigIntegerField(db_index=True, null=True)),
                ("urgent", models.BooleanField(default=False, verbose_name="urgent")),
                ("in_app", models.BooleanField(default=True, verbose_name="in the portal")),
                ("created_at", models.DateTimeField(verbose_name="moment")),
                ("read_at", models.DateTimeField(null=True, verbose_name="read at")),
            ],
            options={
                "verbose_name": "notice",
                "verbose_name_plural": "notices",
                "indexes": [
                    models.Index(fields=["recipient", "-created_at", "-id"], name="notices_centre"),
                    models.Index(condition=models.Q(("in_app", True), ("read_at", None)), fields=["recipient"], name="notices_unread_shown"),
                    models.Index(condition=models.Q(("endpoint__isnull", False)), fields=["endpoint", "created_at"], name="notices_of_endpoint"),
                ],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(models.Q(("endpoint", None), ("recipient__isnull", False)), models.Q(("endpoint__isnull", False), ("recipient", None)), _connector="OR"), name="notices_one_addressee"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("notice", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="deliveries", to="notices.notice")),
                ("channel", models.CharField(choices=[("email", "e-mail"), ("webhook", "webhook"), ("wecom", "WeCom group"), ("dingtalk", "DingTalk group"), ("feishu", "Feishu group")], max_length=10, verbose_name="channel")),
                ("endpoint", models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name="deliveries", to="notices.endpoint")),
                ("lane", models.CharField(blank=True, max_length=60)),
                ("state", models.CharField(choices=[("pending", "waiting"), ("digest", "waiting for the daily mail"), ("carried", "on its way with others"), ("sent", "sent"), ("dead", "could not be delivered"), ("given_up", "given up")], default="pending", max_length=10, verbose_name="state")),
                ("tries", models.PositiveIntegerField(default=0, verbose_name="tries")),
                ("next_try_at", models.DateTimeField(null=True, verbose_name="next try at")),
                ("first_tried_at", models.DateTimeField(null=True, verbose_name="first tried at")),
                (
                    "problem",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("unreachable", "The server cannot be reached."),
                            ("slow", "The server did not answer in time."),
                            ("busy", "The server asks to wait."),
                            ("fault", "The server reports a fault of its own."),
                            ("address", "The address is refused for good."),
                            ("no_address", "There is no address."),
                            ("closed", "The account is closed."),
                            ("refused", "The other side refuses the message."),
                            ("redirect", "The address leads elsewhere, which is not followed."),
                            ("forbidden", "The address lies in a network that is not allowed."),
                            ("certificate", "The certificate of the server is not valid."),
                            ("text", "The text could not be made."),
                            ("setup", "The portal's own mail server refuses the portal: check its settings."),
                        ],
                        max_length=12,
                        verbose_name="problem",
                    ),
                ),
                ("last_error", models.CharField(blank=True, max_length=300, verbose_name="last error")),
                ("sent_at", models.DateTimeField(null=True, verbose_name="sent at")),
                ("carried_by", models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="carries", to="notices.delivery")),
                ("settled_by", models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("settled_at", models.DateTimeField(null=True, verbose_name="sent again or given up at")),
            ],
            options={
                "verbose_name": "delivery",
                "verbose_name_plural": "deliveries",
                "indexes": [
                    models.Index(condition=models.Q(("state", "pending")), fields=["next_try_at", "id"], name="notices_outbox"),
                    models.Index(condition=models.Q(("state", "digest")), fields=["next_try_at"], name="notices_gathered"),
                    models.Index(condition=models.Q(("state__in", ["pending", "digest", "carried"])), fields=["lane", "id"], name="notices_in_order"),
                    models.Index(condition=models.Q(("state__in", ["dead", "given_up"])), fields=["id"], name="notices_dead_letters"),
                    models.Index(condition=models.Q(("carried_by__isnull", False)), fields=["carried_by"], name="notices_carried"),
                    models.Index(condition=models.Q(("endpoint__isnull", False)), fields=["endpoint", "id"], name="notices_by_endpoint"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("notice", "channel"), name="notices_delivery_once"),
                    models.CheckConstraint(condition=models.Q(models.Q(("next_try_at__isnull", False), ("state__in", ["pending", "digest"])), models.Q(models.Q(("state__in", ["pending", "digest"]), _negated=True), ("next_try_at", None)), _connector="OR"), name="notices_waiting_has_a_next_try"),
                    models.CheckConstraint(condition=models.Q(models.Q(("state", "carried"), _negated=True), ("carried_by__isnull", False), _connector="OR"), name="notices_carried_by_one"),
                ],
            },
        ),
    ]

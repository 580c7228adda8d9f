"""The tables of trust, each made whole: fields, indexes, constraints and triggers in one operation."""

import django.contrib.postgres.fields
import django.db.models.deletion
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("cases", "0001_initial"),
        ("park", "0001_initial"),
        ("pghistory", "0007_auto_20250421_0444"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Invitation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("state", models.CharField(choices=[("pending", "waiting for the answer"), ("accepted", "accepted"), ("declined", "declined"), ("withdrawn", "withdrawn")], default="pending", max_length=10, verbose_name="state")),
                ("valid_until", models.DateTimeField(verbose_name="valid until")),
                ("answered_at", models.DateTimeField(null=True, verbose_name="answered at")),
                ("enterprise", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="invitations", to="park.enterprise")),
                ("name", models.CharField(max_length=60, verbose_name="name")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail")),
                ("read_only", models.BooleanField(default=False, verbose_name="may look, not act")),
                ("kinds", django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), blank=True, default=list, size=None, verbose_name="only these services")),
                ("expires_on", models.DateField(verbose_name="acts until")),
                ("nonce", models.CharField(max_length=32)),
                ("sendings", models.PositiveSmallIntegerField(default=1)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("invited_by", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("invited_at", models.DateTimeField(verbose_name="invited at")),
                ("answered_by", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
            ],
            options={
                "verbose_name": "invitation",
                "verbose_name_plural": "invitations",
                "ordering": ["-invited_at", "-id"],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "trust_invitationevent" ("answered_at", "answered_by_id", "email", "enterprise_id", "expires_on", "id", "invited_at", "invited_by_id", "kinds", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "read_only", "sendings", "state", "tries", "valid_until") VALUES (NEW."answered_at", NEW."answered_by_id", NEW."email", NEW."enterprise_id", NEW."expires_on", NEW."id", NEW."invited_at", NEW."invited_by_id", NEW."kinds", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."read_only", NEW."sendings", NEW."state", NEW."tries", NEW."valid_until"); RETURN NULL;',
                            hash="7d2bb79423f8d40035e3f3b37e97d53d1655b0d6",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_34632",
                            table="trust_invitation",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."answered_at" IS DISTINCT FROM (NEW."answered_at") OR OLD."answered_by_id" IS DISTINCT FROM (NEW."answered_by_id") OR OLD."email" IS DISTINCT FROM (NEW."email") OR OLD."enterprise_id" IS DISTINCT FROM (NEW."enterprise_id") OR OLD."expires_on" IS DISTINCT FROM (NEW."expires_on") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."invited_at" IS DISTINCT FROM (NEW."invited_at") OR OLD."invited_by_id" IS DISTINCT FROM (NEW."invited_by_id") OR OLD."kinds" IS DISTINCT FROM (NEW."kinds") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."read_only" IS DISTINCT FROM (NEW."read_only") OR OLD."sendings" IS DISTINCT FROM (NEW."sendings") OR OLD."state" IS DISTINCT FROM (NEW."state") OR OLD."tries" IS DISTINCT FROM (NEW."tries") OR OLD."valid_until" IS DISTINCT FROM (NEW."valid_until"))',
                            func='INSERT INTO "trust_invitationevent" ("answered_at", "answered_by_id", "email", "enterprise_id", "expires_on", "id", "invited_at", "invited_by_id", "kinds", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "read_only", "sendings", "state", "tries", "valid_until") VALUES (NEW."answered_at", NEW."answered_by_id", NEW."email", NEW."enterprise_id", NEW."expires_on", NEW."id", NEW."invited_at", NEW."invited_by_id", NEW."kinds", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."read_only", NEW."sendings", NEW."state", NEW."tries", NEW."valid_until"); RETURN NULL;',
                            hash="2f90f22810e3f7606551b6e81abc3fb9d540f373",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_a6ac3",
                            table="trust_invitation",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="InvitationEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_obj", models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name="events", to="trust.invitation")),
                ("pgh_context", models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name="+", to="pghistory.context")),
                ("id", models.BigIntegerField()),
                ("state", models.CharField(choices=[("pending", "waiting for the answer"), ("accepted", "accepted"), ("declined", "declined"), ("withdrawn", "withdrawn")], default="pending", max_length=10, verbose_name="state")),
                ("valid_until", models.DateTimeField(verbose_name="valid until")),
                ("answered_at", models.DateTimeField(null=True, verbose_name="answered at")),
                ("enterprise", models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name="+", related_query_name="+", to="park.enterprise")),
                ("name", models.CharField(max_length=60, verbose_name="name")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail")),
                ("read_only", models.BooleanField(default=False, verbose_name="may look, not act")),
                ("kinds", django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), blank=True, default=list, size=None, verbose_name="only these services")),
                ("expires_on", models.DateField(verbose_name="acts until")),
                ("sendings", models.PositiveSmallIntegerField(default=1)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("invited_by", models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name="+", related_query_name="+", to=settings.AUTH_USER_MODEL)),
                ("invited_at", models.DateTimeField(verbose_name="invited at")),
                ("answered_by", models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name="+", related_query_name="+", to=settings.AUTH_USER_MODEL)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="OwnershipOffer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("state", models.CharField(choices=[("pending", "waiting for the answer"), ("accepted", "accepted"), ("declined", "declined"), ("withdrawn", "withdrawn")], default="pending", max_length=10, verbose_name="state")),
                ("valid_until", models.DateTimeField(verbose_name="valid until")),
                ("answered_at", models.DateTimeField(null=True, verbose_name="answered at")),
                ("enterprise", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="ownership_offers", to="park.enterprise")),
                ("from_user", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("to_user", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("offered_at", models.DateTimeField(verbose_name="offered at")),
            ],
            options={
                "verbose_name": "offer of ownership",
                "verbose_name_plural": "offers of ownership",
                "constraints": [
                    models.UniqueConstraint(condition=models.Q(("state", "pending")), fields=("enterprise",), name="trust_one_offer_at_a_time"),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "trust_ownershipofferevent" ("answered_at", "enterprise_id", "from_user_id", "id", "offered_at", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "state", "to_user_id", "valid_until") VALUES (NEW."answered_at", NEW."enterprise_id", NEW."from_user_id", NEW."id", NEW."offered_at", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."state", NEW."to_user_id", NEW."valid_until"); RETURN NULL;',
                            hash="233fdd856055728b3d8186c078bf6bf4082a7e27",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_6bdb9",
                            table="trust_ownershipoffer",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "trust_ownershipofferevent" ("answered_at", "enterprise_id", "from_user_id", "id", "offered_at", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "state", "to_user_id", "valid_until") VALUES (NEW."answered_at", NEW."enterprise_id", NEW."from_user_id", NEW."id", NEW."offered_at", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."state", NEW."to_user_id", NEW."valid_until"); RETURN NULL;',
                            hash="6ea3be8688f16d0cd279755ca07de2b56113ec4b",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_184c4",
                            table="trust_ownershipoffer",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OwnershipOfferEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_obj", models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name="events", to="trust.ownershipoffer")),
                ("pgh_context", models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name="+", to="pghistory.context")),
                ("id", models.BigIntegerField()),
                ("state", models.CharField(choices=[("pending", "waiting for the answer"), ("accepted", "accepted"), ("declined", "declined"), ("withdrawn", "withdrawn")], default="pending", max_length=10, verbose_name="state")),
                ("valid_until", models.DateTimeField(verbose_name="valid until")),
                ("answered_at", models.DateTimeField(null=True, verbose_name="answered at")),
                ("enterprise", models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name="+", related_query_name="+", to="park.enterprise")),
                ("from_user", models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name="+", related_query_name="+", to=settings.AUTH_USER_MODEL)),
                ("to_user", models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name="+", related_query_name="+", to=settings.AUTH_USER_MODEL)),
                ("offered_at", models.DateTimeField(verbose_name="offered at")),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Letter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("invitation", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="letters", to="trust.invitation")),
                ("sending", models.PositiveSmallIntegerField()),
                ("language", models.CharField(max_length=10)),
                ("state", models.CharField(choices=[("pending", "waiting"), ("sent", "sent"), ("dead", "given up")], default="pending", max_length=10, verbose_name="state")),
                ("tries", models.PositiveSmallIntegerField(default=0, verbose_name="tries")),
                ("next_try_at", models.DateTimeField(null=True, verbose_name="next try at")),
                ("last_error", models.CharField(blank=True, max_length=300, verbose_name="last error")),
                ("sent_at", models.DateTimeField(null=True, verbose_name="sent at")),
            ],
            options={
                "verbose_name": "letter",
                "verbose_name_plural": "letters",
                "indexes": [
                    models.Index(condition=models.Q(("state", "pending")), fields=["next_try_at", "id"], name="trust_letters_due"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("invitation", "sending"), name="trust_letter_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ContactRead",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reader", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="contact_reads", to=settings.AUTH_USER_MODEL)),
                ("enterprise", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="contact_reads", to="park.enterprise")),
                ("person", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="contact_read_by", to=settings.AUTH_USER_MODEL)),
                ("case", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="contact_reads", to="cases.case")),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="reason")),
                ("at", models.DateTimeField(verbose_name="moment")),
            ],
            options={
                "verbose_name": "read of contact details",
                "verbose_name_plural": "reads of contact details",
                "ordering": ["-id"],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("enterprise__isnull", False), ("person__isnull", False), _connector="OR"), name="trust_read_of_somebody"),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash="bad273ce45d88606607723f591d1a6d0ea120dc8", operation="UPDATE OR DELETE", pgid="pgtrigger_append_only_a98b7", table="trust_contactread", when="BEFORE"),
                    ),
                ],
            },
        ),
    ]

"""The tables of stations, each made whole: fields, indexes, constraints and triggers in one operation."""

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
            name="Station",
            fields=[
                ("team", models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name="station", serialize=False, to="park.team")),
                ("address", models.CharField(max_length=200, verbose_name="address")),
                ("longitude", models.DecimalField(decimal_places=6, max_digits=9, verbose_name="longitude")),
                ("latitude", models.DecimalField(decimal_places=6, max_digits=8, verbose_name="latitude")),
                ("opens_at", models.TimeField(verbose_name="opens at")),
                ("closes_at", models.TimeField(verbose_name="closes at")),
                ("phone", models.CharField(max_length=30, verbose_name="phone")),
                ("opened_on", models.DateField(blank=True, null=True, verbose_name="opened on")),
            ],
            options={
                "verbose_name": "station",
                "verbose_name_plural": "stations",
                "ordering": ["team__code"],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("closes_at__gt", models.F("opens_at"))), name="stations_hours_in_order"),
                ],
            },
        ),
        migrations.CreateModel(
            name="CategoryRoute",
            fields=[
                (
                    "category",
                    models.CharField(
                        choices=[
                            ("policy", "Policies and payouts"),
                            ("procedures", "Approvals and procedures"),
                            ("land", "Land, plant, planning"),
                            ("utilities", "Water, power, gas, network, roads"),
                            ("financing", "Financing"),
                            ("labour", "Labour, insurance, schooling, talent"),
                            ("market", "Markets and trade-in"),
                            ("technology", "Technology, high-tech, universities"),
                            ("tax", "Taxes and fees"),
                            ("environment_safety", "Environment, safety, fire"),
                            ("arrears_legal", "Arrears and legal disputes"),
                            ("conduct", "Complaint about enforcement or conduct"),
                            ("property", "Property, traffic, security, commuting"),
                            ("company_start", "Starting or changing a company"),
                            ("landing_other", "Settling in, other"),
                        ],
                        max_length=20,
                        primary_key=True,
                        serialize=False,
                        verbose_name="category",
                    ),
                ),
                ("team", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="park.team", verbose_name="leading team")),
            ],
            options={
                "verbose_name": "category route",
                "verbose_name_plural": "category routes",
            },
        ),
        migrations.CreateModel(
            name="Request",
            fields=[
                ("case", models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name="request", serialize=False, to="cases.case")),
                ("first_team", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="requests_taken", to="park.team", verbose_name="first taker")),
                ("handling_team", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="park.team", verbose_name="handling team")),
                (
                    "category",
                    models.CharField(
                        choices=[
                            ("policy", "Policies and payouts"),
                            ("procedures", "Approvals and procedures"),
                            ("land", "Land, plant, planning"),
                            ("utilities", "Water, power, gas, network, roads"),
                            ("financing", "Financing"),
                            ("labour", "Labour, insurance, schooling, talent"),
                            ("market", "Markets and trade-in"),
                            ("technology", "Technology, high-tech, universities"),
                            ("tax", "Taxes and fees"),
                            ("environment_safety", "Environment, safety, fire"),
                            ("arrears_legal", "Arrears and legal disputes"),
                            ("conduct", "Complaint about enforcement or conduct"),
                            ("property", "Property, traffic, security, commuting"),
                            ("company_start", "Starting or changing a company"),
                            ("landing_other", "Settling in, other"),
                        ],
                        max_length=20,
                        verbose_name="category",
                    ),
                ),
                ("channel", models.CharField(choices=[("station", "at the station"), ("web", "online"), ("phone", "by phone"), ("hotline", "city hotline"), ("visit", "on a visit")], default="web", max_length=10, verbose_name="channel")),
                ("description", models.TextField(max_length=4000, verbose_name="what happened")),
                ("contact_name", models.CharField(blank=True, max_length=60, verbose_name="contact person")),
                ("contact_phone", models.CharField(blank=True, max_length=30, verbose_name="phone")),
                ("contact_way", models.CharField(choices=[("phone", "call me"), ("portal", "write to me here"), ("visit", "come to us")], default="phone", max_length=10, verbose_name="how to reach you")),
                ("external_number", models.CharField(blank=True, max_length=40, verbose_name="number elsewhere")),
                ("accused_team", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="park.team", verbose_name="unit complained of")),
                ("accepted_at", models.DateTimeField(null=True, verbose_name="accepted at")),
                ("objected", models.BooleanField(default=False, verbose_name="routing objected to once")),
                ("noted_at", models.DateTimeField(null=True, verbose_name="progress noted at")),
                ("reminded_at", models.DateTimeField(null=True, verbose_name="reminded of the progress note at")),
                ("plan", models.TextField(blank=True, verbose_name="plan")),
                ("planned_on", models.DateField(null=True, verbose_name="planned for")),
                ("result", models.CharField(blank=True, choices=[("resolved", "resolved"), ("explained", "explained"), ("planned", "planned")], max_length=10, verbose_name="result")),
                ("result_text", models.TextField(blank=True, verbose_name="answer")),
                ("result_basis", models.CharField(blank=True, max_length=300, verbose_name="legal basis")),
                ("by_silence", models.BooleanField(default=False, verbose_name="confirmed by silence")),
                ("duplicate_of", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="merged_requests", to="cases.case", verbose_name="merged into")),
                ("merged_count", models.PositiveSmallIntegerField(default=0, verbose_name="requests merged into this one")),
                ("milestone_count", models.PositiveSmallIntegerField(default=0, verbose_name="milestones of the plan")),
                ("reached_count", models.PositiveSmallIntegerField(default=0, verbose_name="milestones reached")),
            ],
            options={
                "verbose_name": "service request",
                "verbose_name_plural": "service requests",
                "indexes": [
                    models.Index(fields=["category"], name="stations_category"),
                ],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("accused_team", None), models.Q(("handling_team", models.F("accused_team")), _negated=True), _connector="OR"), name="stations_never_to_the_accused"),
                    models.CheckConstraint(condition=models.Q(("accused_team", None), models.Q(("first_team", models.F("accused_team")), _negated=True), _connector="OR"), name="stations_never_first_to_the_accused"),
                    models.CheckConstraint(condition=models.Q(("duplicate_of", None), ("duplicate_of__lt", models.F("case")), _connector="OR"), name="stations_merged_into_an_earlier_one"),
                    models.CheckConstraint(condition=models.Q(("reached_count__lte", models.F("milestone_count"))), name="stations_reached_at_most_all"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Milestone",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("request", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="milestones", to="stations.request")),
                ("seq", models.PositiveSmallIntegerField()),
                ("what", models.CharField(max_length=200, verbose_name="what is done by then")),
                ("due_on", models.DateField(verbose_name="planned for")),
                ("days", models.PositiveSmallIntegerField(verbose_name="working days from acceptance")),
                ("reached_at", models.DateTimeField(null=True, verbose_name="reached at")),
                ("reached_by", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("note", models.TextField(blank=True, max_length=1000, verbose_name="note")),
            ],
            options={
                "verbose_name": "milestone",
                "verbose_name_plural": "milestones",
                "ordering": ["request", "seq"],
                "constraints": [
                    models.UniqueConstraint(fields=("request", "seq"), name="stations_milestone_once"),
                    models.CheckConstraint(condition=models.Q(models.Q(("reached_at", None), ("reached_by", None)), models.Q(("reached_at__isnull", False), ("reached_by__isnull", False)), _connector="OR"), name="stations_milestone_reached_by_somebody"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ServiceEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=40, unique=True, verbose_name="number")),
                ("kind", models.CharField(choices=[("station_event", "station event"), ("salon", "salon"), ("bank_matchmaking", "bank and enterprise matchmaking"), ("policy_training", "policy training"), ("livestream", "livestream")], max_length=20, verbose_name="kind")),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                ("held_on", models.DateField(db_index=True, verbose_name="held on")),
                ("station", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="service_events", to="stations.station", verbose_name="station")),
                ("attendees", models.PositiveIntegerField(blank=True, null=True, verbose_name="attendees")),
            ],
            options={
                "verbose_name": "event",
                "verbose_name_plural": "events",
                "ordering": ["-held_on", "number"],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "stations_serviceeventevent" ("attendees", "held_on", "id", "kind", "number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "station_id", "title") VALUES (NEW."attendees", NEW."held_on", NEW."id", NEW."kind", NEW."number", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."station_id", NEW."title"); RETURN NULL;',
                            hash="9365bfad2083cf9ff4aa51f865b628be38147e99",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_97a5a",
                            table="stations_serviceevent",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "stations_serviceeventevent" ("attendees", "held_on", "id", "kind", "number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "station_id", "title") VALUES (NEW."attendees", NEW."held_on", NEW."id", NEW."kind", NEW."number", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."station_id", NEW."title"); RETURN NULL;',
                            hash="d08de38c470518b0679246181847a5c06078edcb",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_3108f",
                            table="stations_serviceevent",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ServiceEventEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_obj", models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name="events", to="stations.serviceevent")),
                ("pgh_context", models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name="+", to="pghistory.context")),
                ("id", models.BigIntegerField()),
                ("number", models.CharField(max_length=40, verbose_name="number")),
                ("kind", models.CharField(choices=[("station_event", "station event"), ("salon", "salon"), ("bank_matchmaking", "bank and enterprise matchmaking"), ("policy_training", "policy training"), ("livestream", "livestream")], max_length=20, verbose_name="kind")),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                ("held_on", models.DateField(verbose_name="held on")),
                ("station", models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name="+", related_query_name="+", to="stations.station", verbose_name="station")),
                ("attendees", models.PositiveIntegerField(blank=True, null=True, verbose_name="attendees")),
            ],
            options={
                "abstract": False,
            },
        ),
    ]

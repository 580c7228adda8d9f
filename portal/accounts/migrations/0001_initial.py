"""The tables of accounts, each made whole: fields, indexes and constraints in one operation."""

import django.contrib.auth.models
import django.contrib.auth.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        migrations.CreateModel(
            name="User",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                ("is_superuser", models.BooleanField(default=False, help_text="Designates that this user has all permissions without explicitly assigning them.", verbose_name="superuser status")),
                (
                    "username",
                    models.CharField(error_messages={"unique": "A user with that username already exists."}, help_text="Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.", max_length=150, unique=True, validators=[django.contrib.auth.validators.UnicodeUsernameValidator()], verbose_name="username"),
                ),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="email address")),
                ("is_staff", models.BooleanField(default=False, help_text="Designates whether the user can log into this admin site.", verbose_name="staff status")),
                ("is_active", models.BooleanField(default=True, help_text="Designates whether this user should be treated as active. Unselect this instead of deleting accounts.", verbose_name="active")),
                ("date_joined", models.DateTimeField(default=django.utils.timezone.now, verbose_name="date joined")),
                ("display_name", models.CharField(max_length=60, verbose_name="name")),
                ("display_name_en", models.CharField(blank=True, max_length=120, verbose_name="name in English")),
                ("phone", models.CharField(blank=True, max_length=30, verbose_name="phone")),
                ("language", models.CharField(blank=True, max_length=10, verbose_name="language")),
                ("is_demonstration", models.BooleanField(default=False, verbose_name="demonstration account")),
                ("groups", models.ManyToManyField(blank=True, help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.", related_name="user_set", related_query_name="user", to="auth.group", verbose_name="groups")),
                ("user_permissions", models.ManyToManyField(blank=True, help_text="Specific permissions for this user.", related_name="user_set", related_query_name="user", to="auth.permission", verbose_name="user permissions")),
            ],
            options={
                "verbose_name": "user",
                "verbose_name_plural": "users",
            },
            managers=[
                ("objects", django.contrib.auth.models.UserManager()),
            ],
        ),
        migrations.CreateModel(
            name="DutyGrant",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("user", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="duty_grants", to=settings.AUTH_USER_MODEL)),
                ("duty", models.CharField(choices=[("leader", "park leader"), ("supervisor", "supervision office"), ("discipline", "discipline inspection"), ("administrator", "system administrator"), ("auditor", "auditor")], max_length=20, verbose_name="duty")),
                ("granted_at", models.DateTimeField(auto_now_add=True, verbose_name="granted at")),
            ],
            options={
                "verbose_name": "duty",
                "verbose_name_plural": "duties",
                "constraints": [
                    models.UniqueConstraint(fields=("user", "duty"), name="accounts_duty_once"),
                    models.CheckConstraint(condition=models.Q(("duty__in", ["leader", "supervisor", "discipline", "administrator", "auditor"])), name="accounts_duty_known"),
                ],
            },
        ),
        migrations.CreateModel(
            name="SecondFactor",
            fields=[
                ("user", models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name="second_factor", serialize=False, to=settings.AUTH_USER_MODEL)),
                ("sealed_secret", models.CharField(max_length=300)),
                ("recovery_salt", models.CharField(max_length=32)),
                ("created_at", models.DateTimeField(verbose_name="created at")),
                ("confirmed_at", models.DateTimeField(null=True, verbose_name="confirmed at")),
                ("last_step", models.BigIntegerField(default=0)),
                ("failures", models.PositiveSmallIntegerField(default=0)),
                ("blocked_until", models.DateTimeField(null=True, verbose_name="blocked until")),
            ],
            options={
                "verbose_name": "second factor",
                "verbose_name_plural": "second factors",
            },
        ),
        migrations.CreateModel(
            name="RecoveryCode",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("factor", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="recovery_codes", to="accounts.secondfactor")),
                ("code_hash", models.CharField(max_length=64)),
                ("used_at", models.DateTimeField(null=True, verbose_name="used at")),
            ],
            options={
                "verbose_name": "recovery code",
                "verbose_name_plural": "recovery codes",
                "constraints": [
                    models.UniqueConstraint(fields=("factor", "code_hash"), name="accounts_recovery_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Visit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("user", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="visits", to=settings.AUTH_USER_MODEL)),
                ("session_key", models.CharField(max_length=40, unique=True)),
                ("address", models.GenericIPAddressField(null=True, verbose_name="address")),
                ("agent", models.CharField(blank=True, max_length=300, verbose_name="device")),
                ("began_at", models.DateTimeField(verbose_name="signed in at")),
                ("seen_at", models.DateTimeField(verbose_name="last seen at")),
            ],
            options={
                "verbose_name": "session",
                "verbose_name_plural": "sessions",
                "ordering": ["-seen_at", "-id"],
            },
        ),
        migrations.CreateModel(
            name="AccountEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("user", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="account_events", to=settings.AUTH_USER_MODEL)),
                (
                    "what",
                    models.CharField(
                        choices=[
                            ("signed_in", "signed in"),
                            ("recovery_used", "signed in with a recovery code"),
                            ("wrong_password", "wrong password"),
                            ("wrong_code", "wrong one-time code"),
                            ("locked", "refused: locked out"),
                            ("password_changed", "password changed"),
                            ("factor_on", "second factor set up"),
                            ("factor_off", "second factor removed"),
                            ("factor_reset", "second factor reset by an administrator"),
                            ("codes_renewed", "new recovery codes made"),
                            ("sessions_ended", "other sessions signed out"),
                        ],
                        max_length=20,
                        verbose_name="what",
                    ),
                ),
                ("by", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("reason", models.CharField(blank=True, max_length=300, verbose_name="reason")),
                ("address", models.GenericIPAddressField(null=True, verbose_name="address")),
                ("agent", models.CharField(blank=True, max_length=300, verbose_name="device")),
                ("at", models.DateTimeField(verbose_name="moment")),
            ],
            options={
                "verbose_name": "account event",
                "verbose_name_plural": "account events",
                "ordering": ["-at", "-id"],
                "indexes": [
                    models.Index(fields=["user", "-at", "-id"], name="accounts_history"),
                    models.Index(fields=["at"], name="accounts_history_age"),
                ],
            },
        ),
    ]

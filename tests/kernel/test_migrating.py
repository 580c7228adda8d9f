"""Migrations with models drawn up as they are asked for do what Django's own way does."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.core.management.commands import migrate
from django.db import connection, migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState
from django.db.models import Model

from portal.migrating import AskedApps, AskedState, Executor

pytestmark = pytest.mark.django_db


def described(model: type[Model]) -> dict[str, object]:
    """What the schema is made of: columns, what they lead to, what leads here, constraints, indexes."""
    meta = model._meta
    return {
        "columns": [
            (f.column, f.db_type(connection), getattr(f, "unique", False)) for f in meta.local_fields
        ],
        "leads to": [(f.name, f.related_model._meta.label) for f in meta.local_fields if f.is_relation],
        "led to by": sorted((r.related_model._meta.label, r.field.name) for r in meta.related_objects),
        "many": [(f.name, str(f.remote_field.through)) for f in meta.local_many_to_many],
        "rules": [[repr(rule) for rule in rules] for rules in (meta.constraints, meta.indexes)],
    }


def test_each_model_asked_for_is_as_django_draws_it_up_among_all_others() -> None:
    every = MigrationLoader(connection).project_state()
    asked = AskedState(every.models, every.real_apps)
    for label, name in every.models:
        ours, djangos = asked.apps.get_model(label, name), every.apps.get_model(label, name)
        assert described(ours) == described(djangos), (label, name)
    names = [m._meta.label for m in every.apps.get_models(include_auto_created=True)]
    assert sorted(m._meta.label for m in asked.apps.get_models(include_auto_created=True)) == sorted(names)


def test_only_what_an_operation_asks_for_is_drawn_up() -> None:
    every = MigrationLoader(connection).project_state()
    asked = AskedState(every.models, every.real_apps)
    asked.apps.get_model("accounts.User")
    drawn = {label for label, models in asked.apps.all_models.items() if models}
    assert drawn <= {"accounts", "auth", "contenttypes"}
    with pytest.raises(LookupError, match="Nobody"):
        asked.apps.get_model("accounts", "Nobody")
    assert {c.label for c in asked.apps.get_app_configs() if c.models} == {
        label for label, _name in every.models
    }


class Beginning(migrations.Migration):
    operations = (
        migrations.CreateModel("Made", [("id", models.AutoField(primary_key=True))]),
        migrations.CreateModel(
            "Part",
            [
                ("id", models.AutoField(primary_key=True)),
                ("made", models.ForeignKey("reports.Made", models.CASCADE)),
                ("others", models.ManyToManyField("reports.Made", related_name="+")),
            ],
        ),
        migrations.AddField("Made", "words", models.CharField(max_length=5, default="five")),
        migrations.AddConstraint(
            "Made", models.CheckConstraint(name="words_there", condition=~models.Q(words=""))
        ),
    )


def long_words(apps: AskedApps, _editor: object) -> None:
    apps.get_model("reports", "Made").objects.create(words="five")
    assert {m.__name__ for m in apps.get_models()} == {"Made", "Part"}


class Change(migrations.Migration):
    operations = (
        migrations.RunPython(long_words),
        migrations.AlterField("Made", "id", models.BigAutoField(primary_key=True)),
        migrations.RenameField("Made", "words", "text"),
        migrations.RenameModel("Made", "Thing"),
        migrations.RemoveConstraint("Thing", "words_there"),
        migrations.RemoveField("Part", "others"),
    )


class End(migrations.Migration):
    operations = (migrations.DeleteModel("Part"), migrations.DeleteModel("Thing"))


def columns() -> list[tuple[str, ...]]:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("""
            SELECT table_name, column_name, data_type FROM information_schema.columns
            WHERE table_schema = 'public' AND starts_with(table_name, 'reports_') ORDER BY 1, 2""")
        return [tuple(row) for row in cursor.fetchall()]


@pytest.mark.parametrize("state", [AskedState, ProjectState])
def test_what_points_at_a_changed_key_changes_with_it(state: type[ProjectState]) -> None:
    at = state()
    for step in (Beginning, Change):
        with connection.schema_editor() as editor:
            at = step("x", "reports").apply(at, editor)
    assert columns() == [
        ("reports_part", "id", "integer"),
        ("reports_part", "made_id", "bigint"),
        ("reports_thing", "id", "bigint"),
        ("reports_thing", "text", "character varying"),
    ]
    with connection.schema_editor() as editor:
        at = End("x", "reports").apply(at, editor)
    assert columns() == []
    assert list(at.apps.get_models()) == []


def test_the_command_goes_forwards_and_back() -> None:
    call_command("migrate", "funds", "0010_policies", verbosity=0)
    with pytest.raises(SystemExit):
        call_command("migrate", check_unapplied=True, verbosity=0)
    call_command("migrate", "funds", verbosity=0)
    call_command("migrate", check_unapplied=True, verbosity=0)
    assert migrate.MigrationExecutor is Executor

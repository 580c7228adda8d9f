"""`manage.py migrate`, which draws up only the models that a migration asks for (`portal.migrating`)."""

from __future__ import annotations

from django.core.management.commands import migrate

from portal.migrating import Executor

migrate.MigrationExecutor = Executor  # type: ignore[attr-defined] # the command knows its executor by this name


class Command(migrate.Command):
    """Django's command."""

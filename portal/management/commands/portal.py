"""`manage.py portal`: the whole portal on one machine, for `make run`."""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from portal import embedded, supervisor


class Command(BaseCommand):
    help = "Migrate, collect static files, load the demonstration park once, and serve until stopped."

    def handle(self, *_args: Any, **_options: Any) -> None:
        port = int(os.environ.get("PORT", "8000"))
        address = f"http://localhost:{port}"
        settings.VAR_DIR.mkdir(exist_ok=True)
        lock = supervisor.hold_lock(settings.VAR_DIR, address)
        if lock is None:
            self.stdout.write(f"portal: already running at {supervisor.running_at(settings.VAR_DIR)}")
            return
        if not supervisor.port_is_free(port):
            raise CommandError(
                f"port {port} is taken by another program: choose another, e.g. make run PORT=8001"
            )
        try:
            self._prepare()
            self._greet(address)
            supervisor.Supervisor(
                supervisor.children(port, settings.VAR_DIR), keep_servers=self._keep_servers
            ).run()
        finally:
            if embedded.MARK.exists():
                embedded.stop()
            lock.close()
        self.stdout.write("portal: stopped")

    @staticmethod
    def _keep_servers() -> None:
        if embedded.MARK.exists():
            embedded.start()

    def _prepare(self) -> None:
        call_command("migrate", verbosity=0, interactive=False)
        call_command("collectstatic", verbosity=0, interactive=False)
        from portal.park.models import Enterprise

        if settings.DEMONSTRATION and not Enterprise.objects.exists():
            self.stdout.write("portal: loading the demonstration park (once) …")
            self.stdout.flush()
            call_command("load_demonstration")

    def _greet(self, address: str) -> None:
        lines = ["", f"  {address}", ""]
        if settings.DEMONSTRATION and find_spec("portal.demonstration"):
            from portal import demonstration

            lines += [
                f"  {label:<32}{name:<24}{password}" for label, name, password in demonstration.sign_ins()
            ]
        lines += ["", "  Ctrl-C stops everything.", ""]
        self.stdout.write("\n".join(lines))
        sys.stdout.flush()

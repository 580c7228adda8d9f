"""`manage.py portal`: the whole portal on one machine, for `make run`."""

from __future__ import annotations

import hashlib
import os
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
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
        try:
            supervisor.end_leftovers(settings.VAR_DIR)
            if not supervisor.port_is_free(port):
                raise CommandError(
                    f"port {port} is taken by another program: choose another, e.g. make run PORT=8001"
                )
            with supervisor.stopped_by_signals():
                self._prepare()
                self._greet(address)
            supervisor.Supervisor(
                supervisor.children(port, settings.VAR_DIR), settings.VAR_DIR, keep_servers=embedded.keep
            ).run()
        except supervisor.Stopped:
            pass
        finally:
            embedded.stop()
            lock.close()
        self.stdout.write("portal: stopped")

    def _prepare(self) -> None:
        call_command("migrate", verbosity=0, interactive=False)
        self._collect_static()
        from portal.park.models import Enterprise

        if settings.DEMONSTRATION and not Enterprise.objects.exists():
            self.stdout.write("portal: loading the demonstration park (once) …")
            self.stdout.flush()
            call_command("load_demonstration")

    @staticmethod
    def _collect_static() -> None:
        """Hash and compress the static files (4 s), unless they are those of the last time."""
        found = hashlib.sha256()
        for finder in finders.get_finders():
            for path, storage in finder.list([]):
                seen = os.stat(storage.path(path))
                found.update(f"{path} {seen.st_size} {seen.st_mtime_ns}\n".encode())
        stamp = Path(settings.STATIC_ROOT) / ".stamp"
        if not stamp.exists() or stamp.read_text() != found.hexdigest():
            call_command("collectstatic", verbosity=0, interactive=False)
            stamp.write_text(found.hexdigest())

    def _greet(self, address: str) -> None:
        lines = ["", f"  {address}", ""]
        if settings.DEMONSTRATION and find_spec("portal.demonstration"):
            from portal import demonstration

            lines += [
                f"  {label:<32}{name:<28}{password}" for label, name, password in demonstration.sign_ins()
            ]
        lines += ["", "  Ctrl-C stops everything.", ""]
        self.stdout.write("\n".join(lines))
        sys.stdout.flush()

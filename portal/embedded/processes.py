"""What runs, and what listens."""

from __future__ import annotations

import os
import socket
import subprocess
from contextlib import suppress
from pathlib import Path


def runs(pid: int) -> bool:
    """Whether a process runs; a zombie, which nobody may ever reap, does not."""
    with suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)  # reap it when it is a child of ours
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in ("Z", "X")
    return not Path("/proc/self/stat").exists()  # gone meanwhile, or a system without /proc


def command_line(pid: int) -> str:
    """With what a process was started; a number in an old pid file may belong to a stranger by now."""
    if Path("/proc/self/stat").exists():
        with suppress(OSError):
            return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        return ""
    done = subprocess.run(
        ["ps", "-p", str(pid), "-o", "command="], capture_output=True, text=True, check=False
    )
    return done.stdout


def listens(port: str) -> bool:
    """Whether somebody answers at this port of this machine."""
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", int(port))) == 0


def free_port() -> int:
    """A port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])

"""PDF: whether it opens, how many pages it has, and a page as a picture.

PDF is a large language, and its reader a large program: it runs beside us (`pdf_tool`), with bounded
memory and time, and whatever becomes of it does not become of the portal.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.files.base import File
from django.utils.translation import gettext as _

from portal.cases.errors import Refused

TOOL = str(Path(__file__).with_name("pdf_tool.py"))
WAIT_S = 20
WIDTH = 1240  # an A4 page at 150 dpi


def page_count(file: File[bytes]) -> int:
    """How many pages the file has. Raises Refused when it does not open, or only with a password."""
    broken = _("The PDF file is damaged: it cannot be opened. Please save and send it again.")
    try:
        found = json.loads(_run(file, "check"))
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        raise Refused(broken) from error
    if found.get("error") == "password":
        raise Refused(_("The PDF file asks for a password. Please save it without one and send that."))
    if "pages" not in found:
        raise Refused(broken)
    return int(found["pages"])


def picture(file: File[bytes], number: int) -> bytes | None:
    """A page as a WebP picture; None when it cannot be drawn."""
    try:
        return _run(file, "page", str(number), str(WIDTH)) or None
    except (OSError, subprocess.SubprocessError):
        return None


def _run(file: File[bytes], verb: str, *rest: str) -> bytes:
    with _on_disk(file) as path:
        done = subprocess.run(
            [sys.executable, "-I", TOOL, verb, path, *rest],
            stdin=subprocess.DEVNULL, capture_output=True, timeout=WAIT_S, check=True,
        )  # fmt: skip
    return done.stdout


@contextmanager
def _on_disk(file: File[bytes]) -> Iterator[str]:
    """A copy that lies on this machine, wherever the storage is."""
    with tempfile.NamedTemporaryFile(suffix=".pdf") as copy:
        file.seek(0)
        for chunk in file.chunks():
            copy.write(chunk)
        copy.flush()
        file.seek(0)
        yield copy.name

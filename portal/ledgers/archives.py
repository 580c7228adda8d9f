"""Looking at an archive before anything is unpacked: bombs, lies, paths that lead out, links.

A workbook is such an archive too. Every refusal says in words what to do instead.
"""

from __future__ import annotations

import stat
import zipfile
from pathlib import Path, PurePosixPath

from django.utils.translation import gettext as _

MOST_UNPACKED_BYTES = 2 * 2**30
MOST_MEMBERS = 1000
MOST_RATIO = 250  # packed text seldom exceeds 50; a bomb reaches 1,000
RATIO_COUNTS_FROM_BYTES = 4 * 2**20
MOST_FOLDERS = 1  # a folder that was packed as a whole
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # .xls, and workbooks with a password
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
UTF8_NAME, ENCRYPTED_MEMBER = 0x800, 0x1


class BadFile(Exception):
    """A file that cannot be read at all; the message says why and what to do."""

    def __init__(self, file: str, reason: str) -> None:
        super().__init__(reason)
        self.file = file
        self.reason = reason


def checked_zip(path: Path, *, folders: int | None = MOST_FOLDERS) -> zipfile.ZipFile:
    """The archive, opened, when nothing about it is hostile. `folders`: how deep its files may lie;
    None: any depth. Raises BadFile."""
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise BadFile(path.name, _("Not a zip file, or a damaged one.")) from error
    try:
        _check_whole(archive, path)
        for info in archive.infolist():
            _check_member(info, path.name, folders)
    except BadFile:
        archive.close()
        raise
    return archive


def _check_whole(archive: zipfile.ZipFile, path: Path) -> None:
    members = archive.infolist()
    if len(members) > MOST_MEMBERS:
        raise BadFile(path.name, _("The archive holds more than %(most)s files.") % {"most": MOST_MEMBERS})
    if sum(info.file_size for info in members) > MOST_UNPACKED_BYTES:
        raise BadFile(path.name, _("The files are too large when unpacked."))
    if sum(info.compress_size for info in members) > path.stat().st_size:
        raise BadFile(path.name, _("Not a zip file, or a damaged one."))  # parts that lie over one another


def _check_member(info: zipfile.ZipInfo, file: str, folders: int | None) -> None:
    name = info.filename
    told = {"name": name[:100]}
    inside = PurePosixPath(name)
    if inside.is_absolute() or ".." in inside.parts or "\\" in name or ":" in name or "\x00" in name:
        raise BadFile(file, _("The archive holds a path that leads out of it: “%(name)s”.") % told)
    if stat.S_ISLNK(info.external_attr >> 16):
        raise BadFile(file, _("The archive holds a link instead of a file: “%(name)s”.") % told)
    if (
        folders is not None
        and not info.is_dir()
        and len(inside.parts) > folders + 1
        and not is_hidden(inside)
    ):
        why = _("“%(name)s” lies too deep: put the files at the top of the archive, or into one folder.")
        raise BadFile(file, why % told)
    if info.flag_bits & ENCRYPTED_MEMBER:
        raise BadFile(file, _("The archive is locked with a password. Please pack it without one."))
    if info.file_size > RATIO_COUNTS_FROM_BYTES and info.file_size > MOST_RATIO * max(info.compress_size, 1):
        why = _("“%(name)s” grows more than %(most)s-fold when unpacked: it is refused as a trap.")
        raise BadFile(file, why % {**told, "most": MOST_RATIO})


def is_hidden(inside: PurePosixPath) -> bool:
    """Whether a system put the file there, or it is a note: its name or folder begins with . or _."""
    return any(part.startswith((".", "_")) for part in inside.parts)


def name_of(info: zipfile.ZipInfo) -> str:
    """The name of a member; one packed on a Chinese Windows is read as such."""
    if info.flag_bits & UTF8_NAME:
        return info.filename
    try:
        return info.filename.encode("cp437").decode("gb18030")
    except UnicodeError:
        return info.filename


def refuse_old_office(path: Path) -> None:
    """Say what is wrong with .xls files, and with workbooks that have a password. Raises BadFile."""
    with path.open("rb") as file:
        if file.read(len(OLD_OFFICE)) != OLD_OFFICE:
            return
        tail = b""
        while part := file.read(2**20):
            if ENCRYPTED in tail + part:
                raise BadFile(
                    path.name,
                    _("The workbook is locked with a password. Please save it without one, and try again."),
                )
            tail = part[-len(ENCRYPTED) :]
    raise BadFile(
        path.name, _("This is the old .xls format. In Excel: File → Save As → “Excel Workbook (.xlsx)”.")
    )

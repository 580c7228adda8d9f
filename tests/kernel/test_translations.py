"""Chinese first, English complete: every text of the portal has its Chinese, and the files agree."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import polib
from babel.messages.extract import extract_from_file
from django.conf import settings
from django.utils.translation.template import templatize

KEYWORDS = {
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "_": None,
}
APPS = ("portal", "approvals", "funds", "stations", "investment")
# What Django's own catalogues bring along.
PLACE = re.compile(r"%\((\w+)\)s|\{(\w+)\}")


def extracted() -> Iterator[str]:
    """Every text that is marked for translation, in code and templates."""
    for app in APPS:
        for path in (settings.BASE_DIR / app).rglob("*.py"):
            if "migrations" not in path.parts:
                for _line, message, _comments, _context in extract_from_file(
                    "python", path, keywords=KEYWORDS
                ):
                    yield message[0] if isinstance(message, tuple) else message
    for path in (settings.BASE_DIR / "templates").rglob("*.html"):
        source = templatize(path.read_text(), origin=str(path))
        for found in re.finditer(
            r"\b(?:p?n?p?gettext|_)\((?:u?r?'((?:[^'\\]|\\.)*)'|u?r?\"((?:[^\"\\]|\\.)*)\")", source
        ):
            if found[0].startswith("pgettext"):
                continue
            text = found[1] if found[1] is not None else found[2]
            yield text.replace("\\'", "'").replace('\\"', '"').replace("\\n", "\n")


def catalogue() -> polib.POFile:
    return polib.pofile(str(Path(settings.BASE_DIR) / "portal/locale/zh_Hans/LC_MESSAGES/django.po"))


def test_every_text_has_its_chinese() -> None:
    known = {entry.msgid for entry in catalogue() if entry.msgstr or any(entry.msgstr_plural.values())}
    wanted = {text for text in extracted() if text.strip()}
    assert len(wanted) > 700
    assert sorted(wanted - known) == []


def test_no_translation_is_empty_unsure_or_loses_a_placeholder() -> None:
    for entry in catalogue():
        chinese = [entry.msgstr] if not entry.msgid_plural else list(entry.msgstr_plural.values())
        assert all(chinese), entry.msgid
        assert not entry.fuzzy, entry.msgid
        for text in chinese:
            assert set(PLACE.findall(text)) == set(PLACE.findall(entry.msgid)), entry.msgid


def test_a_text_that_is_not_translated_would_be_found(tmp_path: Path) -> None:
    path = tmp_path / "x.py"
    path.write_text('label = gettext_lazy("A new text")\n')
    found = [m for _l, m, _c, _x in extract_from_file("python", path, keywords=KEYWORDS)]
    assert found == ["A new text"]

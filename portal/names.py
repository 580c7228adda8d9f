"""Names in the reader's language."""

from __future__ import annotations

from django.utils.translation import get_language


def local_name(name: str, name_en: str) -> str:
    """The English name for who reads English, where there is one; else the name."""
    return name_en if name_en and (get_language() or "").startswith("en") else name

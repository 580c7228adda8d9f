"""Fields in which papers of the archive are chosen: several, or the one that is asked for."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet

from portal.cases.models import Document
from portal.cases.papers import described, unusable
from portal.worktime.clock import local
from portal.worktime.now import now


def _label(document: Document) -> str:
    return f"{document.title} · {described(document, local(now()).date())}"


def _check_waiting(archive: QuerySet[Document], given: Any) -> None:
    """Raises ValidationError for papers of the archive that are not clean: what has become of them."""
    known = [pk for pk in given if str(pk).isdecimal() and len(str(pk)) < 19]
    waiting = archive.exclude(scan_state=Document.Scan.CLEAN).filter(pk__in=known)
    if told := [unusable(document) for document in waiting.order_by("pk")]:
        raise forms.ValidationError(told)


class ArchiveField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # no generic at run time
    """Papers of the archive, each with what tells it from others of its title.

    Only clean ones can be chosen. For another of `archive` (a file sent just now that nobody could scan
    yet, say) the error tells what has become of it and what can be done.
    """

    archive = Document.objects.none()

    def offer(self, archive: QuerySet[Document]) -> None:
        self.archive, self.queryset = archive, archive.filter(scan_state=Document.Scan.CLEAN)

    def label_from_instance(self, obj: Document) -> str:
        return _label(obj)

    def clean(self, value: Any) -> Any:
        """The chosen papers as a list. Nothing is asked where nothing is chosen."""
        if not value and not self.required:
            return []
        _check_waiting(self.archive, value if isinstance(value, (list, tuple)) else ())
        return list(super().clean(value))


class PaperSelect(forms.Select):
    """A choice among the papers of the archive, or a new file beside it, which goes into the archive."""

    template_name = "components/paper_select.html"

    def use_required_attribute(self, initial: Any) -> bool:
        """Never: a browser would not send the form while the choice is empty, though a file is there."""
        return False


class PaperField(forms.ModelChoiceField):  # type: ignore[type-arg]  # likewise
    """One paper of the archive, as `ArchiveField`; a new file comes under the name `new_<field>`."""

    widget = PaperSelect
    archive = Document.objects.none()

    def offer(self, archive: QuerySet[Document]) -> None:
        self.archive, self.queryset = archive, archive.filter(scan_state=Document.Scan.CLEAN)

    def label_from_instance(self, obj: Document) -> str:
        return _label(obj)

    def clean(self, value: Any) -> Any:
        _check_waiting(self.archive, [value] if value else ())
        return super().clean(value)

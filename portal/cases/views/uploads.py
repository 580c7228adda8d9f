"""Files that come along with an action: into the archive first, so that they survive any error."""

from __future__ import annotations

from django.forms import ModelMultipleChoiceField
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from portal.cases import papers
from portal.cases.errors import Invalid, Refused
from portal.cases.forms import ActionForm
from portal.cases.models import Case
from portal.park.acting import Actor
from portal.worktime.now import now

NEW = "new_"  # before the name of the field for which a file was sent


def with_uploads(request: HttpRequest, case: Case, actor: Actor, form_type: type[ActionForm]) -> QueryDict:
    """What was typed, with the keys of the papers that were sent just now in the fields for which they came.

    Raises Invalid for a file that is not taken in: everything else stays in the form.
    """
    data = request.POST.copy()
    refused: list[tuple[str, str]] = []
    for key in request.FILES if form_type.takes_files and case.enterprise else ():
        name, sent = key.removeprefix(NEW), request.FILES.getlist(key)
        if not key.startswith(NEW) or not sent:
            continue
        takes_many = isinstance(form_type.base_fields.get(name), ModelMultipleChoiceField)
        for upload in sent if takes_many else sent[-1:]:
            try:
                document = papers.store(upload, by=actor.user, now=now(), enterprise=case.enterprise)
            except Refused as error:
                told = {"file": papers.clean_name(upload.name or ""), "why": error}
                refused.append((name, _("%(file)s: %(why)s") % told))
            else:
                chosen = data.getlist(name) if takes_many else []
                data.setlist(name, [*chosen, str(document.pk)])
    if refused:
        form = form_type(data, case=case, actor=actor)
        for name, reason in refused:
            form.add_error(name if name in form.fields else None, reason)
        raise Invalid(form)
    return data

"""The duplicate check at entry: one investor, one open lead (dossier, section 5, step 1)."""

from __future__ import annotations

from django.db import connection
from django.db.models import F, Func, QuerySet, TextField, Value
from django.utils.translation import gettext as _

from investment.models import Lead
from portal.cases.errors import Refused

LOCK = 0x1ED71  # name space of advisory locks
# What says nothing of who an investor is: the legal form, brackets, spaces (the wide one too).
_SAYS_NOTHING = r"有限责任公司|有限公司|股份|集团|[()（）\[\]【】[:space:]　]"


def bare_name(name: str | F | Value) -> Func:
    """A name of an investor without its legal form, brackets and spaces, in SQL."""
    return Func(
        Func(name, Value(_SAYS_NOTHING), Value(""), Value("g"), function="regexp_replace"),
        function="lower",
        output_field=TextField(),
    )


def check_duplicates(uscc: str, investor_name: str, *, same_name: bool) -> None:
    """One registration at a time, until its transaction ends: who comes second sees the lead of the first.

    Raises Refused for an open lead of the same credit code; and for one of the same name, unless
    `same_name` says that it is another investor.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, 0)", [LOCK])
    taken = _open().filter(uscc=uscc).first() if uscc else None
    if taken is not None:
        raise Refused(
            _("This investor is taken: %(number)s lies with %(team)s. Speak to them.") % _told(taken)
        )
    if same_name:
        return
    alike = _open().annotate(bare=bare_name("investor_name"))
    taken = alike.filter(bare=bare_name(Value(investor_name))).first()
    if taken is not None:
        raise Refused(
            _("%(number)s of %(team)s has an investor of this name. Is it another one? Then say so below.")
            % _told(taken)
        )


def _open() -> QuerySet[Lead]:
    return Lead.objects.filter(case__closed_at=None).select_related("case__team").order_by("pk")


def _told(lead: Lead) -> dict[str, str]:
    return {"number": lead.case.number, "team": lead.case.team.label}

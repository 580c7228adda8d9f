"""Names of investors, bared of what says nothing of who they are; in SQL, so that an index knows them."""

from __future__ import annotations

import re

from django.db.models import F, Func, TextField, Value

# The legal form, brackets, spaces (the wide one too): for the database and for here.
_SAYS_NOTHING = r"有限责任公司|有限公司|股份|集团|[()（）\[\]【】[:space:]　]"
_HERE = re.compile(_SAYS_NOTHING.replace("[:space:]", r"\s"))


def bare_name(name: str | F | Value) -> Func:
    """A name of an investor without its legal form, brackets and spaces, in SQL."""
    return Func(
        Func(name, Value(_SAYS_NOTHING), Value(""), Value("g"), function="regexp_replace"),
        function="lower",
        output_field=TextField(),
    )


def bare(name: str) -> str:
    """The same for a name that was typed."""
    return _HERE.sub("", name).lower()

"""Finding cases by words: number, title, enterprise, credit code, and what was written."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.search import SearchVectorField
from django.db.models import Lookup, Q

from portal.prepared import Call, Prepared

MOST_RUNS, LONGEST_RUN = 6, 30
_RUN = re.compile(r"[a-z0-9]+|[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+")
_KEEP_TEXT = Prepared("keep_text", "UPDATE cases_searchentry SET text = cases_plain(%s) WHERE case_id = %s")


@SearchVectorField.register_lookup
class HasWords(Lookup):
    """`words @@ query`, the query written out: no parser may cut Chinese in its own way."""

    lookup_name = "has_words"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        left, left_values = self.process_lhs(compiler, connection)
        right, right_values = self.process_rhs(compiler, connection)
        return f"{left} @@ {right}::tsquery", (*left_values, *right_values)


@dataclass(frozen=True)
class Words:
    """What somebody asks for. `query` narrows by the index; `runs` are checked letter by letter."""

    query: str
    runs: tuple[str, ...]

    def condition(self) -> Q:
        """The condition on cases."""
        found = Q(search__words__has_words=self.query)
        for run in self.runs:  # neighbouring pairs may come from different places
            places = [Q(**{f"search__{name}__contains": run}) for name in ("subject", "matter", "text")]
            found &= places[0] | places[1] | places[2]
        return found


def words(asked: str) -> Words | None:
    """The words of what was typed; None when there is none in it.

    Chinese is looked up by pairs of neighbouring characters, numbers and Latin words from their
    beginning (from three characters on; shorter ones as they are).
    """
    runs = _RUN.findall(unicodedata.normalize("NFKC", asked).lower())[:MOST_RUNS]
    if not runs:
        return None
    terms: list[str] = []
    for run in (run[:LONGEST_RUN] for run in runs):
        if run.isascii():
            terms.append(f"'{run}':*" if len(run) > 2 else f"'{run}'")
        elif len(run) == 1:
            terms.append(f"'{run}':*")
        else:
            terms += [f"'{run[n : n + 2]}'" for n in range(len(run) - 1)]
    longer = tuple(run[:LONGEST_RUN] for run in runs if not run.isascii() and len(run) > 2)
    return Words(" & ".join(dict.fromkeys(terms)), longer)


def keeping(case_id: int, text: str) -> Call:
    """What lets a case be found by what was written in it. The rest is kept by the database itself."""
    return _KEEP_TEXT, [text, case_id]

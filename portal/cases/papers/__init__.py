"""Papers: known by content, cleaned, scanned, kept once, private.

`store` is the one way in; `checked` is for files of the park that are no papers, as blank forms. A type
counts by content, against a whitelist (`kinds`); pictures are drawn anew, so that nothing hidden comes
along (`images`); PDF is opened by a process of its own (`pdf`); a virus scanner is asked where there is
one (`scanning`); who holds a paper that expires is told (`expiry`); what no row names is removed by night
(`orphans`).
"""

from portal.cases.papers.keeping import checked, clean_name, correct, put, store
from portal.cases.papers.kinds import EXCEL, PICTURES, SHOWN_IN_BROWSER, TYPES, WORD, sniff
from portal.cases.papers.words import described, unusable, validity

__all__ = [
    "EXCEL",
    "PICTURES",
    "SHOWN_IN_BROWSER",
    "TYPES",
    "WORD",
    "checked",
    "clean_name",
    "correct",
    "described",
    "put",
    "sniff",
    "store",
    "unusable",
    "validity",
]

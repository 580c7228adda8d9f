"""Cases for programs: the pages' rules, access words, forms and engine, in JSON.

No endpoint here knows a domain: a kind of case, its transitions and their fields come from the
declared flow.
"""

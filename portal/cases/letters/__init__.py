"""Printed documents in the official layout: wording, line breaking, page layout, document numbers.

A flow declares its letters (`Flow.letters`); `portal.cases.engine.issue_letter` issues them.
"""

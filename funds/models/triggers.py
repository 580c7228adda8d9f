"""Triggers that are asked once for all rows of a statement: ten thousand payments cost one question."""

import pgtrigger


def once_per_insert(
    name: str, rows: str, func: str, declare: list[tuple[str, str]] | None = None
) -> pgtrigger.Trigger:
    """Runs `func` after an INSERT; it finds what was inserted as the table `rows`."""
    return pgtrigger.Trigger(
        name=name,
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=pgtrigger.Insert,
        referencing=pgtrigger.Referencing(new=rows),  # type: ignore[no-untyped-call]
        declare=declare,
        func=func,
    )

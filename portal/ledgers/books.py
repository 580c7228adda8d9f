"""The usual book: one table whose columns are fields, some of them references by natural key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import F, Model, QuerySet
from django.db.models.functions import Collate
from django.utils.translation import gettext as _

from portal.ledgers.declaration import BadRow, Change, Context, Key, Row, Values

EXPORT_CHUNK = 2000


@dataclass(frozen=True)
class Reference:
    """A column that names a row of another table by a unique field. `rows` narrows what it may name."""

    field: str  # of the ledger's own table, ending in _id
    rows: QuerySet[Any]
    by: str
    path: str  # from the own table to the natural key, for reading back
    unknown: str  # message, with %(value)s

    def resolve(self, values: set[Any]) -> dict[Any, int]:
        """Natural key → pk of those that exist. One statement."""
        found = self.rows.filter(**{f"{self.by}__in": values})
        return dict(found.values_list(self.by, "pk"))


@dataclass
class ModelBook:
    """A ledger that is one table. `fields` maps columns to fields where the names differ."""

    model: type[Model]
    columns: Sequence[str]
    natural_key: Sequence[str]
    fields: Mapping[str, str] = field(default_factory=dict)
    references: Mapping[str, Reference] = field(default_factory=dict)

    def field_of(self, column: str) -> str:
        if column in self.references:
            return self.references[column].field
        return self.fields.get(column, column)

    def path_of(self, column: str) -> str:
        return self.references[column].path if column in self.references else self.field_of(column)

    def check(self, rows: Sequence[Row], context: Context) -> Iterator[tuple[Row, BadRow]]:
        """Rows that refer to nothing; the pks of the rest are kept for writing."""
        for column, reference in self.references.items():
            yield from resolve(column, reference, rows, context)

    def find(self, keys: Sequence[Key], context: Context) -> Mapping[Key, tuple[int, Values]]:
        first = self.path_of(self.natural_key[0])
        wanted = set(keys)
        rows = self._read(self._all().filter(**{f"{first}__in": {key[0] for key in wanted}}))
        return {
            key: (pk, values)
            for pk, values in rows
            if (key := tuple(values[c] for c in self.natural_key)) in wanted
        }

    def create(self, rows: Sequence[Row], context: Context) -> None:
        manager = self.model._default_manager
        manager.bulk_create(
            [self.model(**self._stored(row.values, context)) for row in rows], batch_size=1000
        )

    def update(self, changes: Sequence[Change], context: Context) -> None:
        by_columns: dict[tuple[str, ...], list[Model]] = {}
        for change in changes:
            changed = self.model(pk=change.pk, **self._stored(change.after, context))
            by_columns.setdefault(tuple(sorted(change.after)), []).append(changed)
        for columns, objects in by_columns.items():
            names = [self.field_of(c).removesuffix("_id") for c in columns]
            self.model._default_manager.bulk_update(objects, names, batch_size=500)

    def export(self) -> Iterator[Values]:
        order = [Collate(F(self.path_of(c)), "C") for c in self.natural_key]
        for _pk, values in self._read(self._all().order_by(*order)):
            yield values

    def _all(self) -> QuerySet[Any]:
        return self.model._default_manager.all()

    def _read(self, rows: QuerySet[Any]) -> Iterator[tuple[int, Values]]:
        paths = [self.path_of(c) for c in self.columns]
        for pk, *found in rows.values_list("pk", *paths).iterator(EXPORT_CHUNK):
            yield pk, dict(zip(self.columns, found, strict=True))

    def _stored(self, values: Values, context: Context) -> Values:
        return {
            self.field_of(c): context.memory[c][v] if c in self.references and v is not None else v
            for c, v in values.items()
        }


def resolve(
    column: str, reference: Reference, rows: Sequence[Row], context: Context
) -> Iterator[tuple[Row, BadRow]]:
    """Look up a column of references for a batch: `context.memory[column]` maps key → pk."""
    wanted = {v for row in rows if (v := row.values.get(column)) is not None}
    known: dict[Any, int] = context.memory.setdefault(column, {})
    missing = wanted - known.keys()
    if missing:
        known.update(reference.resolve(missing))
    for row in rows:
        value = row.values.get(column)
        if value is not None and value not in known:
            yield row, BadRow(column, _(reference.unknown) % {"value": value})

"""The usual book: one table whose columns are fields, some of them references by natural key."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import CharField, F, Model, QuerySet
from django.db.models.functions import Collate
from django.utils.translation import gettext as _

from portal.copying import copy_rows
from portal.ledgers.declaration import BadRow, Change, Context, Key, Row, Values
from portal.park.acting import Actor

EXPORT_CHUNK = 2000
UPDATE_BATCH = 500


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
        wanted = set(keys)
        if len(self.natural_key) == 1:
            rows = self._all().filter(**{f"{self.path_of(self.natural_key[0])}__in": [k for (k,) in wanted]})
        else:
            rows = self._all().filter(pk__in=self._pks(wanted, context))
        return {
            key: (pk, values)
            for pk, values in self._read(rows)
            if (key := tuple(values[c] for c in self.natural_key)) in wanted
        }

    def _pks(self, keys: Iterable[Key], context: Context) -> list[int]:
        """Where a key is several columns: the rows with just these keys, by the index that holds them."""
        lists = self._stored_keys(keys, context)
        fields: list[Any] = [
            self.model._meta.get_field(self.field_of(c).removesuffix("_id")) for c in self.natural_key
        ]
        names = [f"k{n}" for n in range(len(fields))]
        quote = connection.ops.quote_name
        types = ", ".join(f"%s::{field.db_type(connection)}[]" for field in fields)
        fits = " AND ".join(f"t.{quote(f.column)} = k.{n}" for f, n in zip(fields, names, strict=True))
        table = quote(self.model._meta.db_table)
        asked = f"unnest({types}) AS k({', '.join(names)})"
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT t.{quote(self._pk)} FROM {asked} JOIN {table} t ON {fits}", lists)  # noqa: S608
            return [row[0] for row in cursor.fetchall()]

    def _stored_keys(self, keys: Iterable[Key], context: Context) -> list[list[Any]]:
        """The keys as the table has them, column by column; those that refer to nothing are left out."""
        found = []
        for key in keys:
            parts = [
                context.memory.get(c, {}).get(value) if c in self.references else value
                for c, value in zip(self.natural_key, key, strict=True)
            ]
            if None not in parts:
                found.append(parts)
        return [list(column) for column in zip(*found, strict=True)] or [[] for _c in self.natural_key]

    def create(self, rows: Sequence[Row], context: Context) -> None:
        fields = [f for f in self.model._meta.concrete_fields if not f.primary_key or f.remote_field]
        told = {self.field_of(column): column for column in self.columns}
        # For every field: the column that tells it, the keys of what it refers to, and its default.
        pks = {column: context.memory.get(column) for column in self.references}
        plan = [(told.get(f.attname), pks.get(told.get(f.attname, "")), f.get_default()) for f in fields]

        def stored(row: Row) -> list[Any]:
            get = row.values.get
            return [
                default if column is None else get(column) if known is None else known.get(get(column))
                for column, known, default in plan
            ]

        copy_rows(self.model._meta.db_table, [str(f.column) for f in fields], map(stored, rows))

    def update(self, changes: Sequence[Change], context: Context) -> None:
        by_columns: dict[tuple[str, ...], list[Change]] = {}
        for change in changes:
            by_columns.setdefault(tuple(sorted(change.after)), []).append(change)
        for columns, group in by_columns.items():
            for start in range(0, len(group), UPDATE_BATCH):
                self._update(columns, group[start : start + UPDATE_BATCH], context)

    def _update(self, columns: Sequence[str], changes: Sequence[Change], context: Context) -> None:
        """One statement for many rows: ten times as fast as the ORM's."""
        fields: list[Any] = [
            self.model._meta.get_field(self.field_of(c).removesuffix("_id")) for c in columns
        ]
        quote = connection.ops.quote_name
        cells = ", ".join(["%s::bigint", *(f"%s::{f.db_type(connection)}" for f in fields)])
        sets = ", ".join(f"{quote(f.column)} = v.c{n}" for n, f in enumerate(fields))
        names = ", ".join(["id", *(f"c{n}" for n in range(len(fields)))])
        given: list[Any] = []
        for change in changes:
            stored = self._stored(change.after, context)
            given.append(change.pk)
            given += [
                f.get_db_prep_save(stored[self.field_of(c)], connection)
                for f, c in zip(fields, columns, strict=True)
            ]
        rows = ", ".join([f"({cells})"] * len(changes))
        table = quote(self.model._meta.db_table)
        with connection.cursor() as cursor:
            given_rows = f"(VALUES {rows}) AS v({names})"
            cursor.execute(
                f"UPDATE {table} t SET {sets} FROM {given_rows} WHERE t.{quote(self._pk)} = v.id",  # noqa: S608
                given,
            )

    @property
    def _pk(self) -> str:
        pk = self.model._meta.pk
        assert pk is not None
        return str(pk.column)

    def count(self, reader: Actor | None = None) -> int:
        return self._all().count()

    def export(self, reader: Actor | None = None) -> Iterator[Values]:
        order = [self._ordered(c) for c in self.natural_key]
        for _pk, values in self._read(self._all().order_by(*order)):
            yield values

    def _ordered(self, column: str) -> Any:
        """Text by its characters, whatever the database's language; anything else by its value."""
        path = self.path_of(column)
        text = column in self.references or isinstance(self.model._meta.get_field(path), CharField)
        return Collate(F(path), "C") if text else F(path)

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

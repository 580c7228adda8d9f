"""Rows of the engine, read and written by statements that are put together once per process.

Every move reads a case with its neighbours and writes case and stay. Composing these statements
anew each time cost more than all the rest of a move; here only the values change.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, IntegrityError, connection, connections
from django.db.models import AutoField, Field, ForeignKey, Model

from portal.prepared import Call, Prepared

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True)
class _Table:
    """One table of a joined statement: where its columns lie, and to which row it belongs."""

    model: type[Model]
    alias: str
    start: int
    fields: list[Field[Any, Any]]
    beside: int | None = None
    by: ForeignKey[Any, Any] | None = None

    def columns(self) -> list[str]:
        return [f'{self.alias}."{field.column}"' for field in self.fields]

    def join(self) -> str:
        if self.by is None:
            return f'"{self.model._meta.db_table}" {self.alias}'
        key, other = self.by.column, self.by.target_field.column
        table = self.model._meta.db_table
        return f'LEFT JOIN "{table}" {self.alias} ON {self.alias}."{other}" = t{self.beside}."{key}"'

    def build(self, row: Sequence[Any]) -> Model | None:
        """The instance in a row of the answer; None when the join found nothing."""
        values = list(row[self.start : self.start + len(self.fields)])
        for index, field in enumerate(self.fields):
            if field.primary_key and values[index] is None:
                return None
            if hasattr(field, "from_db_value"):
                values[index] = field.from_db_value(values[index], field.get_col(self.alias), connection)
        return self.model.from_db("default", [field.attname for field in self.fields], values)


class Joined(Generic[Row]):
    """Reads one row together with the rows that its foreign keys name (`near`: paths of their names).

    `where` is the rest of the statement; the row itself is `t0`, its neighbours `t1`, `t2` … in order.
    """

    def __init__(self, model: type[Row], *near: str, where: str) -> None:
        self.model, self.near, self.where = model, near, where

    @cached_property
    def _tables(self) -> list[_Table]:
        tables = [_Table(self.model, "t0", 0, _columns(self.model))]
        at = {"": 0}
        for path in self.near:
            before, _dot, name = path.rpartition("__")
            above = tables[at[before]]
            by = above.model._meta.get_field(name)
            assert isinstance(by, ForeignKey), f"{path} is no foreign key"
            last, model = tables[-1], by.related_model
            at[path] = len(tables)
            start = last.start + len(last.fields)
            tables.append(_Table(model, f"t{len(tables)}", start, _columns(model), at[before], by))
        return tables

    @cached_property
    def _statement(self) -> Prepared:
        columns = ", ".join(column for table in self._tables for column in table.columns())
        joins = " ".join(table.join() for table in self._tables)
        text = f"SELECT {columns} FROM {joins} WHERE {self.where}"  # noqa: S608  # names of our own
        return Prepared(f"read_{self.model._meta.db_table}", text)

    def first(self, *params: Any) -> Row | None:
        """The row that the condition picks, or None."""
        with connection.cursor() as cursor:
            self._statement.run(cursor, params)
            row = cursor.fetchone()
        if row is None:
            return None
        built: list[Any] = []
        for table in self._tables:
            made = table.build(row)
            built.append(made)
            if table.by is not None and table.beside is not None and built[table.beside] is not None:
                table.by.set_cached_value(built[table.beside], made)
        first: Row = built[0]
        return first


class Written(Generic[Row]):
    """Writes whole rows of a model, without asking which fields have changed.

    `unless` names a unique column: a new row whose value somebody else has there is not written.
    """

    def __init__(self, model: type[Row], *, unless: str = "") -> None:
        self.model, self.unless = model, unless

    @cached_property
    def _fields(self) -> list[Field[Any, Any]]:
        return [field for field in _columns(self.model) if not field.primary_key]

    @cached_property
    def _update(self) -> Prepared:
        table, key = self.model._meta.db_table, _key(self.model).column
        sets = ", ".join(f'"{field.column}" = %s' for field in self._fields)
        text = f'UPDATE "{table}" SET {sets} WHERE "{key}" = %s'  # noqa: S608  # names of our own
        return Prepared(f"write_{table}", text)

    @cached_property
    def _new_fields(self) -> list[Field[Any, Any]]:
        """With the key, where it is another row's and not given by the database."""
        return [field for field in _columns(self.model) if not isinstance(field, AutoField)]

    @cached_property
    def _insert(self) -> Prepared:
        table, key = self.model._meta.db_table, _key(self.model).column
        names = ", ".join(f'"{field.column}"' for field in self._new_fields)
        marks = ", ".join(["%s"] * len(self._new_fields))
        unless = f'ON CONFLICT ("{self.unless}") DO NOTHING' if self.unless else ""
        text = f'INSERT INTO "{table}" ({names}) VALUES ({marks}) {unless} RETURNING "{key}"'  # noqa: S608  # likewise
        return Prepared(f"add_{table}", text)

    def add(self, row: Row) -> bool:
        """Insert a new row (it gets its key); answers whether it was written."""
        with connection.cursor() as cursor:
            self._insert.run(cursor, _values(row, self._new_fields))
            written = cursor.fetchone()
        if written is None:
            return False
        row.pk = written[0]
        row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS
        return True

    def update(self, row: Row) -> Call:
        """What writes over the row of this key, to be sent along with other statements."""
        return self._update, [*_values(row, self._fields), row.pk]

    def save(self, row: Row) -> None:
        """Insert a new row, or write over the one of this key. Raises IntegrityError."""
        if row._state.adding:
            if not self.add(row):
                raise IntegrityError(f"another {self.model.__name__} has this {self.unless}")
            return
        with connection.cursor() as cursor:
            statement, values = self.update(row)
            statement.run(cursor, values)
            if cursor.rowcount != 1:
                raise self.model.DoesNotExist(f"{self.model.__name__} {row.pk}")  # type: ignore[attr-defined]  # every model has it


def state(row: Model) -> list[Any]:
    """What stands in a row, to tell later whether it has changed."""
    return [getattr(row, field.attname) for field in row._meta.concrete_fields]


def _values(row: Model, fields: Sequence[Field[Any, Any]]) -> list[Any]:
    own = connections[DEFAULT_DB_ALIAS]  # the proxy would be asked anew for every field
    return [field.get_db_prep_save(getattr(row, field.attname), own) for field in fields]


def _columns(model: type[Model]) -> list[Field[Any, Any]]:
    return list(model._meta.concrete_fields)


def _key(model: type[Model]) -> Field[Any, Any]:
    key = model._meta.pk
    assert key is not None
    return key

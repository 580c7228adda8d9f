"""Querysets that the ORM puts together once per process: afterwards only their values change.

Composing the fifteen SELECTs of a page anew took longer than running them. Django still builds the
rows, as it does for any queryset; COMPOSED_READS=0 leaves all of it to Django.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Sequence
from copy import copy
from datetime import UTC, datetime, timedelta
from itertools import chain, count
from typing import Any, Generic, TypeVar, cast

from django.conf import settings
from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.backends.postgresql.compiler import SQLCompiler
from django.db.models import Model, QuerySet
from django.db.models.query import ModelIterable, ValuesListIterable

from portal.prepared import Prepared

Row = TypeVar("Row")
MOST_SHAPES = 60  # per queryset; what is stranger than that is composed each time
_FIRST_NUMBER = 1_900_000_001  # stand-ins: numbers and moments that no code has by itself
_FIRST_MOMENT = datetime(1900, 1, 1, tzinfo=UTC)
_ROWS = (ModelIterable, ValuesListIterable)


class Shaped(ABC):
    """A value of several numbers, of which a queryset may ask other things too: these are its shape."""

    @abstractmethod
    def shape(self) -> Hashable:
        """What the text of a statement may depend on."""

    @abstractmethod
    def numbers(self) -> Sequence[int]:
        """What may be sent along with it."""

    @abstractmethod
    def stand_in(self, numbers: Sequence[int]) -> object:
        """Another of the same shape with these numbers."""


class Composed(Generic[Row]):
    """A queryset by its values: `Composed(lambda case: case.stays.order_by("seq"))`, then `.rows(case)`.

    `build` is called with stand-ins, once for each shape of the values: the class of a row, the length
    of a list, a flag, None. It must not look at numbers and moments, only hand them to the queryset;
    nor at anything that changes while the process lives, such as the reader's language.
    """

    def __init__(self, build: Callable[..., QuerySet[Any, Row]]) -> None:
        self.build = build
        self._kept: dict[Hashable, _Kept] = {}

    def rows(self, *values: Any) -> list[Row]:
        """What `list(build(*values))` gives, in one statement.

        Raises ValueError when a value does not come out as one that the statement is sent with.
        """
        kept = self._of_shape(values)
        return cast("list[Row]", kept.rows(values)) if kept else list(self.build(*values))

    def first(self, *values: Any) -> Row | None:
        """The first row, or None: for a queryset of at most one."""
        return next(iter(self.rows(*values)), None)

    def within(self, *values: Any) -> tuple[str, Sequence[Any]]:
        """Text and values, to stand within another statement; what is never true selects nothing."""
        kept = self._of_shape(values)
        try:
            return kept.text(values) if kept else self.build(*values).query.sql_with_params()
        except EmptyResultSet:
            return "SELECT 1 WHERE false", ()

    def _of_shape(self, values: Sequence[Any]) -> _Kept | None:
        if not settings.COMPOSED_READS:
            return None
        shape = tuple(map(_shape, values))
        kept = self._kept.get(shape)
        if kept is None and len(self._kept) < MOST_SHAPES:
            kept = self._kept[shape] = _Kept(self.build, values)
        return kept


def put_at_hand(row: Model, name: str, found: list[Any]) -> None:
    """As if `name` had been prefetched: `row.<name>.all()` asks no more."""
    answered: Any = getattr(row, name).all()
    answered._result_cache, answered._prefetch_done = found, True
    vars(row).setdefault("_prefetched_objects_cache", {})[name] = answered


class _Kept:
    """One shape of a queryset: its statement, where the values go, how Django makes rows of the answer."""

    def __init__(self, build: Callable[..., QuerySet[Any, Any]], values: Sequence[Any]) -> None:
        numbers = count(_FIRST_NUMBER)
        marks = [[_mark(value, next(numbers)) for value in _numbers(given)] for given in values]
        stand_ins = [_stand_in(given, own) for given, own in zip(values, marks, strict=True)]
        queryset: Any = build(*stand_ins)
        if queryset._iterable_class not in _ROWS or queryset._prefetch_related_lookups:
            raise TypeError("only rows of a model or of values_list, without prefetch_related")
        self.queryset, self.compiler = queryset, _Compiler(queryset.query, connection, DEFAULT_DB_ALIAS)
        self.known = [
            (field, next(at for at, one in enumerate(stand_ins) if one is known))
            for field, rows in queryset._known_related_objects.items()
            for known in rows.values()
        ]
        self.is_empty = False
        try:
            text, params = self.compiler.as_sql()
        except EmptyResultSet:
            self.is_empty = True
            return
        self.compiler.settle()
        self.statement = Prepared("page", text)
        at = {mark: place for place, mark in enumerate(chain.from_iterable(marks))}
        self.sent = [
            (at.get(param) if isinstance(param, int | datetime) else None, param) for param in params
        ]
        self._check(values, marks, {place for place, _param in self.sent})

    @staticmethod
    def _check(values: Sequence[Any], marks: list[list[Any]], sent: set[int | None]) -> None:
        """Every value must be sent; of what has a shape of its own, the queryset takes what it likes."""
        place = 0
        for given, own in zip(values, marks, strict=True):
            places = set(range(place, place := place + len(own)))
            if not isinstance(given, Shaped) and not places <= sent:
                raise ValueError(f"{type(given).__name__} does not come out of the composed statement")

    def rows(self, values: Sequence[Any]) -> list[Any]:
        if self.is_empty:
            return []
        compiler = self.compiler.asking(self.statement, self._sent(values))
        if self.queryset._iterable_class is ValuesListIterable:
            return list(compiler.results_iter(tuple_expected=True))
        known = {field: {values[at].pk: values[at]} for field, at in self.known}
        asked: Any = _Asked(self.queryset.model, compiler, known)
        return list(ModelIterable(asked))

    def text(self, values: Sequence[Any]) -> tuple[str, list[Any]]:
        if self.is_empty:
            raise EmptyResultSet
        return self.statement.text, self._sent(values)

    def _sent(self, values: Sequence[Any]) -> list[Any]:
        flat = [value for given in values for value in _numbers(given)]
        return [param if place is None else flat[place] for place, param in self.sent]


class _Asked:
    """What Django's ModelIterable looks at in a queryset."""

    db = DEFAULT_DB_ALIAS

    def __init__(self, model: type[Model], compiler: _Compiler, known: dict[Any, Any]) -> None:
        self.model, self.query, self._known_related_objects = model, self, known
        self._compiler = compiler

    def get_compiler(self, using: str) -> _Compiler:
        return self._compiler


class _Compiler(SQLCompiler):
    """Django's compiler after its work: it knows the columns and their converters, and sends what is kept."""

    converters: dict[int, Any]
    sent: tuple[Prepared, list[Any]]

    def settle(self) -> None:
        if self.has_extra_select:
            raise TypeError("a composed queryset is ordered by columns that it reads")
        self.converters = super().get_converters([column[0] for column in self.select])

    def asking(self, statement: Prepared, values: list[Any]) -> _Compiler:
        """One that sends these values over the connection of this thread."""
        made = copy(self)
        made.connection, made.sent = connection, (statement, values)
        return made

    def get_converters(self, expressions: object) -> dict[int, Any]:
        return self.converters

    def execute_sql(self, *_how: object, **_more: object) -> Any:
        statement, values = self.sent
        with connection.cursor() as cursor:
            statement.run_within_bounds(cursor, values)
            return [cursor.fetchall()]


def _shape(value: Any) -> Hashable:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, Shaped):
        return value.shape()
    if isinstance(value, list | frozenset):
        return "list", len(value)  # a bare 1 would be the flag True
    return cast("Hashable", value.__class__)


def _numbers(value: Any) -> Sequence[Any]:
    """The values that are sent, in an order of their own."""
    if value is None or isinstance(value, bool):
        return ()
    if isinstance(value, Model):
        return (value.pk,)
    if isinstance(value, int | datetime):
        return (value,)
    return value.numbers() if isinstance(value, Shaped) else list(value)


def _mark(value: object, number: int) -> object:
    """A stand-in for one value. Raises TypeError for what is neither a number nor a moment."""
    if isinstance(value, datetime):
        return _FIRST_MOMENT + timedelta(microseconds=number - _FIRST_NUMBER)
    if isinstance(value, int):
        return number
    raise TypeError(f"a composed queryset takes numbers and moments, not {type(value).__name__}")


def _stand_in(value: Any, marks: Sequence[Any]) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, Model):
        return value.__class__(pk=marks[0])
    if isinstance(value, int | datetime):
        return marks[0]
    return value.stand_in(marks) if isinstance(value, Shaped) else list(marks)

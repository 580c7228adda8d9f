"""The domain's row of a case, read and written by statements that are planned once per connection."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.db.models import Model, OneToOneField

from portal.cases.models import Case
from portal.cases.statements import Joined, Written


def read(case: Case) -> None:
    """Put the facts of a locked case at hand, where its flow has any: `case.<name>` asks no more."""
    model = case.flow.facts
    if model is None:
        return
    row = _reader(model).first(case.pk)
    if row is not None:
        link = _link(model)
        link.set_cached_value(row, case)
        link.remote_field.set_cached_value(case, row)


def write(row: Model) -> None:
    """Write over a whole row of facts. Only under the lock of its case, as every move holds it."""
    _writer(type(row)).save(row)


def _link(model: type[Model]) -> OneToOneField[Any, Any]:
    """The key of facts: the case itself."""
    key = model._meta.pk
    assert isinstance(key, OneToOneField), f"{model.__name__} is not keyed by its case"
    return key


@cache
def _reader(model: type[Model]) -> Joined[Model]:
    return Joined(model, where=f't0."{_link(model).column}" = %s')


@cache
def _writer(model: type[Model]) -> Written[Model]:
    return Written(model)

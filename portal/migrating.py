"""Migrating from nothing in a fifth of the time: models are drawn up when an operation asks for them.

Django keeps every model of the project drawn up (`ProjectState.apps`), and draws up again, at each operation,
all that hang together with the one it changes: with users and cases that is nearly the whole house, some
thirty thousand classes for a new database. Here an operation gets the model it names and the models that one
points at. Whoever looks the other way (what points at this model?) asks for all models, and gets them.

Only going forwards; plans, records, signals and going backwards are Django's own.
"""

from __future__ import annotations

import functools
from typing import Any

from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import ModelState, ProjectState, StateApps
from django.db.migrations.utils import resolve_relation
from django.db.models import Model


class AskedApps(StateApps):
    """A registry in which a model stands from the moment that somebody asks for it."""

    def __init__(self, real_apps: Any, states: dict[tuple[str, str], ModelState]) -> None:
        self.states: dict[tuple[str, str], ModelState] = {}
        super().__init__(real_apps, {})
        self.states = states

    def get_model(self, app_label: str, model_name: str | None = None, require_ready: bool = True) -> Any:
        label, _, name = app_label.partition(".") if model_name is None else (app_label, "", model_name)
        self._draw_up({(label, name.lower())})
        if name.lower() not in self.all_models[label]:
            raise LookupError(f"App '{label}' doesn't have a '{name}' model.")
        return self.all_models[label][name.lower()]

    @functools.cache  # noqa: B019 (as in Django, whose `clear_cache` empties it)
    def get_models(
        self, include_auto_created: bool = False, include_swapped: bool = False
    ) -> list[type[Model]]:
        found = (c.get_models(include_auto_created, include_swapped) for c in self.get_app_configs())
        return [model for models in found for model in models]

    def get_app_configs(self) -> Any:
        self._draw_up(set(self.states))
        return super().get_app_configs()

    def get_app_config(self, app_label: str) -> Any:
        self._draw_up(set(self.states))
        return super().get_app_config(app_label)

    def _draw_up(self, asked: set[tuple[str, str]]) -> None:
        """These models and, before anybody sees them, those that they point at."""
        missing: dict[tuple[str, str], ModelState] = {}
        while asked:
            key = asked.pop()
            state = self.states.get(key)
            if state is None or key in missing or key[1] in self.all_models[key[0]]:
                continue
            missing[key] = state
            asked |= pointed_at(state)
        if missing:
            self.render_multiple(list(missing.values()))


def pointed_at(state: ModelState) -> set[tuple[str, str]]:
    """Its bases, and where its foreign keys and many-to-many fields lead."""
    found: list[Any] = [base for base in state.bases if isinstance(base, str)]
    ends: list[Any] = [f.remote_field for f in state.fields.values() if f.remote_field]
    found += [end.model for end in ends]
    found += [end.through for end in ends if getattr(end, "through", None)]
    return {resolve_relation(target, state.app_label, state.name_lower) for target in found}


class AskedState(ProjectState):
    """What the models are at one point of the way; after each change the registry begins anew, empty."""

    @functools.cached_property
    def apps(self) -> AskedApps:
        return AskedApps(self.real_apps, self.models)

    def clone(self) -> AskedState:
        self._forget()
        copy = super().clone()
        return AskedState(copy.models, copy.real_apps)

    def remove_model(self, app_label: str, model_name: str) -> None:
        self._forget()
        super().remove_model(app_label, model_name)

    def reload_model(self, app_label: str, model_name: str, delay: bool = False) -> None:
        self._forget()

    def reload_models(self, models: Any, delay: bool = True) -> None:
        self._forget()

    def _forget(self) -> None:
        self.__dict__.pop("apps", None)


class Executor(MigrationExecutor):
    """Goes forwards with models as they are asked for."""

    def _migrate_all_forwards(
        self, state: ProjectState, plan: Any, full_plan: Any, fake: bool, fake_initial: bool
    ) -> ProjectState:
        asked = AskedState(state.models, state.real_apps)
        done = super()._migrate_all_forwards(  # type: ignore[misc] # Django's own, and not in its stubs
            asked, plan, full_plan, fake=fake, fake_initial=fake_initial
        )
        return ProjectState(done.models, done.real_apps)  # whoever hears of the end sees all models at once

"""Two states of a procedure beside one another: what came, what went, what is different, what it does."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from approvals.actions import Timetable, item_name
from approvals.models import ProcedureItem


@dataclass(frozen=True)
class Line:
    """One aspect of an item, before and after; empty: there was none."""

    what: str
    old: str
    new: str


@dataclass(frozen=True)
class Difference:
    """An item that came (`added`), went (`removed`), or of which something is different (`changed`)."""

    kind: str
    key: str
    name: str
    lines: list[Line] = field(default_factory=list)


@dataclass(frozen=True)
class Comparison:
    """All differences, and what they do to the longest way."""

    differences: list[Difference]
    old_days: str
    new_days: str
    old_path: str
    new_path: str

    @property
    def same_path(self) -> bool:
        return (self.old_days, self.old_path) == (self.new_days, self.new_path)


def days_words(days: int | None) -> str:
    """A number of working days in words; none: at once."""
    if not days:
        return _("on the spot")
    return ngettext("%(n)s working day", "%(n)s working days", days) % {"n": days}


def path_words(found: Timetable) -> str:
    """The longest way: its items with their days."""
    return " → ".join(
        _("%(item)s %(days)s d") % {"item": item_name(item), "days": item.days or 0} for item in found.path
    )


def condition_words(item: ProcedureItem) -> str:
    """For which projects it is needed."""
    if item.at_least is None:
        return str(item.get_needed_if_display())
    return f"{item.get_needed_if_display()} {item.at_least.normalize():,f}"


def compared(old: Timetable, new: Timetable) -> Comparison:
    """What `new` has otherwise than `old`. Rows belong together by key, else by item and phase."""
    pairs = _pairs(old, new)
    matched = {before.key for before, _after in pairs}
    came = {after.key for _before, after in pairs}
    found = [Difference("removed", i.key, item_name(i)) for i in old.items if i.key not in matched]
    found += [
        Difference("added", i.key, item_name(i), [line for line in _aspects(None, i, old, new) if line.new])
        for i in new.items
        if i.key not in came
    ]
    for before, after in pairs:
        lines = [line for line in _aspects(before, after, old, new) if line.old != line.new]
        if any(line.what != _("On the longest way") for line in lines):  # the way as a whole stands above
            found.append(Difference("changed", after.key, item_name(after), lines))
    return Comparison(found, _total(old), _total(new), path_words(old), path_words(new))


def _total(found: Timetable) -> str:
    return days_words(found.total_days) if found.plan is not None and found.items else "—"


def _pairs(old: Timetable, new: Timetable) -> list[tuple[ProcedureItem, ProcedureItem]]:
    by_key = {item.key: item for item in old.items}
    new_keys = {item.key for item in new.items}
    by_place = {(i.item_id, i.phase): i for i in old.items if i.key not in new_keys}
    pairs = []
    for after in new.items:
        before = by_key.get(after.key) or by_place.pop((after.item_id, after.phase), None)
        if before is not None:
            pairs.append((before, after))
    return pairs


def _aspects(
    before: ProcedureItem | None, after: ProcedureItem, old: Timetable, new: Timetable
) -> list[Line]:
    was, now = _said(before, old) if before else {}, _said(after, new)
    return [
        Line(what, was.get(what, ""), said) for what, said in now.items() if before is None or what in was
    ]


def _said(item: ProcedureItem, found: Timetable) -> dict[str, str]:
    """Everything that can be said of an item in a procedure, in words."""
    awaited = sorted(item_name(other) for other in found.awaits.get(item.pk, ()))
    on_path = any(other.key == item.key for other in found.path)
    way = {_("On the longest way"): _("yes") if on_path else _("no")} if found.plan is not None else {}
    return {
        _("Item"): item.item.label,
        _("Stage"): str(item.item.get_stage_display()),
        _("Phase"): str(item.phase or ""),
        _("Time"): days_words(item.days),
        _("Needed if"): condition_words(item),
        _("Waits for"): _(", ").join(awaited),
        **way,
    }

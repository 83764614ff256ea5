"""Copies of a rule with one thing moved by one step."""

from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import date, timedelta
from typing import Any, TypeVar

from handoff_portal.guard.model.rules import Rule
from handoff_portal.guard.model.terms import DebtType, Effect

T = TypeVar("T")
_MINUTE = 60
_WHOLE_DAY = (0, 24 * 3600)


def mutants(rule: Rule) -> Iterator[tuple[str, Rule]]:
    """Every copy with its name: each number, window edge, date, member of a list, switch and scope moved."""
    for part in fields(rule.says):
        for name, moved in _moved(part.name, getattr(rule.says, part.name)):
            yield name, replace(rule, says=_changed(rule.says, part.name, moved))
    for name, day in (("since", rule.since), ("until", rule.until)):
        for step in (-1, 1) if day else ():
            yield f"{name} {step:+}", _changed(rule, name, _shifted(day, step))
    yield from _scopes(rule)


def _changed(what: T, name: str, value: object) -> T:
    """A copy with another value under one name."""
    changes: dict[str, Any] = {name: value}
    return replace(what, **changes)  # type: ignore[type-var]


def _shifted(day: date | None, step: int) -> date:
    assert day
    return day + timedelta(days=step)


def _scopes(rule: Rule) -> Iterator[tuple[str, Rule]]:
    effect = Effect.WARN if rule.effect is Effect.BLOCK else Effect.BLOCK
    yield f"effect {effect}", replace(rule, effect=effect)
    for debts in (DebtType.CONSUMER, DebtType.COMMERCIAL):
        if debts is not rule.debts:
            yield f"debts {debts}", replace(rule, debts=debts)
    for name in ("when", "unless"):
        if getattr(rule, name):
            yield f"{name} nothing", _changed(rule, name, frozenset())


def _moved(name: str, value: object) -> Iterator[tuple[str, Any]]:
    if isinstance(value, bool):
        if value:
            yield f"{name} off", False
    elif isinstance(value, int) and value:
        yield f"{name} +1", value + 1
        yield f"{name} -1", value - 1
    elif isinstance(value, frozenset):
        for member in sorted(value):
            yield f"{name} without {member}", value - {member}
    elif isinstance(value, tuple):
        yield from _weeks(value)


def _weeks(week: tuple[Any, ...]) -> Iterator[tuple[str, Any]]:
    for day, window in enumerate(week):
        if window is None:
            yield f"day {day} open", _with(week, day, _WHOLE_DAY)
            continue
        yield f"day {day} closed", _with(week, day, None)
        for step in (-_MINUTE, _MINUTE):
            yield f"day {day} opens {step:+}", _with(week, day, (window[0] + step, window[1]))
            yield f"day {day} closes {step:+}", _with(week, day, (window[0], window[1] + step))


def _with(week: tuple[Any, ...], day: int, window: tuple[int, int] | None) -> tuple[Any, ...]:
    return (*week[:day], window, *week[day + 1 :])

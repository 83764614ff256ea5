"""Every event class of the product: what it is called, what it says."""

import importlib
import pkgutil
from collections.abc import Iterator
from dataclasses import fields
from typing import get_args, get_type_hints

import handoff_portal
from handoff_portal.core.events import Event

COMMON = {"case", "own"}


def event_classes() -> list[type[Event]]:
    """All of them, wherever they are defined."""
    for module in pkgutil.walk_packages(handoff_portal.__path__, "handoff_portal."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    return sorted(_below(Event), key=lambda one: (str(getattr(one, "action", "")), one.__qualname__))


def said(event: type[Event]) -> dict[str, str]:
    """The details of an event by name, each with its type as written."""
    hints = get_type_hints(event)
    return {field.name: _name(hints[field.name]) for field in fields(event) if field.name not in COMMON}


def _below(event: type[Event]) -> Iterator[type[Event]]:
    for one in event.__subclasses__():
        if one.__module__.startswith("handoff_portal."):
            yield one
        yield from _below(one)


def _name(hint: object) -> str:
    parts = [part for part in get_args(hint) if part not in {type(None), ...}]
    if parts:
        return " ".join(sorted({_name(part) for part in parts}))
    return str(getattr(hint, "__name__", hint))

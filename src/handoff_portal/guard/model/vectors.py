"""Reading test vectors: a situation, a proposed contact and what the guard should say, as YAML."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC
from typing import Any

from handoff_portal.guard.model.facts import read_facts
from handoff_portal.guard.model.reading import Field, Fields, marks_of
from handoff_portal.guard.model.rulefile import BadRuleFile, read_yaml
from handoff_portal.guard.model.situation import Contact, Proposed, Situation
from handoff_portal.guard.model.spellings import INBOUND, PLACES
from handoff_portal.guard.model.terms import Channel, DebtType, Direction, Outcome, Outlook, Where
from handoff_portal.guard.model.values import BadValue, moment, one_of, text

_ABOUT = {"expected", "rule", "why", "local", "also_triggered", "interpretation_dependent", "requires_tzdata"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Vector:
    """One case with its answer.

    Attributes:
        expected: What the guard should say; None if the vector only asks.
        rules: The rule that decides first, then others that speak as well.
        remarks: Fields that were not understood and so not looked at.
    """

    id: str
    situation: Situation
    proposed: Proposed
    expected: Outlook | None = None
    rules: tuple[str, ...] = ()
    why: str = ""
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BadVector:
    """A vector that cannot be read.

    Attributes:
        mistakes: Each names the field and what is wrong with it.
    """

    id: str
    mistakes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Vectors:
    """What a file holds, in its order."""

    read: tuple[Vector, ...] = ()
    bad: tuple[BadVector, ...] = field(default=())


def read_vectors(raw: bytes) -> Vectors:
    """Read a file of vectors; those with mistakes are told apart from those that can be asked.

    Raises:
        BadValue: It is no YAML with a list `vectors`.
    """
    try:
        content = read_yaml(raw)
    except BadRuleFile as bad:
        raise BadValue(bad.mistakes[0].replace("compiled and rules", "vectors")) from bad
    return vectors_of(content)


def vectors_of(content: Mapping[str, Any]) -> Vectors:
    """The vectors in what a file holds.

    Raises:
        BadValue: There is no list `vectors`.
    """
    given = content.get("vectors")
    if not isinstance(given, list):
        raise BadValue("the file: must have a list named vectors")
    found = [_vector(number, one) for number, one in enumerate(given, 1)]
    good = tuple(one for one in found if isinstance(one, Vector))
    return Vectors(good, tuple(one for one in found if isinstance(one, BadVector)))


def _vector(number: int, given: object) -> Vector | BadVector:
    if not isinstance(given, dict):
        return BadVector(f"number {number}", ("must be names with values",))
    name = str(given.get("id", f"number {number}"))
    fields = Fields(given, "")
    situation = _situation(fields)
    proposed = _proposed(fields)
    expected = fields.optional("expected", lambda value: one_of(Outlook, value))
    rules = _rules(given.get("rule"), given.get("also_triggered"))
    if fields.mistakes or situation is None or proposed is None:
        return BadVector(name, tuple(fields.mistakes))
    return Vector(
        id=name,
        situation=situation,
        proposed=proposed,
        expected=expected,
        rules=rules,
        why=str(given.get("why", "")),
        remarks=tuple(fields.unknown({"id", *_ABOUT})),
    )


def _situation(fields: Fields) -> Situation | None:
    jurisdiction = fields.required("jurisdiction", text)
    zones = fields.required("debtor_time_zones", Field.zones)
    debt_type = fields.required("debt_type", lambda value: one_of(DebtType, value))
    locality = fields.optional("locality", text) or ""
    history = _history(fields)
    state = read_facts(
        fields.inner("state"), jurisdiction or "", debt_type or DebtType.CONSUMER, zones[0] if zones else UTC
    )
    if jurisdiction is None or zones is None or debt_type is None:
        return None
    return Situation(
        jurisdiction=jurisdiction,
        zones=zones,
        debt_type=debt_type,
        locality=locality,
        history=history,
        **state,
    )


def _history(fields: Fields) -> tuple[Contact, ...]:
    given = fields.take("history") or []
    if not isinstance(given, list):
        fields.mistake("history", "must be a list")
        return ()
    found = (_contact(fields.item("history", number, one)) for number, one in enumerate(given))
    return tuple(one for one in found if one)


def _contact(fields: Fields) -> Contact | None:
    at = fields.required("at", moment)
    channel = fields.required("channel", lambda value: one_of(Channel, value))
    outcome = fields.required("outcome", lambda value: one_of(Outcome, value))
    direction = fields.optional("direction", _direction, "initiated_by")
    debts, number, marks = Field.debts(fields), fields.optional("number", text), marks_of(fields)
    fields.close()
    if at is None or channel is None or outcome is None:
        return None
    return Contact(
        at=at,
        channel=channel,
        outcome=outcome,
        direction=direction or Direction.OUTBOUND,
        marks=marks,
        debts=debts,
        number=number or "",
    )


def _rules(first: object, others: object) -> tuple[str, ...]:
    more = others if isinstance(others, list) else []
    return tuple(str(one) for one in (first, *more) if one)


def _place(value: object) -> Where:
    return one_of(Where, PLACES.get(str(value), value))


def _direction(value: object) -> Direction:
    return Direction.INBOUND if str(value) in INBOUND else one_of(Direction, value)


def _proposed(outer: Fields) -> Proposed | None:
    fields = outer.inner("proposed", required=True)
    if outer.take("proposed") is None:
        return None
    at = fields.required("at", moment)
    channel = fields.required("channel", lambda value: one_of(Channel, value))
    where = fields.optional("place", _place)
    values: dict[str, Any] = {
        "debt": fields.optional("debt", text),
        "number": fields.optional("number", text) or "",
        "marks": marks_of(fields),
    }
    fields.close()
    if at is None or channel is None:
        return None
    return Proposed(at=at, channel=channel, where=where, **values)

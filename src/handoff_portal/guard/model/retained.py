"""Reading vectors about keeping records: what was made when, and until when a rule asks to keep it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from handoff_portal.guard.model.reading import Fields
from handoff_portal.guard.model.retention import Record, keep_through
from handoff_portal.guard.model.rules import RuleFile
from handoff_portal.guard.model.values import day, text


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What the rules say about one record.

    Attributes:
        rule: The rule that was asked.
        until: The last day it must be kept; None if that is not known yet, or if something is wrong.
        expected: The day the file expects.
        mistakes: What could not be read or is not known, each with its field.
    """

    id: str
    rule: str
    until: date | None
    expected: date | None
    mistakes: tuple[str, ...] = ()

    @property
    def agrees(self) -> bool:
        """Whether the file expects this day, or none."""
        return self.expected is None or self.until == self.expected


def kept(rules: RuleFile, given: Iterable[object]) -> list[Kept]:
    """What the rules say about every vector of a list `retention_vectors`."""
    return [_one(rules, number, one) for number, one in enumerate(given, 1)]


def _one(rules: RuleFile, number: int, given: object) -> Kept:
    outer = Fields({"it": given}, "")
    fields = outer.item("retention_vectors", number, given)
    name = str(fields.take("id") or f"retention {number}")
    rule = fields.required("rule", text) or ""
    called = fields.optional("call_date", day, "called_on")
    active = fields.optional("last_collection_activity", day, "last_activity", "last_activity_on")
    entered = fields.optional("entered_on", day, "entry_date", "made_on") or active or called
    is_recording = "recording" in str(fields.take("record")).lower()
    expected = fields.optional("keep_through", day)
    found = [one for one in rules.rules if one.id == rule]
    if not found:
        fields.mistake("rule", f"{rule!r} is no rule of this file")
    if fields.mistakes or entered is None:
        return Kept(id=name, rule=rule, until=None, expected=expected, mistakes=tuple(fields.mistakes))
    record = Record(
        entered_on=entered, last_activity_on=active, recorded_call_on=called if is_recording else None
    )
    return Kept(id=name, rule=rule, until=keep_through(found, record), expected=expected)

"""What a list says of the next call to a customer."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from handoff_portal.cases.model.listing import CallTimes
from handoff_portal.guard.model.conditions import Licensing
from handoff_portal.guard.model.rules import RuleFile
from handoff_portal.guard.model.terms import Effect


class CallState(StrEnum):
    """Whether a customer may be called now."""

    NOW = "now"
    LATER = "later"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Call:
    """The next call to a customer.

    Attributes:
        next_at: When a call is allowed again, where waiting helps and the next two weeks have such a moment.
        why: What stops it, in a few words; empty if it is only the hour.
    """

    state: CallState
    next_at: datetime | None = None
    why: str = ""


def call_of(times: CallTimes, *, on_hold: bool, why_not: str) -> Call:
    """What a list says.

    Args:
        why_not: What hinders the reader beside the rules of time: no licence, no approval; empty if nothing.
    """
    if on_hold:
        return Call(CallState.STOPPED, why="On hold")
    if why_not:
        return Call(CallState.STOPPED, why=why_not)
    if times.now:
        return Call(CallState.NOW)
    if times.next_at is None:
        return Call(CallState.STOPPED, why="See the case")
    return Call(CallState.LATER, times.next_at)


def asks_approval(rules: RuleFile, country: str, region: str, day: date) -> bool:
    """Whether a rule of the place blocks collectors who are not approved themselves."""
    places = rules.places_of(region or country)
    return any(
        isinstance(rule.says, Licensing)
        and rule.says.person
        and rule.effect is Effect.BLOCK
        and rule.jurisdiction in places
        and (not rule.says.people_in or rule.says.people_in & places)
        and (rule.since is None or rule.since <= day)
        and (rule.until is None or day <= rule.until)
        for rule in rules.rules
    )

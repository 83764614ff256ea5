"""Going on in spite of the guard, and contacts that went against it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from handoff_portal.core.events import Action, Code, Event, Outcome
from handoff_portal.core.ids import CaseId, CommunicationId, OrgId, OverrideId, PersonId
from handoff_portal.guard.model.deciding import Decision
from handoff_portal.guard.model.terms import Channel, Effect

LASTS = timedelta(minutes=15)
"""So long somebody may go on once; then the guard is asked again."""


@dataclass(frozen=True, slots=True)
class Override:
    """That somebody entitled decided to go on, once, on one channel.

    Attributes:
        rules: Ids of the rules it goes past.
    """

    id: OverrideId
    org: OrgId
    person: PersonId
    channel: Channel
    rules: frozenset[str]
    made_at: datetime
    until: datetime

    def covers(self, channel: Channel, decision: Decision, at: datetime) -> bool:
        """Whether a contact at this time may rest on it; people write times to the minute."""
        in_time = self.made_at.replace(second=0, microsecond=0) <= at <= self.until
        return in_time and channel is self.channel and blocking(decision) <= self.rules


@dataclass(frozen=True, slots=True)
class Flag:
    """A contact that went against a hold or a block and that this side has not looked at."""

    communication: CommunicationId
    case: CaseId
    raised_at: datetime


def blocking(decision: Decision) -> frozenset[str]:
    """Ids of the rules that block."""
    return frozenset(one.rule.id for one in decision.findings if one.rule.effect is Effect.BLOCK)


def codes(rules: Iterable[str]) -> tuple[Code, ...]:
    """Ids of rules for the log."""
    return tuple(Code(rule) for rule in rules)


def usable(
    overrides: Sequence[Override], channel: Channel, decision: Decision, at: datetime
) -> Override | None:
    """The override that a contact may rest on, if any."""
    return next((one for one in overrides if one.covers(channel, decision, at)), None)


@dataclass(frozen=True, kw_only=True)
class GuardOverridden(Event):
    """Somebody entitled went on in spite of a guideline or house policy."""

    action: ClassVar[Action] = Action.GUARD_OVERRIDDEN
    override: OverrideId
    channel: Channel
    rules: tuple[Code, ...]
    until: datetime
    rules_version: Code
    tzdata: Code


@dataclass(frozen=True, kw_only=True)
class GuardAttempted(Event):
    """Somebody wanted to go on against a block and may not."""

    action: ClassVar[Action] = Action.GUARD_ATTEMPTED
    outcome: ClassVar[Outcome] = Outcome.REFUSED
    channel: Channel
    rules: tuple[Code, ...]
    held: bool
    rules_version: Code
    tzdata: Code


@dataclass(frozen=True, kw_only=True)
class ContactAgainstGuard(Event):
    """A customer was contacted although the guard says no."""

    action: ClassVar[Action] = Action.CONTACT_AGAINST_GUARD
    communication: CommunicationId
    channel: Channel
    rules: tuple[Code, ...]
    rules_version: Code
    tzdata: Code


@dataclass(frozen=True, kw_only=True)
class ContactLookedAt(Event):
    """A side looked at a contact that went against a hold or a block."""

    action: ClassVar[Action] = Action.CONTACT_LOOKED_AT
    communication: CommunicationId

"""What happens in contacts, holds, promises and notes."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from handoff_portal.cases.model.content import Channel
from handoff_portal.conduct.model.terms import Harm
from handoff_portal.conduct.model.terms import Outcome as WordsOutcome
from handoff_portal.contacts.model.communications import Direction, Source
from handoff_portal.contacts.model.dispositions import Disposition, NonPaymentReason, ReceivedAs
from handoff_portal.contacts.model.holds import HoldKind
from handoff_portal.core.events import Action, Code, Event
from handoff_portal.core.ids import CommunicationId, HoldId, NoteId, PromiseId
from handoff_portal.guard.model.terms import Outlook


@dataclass(frozen=True, kw_only=True)
class HistoryAdded(Event):
    """Messages from before the hand-over were added to a draft."""

    action: ClassVar[Action] = Action.HISTORY_ADDED
    messages: int
    sources: tuple[Source, ...]


@dataclass(frozen=True, kw_only=True)
class HistoryRemoved(Event):
    """A message was taken out of a draft again."""

    action: ClassVar[Action] = Action.HISTORY_REMOVED
    communication: CommunicationId


@dataclass(frozen=True, kw_only=True)
class ContactLogged(Event):
    """Somebody contacted the customer or was contacted, and wrote it down."""

    action: ClassVar[Action] = Action.CONTACT_LOGGED
    communication: CommunicationId
    occurred_at: datetime
    channel: Channel
    direction: Direction
    disposition: Disposition | None
    received_as: ReceivedAs | None
    reason: NonPaymentReason | None
    before_handover: bool
    outlook: Outlook | None
    rules: tuple[Code, ...]
    rules_version: Code | None
    tzdata: Code | None
    words: WordsOutcome | None
    words_classes: tuple[Harm, ...]
    words_model: Code | None
    words_cut: bool


@dataclass(frozen=True, kw_only=True)
class ContactAgainstHold(Event):
    """A customer was contacted although holds stopped contact."""

    action: ClassVar[Action] = Action.CONTACT_AGAINST_HOLD
    communication: CommunicationId
    holds: tuple[HoldId, ...]
    kinds: tuple[HoldKind, ...]


@dataclass(frozen=True, kw_only=True)
class PromiseMade(Event):
    """A customer promised to pay."""

    action: ClassVar[Action] = Action.PROMISE_MADE
    promise: PromiseId
    minor: int
    currency: Code
    due_on: date


@dataclass(frozen=True, kw_only=True)
class PromiseKept(Event):
    """A promise was paid in full."""

    action: ClassVar[Action] = Action.PROMISE_KEPT
    promise: PromiseId


@dataclass(frozen=True, kw_only=True)
class PromiseBroken(Event):
    """The day of a promise passed without the money."""

    action: ClassVar[Action] = Action.PROMISE_BROKEN
    promise: PromiseId


@dataclass(frozen=True, kw_only=True)
class HoldPlaced(Event):
    """Contact rests for a reason."""

    action: ClassVar[Action] = Action.HOLD_PLACED
    hold: HoldId
    kind: HoldKind
    stops_contact: bool
    until: datetime | None


@dataclass(frozen=True, kw_only=True)
class HoldLifted(Event):
    """A hold was resolved."""

    action: ClassVar[Action] = Action.HOLD_LIFTED
    hold: HoldId
    kind: HoldKind


@dataclass(frozen=True, kw_only=True)
class NoteSent(Event):
    """One side wrote to the other."""

    action: ClassVar[Action] = Action.NOTE_SENT
    note: NoteId
    asks_answer: bool
    answers: bool

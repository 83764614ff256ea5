"""What the log is made of. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from handoff_portal.core.actor import LOG_MAY_LAG
from handoff_portal.core.events import Action, Event
from handoff_portal.core.ids import OrgId, PersonId


@dataclass(frozen=True, slots=True)
class EventRow:
    """One event as the database holds it: the leaf, its MAC, and the copies for searching.

    Attributes:
        id: Order of arrival; gaps are normal (rolled-back transactions).
        kid: Which `audit-mac` key made the MAC.
        leaf: The event's bytes, see `adapters.database.leaf`.
    """

    id: int
    eid: UUID
    ts: datetime
    kid: int
    mac: bytes
    leaf: bytes
    org_id: UUID | None
    own_org_id: UUID | None
    case_id: UUID | None
    case_seq: int | None
    actor_id: UUID | None
    action: str
    outcome: str


@dataclass(frozen=True, slots=True)
class Root:
    """The tree at one size: 32-byte root, not signed."""

    size: int
    root: bytes


@dataclass(frozen=True, slots=True)
class SignedRoot:
    """A stored checkpoint: what was signed, when (UTC), and the whole note."""

    size: int
    root: bytes
    note: str
    created_at: datetime


class Spoken(StrEnum):
    """How an outsider speaks about a checkpoint."""

    TIMESTAMP = "timestamp"
    COSIGNATURE = "cosignature"


@dataclass(frozen=True, slots=True)
class Testimony:
    """What an outsider said about the checkpoint of `size` entries.

    Attributes:
        giver: Host of the time stamp authority, or key name of the witness.
        said: The time stamp response (RFC 3161, DER), or the witness's signature line (UTF-8).
        at: When the outsider says it was, UTC.
    """

    size: int
    kind: Spoken
    giver: str
    said: bytes
    at: datetime
    stored_at: datetime


@dataclass(frozen=True, slots=True)
class Quarantined:
    """An event that waits outside the tree for a person, and why."""

    event_id: int
    reason: str


class Alarm(StrEnum):
    """How badly the log lags behind."""

    NONE = "none"
    WARN = "warn"
    PAGE = "page"
    BLOCK = "block"


_ALARMS = ((LOG_MAY_LAG.total_seconds(), Alarm.BLOCK), (900.0, Alarm.PAGE), (60.0, Alarm.WARN))
"""Seconds of waiting, longest first: guarded actions stop, somebody is called, somebody looks."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """What the health check asks: how much waits, how much is signed, and how much is wrong.

    Attributes:
        waiting: Events not yet in the tree; `waiting_since` is the time of the first of them.
        size: Entries in the tree; `signed_size` of them under a checkpoint made at `signed_at`.
        anchored_size: Size of the newest checkpoint that is stored outside the database.
        quarantined: Events kept out of the tree.
    """

    waiting: int
    waiting_since: datetime | None
    size: int
    signed_size: int
    signed_at: datetime | None
    anchored_size: int
    quarantined: int

    def queue_age(self, now: datetime) -> float:
        """Seconds the oldest event has waited; 0 when none does."""
        return max(0.0, (now - self.waiting_since).total_seconds()) if self.waiting_since else 0.0

    def alarm(self, now: datetime) -> Alarm:
        """How urgent it is that somebody looks at the worker."""
        age = self.queue_age(now)
        return next((alarm for seconds, alarm in _ALARMS if age > seconds), Alarm.NONE)

    def checkpoint_age(self, now: datetime) -> float:
        """Seconds since the newest checkpoint, while unsigned entries wait for the next; else 0."""
        if self.size == self.signed_size or self.signed_at is None:
            return 0.0
        return max(0.0, (now - self.signed_at).total_seconds())


@dataclass(frozen=True, slots=True)
class Place:
    """Where an event sits in the tree, and the hash it had when it was put there."""

    idx: int
    event_id: int
    leaf_hash: bytes


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the tree: its index and its bytes."""

    idx: int
    leaf: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which entries somebody asks for; what is None does not narrow.

    Attributes:
        since: Events at or after this time; `until`: before this time (UTC).
    """

    case: UUID | None = None
    own: UUID | None = None
    org: UUID | None = None
    actor: UUID | None = None
    action: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    @property
    def is_everything(self) -> bool:
        """Nothing is narrowed."""
        return self == Selection()

    @property
    def keeps_cases_whole(self) -> bool:
        """Every event of each case that is selected at all is selected."""
        return self == Selection(case=self.case, own=self.own)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What somebody looks for in the log; what is None or empty does not narrow.

    Attributes:
        reference: Of a case, as `read_reference` gives it.
        org: The organisation that acted or that owns the case.
    """

    reference: str = ""
    org: UUID | None = None
    person: UUID | None = None
    action: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """One event as a reader sees it.

    Attributes:
        index: Its place in the tree; None while it waits to be sequenced.
        details: Ids, codes, counts and dates.
    """

    id: int
    at: datetime
    org: UUID | None
    own: UUID | None
    case: UUID | None
    case_seq: int | None
    person: UUID | None
    action: str
    outcome: str
    index: int | None
    details: Mapping[str, object]


class Purpose(StrEnum):
    """Why somebody exports the log."""

    AUDIT = "audit"
    REGULATOR = "regulator"
    COMPLAINT = "complaint"
    COURT = "court"
    INTERNAL_REVIEW = "internal_review"


@dataclass(frozen=True, kw_only=True)
class AuditExported(Event):
    """Somebody took a copy of part of the log."""

    action: ClassVar[Action] = Action.AUDIT_EXPORTED
    purpose: Purpose
    whole: bool


@dataclass(frozen=True, kw_only=True)
class AuditVerified(Event):
    """Somebody had the whole log checked."""

    action: ClassVar[Action] = Action.AUDIT_VERIFIED
    problems: int
    size: int


@dataclass(frozen=True, kw_only=True)
class AuditSearched(Event):
    """Somebody looked for the doings of one person or the events of one case."""

    action: ClassVar[Action] = Action.AUDIT_SEARCHED
    person: PersonId | None = None
    organisation: OrgId | None = None

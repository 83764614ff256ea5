"""What the customer asked or allowed, was sent, or is protected by: facts that the contact guard looks at."""

import json
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar

import msgspec

from handoff_portal.core.events import Action, Event
from handoff_portal.core.ids import ContactFactId, OrgId
from handoff_portal.guard.model.terms import Channel

WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY_SECONDS = 24 * 3600


class FactKind(StrEnum):
    """What is known."""

    QUIET = "quiet"
    CONSENT = "consent"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    NO_WORK_CALLS = "no_work_calls"
    EMPLOYER_PROHIBITS = "employer_prohibits"
    VALIDATION_SENT = "validation_sent"
    FIRST_NOTICE_SENT = "first_notice_sent"
    VISIT_NOTICE_SENT = "visit_notice_sent"
    MORATORIUM = "moratorium"
    CRISIS_MORATORIUM = "crisis_moratorium"


KIND_WORDS: dict[FactKind, str] = {
    FactKind.QUIET: "Asked not to be contacted at certain times",
    FactKind.CONSENT: "Agreed to be contacted this way",
    FactKind.CONSENT_WITHDRAWN: "Does not want to be contacted this way any more",
    FactKind.NO_WORK_CALLS: "Asked not to be called at work",
    FactKind.EMPLOYER_PROHIBITS: "The employer does not allow contact at work",
    FactKind.VALIDATION_SENT: "The notice of the debt and of the right to dispute it was sent",
    FactKind.FIRST_NOTICE_SENT: "The first written notice was sent",
    FactKind.VISIT_NOTICE_SENT: "The notice of a visit was sent",
    FactKind.MORATORIUM: "Is in a statutory breathing space",
    FactKind.CRISIS_MORATORIUM: "Is in a breathing space for a mental health crisis",
}
CHANNEL_NAMES: dict[Channel, str] = {
    Channel.CALL: "Phone call",
    Channel.SMS: "Text message",
    Channel.EMAIL: "E-mail",
    Channel.WORK_EMAIL: "E-mail at work",
    Channel.SOCIAL_DM: "Messaging app",
    Channel.LETTER: "Letter",
    Channel.VISIT: "Visit",
    Channel.WORKPLACE_CALL: "Phone call at work",
    Channel.WORKPLACE_VISIT: "Visit at work",
}
"""How channels of the guard are called on pages."""
NEEDS_CHANNEL = frozenset({FactKind.CONSENT, FactKind.CONSENT_WITHDRAWN})


@dataclass(frozen=True, slots=True)
class Terms:
    """What of a fact is sealed.

    Attributes:
        channels: Values of the guard's channels; empty means all.
        days: Weekdays of a quiet time, Monday 0; empty means all.
        start: Second of the customer's day, inclusive.
        end: Second of the customer's day, exclusive; before `start` it runs past midnight.
        words: What the customer said.
        author: Name of who wrote it down.
    """

    channels: tuple[str, ...] = ()
    days: tuple[int, ...] = ()
    start: int = 0
    end: int = DAY_SECONDS
    words: str = ""
    author: str = ""

    def encode(self) -> bytes:
        """As sealed: JSON."""
        return msgspec.json.encode(self)

    @classmethod
    def decode(cls, octets: bytes) -> "Terms":
        """The reverse of `encode`."""
        values = json.loads(octets)
        return cls(**{**values, "channels": tuple(values["channels"]), "days": tuple(values["days"])})


@dataclass(frozen=True, slots=True)
class ContactFact:
    """One such fact of a case.

    Attributes:
        org: Organisation that wrote it down.
        happened_on: The day it was said, sent or began, as people wrote it down.
        ended_on: When it was taken back; None while it counts.
    """

    id: ContactFactId
    org: OrgId
    kind: FactKind
    happened_on: date
    recorded_at: datetime
    terms: Terms = field(default=Terms())
    ended_on: date | None = None

    @property
    def say(self) -> str:
        """The fact in words."""
        return f"{KIND_WORDS[self.kind]}{_details(self)}"


def _details(fact: ContactFact) -> str:
    terms, parts = fact.terms, []
    if fact.kind is FactKind.QUIET:
        days = ", ".join(WEEK[day].capitalize() for day in terms.days) or "every day"
        times = "all day" if (terms.start, terms.end) == (0, DAY_SECONDS) else _times(terms)
        parts.append(f"{days}, {times}")
    if terms.channels:
        parts.append(", ".join(CHANNEL_NAMES[Channel(one)].lower() for one in terms.channels))
    return f": {'; '.join(parts)}" if parts else ""


def _times(terms: Terms) -> str:
    return f"{_clock(terms.start)} to {_clock(terms.end)}"


def _clock(second: int) -> str:
    return f"{second // 3600:02}:{second // 60 % 60:02}"


@dataclass(frozen=True, kw_only=True)
class ContactFactRecorded(Event):
    """Something that the guard looks at was written down."""

    action: ClassVar[Action] = Action.CONTACT_FACT_RECORDED
    fact: ContactFactId
    kind: FactKind
    happened_on: date


@dataclass(frozen=True, kw_only=True)
class ContactFactEnded(Event):
    """Something that the guard looked at does not count any more."""

    action: ClassVar[Action] = Action.CONTACT_FACT_ENDED
    fact: ContactFactId
    kind: FactKind

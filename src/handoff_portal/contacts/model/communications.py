"""What was said: entries of the history before hand-over and contacts logged after it."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

import msgspec
from msgspec import Struct

from handoff_portal.cases.model.content import Channel
from handoff_portal.contacts.model.conduct import Checked
from handoff_portal.contacts.model.dispositions import (
    DISPOSITIONS,
    Disposition,
    NextStep,
    NonPaymentReason,
    Reached,
    ReceivedAs,
    Rule,
    Stops,
)
from handoff_portal.contacts.model.verdicts import Verdict
from handoff_portal.core.ids import CommunicationId, DocumentId, OrgId
from handoff_portal.core.refusals import Invalid
from handoff_portal.guard.model.terms import Where

LONGEST_TEXT = 20_000
_ENCODER = msgspec.json.Encoder()


class Direction(StrEnum):
    """Who spoke to whom."""

    OUT = "out"
    IN = "in"


PERSONAL_CHANNELS = frozenset({Channel.CALL, Channel.MEETING, Channel.VISIT})
"""Ways in which two people speak with each other."""


class Source(StrEnum):
    """How an entry came to be."""

    TYPED = "typed"
    MAIL = "mail"
    CONTACT = "contact"


class Stage(StrEnum):
    """Where in a reminder process a message stands."""

    PRE_DUE_REMINDER = "pre_due_reminder"
    REMINDER_1 = "reminder_1"
    REMINDER_2 = "reminder_2"
    REMINDER_3 = "reminder_3"
    REMINDER_4 = "reminder_4"
    REMINDER_5 = "reminder_5"
    FINAL_NOTICE = "final_notice"
    NEGOTIATION = "negotiation"
    DISPUTE = "dispute"
    PLAN_OFFER = "plan_offer"


STAGE_WORDS: dict[Stage, str] = {
    Stage.PRE_DUE_REMINDER: "Reminder before the due date",
    **{stage: f"Reminder {stage[-1]}" for stage in Stage if stage.startswith("reminder_")},
    Stage.FINAL_NOTICE: "Final notice",
    Stage.NEGOTIATION: "Negotiation",
    Stage.DISPUTE: "Dispute",
    Stage.PLAN_OFFER: "Offer of a payment plan",
}


class Party(StrEnum):
    """Who was spoken with."""

    CUSTOMER = "customer"
    REPRESENTATIVE = "representative"
    OTHER = "other"


PARTY_WORDS: dict[Party, str] = {
    Party.CUSTOMER: "The customer",
    Party.REPRESENTATIVE: "Their adviser or lawyer",
    Party.OTHER: "Somebody else",
}
CHANNEL_WORDS: dict[Channel, str] = {
    Channel.CALL: "Phone call",
    Channel.EMAIL: "E-mail",
    Channel.SMS: "Text message",
    Channel.LETTER: "Letter",
    Channel.VISIT: "Visit",
    Channel.MEETING: "Meeting",
    Channel.PORTAL: "Portal message",
    Channel.MESSAGING: "Messaging app",
}


class Words(Struct, frozen=True, gc=False):
    """What of an entry is sealed.

    Attributes:
        author: Who wrote or spoke, as text.
        recipient: To whom, as text.
        attachments: File names as the message gave them.
    """

    author: str = ""
    recipient: str = ""
    subject: str = ""
    text: str = ""
    attachments: tuple[str, ...] = ()

    def encode(self) -> bytes:
        """As sealed: JSON."""
        return _ENCODER.encode(self)

    @classmethod
    def decode(cls, octets: bytes) -> "Words":
        """The reverse of `encode`."""
        values = json.loads(octets)
        return cls(**{**values, "attachments": tuple(values["attachments"])})


class HistoryEntry(Struct, frozen=True, gc=False):
    """One message or conversation of the business with its customer, before the hand-over.

    Attributes:
        occurred_at: Aware; None where a mail has no date that can be read.
        zone: IANA zone in which the time was given.
        documents: Stored documents that came with it (attachments, the copy of a letter).
    """

    channel: Channel
    direction: Direction
    occurred_at: datetime | None
    zone: str
    words: Words
    stage: Stage | None = None
    source: Source = Source.TYPED
    party: Party = Party.CUSTOMER
    documents: tuple[DocumentId, ...] = ()


@dataclass(frozen=True, slots=True)
class Promised:
    """What the customer promised.

    Attributes:
        minor: Amount in minor units of the case's currency, more than 0.
        due_on: Day in the customer's zone.
    """

    minor: int
    due_on: date


@dataclass(frozen=True, slots=True)
class ContactEntry:
    """One contact after submission, as the agency or the business logs it.

    Attributes:
        occurred_at: Aware, UTC.
        disposition: What came of it; None in what a business logs.
        next_on: Day in the customer's zone.
        place: Where it reached the customer, if that was said.
    """

    channel: Channel
    direction: Direction
    occurred_at: datetime
    words: Words
    party: Party = Party.CUSTOMER
    disposition: Disposition | None = None
    received_as: ReceivedAs | None = None
    reason: NonPaymentReason | None = None
    next_step: NextStep | None = None
    next_on: date | None = None
    promised: Promised | None = None
    documents: tuple[DocumentId, ...] = field(default=())
    place: Where | None = None

    @property
    def rule(self) -> Rule | None:
        """What its code means."""
        return None if self.disposition is None else DISPOSITIONS[self.disposition]


@dataclass(frozen=True, slots=True)
class Communication:
    """One stored message or conversation, opened.

    Attributes:
        org: Organisation that recorded it.
        against_hold: Whether a hold stopped contact when it happened.
        place: Where it reached the customer, if that was said.
        verdict: What the guard said of it; None for what it does not judge.
        checked: What the conduct check said of the agency's own words; None for the words of others.
    """

    id: CommunicationId
    org: OrgId
    source: Source
    occurred_at: datetime | None
    zone: str
    channel: Channel
    direction: Direction
    party: Party
    words: Words
    recorded_at: datetime
    stage: Stage | None = None
    disposition: Disposition | None = None
    received_as: ReceivedAs | None = None
    reason: NonPaymentReason | None = None
    next_step: NextStep | None = None
    next_on: date | None = None
    against_hold: bool = False
    documents: tuple[DocumentId, ...] = ()
    place: Where | None = None
    verdict: Verdict | None = None
    checked: Checked | None = None

    @property
    def is_against(self) -> bool:
        """Whether it went against a hold, or against a block that nobody entitled had decided to go past."""
        return self.against_hold or (self.verdict is not None and self.verdict.against)


def doubtful_channels(said: Iterable[Communication]) -> set[Channel]:
    """Channels whose last logged contact says that the number or address does not work.

    Args:
        said: Oldest first.
    """
    last = {one.channel: one.disposition for one in said if one.disposition is not None}
    failed = {Stops.NUMBER, Stops.ADDRESS}
    return {channel for channel, code in last.items() if DISPOSITIONS[code].stops in failed}


def check_contact(entry: ContactEntry, now: datetime, today: date, handed_over_at: datetime | None) -> None:
    """Refuse an entry that cannot be true or says too little.

    Args:
        today: The day in the customer's zone.
        handed_over_at: When the agency got the case; None for a business.

    Raises:
        Invalid: By field of the form.
    """
    mistakes: dict[str, str] = {}
    if entry.occurred_at > now:
        mistakes["occurred_at"] = "This time is still to come. Log a contact after it happened."
    if len(entry.words.text) > LONGEST_TEXT:
        mistakes["text"] = f"At most {LONGEST_TEXT:,} characters fit; attach the rest as a document."
    if entry.next_on is not None and entry.next_on < today:
        mistakes["next_on"] = "This day has passed for the customer. Choose today or later."
    early = handed_over_at is not None and entry.occurred_at < handed_over_at
    if early and not entry.words.text:
        mistakes["text"] = "This was before the case was handed over. Say here how it came about."
    if entry.rule is not None:
        mistakes |= _check_rule(entry, entry.rule, today)
    if mistakes:
        raise Invalid(mistakes)


def _check_rule(entry: ContactEntry, rule: Rule, today: date) -> dict[str, str]:
    mistakes: dict[str, str] = {}
    if not rule.by_hand:
        mistakes["disposition"] = "The portal notes this by itself. Choose another outcome."
    elif entry.channel not in rule.channels:
        mistakes["disposition"] = (
            f"“{rule.words}” does not go with “{CHANNEL_WORDS[entry.channel]}”. Choose another."
        )
    elif rule.outbound_only and entry.direction is Direction.IN:
        mistakes["disposition"] = f"“{rule.words}” cannot come of a contact by the customer. Choose another."
    if rule.asks_note and not entry.words.text:
        mistakes["text"] = "Please say in a sentence or two what the customer told you."
    if rule.reached is Reached.CONTACT and entry.received_as in {None, ReceivedAs.NOT_REACHED}:
        mistakes["received_as"] = "Please say how it was received; you reached somebody."
    return mistakes | _check_promise(entry, rule, today)


def _check_promise(entry: ContactEntry, rule: Rule, today: date) -> dict[str, str]:
    if not rule.asks_promise:
        return {}
    if entry.promised is None or entry.promised.minor <= 0:
        return {"promised_amount": "Please write how much was promised."}
    if entry.promised.due_on < today:
        return {"promised_on": "This day has passed. A promise is for today or later."}
    return {}

"""The one timeline of both sides."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from handoff_portal.cases.model.case import Case
from handoff_portal.cases.model.content import Channel
from handoff_portal.core.ids import DocumentId, OrgId


class Group(StrEnum):
    """What the timeline can be filtered by."""

    CONTACT = "contact"
    MESSAGE = "message"
    NOTE = "note"
    MONEY = "money"
    CHANGE = "change"


class Tone(StrEnum):
    """How a word of the timeline is coloured; the word itself says the same."""

    NEUTRAL = "neutral"
    INFO = "info"
    GOOD = "good"
    WARN = "warn"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Moment:
    """One entry of the timeline, whatever it is.

    Attributes:
        at: When it happened; None for a message without a readable date.
        side: business, agency, customer or portal: who caused it.
        who: Name of the person, or of the organisation where the name is not known.
        look: Channel or kind, for the picture: a `Channel` value, note, hold, payment or state.
        direction: in, out or empty.
        zone: The customer's zone, where the hour counts for the customer; else empty.
        chips: Short words with their tone.
        more: Further facts, one a line.
        documents: Stored documents shown with it.
        names: Attachment names of which no document is stored.
        remark: A gentle word of the portal about it; empty if none.
        amount: Minor units of `currency`, where money is told of; negative where the balance shrinks.
        due_on: The day of a promise, in the customer's zone.
        recorded_at: When it was written down; stands in where `at` is not known.
    """

    at: datetime | None
    group: Group
    side: str
    who: str
    look: str
    title: str
    anchor: str
    text: str = ""
    subject: str = ""
    direction: str = ""
    zone: str = ""
    chips: tuple[tuple[str, Tone], ...] = ()
    more: tuple[tuple[str, str], ...] = ()
    documents: tuple[DocumentId, ...] = ()
    names: tuple[str, ...] = ()
    remark: str = ""
    amount: int | None = None
    currency: str = ""
    due_on: date | None = None
    recorded_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class HistorySummary:
    """What can be said of the history without opening a word of it.

    Attributes:
        reminders: Messages marked as a reminder, the one before the due date not counted.
        first_at: Of those with a readable date.
        final_notice_at: The latest final notice that went out.
        personal: Conversations: calls, meetings and visits.
        undated: Messages without a readable date.
    """

    count: int
    reminders: int
    first_at: datetime | None
    last_at: datetime | None
    final_notice_at: datetime | None
    personal: int
    undated: int = 0


def side_of(case: Case, org: OrgId) -> str:
    """Which side an organisation is; a former agency is still an agency."""
    return "business" if org == case.business else "agency"


def in_order(moments: list[Moment]) -> list[Moment]:
    """Oldest first; what has no date stands at the beginning."""
    return sorted(moments, key=lambda one: (one.at is not None, one.at or one.recorded_at, one.anchor))


LOOK_OF: dict[Channel, str] = {
    Channel.CALL: "phone",
    Channel.EMAIL: "email",
    Channel.SMS: "sms",
    Channel.LETTER: "letter",
    Channel.VISIT: "visit",
    Channel.MEETING: "meeting",
    Channel.PORTAL: "portal",
    Channel.MESSAGING: "messaging",
}
"""Channel to the picture that templates know."""

"""The step “What was said”: one typed entry, and what a mail becomes in the history."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from handoff_portal.cases.model.content import Channel
from handoff_portal.contacts.model.communications import (
    LONGEST_TEXT,
    Direction,
    HistoryEntry,
    Source,
    Stage,
    Words,
)
from handoff_portal.core.forms import Form
from handoff_portal.core.ids import DocumentId

ENTRY = ("channel", "direction", "stage", "occurred_at", "author", "recipient", "subject", "text")
"""Fields of the form for one typed entry."""

_SENT_BY_US = frozenset(
    {Stage.PRE_DUE_REMINDER, Stage.FINAL_NOTICE, *(stage for stage in Stage if stage.startswith("reminder_"))}
)


@dataclass(frozen=True, slots=True)
class Letter:
    """What a mail says, as far as the history is concerned.

    Attributes:
        occurred_at: Aware; None where the mail states no time that can be read.
        addresses: Everybody it went to, lower case.
        attached: Names of its attachments.
        guessed: Direction and stage as far as they could be guessed from its words.
    """

    sender: str
    sender_address: str
    recipients: tuple[str, ...]
    addresses: tuple[str, ...]
    subject: str
    text: str
    occurred_at: datetime | None
    attached: tuple[str, ...]
    guessed: tuple[Direction | None, Stage | None]


def read_entry(form: Form, zone: str) -> HistoryEntry:
    """One entry as typed; mistakes are noted in the form.

    Args:
        zone: IANA zone in which the person writes times.
    """
    subject = form.text("subject", required=False)
    text = form.text("text", required=not subject, longest=LONGEST_TEXT)
    return HistoryEntry(
        channel=form.choice("channel", Channel),
        direction=form.choice("direction", Direction),
        occurred_at=form.moment("occurred_at", zone),
        zone=zone,
        words=Words(
            author=form.text("author", required=False),
            recipient=form.text("recipient", required=False),
            subject=subject,
            text=text,
        ),
        stage=form.optional_choice("stage", Stage),
        source=Source.TYPED,
    )


def entry_of(
    letter: Letter, customers: Collection[str], zone: str, now: datetime, documents: tuple[DocumentId, ...]
) -> HistoryEntry:
    """What a mail becomes in the history; a time still to come is no time.

    Args:
        customers: The customer's own addresses, lower case.
        zone: IANA zone of whoever adds it.
        documents: The mail itself and its attachments, as stored.
    """
    happened = letter.occurred_at if letter.occurred_at and letter.occurred_at <= now else None
    return HistoryEntry(
        channel=Channel.EMAIL,
        direction=_direction(letter, customers),
        occurred_at=happened,
        zone=zone,
        words=Words(
            author=_who(letter.sender, letter.sender_address)[:200],
            recipient=", ".join(letter.recipients)[:200],
            subject=letter.subject[:200],
            text=letter.text[:LONGEST_TEXT],
            attachments=letter.attached,
        ),
        stage=letter.guessed[1],
        source=Source.MAIL,
        documents=documents,
    )


def _direction(letter: Letter, customers: Collection[str]) -> Direction:
    if letter.sender_address.lower() in customers:
        return Direction.IN
    if any(address in customers for address in letter.addresses):
        return Direction.OUT
    direction, stage = letter.guessed
    if stage in _SENT_BY_US:
        return Direction.OUT
    return direction or Direction.IN


def _who(name: str, address: str) -> str:
    return f"{name} <{address}>" if name and address else name or address

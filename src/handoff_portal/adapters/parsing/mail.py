"""A mail as the portal understands it (RFC 5322, RFC 2045), and how to read one from bytes. Pure.

Real mail is ugly: whatever can be read is read, and every doubt becomes one sentence in `notes`. Only input
that is no mail, or that breaks a limit (64 KiB of headers per part, 200 parts, 20 levels), raises CannotRead.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from handoff_portal.adapters.parsing import bodies, headers, tree
from handoff_portal.adapters.parsing.bodies import Attachment
from handoff_portal.adapters.parsing.headers import Address
from handoff_portal.adapters.parsing.notes import Notes
from handoff_portal.adapters.parsing.wire import CannotRead

__all__ = ["Address", "Attachment", "DateSource", "ParsedMail", "parse_mail"]


class DateSource(StrEnum):
    """Where the time of a mail was found."""

    DATE = "date"
    RECEIVED = "received"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class ParsedMail:
    """One mail. `occurred_at` is aware and keeps the sender's offset, also given as `utc_offset_minutes`.

    `text` is the best plain text, quoted history included. `nested` are the mails carried inside, in order.
    """

    message_id: str | None
    occurred_at: datetime | None
    occurred_from: DateSource
    utc_offset_minutes: int | None
    from_name: str
    from_address: str
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    subject: str
    text: str
    language: str | None
    in_reply_to: str | None
    references: tuple[str, ...]
    attachments: tuple[Attachment, ...]
    nested: tuple["ParsedMail", ...]
    notes: tuple[str, ...]


def parse_mail(content: bytes) -> ParsedMail:
    """Read the bytes of one `.eml` file; raise CannotRead if it is no mail or breaks a limit."""
    if not content.strip():
        raise CannotRead("This file is empty.")
    root = tree.read_tree(content)
    if not headers.is_mail(root):
        raise CannotRead("This file is not a mail: it names no sender, date or subject.")
    return _mail(root, depth=1)


def _mail(part: tree.Part, depth: int) -> ParsedMail:
    notes = Notes()
    body = bodies.gather(part, depth, notes)
    occurred_at, source = _time(part, notes)
    senders = headers.addresses(part, "From", notes) or headers.addresses(part, "Sender", notes)
    sender = senders[0] if senders else Address("", "")
    if not sender.address:
        notes.add("The mail does not say who sent it.")
    return ParsedMail(
        message_id=headers.first_id(part, "Message-ID"),
        occurred_at=occurred_at,
        occurred_from=source,
        utc_offset_minutes=headers.offset_minutes(occurred_at),
        from_name=sender.name,
        from_address=sender.address,
        to=headers.addresses(part, "To", notes),
        cc=headers.addresses(part, "Cc", notes),
        subject=headers.text(part, "Subject", notes),
        text=body.text,
        language=headers.language(part),
        in_reply_to=headers.first_id(part, "In-Reply-To"),
        references=headers.ids(part, "References"),
        attachments=tuple(body.attachments),
        nested=tuple(_mail(inner, level) for inner, level in body.nested),
        notes=notes.sentences(),
    )


def _time(part: tree.Part, notes: Notes) -> tuple[datetime | None, DateSource]:
    if found := headers.date(part, notes):
        return found, DateSource.DATE
    if found := headers.received(part):
        notes.add(
            "The time was taken from the mail server, since the mail itself states none that can be read."
        )
        return found, DateSource.RECEIVED
    notes.add("The mail states no time that can be read. Please enter when it was sent.")
    return None, DateSource.NONE

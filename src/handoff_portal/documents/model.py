"""What a document is, and what happens to it. Pure."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from handoff_portal.cases.model.case import Case, CaseState
from handoff_portal.core.actor import Actor
from handoff_portal.core.events import Action, Code, Event, Outcome
from handoff_portal.core.ids import CaseId, DocumentId, OrgId
from handoff_portal.core.refusals import Forbidden

LONGEST_NAME = 200


class DocumentKind(StrEnum):
    """What a paper is for."""

    CONTRACT = "contract"
    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"
    STATEMENT = "statement"
    PROOF_OF_DELIVERY = "proof_of_delivery"
    REMINDER = "reminder"
    FINAL_NOTICE = "final_notice"
    MAIL = "mail"
    ATTACHMENT = "attachment"
    LETTER = "letter"
    OTHER = "other"


KIND_WORDS: dict[DocumentKind, str] = {
    DocumentKind.CONTRACT: "Contract",
    DocumentKind.INVOICE: "Invoice",
    DocumentKind.CREDIT_NOTE: "Credit note",
    DocumentKind.STATEMENT: "Statement of account",
    DocumentKind.PROOF_OF_DELIVERY: "Proof of delivery",
    DocumentKind.REMINDER: "Reminder",
    DocumentKind.FINAL_NOTICE: "Final notice",
    DocumentKind.MAIL: "Mail",
    DocumentKind.ATTACHMENT: "Attachment of a mail",
    DocumentKind.LETTER: "Letter",
    DocumentKind.OTHER: "Other paper",
}
"""How a kind is called on pages."""


@dataclass(frozen=True, slots=True)
class Document:
    """A stored paper.

    Attributes:
        org: The organisation that added it.
        media_type: By content, not by name (RFC 6838).
        size: Bytes of the file.
        sha256: Digest of the file, 32 bytes.
    """

    id: DocumentId
    case: CaseId
    org: OrgId
    kind: DocumentKind
    name: str
    media_type: str
    size: int
    sha256: bytes
    stored_at: datetime


@dataclass(frozen=True, slots=True)
class Incoming:
    """A file on its way in.

    Attributes:
        object_key: Where its sealed bytes go.
    """

    id: DocumentId
    case: CaseId
    own: OrgId
    kind: DocumentKind
    name: str
    object_key: str


def clean_name(name: str) -> str:
    """The last part of a file name without control characters, cut to what fits; never empty."""
    last = name.replace("\\", "/").rpartition("/")[2]
    plain = "".join(letter for letter in last if letter.isprintable()).strip(" .")
    if len(plain) > LONGEST_NAME:
        stem, dot, ending = plain.rpartition(".")
        plain = stem[: LONGEST_NAME - 12] + dot + ending[:11] if dot else plain[:LONGEST_NAME]
    return plain or "document"


def require_may_remove(document: Document, case: Case, actor: Actor) -> None:
    """Papers can be taken back by who added them while the case is a draft; later they are evidence.

    Raises:
        WrongState: The case was submitted.
        Forbidden: Somebody else added the paper.
    """
    case.require_state(CaseState.DRAFT)
    if document.org != actor.org:
        raise Forbidden("Only the organisation that added this document can remove it.")


@dataclass(frozen=True, kw_only=True)
class DocumentStarted(Event):
    """A file began to stream in."""

    action: ClassVar[Action] = Action.DOCUMENT_STARTED
    document: DocumentId
    kind: DocumentKind


@dataclass(frozen=True, kw_only=True)
class DocumentStored(Event):
    """A file is sealed and stored whole."""

    action: ClassVar[Action] = Action.DOCUMENT_STORED
    document: DocumentId
    kind: DocumentKind
    size: int
    media_type: Code


@dataclass(frozen=True, kw_only=True)
class DocumentFailed(Event):
    """A file did not arrive whole or was refused; nothing of it is left."""

    action: ClassVar[Action] = Action.DOCUMENT_FAILED
    outcome: ClassVar[Outcome] = Outcome.REFUSED
    document: DocumentId
    reason: Code


@dataclass(frozen=True, kw_only=True)
class DocumentRead(Event):
    """A file was opened; committed before its first byte is sent."""

    action: ClassVar[Action] = Action.DOCUMENT_READ
    document: DocumentId


@dataclass(frozen=True, kw_only=True)
class DocumentRemoved(Event):
    """A file was taken back from a draft."""

    action: ClassVar[Action] = Action.DOCUMENT_REMOVED
    document: DocumentId

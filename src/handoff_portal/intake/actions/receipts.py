"""Receipts: signed at submission, shown, checked by anybody who is signed in."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC
from uuid import UUID

from cryptography.exceptions import InvalidSignature

from handoff_portal.adapters.clock import new_id
from handoff_portal.adapters.database import Work
from handoff_portal.adapters.vault.vault import SystemKey
from handoff_portal.cases.actions import cases
from handoff_portal.cases.model.case import Case
from handoff_portal.contacts.model.communications import Communication
from handoff_portal.core.ids import CaseId, OrgId, ReceiptId
from handoff_portal.core.permissions import Permission
from handoff_portal.core.refusals import NotFound
from handoff_portal.documents.model import Document
from handoff_portal.intake import store
from handoff_portal.intake.model.events import ReceiptIssued
from handoff_portal.intake.model.receipt import (
    Json,
    MessageLine,
    PaperLine,
    Receipt,
    canonical,
    compose,
    differences,
    message_digest,
    read_file,
    sha256,
)

_OTHER_LIST = "The receipt itself is genuine, but its list of accounts was changed."


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of checking a receipt.

    Attributes:
        genuine: Whether this portal signed exactly this.
        said: What the receipt says.
        differs: What it says otherwise than the stored one, as sentences; empty where none is stored.
        known: Whether this organisation has a receipt of this number.
    """

    genuine: bool
    said: Json
    differs: tuple[str, ...] = ()
    known: bool = False


def issue_receipt(
    work: Work, case: Case, documents: Iterable[Document], messages: Iterable[Communication]
) -> Receipt:
    """Sign and store the receipt of a submission, in its transaction."""
    receipt_id = ReceiptId(new_id())
    body = compose(
        receipt_id,
        (case.reference, str(case.id)),
        work.now,
        str(case.business),
        [PaperLine(paper.kind.value, paper.size, paper.sha256) for paper in documents],
        [_line(message) for message in messages],
    )
    signature = work.vault.signing_key(SystemKey.RECEIPT_SIGNING).sign(body)
    receipt = Receipt(receipt_id, body, signature, work.now)
    event = ReceiptIssued(case=case.id, own=case.business, receipt=receipt_id, digest=sha256(body))
    store.add_receipt(work, case, receipt, event)
    return receipt


def store_receipt(work: Work, business: OrgId, receipt: Receipt) -> None:
    """Store a receipt that belongs to no single case; the caller records why."""
    store.add_receipt_of_many(work, business, receipt)


def load_receipt(work: Work, wanted: ReceiptId) -> Receipt:
    """A receipt of this organisation. Raises NotFound."""
    found = store.find_receipt(work, wanted)
    if found is None:
        raise NotFound
    return found


def show_receipt(work: Work, case_id: CaseId) -> Receipt:
    """The receipt of a case, for the business that submitted it. Raises NotFound."""
    case = cases.load_case(work, case_id)
    case.require_owner(work.actor)
    return store.load_receipt_of(work, case_id)


def public_key(work: Work) -> bytes:
    """The key that receipts are checked with: 32 bytes, Ed25519 (RFC 8032)."""
    return work.vault.signing_key(SystemKey.RECEIPT_SIGNING).public_key().public_bytes_raw()


def check_receipt(work: Work, given: bytes) -> Checked:
    """Say whether a receipt is genuine, and where it is not, what differs.

    Raises:
        Invalid: It is no receipt at all.
    """
    work.actor.require(Permission.OWN_ACCOUNT)
    sent = read_file(given)
    genuine = False
    with suppress(InvalidSignature):
        key = work.vault.signing_key(SystemKey.RECEIPT_SIGNING).public_key()
        key.verify(sent.signature, canonical(sent.said))
        genuine = True
    if genuine and not sent.list_agrees:
        return Checked(genuine=False, said=sent.said, differs=(_OTHER_LIST,), known=True)
    stored = _stored(work, sent.id)
    if stored is None:
        return Checked(genuine, sent.said)
    differs = (
        ()
        if genuine
        else tuple(differences(sent.said, stored.said))
        or ("What it says is as submitted, but its signature was changed.",)
    )
    return Checked(genuine, sent.said, differs, known=True)


def _stored(work: Work, given: str) -> Receipt | None:
    try:
        return store.find_receipt(work, ReceiptId(UUID(given)))
    except ValueError:
        return None


def _line(message: Communication) -> MessageLine:
    words = message.words
    at = message.occurred_at.astimezone(UTC) if message.occurred_at else None
    said = {
        "at": at.isoformat(timespec="seconds") if at else None,
        "channel": message.channel.value,
        "direction": message.direction.value,
        "stage": message.stage.value if message.stage else None,
        "author": words.author,
        "recipient": words.recipient,
        "subject": words.subject,
        "text": words.text,
        "attachments": list(words.attachments),
    }
    return MessageLine(at, message.channel.value, message.direction.value, message_digest(said))

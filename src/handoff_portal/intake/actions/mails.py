"""Mail files become entries of the history; what cannot be read is kept as a document and said so."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from handoff_portal.adapters.parsing.guesses import guess_direction, guess_stage
from handoff_portal.adapters.parsing.mail import ParsedMail
from handoff_portal.adapters.parsing.sandbox import Unreadable
from handoff_portal.contacts.actions.history import add_history
from handoff_portal.contacts.model.communications import Direction, Stage
from handoff_portal.core.actor import Actor
from handoff_portal.core.ids import CaseId, DocumentId
from handoff_portal.core.refusals import Invalid, Refusal, Unavailable
from handoff_portal.documents.actions import papers
from handoff_portal.documents.actions.receiving import Places, receive_bytes
from handoff_portal.documents.model import DocumentKind
from handoff_portal.intake.actions.drafting import open_draft
from handoff_portal.intake.model.events import HistoryUnreadable
from handoff_portal.intake.model.said import Letter, entry_of

LARGEST_MAIL = 40 * 1024**2
"""Bytes of one mail file."""

Reader = Callable[[bytes], ParsedMail | Unreadable]
"""Reads the bytes of a mail at arm's length (`adapters.parsing.sandbox`)."""


@dataclass(slots=True)
class MailTaken:
    """What became of one mail file.

    Attributes:
        entries: Messages added to the history: the mail and those inside it.
        remarks: What people should know about it, one sentence each.
        unreadable: Whether it is kept only as a document.
        known: Whether this very file had been added before.
    """

    name: str
    entries: int = 0
    remarks: list[str] = field(default_factory=list)
    unreadable: bool = False
    known: bool = False


def take_mail(
    places: Places, read: Reader, actor: Actor, case_id: CaseId, name: str, octets: bytes
) -> MailTaken:
    """Add one mail file to a draft: the file and its attachments as documents, its words as history.

    Raises:
        Invalid: The file is empty, too large, or a program.
        Unavailable: The reader did not start, or the object store does not answer; nothing was kept.
    """
    if len(octets) > LARGEST_MAIL:
        raise Invalid({"file": f"{name}: This mail is larger than {LARGEST_MAIL // 1024**2} MiB."})
    with places.database.work(actor) as work:
        opened = open_draft(work, case_id)
        customers = frozenset(opened.reading.content.customer.emails)
        kept = papers.list_documents(work, opened.case, opened.key)
    taken = MailTaken(name)
    digest = hashlib.sha256(octets).digest()
    if any(paper.sha256 == digest and paper.kind is DocumentKind.MAIL for paper in kept):
        taken.known = True
        taken.remarks.append("This mail had been added before.")
        return taken
    parsed = read(octets)
    if isinstance(parsed, Unreadable) and parsed.again:
        raise Unavailable(parsed.reason)
    original = receive_bytes(places, actor, case_id, DocumentKind.MAIL, name, octets)
    if isinstance(parsed, Unreadable):
        _keep_unread(places, actor, case_id, original.id, parsed, taken)
    else:
        stored = [original.id]
        try:
            _add(places, actor, case_id, parsed, customers, stored, taken)
        except Refusal:
            _remove(places, actor, case_id, stored)
            raise
    return taken


def _add(
    places: Places,
    actor: Actor,
    case_id: CaseId,
    mail: ParsedMail,
    customers: frozenset[str],
    stored: list[DocumentId],
    taken: MailTaken,
) -> None:
    """Store the attachments of a mail and of those inside it, then their words in one go."""
    found = [
        (letter_of(one, actor), _attachments(places, actor, case_id, one, stored, taken))
        for one in unfolded(mail)
    ]
    with places.database.work(actor) as work:
        opened = open_draft(work, case_id, lock=True)
        entries = [
            entry_of(letter, customers, actor.time_zone, work.now, (stored[0], *attached))
            for letter, attached in found
        ]
        taken.entries = len(add_history(work, opened.case, opened.key, entries))
    taken.remarks += [remark for one in unfolded(mail) for remark in one.notes]


def letter_of(mail: ParsedMail, actor: Actor) -> Letter:
    """A parsed mail as the history sees it; direction and stage guessed."""
    domain = actor.email.rpartition("@")[2]
    direction = guess_direction(mail.from_address, [domain])
    stage = guess_stage(mail.subject, mail.text)
    everybody = (*mail.to, *mail.cc)
    return Letter(
        sender=mail.from_name,
        sender_address=mail.from_address,
        recipients=tuple(one.name or one.address for one in everybody),
        addresses=tuple(one.address.lower() for one in everybody),
        subject=mail.subject,
        text=mail.text,
        occurred_at=mail.occurred_at,
        attached=tuple(one.name for one in mail.attachments),
        guessed=(
            Direction(direction) if direction else None,
            Stage(stage) if stage in set(Stage) else None,
        ),
    )


def unfolded(mail: ParsedMail) -> Iterator[ParsedMail]:
    """A mail and every mail inside it, the outer ones first."""
    yield mail
    for inner in mail.nested:
        yield from unfolded(inner)


def _attachments(
    places: Places,
    actor: Actor,
    case_id: CaseId,
    mail: ParsedMail,
    stored: list[DocumentId],
    taken: MailTaken,
) -> tuple[DocumentId, ...]:
    kept: list[DocumentId] = []
    for one in mail.attachments:
        try:
            made = receive_bytes(places, actor, case_id, DocumentKind.ATTACHMENT, one.name, one.content)
        except Invalid as refusal:
            taken.remarks.append(f"An attachment was left inside the mail. {refusal.say}")
        else:
            kept.append(made.id)
            stored.append(made.id)
    return tuple(kept)


def _keep_unread(
    places: Places, actor: Actor, case_id: CaseId, document: DocumentId, why: Unreadable, taken: MailTaken
) -> None:
    taken.unreadable = True
    taken.remarks.append(f"{why.reason} It is kept as a document.")
    with places.database.work(actor) as work:
        case = open_draft(work, case_id).case
        work.record(HistoryUnreadable(case=case.id, own=case.business, document=document))


def _remove(places: Places, actor: Actor, case_id: CaseId, stored: list[DocumentId]) -> None:
    with places.database.work(actor) as work:
        case = open_draft(work, case_id, lock=True).case
        for document in stored:
            papers.remove_document(work, places.objects, case, document)

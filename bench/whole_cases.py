"""Cases with everything in them, made by the same actions that the pages use; the case page shows these."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

from bench.world import SignedIn
from handoff_portal.adapters.clock import new_id
from handoff_portal.adapters.database import Work
from handoff_portal.cases.actions import cases
from handoff_portal.cases.model.account import Entry, EntryKind
from handoff_portal.cases.model.case import Balance, Case, CaseState, ClaimType, DebtorType
from handoff_portal.cases.model.content import Channel, Claim, ClaimKind, Content, Customer, Terms
from handoff_portal.cases.model.events import CaseSubmitted
from handoff_portal.contacts.actions.history import add_history
from handoff_portal.contacts.model.communications import Direction, HistoryEntry, Words
from handoff_portal.core.events import Code
from handoff_portal.core.ids import CaseId, ClaimId, EntryId
from handoff_portal.documents.actions.receiving import Places, Receiver
from handoff_portal.documents.model import DocumentKind
from handoff_portal.web.portal import Portal

MESSAGES = 12
_TEXT = "Thank you for the talk this morning. As agreed we wait until the end of the month. " * 6
_PAPER = b"%PDF-1.7\n" + b"A paper of some kilobytes.\n" * 200
_KINDS = (DocumentKind.INVOICE, DocumentKind.CONTRACT)


def whole_case(portal: Portal, person: SignedIn, number: int) -> CaseId:
    """A submitted case: two claims, an account, twelve messages, two documents."""
    with portal.database.work(person.actor) as work:
        case = cases.start_draft(work)
        _add_messages(work, case)
    places = Places(portal.database, portal.objects, portal.settings.limits.file_bytes)
    for kind in _KINDS:
        receiver = Receiver.start(places, person.actor, case.id, kind, f"{kind.value}.pdf")
        receiver.write([_PAPER])
        receiver.finish()
    with portal.database.work(person.actor) as work:
        _submit(work, case, number)
    return case.id


def _add_messages(work: Work, case: Case) -> None:
    entries = [
        HistoryEntry(
            channel=Channel.EMAIL,
            direction=Direction.OUT if day % 2 else Direction.IN,
            occurred_at=work.now - timedelta(days=2 * day + 1),
            zone="Asia/Singapore",
            words=Words("Robin Tan", "accounts@kopi.example", "Invoice 2026-0001", _TEXT),
        )
        for day in range(MESSAGES)
    ]
    add_history(work, case, cases.open_key(work, case), entries)


def _submit(work: Work, draft: Case, number: int) -> None:
    today = work.now.date()
    claim = partial(
        Claim, description="Paper", issued_on=today - timedelta(days=120), due_on=today - timedelta(days=90)
    )
    claims = (
        claim(
            id=ClaimId(new_id()),
            kind=ClaimKind.INVOICE,
            number="2026-0001",
            balance=Balance(principal=150_00),
        ),
        claim(
            id=ClaimId(new_id()),
            kind=ClaimKind.CREDIT_NOTE,
            number="2026-0002",
            balance=Balance(principal=25_00),
        ),
    )
    customer = Customer(
        "Kopi Corner Pte Ltd", DebtorType.COMPANY, country="SG", city="Singapore", phones=("+6560000001",)
    )
    terms = Terms(contract_reference="C-7", clause="8.2", relationship="A customer for nine years")
    content = Content(customer, f"WHOLE-{number:05d}", ClaimType.UNPAID_INVOICE, "SGD", terms, claims)
    entries = tuple(
        Entry(EntryId(new_id()), EntryKind.CLAIM, one.effect, today, work.now, one.id) for one in claims
    )
    event = CaseSubmitted(
        case=draft.id,
        own=draft.business,
        currency=Code("SGD"),
        total=content.owed.total,
        claims=len(claims),
        documents=len(_KINDS),
        messages=MESSAGES,
    )
    ready = replace(
        draft,
        state=CaseState.READY,
        currency="SGD",
        country="SG",
        time_zone="Asia/Singapore",
        debtor_type=DebtorType.COMPANY,
        claim_type=ClaimType.UNPAID_INVOICE,
        oldest_due_on=content.oldest_due_on,
        submitted_at=work.now,
    )
    cases.submit(work, ready, content, entries, event)

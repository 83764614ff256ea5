"""Submitting a case: content, account, turn, receipt and their events in one transaction."""

from dataclasses import replace
from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from handoff_portal.adapters.clock import new_id
from handoff_portal.adapters.database import Work
from handoff_portal.cases.actions import cases
from handoff_portal.cases.model.account import Entry, EntryKind, allocate
from handoff_portal.cases.model.case import Balance, Case, CaseState, Turn
from handoff_portal.cases.model.content import Claim, ClaimKind, Content
from handoff_portal.cases.model.events import CaseSubmitted
from handoff_portal.contacts.actions.history import list_history
from handoff_portal.core.events import Code
from handoff_portal.core.ids import CaseId, EntryId
from handoff_portal.core.permissions import Permission
from handoff_portal.documents.actions import papers
from handoff_portal.intake.actions.readiness import assess, keep_judgement
from handoff_portal.intake.actions.receipts import issue_receipt
from handoff_portal.intake.model.draft import Reading
from handoff_portal.intake.model.readiness import require_ready
from handoff_portal.intake.model.receipt import Receipt


def submit(work: Work, case_id: CaseId) -> Receipt:
    """Turn a ready draft into a case that can be offered, and sign what was handed in.

    Raises:
        WrongState: A rule stands in the way, or the case was submitted before.
    """
    work.actor.require(Permission.CASE_SUBMIT)
    assessed = assess(work, case_id, lock=True)
    require_ready(assessed.lines)
    opened, reading = assessed.opened, assessed.opened.reading
    documents = papers.list_documents(work, opened.case, opened.key)
    messages = list_history(work, opened.case, opened.key)
    case = _submitted(work, opened.case, reading)
    event = CaseSubmitted(
        case=case.id,
        own=case.business,
        currency=Code(reading.content.currency),
        total=reading.owed.open,
        claims=len(reading.content.claims),
        documents=len(documents),
        messages=len(messages),
    )
    keep_judgement(work, case, assessed)
    entries = first_entries(reading.content, reading.owed.paid_on, reading.time_zone, work.now)
    cases.submit(work, case, reading.content, entries, event)
    return issue_receipt(work, case, documents, messages)


def _submitted(work: Work, draft: Case, reading: Reading) -> Case:
    content = reading.content
    return replace(
        draft,
        state=CaseState.READY,
        turn=Turn.BUSINESS,
        turn_until=None,
        debtor_type=content.customer.debtor_type,
        claim_type=content.claim_type,
        country=content.customer.country,
        region=content.customer.region,
        currency=content.currency,
        time_zone=reading.time_zone,
        oldest_due_on=content.oldest_due_on,
        submitted_at=work.now,
    )


def first_entries(content: Content, paid_on: date | None, time_zone: str, now: datetime) -> tuple[Entry, ...]:
    """The first lines of the account: each claim, what came on top, what was paid before."""
    today = _day(now, time_zone)
    found = [_entry(claim, today, now) for claim in content.claims]
    charges = content.charges
    if charges.total:
        found.append(_made(EntryKind.CLAIM, charges, today, now))
    paid = content.terms.payments_to_date
    if paid:
        taken = allocate(paid, content.owed)
        found.append(_made(EntryKind.PAID_BEFORE, -taken, paid_on or today, now))
    return tuple(found)


@lru_cache(16)
def _day(now: datetime, time_zone: str) -> date:
    return now.astimezone(ZoneInfo(time_zone)).date()


def _entry(claim: Claim, today: date, now: datetime) -> Entry:
    kind = EntryKind.CLAIM if claim.kind is ClaimKind.INVOICE else EntryKind.CREDIT_NOTE
    day = claim.due_on or claim.issued_on or today
    return Entry(EntryId(new_id()), kind, claim.effect, day, now, claim.id)


def _made(kind: EntryKind, change: Balance, day: date, now: datetime) -> Entry:
    return Entry(EntryId(new_id()), kind, change, day, now)

"""A case at work for tests: submitted by a business, held by an agency, opened by whoever may."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar
from uuid import uuid4

from builders import some_content
from handoff_builders import a_held_case
from handoff_portal.adapters.database import Work
from handoff_portal.adapters.vault.cases import CaseKey
from handoff_portal.cases.actions import cases
from handoff_portal.cases.model.account import Entry, EntryKind
from handoff_portal.cases.model.case import Case, CaseState, ClaimType, DebtorType, Turn
from handoff_portal.cases.model.content import Content
from handoff_portal.cases.model.events import CaseSubmitted
from handoff_portal.core.actor import Actor
from handoff_portal.core.events import Code
from handoff_portal.core.ids import CaseId, EntryId
from handoff_portal.web.portal import Portal
from people import SignedIn

T = TypeVar("T")


@dataclass(frozen=True)
class AtWork:
    """A case and the people of both sides."""

    portal: Portal
    case: CaseId
    business: SignedIn
    agency: SignedIn

    def do(self, actor: Actor, intention: Callable[[Work, Case, CaseKey], T]) -> T:
        """Run one intention of this person on the case, in a unit of work of its own."""
        with self.portal.database.work(actor) as work:
            case = cases.load_case(work, self.case, lock=True)
            return intention(work, case, cases.open_key(work, case))

    def look(self, actor: Actor) -> Case:
        """The case as this person finds it now."""
        with self.portal.database.work(actor) as work:
            return cases.load_case(work, self.case)


def a_ready_case(portal: Portal, actor: Actor, content: Content | None = None) -> CaseId:
    """A submitted case that can be offered, in Singapore dollars."""
    content = content or some_content()
    with portal.database.work(actor) as work:
        draft = cases.start_draft(work)
        ready = replace(
            draft,
            state=CaseState.READY,
            turn=Turn.BUSINESS,
            currency=content.currency,
            country=content.customer.country,
            time_zone="Asia/Singapore",
            debtor_type=DebtorType.COMPANY,
            claim_type=ClaimType.UNPAID_INVOICE,
            oldest_due_on=content.oldest_due_on,
            submitted_at=work.now,
        )
        event = CaseSubmitted(
            case=draft.id,
            own=draft.business,
            currency=Code(content.currency),
            total=content.owed.total,
            claims=len(content.claims),
            documents=0,
            messages=0,
        )
        entry = Entry(EntryId(uuid4()), EntryKind.CLAIM, content.owed, work.now.date(), work.now)
        cases.submit(work, ready, content, (entry,), event)
    return draft.id


def a_case_at_work(portal: Portal, content: Content | None = None) -> AtWork:
    """A fresh case that a fresh agency accepted."""
    held = a_held_case(portal, content)
    return AtWork(portal, held.case.id, held.business, held.agency)

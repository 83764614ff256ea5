"""Cases on their way to an agency, made by the same actions that pages use."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import uuid4

from msgspec import structs

from builders import some_content
from handoff_portal.agencies.actions.approvals import record_approval
from handoff_portal.agencies.actions.licences import decide_licence, record_licence
from handoff_portal.agencies.model.licence import LicenceScope, LicenceState, LicenceTerms
from handoff_portal.cases.actions import cases
from handoff_portal.cases.model.account import USUAL_ORDER, Entry, EntryKind
from handoff_portal.cases.model.case import Case, CaseState
from handoff_portal.cases.model.content import Content
from handoff_portal.cases.model.events import CaseSubmitted
from handoff_portal.core.events import Code
from handoff_portal.core.ids import EntryId
from handoff_portal.core.permissions import OrgKind, Role
from handoff_portal.handoffs.actions import handoffs, making
from handoff_portal.handoffs.model.handoff import Handoff
from handoff_portal.handoffs.model.offer import Offer, OfferTerms
from handoff_portal.web.portal import Portal
from people import SignedIn, a_person, an_organisation

COMMISSION_BP = 1500


@dataclass(frozen=True)
class HeldCase:
    """A case in an agency's hands, with a person on each side."""

    business: SignedIn
    agency: SignedIn
    case: Case
    handoff: Handoff


def a_business(portal: Portal) -> SignedIn:
    """An administrator of a fresh business in Singapore."""
    return a_person(portal, an_organisation(portal, OrgKind.BUSINESS))


def an_agency(portal: Portal, *, licensed: bool = True, expires_on: date = date(2099, 12, 31)) -> SignedIn:
    """An administrator of a fresh agency, with a verified Singapore licence unless told otherwise."""
    agency = a_person(portal, an_organisation(portal, OrgKind.AGENCY))
    if licensed:
        officer = a_person(portal, an_organisation(portal, OrgKind.OPERATOR), Role.COMPLIANCE_OFFICER)
        terms = LicenceTerms(
            jurisdiction="SG",
            regulator="Singapore Police Force",
            number=f"L/DC/{uuid4().hex[:6]}",
            licence_class="Debt collection licence",
            scope=LicenceScope.BOTH,
            issued_on=date(2024, 3, 1),
            expires_on=expires_on,
        )
        with portal.database.work(agency.actor) as work:
            licence = record_licence(work, terms)
            record_approval(work, agency.actor.person, "SG", "CC/1", date(2024, 3, 1), None)
        with portal.database.work(officer.actor) as work:
            decide_licence(work, licence.id, LicenceState.VERIFIED, source_url="https://register.example/1")
    return agency


def a_ready_case(portal: Portal, business: SignedIn, content: Content | None = None) -> Case:
    """A submitted case of this business with an open balance."""
    content = content or some_content()
    content = structs.replace(content, creditor_reference=f"INV-{uuid4().hex[:8]}")
    with portal.database.work(business.actor) as work:
        draft = cases.start_draft(work)
        ready = replace(
            draft,
            state=CaseState.READY,
            debtor_type=content.customer.debtor_type,
            claim_type=content.claim_type,
            country=content.customer.country,
            region=content.customer.region,
            currency=content.currency,
            time_zone="Asia/Singapore",
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
        return cases.load_case(work, draft.id)


def an_offer(portal: Portal, business: SignedIn, agency: SignedIn, case: Case, *, days: int = 7) -> Offer:
    """An open offer of a case to an agency."""
    with portal.database.work(business.actor) as work:
        terms = OfferTerms(COMMISSION_BP, USUAL_ORDER, work.now + timedelta(days=days))
        return making.offer_cases(work, [case.id], [agency.actor.org], terms)[0]


def a_held_case(portal: Portal, content: Content | None = None) -> HeldCase:
    """A case that an agency accepted."""
    business, agency = a_business(portal), an_agency(portal)
    case = a_ready_case(portal, business, content)
    offer = an_offer(portal, business, agency, case)
    with portal.database.work(agency.actor) as work:
        handoff = handoffs.accept(work, offer.id)
        return HeldCase(business, agency, cases.load_case(work, case.id), handoff)

"""A small world: every kind of person, and things theirs, offered to them, once theirs, or not theirs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TypeAlias
from uuid import UUID, uuid4

from agencies.builders import SINGAPORE
from contact_steps import an_entry
from handoff_builders import a_ready_case, an_agency, an_offer
from handoff_portal.adapters.vault.vault import SystemKey
from handoff_portal.agencies.actions.approvals import record_approval
from handoff_portal.agencies.actions.assurances import record_assurance
from handoff_portal.agencies.actions.documents import kept
from handoff_portal.agencies.actions.licences import record_licence
from handoff_portal.agencies.model.assurance import AssuranceTerms
from handoff_portal.cases.actions import cases
from handoff_portal.cases.model.case import Case
from handoff_portal.cases.model.content import Channel
from handoff_portal.conduct.actions.templates import NewTemplate, write
from handoff_portal.conduct.model.templates import TemplateChannel
from handoff_portal.contacts.actions import history, holds, known
from handoff_portal.contacts.actions.conduct import set_sample
from handoff_portal.contacts.actions.contacts import log_contact
from handoff_portal.contacts.model.communications import Direction, HistoryEntry, Words
from handoff_portal.contacts.model.facts import FactKind, Terms
from handoff_portal.contacts.model.holds import HoldKind
from handoff_portal.core.actor import Actor, Origin, Pending
from handoff_portal.core.ids import OrgId
from handoff_portal.core.permissions import OrgKind, Role
from handoff_portal.documents.actions.receiving import Places, receive_bytes
from handoff_portal.documents.model import DocumentKind
from handoff_portal.guard.book import SHIPPED
from handoff_portal.handoffs.actions import handoffs
from handoff_portal.handoffs.model.handoff import ReturnReason
from handoff_portal.identity.actions.recovery import ask_for_help, own_request
from handoff_portal.identity.actions.sessions import open_password_stage
from handoff_portal.identity.store import organisations
from handoff_portal.web.front_door import browser_cookie, encode_token, hash_token, session_cookie
from handoff_portal.web.page import token_for
from handoff_portal.web.portal import Portal
from people import SignedIn, a_colleague, a_person, an_organisation
from portfolio_steps import a_file, checked
from recovery_steps import pay
from security.papers import PDF, REPORT

Relation: TypeAlias = str
Things: TypeAlias = dict[str, str]


@dataclass(frozen=True)
class Persona:
    """Somebody who sends requests.

    Attributes:
        kind: Their organisation's kind; None for somebody who is not signed in.
        bound: What the form token is bound to.
    """

    name: str
    kind: OrgKind | None
    cookie: Mapping[str, str]
    bound: bytes = field(repr=False)
    signed_in: SignedIn | None = None

    def token(self, portal: Portal) -> str:
        """The token that this person's forms carry."""
        return token_for(portal.vault.system_key(SystemKey.COOKIE), self.bound)


@dataclass(frozen=True)
class World:
    """Who is there, and path parameters by kind of organisation and relation."""

    personas: tuple[Persona, ...]
    things: Mapping[tuple[OrgKind, Relation], Things]

    def __getitem__(self, name: str) -> Persona:
        """The persona of this name."""
        return next(one for one in self.personas if one.name == name)


ROLES: tuple[tuple[str, OrgKind, Role], ...] = (
    ("business_member", OrgKind.BUSINESS, Role.BUSINESS_MEMBER),
    ("business_admin", OrgKind.BUSINESS, Role.BUSINESS_ADMIN),
    ("business_officer", OrgKind.BUSINESS, Role.COMPLIANCE_OFFICER),
    ("collector", OrgKind.AGENCY, Role.COLLECTOR),
    ("supervisor", OrgKind.AGENCY, Role.SUPERVISOR),
    ("agency_admin", OrgKind.AGENCY, Role.AGENCY_ADMIN),
    ("agency_officer", OrgKind.AGENCY, Role.COMPLIANCE_OFFICER),
    ("operator_admin", OrgKind.OPERATOR, Role.OPERATOR_ADMIN),
    ("operator_officer", OrgKind.OPERATOR, Role.COMPLIANCE_OFFICER),
)


def a_world(portal: Portal) -> World:
    """Fresh organisations, people and cases."""
    agency = an_agency(portal)
    business = a_person(portal, an_organisation(portal, OrgKind.BUSINESS))
    operator = a_person(portal, an_organisation(portal, OrgKind.OPERATOR))
    homes = {OrgKind.BUSINESS: business, OrgKind.AGENCY: agency, OrgKind.OPERATOR: operator}
    signed_in = {name: a_colleague(portal, homes[kind], role) for name, kind, role in ROLES}
    personas = [
        Persona(name, kind, signed_in[name].cookie, signed_in[name].actor.session_hash, signed_in[name])
        for name, kind, _ in ROLES
    ]
    things = _things(portal, business, agency)
    for kind, home in homes.items():
        for relation in {relation for of, relation in things if of is kind}:
            things[kind, relation] |= _people(portal, home, own=relation in {"own", "holder"})
            things[kind, relation]["version"] = SHIPPED
    return World((_stranger(portal), _pending(portal, business), *personas), things)


def a_furnished_case(portal: Portal, business: SignedIn) -> tuple[Case, Things]:
    """A case with a document and a hold, ready to be offered."""
    case = a_ready_case(portal, business)
    places = Places(portal.database, portal.objects, 10**9)
    paper = receive_bytes(places, business.actor, case.id, DocumentKind.CONTRACT, "contract.pdf", PDF)
    with portal.database.work(business.actor) as work:
        locked = cases.load_case(work, case.id, lock=True)
        key = cases.open_key(work, locked)
        hold = holds.place_hold(work, locked, key, HoldKind.COMPLAINT, "A complaint about the delivery")
        day = work.now.date() - timedelta(days=2)
        fact = known.record_fact(work, locked, key, FactKind.NO_WORK_CALLS, day, Terms())
    unknown = {"entry_id": uuid4(), "contact_id": uuid4()}
    return case, _text(case_id=case.id, document_id=paper.id, hold_id=hold, fact_id=fact, **unknown)


def a_worked_case(portal: Portal, business: SignedIn, agency: SignedIn, *, returned: bool = False) -> Things:
    """A case that the agency holds, or gave back, with a payment that it reported."""
    case, things = a_furnished_case(portal, business)
    offer = an_offer(portal, business, agency, case)
    with portal.database.work(agency.actor) as work:
        handoffs.accept(work, offer.id)
    payment = pay(portal, agency.actor, case.id, 10_00)
    with portal.database.work(agency.actor) as work:
        set_sample(work, 100)
        locked = cases.load_case(work, case.id, lock=True)
        against = log_contact(work, locked, cases.open_key(work, locked), an_entry(work.now))
    if returned:
        with portal.database.work(agency.actor) as work:
            handoffs.return_case(work, case.id, next(iter(ReturnReason)))
    return things | _text(offer_id=offer.id, payment_id=payment.id, contact_id=against.id)


def an_offered_case(portal: Portal, business: SignedIn, agency: SignedIn) -> Things:
    """A case that waits for the agency's answer."""
    case, things = a_furnished_case(portal, business)
    offer = an_offer(portal, business, agency, case)
    return things | _text(offer_id=offer.id, payment_id=uuid4())


def a_draft(portal: Portal, business: SignedIn) -> Things:
    """A case that its business is still writing, with a paper and an entry of the history."""
    with portal.database.work(business.actor) as work:
        case = cases.start_draft(work)
        said = HistoryEntry(
            Channel.CALL, Direction.IN, work.now, "UTC", Words(text="They called about the bill")
        )
        (entry,) = history.add_history(work, case, cases.open_key(work, case), [said])
    places = Places(portal.database, portal.objects, 10**9)
    paper = receive_bytes(places, business.actor, case.id, DocumentKind.CONTRACT, "contract.pdf", PDF)
    nothing = _text(
        **{name: uuid4() for name in ("offer_id", "hold_id", "payment_id", "contact_id", "fact_id")}
    )
    return nothing | _text(case_id=case.id, document_id=paper.id, entry_id=entry)


def agency_papers(portal: Portal, agency: SignedIn) -> Things:
    """The agency with a licence and a report that have files, waiting to be verified."""
    org = agency.actor.org
    with (
        kept(portal.vault, portal.objects, org, "licence.pdf", PDF) as first,
        kept(portal.vault, portal.objects, org, "report.pdf", PDF) as second,
        portal.database.work(agency.actor) as work,
    ):
        licence = record_licence(work, SINGAPORE, first)
        report = record_assurance(work, AssuranceTerms(**REPORT), second)
        approval = record_approval(work, agency.actor.person, "SG", "CP/1", date(2024, 3, 1), None)
        template = write(work, NewTemplate("First letter", TemplateChannel.LETTER, "en", "", "Dear [name]"))
    made = {"approval_id": approval.id, "template_id": template}
    return _text(agency_id=org, licence_id=licence.id, report_id=report.id, **made)


def _things(portal: Portal, business: SignedIn, agency: SignedIn) -> dict[tuple[OrgKind, Relation], Things]:
    other = a_person(portal, an_organisation(portal, OrgKind.BUSINESS))
    rival = an_agency(portal)
    ours, theirs = agency_papers(portal, agency), agency_papers(portal, rival)
    held = a_worked_case(portal, business, agency)
    foreign = a_worked_case(portal, other, rival)
    draft = a_draft(portal, business)
    uploads = (checked(portal, business.actor, a_file(3)), checked(portal, other.actor, a_file(3)))
    things = {
        (OrgKind.BUSINESS, "own"): held | theirs,
        (OrgKind.BUSINESS, "draft"): draft | theirs,
        (OrgKind.BUSINESS, "stranger's draft"): a_draft(portal, other) | theirs,
        (OrgKind.BUSINESS, "stranger"): foreign | theirs,
        (OrgKind.BUSINESS, "second"): a_worked_case(portal, business, agency) | theirs,
        (OrgKind.AGENCY, "holder"): held | ours,
        (OrgKind.AGENCY, "own"): held | ours,
        (OrgKind.AGENCY, "offered"): an_offered_case(portal, business, agency) | theirs,
        (OrgKind.AGENCY, "former"): a_worked_case(portal, business, agency, returned=True) | theirs,
        (OrgKind.AGENCY, "draft"): draft | theirs,
        (OrgKind.AGENCY, "stranger"): foreign | theirs,
        (OrgKind.AGENCY, "second"): a_worked_case(portal, business, agency) | ours,
        (OrgKind.OPERATOR, "own"): foreign | theirs,
        (OrgKind.OPERATOR, "stranger"): foreign | theirs,
    }
    for (kind, relation), these in things.items():
        own = kind is OrgKind.BUSINESS and relation in {"own", "draft", "second"}
        these["portfolio_id"] = str(uploads[0] if own else uploads[1])
        these["file_id"] = str(uuid4())
    return things


def _people(portal: Portal, home: SignedIn, *, own: bool) -> Things:
    somebody = a_person(portal, an_organisation(portal, OrgKind.BUSINESS))
    colleague = a_colleague(portal, home, next(iter(home.actor.roles)))
    shown = (colleague if own else somebody).actor
    asked = a_request_for_help(portal, shown)
    return _text(person_id=shown.person, session_id=shown.session, recovery_id=asked)


def a_request_for_help(portal: Portal, who: Actor) -> UUID:
    """Somebody lost phone and codes."""
    ask_for_help(portal.database, Origin(), Pending(who.person, who.session, who.session_hash))
    with portal.database.gate(Origin()) as work:
        found = own_request(work, who.person)
    assert found is not None
    return found.id


def _stranger(portal: Portal) -> Persona:
    browser = uuid4().bytes * 2
    return Persona("anonymous", None, {browser_cookie(portal.settings): encode_token(browser)}, browser)


def _pending(portal: Portal, home: SignedIn) -> Persona:
    somebody = a_colleague(portal, home, Role.BUSINESS_MEMBER)
    with portal.database.gate(Origin()) as work:
        person = organisations.load_person(work, somebody.actor.person)
        token = open_password_stage(work, person)
    return Persona(
        "password_given", None, {session_cookie(portal.settings): encode_token(token)}, hash_token(token)
    )


def _text(**ids: UUID | OrgId) -> Things:
    return {name: str(value) for name, value in ids.items()}

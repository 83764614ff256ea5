"""Rows in every table for two sides of one case, so that a stranger's attempts have something to miss."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import psycopg

from contact_steps import an_entry
from handoff_builders import HeldCase, a_held_case
from handoff_portal.cases.actions import cases
from handoff_portal.cases.model.case import Case
from handoff_portal.cases.model.content import Channel
from handoff_portal.contacts.actions import conduct, contacts, holds, notes
from handoff_portal.contacts.model.communications import ContactEntry, Direction, Promised, Words
from handoff_portal.contacts.model.dispositions import Disposition, ReceivedAs
from handoff_portal.contacts.model.holds import HoldKind
from handoff_portal.core.ids import OfferId
from handoff_portal.core.permissions import OrgKind, Role
from handoff_portal.documents.actions.receiving import Places, receive_bytes
from handoff_portal.documents.model import DocumentKind
from handoff_portal.handoffs.actions import offers
from handoff_portal.web.portal import Portal
from people import SignedIn, a_colleague, a_person, an_organisation
from portfolio_steps import a_file, checked
from recovery_steps import pay
from security.papers import PDF
from security.world import a_request_for_help, agency_papers, an_offered_case

SAID = "CANARY-said they will pay on Friday"
NOTED = "CANARY-noted between the two of us"
ASKED = "CANARY-asked about the reminders"
REASON = "CANARY-complained about the driver"

_POLICY = """
insert into escalation_policy values
    (%s, 1, 30, '{}', 2, 7, false, '{email}', true, 14, true, '{}', '[]', true, %s, now())
"""
_JUDGEMENT = """
insert into judgement values (%s, %s, 1, '{}', 1, 'sealed', now())
"""
_PROFILE = "insert into agency_profile (org_id, updated_at) values (%s, now())"
_OVERRIDE = """
insert into readiness_override values (%s, %s, 'reminders', 1, 'sealed', %s, now())
"""
_RECEIPT = """
insert into receipt values (gen_random_uuid(), %s, %s, 'body', 'signature', now())
"""
_FACT = """
insert into contact_fact values
    (gen_random_uuid(), %s, %s, %s, 'consent', current_date, 1, 'sealed', now(), %s)
"""
_GONE_ON = """
insert into guard_override values
    (gen_random_uuid(), %s, %s, %s, %s, 'call', '{}', 1, 'sealed', now(), now() + interval '1 minute')
"""
_APPROVAL = """
insert into collector_approval values
    (gen_random_uuid(), %s, %s, 'SG', 'CA-1', current_date, null, now(), %s)
"""
_FINDING = "insert into portfolio_finding values (%s, %s, 100, 1, 1, 'sealed')"
_PAPER = "insert into portfolio_paper values (%s, %s, 100, 'open', 'other', 1, 0, null, 'sealed')"


@dataclass(frozen=True)
class FullWorld:
    """Both sides of a case, and two organisations that have nothing to do with it."""

    business: SignedIn
    agency: SignedIn
    case: Case
    other_business: SignedIn
    other_agency: SignedIn


def a_full_world(portal: Portal, administrator: psycopg.Connection) -> FullWorld:
    """One row or more in every table that knows organisations."""
    held = a_held_case(portal)
    business, agency, case = held.business, held.agency, held.case
    talk(portal, held)
    pay(portal, agency.actor, case.id, 10_00)
    places = Places(portal.database, portal.objects, 10**9)
    receive_bytes(places, business.actor, case.id, DocumentKind.CONTRACT, "CANARY-file.pdf", PDF)
    agency_papers(portal, agency)
    offered = an_offered_case(portal, business, agency)
    with portal.database.work(agency.actor) as work:
        offers.ask(work, OfferId(UUID(offered["offer_id"])), ASKED)
    maker = business.actor.person
    administrator.execute(_POLICY, [business.actor.org, maker])
    administrator.execute(_PROFILE, [agency.actor.org])
    administrator.execute(_OVERRIDE, [case.id, business.actor.org, maker])
    administrator.execute(_JUDGEMENT, [case.id, business.actor.org])
    administrator.execute(_RECEIPT, [case.id, business.actor.org])
    around_the_guard(administrator, business, agency, case)
    portfolio = checked(portal, business.actor, a_file(2))
    for query in (_FINDING, _PAPER):
        administrator.execute(query, [portfolio, business.actor.org])
    a_request_for_help(portal, a_colleague(portal, business, Role.BUSINESS_MEMBER).actor)
    strangers = [
        a_person(portal, an_organisation(portal, kind)) for kind in (OrgKind.BUSINESS, OrgKind.AGENCY)
    ]
    return FullWorld(business, agency, case, *strangers)


def around_the_guard(
    administrator: psycopg.Connection, business: SignedIn, agency: SignedIn, case: Case
) -> None:
    """A fact, a decision to go on, and the approval of a collector."""
    org, person = agency.actor.org, agency.actor.person
    administrator.execute(_FACT, [case.id, business.actor.org, org, person])
    administrator.execute(_GONE_ON, [case.id, business.actor.org, org, person])
    administrator.execute(_APPROVAL, [org, person, person])


def talk(portal: Portal, held: HeldCase) -> None:
    """A contact with a promise, a note, a hold, and a contact against it."""
    with portal.database.work(held.agency.actor) as work:
        case = cases.load_case(work, held.case.id, lock=True)
        key = cases.open_key(work, case)
        notes.send_note(work, case, key, NOTED, asks_answer=True)
        conduct.set_sample(work, 100)
        soon = (work.now + timedelta(days=7)).astimezone(ZoneInfo("Asia/Singapore")).date()
        entry = ContactEntry(
            channel=Channel.CALL,
            direction=Direction.OUT,
            occurred_at=work.now,
            words=Words(author="Aisha Noor", text=SAID),
            disposition=Disposition.PTP,
            received_as=ReceivedAs.NEUTRAL,
            promised=Promised(5_00, soon),
        )
        contacts.log_contact(work, case, key, entry)
    with portal.database.work(held.business.actor) as work:
        case = cases.load_case(work, held.case.id, lock=True)
        holds.place_hold(work, case, cases.open_key(work, case), HoldKind.COMPLAINT, REASON)
    with portal.database.work(held.agency.actor) as work:
        case = cases.load_case(work, held.case.id, lock=True)
        contacts.log_contact(work, case, cases.open_key(work, case), an_entry(work.now))

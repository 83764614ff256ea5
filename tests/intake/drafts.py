"""Drafts for tests, typed as a form sends them."""

from datetime import date, timedelta

from handoff_portal.cases.model.case import Case
from handoff_portal.core.actor import Actor
from handoff_portal.core.ids import CaseId
from handoff_portal.documents.actions.receiving import Places, receive_bytes
from handoff_portal.documents.model import DocumentKind
from handoff_portal.intake.actions import drafting, history
from handoff_portal.intake.model.steps import Step
from handoff_portal.web.portal import Portal

Fields = dict[str, list[str]]

CUSTOMER: Fields = {
    "debtor_type": ["company"],
    "name": ["Kopi Tiam Holdings Pte Ltd"],
    "contact_person": ["Lim Wei Ling"],
    "registration_number": ["201912345K"],
    "debtor_reference": ["K-1009"],
    "street": ["12 Tras Street"],
    "postal_code": ["078970"],
    "city": ["Singapore"],
    "country": ["SG"],
    "region": [""],
    "email": ["accounts@kopi.example"],
    "phone": ["6123 4567"],
    "language": ["en"],
    "preferred_channel": ["email"],
    "hardship": ["Two outlets closed in spring."],
}


def owed(reference: str = "INV-2026-0412", due: date | str = date(2026, 6, 30), **changes: str) -> Fields:
    """Two invoices and a credit note with interest and a part payment: SGD 4,610.00 open."""
    due = date.fromisoformat(due) if isinstance(due, str) else due
    rows = [
        ("invoice", "INV-2026-0412", "3200.00", due),
        ("invoice", "INV-2026-0447", "2100.00", due + timedelta(days=14)),
        ("credit_note", "CN-2026-0031", "340.00", None),
    ]
    fields: Fields = {
        "creditor_reference": [reference],
        "claim_type": ["unpaid_invoice"],
        "currency": ["SGD"],
        "claims": ["3"],
        "interest": ["150.00"],
        "interest_basis": ["8% a year on the overdue principal"],
        "interest_as_of": ["2026-10-31"],
        "payments_to_date": ["500.00"],
        "paid_on": ["2026-08-03"],
        "contract_reference": ["MSA-2024-17"],
        "contract_signed_on": ["2024-02-01"],
        "clause": ["Clause 8.2"],
        "terms_clear": ["yes"],
        "disputed": ["no"],
        "relationship": ["A customer for nine years. Instalments are fine."],
    }
    for row, (kind, number, amount, day) in enumerate(rows, start=1):
        fields[f"claim_{row}_kind"] = [kind]
        fields[f"claim_{row}_number"] = [number]
        fields[f"claim_{row}_amount"] = [amount]
        fields[f"claim_{row}_issued_on"] = [(due - timedelta(days=30)).isoformat()]
        fields[f"claim_{row}_due_on"] = [day.isoformat() if day else ""]
    return fields | {name: [value] for name, value in changes.items()}


LAST_WORD = "This is the last step before we ask an agency. A solution is still welcome: please call us."


def entry(stage: str, on: date, text: str = LAST_WORD) -> Fields:
    """A letter to the customer at nine in the morning of a day."""
    return {
        "channel": ["letter"],
        "direction": ["out"],
        "stage": [stage],
        "occurred_at": [f"{on.isoformat()}T09:00"],
        "author": ["Hannah Whitworth"],
        "subject": ["Your account"],
        "text": [text],
    }


def places(portal: Portal) -> Places:
    """Where papers go."""
    return Places(portal.database, portal.objects, 10**9)


def a_draft(portal: Portal, actor: Actor) -> Case:
    """An empty draft."""
    with portal.database.work(actor) as work:
        return drafting.begin(work)


def a_ready_draft(
    portal: Portal, actor: Actor, reference: str = "INV-2026-0412", *, notice: str = LAST_WORD
) -> CaseId:
    """A draft that meets the usual policy."""
    today = portal.database.clock().date()
    case = a_draft(portal, actor)
    with portal.database.work(actor) as work:
        drafting.save_step(work, case.id, Step.CUSTOMER, CUSTOMER, checked=True)
        due = today - timedelta(days=120)
        drafting.save_step(work, case.id, Step.OWED, owed(reference, due), checked=True)
        for stage, days in (("reminder_1", 90), ("reminder_2", 70), ("final_notice", 40)):
            history.add_entry(work, case.id, entry(stage, today - timedelta(days=days), notice))
    octets = b"%PDF-1.7\nThe contract between Kopi Tiam and us.\n"
    receive_bytes(places(portal), actor, case.id, DocumentKind.CONTRACT, "contract.pdf", octets)
    return case.id

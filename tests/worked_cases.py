"""Cases with a life of their own: sample accounts with their history, accepted, worked, disputed."""

import json
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from handoff_builders import an_agency, an_offer
from handoff_portal.adapters.database import Work
from handoff_portal.adapters.vault.cases import CaseKey
from handoff_portal.cases.actions import cases
from handoff_portal.cases.model.account import Entry, EntryKind
from handoff_portal.cases.model.case import Balance, Case, CaseState, ClaimType, DebtorType
from handoff_portal.cases.model.content import Channel, Claim, ClaimKind, Content, Customer, Terms
from handoff_portal.cases.model.events import CaseSubmitted
from handoff_portal.contacts.actions import contacts, history, notes
from handoff_portal.contacts.model.communications import (
    ContactEntry,
    Direction,
    HistoryEntry,
    Promised,
    Source,
    Stage,
    Words,
)
from handoff_portal.contacts.model.dispositions import Disposition, NextStep, NonPaymentReason, ReceivedAs
from handoff_portal.core.events import Code
from handoff_portal.core.ids import ClaimId, EntryId
from handoff_portal.documents.actions.receiving import Places, receive_bytes
from handoff_portal.documents.model import DocumentKind
from handoff_portal.handoffs.actions import handoffs
from handoff_portal.settings import ROOT
from handoff_portal.web.portal import Portal
from people import SignedIn

SAMPLES = ROOT / "samples"


def accounts(business: str) -> list[Path]:
    """The sample accounts of a business."""
    return sorted(path.parent for path in (SAMPLES / business).glob("*/account.json"))


def a_sample_case(portal: Portal, business: SignedIn, folder: Path, *, papers: int = 3) -> Case:
    """A submitted case made of a sample account, with its history and some of its papers."""
    account = json.loads((folder / "account.json").read_text(encoding="utf-8"))
    content = _content(account)
    with portal.database.work(business.actor) as work:
        draft = cases.start_draft(work)
        told = [_told(row) for row in account["history"]]
        history.add_history(work, draft, cases.open_key(work, draft), told)
    places = Places(portal.database, portal.objects, 10**9)
    for paper in account["documents"][:papers]:
        octets = (folder / paper["file"]).read_bytes()
        name = Path(paper["file"]).name
        receive_bytes(places, business.actor, draft.id, DocumentKind(paper["kind"]), name, octets)
    with portal.database.work(business.actor) as work:
        _submit(work, draft, content, account["time_zone"])
        return cases.load_case(work, draft.id)


def hand_to(portal: Portal, business: SignedIn, case: Case, agency: SignedIn) -> Case:
    """The case after this agency accepted it."""
    offer = an_offer(portal, business, agency, case)
    with portal.database.work(agency.actor) as work:
        handoffs.accept(work, offer.id)
        return cases.load_case(work, case.id)


def a_worked_case(portal: Portal, business: SignedIn, agency: SignedIn, folder: Path) -> Case:
    """A case in the middle of its life: calls, a promise, a question and its answer, a dispute."""
    case = hand_to(portal, business, a_sample_case(portal, business, folder), agency)

    def log(code: Disposition, text: str, **more: Any) -> None:  # noqa: ANN401
        with portal.database.work(agency.actor) as work:
            found, key = _open(work, case)
            entry = ContactEntry(
                channel=more.pop("channel", Channel.CALL),
                direction=more.pop("direction", Direction.OUT),
                occurred_at=work.now,
                words=Words(agency.actor.name, "Goh Wei Jie", text=text),
                disposition=code,
                **more,
            )
            contacts.log_contact(work, found, key, entry)

    def say(who: SignedIn, text: str, *, asks: bool) -> None:
        with portal.database.work(who.actor) as work:
            found, key = _open(work, case)
            notes.send_note(work, found, key, text, asks_answer=asks)

    log(Disposition.LV, "", next_step=NextStep.CALL_AGAIN)
    log(
        Disposition.RPC,
        "A friendly talk. Two of their own customers pay late; they expect money by the end of the month.",
        received_as=ReceivedAs.KINDLY,
        reason=NonPaymentReason.OWN_CUSTOMERS_LATE,
        next_step=NextStep.PROPOSE_PLAN,
    )
    say(agency, "They would like to pay in three parts. Is that all right for you?", asks=True)
    say(business, "Yes, gladly. Three monthly parts are fine for us.", asks=False)
    day = portal.database.clock().date() + timedelta(days=9)
    log(
        Disposition.PTP,
        "Will transfer the first part once the invoice of March is settled.",
        received_as=ReceivedAs.NEUTRAL,
        promised=Promised(6_462_59, day),
    )
    log(
        Disposition.DSP,
        "The third delivery was short by two pallets. They sent a photo and ask for a credit note.",
        direction=Direction.IN,
        channel=Channel.EMAIL,
        received_as=ReceivedAs.UPSET,
        reason=NonPaymentReason.BILL_WRONG,
    )
    return case


def an_agency_at_work(portal: Portal) -> SignedIn:
    """A licensed agency."""
    return an_agency(portal)


def _open(work: Work, case: Case) -> tuple[Case, CaseKey]:
    found = cases.load_case(work, case.id, lock=True)
    return found, cases.open_key(work, found)


def _told(row: dict[str, Any]) -> HistoryEntry:
    words = Words(row["author"], row["recipient"], row["subject"] or "", row["body_or_summary"])
    return HistoryEntry(
        channel=Channel(row["channel"]),
        direction=Direction(row["direction"]),
        occurred_at=datetime.fromisoformat(row["occurred_at"]) if row["occurred_at"] else None,
        zone="Asia/Singapore",
        words=words,
        stage=Stage(row["stage"]) if row["stage"] in set(Stage) else None,
        source=Source.MAIL if row["mail"] else Source.TYPED,
    )


def _content(account: dict[str, Any]) -> Content:
    customer = Customer(
        name=account["debtor_name"],
        debtor_type=DebtorType(account["debtor_type"]),
        contact_person=account["contact_person"] or "",
        street=account["address"],
        city=account["city"],
        postal_code=account["postal_code"],
        country=account["country"],
        emails=tuple(filter(None, (account["email"],))),
        phones=tuple(filter(None, (account["phone"],))),
        language=account["preferred_language"],
        preferred_channel=Channel.EMAIL if account["preferred_channel"] == "email" else Channel.CALL,
    )
    terms = Terms(
        contract_reference=account["contract_reference"] or "",
        contract_signed_on=account["contract_signed_date"] or "",
        clause=account["interest_clause"] or "",
        interest_basis=account["interest_basis"] or "",
        relationship=account["relationship_instruction"] or "",
    )
    claims = tuple(
        _claim(row, first=index == 0, account=account) for index, row in enumerate(account["claims"])
    )
    return Content(
        customer,
        f"{account['creditor_reference']}-{uuid4().hex[:3]}",
        ClaimType(account["claim_type"]),
        account["currency"],
        terms,
        claims,
    )


def _claim(row: dict[str, Any], *, first: bool, account: dict[str, Any]) -> Claim:
    more = {name: account[name] if first else 0 for name in ("interest", "fees", "costs")}
    return Claim(
        ClaimId(uuid4()),
        ClaimKind(row["kind"]),
        row["invoice_number"],
        "",
        date.fromisoformat(row["invoice_date"]) if row["invoice_date"] else None,
        date.fromisoformat(row["due_date"]) if row["due_date"] else None,
        Balance(principal=row["principal"], **more),
    )


def _submit(work: Work, draft: Case, content: Content, zone: str) -> None:
    ready = replace(
        draft,
        state=CaseState.READY,
        debtor_type=content.customer.debtor_type,
        claim_type=content.claim_type,
        country=content.customer.country,
        currency=content.currency,
        time_zone=zone,
        oldest_due_on=content.oldest_due_on,
        submitted_at=work.now,
    )
    event = CaseSubmitted(
        case=draft.id,
        own=draft.business,
        currency=Code(content.currency),
        total=content.owed.total,
        claims=len(content.claims),
        documents=3,
        messages=1,
    )
    entries = tuple(
        Entry(
            EntryId(uuid4()),
            EntryKind.CLAIM if claim.kind is ClaimKind.INVOICE else EntryKind.CREDIT_NOTE,
            claim.effect,
            work.now.date(),
            work.now,
            claim.id,
        )
        for claim in content.claims
    )
    cases.submit(work, ready, content, entries, event)

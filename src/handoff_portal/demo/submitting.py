"""Sample accounts become drafts and cases by filling in the same five steps that a person fills in."""

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from handoff_portal.adapters.parsing.mail import ParsedMail
from handoff_portal.adapters.parsing.sandbox import Sandbox
from handoff_portal.core.actor import Actor
from handoff_portal.core.ids import CaseId
from handoff_portal.core.money import written
from handoff_portal.core.refusals import WrongState
from handoff_portal.documents.actions.receiving import Places, receive_bytes
from handoff_portal.documents.model import DocumentKind
from handoff_portal.intake.actions import drafting, history, mails
from handoff_portal.intake.actions.submitting import submit
from handoff_portal.intake.model.steps import Step

AFTER_NOTICE = timedelta(days=15)


@dataclass(frozen=True, slots=True)
class Account:
    """One folder of the samples.

    Attributes:
        values: What account.json says (see samples/README.md).
        ready_at: When a business could have submitted it, UTC.
    """

    folder: Path
    business: str
    values: dict[str, Any]
    ready_at: datetime

    @property
    def is_clean(self) -> bool:
        """Whether nothing obvious stands against handing it over."""
        values = self.values
        disputed = values["dispute_status"] != "not_disputed"
        return bool(values["final_notice_date"] and values["contract_reference"] and not disputed)


def read_accounts(samples: Path) -> list[Account]:
    """All sample accounts, in the order in which they could have been submitted."""
    found = []
    for path in samples.glob("*/*/account.json"):
        values = json.loads(path.read_text(encoding="utf-8"))
        found.append(Account(path.parent, path.parents[1].name, values, _ready_at(values)))
    return sorted(found, key=lambda account: (account.ready_at, account.folder.name))


def make_draft(places: Places, read: "Sandbox[ParsedMail]", actor: Actor, account: Account) -> CaseId:
    """Fill in a draft: customer, what is owed, mails and calls, documents."""
    values = account.values
    with places.database.work(actor) as work:
        case_id = drafting.begin(work).id
        drafting.save_step(work, case_id, Step.CUSTOMER, _typed(_customer(values)), checked=True)
        drafting.save_step(work, case_id, Step.OWED, _typed(_owed(values)), checked=True)
    for name in values["mail"]:
        octets = (account.folder / name).read_bytes()
        mails.take_mail(places, read.parse, actor, case_id, Path(name).name, octets)
    for said in values["history"]:
        if said["mail"] is None:
            with places.database.work(actor) as work:
                history.add_entry(work, case_id, _typed(_said(said, actor.time_zone)))
    for paper in values["documents"]:
        kind = DocumentKind(paper["kind"]) if paper["kind"] in set(DocumentKind) else DocumentKind.OTHER
        path = account.folder / paper["file"]
        receive_bytes(places, actor, case_id, kind, path.name, path.read_bytes())
    return case_id


def submit_if_ready(places: Places, actor: Actor, case_id: CaseId) -> bool:
    """Submit the draft if the business's own policy lets it go."""
    try:
        with places.database.work(actor) as work:
            submit(work, case_id)
    except WrongState:
        return False
    return True


def _ready_at(values: dict[str, Any]) -> datetime:
    said = [datetime.fromisoformat(row["occurred_at"]) for row in values["history"]]
    moments = [*said]
    if values["final_notice_date"]:
        noticed = date.fromisoformat(values["final_notice_date"])
        moments.append(datetime.combine(noticed, time(9), UTC) + AFTER_NOTICE)
    return max(moments, default=datetime(2026, 1, 1, tzinfo=UTC)).astimezone(UTC) + timedelta(hours=20)


def _typed(fields: dict[str, str]) -> dict[str, list[str]]:
    return {name: [value] for name, value in fields.items() if value}


def _customer(values: dict[str, Any]) -> dict[str, str]:
    return {
        "name": values["debtor_name"],
        "debtor_type": values["debtor_type"],
        "contact_person": values["contact_person"] or "",
        "registration_number": values["registration_number"] or "",
        "debtor_reference": values["debtor_reference"] or "",
        "street": values["address"],
        "city": values["city"],
        "postal_code": values["postal_code"] or "",
        "country": values["country"],
        "region": values["region"] if "-" in values["region"] else "",
        "email": values["email"] or "",
        "phone": values["phone"] or "",
        "language": values["preferred_language"],
        "preferred_channel": values["preferred_channel"] or "",
        "hardship": values["hardship_note"] or "",
        "represented_by": values["legal_representative"] or "",
    }


def _owed(values: dict[str, Any]) -> dict[str, str]:
    currency = values["currency"]

    def amount(name: str) -> str:
        return written(values[name], currency) if values[name] else ""

    rate = values["interest_rate_basis_points"] / 100
    clauses = [values["interest_clause"], values["fees_clause"]]
    fields = {
        "creditor_reference": values["creditor_reference"],
        "claim_type": values["claim_type"],
        "currency": currency,
        "interest": amount("interest"),
        "interest_as_of": values["interest_as_of"] or "",
        "interest_basis": f"{rate:g}% a year, {values['interest_basis']}" if values["interest"] else "",
        "fees": amount("fees"),
        "costs": amount("costs"),
        "payments_to_date": amount("payments_to_date"),
        "paid_on": values["last_payment_date"] or "",
        "contract_reference": values["contract_reference"] or "",
        "contract_signed_on": values["contract_signed_date"] or "",
        "terms_clear": "yes" if values["contract_reference"] else "",
        "clause": ", ".join(f"Clause {clause}" for clause in clauses if clause),
        "disputed": "no" if values["dispute_status"] == "not_disputed" else "yes",
        "dispute_note": values["dispute_note"] or "",
        "relationship": values["relationship_instruction"] or "",
        "claims": str(len(values["claims"])),
    }
    for row, claim in enumerate(values["claims"], start=1):
        fields |= {
            f"claim_{row}_kind": claim["kind"],
            f"claim_{row}_number": claim["invoice_number"],
            f"claim_{row}_issued_on": claim["invoice_date"],
            f"claim_{row}_due_on": claim["due_date"] or "",
            f"claim_{row}_amount": written(claim["principal"], currency),
        }
    return fields


def _said(row: dict[str, Any], zone: str) -> dict[str, str]:
    at = datetime.fromisoformat(row["occurred_at"]).astimezone(ZoneInfo(zone))
    return {
        "channel": row["channel"],
        "direction": row["direction"],
        "stage": row["stage"] or "",
        "occurred_at": f"{at:%Y-%m-%dT%H:%M}",
        "author": row["author"] or "",
        "recipient": row["recipient"] or "",
        "subject": row["subject"] or "",
        "text": row["body_or_summary"] or "",
    }

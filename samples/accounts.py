"""One account of the samples: bills, balance, papers, thread and the record that ties them together."""

import csv
import io
import json
from datetime import date, timedelta
from random import Random
from typing import Any

import papers
from bills import Balance, Bill, balance_of, bills_of, money
from stories import HARDSHIP, WISHES, Step
from threads import Thread, customer_mail, moments, thread

from people import Business, Customer, Deal

Files = dict[str, bytes]
Record = dict[str, Any]
KINDS = {
    "invoice": "invoice",
    "credit": "credit_note",
    "contract": "contract",
    "delivery": "proof_of_delivery",
    "final": "final_notice",
}


def account(business: Business, customer: Customer, number: int, seed: int, today: date) -> tuple[str, Files]:
    """Return the reference and all files of one account, by path inside its folder."""
    deal = Deal(business, customer, f"{business.prefix}-{24000 + number * 37}", today)
    chance = Random(f"{seed}/{deal.reference}")  # noqa: S311 - invented people, not secrets
    bills = bills_of(deal, chance)
    balance = balance_of(deal, bills)
    timed = moments(deal, bills[0].due, chance)
    signed = bills[0].issued - timedelta(days=chance.randrange(20, 700))
    files, contract = _documents(deal, number, bills, balance, timed, signed)
    attached = {"reminder_2": (f"{bills[0].number}.pdf", files[_document(bills[0])])}
    if letter := files.get("documents/final-notice.pdf"):
        attached["final_notice"] = ("final-notice.pdf", letter)
    told = thread(deal, _facts(deal, bills, balance), timed, chance, attached)
    record = {
        **_who(deal),
        **_what(bills, balance, today),
        **_state(deal),
        **_papers(files, contract, signed, told),
        "relationship_instruction": WISHES[number % len(WISHES)],
        "history": told.rows,
    }
    files |= {f"mail/{name}": content for name, content in told.files.items()}
    files["statement.csv"] = _statement(bills, balance)
    files["account.json"] = (json.dumps(record, indent=1, ensure_ascii=False) + "\n").encode()
    return deal.reference, files


def _documents(
    deal: Deal, number: int, bills: list[Bill], balance: Balance, timed: list[tuple[Step, date]], signed: date
) -> tuple[Files, str | None]:
    files: Files = {_document(bill): papers.bill(deal, bill) for bill in bills}
    contract = None if deal.customer.story == "no_contract" else f"AGR-{deal.reference}"
    if contract:
        files[f"documents/contract-{contract}.pdf"] = papers.agreement(deal, contract, signed)
    if number % 3 != 1:
        delivered = bills[0].issued - timedelta(days=2)
        note = papers.delivery_note(deal, bills[0], delivered)
        files[f"documents/delivery-{bills[0].number}.pdf"] = note
    if final := next((day for step, day in timed if step.stage == "final_notice"), None):
        rows = _lines(balance, bills[0].currency)
        files["documents/final-notice.pdf"] = papers.final_notice(deal, rows, final)
    return files, contract


def _document(bill: Bill) -> str:
    return f"documents/{bill.kind.replace('_', '-')}-{bill.number}.pdf"


def _lines(balance: Balance, currency: str) -> list[tuple[str, str]]:
    """The balance in the letter; interest and fees run on after it, so they are not in its total."""
    return [
        ("Invoices less credit notes", money(balance.principal, currency)),
        ("Payments received, thank you", money(balance.paid, currency)),
        ("Total", money(balance.principal - balance.paid, currency)),
    ]


def _facts(deal: Deal, bills: list[Bill], balance: Balance) -> dict[str, str]:
    first, open_sum = bills[0], balance.principal - balance.paid
    return {
        "contact": deal.customer.contact,
        "clerk": deal.business.clerk,
        "business": deal.business.name,
        "phone": deal.business.phone,
        "invoice": first.number,
        "due": first.due.isoformat(),
        "first_amount": money(first.total, first.currency),
        "balance": money(open_sum, first.currency),
        "balance_minor": str(open_sum),
        "credit_note": bills[-1].number,
    }


def _statement(bills: list[Bill], balance: Balance) -> bytes:
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\r\n")
    table.writerow(["date", "type", "number", "due_date", "debit", "credit", "balance", "currency"])
    moves = [(bill.issued, bill.kind, bill.number, bill.due.isoformat(), bill.total) for bill in bills]
    if balance.paid_on:
        moves.append((balance.paid_on, "payment", "bank transfer", "", balance.paid))
    running = 0
    for day, kind, number, due, amount in sorted(moves):
        debit, credit = (amount, 0) if kind == "invoice" else (0, amount)
        running += debit - credit
        figures = [f"{each // 100}.{each % 100:02d}" for each in (debit, credit, running)]
        table.writerow([day.isoformat(), kind, number, due, *figures, bills[0].currency])
    return out.getvalue().encode()


def _who(deal: Deal) -> Record:
    customer = deal.customer
    number = int.from_bytes(customer.name.encode()[:12], "big") % 90000 + 10000
    return {
        "creditor_reference": deal.reference,
        "debtor_reference": f"C{number}",
        "agreement_id": f"{deal.business.slug}-standard",
        "debtor_type": customer.kind,
        "debtor_name": customer.name,
        "contact_person": customer.contact,
        "registration_number": None,
        "address": customer.street,
        "city": customer.city,
        "postal_code": customer.postal_code,
        "state": customer.state or None,
        "region": customer.region,
        "country": customer.country,
        "time_zone": customer.time_zone,
        "email": customer_mail(customer),
        "phone": customer.phone.replace(" ", ""),
        "preferred_language": customer.language,
        "preferred_channel": "email" if deal.is_company else "phone",
        "do_not_contact": False,
        "sector": customer.sector,
    }


def _what(bills: list[Bill], balance: Balance, today: date) -> Record:
    return {
        "claim_type": "unpaid_invoice",
        "currency": bills[0].currency,
        "claims": [
            {
                "kind": bill.kind,
                "invoice_number": bill.number,
                "invoice_date": bill.issued.isoformat(),
                "due_date": bill.due.isoformat(),
                "principal": bill.total,
                "document": _document(bill),
            }
            for bill in bills
        ],
        "principal": balance.principal,
        "interest": balance.interest,
        "interest_as_of": today.isoformat(),
        "interest_rate_basis_points": balance.rate,
        "interest_basis": "simple, year of 365 days, from the due date" if balance.rate else None,
        "interest_clause": "7.2" if balance.rate else None,
        "fees": balance.fees,
        "fees_clause": "7.3" if balance.fees else None,
        "costs": balance.costs,
        "payments_to_date": balance.paid,
        "last_payment_date": balance.paid_on.isoformat() if balance.paid_on else None,
        "last_payment_amount": balance.paid or None,
        "balance": balance.total,
    }


def _state(deal: Deal) -> Record:
    story = deal.customer.story
    missing = "Part of the delivery missing, one item damaged."
    adviser = "Sample & Partners, advice@sample-partners.example.com"
    return {
        "dispute_status": "disputed" if story == "dispute_open" else "not_disputed",
        "dispute_note": missing if story == "dispute_open" else None,
        "hardship_flag": story in HARDSHIP,
        "hardship_note": HARDSHIP.get(story),
        "complaint_open": False,
        "legal_representative": adviser if story == "represented" else None,
    }


def _papers(files: Files, contract: str | None, signed: date, told: Thread) -> Record:
    return {
        "contract_reference": contract,
        "contract_signed_date": signed.isoformat() if contract else None,
        "final_notice_date": told.final_notice.isoformat() if told.final_notice else None,
        "final_notice_channel": "email" if told.final_notice else None,
        "reminders_sent": told.reminders,
        "documents": [{"file": name, "kind": _kind(name)} for name in sorted(files)],
        "mail": sorted(f"mail/{name}" for name in told.files),
    }


def _kind(name: str) -> str:
    return KINDS[name.removeprefix("documents/").partition("-")[0]]

"""Writes a sample portfolio: 60 accounts as CSV and as XLSX, and their history.

    python samples/portfolio.py                         # refresh samples/portfolio
    python samples/portfolio.py --into var/portfolio --accounts 1000

The same seed, day and number give the same bytes. Nobody in it exists. Four rows are wrong on purpose.
"""

import argparse
import csv
import io
import random
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from handoff_portal.adapters.spreadsheets import workbook

SEED, TODAY, ACCOUNTS = 20261121, date(2026, 11, 21), 60

_FIRST = ("Aisha", "Ben", "Chen", "Devi", "Elif", "Farid", "Grace", "Hanna", "Imran", "Jun", "Kavya", "Liam")
_LAST = ("Abdullah", "Brandt", "Castillo", "Dubois", "Evans", "Fischer", "Goh", "Hussain", "Iyer", "Jones")
_FIRMS = (
    "Harbour",
    "Lantern",
    "Meridian",
    "Orchid",
    "Pagoda",
    "Quayside",
    "Rainforest",
    "Saffron",
    "Tembusu",
)
_TRADES = ("Kitchens", "Logistics", "Bakery", "Studios", "Fittings", "Gardens", "Print", "Travel", "Foods")
_PLACES = (
    ("Singapore", "079903", "SG", "SGD", "+65 6100 {:04d}", "Anson Road"),
    ("Kuala Lumpur", "50450", "MY", "MYR", "+60 3-2100 {:04d}", "Jalan Ampang"),
    ("London", "EC1A 1BB", "GB", "GBP", "+44 20 7946 {:04d}", "Long Lane"),
    ("Berlin", "10115", "DE", "EUR", "+49 30 2300 {:04d}", "Invalidenstraße"),
)
_WRONG = {
    7: ("email", "no at sign"),
    19: ("principal", "to follow"),
    31: ("due_date", "31/02/2026"),
    43: ("country", "Atlantis"),
}
# account number to the column and the wrong cell
_PRIVATE = 3  # of ten
_STAGES = (("reminder_1", 20), ("reminder_2", 40), ("final_notice", 60))
HEADERS = (
    *(
        "creditor_reference",
        "debtor_reference",
        "debtor_type",
        "debtor_name",
        "contact_person",
        "address",
        "city",
    ),
    *(
        "postal_code",
        "country",
        "email",
        "phone",
        "document_type",
        "invoice_number",
        "description",
        "invoice_date",
    ),
    *("due_date", "currency", "principal", "payments_to_date", "dispute_status", "dispute_note"),
    *("contract_reference", "reminders_sent", "final_notice_date", "final_notice_channel", "document_list"),
)
HISTORY = ("creditor_reference", "occurred_at", "channel", "direction", "stage", "subject", "body_or_summary")


def rows(number: int, seed: int = SEED, today: date = TODAY) -> Iterator[dict[str, str]]:
    """Yield one to three rows for each account."""
    chance = random.Random(seed)  # noqa: S311 - repeatable, nothing secret
    for account in range(1, number + 1):
        base, oldest = _account(chance, account, today)
        for paper in range(chance.randint(1, 2)):
            day = oldest + timedelta(days=15 * paper)
            row = {
                **base,
                "document_type": "invoice",
                "invoice_number": f"INV-{account:05d}-{paper + 1}",
                "description": chance.choice(("Delivery", "Service", "Subscription", "Repair")),
                "invoice_date": day.isoformat(),
                "due_date": (day + timedelta(days=30)).isoformat(),
                "principal": f"{chance.randint(180, 9000)}.{chance.randint(0, 99):02d}",
                "payments_to_date": chance.choice(("", "", "", "50.00")),
                "document_list": f"INV-{account:05d}-{paper + 1}.pdf",
            }
            if paper == 0 and account in _WRONG:
                row[_WRONG[account][0]] = _WRONG[account][1]
            yield row
        if account % 10 == 0:
            yield {
                **base,
                "document_type": "credit_note",
                "invoice_number": f"CN-{account:05d}",
                "description": "Goods sent back",
                "invoice_date": (oldest + timedelta(days=12)).isoformat(),
                "principal": "25.00",
            }


def said(number: int, seed: int = SEED, today: date = TODAY) -> Iterator[dict[str, str]]:
    """Yield the history of every account: two reminders, a final notice, now and then an answer."""
    for reference, due, paper in _firsts(number, seed, today):
        for stage, later in _STAGES:
            yield {
                "creditor_reference": reference,
                "occurred_at": f"{(due + timedelta(days=later)).isoformat()}T09:30:00+08:00",
                "channel": "letter" if stage == "final_notice" else "email",
                "direction": "out",
                "stage": stage,
                "subject": f"Our invoice {paper}",
                "body_or_summary": "This invoice is still open. Please pay, or tell us what is in the way.",
            }
        if paper.endswith(("3-1", "7-1")):
            yield {
                "creditor_reference": reference,
                "occurred_at": (due + timedelta(days=45)).isoformat(),
                "channel": "call",
                "direction": "in",
                "stage": "negotiation",
                "body_or_summary": "Asked for more time; cash is short until the end of the quarter.",
            }


def files(number: int = ACCOUNTS, seed: int = SEED, today: date = TODAY) -> dict[str, bytes]:
    """Every file by its name."""
    made, history = list(rows(number, seed, today)), list(said(number, seed, today))
    table = [list(HEADERS), *([row.get(name, "") for name in HEADERS] for row in made)]
    return {
        "accounts.csv": _csv(HEADERS, made),
        "accounts.xlsx": workbook({"Accounts": table}),
        "history.csv": _csv(HISTORY, history),
    }


def _account(chance: random.Random, account: int, today: date) -> tuple[dict[str, str], date]:
    city, code, country, currency, phone, street = chance.choice(_PLACES)
    person = f"{chance.choice(_FIRST)} {chance.choice(_LAST)}"
    firm = f"{chance.choice(_FIRMS)} {chance.choice(_TRADES)}"
    private = chance.randint(1, 10) <= _PRIVATE
    oldest = today - timedelta(days=chance.randint(130, 400))
    disputed = account % 17 == 0
    return {
        "creditor_reference": f"PF-{account:05d}",
        "debtor_reference": f"K{account:05d}",
        "debtor_type": "private" if private else "company",
        "debtor_name": person if private else firm,
        "contact_person": "" if private else person,
        "address": f"{chance.randint(1, 200)} {street}",
        "city": city,
        "postal_code": code,
        "country": country,
        "email": f"accounts{account}@example.com",
        "phone": phone.format(chance.randint(0, 999)),
        "currency": currency,
        "dispute_status": "disputed" if disputed else "not_disputed",
        "dispute_note": "Says one delivery was short." if disputed else "",
        "contract_reference": f"PO-{chance.randint(1000, 9999)}",
        "reminders_sent": "2",
        "final_notice_date": (oldest + timedelta(days=90)).isoformat(),
        "final_notice_channel": "letter",
    }, oldest


def _firsts(number: int, seed: int, today: date) -> Iterator[tuple[str, date, str]]:
    seen: set[str] = set()
    for row in rows(number, seed, today):
        if row["creditor_reference"] not in seen:
            seen.add(row["creditor_reference"])
            issued = date.fromisoformat(row["invoice_date"])
            yield row["creditor_reference"], issued + timedelta(days=30), row["invoice_number"]


def _csv(headers: tuple[str, ...], made: list[dict[str, str]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, headers, restval="")
    writer.writeheader()
    writer.writerows(made)
    return text.getvalue().encode("utf-8-sig")


def main() -> None:
    """Write the files."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--into", type=Path, default=Path(__file__).with_name("portfolio"))
    asked.add_argument("--accounts", type=int, default=ACCOUNTS)
    asked.add_argument("--today", type=date.fromisoformat, default=TODAY)
    options = asked.parse_args()
    options.into.mkdir(parents=True, exist_ok=True)
    for name, content in files(options.accounts, today=options.today).items():
        options.into.joinpath(name).write_bytes(content)
    print(f"Wrote {options.accounts} accounts into {options.into}")


if __name__ == "__main__":
    main()

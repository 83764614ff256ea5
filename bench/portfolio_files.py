"""Portfolios as a business would export them: accounts of two invoices, three history entries each."""

from collections.abc import Iterator
from datetime import date, timedelta

_HEAD = (
    "creditor_reference,debtor_type,debtor_name,contact_person,email,phone,address,city,postal_code,country,"
    "invoice_number,description,invoice_date,due_date,currency,principal,contract_reference\n"
)
_SAID = "creditor_reference,occurred_at,channel,direction,author,recipient,stage,subject,body_or_summary\n"
_WORDS = (
    "We wrote to you about this invoice before. This is our last reminder. "
    "Please pay it; if you cannot, call us: a payment plan is possible."
)
_STAGES = (("reminder_1", 80), ("reminder_2", 50), ("final_notice", 30))
_LINES = 2000


def accounts(count: int, today: date, invoices: int = 2) -> Iterator[bytes]:
    """A CSV file of so many accounts, in pieces."""
    issued, due = today - timedelta(days=140), today - timedelta(days=110)
    yield _HEAD.encode()
    for start in range(0, count, _LINES):
        yield "".join(
            f"ACC-{number:07d},company,Kopi Corner {number} Pte Ltd,Lim Wei,accounts{number}@kopi.example,"
            f"+656{number % 10**7:07d},{number % 200 + 1} Tras Street,Singapore,079002,SG,"
            f"{number:07d}-{place},Paper and delivery,{issued},{due},SGD,"
            f"{150 + number % 900}.50,C-{number % 5000}\n"
            for number in range(start, min(start + _LINES, count))
            for place in range(1, invoices + 1)
        ).encode()


def history(count: int, today: date) -> Iterator[bytes]:
    """The history file that belongs to it."""
    said = [(stage, (today - timedelta(days=days)).isoformat()) for stage, days in _STAGES]
    yield _SAID.encode()
    for start in range(0, count, _LINES):
        yield "".join(
            f"ACC-{number:07d},{day}T09:30:00+08:00,email,out,Robin Tan,accounts{number}@kopi.example,"
            f'{stage},Invoice {number:07d}-1,"{_WORDS}"\n'
            for number in range(start, min(start + _LINES, count))
            for stage, day in said
        ).encode()

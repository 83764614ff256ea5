"""The papers of the samples as PDF: invoices, credit notes, agreements, delivery notes, final notices."""

import tomllib
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from pathlib import Path

from bills import Bill, money
from fpdf import FPDF
from fpdf.enums import XPos, YPos
from typing_extensions import override

from people import Business, Customer, Deal

_WORDS = tomllib.loads(Path(__file__).with_name("papers.toml").read_text())


class Paper(FPDF):
    """A page with the letterhead of the business; the same input gives the same bytes."""

    def __init__(self, business: Business, title: str, day: date) -> None:
        """Start a page dated `day`."""
        super().__init__()
        self.set_creation_date(datetime.combine(day, time(9), tzinfo=UTC))
        self.set_title(f"{title} - {business.name}")
        self.set_margins(20, 18)
        self.add_page()
        self.say(business.name, bold=True, size=15)
        self.say(
            f"{business.street}, {business.city} {business.postal_code} - {business.registration}", size=8
        )
        self.say(f"{business.phone} - accounts@{business.domain}", size=8)
        self.ln(8)
        self.say(title, bold=True, size=13)
        self.ln(3)

    @override
    def file_id(self) -> str:
        """Return a constant, since a random id would change the bytes."""
        return "<00><00>"

    def say(self, text: str, *, bold: bool = False, size: int = 10) -> None:
        """Write a paragraph."""
        self.set_font("Helvetica", "B" if bold else "", size)
        self.multi_cell(0, size * 0.5, text, new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def row(self, cells: Sequence[str], widths: Sequence[int], *, bold: bool = False) -> None:
        """Write one line of a table, the first cell to the left and the others to the right."""
        self.set_font("Helvetica", "B" if bold else "", 9)
        for at, (cell, width) in enumerate(zip(cells, widths, strict=True)):
            self.cell(width, 6, cell, align="L" if at == 0 else "R", border="B")
        self.ln(6)

    def whole(self) -> bytes:
        """Return the finished file, marked as a sample."""
        self.ln(8)
        self.set_text_color(120)
        self.say("Sample for demonstration. Every person, firm, number and event in it is invented.", size=7)
        return bytes(self.output())


def address(customer: Customer) -> str:
    """Return the lines of an address label."""
    place = " ".join(part for part in (customer.city, customer.state, customer.postal_code) if part)
    return f"{customer.name}\n{customer.street}\n{place}\n{customer.country}"


def bill(deal: Deal, paper: Bill) -> bytes:
    """Return an invoice or credit note."""
    name = "Invoice" if paper.kind == "invoice" else "Credit note"
    business, customer = deal.business, deal.customer
    page = Paper(business, f"{name} {paper.number}", paper.issued)
    page.say(address(customer))
    page.ln(3)
    page.say(f"Date {paper.issued.isoformat()}    Due {paper.due.isoformat()}    {paper.about}")
    page.ln(3)
    widths = (92, 18, 30, 30)
    page.row(("Description", "Qty", "Unit price", "Amount"), widths, bold=True)
    for line in paper.lines:
        page.row(
            (line.what, str(line.quantity), money(line.price, ""), money(line.price * line.quantity, "")),
            widths,
        )
    rate = f"{paper.tax_rate / 100:g}%"
    page.row(("Net", "", "", money(paper.net, paper.currency)), widths)
    page.row((f"{paper.tax_name} {rate}", "", "", money(paper.tax, paper.currency)), widths)
    page.row(("Total", "", "", money(paper.total, paper.currency)), widths, bold=True)
    page.ln(4)
    page.say("Please quote the number with your payment. Questions are welcome at any time.", size=9)
    return page.whole()


def agreement(deal: Deal, number: str, signed: date) -> bytes:
    """Return the contract: clause 7.2 is about interest, 7.3 about the late fee."""
    business, customer = deal.business, deal.customer
    page = Paper(business, f"Supply agreement {number}", signed)
    page.say(f"between {business.name} (supplier) and {customer.name}, {customer.city} (customer)")
    page.ln(2)
    company = customer.kind == "company"
    said = {
        "rate": f"{business.interest / 100:g}%" if company else "4%",
        "fee": f"a fixed fee of {business.fee // 100} units of the invoice currency" if company else "no fee",
        "law": business.law,
    }
    for clause in _WORDS["clause"]:
        page.ln(2)
        page.say(clause["heading"], bold=True)
        page.say(clause["text"].format(**said))
    page.ln(6)
    page.say(f"Signed on {signed.isoformat()}: {business.clerk} (supplier), {customer.contact} (customer).")
    return page.whole()


def delivery_note(deal: Deal, paper: Bill, delivered: date) -> bytes:
    """Return a signed proof of delivery for an invoice."""
    business, customer = deal.business, deal.customer
    page = Paper(business, f"Delivery note for {paper.number}", delivered)
    page.say(address(customer))
    page.ln(3)
    for line in paper.lines:
        page.row((line.what, str(line.quantity)), (130, 30))
    page.ln(6)
    page.say(
        f"Received complete on {delivered.isoformat()} by {customer.contact} (signed on the driver's device)."
    )
    return page.whole()


def final_notice(deal: Deal, rows: Sequence[tuple[str, str]], day: date) -> bytes:
    """Return the letter that goes with the last mail; `rows` is the balance, item by item."""
    business, customer = deal.business, deal.customer
    page = Paper(business, "Final notice", day)
    page.say(address(customer))
    page.ln(4)
    page.say(f"Dear {customer.contact},")
    page.ln(2)
    page.say(_WORDS["final_notice"]["text"])
    page.ln(3)
    for what, amount in rows:
        page.row((what, amount), (120, 50), bold=what == "Total")
    page.ln(4)
    page.say("Interest follows clause 7.2 and fees clause 7.3 of your agreement.")
    page.ln(2)
    page.say(f"{business.clerk}, {business.name}")
    return page.whole()
